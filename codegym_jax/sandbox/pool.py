"""The outside of the sandbox: spawn an episode, step it, measure it, kill it, and say how it ended.

One clean zygote process a core (zygote.py) forks one confined child an episode; the pool talks to each child over
a socket of its own, straight from the event loop: no thread and no stream object an episode. A child is hostile:
what it sends is decoded with msgpack, checked for shape, size and sequence, and is its word about itself and nothing
more. CPU budgets are measured on the child's own clock, so that waiting for a core on a busy machine is no time-out.

Every way of ending is a StopReason; SandboxError is left for a machine that cannot isolate and for `generate`. A pool
belongs to one event loop, in a thread that outlives it: the kernel kills the zygotes when their thread dies.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import json
import math
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgpack

from codegym_jax.types import StepReply, StopReason, Trajectory

TICK_S, GRACE_S = 0.05, 1.0  # between checks of the budgets; between a closed socket and the report of the exit
REQUEST_BYTES = 16 << 20  # of all that answers a spawn or a solve
COMPILED_SOURCES = 4096  # kept, about 10 kB each
RECORD, EXIT_MEMORY = struct.Struct("=cqiidq"), 97  # see zygote.py
LEVELS: dict[str, tuple[str, ...]] = {"rlimits": ("rlimits",)}
LEVELS["seccomp"] = (*LEVELS["rlimits"], "memory_limit", "cpu_clock", "no_new_privileges", "seccomp")
LEVELS["full"] = (*LEVELS["seccomp"], "network_namespace", "ipc_namespace", "pid_namespace", "landlock")
FIX = (
    "Fixes: for seccomp, Linux on x86_64 or aarch64; for landlock, Linux 5.13 with landlock among the lsm= boot "
    "parameters; for namespaces, kernel.apparmor_restrict_unprivileged_userns=0 and, in a container, --security-opt "
    "seccomp=unconfined; for cpu_clock, Linux 5.3. A zygote that failed has said why on stderr"
)


class SandboxError(RuntimeError):
    """The machine cannot isolate as asked, or `generate` failed."""


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


class _Zygote:
    """The pool's end of one zygote process. After `fail` it is dead for good."""

    def __init__(self, limits: Limits) -> None:
        self.loop = asyncio.get_running_loop()
        self.sessions: dict[int, Session] = {}  # until their child is reaped
        self.outbox = collections.deque[tuple[bytes, Session]]()
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        with theirs:
            inside = json.dumps(dataclasses.asdict(limits) | {"cpu_s": limits.episode_cpu_s})
            script, packages = Path(__file__).with_name("zygote.py"), Path(msgpack.__file__).parents[1]
            command = [sys.executable, "-S", "-P", "-B", str(script), str(theirs.fileno()), str(packages), inside]
            environment = {"PYTHONHASHSEED": "0"} | {k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"}
            # In a session of its own, since Ctrl-C is for the trainer.
            options: Any = {"pass_fds": [theirs.fileno()], "stdout": subprocess.PIPE, "start_new_session": True}
            self.process = subprocess.Popen(command, env=environment, **options)
        self.report: Any = self.process.stdout  # one line of JSON: how far it could confine itself
        self.loop.add_reader(self.control, self.receive)

    def send(self, *records: tuple[bytes, Session]) -> None:
        """F(ork) or K(ill); at every tick what is left too, since about 270 records fit while the zygote is busy."""
        self.outbox.extend(records)
        with contextlib.suppress(OSError):  # full, or gone, which `receive` meets too
            while self.outbox:
                kind, session = self.outbox[0]
                record, fds = RECORD.pack(kind, session._number, 0, 0, 0.0, 0), [session._theirs.fileno()]
                socket.send_fds(self.control, [record], fds if kind == b"F" else [])
                self.outbox.popleft()

    def receive(self) -> None:
        try:
            record, fds, _, _ = socket.recv_fds(self.control, RECORD.size, 1)
        except OSError:
            record = b""
        if len(record) < RECORD.size:
            return self.fail("the zygote died")
        kind, episode, _, status, cpu_s, peak_kb = RECORD.unpack(record)
        if kind == b"F":
            self.sessions[episode]._forked(fds)
        elif session := self.sessions.pop(episode, None):
            session._exited(f"fork: {os.strerror(status)}" if kind == b"E" else "", status, cpu_s, peak_kb)

    def fail(self, why: str) -> None:
        """End its sessions as our own failure. To a zygote that lives, the closed socket says to kill and leave."""
        if self.control.fileno() >= 0:
            self.loop.remove_reader(self.control)
            self.control.close()
        self.outbox.clear()
        while self.sessions:
            self.sessions.popitem()[1]._exited(why, 0, 0.0, 0)

    async def close(self) -> None:
        self.fail("the pool is closed")
        self.report.close()
        patience = self.loop.time() + 5
        while self.process.poll() is None:
            self.process.kill() if self.loop.time() > patience else None
            await asyncio.sleep(0.002)


class Session:
    """One episode in one child. `failure` and `detail` say why it ended other than by an answer."""

    failure: StopReason | None = None
    detail = ""
    _final: StepReply | None = None
    _code: bytes | None = None  # compiled by the child
    _buffer, _received, _sequence, _up = b"", 0, 0, False
    _unsent, _budgets, _cpu_clock, _cpu_base = b"", (0.0, 0.0), 0, math.nan

    def __init__(self, pool: SandboxPool, zygote: _Zygote, number: int) -> None:
        self._pool, self._loop, self._zygote, self._number = pool, pool._loop, zygote, number
        self._steps: list[tuple[str, str]] = []  # of solve()
        self._waiter: asyncio.Future[StepReply] = self._loop.create_future()  # for the reply to the last request
        self._gone = self._loop.create_future()  # done once the child is reaped, or its zygote dead
        self._channel, self._theirs = socket.socketpair()  # theirs is open here until the child has it
        self._channel.setblocking(False)
        self._loop.add_reader(self._channel, self._receive)
        zygote.sessions[number] = self
        zygote.send((b"F", self))

    async def step(self, action: str) -> StepReply:
        """Send one action (a JSON call), wait for its reply. Raises nothing for the environment's fault or ours: `stop`
        of the reply says how the episode ended, and every later step gives that reply again. One step at a time."""
        if self._final is not None:
            return self._final
        if not self._waiter.done():
            raise RuntimeError("a step of this session is in flight: await it before the next")
        data, limits = action.encode("utf-8", "replace"), self._pool.limits
        if len(data) > limits.action_bytes:
            return StepReply(f"Error: the call has {len(data)} bytes, {limits.action_bytes} are allowed")
        self._sequence += 1
        return await self._request((self._sequence, data), limits.step_cpu_s, limits.step_wall_s)

    async def close(self) -> None:
        """Kill the child, whatever it is doing, and wait until it is reaped."""
        self._end(None, "")
        await asyncio.shield(self._gone)

    async def _request(self, frame: tuple[Any, ...], cpu_s: float, wall_s: float) -> StepReply:
        self._budgets, self._received, self._waiter = (cpu_s, wall_s), 0, self._loop.create_future()
        self._since, self._cpu_base = self._loop.time(), math.nan  # when and where they begin to count
        data = msgpack.packb(frame)
        self._unsent = len(data).to_bytes(4, "big") + data
        self._send()
        try:
            return await self._waiter
        except asyncio.CancelledError:
            self._end(StopReason.INFRASTRUCTURE, "the caller was cancelled")
            raise

    def _send(self) -> None:
        """At every tick what is left too: a source of more than 200 kB does not fit the socket at once."""
        with contextlib.suppress(OSError):  # full, or closed by the child, which `_receive` meets too
            self._unsent = self._unsent[self._channel.send(self._unsent) :] if self._unsent else b""

    def _receive(self) -> bool:
        """Take what the child sent. False when there is nothing more to take."""
        if self._final is not None:
            return False
        try:
            data = self._channel.recv(1 << 16)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._channel)
            self._loop.call_later(GRACE_S, self._end, StopReason.PROTOCOL, "it closed its channel and lives on")
            return False
        self._received += len(data)
        self._buffer += data
        most = self._pool.limits.observation_bytes + 1024 + (0 if self._sequence else 1 << 20)
        while len(self._buffer) >= 4 and self._final is None:
            end = 4 + int.from_bytes(self._buffer[:4], "big")
            if end > most or self._received > REQUEST_BYTES:
                self._end(StopReason.PROTOCOL, f"a frame of {end} bytes, {self._received} in all")
            elif len(self._buffer) < end:
                break
            else:
                frame, self._buffer = self._buffer[4:end], self._buffer[end:]
                self._accept(frame)
        return True

    def _accept(self, data: bytes) -> None:
        """One frame, if it is one that may come now. Everything else is a violation of the protocol."""
        try:
            frame = msgpack.unpackb(data)
        except (ValueError, TypeError, OverflowError, msgpack.UnpackException):
            frame = None
        match None if self._waiter.done() else frame:
            case [0, "up"] if not self._up:
                self._up = True
            case [0, "code", bytes(code)] if self._sequence == 0 and self._code is None:
                self._code = code
            case [0, "step", str(action), str(observation)] if self._sequence == 0:
                self._steps.append((action, observation))
            case [self._sequence, "ok", str(text), bool(cut)] if not self._buffer:
                self._waiter.set_result(StepReply(text, None, 0.0, cut))
            case [self._sequence, "done", str(text), bool(cut), float(reward)] if math.isfinite(reward):
                stop = StopReason.ANSWERED if reward >= 1 else StopReason.WRONG
                self._end(stop, "", StepReply(text, stop, float(reward >= 1), cut))
            case [self._sequence, "env_crash" | "env_memory" | "protocol_violation" as stop, str(detail)]:
                self._end(StopReason(stop), detail)
            case _:
                self._end(StopReason.PROTOCOL, f"not a reply to request {self._sequence}: {data[:60]!r}")

    def _end(self, stop: StopReason | None, detail: str, reply: StepReply | None = None) -> None:
        """Final, the first time; the child dies now, whatever stopped it. stop None: the caller closed it."""
        if self._final is not None:
            return
        self._final = reply or StepReply("", stop or StopReason.INFRASTRUCTURE)
        if stop is not None and reply is None:
            self.failure, self.detail = stop, detail
        self._pool._ended[str(stop or "closed")] += 1
        if not self._waiter.done():
            self._waiter.set_result(self._final)
        self._loop.remove_reader(self._channel)
        self._channel.close()
        if not self._gone.done():
            self._zygote.send((b"K", self))

    def _forked(self, pidfds: list[int]) -> None:
        """The child exists and its budgets begin. The pidfd tells its pid as seen from here, and so its CPU clock."""
        self._theirs.close()
        self._since = self._loop.time()
        for fd in pidfds:
            info = dict(line.split(":", 1) for line in Path(f"/proc/self/fdinfo/{fd}").read_text().splitlines())
            os.close(fd)
            if (pid := int(info["Pid"])) > 0:  # -1 once it is dead
                self._cpu_clock = ~pid << 3 | 2  # CPUCLOCK_SCHED, see clock_getcpuclockid(3)

    def _check(self) -> None:
        """End it when it is over budget. A reply that waits behind a busy event loop still counts."""
        if self._waiter.done():
            return
        self._send()
        wall, cpu = self._loop.time() - self._since, 0.0
        with contextlib.suppress(OSError):  # it is dead, and the report of that is on its way
            cpu = time.clock_gettime(self._cpu_clock) if self._cpu_clock else 0.0
        self._cpu_base = cpu if math.isnan(self._cpu_base) else self._cpu_base
        if cpu - self._cpu_base <= self._budgets[0] and wall <= self._budgets[1]:
            return
        while self._receive():
            pass
        if self._theirs.fileno() >= 0:  # not forked yet
            self._zygote.fail("the zygote does not answer")
        elif not self._waiter.done():
            detail = f"{wall:.1f} s of wall time, {cpu - self._cpu_base:.1f} s of CPU time"
            self._end(StopReason.ENV_TIMEOUT if self._up else StopReason.INFRASTRUCTURE, detail)

    def _exited(self, why: str, status: int, cpu_s: float, peak_kb: int) -> None:
        """The child is gone; `why` is our own failure, if it was that."""
        self._theirs.close()
        self._gone.set_result(None)
        if why:
            self._end(StopReason.INFRASTRUCTURE, why)
        while self._receive():  # what it sent before it died
            pass
        how = f"exit status {status}" if status >= 0 else f"killed by signal {-status} ({signal.strsignal(-status)})"
        how += f" after {cpu_s:.2f} s of CPU time, {peak_kb >> 10} MB at most"
        limits = self._pool.limits
        if not self._up:
            self._end(StopReason.INFRASTRUCTURE, f"the child could not confine itself: {how}")
        elif self._buffer:
            self._end(StopReason.PROTOCOL, f"a truncated reply: {how}")
        elif status == -signal.SIGXCPU or (status == -signal.SIGKILL and cpu_s >= limits.episode_cpu_s):
            self._end(StopReason.ENV_TIMEOUT, how)
        elif status == EXIT_MEMORY or peak_kb > limits.memory_mb * 1024 * 0.9:
            self._end(StopReason.ENV_MEMORY, how)
        else:
            self._end(StopReason.ENV_CRASH, how)


class SandboxPool:
    """`async with SandboxPool() as pool`. zygotes=0: one a core. Entering raises SandboxError where the machine cannot
    do what `require_isolation` names: "rlimits", "seccomp" or "full" (LEVELS). `isolation` says what it can."""

    def __init__(self, limits: Limits | None = None, zygotes: int = 0, require_isolation: str = "rlimits") -> None:
        if require_isolation not in LEVELS:
            raise ValueError(f"require_isolation={require_isolation!r}: must be one of {', '.join(LEVELS)}")
        self.limits, self._level, self._count = limits or Limits(), require_isolation, zygotes or os.cpu_count() or 1
        self.isolation: dict[str, bool | int | str] = {}
        self._codes: dict[str, bytes] = {}
        self._spawned, self._ended = 0, collections.Counter[str]()

    async def __aenter__(self) -> SandboxPool:
        self._loop = asyncio.get_running_loop()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # an episode takes one descriptor, the usual limit is 1024
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard if 0 <= hard < 65536 else 65536, hard))
        self._zygotes = [_Zygote(self.limits) for _ in range(self._count)]  # dead ones stay until the end
        self._admission = asyncio.Semaphore(8 * self._count)  # more would wait for a core within their budgets
        self._timer = self._loop.call_later(TICK_S, self._tick)
        try:
            lines = await asyncio.gather(*(asyncio.to_thread(z.report.readline) for z in self._zygotes))
            self.isolation = json.loads(min(lines) or "{}")
            if missing := [name for name in LEVELS[self._level] if not self.isolation.get(name)]:
                raise SandboxError(f"require_isolation={self._level!r}: this machine lacks {', '.join(missing)}. {FIX}")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._timer.cancel()
        await asyncio.gather(*(zygote.close() for zygote in self._zygotes))

    @property
    def counters(self) -> dict[str, int]:
        """spawned, live, and how many ended by each StopReason or were closed."""
        return {"spawned": self._spawned, "live": sum(len(z.sessions) for z in self._zygotes), **self._ended}

    async def spawn(self, source: str, class_name: str, config: str) -> Session:
        """Construct one episode. What goes wrong is Session.failure. OSError: out of descriptors (ulimit -n)."""
        return (await self._start("episode", source, class_name, config))[0]

    async def solve(self, source: str, class_name: str, config: str) -> Trajectory:
        """Run solve(), the environment's own oracle, with every step recorded, up to its first Done."""
        session, reply = await self._start("solve", source, class_name, config)
        await session.close()
        return Trajectory(tuple(session._steps), reply.reward, reply.stop or StopReason.PROTOCOL, session.detail)

    async def generate(self, source: str, class_name: str, seed: int, difficulty: int) -> str:
        """The configuration that the class's static method generate(seed, difficulty) returns, as JSON."""
        session, reply = await self._start("generate", source, class_name, (seed, difficulty))
        await session.close()
        if reply.stop is not None:
            raise SandboxError(f"{class_name}.generate({seed}, {difficulty}): {reply.stop}: {session.detail}")
        return reply.observation

    async def _start(self, mode: str, source: str, class_name: str, argument: object) -> tuple[Session, StepReply]:
        limits, cpu_s, wall_s = self.limits, self.limits.step_cpu_s, self.limits.spawn_wall_s
        if mode != "episode":  # the same share of CPU as in a step
            cpu_s, wall_s = cpu_s * limits.solve_wall_s / limits.step_wall_s, limits.solve_wall_s
        async with self._admission:
            if self._timer.cancelled():
                raise SandboxError("the pool is closed")
            living = [zygote for zygote in self._zygotes if zygote.control.fileno() >= 0]
            if len(living) < self._count:
                self._zygotes += (living := [_Zygote(limits)])
            self._spawned += 1
            session = Session(self, min(living, key=lambda zygote: len(zygote.sessions)), self._spawned)
            code = self._codes.get(source)
            frame = (0, mode, code, None if code else source, class_name, argument)
            reply = await session._request(frame, cpu_s, wall_s)
        if session._code:  # sent before the source ran: the compiler's work, not the environment's
            self._codes[source] = session._code
            if len(self._codes) > COMPILED_SOURCES:
                del self._codes[next(iter(self._codes))]
        return session, reply

    def _tick(self) -> None:
        self._timer = self._loop.call_later(TICK_S, self._tick)
        for zygote in self._zygotes:
            zygote.send()
            for session in list(zygote.sessions.values()):
                session._check()
