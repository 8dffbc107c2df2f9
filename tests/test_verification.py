"""pool.verify: thousands of oracles, many in one process. What it says has to be what each says alone."""

import collections
import json

import pytest
from hostile import CONFIG, HONEST, TIGHT

from codegym_jax import environments
from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import StopReason

# An oracle whose configuration says what it does.
ODD = """
import gymnasium, json, os, random, sys, time

left = []

class OddEnv(gymnasium.Env):
    finished, reward = False, 0.0

    @staticmethod
    def from_env_str(env_str):
        env = OddEnv()
        env.code = env_str.split("@", 1)[1]
        return env

    def step(self, action):
        self.finished, self.reward = True, float(action == "right")
        return True, "x" * 10

    def solve(self):
        scope = {**globals(), "env": self}
        exec(self.code, scope)
        self.step(scope.get("answer", "right"))
"""


async def verdicts(pool, *codes, batch=64):
    return await pool.verify(ODD, "OddEnv", codes, batch)


async def test_many_in_a_process_say_what_each_says_alone(pool):
    tasks = environments.load("envs/starter")
    for environment in list(tasks.environments.values())[::5]:
        configs = [task.config for task in tasks.tasks if task.environment == environment.name][:40]
        together = await pool.verify(environment.source, environment.class_name, configs)
        alone = [await pool.solve(environment.source, environment.class_name, config) for config in configs]
        assert [(v.stop, v.calls, v.reward) for v in together] == [(t.stop, len(t.steps), t.reward) for t in alone]


async def test_a_batch_is_one_process(pool):
    configs = [json.dumps({"numbers": [i]}) for i in range(100)]
    found = await pool.verify(HONEST, "SumEnv", configs, 50)
    assert [(v.stop, v.calls) for v in found] == [(StopReason.ANSWERED, 2)] * 100
    assert pool.counters["spawned"] == 2


@pytest.mark.parametrize(
    ("code", "stop"),
    [
        ("answer = 'wrong'", StopReason.WRONG),
        ("1 / 0", StopReason.ENV_CRASH),
        ("os._exit(0)", StopReason.ENV_CRASH),
        ("import ctypes; ctypes.string_at(0)", StopReason.ENV_CRASH),
        ("while True: pass", StopReason.ENV_TIMEOUT),
        ("x = bytearray(1 << 40)", StopReason.ENV_MEMORY),
        ("env.x = []\nwhile True: env.x.append(bytearray(1 << 20))", StopReason.ENV_MEMORY),
        ("os.write(3, b'\\0\\0\\0\\1\\xc0')", StopReason.PROTOCOL),
        ("env.step = lambda action: None", StopReason.ENV_CRASH),  # solve() ends without an answer
    ],
)
async def test_one_that_fails_costs_the_others_nothing(pool, code, stop):
    found = await verdicts(pool, "pass", "pass", code, "pass", code, "pass")
    assert [v.stop for v in found] == [StopReason.ANSWERED] * 2 + [stop, StopReason.ANSWERED, stop, StopReason.ANSWERED]
    assert [v.reward for v in found] == [1.0, 1.0, 0.0, 1.0, 0.0, 1.0]


async def test_what_fails_only_because_of_the_others_is_run_again_alone(pool):
    spoil, needs = "sys.modules['json'].dumps = None", "json.dumps(1)"
    assert [v.stop for v in await verdicts(pool, spoil, needs, needs)] == [StopReason.ANSWERED] * 3


async def test_each_has_a_module_and_random_numbers_of_its_own(pool):
    fresh = "assert not left, 'of another run'\nleft.append(1)\nanswer = 'right' if random.random() == %r else 'wrong'"
    first = (await pool.solve(ODD, "OddEnv", "raise ValueError(random.random())")).detail.split(": ")[1]
    found = await verdicts(pool, *[fresh % float(first)] * 3)
    assert [v.stop for v in found] == [StopReason.ANSWERED] * 3
    assert pool.counters["spawned"] == 2  # nothing had to run again


@pytest.mark.parametrize(
    "forged",
    [
        "[0, 'verdict', 'done', 1, 1.0, '']",  # more than there are
        "[0, 'verdict', 'done', 1, float('inf'), '']",
        "[0, 'verdict', 'done', 'one', 1.0, '']",
        "[0, 'done', 'x', False, 1.0]",
        "[0, 'step', 'a', 'b']",
    ],
)
async def test_a_process_that_forges_frames_is_believed_in_nothing(pool, forged):
    code = f"""
import msgpack
data = msgpack.packb({forged})
for _ in range(9): os.write(3, len(data).to_bytes(4, "big") + data)
time.sleep(9)"""
    found = await verdicts(pool, "sys.left = 1", "sys.left", code, "pass")  # the second succeeds only after the first
    assert [found[i].stop for i in (0, 1, 3)] == [StopReason.ANSWERED, StopReason.ENV_CRASH, StopReason.ANSWERED]


async def test_a_verdict_while_nobody_verifies_is_a_violation(pool):
    frame = (
        "import msgpack; d = msgpack.packb([0, 'verdict', 'done', 1, 1.0, '']); os.write(3, bytes([0,0,0,len(d)])+d)"
    )
    trajectory = await pool.solve(ODD, "OddEnv", frame)
    assert trajectory.stop is StopReason.PROTOCOL


async def test_nothing_to_verify_is_nothing(pool):
    assert await verdicts(pool) == []


async def test_every_shipped_task_is_solved_by_its_oracle_in_the_calls_it_names():
    tasks, wrong = environments.load("envs/starter"), []
    by_environment = collections.defaultdict(list)
    for task in tasks.tasks:
        by_environment[task.environment].append(task)
    async with SandboxPool(TIGHT) as pool:
        for name, own in by_environment.items():
            environment = tasks.environments[name]
            found = await pool.verify(environment.source, environment.class_name, [task.config for task in own])
            wrong += [task.id for task, v in zip(own, found) if (v.reward, v.calls) != (1.0, task.oracle_calls)]
    assert wrong == []


async def test_a_source_that_does_not_load_fails_every_one_with_the_reason(pool):
    found = await pool.verify("import gymnasium\n1 / 0", "OddEnv", ["a", "b"])
    assert [v.stop for v in found] == [StopReason.ENV_CRASH] * 2
    assert "ZeroDivisionError" in found[0].detail


async def test_the_config_of_each_is_its_own(pool):
    found = await pool.verify(HONEST, "SumEnv", [CONFIG, "no literal", CONFIG])
    assert [v.stop for v in found] == [StopReason.ANSWERED, StopReason.ENV_CRASH, StopReason.ANSWERED]
