"""pool.map: functions of any source, many calls a process, each failure told apart and none at another's cost."""

import json

from codegym_jax.types import StopReason

SOURCE = """
import json, os
seen = []

def double(text):
    seen.append(text)
    value = json.loads(text)
    if value == "raise":
        raise ValueError("no such value")
    if value == "exit":
        os._exit(3)
    if value == "loop":
        while True:
            pass
    if value == "memory":
        return "x" * 10**10
    if value == "type":
        return 7
    if value == "big":
        return "x" * 1000001
    return json.dumps([value * 2, len(seen)])
"""


async def test_values_come_in_order_and_each_call_has_a_module_of_its_own(pool):
    outcomes = await pool.map(SOURCE, "double", [json.dumps(i) for i in range(150)])
    assert [json.loads(outcome.value) for outcome in outcomes] == [[2 * i, 1] for i in range(150)]
    assert {outcome.stop for outcome in outcomes} == {None}


async def test_each_failure_has_its_reason_and_the_others_their_values(pool):
    arguments = [1, "raise", 2, "exit", 3, "loop", 4, "memory", 5, "type", 6, "big", 7]
    outcomes = await pool.map(SOURCE, "double", [json.dumps(argument) for argument in arguments])
    assert [json.loads(o.value)[0] for o in outcomes if o.stop is None] == [2, 4, 6, 8, 10, 12, 14]
    reasons = {argument: outcome.stop for argument, outcome in zip(arguments, outcomes) if outcome.stop}
    assert reasons == {
        "raise": StopReason.ENV_CRASH,
        "exit": StopReason.ENV_CRASH,
        "loop": StopReason.ENV_TIMEOUT,
        "memory": StopReason.ENV_MEMORY,
        "type": StopReason.PROTOCOL,
        "big": StopReason.PROTOCOL,
    }
    assert outcomes[1].detail == "ValueError (line 9): no such value"


async def test_a_source_without_the_function_says_so(pool):
    (outcome,) = await pool.map(SOURCE, "triple", ["1"])
    assert outcome.stop is StopReason.ENV_CRASH
    assert "no function triple" in outcome.detail
    (outcome,) = await pool.map("def f(:", "f", ["1"])
    assert outcome.stop is StopReason.ENV_CRASH
    assert "SyntaxError" in outcome.detail


async def test_many_short_calls_share_a_few_processes(pool):
    await pool.map(SOURCE, "double", ["1"] * 400)
    assert pool.counters["spawned"] == 2  # of one zygote
