"""Evaluate a policy on held-out tasks: pass rate, pass@k, calls against the oracle's, with 95 % intervals.

    python launch/evaluate.py --config quickstart --model.path runs/quickstart/export/final --eval.samples 4

`--model.path` is any Hugging Face folder or hub id, or a checkpoint, runs/NAME/checkpoints/UPDATE (exported beside it
first). Prints a table; the last line is JSON.
"""

import asyncio
import dataclasses
import json
import sys

from flax import nnx
from rich.console import Console
from rich.table import Table

from codegym_jax import environments
from codegym_jax.chat import load_chat
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, parse
from codegym_jax.evaluation.in_domain import SplitResult, evaluate_split, held_out
from codegym_jax.grpo import exported, load_policy
from codegym_jax.metrics import progress
from codegym_jax.rollout import open_actors


async def evaluate(config: Config) -> list[SplitResult]:
    tasks = environments.load(config.tasks.source)
    chat = load_chat(config.model.source, config.chat.call_format)
    graphdef, params = nnx.split(load_policy(config))
    async with open_actors(config, graphdef, params, chat) as actors:
        results = []
        for split in held_out(tasks):
            with progress(split) as advance:
                results.append(await evaluate_split(config, actors, tasks, split, lambda *_, count=advance: count))
        return results


def main() -> None:
    config = parse(sys.argv[1:], Config, "evaluate.py", __doc__)
    with clear_errors("evaluate.py"):
        section = dataclasses.replace(config.model, path=exported(config.model.path))
        results = asyncio.run(evaluate(dataclasses.replace(config, model=section)))
    table = Table("split", "tasks", "pass rate", "95 % interval", "pass@k", "calls", "oracle", "calls / oracle, solved")
    for r in results:
        low, high = r.interval
        ks = " ".join(f"{k}: {value:.1%}" for k, value in r.pass_at.items())
        row = (r.split, str(r.tasks), f"{r.pass_rate:.1%}", f"{low:.1%} to {high:.1%}", ks)
        table.add_row(*row, f"{r.calls:.1f}", f"{r.oracle_calls:.1f}", f"{r.calls_when_solved:.2f}")
    Console(stderr=True).print(table)
    print(json.dumps({r.split: dataclasses.asdict(r) for r in results}))


if __name__ == "__main__":
    main()
