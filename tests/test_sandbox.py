"""What the sandbox promises to honest environments and to its caller, one property a test."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hostile import CONFIG, HONEST, HOSTILE, TIGHT, attack, below, call, descriptors, exists, pid_of, well

from codegym_jax.sandbox import Limits, SandboxError, SandboxPool
from codegym_jax.sandbox.pool import LEVELS
from codegym_jax.types import StopReason

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc")


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
    _, session = await attack(pool, "import numpy")
    assert "ModuleNotFoundError" in session.detail


async def test_an_action_that_is_too_long_never_reaches_the_environment(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    reply = await session.step(call("Echo", text="x" * TIGHT.action_bytes, times=1))
    assert reply.stop is None
    assert "65536 are allowed" in reply.observation
    assert (await session.step(call("Observe"))).observation == "[1, 2, 3]"


async def test_a_second_episode_of_a_source_is_the_same(pool):
    """It runs from what the first one compiled."""
    assert await pool.solve(HONEST, "SumEnv", CONFIG) == await pool.solve(HONEST, "SumEnv", CONFIG)


async def test_a_source_and_a_configuration_may_be_longer_than_a_socket_holds(pool):
    numbers = list(range(10_000))
    session = await pool.spawn(HONEST + "#" * 1_000_000, "SumEnv", json.dumps({"numbers": numbers}))
    assert session.failure is None, session.detail
    assert (await session.step(call("Done", answer=sum(numbers)))).reward == 1.0


# --- waiting is no time-out ---


@pytest.fixture
def crowd():
    """Ten busy processes on the one core that this thread, and what it starts, may use."""
    cores, busy = os.sched_getaffinity(0), f"import os\nwhile os.getppid() == {os.getpid()}: pass"
    os.sched_setaffinity(0, {min(cores)})
    processes = [subprocess.Popen([sys.executable, "-S", "-c", busy], start_new_session=True) for _ in range(10)]
    yield
    for process in processes:
        process.kill()
        process.wait()
    os.sched_setaffinity(0, cores)


@pytest.mark.parametrize(
    ("limits", "cpu_s", "episodes"),
    [(Limits(), 0.1, 4), (Limits(step_cpu_s=0.4, step_wall_s=2.0), 0.3, 1)],
    ids=["the slowest step published", "most of the CPU budget"],
)
async def test_ten_processes_for_each_core_make_no_timeout(crowd, limits, cpu_s, episodes):
    """A step gets a tenth of a core, and so takes ten times its CPU: more than its wall budget in the second case."""
    async with SandboxPool(limits, zygotes=1) as pool:
        code = f"import time\nend = time.process_time() + {cpu_s}\nwhile time.process_time() < end: pass\nout = 'there'"
        replies = await asyncio.gather(*(attack(pool, code) for _ in range(episodes)))
        assert [reply.observation for reply, _ in replies] == ["there"] * episodes
        assert await well(pool)


async def test_waiting_for_each_other_is_no_timeout():
    """16 episodes of 0.15 s of CPU each, of which 0.3 s are allowed, share the cores: 1.2 s each on two of them."""
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=30, step_wall_s=30)) as pool:
        code = "import time\nwhile time.process_time() < 0.15: pass\nout = 'there'"
        replies = await asyncio.gather(*(attack(pool, code) for _ in range(16)))
        assert {reply.observation for reply, _ in replies} == {"there"}


async def test_busy_threads_of_the_learner_make_no_timeout(pool):
    over = threading.Event()

    def learn():
        while not over.is_set():
            sum(range(100_000))

    threads = [threading.Thread(target=learn) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert await asyncio.gather(*(well(pool) for _ in range(12))) == [True] * 12
    finally:
        over.set()
        for thread in threads:
            thread.join()


async def test_a_reply_behind_a_busy_event_loop_is_not_a_timeout(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    step = asyncio.create_task(session.step(call("Observe")))
    await asyncio.sleep(0)
    time.sleep(TIGHT.step_wall_s + 0.2)  # as a compilation of the learner would
    assert (await step).stop is None


async def test_spawns_behind_a_busy_event_loop_are_no_fault_of_the_zygote():
    """That it forked is known from its word, which waits too. Two environments hang in their constructors meanwhile."""
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=1), zygotes=1) as pool:
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        hanging = [asyncio.create_task(pool.spawn(HOSTILE, "HostileEnv", "import time; time.sleep(60)")) for _ in "ab"]
        honest = asyncio.create_task(pool.spawn(HONEST, "SumEnv", CONFIG))
        for _ in range(3):  # the spawns are under way
            await asyncio.sleep(0)
        time.sleep(pool.limits.spawn_wall_s + 0.3)
        assert (await session.step(call("Done", answer=6))).reward == 1.0
        assert (await honest).failure is None
        assert {(await task).failure for task in hanging} == {StopReason.ENV_TIMEOUT}


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
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    child = await pid_of(session)
    code = "import signal\nfor s in {*range(1, 32)} - {9, 19}: signal.signal(s, signal.SIG_IGN)\nwhile True: pass"
    step = asyncio.create_task(session.step(code))
    await asyncio.sleep(0.1)
    assert exists(child)
    await session.close()
    assert not exists(child)
    assert (await step).stop is StopReason.INFRASTRUCTURE


async def test_a_cancelled_step_kills_its_child(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    child = await pid_of(session)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(session.step("import time; time.sleep(60)"), 0.1)
    await session.close()
    assert not exists(child)
    assert pool.counters == {"spawned": 1, "live": 0, "infrastructure": 1}


async def test_one_step_at_a_time(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    step = asyncio.create_task(session.step(call("Observe")))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="in flight"):
        await session.step(call("Observe"))
    assert (await step).observation == "[1, 2, 3]"


@pytest.fixture
async def zygote():
    """A pool, and the processes of its zygote: the one outside the pid namespace, and PID 1 of that."""
    before = below()
    async with SandboxPool(dataclasses.replace(TIGHT, spawn_wall_s=1), zygotes=1) as pool:
        if not pool.isolation["pid_namespace"]:
            pytest.skip("this machine lacks pid_namespace")
        yield pool, [pid for pid in below() if pid not in before][:2]


@pytest.mark.parametrize("which", [0, 1], ids=["outside the namespace", "its PID 1"])
async def test_a_dead_zygote_takes_its_children_with_it_and_is_replaced(zygote, which):
    """What was in flight went on elsewhere, or was our failure: never the environment's."""
    pool, processes = zygote
    session, honest = await pool.spawn(HOSTILE, "HostileEnv", ""), await pool.spawn(HONEST, "SumEnv", CONFIG)
    child = await pid_of(session)
    os.kill(processes[which], signal.SIGKILL)
    while exists(child):
        await asyncio.sleep(0.02)
    reply = await honest.step(call("Observe"))
    assert reply.stop is StopReason.INFRASTRUCTURE or reply.observation == "[1, 2, 3]"
    assert await well(pool)


async def test_a_zygote_that_hangs_is_our_fault_and_is_replaced(zygote):
    pool, processes = zygote
    os.kill(processes[1], signal.SIGSTOP)
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    assert session.failure in (None, StopReason.INFRASTRUCTURE)
    await session.close()
    assert await well(pool)
    os.kill(processes[1], signal.SIGCONT)


async def test_close_does_not_wait_for_a_zygote_that_hangs(zygote):
    pool, processes = zygote
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    os.kill(processes[1], signal.SIGSTOP)
    try:
        await asyncio.wait_for(session.close(), 10 * pool.limits.spawn_wall_s)
    finally:
        os.kill(processes[1], signal.SIGCONT)
    assert await well(pool)


async def test_leaving_the_pool_leaves_no_process():
    before = below()
    async with SandboxPool(TIGHT, zygotes=2) as pool:
        sessions = [await pool.spawn(HOSTILE, "HostileEnv", "") for _ in range(4)]
        steps = [asyncio.create_task(session.step("while True: pass")) for session in sessions[:2]]
        await asyncio.sleep(0.05)
    assert below() == before
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
        if not any(exists(pid) for pid in orphans):
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"still there: {orphans}")


async def test_descriptors_do_not_leak(pool):
    async def episode():
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        await session.step(call("Done", answer=6))
        await session.close()

    await episode()
    before = descriptors()
    for _ in range(50):
        await episode()
    assert descriptors() == before


async def test_a_machine_that_isolates_too_little_is_refused_with_the_fix(monkeypatch):
    before = below()
    monkeypatch.setitem(LEVELS, "full", (*LEVELS["full"], "landlock_version_99"))
    with pytest.raises(SandboxError, match=r"landlock_version_99\. Fixes: .*Linux 5\.13"):
        async with SandboxPool(TIGHT, zygotes=1, require_isolation="full"):
            pass
    assert below() == before


async def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="require_isolation='most'"):
        SandboxPool(require_isolation="most")
