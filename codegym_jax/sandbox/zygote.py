"""The inside of the sandbox: a clean process that forks one child an episode. Run by pool.py, never imported.

    python -S -P -B zygote.py CONTROL_FD MSGPACK_FOLDER LIMITS_JSON

It is exec'd, not forked from the learner: no JAX threads, no secrets in its memory, a fixed hash seed. It imports
what environments need, confines itself as far as the kernel allows, prints one JSON line that says how far, and
then only forks, kills and reaps on request; code of an environment never runs in it. Each child confines itself
further (confine.py) and then talks to the pool over a socket of its own.

Frames of that socket: 4 bytes of length, big-endian, then msgpack. The pool sends [0, mode, marshalled code or nil,
source or nil, class name, argument] and then [n, action]; the child answers [n, kind, ...] with kind one of up, code,
step (while solving), ok, done, or the value of a StopReason. Everything that the child says is the environment's
word: the environment runs in the same interpreter and can forge it, so the pool checks shape, size and sequence.
"""

from __future__ import annotations

import abc  # noqa: F401  (the imports down to `typing` are for environments: fork shares them, Landlock allows them)
import ast
import bisect  # noqa: F401
import collections  # noqa: F401
import contextlib
import copy  # noqa: F401
import dataclasses  # noqa: F401
import datetime  # noqa: F401
import decimal  # noqa: F401
import enum  # noqa: F401
import fractions  # noqa: F401
import functools  # noqa: F401
import gc
import heapq  # noqa: F401
import itertools  # noqa: F401
import json
import marshal
import math
import operator  # noqa: F401
import os
import random
import re  # noqa: F401
import select
import signal
import socket
import statistics  # noqa: F401
import string  # noqa: F401
import struct
import sys
import traceback
import types
import typing  # noqa: F401

CONTROL_FD, MSGPACK_FOLDER, LIMITS = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), MSGPACK_FOLDER]  # noqa: PTH100, PTH120
import confine  # noqa: E402
import msgpack  # noqa: E402

del sys.path[:2]

# One record of the control socket, both ways: kind, episode, pid, status, CPU seconds, peak memory in KiB.
# To the zygote: F fork (with the child's socket), K kill. From it: F forked (with a pidfd), E could not, X exited.
RECORD = struct.Struct("=cqiidq")
CHANNEL = 3  # the child's only descriptor besides /dev/null on 0, 1 and 2
EXIT_MEMORY = 97  # a child with too little memory left to say so
MAX_STEPS, MAX_CODE = 4096, 1 << 20


class Stop(BaseException):
    """Ends an episode from inside; not an Exception, so that `except Exception` in an environment lets it pass."""

    def __init__(self, kind: str, detail: str = "", reward: float = 0.0) -> None:
        self.frame = (kind, detail, False, reward) if kind == "done" else (kind, detail)


class Env:
    """Stands in for gymnasium.Env: environments use it as a base class only, and the real one costs 130 ms."""

    metadata: typing.ClassVar[dict] = {}

    def reset(self, *, seed: object = None, options: object = None) -> object:
        raise NotImplementedError

    def close(self) -> None:
        pass


class _Reraise(ast.NodeTransformer):
    """Makes every `except` of an environment let MemoryError pass. 91 of 91 published environments swallow it in
    `except Exception`, and the episode would go on in a state that depends on where memory ran out."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        guard = ast.parse("if __import__('sys').exc_info()[0] is MemoryError: raise").body[0]
        node.body.insert(0, ast.fix_missing_locations(ast.copy_location(guard, node)))
        for child in ast.walk(guard):
            ast.copy_location(child, node)
        return node


def describe(error: BaseException) -> str:
    """One line: type, message, and the line of the environment's source that raised."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == "<env>"]
    try:
        text = f"{type(error).__name__}: {error}"[:500]
    except Exception:  # a hostile __str__
        text = type(error).__name__
    return text + (f" (line {lines[-1]})" if lines else "")


class Runtime:
    """The child's side of one episode."""

    def __init__(self) -> None:
        self.sequence = 0
        self.pending = bytearray()
        self.reserve = bytearray(4 << 20)  # given up on MemoryError, so that there is room to say so
        self.steps = 0

    def receive(self) -> list:
        def exactly(n: int) -> bytes:
            data = b""
            while len(data) < n:
                part = os.read(CHANNEL, n - len(data))
                if not part:
                    os._exit(0)  # the pool closed the episode
                data += part
            return data

        frame = msgpack.unpackb(exactly(int.from_bytes(exactly(4), "big")))
        if frame[0] != self.sequence:
            os._exit(1)
        return frame

    def send(self, kind: str, *payload: object, flush: bool = True) -> None:
        data = msgpack.packb((self.sequence, kind, *payload), unicode_errors="replace")
        self.pending += len(data).to_bytes(4, "big") + data
        while self.pending and (flush or len(self.pending) > 1 << 15):
            del self.pending[: os.write(CHANNEL, self.pending)]

    def guarded(self, function: typing.Callable, *arguments: object) -> typing.Any:
        """Call into the environment; whatever it raises becomes a Stop."""
        try:
            return function(*arguments)
        except Stop:
            raise
        except MemoryError:
            self.reserve = bytearray()
        except BaseException as error:
            raise Stop("env_crash", describe(error)) from None
        raise Stop("env_memory", "the environment used up its memory")

    def build(self, source: str | None, code: bytes | None) -> dict:
        if code is None:
            tree = self.guarded(lambda: _Reraise().visit(ast.parse(source, "<env>")))
            code = marshal.dumps(self.guarded(compile, tree, "<env>", "exec"))
            self.send("code", code if len(code) <= MAX_CODE else b"")
        module = types.ModuleType("environment")  # in sys.modules, where dataclasses look for it
        sys.modules["environment"] = module
        self.guarded(exec, marshal.loads(code), module.__dict__)
        return module.__dict__

    def observe(self, env: typing.Any, step: typing.Callable, action: str) -> tuple[str, str, bool, float | None]:
        """One step: the full observation, the truncated one, whether it was, and the reward once it is finished."""
        reply = self.guarded(step, action)
        if type(reply) is not tuple or len(reply) != 2 or not isinstance(reply[1], str):
            raise Stop("protocol_violation", f"step returned {type(reply).__name__}, not (bool, str)")
        text, limit, reward = str.__str__(reply[1]), LIMITS["observation_bytes"], None
        data = str.encode(text, "utf-8", "replace")
        short = data.decode()
        if len(data) > limit:
            notice = f"\n[truncated: {len(data)} bytes, of which {limit} are shown]"
            short = data[:limit].decode("utf-8", "ignore") + notice
        finished = self.guarded(lambda: env.finished)
        if not isinstance(finished, bool):
            raise Stop("protocol_violation", f"finished is {type(finished).__name__}, not bool")
        if finished:
            reward = self.guarded(lambda: env.reward)
            if type(reward) not in (bool, int, float) or abs(reward) > 1e300 or not math.isfinite(reward):
                raise Stop("protocol_violation", f"reward is not a finite number: {type(reward).__name__}")
            reward = float(reward)
        return text, short, len(data) > limit, reward

    def run(self) -> None:
        try:
            self.send("up")
            _, mode, code, source, class_name, argument = self.receive()
            namespace = self.build(source, code)
            cls = namespace.get(class_name)
            if not isinstance(cls, type):
                raise Stop("env_crash", f"the source defines no class {class_name}")
            if mode == "generate":
                text = self.guarded(lambda: cls.generate(*argument))
                if not isinstance(text, str) or len(text.encode()) > LIMITS["action_bytes"]:
                    raise Stop("protocol_violation", f"generate returned {type(text).__name__}, not a short str")
                raise Stop("done", text)
            env = self.guarded(lambda: cls.from_env_str(f"{class_name}@{argument}"))
            if env is None:
                raise Stop("env_crash", f"{class_name}.from_env_str returned None")
            if mode == "solve":
                self.solve(env)
            self.send("ok", "", False)
            while True:
                self.sequence += 1
                action = self.receive()[1].decode()
                _, text, truncated, reward = self.observe(env, lambda action: env.step(action), action)
                self.send("ok", text, truncated) if reward is None else self.send("done", text, truncated, reward)
        except Stop as stop:
            self.send(*stop.frame)
        except MemoryError:
            os._exit(EXIT_MEMORY)

    def solve(self, env: typing.Any) -> None:
        """Run solve() with every step reported. The first Done ends it, even where solve() swallows the Stop."""
        step, final = self.guarded(lambda: env.step), []

        def recorded(action: str) -> tuple[bool, str]:
            if not final:
                try:
                    if type(action) is not str or len(action) > LIMITS["action_bytes"] or self.steps == MAX_STEPS:
                        raise Stop("protocol_violation", f"solve: step {self.steps} is not a short str, or one too many")
                    self.steps += 1
                    full, text, _, reward = self.observe(env, step, action)
                    self.send("step", action, text, flush=False)
                    if reward is None:
                        return True, full
                    final.append(Stop("done", "", reward))
                except Stop as stop:
                    final.append(stop)
            raise final[0]

        def solve() -> None:
            env.step = recorded
            env.solve()

        self.guarded(solve)
        raise final[0] if final else Stop("env_crash", "solve() returned before the episode was finished")


def child(channel: int, zygote: int) -> None:
    """What a fork does before the first frame: everything that holds for one episode only."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(channel, CHANNEL)
    os.closerange(CHANNEL + 1, 64)
    os.setsid()
    confine.die_with_parent()
    if os.getppid() != zygote:
        return
    confine.undumpable()
    confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"])
    confine.seccomp()
    random.seed(0)  # fork hooks reseed it from the clock; a replay has to see the same numbers
    gc.freeze()
    gc.enable()
    Runtime().run()


def fork(channel: int) -> int:
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            child(channel, zygote)
        finally:  # never return into the zygote's loop; the pool reads the exit status
            os._exit(1 if sys.exc_info()[0] else 0)
    return pid


def serve(control: socket.socket) -> None:
    """Fork, kill and reap on request until the pool closes the control socket."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    pids: dict[int, int] = {}  # episode: pid

    def kill(pid: int) -> None:
        for function in (os.killpg, os.kill):  # the group is its own only after setsid
            with contextlib.suppress(ProcessLookupError, PermissionError):
                function(pid, signal.SIGKILL)

    while True:
        ready = select.select([control, wake_read], [], [])[0]
        if wake_read in ready:
            os.read(wake_read, 4096)
            while pids:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                for episode in [e for e, p in pids.items() if p == pid]:
                    del pids[episode]
                    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
                    control.sendall(RECORD.pack(b"X", episode, pid, os.waitstatus_to_exitcode(status), cpu, peak))
        if control in ready:
            data, fds, _, _ = socket.recv_fds(control, RECORD.size, 1)
            if not data:
                break
            kind, episode, *_ = RECORD.unpack(data)
            if kind == b"K" and episode in pids:
                kill(pids[episode])
            elif kind == b"F":
                reply, pidfds = RECORD.pack(b"E", episode, 0, 0, 0.0, 0), []
                try:
                    pids[episode] = pid = fork(fds[0])
                    reply = RECORD.pack(b"F", episode, pid, 0, 0.0, 0)
                    pidfds = [os.pidfd_open(pid)] if hasattr(os, "pidfd_open") else []
                except OSError as error:
                    if episode not in pids:
                        reply = RECORD.pack(b"E", episode, 0, error.errno or 0, 0.0, 0)
                socket.send_fds(control, [reply], pidfds)
                for fd in (*fds, *pidfds):
                    os.close(fd)
    for pid in pids.values():
        kill(pid)
    while pids:  # as PID 1 of a namespace the kernel would do it; elsewhere nobody else would
        done = os.wait4(-1, 0)[0]
        pids = {episode: pid for episode, pid in pids.items() if pid != done}


def enter() -> dict[str, bool | int | str]:
    """Confine the zygote for good and say how far that went."""
    report: dict[str, bool | int | str] = {"platform": sys.platform, "rlimits": True}
    report["no_new_privileges"] = confine.no_new_privileges()
    report |= confine.namespaces()
    confine.die_with_parent()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    if report["pid_namespace"] and (first := os.fork()):
        os.dup2(null, 1)
        os.close(CONTROL_FD)
        os.waitpid(first, 0)  # this process stays outside the namespace, holds nothing, and dies with its PID 1
        os._exit(0)
    confine.die_with_parent()
    confine.drop_capabilities()
    report["landlock"] = confine.landlock([folder for folder in sys.path if os.path.isdir(folder)])  # noqa: PTH112
    probe = os.fork()  # the rest is done in each child: try it in one
    if probe == 0:
        memory = confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"])
        os._exit(memory | confine.seccomp() << 1)
    result = os.waitstatus_to_exitcode(os.waitpid(probe, 0)[1])
    report |= {"memory_limit": bool(result & 1), "seccomp": bool(result & 2)}
    report["cpu_clock"] = confine.LINUX and hasattr(os, "pidfd_open")
    print(json.dumps(report), flush=True)
    os.dup2(null, 1)
    os.dup2(null, 2)
    return report


if __name__ == "__main__":
    enter()
    stand_in = types.ModuleType("gymnasium")
    stand_in.Env = Env  # type: ignore[attr-defined]
    sys.modules["gymnasium"] = stand_in
    gc.collect()
    gc.disable()
    gc.freeze()
    serve(socket.socket(fileno=CONTROL_FD))
    os._exit(0)
