"""The inside of the sandbox: a clean process that forks one child an episode. process.py runs it, nothing imports it:

    python -S -P -B zygote.py CONTROL_FD MSGPACK_FOLDER LIMITS_JSON

It is exec'd, not forked from the learner: no JAX threads, no secrets in its memory, a fixed hash seed (which -I would
ignore). It confines itself as far as the kernel allows, prints one JSON line that says how far, and from then on only
forks, kills and reaps, and keeps compiled sources for children to run; it never runs them. (So an environment that
searches its memory may find the sources of others, but neither their configurations nor their actions.) A child
confines itself further (confine.py). What it costs are the pages it is the first to write, 2 to 3 µs each on a virtual
machine: hence little is imported, unmarshalled, buffered or set up after the fork that can be before it.

Frames there: 4 bytes of length, big-endian, then msgpack. The pool sends [0, linger, mode, compiled source or nil,
source or nil, class name, argument], then [n, linger, action]; linger says that the next one comes at once. The child
answers [n, kind, ...], kind one of up, code, step (while solving), verdict (while verifying), value (while mapping),
ok, done or the value of a StopReason. An environment shares the child's interpreter and can forge all of it.
"""

import ast
import contextlib
import errno
import fcntl
import gc
import json
import marshal
import math
import os
import select
import signal
import socket
import struct
import sys
import time
import types
from collections.abc import Callable
from typing import Any, NoReturn

# Moved to a low number: it comes with one as high as the learner has descriptors, where select() does not reach and a
# child would not close it.
CONTROL_FD, LIMITS = fcntl.fcntl(int(sys.argv[1]), fcntl.F_DUPFD_CLOEXEC, 4), json.loads(sys.argv[3])
os.close(int(sys.argv[1]))
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[2]]  # noqa: PTH100, PTH120
import confine  # noqa: E402
import msgpack  # noqa: E402
import quickjson  # noqa: E402

del sys.path[:2]
quickjson.install()
_register, os.register_at_fork = os.register_at_fork, lambda **_: None  # type: ignore[assignment]
import random  # noqa: E402  # would seed itself from the clock after every fork: a replay has to see the same numbers

os.register_at_fork = _register
for _name in "collections copy functools heapq itertools re typing".split():  # what nearly all environments import
    __import__(_name)
# Imported for all forks as soon as a source that is kept names one, since every page here costs every fork.
ON_DEMAND = {"abc", "bisect", "calendar", "cmath", "dataclasses", "datetime", "decimal", "enum", "fractions"}
ON_DEMAND |= {"numbers", "operator", "statistics", "string", "textwrap"}

# Of the control socket. The pool sends F (fork, with the child's socket: episode, code or 0), K (kill: episode), L
# (load a code: its number, bytes that follow) and U (unload a code); the zygote E (no fork: episode, errno) and X (a
# child died: episode, exit status, CPU seconds, peak memory in KiB).
REQUEST, REPORT = struct.Struct("=cqq"), struct.Struct("=cqidq")
CHANNEL = 3  # the child's only descriptor besides /dev/null on 0, 1 and 2
EXIT_MEMORY = 97  # a child that has too little memory left to say so
FLUSH_BYTES, FLUSH_S, LINGER_S = 32768, 0.01, 40e-6
VALUE_BYTES = 1_000_000  # of what a mapped function returns
pack = msgpack.Packer(unicode_errors="replace").pack
UP = (lambda data: len(data).to_bytes(4, "big") + data)(pack((0, "up")))
reserve = [bytes(4 << 20)]  # given up on MemoryError, to have room to say so; calloc'd, so costs no page


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


def import_for(code: types.CodeType) -> None:
    for name in ON_DEMAND.intersection(code.co_names):
        __import__(name)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            import_for(constant)


class Runtime:
    """The child's side of one episode. The first `stop` is final, whatever the environment makes of it."""

    def __init__(self) -> None:
        self.sequence, self.final, self.out, self.flushed, self.linger = -1, tuple[Any, ...](), b"", 0.0, False

    def receive(self) -> list[Any]:
        self.flush()
        end = time.monotonic() + LINGER_S if self.linger else 0.0
        while end and time.monotonic() < end and not select.select([CHANNEL], (), (), 0)[0]:
            os.sched_yield()  # waking up would cost more
        data = os.read(CHANNEL, 65536)
        size = 4 + int.from_bytes(data[:4], "big")
        while len(data) < size:
            data += os.read(CHANNEL, size - len(data)) or os._exit(1)  # the pool closed it
        sequence, self.linger, *frame = msgpack.unpackb(data[4:])
        self.sequence += 1
        return frame if sequence == self.sequence else self.stop("protocol_violation", f"request {sequence}")

    def send(self, *frame: object) -> None:
        data = pack((self.sequence, *frame))
        self.out += len(data).to_bytes(4, "big") + data

    def flush(self) -> None:
        while self.out:
            self.out = self.out[os.write(CHANNEL, self.out) :]

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
            reserve.clear()
            frame = ("env_memory", "out of memory")
        except BaseException as error:
            place, tb = "", error.__traceback__
            while tb:
                place = f" (line {tb.tb_lineno})" if tb.tb_frame.f_code.co_filename == "<env>" else place
                tb = tb.tb_next
            frame = ("env_crash", type(error).__name__ + place)
            with contextlib.suppress(Exception):  # a hostile __str__
                frame = ("env_crash", f"{frame[1]}: {error}"[:500])
            with contextlib.suppress(Exception):  # a hostile errno
                if isinstance(error, OSError) and error.errno == errno.ENOMEM:  # as mmap has it
                    frame = ("env_memory", "out of memory")
        self.stop(*frame)

    def define(self, code: types.CodeType, name: str, kind: type = type) -> Any:
        """Run the source as a module of its own; what it calls `name`: a class, or a function."""
        module = sys.modules["environment"] = types.ModuleType("environment")  # dataclasses look for it there
        self.guarded(exec, code, module.__dict__)
        found, what = module.__dict__.get(name), "class" if kind is type else "function"
        return found if isinstance(found, kind) else self.stop("env_crash", f"the source defines no {what} {name}")

    def construct(self, cls: Any, config: str) -> Any:
        env = self.guarded(lambda: cls.from_env_str(f"{cls.__name__}@{config}"))
        return self.stop("env_crash", f"{cls.__name__}.from_env_str returned None") if env is None else env

    def observe(self, env: Any, step: Callable[[str], Any], action: str) -> tuple[str, str, bool, float | None]:
        """One step: the observation in full, as shown, whether that is cut, and the reward once finished."""

        def play() -> tuple[Any, Any, Any]:
            reply, finished = step(action), env.finished
            return reply, finished, env.reward if finished is True else None

        reply, finished, reward = self.guarded(play)
        if type(reply) is not tuple or len(reply) != 2 or not issubclass(type(reply[1]), str):
            self.stop("protocol_violation", f"step returned {type(reply).__name__}, not (bool, str)")
        if type(finished) is not bool:
            self.stop("protocol_violation", f"finished is {type(finished).__name__}, not bool")
        if finished:
            if type(reward) not in (bool, int, float) or abs(reward) > 1e300 or not math.isfinite(reward):
                self.stop("protocol_violation", f"reward is no finite number but {type(reward).__name__}")
            reward = float(reward)
        text, limit = str.__str__(reply[1]), LIMITS["observation_bytes"]
        if len(text) * 4 <= limit:  # whatever its characters
            return text, text, False, reward
        data = text.encode("utf-8", "replace")
        notice = f"\n[truncated: {len(data)} bytes, of which {limit} are shown]" if len(data) > limit else ""
        return text, data[:limit].decode("utf-8", "ignore") + notice, bool(notice), reward

    def run(self, code: types.CodeType | None) -> None:
        """Serve the episode until it is over. `code` is the compiled source, if the zygote has it."""
        with contextlib.suppress(Stop):
            os.write(CHANNEL, UP)
            mode, data, source, class_name, argument = self.receive()
            if source is not None:
                data = self.guarded(compiled, source)
                self.send("code", data if len(data) < 1_000_000 else b"")
                self.flush()  # before anything of the source runs
            code = code or marshal.loads(data)
            if mode == "verify":
                for config in argument:
                    self.verify(code, class_name, config)
                self.stop("ok", "", False)
            if mode == "map":
                for text in argument:
                    self.map(code, class_name, text)
                self.stop("ok", "", False)
            cls = self.define(code, class_name)
            if mode == "generate":
                self.stop("ok", self.guarded(lambda: json.dumps(cls.generate(*argument))), False)
            env = self.construct(cls, argument)
            if mode == "solve":
                self.guarded(self.solve, env)
                self.stop("env_crash", "solve() returned before the episode was finished")
            self.send("ok", "", False)
            step = lambda action: env.step(action)  # noqa: E731  # looked up anew each time, as any caller would
            while True:
                (action,) = self.receive()
                _, text, cut, reward = self.observe(env, step, action.decode())
                if reward is not None:
                    self.stop("done", text, cut, reward)
                self.send("ok", text, cut)
        self.send(*self.final)
        self.flush()

    def solve(self, env: Any, report: Callable[[str, str], None] | None = None) -> None:
        """Run solve() with every step reported; the first Done ends it."""
        step = env.step

        def recorded(action: str) -> tuple[bool, str]:
            if self.final:
                raise Stop
            if type(action) is not str or len(action) > LIMITS["action_bytes"]:
                self.stop("protocol_violation", f"solve: an action is no short str but {type(action).__name__}")
            full, text, _, reward = self.observe(env, step, action)
            report(action, text) if report else self.send("step", action, text)
            if len(self.out) > FLUSH_BYTES:
                self.flush()
            if reward is not None:
                self.stop("done", "", False, reward)
            return True, full

        env.step = recorded
        env.solve()

    def verify(self, code: types.CodeType, class_name: str, config: str) -> None:
        """One of many solve() in this process: a module, an instance and random numbers of its own. What else one run
        leaves behind (a patched json) the next one sees; the pool runs those that fail again, each alone."""
        calls = []
        self.final = ()
        random.seed(0)
        with contextlib.suppress(Stop):
            env = self.construct(self.define(code, class_name), config)
            self.guarded(self.solve, env, lambda action, _: calls.append(action))
            self.stop("env_crash", "solve() returned before the episode was finished")
        final: tuple[Any, ...] = self.final
        kind, *rest = final
        self.send("verdict", kind, len(calls), rest[2] if kind == "done" else 0.0, "" if kind == "done" else rest[0])
        self.reported(kind)

    def map(self, code: types.CodeType, name: str, text: str) -> None:
        """One of many calls of a function of the source, each in a module of its own, as in `verify`."""
        self.final = ()
        random.seed(0)
        with contextlib.suppress(Stop):
            value = self.guarded(self.define(code, name, types.FunctionType), text)
            if (
                type(value) is not str
                or len(value) > VALUE_BYTES
                or len(value.encode("utf-8", "replace")) > VALUE_BYTES
            ):
                self.stop("protocol_violation", f"{name} returned {type(value).__name__}, not a str of at most 1 MB")
            self.stop("value", value)
        final: tuple[Any, ...] = self.final
        self.send("value", *final[:2])
        self.reported(final[0])

    def reported(self, kind: str) -> None:
        """After one of many in this process: what was sent goes out in time, whatever the next one does."""
        now, self.final = time.monotonic(), ()
        if len(self.out) > FLUSH_BYTES or now > self.flushed + FLUSH_S:
            self.flush()
            self.flushed = now
        if kind == "env_memory":  # the reserve is gone
            self.stop("ok", "", False)


def serve(control: socket.socket, wake_read: int, wake_write: int, confine_child: Callable[[int], None]) -> None:
    """Fork, kill and reap on request until the pool closes the control socket."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    episodes: dict[int, int] = {}  # by pid, until reaped
    pids: dict[int, int] = {}  # by episode
    codes: dict[int, types.CodeType] = {}

    def fork(channel: int, code: types.CodeType | None) -> int:
        """One child: what holds for it alone, then its episode. Returns its pid, and in the child never."""
        gc.freeze()  # else the child's first collection would write to all that is new here
        zygote, pid = os.getpid(), os.fork()
        if pid:
            os.setpgid(pid, pid)  # both sides, so that neither can come too late
            return pid
        status = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            os.dup2(channel, CHANNEL)
            os.closerange(CHANNEL + 1, 64)
            confine_child(zygote)
            gc.enable()
            Runtime().run(code)
            status = 0
        except MemoryError:
            status = EXIT_MEMORY
        finally:
            os._exit(status)

    def kill(pid: int) -> None:
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
                    del pids[episode]
                    os.write(control.fileno(), REPORT.pack(b"X", episode, code, cpu_s, peak_kb))
        if control.fileno() in ready:
            data, fds, _, _ = socket.recv_fds(control, REQUEST.size, 1)
            if not data:
                for pid in episodes:
                    kill(pid)
                return
            kind, number, argument = REQUEST.unpack(data)
            if kind == b"F":
                try:
                    pids[number] = fork(fds[0], codes.get(argument))
                    episodes[pids[number]] = number
                except OSError as error:
                    os.write(control.fileno(), REPORT.pack(b"E", number, error.errno or 0, 0.0, 0))
                os.close(fds[0])
            elif kind == b"K":
                if number in pids:  # else it is reaped, and its pid may be another's
                    kill(pids[number])
            elif kind == b"L":
                parts = []
                while argument:
                    parts.append(os.read(control.fileno(), argument) or os._exit(1))
                    argument -= len(parts[-1])
                codes[number] = marshal.loads(b"".join(parts))
                import_for(codes[number])
            else:
                del codes[number]


def enter() -> Callable[[int], None]:
    """Confine this process for good and print how far that went. Returns what confines a child, given our pid."""
    report = {"platform": sys.platform, **confine.namespaces()}
    null = os.open(os.devnull, os.O_RDWR)
    confine.die_with_parent()
    if report["pid_namespace"] and (first := os.fork()):
        os.dup2(null, 1)
        os.close(CONTROL_FD)
        os.waitpid(first, 0)  # this process stays outside the namespace, holds nothing, and goes when its PID 1 goes
        os._exit(0)
    confine.die_with_parent()
    report["no_new_privileges"] = confine.drop_privileges()
    report["landlock"] = confine.landlock([folder for folder in sys.path if os.path.isdir(folder)])  # noqa: PTH112
    report |= {"rlimits": True, "memory_limit": confine.inherited_rlimits(LIMITS["memory_mb"])}
    report["seccomp"] = confine.base_seccomp()
    rlimits, seccomp = confine.child_rlimits(LIMITS["cpu_s"]), confine.child_seccomp() if report["seccomp"] else None

    def confine_child(zygote: int) -> None:
        if not report["pid_namespace"]:  # there, children die with their PID 1
            confine.die_with_parent()
            if os.getppid() != zygote:
                os._exit(1)
        confine.set_rlimits(rlimits)
        if seccomp:
            seccomp()

    if not (probe := os.fork()):  # what is set up in each child is tried in one; status 1 is an exception
        confine_child(os.getppid())
        os._exit(2)
    if os.waitstatus_to_exitcode(os.waitpid(probe, 0)[1]) != 2:
        raise OSError("a child could not confine itself")
    print(json.dumps(report), flush=True)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    return confine_child


if __name__ == "__main__":
    gymnasium: Any = types.ModuleType("gymnasium")  # environments only derive from its Env; the real one costs 130 ms
    gymnasium.Env, sys.modules["gymnasium"] = type("Env", (), {}), gymnasium
    ends = (socket.socket(fileno=CONTROL_FD), *os.pipe())  # made here, since the base filter allows no more of them
    os.set_blocking(ends[2], False)
    prepare = enter()
    random.seed(0)
    gc.collect()
    gc.disable()
    serve(*ends, prepare)
