"""Pass rates: how often a policy solves a task, by real episodes through the inference interface, resumable."""

from __future__ import annotations

import collections
import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from codegym_jax.cli import together
from codegym_jax.config import Config, ConfigError
from codegym_jax.environments import EnvironmentSet
from codegym_jax.sandbox import SandboxError
from codegym_jax.synthesis.folder import bars, digest
from codegym_jax.types import StopReason, Task

Key = tuple[str, str]  # environment, configuration: a task


def fingerprint(path: str) -> list[Any]:
    """What tells a model from another: of each file its size and both ends, which training changes along with the rest
    (reading 60 GB would take minutes); a hub id as it is."""
    files = sorted(file for file in Path(path).rglob("*") if file.is_file()) if Path(path).is_dir() else [Path(path)]
    found = []
    for file in (file for file in files if file.is_file()):
        with open(file, "rb") as data:
            head, size = data.read(2**20), file.stat().st_size
            data.seek(max(0, size - 2**20))
            found.append([file.name, size, hashlib.sha256(head + data.read()).hexdigest()])
    return found or [path]


class Passes:
    """The tries of tasks, a line each, in a file that only grows. What a kill cut off counts for nothing."""

    def __init__(self, path: Path, keys: dict[Key, str], tries: int, ceiling: float, every: bool = False) -> None:
        self.path, self.keys, self.tries, self.ceiling, self.every = path, keys, tries, ceiling, every
        self.made: dict[Key, dict[int, bool]] = {task: {} for task in keys}
        by_key = {key: task for task, key in keys.items()}
        data = path.read_bytes() if path.exists() else b""
        for line in data.split(b"\n"):
            try:
                row = json.loads(line)
                task, number, passed = by_key.get(row["key"]), row["try"], row["passed"]
            except (ValueError, KeyError, TypeError):
                continue
            if task is not None and number < tries:
                self.made[task][number] = passed
        self.torn = not data.endswith(b"\n") and bool(data)

    def decided(self, task: Key) -> bool:
        """Whether more tries, up to all of them, could not bring the task to the other side of the ceiling. The rate
        of the tries made is then on the side that the rate of all would be on, but no unbiased figure."""
        if self.every:
            return len(self.made[task]) == self.tries
        passes, made, most = sum(self.made[task].values()), len(self.made[task]), self.ceiling * self.tries + 1e-9
        return passes > most or passes + self.tries - made <= most

    def rate(self, task: Key) -> float | None:
        """passes / tries made; None where no try came to an end."""
        made = self.made.get(task)
        return sum(made.values()) / len(made) if made else None

    def jobs(self) -> Iterator[tuple[Key, int]]:
        """What is to be tried, first tries first, so that few are under way when their task is decided."""
        for number in range(self.tries):
            for task, made in self.made.items():
                if number not in made and not self.decided(task):
                    yield task, number


async def roll_out(
    config: Config, tasks: dict[Key, Task], given: EnvironmentSet, passes: Passes, console: Console
) -> dict[str, int]:
    """Play the tries that are missing and append each as it ends. Returns how many episodes ended in which StopReason;
    what says nothing about the policy is no try. SandboxError where one failed on our side: a pass rate with holes
    would keep tasks unmeasured."""
    # Only here, where a policy runs: loading JAX and transformers takes seconds and 400 MB that other filters need not.
    import numpy as np
    from flax import nnx

    from codegym_jax.chat import load_chat
    from codegym_jax.grpo import exported, load_policy
    from codegym_jax.inference.client import Sampling
    from codegym_jax.perturb import view
    from codegym_jax.rollout import Budget, Draw, open_actors, run_episode

    model = dataclasses.replace(config.model, path=exported(config.model.path))
    config = dataclasses.replace(config, model=model)
    r, chat = config.rollout, load_chat(config.model.source, config.chat.call_format)
    sampling = Sampling(r.temperature, r.top_p, r.top_k, r.turn_tokens, chat.stop_token_ids)
    budget = Budget(r.max_turns, r.max_tokens, r.max_malformed)
    seen = {key: view(config.perturb, given.environments[task.environment], task) for key, task in tasks.items()}

    @functools.cache
    def prompt(key: Key) -> list[int]:
        turns = min(budget.turns, tasks[key].max_turns)
        tokens = chat.prompt(seen[key].statement, seen[key].tools, turns)
        if len(tokens) >= budget.tokens:
            fix = f"must leave room after the prompt of {tasks[key].id:.200}: {len(tokens)} tokens"
            raise ConfigError("rollout.max_tokens", budget.tokens, fix)
        return tokens

    todo = [key for key in tasks if not passes.decided(key)]
    for key in {key[0]: key for key in todo}.values():  # an error now, not after an hour
        prompt(key)
    jobs, stops = iter(passes.jobs()), collections.Counter[str]()
    with bars(console) as progress, open(passes.path, "a", encoding="utf-8", buffering=1) as file:
        if passes.torn:
            file.write("\n")
        bar = progress.add_task("tasks rolled out", total=len(todo))

        async def worker() -> None:
            for key, number in jobs:
                task, name = tasks[key], f"filter-{key}.{number}"
                draw = Draw(0, task, given.environments[task.environment])
                noise = (config.seed, int.from_bytes(hashlib.sha256(task.id.encode(errors="replace")).digest()[:8]))
                seed = int(np.random.SeedSequence((*noise, number)).generate_state(1)[0] >> 1)
                actors.client.open([name])
                episode = await run_episode(
                    draw, number, actors, sampling, budget, list(prompt(key)), seen[key], seed, name
                )
                stops[str(episode.stop)] += 1
                if episode.stop is StopReason.INFRASTRUCTURE:
                    fix = "what ended is kept, the same command goes on"
                    raise SandboxError(f"a rollout failed on our side: {episode.detail or 'no reason given'}; {fix}")
                if not episode.stop.trainable:
                    continue
                open_before = not passes.decided(key)
                passes.made[key][number] = episode.reward >= 1.0
                made = passes.made[key]
                row = {"task": task.id, "key": passes.keys[key], "try": number, "passed": made[number]}
                row |= {"passes": sum(made.values()), "tries": len(made), "stop": episode.stop, "calls": episode.calls}
                file.write(json.dumps(row) + "\n")
                said = f"tasks rolled out ({sum(stops.values())} episodes, {stops[StopReason.ANSWERED]} right)"
                progress.update(bar, advance=int(open_before and passes.decided(key)), description=said)

        graphdef, params = nnx.split(load_policy(config))
        async with open_actors(config, graphdef, params, chat) as actors, together() as group:
            for _ in range(min(r.live, len(todo) * passes.tries)):
                group.create_task(worker())
    return dict(stops)


def pass_keys(config: Config, tasks: dict[Key, Task], given: EnvironmentSet) -> dict[Key, str]:
    """A hash of all that a task's tries depend on."""
    sampled = "max_turns max_tokens max_malformed turn_tokens temperature top_p top_k".split()
    said: list[Any] = [fingerprint(config.model.source), config.model.dtype, config.chat.call_format, config.seed]
    said += [{name: getattr(config.rollout, name) for name in sampled}, dataclasses.asdict(config.perturb)]
    policy = digest(*said)
    return {
        key: digest(policy, given.environments[task.environment].source, task.id, task.statement, task.max_turns)
        for key, task in tasks.items()
    }
