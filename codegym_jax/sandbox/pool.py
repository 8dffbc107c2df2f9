"""The outside of the sandbox: spawn an episode, step it, measure it, kill it, and say how it ended.

One clean zygote process a core (zygote.py) forks one confined child an episode; the pool talks to each child over
a socket of its own, straight from the event loop: no thread and no stream object an episode, so that hundreds of
live episodes cost a descriptor each. A child is hostile: what it sends is decoded with msgpack, checked for shape,
size and sequence, and is its word about itself and nothing more. Budgets are measured from outside, CPU time on
the child's own CPU clock, so that a child that merely waits for its turn on a busy machine is not a time-out.

Every way of ending is a StopReason; SandboxError is left for a machine that cannot isolate and for `generate`.
A pool belongs to one event loop, and the thread that started it has to live as long as the pool: the kernel kills
the zygotes when that thread dies.
"""

from __future__ import annotations

import asyncio
import collections
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

TICK_S = 0.05  # how often budgets are checked; they are exact to this
GRACE_S = 2.0  # between a child's closing its socket and the report of its exit
RECORD = struct.Struct("=cqiidq")  # of the control socket, see zygote.py
SOLVE_BYTES = 16 << 20  # of one recorded solve()
CODE_CACHE = 4096  # compiled sources, about 10 kB each
LEVELS = {
    "rlimits": ("rlimits",),
    "seccomp": ("rlimits", "no_new_privileges", "memory_limit", "cpu_clock", "seccomp"),
}
LEVELS["full"] = (*LEVELS["seccomp"], "network_namespace", "ipc_namespace", "pid_namespace", "landlock")
FIXES = {
    "seccomp": "Linux on x86_64 or aarch64 with CONFIG_SECCOMP_FILTER",
    "landlock": "Linux 5.13 or later with landlock in /sys/kernel/security/lsm",
    "namespace": "sysctl kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0, or in "
    "a container --security-opt seccomp=unconfined",
}


class SandboxError(RuntimeError):
    """The machine or the pool cannot do what was asked; never an environment's fault except from `generate`."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """Budgets of one episode. CPU budgets are tight because they are fair; wall budgets are generous because they
    are not. A step of a published environment takes 14 µs at the 90th percentile and 103 ms at most."""

    step_cpu_s: float = 2.0  # a step, and also compiling and constructing
    step_wall_s: float = 10.0
    spawn_wall_s: float = 10.0
    solve_wall_s: float = 60.0
    memory_mb: int = 512  # address space, the interpreter's 30 MB included
    observation_bytes: int = 8192  # UTF-8; longer ones are cut, with a notice
    action_bytes: int = 65536

    @property
    def solve_cpu_s(self) -> float:
        """The same share of the wall budget as in a step."""
        return self.solve_wall_s * self.step_cpu_s / self.step_wall_s

    @property
    def episode_cpu_s(self) -> int:
        """RLIMIT_CPU: the kernel's own backstop, for a whole episode."""
        return math.ceil(self.solve_wall_s)


class _Zygote:
    """The pool's end of one zygote process."""

    def __init__(self, limits: Limits) -> None:
        self.loop = asyncio.get_running_loop()
        self.sessions: dict[int, Session] = {}  # until their child is reaped
        self.ready: asyncio.Future[dict[str, Any]] = self.loop.create_future()
        self.outbox: collections.deque[tuple[bytes, list[socket.socket]]] = collections.deque()
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        inside = dataclasses.asdict(limits) | {"cpu_s": limits.episode_cpu_s}
        command = [sys.executable, "-S", "-P", "-B", str(Path(__file__).with_name("zygote.py")), str(theirs.fileno())]
        self.process = subprocess.Popen(
            [*command, str(Path(msgpack.__file__).parents[1]), json.dumps(inside)],
            env={"PYTHONHASHSEED": "0"} | {k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the trainer
        )
        theirs.close()
        self.loop.add_reader(self.control, self._readable)
        self.loop.add_reader(self.process.stdout, self._hello)

    def _hello(self) -> None:
        line = os.read(self.process.stdout.fileno(), 1 << 16)
        self.loop.remove_reader(self.process.stdout)
        self.process.stdout.close()
        if line:
            self.ready.set_result(json.loads(line))
        else:
            self.fail("the zygote did not start; what it said is on stderr")

    def send(self, kind: bytes, episode: int, channel: socket.socket | None = None) -> None:
        self.outbox.append((RECORD.pack(kind, episode, 0, 0, 0.0, 0), [channel] if channel else []))
        if len(self.outbox) == 1:
            self._flush()

    def _flush(self) -> None:
        try:
            while self.outbox:
                record, channels = self.outbox[0]
                socket.send_fds(self.control, [record], [c.fileno() for c in channels])
                self.outbox.popleft()
                for channel in channels:
                    channel.close()
            self.loop.remove_writer(self.control)
        except BlockingIOError:  # 270 records or so wait for the zygote
            self.loop.add_writer(self.control, self._flush)
        except OSError:
            self.fail("the zygote is gone")

    def _readable(self) -> None:
        while self.control.fileno() >= 0:
            try:
                record, fds, _, _ = socket.recv_fds(self.control, RECORD.size, 1)
            except BlockingIOError:
                return
            except OSError:
                record, fds = b"", []
            if len(record) < RECORD.size:
                self.fail("the zygote died")
                return
            kind, episode, pid, status, cpu_s, peak_kb = RECORD.unpack(record)
            session = self.sessions[episode]
            if kind == b"F":
                session._forked(fds[0] if fds else None)
            elif kind == b"E":
                del self.sessions[episode]
                session._exited(f"fork failed: {os.strerror(status)}", 0, 0.0, 0)
            else:
                del self.sessions[episode]
                session._exited("", status, cpu_s, peak_kb)

    @property
    def alive(self) -> bool:
        return self.control.fileno() >= 0

    def fail(self, why: str) -> None:
        """Every running session ends as INFRASTRUCTURE; the next spawn starts a new zygote."""
        if not self.alive:
            return
        self.loop.remove_reader(self.control)
        self.loop.remove_writer(self.control)
        self.control.close()
        self.process.kill()
        if not self.ready.done():
            self.ready.set_exception(SandboxError(why))
            self.ready.exception()  # retrieved, whether or not somebody waits
        for session in list(self.sessions.values()):
            session._exited(why, 0, 0.0, 0)
        self.sessions.clear()

    async def close(self) -> None:
        """Let it kill and reap its children first, then the process itself."""
        self.fail("the pool is closed")
        while self.process.poll() is None:
            await asyncio.sleep(0.002)


class Session:
    """One episode in one child. `failure` and `detail` say why it ended other than by an answer, else None, ""."""
