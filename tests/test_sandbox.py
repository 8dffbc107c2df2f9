"""One property or one attack a test. The environment under attack runs whatever Python an action carries."""

import asyncio
import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegym_jax.sandbox import Limits, SandboxError, SandboxPool
from codegym_jax.sandbox.pool import LEVELS
from codegym_jax.types import StopReason

# A small honest environment in the published format: guess the sum. The second Done of it could still earn a reward.
HONEST = """
import ast, json, random
import gymnasium

class SumEnv(gymnasium.Env):
    def __init__(self, env_str=None):
        super().__init__()
        options = ast.literal_eval(env_str.split("@")[1])
        self.numbers = options["numbers"]
        self._reward, self._done = 0, False

    @property
    def finished(self):
        return self._done

    @property
    def reward(self):
        return float(self._reward)

    @staticmethod
    def from_env_str(env_str):
        return SumEnv(env_str) if env_str.startswith("SumEnv@") else None

    @staticmethod
    def generate(seed, difficulty):
        rng = random.Random(seed)
        return {"numbers": [rng.randrange(100) for _ in range(difficulty)]}

    def step(self, action):
        try:
            call = json.loads(action)
            msg = getattr(self, call["name"])(**call["parameters"])
        except Exception as e:
            msg = f"Error: {e}"
        return True, msg

    def Observe(self):
        return json.dumps(self.numbers)

    def Echo(self, text, times):
        return text * times

    def Draw(self):
        return str((random.random(), list({"alpha", "beta", "gamma", "delta"})))

    def Done(self, answer):
        self._done, self._reward = True, int(answer == sum(self.numbers))
        return f"Reference answer: {sum(self.numbers)}"

    def solve(self):
        numbers = json.loads(self.step(json.dumps({"name": "Observe", "parameters": {}}))[1])
        self.step(json.dumps({"name": "Done", "parameters": {"answer": sum(numbers)}}))
        return self.step(json.dumps({"name": "Done", "parameters": {"answer": -1}}))[1]
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc")
CONFIG = '{"numbers": [1, 2, 3]}'

HOSTILE = """
import gymnasium, os, sys, json

class HostileEnv(gymnasium.Env):
    finished = False
    reward = 0

    @staticmethod
    def from_env_str(env_str):
        env = HostileEnv()
        exec(env_str.split("@", 1)[1], {"env": env})
        return env

    def step(self, action):
        scope = {"env": self, "out": ""}
        exec(action, scope)
        return True, scope["out"]
"""
TIGHT = Limits(step_cpu_s=0.3, step_wall_s=1.5, spawn_wall_s=3.0, solve_wall_s=5.0, memory_mb=160)


def call(name, **parameters):
    return json.dumps({"name": name, "parameters": parameters})


@pytest.fixture
async def pool():
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        yield pool


@pytest.fixture
async def full(pool):
    """The same where the kernel offers every mechanism; elsewhere the attack is not covered, and the report says so."""
    missing = [name for name in LEVELS["full"] if not pool.isolation.get(name)]
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return pool


async def attack(pool, code):
    """What one step that runs `code` gives."""
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    assert session.failure is None, session.detail
    reply = await session.step(code)
    await session.close()
    return reply, session


async def refused(pool, code):
    """`code` raises; the type of what it raised."""
    reply, _ = await attack(
        pool, f"try:\n    {code}\n    out = 'went through'\nexcept Exception as e:\n    out = type(e).__name__"
    )
    assert reply.stop is None
    return reply.observation


def below(pid):
    """The processes below `pid`, as the kernel lists them."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [int(word) for word in children.read_text().split()] if children.exists() else []
    return pids + [p for child in pids for p in below(child)]


# --- the contract ---


async def test_an_episode_runs_and_the_right_answer_earns_one(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    assert (await session.step(call("Observe"))).observation == "[1, 2, 3]"
    reply = await session.step(call("Done", answer=6))
    assert (reply.stop, reply.reward, session.failure) == (StopReason.ANSWERED, 1.0, None)


async def test_the_first_done_is_final(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    wrong = await session.step(call("Done", answer=7))
    assert wrong.stop is StopReason.WRONG
    assert "Reference answer: 6" in wrong.observation
    assert await session.step(call("Done", answer=6)) == wrong


async def test_solve_records_the_oracle_up_to_its_first_done(pool):
    trajectory = await pool.solve(HONEST, "SumEnv", CONFIG)
    assert (trajectory.stop, trajectory.reward) == (StopReason.ANSWERED, 1.0)
    assert trajectory.steps[0] == (call("Observe"), "[1, 2, 3]")
    assert [json.loads(action)["name"] for action, _ in trajectory.steps] == ["Observe", "Done"]


async def test_an_oracle_that_never_finishes_is_a_crash(pool):
    source = HONEST.replace("    def solve(self):", "    def solve(self):\n        return 'done, honestly'\n")
    assert (await pool.solve(source, "SumEnv", CONFIG)).stop is StopReason.ENV_CRASH


async def test_an_oracle_that_swallows_everything_still_ends_at_its_first_done(pool):
    again = "try: self.step(json.dumps({'name': 'Done', 'parameters': {'answer': %d}}))\n        except: pass\n"
    source = HONEST.replace("    def solve(self):\n", f"    def solve(self):\n        {again % 7}        {again % 6}")
    trajectory = await pool.solve(source, "SumEnv", CONFIG)
    assert (trajectory.stop, trajectory.reward, len(trajectory.steps)) == (StopReason.WRONG, 0.0, 1)


async def test_generate_gives_the_config_of_a_seed(pool):
    first = await pool.generate(HONEST, "SumEnv", 7, 3)
    assert first == await pool.generate(HONEST, "SumEnv", 7, 3) != await pool.generate(HONEST, "SumEnv", 8, 3)
    assert (await pool.solve(HONEST, "SumEnv", first)).reward == 1.0


async def test_generate_says_why_it_failed(pool):
    with pytest.raises(SandboxError, match=r"SumEnv.generate.*env_crash.*TypeError"):
        await pool.generate(HONEST, "SumEnv", 7, "three")


async def test_hash_seed_and_random_are_the_same_in_every_process():
    draws = set()
    for _ in range(2):
        async with SandboxPool(TIGHT, zygotes=1) as pool:
            session = await pool.spawn(HONEST, "SumEnv", CONFIG)
            draws.add((await session.step(call("Draw"))).observation)
    assert len(draws) == 1


async def test_stdlib_imports_work_and_others_do_not(pool):
    reply, _ = await attack(pool, "import colorsys; out = str(colorsys.rgb_to_hsv(0, 0, 1)[2])")
    assert reply.observation == "1"
    assert await refused(pool, "import numpy") == "ModuleNotFoundError"


# --- ways of ending ---


@pytest.mark.parametrize(
    ("code", "stop"),
    [
        ("while True: pass", StopReason.ENV_TIMEOUT),
        (
            "import signal\nfor s in {1, *range(2, 9), *range(10, 19)}: signal.signal(s, 1)\nwhile True: pass",
            StopReason.ENV_TIMEOUT,
        ),
        ("import re; re.match('(a+)+b', 'a' * 60)", StopReason.ENV_TIMEOUT),
        ("9 ** 9 ** 9", StopReason.ENV_TIMEOUT),
        ("import time; time.sleep(60)", StopReason.ENV_TIMEOUT),
        ("import select; select.select([3], [], [])", StopReason.ENV_TIMEOUT),
        ("env.x = []\nwhile True: env.x.append(bytearray(1 << 20))", StopReason.ENV_MEMORY),
        ("out = 'x' * (1 << 40)", StopReason.ENV_MEMORY),
        ("def f(): f()\nf()", StopReason.ENV_CRASH),
        ("import os; os._exit(0)", StopReason.ENV_CRASH),
        ("raise SystemExit(0)", StopReason.ENV_CRASH),
        ("raise KeyboardInterrupt", StopReason.ENV_CRASH),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", StopReason.ENV_CRASH),
        ("import ctypes; ctypes.string_at(0)", StopReason.ENV_CRASH),
        ("import os; os.kill(os.getpid(), 35)", StopReason.ENV_CRASH),  # a real-time signal, which has no name
        ("import os; os.kill(os.getpid(), 9)", StopReason.ENV_CRASH),
        ("import os; os.close(3)", StopReason.ENV_CRASH),
        ("import os, time; os.close(3); time.sleep(60)", StopReason.PROTOCOL),
        ("out = 7", StopReason.PROTOCOL),
        ("env.finished = 1", StopReason.PROTOCOL),
        ("env.finished, env.reward = True, float('nan')", StopReason.PROTOCOL),
        ("env.finished, env.reward = True, 'lots'", StopReason.PROTOCOL),
        ("env.finished, env.reward = True, 10 ** 400", StopReason.PROTOCOL),
        ("env.finished, env.reward = True, 0.5", StopReason.WRONG),
        ("type(env).finished = property(lambda self: 1 / 0)", StopReason.ENV_CRASH),
        ("type(env).finished = property(lambda self: 9 ** 9 ** 9)", StopReason.ENV_TIMEOUT),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", StopReason.ENV_CRASH),
    ],
)
async def test_each_fault_of_a_step_has_its_stop_reason(pool, code, stop):
    reply, session = await attack(pool, code)
    assert reply.stop is stop, session.detail


async def test_recursion_through_c_ends_the_episode(pool):
    """Out of memory or out of C stack, as the version of Python has it."""
    code = "import sys; sys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, n): getattr(self, n)\nA().x"
    assert (await attack(pool, code))[0].stop in (StopReason.ENV_CRASH, StopReason.ENV_MEMORY)


@pytest.mark.parametrize(
    ("source", "stop", "detail"),
    [
        ("while True: pass", StopReason.ENV_TIMEOUT, "CPU"),
        ("import time\ntime.sleep(60)", StopReason.ENV_TIMEOUT, "wall"),
        ("class HostileEnv(:", StopReason.ENV_CRASH, "SyntaxError"),
        ("import gymnasium\n\n1 / 0", StopReason.ENV_CRASH, r"ZeroDivisionError.*\(line 3\)"),
        ("OtherEnv = 1", StopReason.ENV_CRASH, "no class HostileEnv"),
        ("class HostileEnv:\n    from_env_str = lambda text: None", StopReason.ENV_CRASH, "returned None"),
        ("x = bytearray(1 << 30)", StopReason.ENV_MEMORY, "memory"),
        ("import os\nos._exit(3)", StopReason.ENV_CRASH, "exit status 3"),
        ("(" * 100_000, StopReason.ENV_CRASH, ""),
    ],
)
async def test_each_fault_of_a_constructor_has_its_stop_reason(pool, source, stop, detail):
    session = await pool.spawn(source, "HostileEnv", "")
    assert session.failure is stop, session.detail
    assert re.search(detail, session.detail)
    assert (await session.step("{}")).stop is stop


async def test_a_swallowed_memory_error_still_ends_the_episode(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)  # its step has `except Exception`
    assert (await session.step(call("Echo", text="x" * 1000, times=10**9))).stop is StopReason.ENV_MEMORY


async def test_the_kernel_ends_an_episode_that_uses_up_its_cpu_in_all():
    limits = dataclasses.replace(TIGHT, step_cpu_s=50, step_wall_s=50, solve_wall_s=1)
    async with SandboxPool(limits, zygotes=1) as pool:
        assert (await attack(pool, "while True: pass"))[0].stop is StopReason.ENV_TIMEOUT


async def test_waiting_for_a_core_is_not_a_timeout():
    """16 episodes of 0.15 s of CPU each, of which 0.3 s are allowed, share the cores: 1.2 s each on two of them."""
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=30, step_wall_s=30)) as pool:
        code = "import time\nwhile time.process_time() < 0.15: pass\nout = 'there'"
        replies = await asyncio.gather(*(attack(pool, code) for _ in range(16)))
        assert {reply.observation for reply, _ in replies} == {"there"}


async def test_a_reply_behind_a_busy_event_loop_is_not_a_timeout(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    step = asyncio.create_task(session.step(call("Observe")))
    await asyncio.sleep(0)
    time.sleep(TIGHT.step_wall_s + 0.2)  # as a compilation of the learner would
    assert (await step).stop is None


# --- what an environment may not do ---


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.fork()",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.execv('/bin/true', ['true'])",
        "import subprocess; subprocess.run(['true'])",
        "import threading; threading.Thread(target=print).start()",
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.socketpair()",
        "open('/etc/passwd').read()",
        "open('/proc/self/environ').read()",
        "open('/proc/1/mem', 'rb').read(1)",
        "import os; os.listdir('/')",
        "open('/tmp/sandbox_escape', 'w')",
        "open('/dev/shm/sandbox_escape', 'w')",
        "import os; open(os.__file__, 'a')",
        "import os; os.symlink('/etc/passwd', '/tmp/sandbox_escape')",
        "import os; os.remove(os.__file__)",
        "import os; os.chmod(os.__file__, 0)",
        "import os; os.memfd_create('x')",
        "import os; os.kill(os.getppid(), 9)",
        "import os; os.kill(-1, 9)",
        "import os; os.killpg(0, 9)",
        "import os; os.setuid(0)",
        "import os; os.setsid()",
        "import os; os.nice(-5)",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "import os, resource; resource.prlimit(os.getpid(), resource.RLIMIT_CPU, (-1, -1))",
    ],
)
async def test_the_kernel_refuses(full, code):
    # RuntimeError: can't start new thread. ValueError: resource's word for EPERM.
    assert await refused(full, code) in ("PermissionError", "RuntimeError", "ValueError")


@pytest.mark.parametrize(
    "raw", ["ptrace(16, 1, 0, 0)", "unshare(0x10000000)", "mount(0, b'/', 0, 0, 0)", "prctl(4, 1)"]
)
async def test_the_kernel_refuses_the_raw_call(full, raw):
    code = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nout = str((libc.{raw}, ctypes.get_errno()))"
    assert (await attack(full, code))[0].observation == "(-1, 1)"


async def test_it_knows_no_secret_of_the_learner(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "do not tell")
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        reply, _ = await attack(pool, "import os; out = str(dict(os.environ))")
    assert "SECRET" not in reply.observation
    assert "PYTHONHASHSEED" in reply.observation


async def test_it_inherits_no_descriptor(pool):
    code = """
import os
def there(fd):
    try: return os.fstat(fd) is not None
    except OSError: return False
out = str([fd for fd in range(32) if there(fd)])"""
    assert (await attack(pool, code))[0].observation == "[0, 1, 2, 3]"


async def test_a_flood_on_stdout_goes_nowhere(pool):
    reply, _ = await attack(pool, "for _ in range(100): print('x' * 100_000)\nout = 'dry'")
    assert reply.observation == "dry"


async def test_a_huge_observation_is_cut_with_a_notice(pool):
    reply, _ = await attack(pool, "out = 'é' * 1_000_000")
    assert reply.truncated
    assert reply.observation.startswith("é" * 4096 + "\n[truncated: 2000000 bytes")
    assert len(reply.observation) < 4200


async def test_lone_surrogates_do_not_break_an_observation(pool):
    reply, _ = await attack(pool, r"out = 'a\ud800b'")
    assert (reply.stop, reply.observation) == (None, "a?b")


async def test_an_action_that_is_too_long_never_reaches_the_environment(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    reply = await session.step(call("Echo", text="x" * TIGHT.action_bytes, times=1))
    assert reply.stop is None
    assert "65536 are allowed" in reply.observation
    assert (await session.step(call("Observe"))).observation == "[1, 2, 3]"


@pytest.mark.parametrize(
    "forged",
    [
        "(1 << 31).to_bytes(4, 'big')",  # oversized
        "bytes([0, 0, 0, 3]) + b'abc'",  # junk
        "frame([9, 'ok', 'x', False])",  # out of sequence
        "frame([1, 'ok', 'x'])",  # a field short
        "frame([1, 'ok', 7, False])",  # wrong type
        "frame([1, 'done', 'x', False, float('nan')])",
        "frame([1, 'answered', 'x'])",
        "frame([0, 'ok', '', False])",  # one from before
        "frame([0, 'step', 'a', 'b'])",
        "frame([1, 'ok', 'x', False]) * 2",  # a duplicate
        "frame([1, 'ok', 'x' * 10_000, False])",  # longer than an observation may be
        "bytes([0, 0, 0, 64]) + bytes([0x91]) * 64",  # nested without an end
        "frame({1: {2: [[[[]]]]}})",
        "frame(msgpack.ExtType(5, b'cos'))",
        "frame([1, 'ok', 'x', False])[:-1]; os.write(3, data); os._exit(0)",  # truncated
    ],
)
async def test_a_forged_reply_is_a_protocol_violation(pool, forged):
    code = f"""
import msgpack, os, time
def frame(body):
    body = msgpack.packb(body)
    return len(body).to_bytes(4, "big") + body
data = {forged}
os.write(3, data)
time.sleep(9)"""
    reply, session = await attack(pool, code)
    assert (reply.stop, session.failure) == (StopReason.PROTOCOL, StopReason.PROTOCOL), session.detail


async def test_a_frame_that_nobody_asked_for_ends_the_episode(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    code = (
        "import os, msgpack; b = msgpack.packb([1, 'ok', 'forged', False]); os.write(3, bytes([0, 0, 0, len(b)]) + b)"
    )
    await session.step(code)  # the forged reply, then the real one
    assert (await session.step("out = 'x'")).stop is StopReason.PROTOCOL


async def test_episodes_do_not_see_each_other(pool):
    spoiled = await pool.spawn(HOSTILE, "HostileEnv", "import json; json.dumps = lambda *_: 'spoiled'")
    assert (await spoiled.step("import json; out = json.dumps(1)")).observation == "spoiled"
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    assert (await session.step(call("Observe"))).observation == "[1, 2, 3]"


async def test_a_second_episode_runs_from_the_compiled_source_and_is_the_same(pool):
    first, second = [await pool.solve(HONEST, "SumEnv", CONFIG) for _ in range(2)]
    assert list(pool._codes) == [HONEST]
    assert first == second


# --- life and death of processes ---


async def test_two_hundred_episodes_live_at_once():
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=20, step_wall_s=20)) as pool:
        sessions = await asyncio.gather(*(pool.spawn(HONEST, "SumEnv", f'{{"numbers": [{i}]}}') for i in range(200)))
        assert pool.counters == {"spawned": 200, "live": 200}
        replies = await asyncio.gather(*(session.step(call("Observe")) for session in sessions))
        assert [reply.observation for reply in replies] == [f"[{i}]" for i in range(200)]
        await asyncio.gather(*(session.close() for session in sessions))
        assert pool.counters == {"spawned": 200, "live": 0, "closed": 200}


async def test_close_kills_a_child_that_ignores_everything(pool):
    before = below(os.getpid())
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    step = asyncio.create_task(session.step("import signal; signal.signal(15, signal.SIG_IGN)\nwhile True: pass"))
    await asyncio.sleep(0.1)
    assert len(below(os.getpid())) == len(before) + 1
    await session.close()
    assert below(os.getpid()) == before
    assert (await step).stop is StopReason.INFRASTRUCTURE


async def test_a_cancelled_step_kills_its_child(pool):
    before = below(os.getpid())
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(session.step("import time; time.sleep(60)"), 0.1)
    await session.close()
    assert below(os.getpid()) == before


async def test_one_step_at_a_time(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    step = asyncio.create_task(session.step(call("Observe")))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="in flight"):
        await session.step(call("Observe"))
    assert (await step).observation == "[1, 2, 3]"


@pytest.mark.parametrize("which", [0, 1], ids=["outside the namespace", "its PID 1"])
async def test_a_dead_zygote_is_our_fault_and_is_replaced(full, which):
    session = await full.spawn(HOSTILE, "HostileEnv", "")
    step = asyncio.create_task(session.step("import time; time.sleep(60)"))
    await asyncio.sleep(0.05)
    processes = [full._zygotes[0].process.pid, *below(full._zygotes[0].process.pid)]
    os.kill(processes[which], signal.SIGKILL)
    assert (await step).stop is StopReason.INFRASTRUCTURE
    assert (await full.solve(HONEST, "SumEnv", CONFIG)).reward == 1.0
    assert len(processes) == 3
    assert not Path(f"/proc/{processes[2]}").exists()


async def test_a_zygote_that_hangs_is_our_fault_and_is_replaced():
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=1), zygotes=1) as pool:
        hung = [pool._zygotes[0].process.pid, *below(pool._zygotes[0].process.pid)][-1]
        os.kill(hung, signal.SIGSTOP)
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        assert session.failure is StopReason.INFRASTRUCTURE
        await session.close()
        assert (await pool.solve(HONEST, "SumEnv", CONFIG)).reward == 1.0
        os.kill(hung, signal.SIGCONT)


async def test_leaving_the_pool_leaves_no_process():
    before = below(os.getpid())
    async with SandboxPool(TIGHT, zygotes=2) as pool:
        sessions = [await pool.spawn(HOSTILE, "HostileEnv", "") for _ in range(4)]
        steps = [asyncio.create_task(session.step("while True: pass")) for session in sessions[:2]]
        await asyncio.sleep(0.05)
    assert below(os.getpid()) == before
    assert {(await step).stop for step in steps} == {StopReason.INFRASTRUCTURE}
    assert (await sessions[3].step("")).stop is StopReason.INFRASTRUCTURE
    with pytest.raises(SandboxError, match="closed"):
        await pool.spawn(HONEST, "SumEnv", CONFIG)


async def test_a_killed_trainer_leaves_no_process():
    script = """
import asyncio, os, sys
from codegym_jax.sandbox import SandboxPool
async def main():
    async with SandboxPool(zygotes=1) as pool:
        session = await pool.spawn(sys.argv[1], "HostileEnv", "")
        step = asyncio.create_task(session.step("while True: pass"))
        await asyncio.sleep(0.1)
        print("ready", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())"""
    trainer = subprocess.Popen([sys.executable, "-c", script, HOSTILE], stdout=subprocess.PIPE)
    assert trainer.stdout.readline() == b"ready\n"
    orphans = below(trainer.pid)
    assert len(orphans) >= 2
    trainer.kill()
    trainer.wait()
    trainer.stdout.close()
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in orphans):
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"still there: {orphans}")


async def test_descriptors_do_not_leak(pool):
    async def episode():
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        await session.step(call("Done", answer=6))
        await session.close()

    await episode()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        await episode()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_a_machine_that_isolates_too_little_is_refused_with_the_fix(monkeypatch):
    before = below(os.getpid())
    monkeypatch.setitem(LEVELS, "full", (*LEVELS["full"], "landlock_version_99"))
    with pytest.raises(SandboxError, match=r"landlock_version_99\. Fixes: .*Linux 5\.13"):
        async with SandboxPool(TIGHT, zygotes=1, require_isolation="full"):
            pass
    assert below(os.getpid()) == before


async def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="require_isolation='most'"):
        SandboxPool(require_isolation="most")
