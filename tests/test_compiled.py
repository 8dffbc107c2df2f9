"""The shipped set, envs/compiled: what it claims to hold, and that its oracles still solve it."""

import json
from pathlib import Path

from codegym_jax.environments import load
from codegym_jax.sandbox import SandboxPool

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
