"""An episode outlives its process: what it did is done again in another, and has to come out the same."""

import asyncio
import dataclasses
import json
import os
import signal

import pytest
from hostile import CONFIG, HONEST, HOSTILE, TIGHT, call, children, exists

from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import StopReason

# Counts its steps, and tells the clock only when it is asked to.
COUNTER = """
import json, time
import gymnasium

class CounterEnv(gymnasium.Env):
    finished, reward, count = False, 0.0, 0

    @staticmethod
    def from_env_str(env_str):
        return CounterEnv()

    def step(self, action):
        call = json.loads(action)
        self.count += 1
        if call["name"] == "Clock":
            return True, str(time.perf_counter_ns())
        if call["name"] == "Done":
            self.finished, self.reward = True, float(call["parameters"]["answer"] == self.count)
        return True, str(self.count)
"""


async def spawn(pool):
    session = await pool.spawn(COUNTER, "CounterEnv", "")
    assert session.failure is None, session.detail
    return session


@pytest.mark.parametrize("how", ["evicted", "its zygote killed", "its zygote killed in a step"])
async def test_an_episode_goes_on_where_it_was(pool, how):
    session = await spawn(pool)
    assert [(await session.step(call("Count"))).observation for _ in range(3)] == ["1", "2", "3"]
    if how == "evicted":
        await session.evict()
        assert pool.counters["live"] == 0
        reply = await session.step(call("Count"))
    else:
        outer = pool.zygotes[0].process.pid
        if how == "its zygote killed":
            os.kill(outer, signal.SIGKILL)
            while exists(outer) and pool.zygotes and pool.zygotes[0].alive:
                await asyncio.sleep(0.01)
            reply = await session.step(call("Count"))
        else:
            step = asyncio.create_task(session.step(call("Count")))
            os.kill(outer, signal.SIGKILL)
            reply = await step
    assert reply.observation == "4"
    assert (await session.step(call("Done", answer=5))).reward == 1.0
    assert session.failure is None


async def test_an_evicted_episode_may_be_evicted_again_and_closed(pool):
    session = await spawn(pool)
    for expected in ("1", "2", "3"):
        await session.evict()
        await session.evict()
        assert (await session.step(call("Count"))).observation == expected
    await session.evict()
    await session.close()
    assert (await session.step(call("Count"))).stop is StopReason.INFRASTRUCTURE
    assert pool.counters["live"] == 0


async def test_evicting_does_not_take_a_verdict_back(pool):
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    wrong = await session.step(call("Done", answer=7))
    await session.evict()
    assert await session.step(call("Done", answer=6)) == wrong


async def test_a_replay_that_differs_names_the_first_observation_that_does(pool):
    session = await spawn(pool)
    await session.step(call("Count"))
    told = (await session.step(call("Clock"))).observation
    await session.step(call("Count"))
    await session.evict()
    reply = await session.step(call("Count"))
    assert (reply.stop, reply.reward) == (StopReason.NONDETERMINISM, 0.0)
    assert session.failure is StopReason.NONDETERMINISM
    assert "step 2 of 3, replayed, gave '" in session.detail
    assert f"it had given '{told}'" in session.detail
    assert not StopReason.NONDETERMINISM.trainable
    assert await session.step(call("Count")) == reply


async def test_a_replay_that_ends_early_is_nondeterminism(pool):
    steps = [(call("Count"), "1"), (call("Done", answer=2), "2"), (call("Count"), "3")]
    session = await pool.replay(COUNTER, "CounterEnv", "", steps)
    assert session.failure is StopReason.NONDETERMINISM
    assert "step 2 of 3, replayed, ended in answered" in session.detail


async def test_a_logged_episode_replays_to_its_reward_in_another_pool(pool):
    oracle = await pool.solve(HONEST, "SumEnv", CONFIG)
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    steps = [(action, (await session.step(action)).observation) for action, _ in oracle.steps]
    final = await session.step("")
    assert final.stop is StopReason.ANSWERED
    async with SandboxPool(TIGHT, zygotes=1) as other:
        again = await other.replay(HONEST, "SumEnv", CONFIG, steps)
        assert again.failure is None, again.detail
        assert await again.step("") == final


async def test_every_shipped_environment_replays_to_the_letter(pool):
    """Of each, the easiest and the hardest configuration."""
    from codegym_jax import environments

    tasks = environments.load("envs/starter")
    for name, environment in tasks.environments.items():
        own = sorted((task for task in tasks.tasks if task.environment == name), key=lambda task: task.oracle_calls)
        for task in (own[0], own[-1]):
            oracle = await pool.solve(environment.source, environment.class_name, task.config)
            before = oracle.steps[:-1]
            session = await pool.replay(environment.source, environment.class_name, task.config, before)
            assert session.failure is None, session.detail
            assert (await session.step(oracle.steps[-1][0])).reward == 1.0
            await session.close()


async def test_an_environment_that_takes_its_zygote_along_is_given_up():
    """No environment should be able to; if one is, it must not cost a process for ever."""
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        session = await pool.spawn(HOSTILE, "HostileEnv", "")
        stop = asyncio.Event()

        async def killer():
            while not stop.is_set():
                for zygote in children():
                    for pid in children(zygote):
                        if children(pid):
                            os.kill(zygote, signal.SIGKILL)
                await asyncio.sleep(0.005)

        task = asyncio.create_task(killer())
        reply = await session.step("import time; time.sleep(60)")
        stop.set()
        await task
        assert reply.stop is StopReason.INFRASTRUCTURE
        assert pool.counters["spawned"] < 20
        assert (await pool.solve(HONEST, "SumEnv", CONFIG)).reward == 1.0


async def test_a_crash_of_the_environment_is_not_replayed(pool):
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    assert (await session.step("import os; os._exit(1)")).stop is StopReason.ENV_CRASH
    assert (await session.step("out = 'back'")).stop is StopReason.ENV_CRASH
    assert pool.counters["spawned"] == 1


async def test_a_step_while_the_pool_closes_is_our_failure():
    async with SandboxPool(dataclasses.replace(TIGHT, step_wall_s=30), zygotes=1) as pool:
        session = await pool.spawn(HOSTILE, "HostileEnv", "")
        evicted = await pool.spawn(HOSTILE, "HostileEnv", "")
        await evicted.evict()
        step = asyncio.create_task(session.step("import time; time.sleep(60)"))
        await asyncio.sleep(0.05)
    assert (await step).stop is StopReason.INFRASTRUCTURE
    assert (await evicted.step("out = 'x'")).stop is StopReason.INFRASTRUCTURE
    assert json.dumps((await step).reward) == "0.0"
