"""Success on held-out tasks: pass rate with a 95 % interval, pass@k, calls against the oracle's.

Sampling noise is fixed by the seed and the task, so two checkpoints are compared on the same noise.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from codegym_jax.config import Config, ConfigError, TasksSection
from codegym_jax.environments import EnvironmentSet
from codegym_jax.inference.client import Sampling
from codegym_jax.metrics import wilson
from codegym_jax.rollout import Actors, Budget, Draw, collect
from codegym_jax.types import Episode, StopReason, Task

Phase = Callable[[str, int], Callable[[Any], None]]  # (name, total) → the callback that counts one done


@dataclasses.dataclass(frozen=True)
class SplitResult:
    """One split. Rates are means over tasks; episodes that failed on our side are left out and counted."""

    split: str
    tasks: int
    samples: int
    pass_rate: float
    interval: tuple[float, float]  # 95 %, Wilson over tasks: samples of one task are not independent
    pass_at: dict[int, float]  # k → unbiased estimate, arXiv 2107.03374 equation 1
    calls: float  # mean well-formed calls of an episode
    oracle_calls: float
    calls_when_solved: float  # mean over solved episodes of calls / the oracle's calls
    stops: dict[str, int]
    by_environment: dict[str, float]


def select_tasks(tasks: EnvironmentSet, split: str, section: TasksSection, limit: int) -> list[Task]:
    """Tasks of a split within the difficulty bounds; `limit` > 0 takes that many, always the same ones."""
    low, high = section.min_difficulty, section.max_difficulty or math.inf
    chosen = [task for task in tasks.tasks if task.split == split and low <= task.difficulty <= high]
    if not chosen:
        splits = ", ".join(sorted({task.split for task in tasks.tasks})) or "none"
        wanted = f"must have tasks of split {split!r} and difficulty {low} to {section.max_difficulty or 'any'}"
        raise ConfigError("tasks.envs", section.envs, f"{wanted}; it has: {splits}")
    if 0 < limit < len(chosen):
        chosen = [chosen[i] for i in sorted(np.random.default_rng(0).permutation(len(chosen))[:limit])]
    return chosen


def pass_at_k(correct: int, samples: int, k: int) -> float:
    """Chance that at least one of k draws without replacement from `samples` episodes is right."""
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)


def summarize(split: str, groups: Sequence[Sequence[Episode]]) -> SplitResult:
    groups = [kept for group in groups if (kept := [e for e in group if e.stop.trainable])] or [groups[0]]
    episodes = [episode for group in groups for episode in group]
    rates = [fmean(e.reward for e in group) for group in groups]
    samples = min(len(group) for group in groups)
    right = [(int(sum(e.reward for e in group)), len(group)) for group in groups]
    solved = [e.calls / e.task.oracle_calls for e in episodes if e.reward and e.task.oracle_calls]
    names = sorted({e.task.environment for e in episodes})
    return SplitResult(
        split,
        len(groups),
        samples,
        fmean(rates),
        wilson(sum(rates), len(rates)),
        {k: fmean(pass_at_k(*counts, k) for counts in right) for k in (1, 2, 4, 8, 16, 32, 64) if k <= samples},
        fmean(e.calls for e in episodes),
        fmean(e.task.oracle_calls for e in episodes),
        fmean(solved) if solved else math.nan,
        {str(reason): n for reason in StopReason if (n := sum(e.stop is reason for e in episodes))},
        {name: fmean(e.reward for e in episodes if e.task.environment == name) for name in names},
    )


def held_out(tasks: EnvironmentSet) -> list[str]:
    return [split for split in ("unseen_config", "unseen_env") if any(task.split == split for task in tasks.tasks)]


async def evaluate_split(
    config: Config, actors: Actors, tasks: EnvironmentSet, split: str, phase: Phase
) -> SplitResult:
    e, r = config.eval, config.rollout
    chosen = select_tasks(tasks, split, config.tasks, config.tasks.eval_tasks)
    draws = [Draw(i, task, tasks.environments[task.environment]) for i, task in enumerate(chosen)]
    sampling = Sampling(e.temperature, e.top_p, 0, r.turn_tokens, actors.chat.stop_token_ids)
    budget = Budget(r.max_turns, r.max_tokens, r.max_malformed)
    noise: dict[str, Any] = {"seed": config.seed, "live": r.live, "label": f"eval/{split}"}
    count = phase(f"eval {split}", len(draws) * e.samples)
    return summarize(split, await collect(draws, e.samples, actors, sampling, budget, on_episode=count, **noise))


async def evaluate(config: Config, actors: Actors, tasks: EnvironmentSet, phase: Phase) -> dict[str, float]:
    """Metrics of every held-out split the task set has."""
    started = time.monotonic()
    metrics: dict[str, float] = {}
    for split in held_out(tasks):
        result = await evaluate_split(config, actors, tasks, split, phase)
        metrics |= {f"eval/{split}": result.pass_rate, f"eval/{split}_tasks": result.tasks}
        metrics |= {f"eval/{split}_calls": result.calls, f"eval/{split}_oracle_calls": result.oracle_calls}
    return metrics | {"seconds": time.monotonic() - started}
