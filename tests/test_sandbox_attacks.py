"""Every fault and attack we know of, one a test, each with the outcome it must have.

The environment under attack runs whatever Python its configuration (in the constructor) or an action carries. What an
attack aims at outside of its process is looked at from outside; that Python raised there proves nothing.
"""

import ast
import asyncio
import contextlib
import dataclasses
import json
import os
import random
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time

import pytest
from hostile import CONFIG, HONEST, HOSTILE, TIGHT, attack, below, call, descriptors, well

from codegym_jax.sandbox import SandboxError, SandboxPool
from codegym_jax.types import StopReason

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc")

OK = None  # the episode goes on
CRASH, TIMEOUT, MEMORY = StopReason.ENV_CRASH, StopReason.ENV_TIMEOUT, StopReason.ENV_MEMORY
PROTOCOL, WRONG, ANSWERED = StopReason.PROTOCOL, StopReason.WRONG, StopReason.ANSWERED


def table(names, rows):
    """Parameters from {id: row}."""
    return pytest.mark.parametrize(names, rows.values(), ids=rows)


# Writes frames to the channel as the child's runtime would.
FRAME = """
import msgpack, os, signal, time
def frame(*body):
    body = msgpack.packb(body)
    return len(body).to_bytes(4, "big") + body
"""

# Runs each statement of `attempts` and tells which went through, with what they left in `found`.
ATTEMPTS = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
through = {}
for attempt in attempts:
    scope = {"os": os, "socket": socket, "libc": libc, "found": ""}
    try:
        exec(attempt, scope)
        through[attempt] = scope["found"]
    except Exception as e:
        pass
out = repr(through)
"""


async def attempted(pool, *attempts):
    """What went through, and with what result. One harmless attempt has to, or none was made."""
    reply, session = await attack(pool, f"attempts = {('found = 6 * 7', *attempts)!r}{ATTEMPTS}")
    assert reply.stop is None, session.detail
    through = ast.literal_eval(reply.observation)
    assert through.pop("found = 6 * 7") == 42
    return through


# --- faults: how each ends ---

HANG = "9 ** 9 ** 9"  # in C: no signal handler of Python's runs
IGNORE = "import signal\nfor s in {*range(1, 65)} - {9, 19, 32, 33}: signal.signal(s, signal.SIG_IGN)\n"


@table(
    ("code", "stop"),
    {
        "cpu loop": ("while True: pass", TIMEOUT),
        "cpu loop with every signal ignored": (IGNORE + "while True: pass", TIMEOUT),
        "regex that backtracks": ("import re; re.match('(a+)+b', 'a' * 60)", TIMEOUT),
        "bignum stuck in C": (HANG, TIMEOUT),
        "storm of timers": (
            "import signal\nsignal.signal(14, lambda *_: None)\nsignal.setitimer(0, 1e-4, 1e-4)\nwhile True: pass",
            TIMEOUT,
        ),
        "allocation": ("env.x = []\nwhile True: env.x.append(bytes(1 << 20))", MEMORY),
        "allocation at once": ("out = 'x' * (1 << 40)", MEMORY),
        "mapped memory": (
            "import mmap\nenv.x = []\nwhile True: env.x.append(mmap.mmap(-1, 1 << 20))",
            MEMORY,  # an OSError: that is what mmap raises
        ),
        "allocation that goes on at its end": (
            "x = []\ntry:\n    while True: x.append(bytes(1 << 20))\n"
            "finally:\n    while True: x.append(bytes(1 << 12))",
            MEMORY,
        ),
        "recursion": ("def f(): f()\nf()", CRASH),
        "_exit(0)": ("import os; os._exit(0)", CRASH),
        "SystemExit": ("raise SystemExit(0)", CRASH),
        "KeyboardInterrupt": ("raise KeyboardInterrupt", CRASH),
        "GeneratorExit": ("raise GeneratorExit", CRASH),
        "segfault": ("import ctypes; ctypes.string_at(0)", CRASH),
        "segfault, sent": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", CRASH),
        "abort": ("import os; os.abort()", CRASH),
        "a real-time signal, which has no name": ("import os; os.kill(os.getpid(), 35)", CRASH),
        "SIGKILL to itself": ("import os; os.kill(os.getpid(), 9)", CRASH),
        "alarm": ("import signal; signal.alarm(1); signal.pause()", CRASH),
        "closed channel": ("import os; os.close(3)", CRASH),
        "closed channel, a duplicate kept": ("import os, fcntl; fcntl.fcntl(3, 0, 9); os.close(3)", CRASH),
        "closed channel, and lives on": ("import os, time; os.close(3); time.sleep(60)", PROTOCOL),
        "an exception that cannot be shown": (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            CRASH,
        ),
        "an exception that hangs when shown": (
            f"class E(Exception):\n    def __str__(self): {HANG}\nraise E",
            TIMEOUT,
        ),
        "an exception whose traceback raises": (
            "class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)\nraise E",
            CRASH,
        ),
    },
)
async def test_each_fault_of_a_step_has_its_stop_reason(pool, code, stop):
    reply, session = await attack(pool, code)
    assert (reply.stop, reply.reward, session.failure) == (stop, 0.0, stop), session.detail


@table(
    "code",
    {
        "sleep": "import time; time.sleep(60)",
        "blocked recv": "import os; os.read(3, 1)",
        "blocked select": "import select; select.select([3], [], [])",
        "stopped": "import os; os.kill(os.getpid(), 19)",
        "waits for a signal": IGNORE + "signal.pause()",
        "waits for a lock": "import threading; x = threading.Lock(); x.acquire(); x.acquire()",
        "a reply without an end": f"{FRAME}os.write(3, frame(1, 'ok', 'x', False)[:-1]); time.sleep(60)",
    },
)
async def test_a_step_that_waits_uses_up_its_wall_time(code):
    async with SandboxPool(dataclasses.replace(TIGHT, step_wall_s=0.5), zygotes=1) as pool:
        reply, session = await attack(pool, code)
        assert (reply.stop, session.failure) == (TIMEOUT, TIMEOUT)
        assert "wall" in session.detail


async def test_an_import_that_waits_uses_up_its_wall_time():
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=1), zygotes=1) as pool:
        session = await pool.spawn("import time\ntime.sleep(60)", "HostileEnv", "")
        assert session.failure is TIMEOUT, session.detail


async def test_recursion_through_c_ends_the_episode(pool):
    """Out of memory or out of C stack, as the version of Python has it."""
    code = "import sys; sys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, n): getattr(self, n)\nA().x"
    assert (await attack(pool, code))[0].stop in (CRASH, MEMORY)


async def test_a_swallowed_memory_error_still_ends_the_episode(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)  # its step has `except Exception`
    assert (await session.step(call("Echo", text="x" * 1000, times=10**9))).stop is MEMORY


@table(
    "code",
    {
        "where it waits": "while True: pass",
        "while nobody asked": "signal.signal(14, spin); signal.setitimer(0, 0.01)",
        "while nobody asked, ignoring SIGXCPU": "signal.signal(24, 1); signal.signal(14, spin); signal.alarm(1)",
    },
)
async def test_the_kernel_ends_an_episode_that_uses_up_its_cpu_in_all(code):
    limits = dataclasses.replace(TIGHT, step_cpu_s=50, step_wall_s=50, solve_wall_s=1)
    async with SandboxPool(limits, zygotes=1) as pool:
        session = await pool.spawn(HOSTILE, "HostileEnv", "")
        await session.step(f"import signal\ndef spin(*_):\n    while True: pass\n{code}")
        while pool.counters["live"]:
            await asyncio.sleep(0.05)
        assert (await session.step("out = 'still here'")).stop is TIMEOUT, session.detail


@table(
    ("source", "stop", "detail"),
    {
        "import that loops": ("while True: pass", TIMEOUT, "CPU"),
        "import that fills memory": ("x = bytes(1 << 30)", MEMORY, "memory"),
        "import that exits": ("import os\nos._exit(3)", CRASH, "exit status 3"),
        "import that raises": ("import gymnasium\n\n1 / 0", CRASH, r"ZeroDivisionError.*\(line 3\)"),
        "no Python": ("class HostileEnv(:", CRASH, "SyntaxError"),
        "NUL": ("x = '\0'", CRASH, "null"),
        "nested too deep to parse": ("(" * 100_000, CRASH, ""),
        "no such class": ("OtherEnv = 1", CRASH, "no class HostileEnv"),
        "no object": ("class HostileEnv:\n    from_env_str = lambda text: None", CRASH, "returned None"),
        "constructor that loops": (
            f"class HostileEnv:\n    def __init__(self): {HANG}\n    from_env_str = lambda text: HostileEnv()",
            TIMEOUT,
            "CPU",
        ),
        "metaclass that loops": (
            f"class M(type):\n    def __getattribute__(c, n): {HANG}\nclass HostileEnv(metaclass=M): pass",
            TIMEOUT,
            "CPU",
        ),
    },
)
async def test_each_fault_of_a_constructor_has_its_stop_reason(pool, source, stop, detail):
    session = await pool.spawn(source, "HostileEnv", "")
    assert session.failure is stop, session.detail
    assert re.search(detail, session.detail)
    assert (await session.step("{}")).stop is stop


@table(
    ("source", "config"),
    {"in the source": (HONEST + "# \ud800", CONFIG), "in the configuration": (HONEST, CONFIG + "\ud800")},
)
async def test_lone_surrogates_do_not_break_a_spawn(pool, source, config):
    """JSON can carry them, and so can a task. Whatever becomes of the episode, spawn raises nothing and loses none."""
    session = await pool.spawn(source, "SumEnv", config)
    assert session.failure in (OK, CRASH)
    await session.close()
    assert pool.counters["live"] == 0


# --- faults: hangs where no code of ours looks ---


@table(
    "code",
    {
        "finished": f"type(env).finished = property(lambda self: {HANG})",
        "reward": f"env.finished = True\ntype(env).reward = property(lambda self: {HANG})",
        "the attribute step": f"type(env).__getattribute__ = lambda self, name: {HANG}",
        "__del__": f"class D:\n    def __del__(self): {HANG}\nx = D(); del x",
        "gc callback": f"import gc\ngc.callbacks.append(lambda *_: {HANG})\ngc.collect()",
        "trace function": f"import sys\ndef t(*_): {HANG}\nsys.settrace(t)\n(lambda: 0)()",
        "profile function": f"import sys\ndef t(*_): {HANG}\nsys.setprofile(t)\n(lambda: 0)()",
        "audit hook": f"import sys\ndef t(*_): {HANG}\nsys.addaudithook(t)\nimport colorsys",
        "signal handler": f"import signal, os\ndef t(*_): {HANG}\nsignal.signal(10, t); os.kill(os.getpid(), 10)",
    },
)
async def test_a_hang_is_a_timeout_wherever_it_is(pool, code):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    await session.step(code)
    reply = await session.step("")  # the attribute is looked up here
    assert reply.stop is TIMEOUT, session.detail


@table(
    "code",
    {
        "__del__": f"class D:\n    def __del__(self): {HANG}\nenv.x = D()",
        "atexit": f"import atexit\ndef f(): {HANG}\natexit.register(f)",
        "flush of stdout": f"import sys\nclass F:\n    def flush(self): {HANG}\n    write = flush\nsys.stdout = F()",
    },
)
async def test_nothing_of_an_environment_runs_at_its_exit(pool, code):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    assert (await session.step(f"{code}\nenv.finished = env.reward = True")).stop is ANSWERED
    await session.close()
    assert pool.counters == {"spawned": 1, "live": 0, "answered": 1}


@table(
    ("body", "why"),
    {
        "loops": (HANG, "env_timeout"),
        "no JSON": ("return {1: object()}", "env_crash: TypeError"),
        "memory": ("return 'x' * (1 << 40)", "env_memory"),
        "too much JSON": ("return 'x' * (1 << 22)", "protocol_violation"),
    },
)
async def test_generate_says_how_it_failed(pool, body, why):
    source = f"class HostileEnv:\n    def generate(seed, difficulty): {body}"
    with pytest.raises(SandboxError, match=why):
        await pool.generate(source, "HostileEnv", 0, 1)


# --- lies: what an environment says of itself ---


@table(
    ("code", "stop"),
    {
        "observation: an int": ("out = 7", PROTOCOL),
        "observation: bytes": ("out = b'x'", PROTOCOL),
        "observation: a pickle of a command": (
            "class P:\n    def __reduce__(self): return (print, ('x',))\nout = P()",
            PROTOCOL,
        ),
        "observation: says that it is a str": ("class L:\n    __class__ = str\nout = L()", PROTOCOL),
        "finished: an int": ("env.finished = 1", PROTOCOL),
        "finished: says that it is a bool": ("class L:\n    __class__ = bool\nenv.finished = L()", PROTOCOL),
        "reward: NaN": ("env.finished, env.reward = True, float('nan')", PROTOCOL),
        "reward: infinite": ("env.finished, env.reward = True, float('inf')", PROTOCOL),
        "reward: a str": ("env.finished, env.reward = True, 'lots'", PROTOCOL),
        "reward: no float can hold it": ("env.finished, env.reward = True, 10 ** 400", PROTOCOL),
        "reward: an int of its own kind": (
            "class I(int):\n    def __float__(self): return 1.0\nenv.finished, env.reward = True, I(0)",
            PROTOCOL,
        ),
        "reward: a half": ("env.finished, env.reward = True, 0.5", WRONG),
        "reward: negative": ("env.finished, env.reward = True, -1e300", WRONG),
        "reward: huge": ("env.finished, env.reward = True, 1e300", ANSWERED),
        "reward: better at the second look": (
            "env.finished, n = True, [0]\n"
            "def look(self): n[0] += 1; return float(n[0] > 1)\n"
            "type(env).reward = property(look)",
            WRONG,
        ),
        "finished: raises": ("type(env).finished = property(lambda self: 1 / 0)", CRASH),
        "reward: raises": ("env.finished = True\ntype(env).reward = property(lambda self: 1 / 0)", CRASH),
    },
)
async def test_each_lie_has_its_stop_reason(pool, code, stop):
    reply, session = await attack(pool, code)
    assert (reply.stop, reply.reward) == (stop, float(stop is ANSWERED)), session.detail


async def test_a_step_that_returns_three_values_is_a_protocol_violation(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    await session.step("type(env).step = lambda self, action: (True, 'x', 0)")
    assert (await session.step("")).stop is PROTOCOL


async def test_an_environment_that_takes_its_finish_back_has_finished(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    code = "n = [0]\ndef look(self): n[0] += 1; return n[0] == 1\ntype(env).finished = property(look)"
    first = await session.step(code)
    assert first.stop is WRONG
    assert await session.step("type(env).finished = env.reward = True") == first


async def test_a_str_that_lies_about_itself_is_taken_as_its_characters(pool):
    lies = "\n    ".join(
        f"def {name}(self, *_, **__): raise SystemExit"
        for name in ("__str__", "__repr__", "encode", "__len__", "__iter__", "__getitem__", "__eq__", "__hash__")
    )
    reply, session = await attack(pool, f"class S(str):\n    {lies}\nout = S('plain')")
    assert (reply.stop, reply.observation) == (OK, "plain"), session.detail


async def test_an_oracle_that_lies_about_its_steps_is_counted(pool):
    source = HONEST.replace("    def solve(self):\n", "    def solve(self):\n        self.step_count = 10**6\n")
    assert len((await pool.solve(source, "SumEnv", CONFIG)).steps) == 2


async def test_a_huge_observation_is_cut_with_a_notice(pool):
    reply, _ = await attack(pool, "out = 'é' * 1_000_000")
    assert reply.truncated
    assert reply.observation.startswith("é" * 4096 + "\n[truncated: 2000000 bytes")
    assert len(reply.observation) < 4200


async def test_lone_surrogates_do_not_break_an_observation(pool):
    reply, _ = await attack(pool, r"out = 'a\ud800b'")
    assert (reply.stop, reply.observation) == (OK, "a?b")


async def test_a_flood_on_stdout_goes_nowhere(pool):
    reply, _ = await attack(pool, "import os\nfor fd in (1, 2):\n    for _ in range(100): os.write(fd, b'x' * 100_000)")
    assert reply.stop is OK


# --- forged frames: what a child says on its channel ---


@table(
    ("forged", "stop"),
    {
        "oversized": ("(1 << 31).to_bytes(4, 'big')", PROTOCOL),
        "the longest length": ("b'\\xff' * 4", PROTOCOL),
        "no length": ("bytes(4)", PROTOCOL),
        "junk": ("bytes([0, 0, 0, 3]) + b'abc'", PROTOCOL),
        "out of sequence": ("frame(9, 'ok', 'x', False)", PROTOCOL),
        "a sequence that is no number": ("frame([1], 'ok', 'x', False)", PROTOCOL),
        "a field short": ("frame(1, 'ok', 'x')", PROTOCOL),
        "a field too many": ("frame(1, 'ok', 'x', False, 1.0)", PROTOCOL),
        "wrong type": ("frame(1, 'ok', 7, False)", PROTOCOL),
        "no UTF-8": ("frame(1, 'ok', 'abc', False).replace(b'abc', b'\\xff\\xfe\\xfd')", PROTOCOL),
        "a surrogate": ("frame(1, 'ok', 'abc', False).replace(b'abc', b'\\xed\\xa0\\x80')", PROTOCOL),
        "reward NaN": ("frame(1, 'done', 'x', False, float('nan'))", PROTOCOL),
        "reward without done": ("frame(1, 'answered', 'x')", PROTOCOL),
        "our own failure": ("frame(1, 'infrastructure', 'x')", PROTOCOL),
        "of the constructor": ("frame(0, 'ok', '', False)", PROTOCOL),
        "of an oracle": ("frame(0, 'step', 'a', 'b')", PROTOCOL),
        "up again": ("frame(0, 'up')", PROTOCOL),
        "compiled code": ("frame(0, 'code', b'x')", PROTOCOL),
        "a duplicate": ("frame(1, 'ok', 'x', False) * 2", PROTOCOL),
        "half of another behind it": ("frame(1, 'ok', 'x', False) + b'\\0\\0'", PROTOCOL),
        "longer than an observation may be": ("frame(1, 'ok', 'x' * 10_000, False)", PROTOCOL),
        "nested without an end": ("bytes([0, 0, 0, 64]) + bytes([0x91]) * 64", PROTOCOL),
        "nested 4000 deep": ("bytes([0, 0, 15, 161]) + bytes([0x91]) * 4000 + b'\\xc0'", PROTOCOL),
        "an array of 4 billion": ("bytes([0, 0, 0, 5, 0xdd]) + b'\\xff' * 4", PROTOCOL),
        "a map": ("frame({1: {2: [[[[]]]]}})", PROTOCOL),
        "an extension type": ("frame(msgpack.ExtType(5, b'cos'))", PROTOCOL),
        "a timestamp": ("bytes([0, 0, 0, 15, 0xc7, 12]) + b'\\xff' * 13", PROTOCOL),
        "truncated": ("frame(1, 'ok', 'x', False)[:-1]; os.write(3, data); os._exit(0)", PROTOCOL),
        "half a length": ("b'\\0\\0'; os.write(3, data); os._exit(0)", PROTOCOL),
        "a flood": ("b'x' * 65536\nwhile True: os.write(3, data)", PROTOCOL),
        "a flood of empty frames": ("bytes(65536)\nwhile True: os.write(3, data)", PROTOCOL),
    },
)
async def test_a_forged_reply_has_its_stop_reason(pool, forged, stop):
    reply, session = await attack(pool, f"{FRAME}\ndata = {forged}\nos.write(3, data)\ntime.sleep(9)")
    assert (reply.stop, reply.reward, session.failure) == (stop, 0.0, stop), session.detail


async def test_a_reply_that_drips_is_a_reply(pool):
    """Split at every byte."""
    drip = "for byte in frame(1, 'ok', 'drop', False): os.write(3, bytes([byte])); time.sleep(0.001)"
    reply, session = await attack(pool, f"{FRAME}\n{drip}\ntime.sleep(9)")
    assert (reply.stop, reply.observation) == (OK, "drop"), session.detail


async def test_a_forged_done_is_the_word_of_its_own_episode_only(pool):
    """As good as any reward: an environment can set its own at will, but no other's."""
    neighbour = await pool.spawn(HONEST, "SumEnv", CONFIG)
    reply, _ = await attack(pool, f"{FRAME}\nos.write(3, frame(1, 'done', 'mine', False, 1.0)); time.sleep(9)")
    assert (reply.stop, reply.reward) == (ANSWERED, 1.0)
    assert (await neighbour.step(call("Done", answer=7))).stop is WRONG


@table(
    "forged",
    {
        "a reward before any step": "frame(0, 'done', '', False, 1.0)",
        "steps of an oracle": "frame(0, 'step', 'a', 'b')",
        "up again": "frame(0, 'up')",
    },
)
async def test_a_forged_reply_to_a_spawn_is_a_protocol_violation(pool, forged):
    session = await pool.spawn(HOSTILE, "HostileEnv", f"{FRAME}\nos.write(3, {forged}); time.sleep(9)")
    assert session.failure is PROTOCOL, session.detail
    assert (await session.step("")).reward == 0.0


async def test_a_frame_while_nobody_waits_ends_the_episode(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    early = "signal.signal(14, lambda *_: os.write(3, frame(2, 'ok', 'early', False)))\nsignal.setitimer(0, 0.05)"
    assert (await session.step(f"{FRAME}\n{early}")).stop is OK
    while pool.counters["live"]:
        await asyncio.sleep(0.02)
    assert (await session.step("out = 'x'")).stop is PROTOCOL


async def test_a_second_reply_ends_the_episode(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    await session.step(f"{FRAME}\nos.write(3, frame(1, 'ok', 'forged', False))")  # then the real one
    assert (await session.step("out = 'x'")).stop is PROTOCOL


async def test_a_channel_that_no_longer_blocks_is_a_crash(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    reply = await session.step("import fcntl, os; fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK)")
    while reply.stop is OK:  # as long as requests are there before it reads
        await asyncio.sleep(0.02)
        reply = await session.step("")
    assert reply.stop is CRASH


@table(
    ("body", "stop"),
    {
        "a flood of steps": (
            "data = frame(0, 'step', 'a', 'b' * 4000)\n        while True: os.write(3, data)",
            PROTOCOL,
        ),
        "an end without a reward": ("os.write(3, frame(0, 'ok', 'x', False)); time.sleep(9)", PROTOCOL),
        "an action that is no str": ("self.step(7)", PROTOCOL),
        "an action that is too long": ("self.step('x' * 100_000)", PROTOCOL),
        "a hang": (HANG, TIMEOUT),
        "an exit": ("os._exit(0)", CRASH),
    },
)
async def test_a_hostile_oracle_has_its_stop_reason(pool, body, stop):
    source = f"{FRAME}{HOSTILE}\n    def solve(self):\n        {body}"
    trajectory = await pool.solve(source, "HostileEnv", "")
    assert (trajectory.stop, trajectory.reward) == (stop, 0.0), trajectory.detail


# --- its own interpreter, which is all it can reach ---


@table(
    ("code", "stops"),
    {
        "our exception that unwinds": (
            "import sys\nf = sys._getframe()\nwhile 'Stop' not in f.f_globals: f = f.f_back\nraise f.f_globals['Stop']",
            {PROTOCOL},
        ),
        "our object that serves it": (
            "import sys\nf = sys._getframe()\n"
            "while not hasattr(f.f_locals.get('self'), 'stop'): f = f.f_back\n"
            "f.f_locals['self'].stop('done', 'forged', False, 1.0)",
            {ANSWERED},
        ),
        "msgpack": ("import msgpack\nmsgpack.packb = lambda *_, **__: b'junk'", {OK, PROTOCOL}),
        "builtins": ("import builtins\nbuiltins.len = lambda *_: 1 / 0", {CRASH}),
        "every module": ("import sys\nfor m in [*sys.modules.values()]: m.__dict__.clear()", {CRASH}),
        "a thread": ("import threading, sys; threading.Thread(target=sys.exit).start()", {CRASH}),
        "a second interpreter": (
            "import _xxsubinterpreters as s; s.run_string(s.create(), 'import os; os.abort()')",
            {CRASH},
        ),
    },
)
async def test_an_environment_harms_only_its_own_episode(full, code, stops):
    neighbour = await full.spawn(HONEST, "SumEnv", CONFIG)
    reply, session = await attack(full, code)
    assert reply.stop in stops, session.detail
    assert (await neighbour.step(call("Done", answer=7))).stop is WRONG
    assert await well(full)


async def test_episodes_do_not_see_each_other(pool):
    spoiled = await pool.spawn(HOSTILE, "HostileEnv", "import json; json.dumps = lambda *_: 'spoiled'")
    assert (await spoiled.step("import json; out = json.dumps(1)")).observation == "spoiled"
    assert await well(pool)


async def test_a_child_cannot_replace_the_compiled_source_of_later_episodes(pool):
    """The second episode is given the compiled source, and sends another back."""
    await (await pool.spawn(HOSTILE, "HostileEnv", "")).close()
    evil = HOSTILE.replace('scope["out"]', '"spoiled"')
    forged = f"import marshal\nos.write(3, frame(0, 'code', marshal.dumps(compile({evil!r}, 'x', 'exec'))))"
    session = await pool.spawn(HOSTILE, "HostileEnv", f"{FRAME}\n{forged}")
    assert session.failure in (OK, PROTOCOL)
    assert (await attack(pool, "out = 'clean'"))[0].observation == "clean"


@pytest.mark.parametrize("where", ["configuration", "action"])
async def test_nothing_of_one_episode_is_in_the_memory_of_another(full, where):
    """A search through every page that the allocator could have, with a word of its own to show that it finds. Sources
    of other environments may be there: the zygote keeps them compiled."""
    secret = secrets.token_hex(4)
    words = dict.fromkeys(("configuration", "action"), "none") | {where: f"correct-horse-{secret}"}
    config = json.dumps({"numbers": [1], "x": words["configuration"]})
    neighbours = [await full.spawn(HONEST, "SumEnv", config) for _ in range(2)]  # the second as the first compiled it
    for neighbour in neighbours:
        assert (await neighbour.step(call("Echo", text=words["action"], times=2))).observation == words["action"] * 2
    search = """
import ctypes, gc, re
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
libc.access.argtypes = (ctypes.c_void_p, ctypes.c_int)
env.word = "correct-horse-" + "mine" * 2
top = libc.sbrk(0) >> 20
windows = {id(o) >> 20 for o in gc.get_objects()} | {*range(top - 16, top + 1)}
found = set()
for page in (page for window in windows for page in range(window << 20, window + 1 << 20, 4096)):
    if libc.access(page, 0) == 0 or ctypes.get_errno() != 14:  # EFAULT: not there
        found.update(re.findall(rb"correct-horse-(\\w{8})", ctypes.string_at(page, 4096)))
out = str(found)"""
    reply, session = await attack(full, search)
    assert "minemine" in reply.observation, session.detail
    assert secret not in reply.observation


async def test_it_knows_no_secret_of_the_learner(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "do not tell")
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        reply, _ = await attack(pool, "import os; out = str(dict(os.environ))")
    assert "SECRET" not in reply.observation
    assert "PYTHONHASHSEED" in reply.observation


@pytest.mark.parametrize("many", [0, 100, 1100], ids=lambda many: f"{many} more open in the learner")
async def test_it_inherits_no_descriptor(many):
    code = """
import os
def there(fd):
    try: return os.fstat(fd) is not None
    except OSError: return False
out = str([fd for fd in range(4096) if there(fd)])"""
    with contextlib.ExitStack() as stack:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= hard < many + 200:
            pytest.skip(f"this machine allows {hard} descriptors")
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, many + 200), hard))
        for _ in range(many):  # 1024 is where select() ends
            stack.enter_context(open(os.devnull))
        async with SandboxPool(TIGHT, zygotes=1) as pool:
            assert (await attack(pool, code))[0].observation == "[0, 1, 2, 3]"


async def test_a_child_out_of_descriptors_still_replies(full):
    code = (
        "import os\nenv.f = []\ntry:\n    while 1: env.f.append(open(os.__file__))\nexcept OSError as e: out = str(e)"
    )
    assert "Too many open files" in (await attack(full, code))[0].observation


async def test_file_locks_are_no_channel_between_episodes(full):
    """Every episode may read the standard library. A lock there would be seen by all others."""
    session = await full.spawn(HOSTILE, "HostileEnv", "")
    lock = "import fcntl, os\nenv.f = open(os.__file__)\n"
    await session.step(f"{lock}try: fcntl.lockf(env.f, fcntl.LOCK_SH, 5, 7)\nexcept OSError: pass")
    ask = "fcntl.fcntl(env.f, fcntl.F_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))"
    seen = f"{lock}import struct\ntry: out = str(struct.unpack('hhqqi4x', {ask})[2:4])\nexcept OSError: pass"
    assert (await attack(full, seen))[0].observation in ("", "(0, 0)")


# --- the kernel: what a child may not even ask for ---

# Numbers on x86_64 and aarch64 (-1: has none).
SYSTEM_CALLS = {
    "processes": "clone 56 220  clone3 435 435  fork 57 -1  vfork 58 -1  execve 59 221  execveat 322 281",
    "other processes": """ptrace 101 117  process_vm_readv 310 270  process_vm_writev 311 271  pidfd_open 434 434
        pidfd_getfd 438 438  pidfd_send_signal 424 424  kcmp 312 272  process_madvise 440 440  move_pages 279 239
        rt_sigqueueinfo 129 138  rt_tgsigqueueinfo 297 240  tkill 200 130  kill 62 129  tgkill 234 131""",
    "its own limits": """prlimit64 302 261  setrlimit 160 164  setpriority 141 140  sched_setaffinity 203 122
        sched_setscheduler 144 119  sched_setattr 314 274  ioprio_set 251 30  mlock 149 228  mlockall 151 230
        personality 135 92  prctl 157 167  arch_prctl 158 -1  modify_ldt 154 -1  seccomp 317 277
        landlock_create_ruleset 444 444  landlock_restrict_self 446 446""",
    "its own name": """setuid 105 146  setgid 106 144  setresuid 117 147  setgroups 116 159  capset 126 91
        setsid 112 157  setpgid 109 154  unshare 272 97  setns 308 268""",
    "sockets": """socket 41 198  socketpair 53 199  connect 42 203  bind 49 200  listen 50 201  accept4 288 242
        sendto 44 206  sendmsg 46 211  sendmmsg 307 269  recvfrom 45 207  recvmsg 47 212  shutdown 48 210
        setsockopt 54 208  getsockopt 55 209  getpeername 52 205""",
    "descriptors": """dup 32 23  dup2 33 -1  dup3 292 24  ioctl 16 29  pipe2 293 59  eventfd2 290 19
        epoll_create1 291 20  inotify_init1 294 26  fanotify_init 300 262  signalfd4 289 74  timerfd_create 283 85
        memfd_create 319 279  memfd_secret 447 447  splice 275 76  tee 276 77  vmsplice 278 75  sendfile 40 71
        copy_file_range 326 285""",
    "files": """creat 85 -1  openat2 437 437  open_by_handle_at 304 265  truncate 76 45  ftruncate 77 46
        fallocate 285 47  mkdirat 258 34  mknodat 259 33  unlinkat 263 35  symlinkat 266 36  linkat 265 37
        renameat2 316 276
        fchmodat 268 53  fchownat 260 54  utimensat 280 88  setxattr 188 5  chdir 80 49  chroot 161 51  mount 165 40
        umount2 166 39  move_mount 429 429  pivot_root 155 41  flock 73 32  fsync 74 82  umask 95 166""",
    "shared memory and queues": """shmget 29 194  shmat 30 196  semget 64 190  msgget 68 186  mq_open 240 180
        remap_file_pages 216 234""",
    "the rest of the kernel": """io_uring_setup 425 425  io_uring_enter 426 426  bpf 321 280  userfaultfd 323 282
        perf_event_open 298 241  keyctl 250 219  add_key 248 217  request_key 249 218  timer_create 222 107
        init_module 175 105  finit_module 313 273  kexec_load 246 104  reboot 169 142  swapon 167 224  acct 163 89
        quotactl 179 60  syslog 103 116  settimeofday 164 170  clock_settime 227 112  adjtimex 159 171
        sethostname 170 161  io_setup 206 0  nfsservctl 180 42""",
}


@pytest.mark.parametrize("names", SYSTEM_CALLS.values(), ids=SYSTEM_CALLS)
async def test_the_kernel_refuses_the_system_calls_of(full, names):
    """With arguments that no call could use: one that is let through gives another error than EPERM."""
    words, column = names.split(), ("x86_64", "aarch64").index(os.uname().machine)
    calls = {name: int(number) for name, number in zip(words[::3], words[1 + column :: 3]) if int(number) >= 0}
    code = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, number in {calls}.items():
    ctypes.set_errno(0)
    if (got := libc.syscall(number, -1, -1, -1, -1, -1, -1)) != -1 or ctypes.get_errno() != 1:
        out += f"{{name}}: {{got}}, errno {{ctypes.get_errno()}}; " """
    assert (await attack(full, code))[0].observation == ""


@table(
    "raw",
    {
        "keeping a dead parent's child alive": "prctl(1, 0)",
        "becoming traceable": "prctl(4, 1)",
        "signals to the owner of a descriptor": "fcntl(3, 8, 1)",
        "another signal for it": "fcntl(3, 10, 9)",
        "a lease": "fcntl(3, 1024, 1)",
        "a system call of x32": "syscall(0x40000000 | 41, 1, 1, 0)",
        "a file that has no name": "open(b'/tmp', 0o20200002, 0)",
    },
)
async def test_the_kernel_refuses_the_raw_call(full, raw):
    code = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nout = str((libc.{raw}, ctypes.get_errno()))"
    assert (await attack(full, code))[0].observation == "(-1, 1)"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="machine code of x86_64")
async def test_a_system_call_by_the_old_gate_is_a_crash(full):
    """getpid of 32 bit by int 0x80: numbers mean other calls there, so the filter kills."""
    code = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex("b814000000cd80c3"))
out = str(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))())"""
    assert (await attack(full, code))[0].stop is CRASH


async def test_limits_cannot_be_raised(full):
    attempts = [
        f"import resource; resource.setrlimit(resource.RLIMIT_{name}, ({n}, {n}))"
        for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "STACK")
        for n in (-1, 1 << 40)
    ]
    assert await attempted(full, *attempts, "import os; os.nice(-5)", "import os; os.sched_setaffinity(0, {0})") == {}


# --- the outside: looked at from there ---


@pytest.fixture
def victim():
    """A process of the same user that waits, with a secret in its memory, its environment and its arguments."""
    secret = secrets.token_hex(8)
    command = [sys.executable, "-S", "-c", "import sys; print(flush=True); input()", secret]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"SECRET": secret}) as process:
        process.secret = secret
        process.stdout.readline()
        yield process
        process.kill()


SIGNALS = {
    "by its number": ["os.kill({pid}, 9)"],
    "the parent": ["os.kill(os.getppid(), 9)", "os.kill(os.getppid(), 19)"],
    "everyone": ["os.kill(-1, 9)", "libc.syscall(62, -1, 9)"],
    "its group": ["os.killpg(0, 9)", "os.killpg({pid}, 9)"],
    "every number": [
        "for n in {{*range(-2000, 2000)}} - {{os.getpid()}}:\n  try: os.kill(n, 9)\n  except OSError: pass"
    ],
    "one thread": ["libc.tgkill({pid}, {pid}, 9)", "libc.syscall(200, {pid}, 9)"],
    "a process descriptor": ["libc.syscall(424, libc.syscall(434, {pid}, 0), 9, 0, 0)"],
    "the owner of a descriptor": [
        "import fcntl; fcntl.fcntl(3, 8, {pid}); fcntl.fcntl(3, 10, 9); fcntl.fcntl(3, 4, 0o20000)"
    ],
    "by a tracer": ["libc.ptrace(16, {pid}, 0, 0)", "libc.ptrace(8, {pid}, 0, 0)"],
}


@table("attempts", SIGNALS)
async def test_a_signal_reaches_nobody(full, victim, attempts):
    before, neighbour = below(), await full.spawn(HONEST, "SumEnv", CONFIG)
    for pid in (victim.pid, os.getpid(), before[0]):
        await attempted(full, *(attempt.format(pid=pid) for attempt in attempts))
    assert victim.poll() is None
    assert (await neighbour.step(call("Done", answer=6))).reward == 1.0
    await neighbour.close()
    assert set(before) <= set(below())


async def test_another_process_is_not_read(full, victim):
    names = ["environ", "cmdline", "mem", "maps", "root/etc/passwd", "fd/0", "stack", "auxv", "status", "comm"]
    for pid in (victim.pid, os.getpid(), 1, "self"):
        files = [f"found = open('/proc/{pid}/{name}', 'rb').read(9999)" for name in names]
        links = [f"found = os.readlink('/proc/{pid}/{name}')" for name in ("exe", "cwd", "root", "fd/0")]
        seen = await attempted(full, *files, *(links if pid != "self" else []))
        assert seen == {}


@pytest.fixture
def folder(tmp_path):
    """A folder where everyone may do anything, with a file that holds a secret, and a link to it."""
    secret = secrets.token_hex(8)
    (tmp_path / "file").write_text(secret)
    (tmp_path / "link").symlink_to("file")
    for path in (tmp_path, tmp_path / "file"):
        path.chmod(0o777)
    return tmp_path


def written(stat):
    """What writing changes; not when it was last read, which reading it to compare changes."""
    return stat.st_ino, stat.st_mode, stat.st_nlink, stat.st_uid, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def content(folder):
    """Names, kinds, sizes, times and texts."""
    found = [
        (path.name, written(path.lstat()), path.read_text()) for path in sorted(folder.iterdir()) if path.is_file()
    ]
    return found, len(list(folder.iterdir())), folder.stat().st_mode


async def test_a_file_is_not_read(full, folder):
    path, secret = folder / "file", (folder / "file").read_text()
    up = "'/'.join([os.path.dirname(os.__file__)] + ['..'] * 20)"
    attempts = [
        f"found = open('{path}').read()",
        f"found = open('{folder}/link').read()",
        f"found = open({up} + '{path}').read()",
        f"found = open('/proc/self/root{path}').read()",
        f"found = os.read(os.open('{path}', os.O_RDONLY | os.O_NOFOLLOW), 99)",
        f"fd = os.open('{path}', os.O_PATH); found = open(f'/proc/self/fd/{{fd}}').read()",
        f"fd = os.open('{folder}', os.O_PATH); found = os.read(os.open('file', 0, dir_fd=fd), 99)",
        f"import mmap; found = mmap.mmap(os.open('{path}', 0), 16, prot=1)[:]",
        f"os.sendfile(3, os.open('{path}', 0), 0, 99)",
        f"import linecache; found = linecache.getline('{path}', 1) or 1 / 0",
        f"import runpy; runpy.run_path('{path}')",
        f"found = os.listdir('{folder}')",
        "found = os.listdir('/')",
        "found = open('/etc/passwd').read()",
        f"found = open('{pytest.__file__}').read()",  # site-packages
    ]
    seen = await attempted(full, *attempts)
    assert secret not in str(seen)
    assert seen == {}


WRITES = {
    "open": [f"open('{{file}}', '{mode}').write('x')" for mode in ("w", "a", "r+", "x", "wb")],
    "open by flags": [
        f"os.write(os.open('{{file}}', os.O_{flags}), b'x')"
        for flags in ("WRONLY", "RDWR", "RDONLY | os.O_TRUNC", "RDONLY | os.O_CREAT", "RDWR | os.O_APPEND")
    ],
    "a new file": [
        "os.open('{folder}/new', os.O_RDONLY | os.O_CREAT)",
        "os.open('{folder}', os.O_RDWR | os.O_TMPFILE)",
    ],
    "truncate": ["os.truncate('{file}', 0)"],
    "remove": ["os.remove('{file}')", "os.rmdir('{folder}')", "os.unlink('{folder}/link')"],
    "rename": ["os.rename('{file}', '{folder}/new')", "os.replace('{folder}/link', '{file}')"],
    "links": ["os.symlink('/etc/passwd', '{folder}/new')", "os.link('{file}', '{folder}/new')"],
    "folders": ["os.mkdir('{folder}/new')", "os.mkfifo('{folder}/new')", "os.mknod('{folder}/new')"],
    "attributes": ["os.chmod('{file}', 0)", "os.utime('{file}', (0, 0))", "os.setxattr('{file}', 'user.x', b'x')"],
    "a socket": ["socket.socket(socket.AF_UNIX).bind('{folder}/new')"],
    "a database": ["import sqlite3; sqlite3.connect('{folder}/new').execute('create table t (x)')"],
    "shared memory": ["open('/dev/shm/{unique}', 'w')", "libc.shm_open(b'/{unique}', 0o102, 0o600)"],
    "the library": ["open(os.__file__, 'a')", "os.remove(os.__file__)", "os.chmod(os.__file__, 0)"],
}


@table("attempts", WRITES)
async def test_a_file_is_not_written(full, folder, attempts):
    before, unique, library = content(folder), secrets.token_hex(8), written(os.stat(os.__file__))  # noqa: PTH116
    names = {"file": folder / "file", "folder": folder, "unique": unique}
    await attempted(full, *(attempt.format(**names) for attempt in attempts))
    assert content(folder) == before
    assert written(os.stat(os.__file__)) == library  # noqa: PTH116
    assert not os.path.exists(f"/dev/shm/{unique}")  # noqa: PTH110


async def test_a_disk_is_not_filled(full, folder):
    code = f"""
import itertools
for n in itertools.count():
    try: open(f"{folder}/{{n}}", "w").write("x" * 1_000_000)
    except OSError: pass"""
    reply, _ = await attack(full, code)
    assert reply.stop is TIMEOUT
    assert len(list(folder.iterdir())) == 2


@table(
    "attempt",
    {
        "exec": "os.execv('/bin/sh', ['sh', '-c', '{command}'])",
        "spawn": "os.posix_spawn('/bin/sh', ['sh', '-c', '{command}'], {{}})",
        "system": "libc.system(b'{command}')",
        "a shell": "import subprocess; subprocess.run('{command}', shell=True)",
        "a terminal": "import pty; pty.spawn(['sh', '-c', '{command}'])",
    },
)
async def test_nothing_is_executed(full, folder, attempt):
    await attempted(full, attempt.format(command=f"touch {folder}/new"))
    await asyncio.sleep(0.1)
    assert not (folder / "new").exists()


async def test_a_fork_bomb_makes_no_process(full):
    before = set(below())
    bomb = """
import ctypes, os, threading
libc = ctypes.CDLL(None)
while True:
    for make in (os.fork, libc.fork, threading.Thread(target=print).start):
        try: make()
        except Exception: pass"""
    session = await full.spawn(HOSTILE, "HostileEnv", "")
    alone = set(below())
    step, seen = asyncio.create_task(session.step(bomb)), set()
    while not step.done():
        seen |= set(below())
        await asyncio.sleep(0.02)
    await session.close()
    assert (await step).stop is TIMEOUT
    assert seen <= alone
    assert set(below()) <= before | alone


async def test_no_grandchild_survives_a_timeout():
    before = below()
    escape = (
        "import os, time\ntry:\n    if not os.fork():\n        os.setsid()\n        os.fork()\nexcept OSError: pass\n"
    )
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        if not pool.isolation.get("pid_namespace"):
            pytest.skip("this machine lacks pid_namespace")
        reply, _ = await attack(pool, f"{escape}time.sleep(60)")
        assert reply.stop is TIMEOUT
    assert below() == before


@pytest.fixture
def listeners(tmp_path):
    """Sockets that listen: TCP, UDP, an abstract one, and one with a path. And what would connect to each."""
    with contextlib.ExitStack() as stack:
        found, path = {}, str(tmp_path / "s")
        for name, family, kind, address in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + secrets.token_hex(8)),
            ("path", socket.AF_UNIX, socket.SOCK_STREAM, path),
        ):
            found[name] = stack.enter_context(socket.socket(family, kind))
            found[name].bind(address)
            found[name].setblocking(False)
            if kind == socket.SOCK_STREAM:
                found[name].listen()
        yield found


@pytest.mark.parametrize("name", ["tcp", "udp", "abstract", "path"])
async def test_a_socket_reaches_nobody(full, listeners, name):
    listener = listeners[name]
    family, kind, address = int(listener.family), int(listener.type), listener.getsockname()
    receive = listener.accept if kind == socket.SOCK_STREAM else lambda: listener.recvfrom(99)
    make = f"s = socket.socket({family}, {kind})"
    attempts = [f"{make}; s.connect({address!r}); s.send(b'x')", f"{make}; s.sendto(b'x', {address!r})"]
    attempts += [f"s = socket.socket(fileno=3); s.connect({address!r})", f"socket.create_connection({address!r})"]
    with socket.socket(family, kind) as ours:  # the listener does listen
        ours.connect(address)
        ours.send(b"x")
        receive()
    assert await attempted(full, *attempts) == {}
    with pytest.raises(BlockingIOError):
        receive()


async def test_a_descriptor_is_not_passed(full, folder):
    """SCM_RIGHTS on its own channel, out of it and into it."""
    attempts = [
        "import os; socket.send_fds(socket.socket(fileno=3), [b'x'], [0])",
        "found = socket.recv_fds(socket.socket(fileno=3), 1, 9)",
        "socket.socket(fileno=3).shutdown(2)",
    ]
    before = descriptors()
    assert await attempted(full, *attempts) == {}
    assert descriptors() <= before


# --- races and storms ---


async def test_a_score_is_not_lost_to_the_exit_behind_it(pool):
    """The child dies right after its last reply; here both are there before the loop looks."""
    for _ in range(20):
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        step = asyncio.create_task(session.step(call("Done", answer=6)))
        await asyncio.sleep(0)
        time.sleep(0.02)
        assert (await step).reward == 1.0
        await session.close()


@pytest.mark.parametrize("who", ["the caller", "a signal to the zygote"])
async def test_a_teardown_that_races_the_score_is_never_a_wrong_answer(who):
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        for delay in range(12):
            before = set(below())
            session = await pool.spawn(HONEST, "SumEnv", CONFIG)
            step = asyncio.create_task(session.step(call("Done", answer=6)))
            await asyncio.sleep(delay / 10_000)
            if who == "the caller":
                await session.close()
            else:
                for pid in before:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            reply = await step
            assert (reply.stop, reply.reward) in ((ANSWERED, 1.0), (StopReason.INFRASTRUCTURE, 0.0))
            await session.close()
        counters = pool.counters
        assert counters.pop("spawned") == sum(counters.values()) >= 12


async def test_closing_the_dead_harms_no_living(pool):
    """Their process ids may be in use again."""
    dead = [(await attack(pool, "import os; os._exit(0)"))[1] for _ in range(5)]
    living = [await pool.spawn(HONEST, "SumEnv", CONFIG) for _ in range(5)]
    await asyncio.gather(*(session.close() for session in dead))
    replies = [await session.step(call("Done", answer=6)) for session in living]
    assert [reply.reward for reply in replies] == [1.0] * 5


async def test_a_storm_of_spawns_is_served(pool):
    async def episode():
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        await session.close()
        return session.failure

    assert await asyncio.gather(*(episode() for _ in range(120))) == [None] * 120
    assert pool.counters == {"spawned": 120, "live": 0, "closed": 120}


async def test_a_storm_of_cancelled_spawns_leaves_nothing(pool):
    fds, rng = descriptors(), random.Random(0)
    spawns = [asyncio.create_task(pool.spawn(HONEST, "SumEnv", CONFIG)) for _ in range(60)]
    for spawn in spawns:
        await asyncio.sleep(rng.random() / 200)
        spawn.cancel()
    for done in await asyncio.gather(*spawns, return_exceptions=True):
        if not isinstance(done, BaseException):
            await done.close()
    while pool.counters["live"]:
        await asyncio.sleep(0.02)
    assert descriptors() == fds
    counters = pool.counters
    assert counters.pop("spawned") == sum(counters.values())
    assert await well(pool)


@pytest.mark.parametrize("free", [0, 1, 2, 3])
async def test_a_learner_out_of_descriptors_loses_no_episode(pool, free):
    before, (soft, hard) = descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        filler = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (before + 50, hard))
        with contextlib.suppress(OSError):
            while True:
                filler.append(stack.enter_context(open(os.devnull)))
        for file in filler[len(filler) - free :]:
            file.close()
        with contextlib.suppress(OSError):  # as spawn's docstring says
            await (await pool.spawn(HONEST, "SumEnv", CONFIG)).close()
    counters = pool.counters
    assert counters.pop("spawned") == sum(counters.values())
    assert descriptors() == before
    assert await well(pool)


async def test_a_replay_in_another_process_is_the_same(pool):
    """With what a replay could stumble on: hashes, sets, random numbers."""
    draws = "[hash('a'), list({'a', 'b', 'c'}), random.random(), random.sample(range(99), 9)]"
    code = f"import json, random\nout = json.dumps({draws})"
    first, _ = await attack(pool, code)
    async with SandboxPool(TIGHT, zygotes=1) as another:
        assert (await attack(another, code))[0] == first
    assert len(json.loads(first.observation)) == 4
