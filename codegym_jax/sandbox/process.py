"""The outside ends of the sandbox's processes: one Zygote a core, one Child an episode, one Hub for all of a pool.

The pool talks to each child over a socket of its own, straight from the event loop: no thread, no stream object and
no asyncio transport an episode; all sockets hang in one epoll set that the loop sees as a single descriptor. A child
is hostile: what it sends is decoded with msgpack, checked for shape, size and sequence, and is its word about itself
and nothing more. CPU budgets are measured on the child's own clock, so that waiting for a core is no time-out.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import json
import math
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import msgpack

from codegym_jax.types import StepReply, StopReason

LINUX = sys.platform.startswith("linux")
TICK_S, GRACE_S = 0.05, 1.0  # between checks of the budgets; between a closed socket and the report of the exit
# To sleep until a reply comes costs more than the reply, in time and in CPU: on a virtual machine 20 µs to wake another
# core, twice. Where the only request in flight follows this soon on the last reply of its child (in a replay, say), its
# reply is waited for awake this long, and the child waits so for the next request.
SPIN_S, SPINS = 40e-6, 16  # and so many in a row, before the event loop has its turn
REQUEST_BYTES = 16 << 20  # of all that answers a spawn, a solve or a batch of them
LOADED_CODES, LOADED_BYTES = 32, 65536  # that a zygote keeps for its children; each costs its forks about 5 µs
REQUEST, REPORT, EXIT_MEMORY = struct.Struct("=cqq"), struct.Struct("=cqidq"), 97  # see zygote.py


@dataclasses.dataclass(frozen=True)
class Limits:
    """Budgets of an episode. CPU is tight since it is measured fairly; wall time is generous since it is not. Steps
    of the published environments take 14 µs at the 90th percentile, 103 ms at most."""

    step_cpu_s: float = 2.0  # of a step; also of compiling and constructing
    step_wall_s: float = 10.0
    spawn_wall_s: float = 10.0
    solve_wall_s: float = 60.0
    memory_mb: int = 512  # address space, the interpreter's 30 MB included
    observation_bytes: int = 8192  # UTF-8; longer ones are cut, with a notice
    action_bytes: int = 65536

    @property
    def episode_cpu_s(self) -> int:
        """What the kernel allows a whole episode: a backstop."""
        return math.ceil(self.solve_wall_s)

    @property
    def solve_cpu_s(self) -> float:
        """The same share of the wall budget as in a step."""
        return self.step_cpu_s * self.solve_wall_s / self.step_wall_s


class Code(NamedTuple):
    """A compiled source: marshalled by a child before the source ran, and never unmarshalled in this process."""

    number: int
    data: bytes


class Verdict(NamedTuple):
    """How one of many solve() ended."""

    stop: StopReason
    calls: int = 0
    reward: float = 0.0
    detail: str = ""


class Outcome(NamedTuple):
    """What one of many calls of a function returned. `stop` is None for a value, else why there is none."""

    stop: StopReason | None
    value: str = ""
    detail: str = ""


class Hub:
    """What the processes of one pool share: one selector in the event loop, budgets, counters."""

    def __init__(self, limits: Limits, hash_seed: int = 0) -> None:
        self.loop, self.limits, self.hash_seed = asyncio.get_running_loop(), limits, hash_seed
        self.pack = msgpack.Packer(unicode_errors="replace").pack
        self.selector = selectors.DefaultSelector()
        self.loop.add_reader(self.selector.fileno(), self._ready)
        self.busy: dict[Child, None] = {}  # with a request in flight
        self.ended = collections.Counter[str]()
        self.spins = 0

    def _ready(self) -> None:
        for key, events in self.selector.select(0):
            key.data(events)

    def close(self) -> None:
        self.loop.remove_reader(self.selector.fileno())
        self.selector.close()


class Zygote:
    """The pool's end of one zygote process. After `fail` it is dead for good."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.children: dict[int, Child] = {}  # until they are reaped
        self.codes = collections.OrderedDict[int, None]()  # that it has loaded, the latest used last
        self.outbox = collections.deque[tuple[bytes, socket.socket | None]]()
        self.heard = hub.loop.time()
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        with theirs:
            limits = json.dumps(dataclasses.asdict(hub.limits) | {"cpu_s": hub.limits.episode_cpu_s})
            script, packages = Path(__file__).with_name("zygote.py"), Path(msgpack.__file__).parents[1]
            command = [sys.executable, "-S", "-P", "-B", str(script), str(theirs.fileno()), str(packages), limits]
            environment = {k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"}
            environment["PYTHONHASHSEED"] = str(hub.hash_seed)
            environment["LD_BIND_NOW"] = "1"  # once, and not in every child
            # In a session of its own, since Ctrl-C is for the trainer.
            options: Any = {"pass_fds": [theirs.fileno()], "stdout": subprocess.PIPE, "start_new_session": True}
            self.process = subprocess.Popen(command, env=environment, **options)
        self.report: Any = self.process.stdout  # one line of JSON: how far it could confine itself
        hub.selector.register(self.control, selectors.EVENT_READ, self._ready)

    @property
    def alive(self) -> bool:
        return self.control.fileno() >= 0

    def fork(self, child: Child, theirs: socket.socket, code: int) -> None:
        self.children[child.number] = child
        self._send(REQUEST.pack(b"F", child.number, code), theirs)

    def kill(self, child: Child) -> None:
        self._send(REQUEST.pack(b"K", child.number, 0))

    def load(self, code: Code | None) -> int:
        """Have it keep a code for its children; its number then, or 0 where that would not pay."""
        if code is None or len(code.data) > LOADED_BYTES:
            return 0
        if code.number not in self.codes:
            self._send(REQUEST.pack(b"L", code.number, len(code.data)) + code.data)
            if len(self.codes) == LOADED_CODES:
                self._send(REQUEST.pack(b"U", self.codes.popitem(last=False)[0], 0))
            self.codes[code.number] = None
        self.codes.move_to_end(code.number)
        return code.number

    def _send(self, record: bytes, descriptor: socket.socket | None = None) -> None:
        self.outbox.append((record, descriptor))
        if len(self.outbox) == 1:
            self._flush()

    def _flush(self) -> None:
        """Whether all is sent or it is full; if that, this is called again when there is room."""
        with contextlib.suppress(OSError):  # full, or gone, which `_ready` meets too
            while self.outbox:
                data, descriptor = self.outbox[0]
                if descriptor is None:
                    sent = self.control.send(data)
                else:
                    sent = socket.send_fds(self.control, [data], [descriptor.fileno()])
                    descriptor.close()  # the message in the queue holds it now
                self.outbox.popleft()
                if sent < len(data):
                    self.outbox.appendleft((data[sent:], None))
        if self.alive:
            write = selectors.EVENT_WRITE if self.outbox else 0
            if self.hub.selector.get_key(self.control).events != selectors.EVENT_READ | write:
                self.hub.selector.modify(self.control, selectors.EVENT_READ | write, self._ready)

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ or not self.alive:
            return
        try:
            records = self.control.recv(REPORT.size * 64)
        except BlockingIOError:
            return
        except OSError:
            records = b""
        if not records or len(records) % REPORT.size:
            return self.fail("the zygote died")
        self.heard = self.hub.loop.time()
        for kind, episode, status, cpu_s, peak_kb in REPORT.iter_unpack(records):
            if child := self.children.pop(episode, None):
                child.exited(f"fork: {os.strerror(status)}" if kind == b"E" else "", status, cpu_s, peak_kb)

    def suspect(self) -> None:
        """Something that it should have done is late: that is its end, unless there is so much else that it does."""
        if self.hub.loop.time() > self.heard + self.hub.limits.spawn_wall_s:
            self.fail("the zygote does not answer")
            self.process.kill()

    def fail(self, why: str) -> None:
        """End its children as our own failure. To a zygote that lives, the closed socket says to kill and leave."""
        if self.alive:
            self.hub.selector.unregister(self.control)
            self.control.close()
        for _, descriptor in self.outbox:
            descriptor.close() if descriptor else None
        self.outbox.clear()
        while self.children:
            self.children.popitem()[1].exited(why, 0, 0.0, 0)

    async def close(self) -> None:
        self.fail("the pool is closed")
        self.report.close()
        patience = self.hub.loop.time() + 5
        while self.process.poll() is None:
            self.process.kill() if self.hub.loop.time() > patience else None
            await asyncio.sleep(0.002)


class Child:
    """The pool's end of one child. `failure` and `detail` say why it ended other than by an answer; `lost` that it is
    none of its own doing, so that replaying its actions in another process restores it."""

    failure: StopReason | None = None
    detail, lost = "", False
    code: bytes | None = None  # compiled by the child
    final: StepReply | None = None  # the reply that ended it
    _reply: StepReply | None = None  # to the last request; None while that is in flight
    _waiter: asyncio.Future[StepReply] | None = None
    _buffer, _unsent, _received, _sequence, _up = b"", b"", 0, -1, False
    _budgets, _pid, _cpu_base, _waited_base, _watched, _replied = (0.0, 0.0), 0, math.nan, 0.0, True, 0.0

    def __init__(
        self, hub: Hub, zygote: Zygote, number: int, code: int, mode: str, compiles: bool, expected: int = 0
    ) -> None:
        self.hub, self.zygote, self.number = hub, zygote, number
        self._mode, self._compiles, self._expected = mode, compiles, expected  # what its first replies may be
        self.steps: list[tuple[str, str]] = []  # of solve()
        self.verdicts: list[Verdict] = []  # of a batch of them
        self.outcomes: list[Outcome] = []  # of a batch of calls
        self._gone = hub.loop.create_future()  # done once the child is reaped, or its zygote dead
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)
        if LINUX:  # the kernel tells with every message from which process it is, numbered as seen from here
            self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        hub.selector.register(self._channel, selectors.EVENT_READ, self._ready)
        zygote.fork(self, theirs, code)

    def _request(self, frame: tuple[Any, ...], cpu_s: float, wall_s: float) -> asyncio.Future[StepReply] | StepReply:
        """Send the next request. Returns the reply, if it is there at once, or what is to be awaited for it."""
        hub, self._sequence, self._reply = self.hub, self._sequence + 1, None
        if self.final is not None:
            return self.final
        self._budgets, self._received, self._cpu_base = (cpu_s, wall_s), 0, math.nan
        self._since = start = hub.loop.time()
        hub.busy[self] = None
        linger = start < self._replied + SPIN_S and len(hub.busy) == 1 and hub.spins < SPINS
        data = hub.pack((self._sequence, linger, *frame))
        data = len(data).to_bytes(4, "big") + data
        try:
            sent = self._channel.send(data)
        except OSError:  # full, or closed by the child, which `_receive` meets too
            sent = 0
        if sent < len(data) and self._watched:  # a source of more than 200 kB does not fit the socket at once
            self._unsent = data[sent:]
            hub.selector.modify(self._channel, selectors.EVENT_READ | selectors.EVENT_WRITE, self._ready)
        elif linger:
            while self._reply is None and hub.loop.time() < start + SPIN_S:
                os.sched_yield()  # to the child, where it waits for this core
                self._receive()
            if self._reply is not None:
                hub.spins += 1
                return self._reply
        hub.spins = 0
        self._waiter = hub.loop.create_future()
        return self._waiter

    async def ask(self, frame: tuple[Any, ...], cpu_s: float, wall_s: float) -> StepReply:
        """Send a request and wait for its reply. The child of a caller that is cancelled dies."""
        if not isinstance(reply := self._request(frame, cpu_s, wall_s), StepReply):
            try:
                return await reply
            except asyncio.CancelledError:
                self.end(StopReason.INFRASTRUCTURE, "the caller was cancelled")
                raise
        return reply

    async def close(self) -> None:
        """Kill the child, whatever it is doing, and wait until it is reaped."""
        self.end(None, "")
        while not self._gone.done():
            if not (await asyncio.wait([self._gone], timeout=self.hub.limits.spawn_wall_s))[0]:
                self.zygote.suspect()

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE and self._watched:
            with contextlib.suppress(OSError):
                self._unsent = self._unsent[self._channel.send(self._unsent) :]
            if not self._unsent:
                self.hub.selector.modify(self._channel, selectors.EVENT_READ, self._ready)
        if events & selectors.EVENT_READ:
            self._receive()

    def _receive(self) -> bool:
        """Take what the child sent. False when there is nothing more to take."""
        if not self._watched:
            return False
        try:
            data = self._channel.recv(1 << 16) if self._up else self._first()
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._unwatch()
            self.hub.loop.call_later(GRACE_S, self.end, StopReason.PROTOCOL, "it closed its channel and lives on")
            return False
        self._received += len(data)
        data, start = self._buffer + data, 0
        most = self.hub.limits.observation_bytes + 1024 + (0 if self._sequence else 1 << 20)
        while len(data) >= start + 4 and self.final is None:
            end = start + 4 + int.from_bytes(data[start : start + 4], "big")
            if end - start > most or self._received > REQUEST_BYTES:
                self.end(StopReason.PROTOCOL, f"a frame of {end - start} bytes, {self._received} in all")
            elif len(data) < end:
                break
            else:
                self._accept(data[start + 4 : end], len(data) == end)
                start = end
        self._buffer = data[start:]
        return True

    def _unwatch(self) -> None:
        if self._watched:
            self._watched = False
            self.hub.selector.unregister(self._channel)

    def _first(self) -> bytes:
        """The first bytes of the child, sent before anything of the environment runs, and with them its CPU clock."""
        data, ancillary, _, _ = self._channel.recvmsg(1 << 16, socket.CMSG_SPACE(12))
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, 2):  # SCM_CREDENTIALS: pid, uid, gid
                self._pid = struct.unpack("iii", content)[0]
        return data

    def _accept(self, data: bytes, last: bool) -> None:
        """One frame, if it is one that may come now. Everything else is a violation of the protocol."""
        try:
            frame = msgpack.unpackb(data)
        except (ValueError, TypeError, OverflowError, msgpack.UnpackException):
            frame = None
        match frame if self in self.hub.busy else None:
            case [self._sequence, "ok", str(text), bool(cut)] if last and self._up and self._mode != "solve":
                self._resolve(StepReply(text, None, 0.0, cut))
            case [0, "up"] if not self._up:
                self._up, self._since = True, self.hub.loop.time()  # its budgets begin
            case [0, "code", bytes(code)] if self._sequence == 0 and self._compiles and self.code is None:
                self.code = code
            case [0, "step", str(action), str(observation)] if self._mode == "solve":
                self.steps.append((action, observation))
            case [0, "verdict", str(kind), int(calls), float(reward), str(detail)] if (
                self._sequence == 0 and len(self.verdicts) < self._expected and math.isfinite(reward)
            ):
                stop = StopReason.ANSWERED if reward >= 1 else StopReason.WRONG
                stop = stop if kind == "done" else StopReason.ENV_CRASH  # it runs again alone, which tells
                self.verdicts.append(Verdict(stop, calls, float(reward >= 1), detail))
                self._since, self._cpu_base = self.hub.loop.time(), math.nan  # each has the whole budget
            case [0, "value", "value" | "env_crash" | "env_memory" | "protocol_violation" as kind, str(text)] if (
                self._sequence == 0 and self._mode == "map" and len(self.outcomes) < self._expected
            ):
                self.outcomes.append(Outcome(None, text) if kind == "value" else Outcome(StopReason(kind), "", text))
                self._since, self._cpu_base = self.hub.loop.time(), math.nan
            case [self._sequence, "done", str(text), bool(cut), float(reward)] if (
                math.isfinite(reward) and self._up and (self._sequence > 0 or self._mode == "solve")
            ):
                stop = StopReason.ANSWERED if reward >= 1 else StopReason.WRONG
                self.end(stop, "", StepReply(text, stop, float(reward >= 1), cut))
            case [self._sequence, "env_crash" | "env_memory" | "protocol_violation" as stop, str(detail)]:
                self.end(StopReason(stop), detail)
            case _:
                self.end(StopReason.PROTOCOL, f"not a reply to request {self._sequence}: {data[:60]!r}")

    def _resolve(self, reply: StepReply) -> None:
        self._reply, self._replied = reply, self.hub.loop.time()
        self.hub.busy.pop(self, None)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(reply)

    def end(self, stop: StopReason | None, detail: str, reply: StepReply | None = None) -> None:
        """Final, the first time; the child dies now, whatever stopped it. stop None: the caller closed it."""
        if self.final is not None:
            return
        self.final = reply or StepReply("", stop or StopReason.INFRASTRUCTURE)
        if stop is not None and reply is None:
            self.failure, self.detail = stop, detail
        self.hub.ended[str(stop or "closed")] += 1
        self._resolve(self.final)
        self._unwatch()
        self._channel.close()
        if not self._gone.done():
            self.zygote.kill(self)

    def overrule(self, stop: StopReason, detail: str) -> StepReply:
        """End it, or say better why it ended."""
        self.end(stop, detail)
        self.final, self.failure, self.detail = StepReply("", stop), stop, detail
        return self.final

    def check(self) -> None:
        """End it when it is over budget. A reply that waits behind a busy event loop still counts."""
        since, cpu = self._since, 0.0
        wall = self.hub.loop.time() - since
        with contextlib.suppress(OSError):  # it is dead, and the report of that is on its way
            cpu = time.clock_gettime(~self._pid << 3 | 2) if self._pid else 0.0  # see clock_getcpuclockid(3)
        if math.isnan(self._cpu_base):
            self._cpu_base, self._waited_base = cpu, self._waited()
        if wall > self._budgets[1]:
            wall -= max(0.0, self._waited() - self._waited_base)
        if cpu - self._cpu_base <= self._budgets[0] and wall <= self._budgets[1]:
            return
        while self._receive():
            pass
        if self not in self.hub.busy or self._since != since:
            return
        if not self._up:
            self.zygote.suspect()
        else:
            detail = f"{wall:.1f} s of wall time, {cpu - self._cpu_base:.1f} s of CPU time"
            self.end(StopReason.ENV_TIMEOUT, detail)

    def _waited(self) -> float:
        """Seconds that it could have run but had no core. 0 where the kernel does not count them."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[1]) / 1e9
        return 0.0

    def exited(self, why: str, status: int, cpu_s: float, peak_kb: int) -> None:
        """The child is gone; `why` is our own failure, if it was that."""
        self._gone.set_result(None)
        if why:
            self.lost = self.final is None
            self.end(StopReason.INFRASTRUCTURE, why)
        while self._receive():  # what it sent before it died
            pass
        how = f"exit status {status}" if status >= 0 else f"killed by signal {-status} ({signal.strsignal(-status)})"
        how += f" after {cpu_s:.2f} s of CPU time, {peak_kb >> 10} MB at most"
        limits = self.hub.limits
        if not self._up:
            self.end(StopReason.INFRASTRUCTURE, f"the child could not confine itself: {how}")
        elif self._buffer:
            self.end(StopReason.PROTOCOL, f"a truncated reply: {how}")
        elif status == -signal.SIGXCPU or (status == -signal.SIGKILL and cpu_s >= limits.episode_cpu_s):
            self.end(StopReason.ENV_TIMEOUT, how)
        elif status == EXIT_MEMORY or peak_kb > limits.memory_mb * 1024 * 0.9:
            self.end(StopReason.ENV_MEMORY, how)
        else:
            self.end(StopReason.ENV_CRASH, how)
