"""The inside of the sandbox: a clean process that forks one child an episode. pool.py runs it, nothing imports it:

    python -S -P -B zygote.py CONTROL_FD MSGPACK_FOLDER LIMITS_JSON

It is exec'd, not forked from the learner: no JAX threads, no secrets in its memory, a fixed hash seed. It imports
what environments need, confines itself as far as the kernel allows, prints one JSON line that says how far, and
from then on only forks, kills and reaps; code of an environment never runs in it. A child confines itself further
(confine.py) and talks to the pool over a socket of its own.

Frames there: 4 bytes of length, big-endian, then msgpack. The pool sends [0, mode, compiled source or nil, source or
nil, class name, argument], then [n, action]. The child answers [n, kind, ...], kind one of up, code, step (while
solving), ok, done or a StopReason's value. An environment shares the child's interpreter and can forge all of it.
"""

import ast
import contextlib
import gc
import json
import marshal
import math
import os
import random
import select
import signal
import socket
import struct
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

CONTROL_FD, LIMITS = int(sys.argv[1]), json.loads(sys.argv[3])
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[2]]  # noqa: PTH100, PTH120
import confine  # noqa: E402
import msgpack  # noqa: E402

del sys.path[:2]
for (
    _name
) in "abc bisect collections copy dataclasses datetime decimal enum fractions functools heapq itertools".split():
    __import__(_name)  # shared by every fork
for _name in "operator re statistics string textwrap time typing".split():
    __import__(_name)

# One record of the control socket: kind, episode, pid, exit status or errno, CPU seconds, peak memory in KiB. The pool
# sends F (fork, with the child's socket) and K (kill), the zygote F (forked, with a pidfd), E (could not) and X (died).
RECORD = struct.Struct("=cqiidq")
CHANNEL = 3  # the child's only descriptor besides /dev/null on 0, 1 and 2
EXIT_MEMORY = 97  # a child that has too little memory left to say so
MAX_STEPS = 4096


class Env:
    """Stands in for gymnasium.Env: environments use it as a base class only, and the real one costs 130 ms."""


class Stop(BaseException):
    """Ends an episode from inside. Not an Exception, so that an environment's `except Exception` lets it pass."""


class MemoryErrorPasses(ast.NodeTransformer):
    """Makes every `except` of an environment let MemoryError pass. The published ones swallow it in `except Exception`
    and would go on in a state that depends on where memory ran out."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        guard = ast.parse("if __import__('sys').exc_info()[0] is MemoryError: raise").body[0]
        for part in ast.walk(guard):
            ast.copy_location(part, node)
        node.body.insert(0, guard)
        return node


def describe(error: BaseException) -> str:
    """Type, message, and the line of the environment's source that raised."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == "<env>"]
    try:
        text = f"{type(error).__name__}: {error}"[:500]
    except Exception:  # a hostile __str__
        text = type(error).__name__
    return text + (f" (line {lines[-1]})" if lines else "")


class Runtime:
    """The child's side of one episode."""

    def __init__(self) -> None:
        self.sequence = self.steps = 0
        self.pending = bytearray()
        self.reserve = bytearray(4 << 20)  # given up on MemoryError, so that there is room to say so

    def receive(self) -> list[Any]:
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

    def guarded(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call into the environment; whatever it raises becomes a Stop."""
        try:
            return function(*arguments)
        except Stop:
            raise
        except MemoryError:
            self.reserve = bytearray()
        except BaseException as error:
            raise Stop("env_crash", describe(error)) from None
        raise Stop("env_memory", "out of memory")

    def load(self, source: str, code: bytes | None, class_name: str) -> Any:
        if code is None:
            tree = self.guarded(lambda: MemoryErrorPasses().visit(ast.parse(source, "<env>")))
            code = marshal.dumps(self.guarded(compile, tree, "<env>", "exec"))
            self.send("code", code if len(code) < 1 << 20 else b"")  # before anything of the source runs
        module = sys.modules["environment"] = types.ModuleType("environment")  # dataclasses look for it there
        self.guarded(exec, marshal.loads(code), module.__dict__)
        if not isinstance(module.__dict__.get(class_name), type):
            raise Stop("env_crash", f"the source defines no class {class_name}")
        return module.__dict__[class_name]

    def observe(self, env: Any, step: Callable[[str], Any], action: str) -> tuple[str, str, bool, float | None]:
        """One step: the observation in full, as shown, whether that is cut, and the reward once finished."""
        reply = self.guarded(step, action)
        if type(reply) is not tuple or len(reply) != 2 or not isinstance(reply[1], str):
            raise Stop("protocol_violation", f"step returned {type(reply).__name__}, not (bool, str)")
        data, limit, reward = str.encode(reply[1], "utf-8", "replace"), LIMITS["observation_bytes"], None
        notice = f"\n[truncated: {len(data)} bytes, of which {limit} are shown]" if len(data) > limit else ""
        finished = self.guarded(lambda: env.finished)
        if type(finished) is not bool:
            raise Stop("protocol_violation", f"finished is {type(finished).__name__}, not bool")
        if finished:
            reward = self.guarded(lambda: env.reward)
            if type(reward) not in (bool, int, float) or abs(reward) > 1e300 or not math.isfinite(reward):
                raise Stop("protocol_violation", f"reward is no finite number but {type(reward).__name__}")
            reward = float(reward)
        return str.__str__(reply[1]), data[:limit].decode("utf-8", "ignore") + notice, bool(notice), reward

    def run(self) -> None:
        """Serve the episode; returns when it is over."""
        try:
            self.send("up")
            _, mode, code, source, class_name, argument = self.receive()
            cls = self.load(source, code, class_name)
            if mode == "generate":
                raise Stop("ok", self.guarded(lambda: json.dumps(cls.generate(*argument))), False)
            env = self.guarded(lambda: cls.from_env_str(f"{class_name}@{argument}"))
            if env is None:
                raise Stop("env_crash", f"{class_name}.from_env_str returned None")
            if mode == "solve":
                self.solve(env)
            self.send("ok", "", False)
            while True:
                self.sequence += 1
                action = self.receive()[1].decode()
                _, text, cut, reward = self.observe(env, lambda action: env.step(action), action)
                if reward is not None:
                    raise Stop("done", text, cut, reward)
                self.send("ok", text, cut)
        except Stop as stop:
            self.send(*stop.args)
        except MemoryError:
            os._exit(EXIT_MEMORY)

    def solve(self, env: Any) -> None:
        """Run solve() with every step reported. The first Done ends it, even where solve() swallows the Stop."""
        step, final = self.guarded(lambda: env.step), []

        def recorded(action: str) -> tuple[bool, str]:
            try:
                if final:
                    raise final[0]
                if type(action) is not str or len(action) > LIMITS["action_bytes"] or self.steps == MAX_STEPS:
                    raise Stop("protocol_violation", f"solve: step {self.steps} is no short str, or one too many")
                self.steps += 1
                full, text, _, reward = self.observe(env, step, action)
                self.send("step", action, text, flush=False)
                if reward is not None:
                    raise Stop("done", "", False, reward)
                return True, full
            except Stop as stop:
                final.append(stop)
                raise

        def solve() -> None:
            env.step = recorded
            env.solve()

        self.guarded(solve)
        raise final[0] if final else Stop("env_crash", "solve() returned before the episode was finished")


def fork(channel: int) -> int:
    """One child: first what holds for it alone, then its episode. Returns its pid, and in the child never."""
    zygote, pid = os.getpid(), os.fork()
    if pid:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(channel, CHANNEL)
        os.closerange(CHANNEL + 1, 64)
        os.setsid()
        confine.die_with_parent()
        if os.getppid() == zygote:
            confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"])
            confine.seccomp()
            random.seed(0)  # fork reseeds it from the clock, and a replay has to see the same numbers
            gc.enable()
            Runtime().run()
    finally:
        os._exit(sys.exc_info()[0] is not None)


def serve(control: socket.socket) -> None:
    """Fork, kill and reap on request until the pool closes the control socket, then take all children along."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    pids: dict[int, int] = {}  # of each episode

    def kill(pid: int) -> None:
        for function in (os.killpg, os.kill):  # before setsid it has no group of its own
            with contextlib.suppress(ProcessLookupError, PermissionError):
                function(pid, signal.SIGKILL)

    while True:
        ready = select.select([control, wake_read], [], [])[0]
        if wake_read in ready:
            os.read(wake_read, 4096)
            while pids and (died := os.wait4(-1, os.WNOHANG))[0]:
                pid, status, usage = died
                for episode in [episode for episode, child in pids.items() if child == pid]:
                    del pids[episode]
                    cpu_s, code = usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status)
                    control.sendall(RECORD.pack(b"X", episode, pid, code, cpu_s, usage.ru_maxrss))
        if control in ready:
            data, fds, _, _ = socket.recv_fds(control, RECORD.size, 1)
            if not data:
                break
            kind, episode, *_ = RECORD.unpack(data)
            if kind == b"K" and episode in pids:
                kill(pids[episode])
            elif kind == b"F":
                pidfds: list[int] = []
                try:
                    pids[episode] = fork(*fds)
                    pidfds = [os.pidfd_open(pids[episode])] if confine.LINUX else []
                    record = RECORD.pack(b"F", episode, pids[episode], 0, 0.0, 0)
                except OSError as error:
                    kill(pids.pop(episode)) if episode in pids else None
                    record = RECORD.pack(b"E", episode, 0, error.errno or 0, 0.0, 0)
                socket.send_fds(control, [record], pidfds) if pidfds else control.sendall(record)
                for fd in fds + pidfds:
                    os.close(fd)
    for pid in pids.values():
        kill(pid)


def enter() -> dict[str, Any]:
    """Confine this process for good and say how far that went."""
    report = {"platform": sys.platform, "rlimits": True, **confine.namespaces()}
    null = os.open(os.devnull, os.O_RDWR)
    confine.die_with_parent()
    if report["pid_namespace"] and (first := os.fork()):
        os.dup2(null, 1)
        os.close(CONTROL_FD)
        os.waitpid(first, 0)  # this process stays outside the namespace, holds nothing, and goes when its PID 1 goes
        os._exit(0)
    confine.die_with_parent()
    report["no_new_privileges"] = report["cpu_clock"] = confine.drop_privileges()
    report["landlock"] = confine.landlock([folder for folder in sys.path if os.path.isdir(folder)])  # noqa: PTH112
    if not (probe := os.fork()):  # what is set up in each child is tried in one
        os._exit(confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"]) | confine.seccomp() << 1)
    works = os.waitstatus_to_exitcode(os.waitpid(probe, 0)[1])
    print(json.dumps(report | {"memory_limit": works & 1 > 0, "seccomp": works & 2 > 0}), flush=True)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    return report


if __name__ == "__main__":
    enter()
    sys.modules["gymnasium"] = types.ModuleType("gymnasium")
    sys.modules["gymnasium"].Env = Env  # type: ignore[attr-defined]
    gc.collect()
    gc.disable()
    gc.freeze()
    serve(socket.socket(fileno=CONTROL_FD))
