"""The inside of the sandbox: a clean process that forks one child an episode. pool.py runs it, nothing imports it:

    python -S -P -B zygote.py CONTROL_FD MSGPACK_FOLDER LIMITS_JSON

It is exec'd, not forked from the learner: no JAX threads, no secrets in its memory, a fixed hash seed (which -I would
ignore). It confines itself as far as the kernel allows, prints one JSON line that says how far, and from then on only
forks, kills and reaps; code of an environment never runs in it. A child confines itself further (confine.py).

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
from typing import Any, NoReturn

CONTROL_FD, LIMITS = int(sys.argv[1]), json.loads(sys.argv[3])
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[2]]  # noqa: PTH100, PTH120
import confine  # noqa: E402
import msgpack  # noqa: E402

del sys.path[:2]
for _name in """abc bisect collections copy dataclasses datetime decimal enum fractions functools heapq itertools
operator re statistics string textwrap time typing""".split():  # imported once, for all forks
    __import__(_name)

# One record of the control socket: kind, episode, pid, exit status or errno, CPU seconds, peak memory in KiB. The pool
# sends F (fork, with the child's socket) and K (kill), the zygote F (forked, with a pidfd), E (could not) and X (died).
RECORD = struct.Struct("=cqiidq")
CHANNEL = 3  # the child's only descriptor besides /dev/null on 0, 1 and 2
EXIT_MEMORY = 97  # a child that has too little memory left to say so


class Stop(BaseException):
    """Unwinds an environment. Not an Exception, so that its `except Exception` lets it pass."""


# Begins every `except` of an environment. The published ones would swallow MemoryError in `except Exception` and go on
# in a state that depends on where memory ran out.
GUARD = ast.parse("if __import__('sys').exc_info()[0] is MemoryError: raise").body[0]


def compiled(source: str) -> bytes:
    tree = ast.parse(source, "<env>")
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            node.body.insert(0, GUARD)
    return marshal.dumps(compile(tree, "<env>", "exec"))


class Runtime:
    """The child's side of one episode. The first `stop` is final, whatever the environment makes of it."""

    def __init__(self) -> None:
        self.requests, self.replies = os.fdopen(CHANNEL, "rb"), os.fdopen(CHANNEL, "wb", closefd=False)
        self.sequence, self.final = 0, tuple[Any, ...]()
        self.reserve = bytes(4 << 20)  # given up on MemoryError, to have room to say so; calloc'd, so costs no page

    def receive(self) -> list[Any]:
        self.replies.flush()
        size = int.from_bytes(self.requests.read(4), "big")
        self.sequence, *frame = msgpack.unpackb(self.requests.read(size)) if size else os._exit(1)  # the pool closed it
        return frame

    def send(self, *frame: object) -> None:
        data = msgpack.packb((self.sequence, *frame), unicode_errors="replace")
        self.replies.write(len(data).to_bytes(4, "big") + data)

    def stop(self, *frame: object) -> NoReturn:
        self.final = self.final or frame
        raise Stop

    def guarded(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call into the environment; whatever it raises stops the episode."""
        try:
            return function(*arguments)
        except Stop:
            raise
        except MemoryError:
            self.reserve = b""
            frame = ("env_memory", "out of memory")
        except BaseException as error:
            tb = traceback.walk_tb(error.__traceback__)
            lines = [f" (line {line})" for where, line in tb if where.f_code.co_filename == "<env>"]
            frame = ("env_crash", type(error).__name__ + "".join(lines[-1:]))
            with contextlib.suppress(Exception):  # a hostile __str__
                frame = ("env_crash", f"{frame[1]}: {error}"[:500])
        self.stop(*frame)

    def load(self, source: str, code: bytes | None, class_name: str) -> Any:
        if code is None:
            code = self.guarded(compiled, source)
            self.send("code", code if len(code) < 1_000_000 else b"")
            self.replies.flush()  # before anything of the source runs
        module = sys.modules["environment"] = types.ModuleType("environment")  # dataclasses look for it there
        self.guarded(exec, marshal.loads(code), module.__dict__)
        cls = module.__dict__.get(class_name)
        return cls if isinstance(cls, type) else self.stop("env_crash", f"the source defines no class {class_name}")

    def observe(self, env: Any, step: Callable[[str], Any], action: str) -> tuple[str, str, bool, float | None]:
        """One step: the observation in full, as shown, whether that is cut, and the reward once finished."""
        reply = self.guarded(step, action)
        if type(reply) is not tuple or len(reply) != 2 or not isinstance(reply[1], str):
            self.stop("protocol_violation", f"step returned {type(reply).__name__}, not (bool, str)")
        data, limit, reward = str.encode(reply[1], "utf-8", "replace"), LIMITS["observation_bytes"], None
        notice = f"\n[truncated: {len(data)} bytes, of which {limit} are shown]" if len(data) > limit else ""
        finished = self.guarded(getattr, env, "finished")
        if type(finished) is not bool:
            self.stop("protocol_violation", f"finished is {type(finished).__name__}, not bool")
        if finished:
            reward = self.guarded(getattr, env, "reward")
            if type(reward) not in (bool, int, float) or abs(reward) > 1e300 or not math.isfinite(reward):
                self.stop("protocol_violation", f"reward is no finite number but {type(reward).__name__}")
            reward = float(reward)
        return str.__str__(reply[1]), data[:limit].decode("utf-8", "ignore") + notice, bool(notice), reward

    def run(self) -> None:
        """Serve the episode until it is over."""
        with contextlib.suppress(Stop):
            self.send("up")
            mode, code, source, class_name, argument = self.receive()
            cls = self.load(source, code, class_name)
            if mode == "generate":
                self.stop("ok", self.guarded(lambda: json.dumps(cls.generate(*argument))), False)
            env = self.guarded(lambda: cls.from_env_str(f"{class_name}@{argument}"))
            if env is None:
                self.stop("env_crash", f"{class_name}.from_env_str returned None")
            if mode == "solve":
                self.guarded(self.solve, env)
                self.stop("env_crash", "solve() returned before the episode was finished")
            self.send("ok", "", False)
            while True:
                (action,) = self.receive()
                _, text, cut, reward = self.observe(env, lambda action: env.step(action), action.decode())
                if reward is not None:
                    self.stop("done", text, cut, reward)
                self.send("ok", text, cut)
        self.send(*self.final)
        self.replies.flush()

    def solve(self, env: Any) -> None:
        """Run solve() with every step reported; the first Done ends it."""
        step = env.step

        def recorded(action: str) -> tuple[bool, str]:
            if self.final:
                raise Stop
            if type(action) is not str or len(action) > LIMITS["action_bytes"]:
                self.stop("protocol_violation", f"solve: an action is no short str but {type(action).__name__}")
            full, text, _, reward = self.observe(env, step, action)
            self.send("step", action, text)
            if reward is not None:
                self.stop("done", "", False, reward)
            return True, full

        env.step = recorded
        env.solve()


def fork(channel: int) -> int:
    """One child: what holds for it alone, then its episode. Returns its pid, and in the child never."""
    zygote, pid = os.getpid(), os.fork()
    if pid:
        os.setpgid(pid, pid)  # both sides, so that neither can come too late
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        os.dup2(channel, CHANNEL)
        os.closerange(CHANNEL + 1, 64)
        confine.die_with_parent()
        if os.getppid() == zygote:
            confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"])
            if LIMITS["seccomp"]:
                confine.seccomp()
            random.seed(0)  # fork reseeds it from the clock, and a replay has to see the same numbers
            gc.enable()
            Runtime().run()
            status = 0
    except MemoryError:
        status = EXIT_MEMORY
    finally:
        os._exit(status)


def serve(control: socket.socket) -> None:
    """Fork, kill and reap on request until the pool closes the control socket."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    episodes: dict[int, int] = {}  # by pid, until reaped

    def kill(episode: int | None = None) -> None:
        """Kill the child of this episode, or every child."""
        for pid in [pid for pid, number in episodes.items() if episode in (number, None)]:
            with contextlib.suppress(OSError):  # macOS refuses it for zombies
                os.killpg(pid, signal.SIGKILL)

    while True:
        ready = select.select([control.fileno(), wake_read], [], [])[0]
        if wake_read in ready:
            os.read(wake_read, 4096)
            while episodes and (died := os.wait4(-1, os.WNOHANG))[0]:
                pid, status, usage = died
                code, cpu_s = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
                peak_kb = usage.ru_maxrss if confine.LINUX else usage.ru_maxrss >> 10
                if episode := episodes.pop(pid, 0):  # PID 1 of a namespace is given orphans too
                    control.sendall(RECORD.pack(b"X", episode, pid, code, cpu_s, peak_kb))
        if control.fileno() in ready:
            data, fds, _, _ = socket.recv_fds(control, RECORD.size, 1)
            if not data:
                return kill()
            kind, episode, *_ = RECORD.unpack(data)
            if kind == b"K":
                kill(episode)
                continue
            try:
                pid = fork(*fds)
                episodes[pid] = episode
                fds += [fd for fd in [confine.pidfd(pid)] if fd >= 0]
                socket.send_fds(control, [RECORD.pack(b"F", episode, pid, 0, 0.0, 0)], fds[1:])
            except OSError as error:
                control.sendall(RECORD.pack(b"E", episode, 0, error.errno or 0, 0.0, 0))
            for fd in fds:
                os.close(fd)


def enter() -> None:
    """Confine this process for good and print how far that went."""
    report = {"platform": sys.platform, "rlimits": True, **confine.namespaces()}
    null = os.open(os.devnull, os.O_RDWR)
    confine.die_with_parent()
    if report["pid_namespace"] and (first := os.fork()):
        os.dup2(null, 1)
        os.close(CONTROL_FD)
        os.waitpid(first, 0)  # this process stays outside the namespace, holds nothing, and goes when its PID 1 goes
        os._exit(0)
    confine.die_with_parent()
    report["no_new_privileges"] = confine.drop_privileges()
    report["cpu_clock"] = confine.pidfd(os.getpid()) >= 0
    report["landlock"] = confine.landlock([folder for folder in sys.path if os.path.isdir(folder)])  # noqa: PTH112
    if not (probe := os.fork()):  # what is set up in each child is tried in one; status 1 is an exception
        os._exit(confine.rlimits(LIMITS["memory_mb"], LIMITS["cpu_s"]) << 1 | confine.seccomp() << 2)
    works = os.waitstatus_to_exitcode(os.waitpid(probe, 0)[1])
    report |= {"memory_limit": works & 2 > 0, "seccomp": works & 4 > 0}
    LIMITS.update(report)
    print(json.dumps(report), flush=True)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


if __name__ == "__main__":
    enter()
    gymnasium: Any = types.ModuleType("gymnasium")  # environments only derive from its Env; the real one costs 130 ms
    gymnasium.Env, sys.modules["gymnasium"] = type("Env", (), {}), gymnasium
    gc.collect()
    gc.disable()
    gc.freeze()
    serve(socket.socket(fileno=CONTROL_FD))
