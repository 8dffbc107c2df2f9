"""Draw the tasks of a folder of environments that have a `generate` of their own.

python envs/draw_tasks.py envs/starter --seed 0
"""

import asyncio
import sys
import zlib
from pathlib import Path

import tyro
from rich.progress import Progress

from codegym_jax.cli import clear_errors
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet, parse_environment, save
from codegym_jax.sandbox import SandboxPool, describe
from codegym_jax.types import Environment, Task

# Tasks a difficulty (train, unseen_config; of held-out environments the second number), and the turns a task allows:
# one number a difficulty, so that it says nothing about the answer, and small, so that lost episodes are short.
COUNTS = {1: (24, 8), 2: (24, 8), 3: (8, 3), 4: (8, 3), 5: (8, 3)}
MAX_TURNS = {1: 32, 2: 32, 3: 64, 4: 128, 5: 256}


async def generate(folder: Path, /, seed: int = 0, held_out: float = 0.2) -> None:
    """Write FOLDER/tasks.jsonl anew: configs from each environment's own `generate`, distinct, and each solved by its
    oracle in the sandbox.

    Args:
        folder: Where the sources, <problem id>__<Name>Env.py, are.
        seed: Another seed draws other configs.
        held_out: Share of the environments, the last by file name, whose tasks become the split unseen_env.
    """
    files = [file for file in sorted(folder.glob("*__*.py")) if file.stem[0] != "_"]
    if not files:
        raise EnvironmentFormatError(f"{folder}: no environment; expected <problem id>__<Name>Env.py files")
    environments = [parse_environment(file.read_text(encoding="utf-8"), file.stem, str(file)) for file in files]
    first = round(len(files) * (1 - held_out))
    total = sum(sum(counts[i >= first :]) for i in range(len(files)) for counts in COUNTS.values())

    async def draw(env: Environment, unseen: bool) -> list[Task]:
        tasks: dict[str, Task] = {}
        for level, counts in COUNTS.items():
            splits = ["unseen_env"] * counts[1] if unseen else ["train"] * counts[0] + ["unseen_config"] * counts[1]
            for attempt in range(10 * len(splits)):
                number = zlib.crc32(f"{seed}/{env.name}/{level}/{attempt}".encode())
                config = await pool.generate(env.source, env.class_name, number, level)
                if config in tasks:
                    continue
                oracle = await pool.solve(env.source, env.class_name, config)
                calls, turns = len(oracle.steps), MAX_TURNS[level]
                if oracle.reward != 1.0 or calls > turns:
                    why = f"{oracle.stop} after {calls} calls of {turns}: {oracle.detail}"
                    raise EnvironmentFormatError(f"{env.name}: solve() of {config}: {why}")
                tasks[config] = Task(env.name, config, splits.pop(0), "", turns, calls, level)
                progress.advance(bar)
                if not splits:
                    break
            else:
                raise EnvironmentFormatError(f"{env.name}: generate(): too few distinct configs of difficulty {level}")
        return list(tasks.values())

    with Progress() as progress:
        bar = progress.add_task("tasks drawn and solved", total=total)
        async with SandboxPool() as pool:
            print(describe(pool.isolation), file=sys.stderr)
            drawn = await asyncio.gather(*(draw(env, i >= first) for i, env in enumerate(environments)))
    tasks = tuple(task for each in drawn for task in each)
    save(EnvironmentSet({env.name: env for env in environments}, tasks), folder)


if __name__ == "__main__":
    with clear_errors("draw_tasks.py"):
        asyncio.run(tyro.cli(generate, args=sys.argv[1:]))
