"""The shipped set, envs/compiled: what it claims to hold, and that its oracles still solve it."""

import ast
import json
from collections import defaultdict
from pathlib import Path

import pytest

from codegym_jax import problems
from codegym_jax.environments import load
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import original, static
from codegym_jax.synthesis.verify import verify

FOLDER = Path(__file__).parents[1] / "envs" / "compiled"


async def test_oracles_solve_a_task_of_every_environment_in_the_calls_it_names():
    shipped = load(FOLDER)
    assert len(shipped.environments) >= 120
    assert len(shipped.tasks) >= 3000
    tasks = {task.environment: task for task in shipped.tasks}  # the last of each, which is among the longest
    assert tasks.keys() == shipped.environments.keys()
    async with SandboxPool() as pool:
        for name, task in tasks.items():
            environment = shipped.environments[name]
            (verdict,) = await pool.verify(environment.source, environment.class_name, [task.config])
            assert (verdict.reward, verdict.calls) == (1.0, task.oracle_calls), name
            assert 10 <= task.oracle_calls <= task.max_turns <= 256


def test_every_environment_has_its_report_card():
    shipped = load(FOLDER)
    cards = [json.loads(file.read_text(encoding="utf-8")) for file in (FOLDER / "cards").glob("*.json")]
    assert {card["environment"] for card in cards} == shipped.environments.keys()
    assert max(card["audit"]["leak_fraction"] for card in cards) <= 0.1
    bounds = [bound for card in cards for bound in card["audit"]["bound"].values()]
    assert sum(bound >= 4 for bound in bounds) >= len(bounds) / 2


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_ten_thousand_inputs_that_are_no_tasks_come_out_as_the_original_says():
    shipped, given, checked = load(FOLDER), defaultdict(list), 0
    for task in shipped.tasks:
        given[task.environment].append(task.config)
    async with SandboxPool(original.LIMITS) as pool, SandboxPool(original.LIMITS, hash_seed=1) as other:
        for problem in problems.read(FOLDER.with_name("problems"))[0]:
            (name,) = [name for name in given if name.startswith(f"{problem.id}__")]
            seeds, configs = range(10**9, 10**9 + 20), given[name]
            inputs = [text for size in (1, 2, 3, 4) for text in await original.generate(pool, problem, size, seeds)]
            tasks = [ast.literal_eval(text) for text in configs]
            shapes = {parameter: static.shape([task[parameter] for task in tasks]) for parameter in tasks[0]}
            fuzz = [text for text in {*inputs} - {*configs} if static.fits(text, shapes)]
            result = await verify(pool, shipped.environments[name], configs[-2:], problem, fuzz, other)
            assert result.findings == (), name
            checked += result.checked - len(configs[-2:])
    print(f"{checked:,} inputs, no disagreement")
    assert checked >= 10_000
