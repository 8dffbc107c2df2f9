"""The original solution as a judge: many inputs a process, each as if it were the only one."""

import ast
import dataclasses

import pytest

from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import original
from codegym_jax.types import StopReason

SOLUTION = """
import os, random, time
seen = []

def twice(n, what=""):
    seen.append(n)
    if what == "raise":
        raise ValueError("no such n")
    if what == "exit":
        os._exit(3)
    if what == "slow":
        try:
            while True:
                pass
        except Exception:
            return "swallowed"
    if what == "long":
        return "x" * 3000
    if what == "draw":
        return random.random()
    return [2 * n, len(seen)]
"""
WAIT = """
import time

def wait(n):
    end = time.process_time() + 0.03
    while time.process_time() < end:
        pass
    return n
"""
PROBLEM = Problem("twice", "Double n.", SOLUTION, "twice", ())


@pytest.fixture
async def pool():
    async with SandboxPool(original.LIMITS) as pool:
        yield pool


def config(n, what=""):
    return repr({"n": n} | ({"what": what} if what else {}))


async def test_each_answer_is_that_of_a_module_where_nothing_ran_before(pool):
    outcomes = await original.answers(pool, PROBLEM, [config(n) for n in range(100)])
    assert [ast.literal_eval(outcome.value) for outcome in outcomes] == [[2 * n, 1] for n in range(100)]
    drawn = await original.answers(pool, PROBLEM, [config(n, "draw") for n in range(40)])
    assert len({outcome.value for outcome in drawn}) == 1


async def test_what_fails_costs_the_others_nothing_and_has_its_reason(pool):
    bad = {5: "raise", 20: "exit", 40: "slow", 60: "long"}
    configs = [config(n, bad.get(n, "")) for n in range(80)]
    outcomes = await original.answers(pool, PROBLEM, configs)
    assert {n for n, outcome in enumerate(outcomes) if outcome.stop} == {*bad}
    assert all(outcome.value == f"[{2 * n}, 1]" for n, outcome in enumerate(outcomes) if n not in bad)
    assert [outcomes[n].stop for n in (5, 20, 40)] == [
        StopReason.ENV_CRASH, StopReason.ENV_CRASH, StopReason.ENV_TIMEOUT,
    ]  # fmt: skip
    assert "no such n" in outcomes[5].detail
    assert "3002 characters" in outcomes[60].detail


async def test_a_configuration_that_holds_the_separator_is_no_other_ones_answer(pool):
    configs = [config(0), f"{config(1)}\0{config(2)}", config(3)]
    outcomes = await original.answers(pool, PROBLEM, configs)
    assert [outcome.value for outcome in outcomes] == ["[0, 1]", "", "[6, 1]"]
    assert outcomes[1].stop is StopReason.ENV_CRASH


async def test_configurations_that_take_long_all_have_an_answer(pool):
    problem = dataclasses.replace(PROBLEM, solution=WAIT, entry_point="wait")
    outcomes = await original.answers(pool, problem, [repr({"n": n}) for n in range(20)])
    assert [outcome.value for outcome in outcomes] == [str(n) for n in range(20)]
