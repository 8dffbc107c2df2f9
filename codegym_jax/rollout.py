"""Episodes: a policy, a chat template and a sandboxed environment take turns until something ends it.

One coroutine an episode, hundreds at once. The engine samples while environments step; an episode that waits
for its environment holds nothing the others need. Whatever goes wrong becomes the episode's StopReason: a
collector that raises loses the other 4,095 episodes of the batch. Only bugs of ours and Ctrl-C are raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np

from codegym_jax import weights
from codegym_jax.chat import Chat
from codegym_jax.config import Config, ConfigError
from codegym_jax.inference.client import InferenceClient, InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.perturb import NONE, Perturbations, PerturbedSession, View, view
from codegym_jax.sandbox import Limits, SandboxError, SandboxPool, describe
from codegym_jax.types import Environment, Episode, Malformed, Row, StepReply, StopReason, Task


@dataclasses.dataclass(frozen=True, slots=True)
class Budget:
    """What one episode may use."""

    turns: int  # or the task's own where that is fewer
    tokens: int  # length of a row: prompt, sampled tokens and observations together
    malformed: int = 0  # malformed calls that end an episode; 0 is no limit


@dataclasses.dataclass(frozen=True, slots=True)
class Draw:
    """One task drawn for one group of samples. `group` numbers the draws of a run and seeds their noise."""

    group: int
    task: Task
    environment: Environment


class Busy:
    """How many seconds none of something was going on: `with busy:` around each."""

    def __init__(self) -> None:
        self.going, self.idle_s, self._since = 0, 0.0, time.monotonic()

    def __enter__(self) -> None:
        self.idle_s, self._since = self.idle(), time.monotonic()
        self.going += 1

    def __exit__(self, *_: object) -> None:
        self.idle_s, self._since = self.idle(), time.monotonic()
        self.going -= 1

    def idle(self) -> float:
        return self.idle_s + (0.0 if self.going else time.monotonic() - self._since)


@dataclasses.dataclass(frozen=True, slots=True)
class Actors:
    """The three parties of an episode, and what stands between them."""

    client: InferenceClient
    chat: Chat
    pool: SandboxPool
    perturb: Perturbations = NONE
    gate: asyncio.Semaphore | None = None  # episodes at once, of all batches in flight; None: in waves, for lockstep
    sampling: Busy = dataclasses.field(default_factory=Busy)
    stepping: Busy = dataclasses.field(default_factory=Busy)


@contextlib.asynccontextmanager
async def open_client(config: Config, graphdef: Any, params: Any, version: int) -> AsyncIterator[InferenceClient]:
    """What samples, on these parameters as this version: the embedded engine, or SGLang servers, started if need be."""
    r, g = config.rollout, config.sglang
    async with contextlib.AsyncExitStack() as stack:
        client: InferenceClient
        if r.servers:
            from codegym_jax.inference import launch
            from codegym_jax.inference.sglang import SGLang

            urls = [url.strip() for url in r.servers.split(",") if url.strip()]
            if r.servers == "launch":
                started = launch.servers(
                    g.command, weights.resolve(config.model.source), config.folder / "servers", count=g.count, tp=g.tp,
                    gpus=g.first_gpu, dtype=config.model.dtype, max_len=r.max_tokens, running=-(-r.live // g.count),
                    flags=g.flags,
                )  # fmt: skip
                urls = await stack.enter_async_context(started)
            client = await SGLang.connect(
                urls, graphdef, params, max_len=r.max_tokens, concurrency=r.live, sync=r.sync, folder=g.folder
            )
        else:
            shape = {"slots": r.cache_slots, "max_len": r.max_tokens, "decode_chunk": r.decode_chunk}
            client = Engine(graphdef, params, lockstep=r.lockstep, **shape)
        stack.push_async_callback(client.close)
        await client.update_weights(params, version)
        yield client


@contextlib.asynccontextmanager
async def open_actors(
    config: Config, graphdef: Any, params: Any, chat: Chat, version: int = 0
) -> AsyncIterator[Actors]:
    """A sampler on these parameters, and a sandbox pool; both are closed at the end."""
    s, gate = config.sandbox, None if config.rollout.lockstep else asyncio.Semaphore(config.rollout.live)
    limits = Limits(s.step_cpu_s, s.step_wall_s, memory_mb=s.memory_mb, observation_bytes=s.observation_bytes)
    async with open_client(config, graphdef, params, version) as client:
        async with SandboxPool(limits, s.zygotes, s.require_isolation) as pool:
            print(describe(pool.isolation), file=sys.stderr)
            yield Actors(client, chat, pool, config.perturb, gate)


async def run_episode(
    draw: Draw, sample: int, actors: Actors, sampling: Sampling, budget: Budget, prompt: list[int], seen: View,
    seed: int, name: str,
) -> Episode:  # fmt: skip
    """Play one episode and return it, ended in exactly one StopReason; its client session `name` is released."""
    chat, turns, max_turns, made = actors.chat, [], min(budget.turns, draw.task.max_turns), 0
    episode = Episode(draw.task, draw.group, sample, rows=[Row()])
    episode.rows[0].append(prompt)
    session = None
    try:
        session = await actors.pool.spawn(draw.environment.source, draw.environment.class_name, draw.task.config)
        perturbed = PerturbedSession(session, actors.perturb, seen, draw.task)
        episode.stop, episode.detail = session.failure or StopReason.TURN_BUDGET, session.detail
        failure = session.failure
        while not failure and made < max_turns + perturbed.failed:
            made += 1
            row = episode.rows[-1]
            room = budget.tokens - len(row)
            if room < 1:
                episode.stop = StopReason.TOKEN_BUDGET
                break
            limit = dataclasses.replace(sampling, max_new_tokens=min(sampling.max_new_tokens, room))
            with actors.sampling:
                generation = await actors.client.generate(row.tokens, limit, session=name, seed=seed)
            row.append(generation.tokens, generation.logprobs, generation.versions)
            if generation.finish == "abort":
                raise InferenceError("the sampler aborted the request")
            if generation.finish == "length":
                episode.stop = StopReason.TOKEN_BUDGET
                break
            parsed = chat.parse(generation.tokens)
            if isinstance(parsed, Malformed):
                episode.malformed += 1
                last = StopReason.MALFORMED if episode.malformed == budget.malformed else None
                action, reply = chat.decode(generation.tokens), StepReply(parsed.problem, last)
            else:
                with actors.stepping:
                    failed, action, reply = perturbed.failed, parsed.action, await perturbed.step(parsed.action)
                episode.calls += perturbed.failed == failed
            episode.actions.append(action)
            episode.observations.append(reply.observation)
            if reply.stop is not None:
                episode.stop, episode.reward = reply.stop, reply.reward
                break
            turns.append((generation.tokens, reply.observation))
            if chat.rewrites_history:
                # The template drops earlier reasoning, so what the policy sees next is no continuation of what it
                # wrote: a new row starts from the conversation as the template now renders it.
                episode.rows.append(Row())
                episode.rows[-1].append(chat.rebuild(seen.statement, seen.tools, max_turns, turns))
            else:
                row.append(chat.observation(reply.observation)[: max(0, budget.tokens - len(row))])
    except (InferenceError, SandboxError, OSError) as error:
        episode.stop, episode.detail = StopReason.INFRASTRUCTURE, f"{type(error).__name__}: {error}"
    finally:
        actors.client.release(name)
        if session is not None:
            await session.close()
    return episode


async def collect(
    draws: Sequence[Draw], samples: int, actors: Actors, sampling: Sampling, budget: Budget, *, seed: int, live: int,
    label: str = "train", on_episode: Callable[[Episode], None] = lambda episode: None,
) -> list[list[Episode]]:  # fmt: skip
    """Run `samples` episodes of every draw; groups come back in the order of the draws.

    Episodes start in their order as `actors.gate` lets them. Without one they start in waves of `live` whose sessions
    are announced together: an engine in lockstep then knows whom to wait for. `label` keeps the sampling noise of
    training and evaluation apart. Raises InferenceError where none of them could be played.
    """
    noise = seed ^ int.from_bytes(label.encode()[:4].ljust(4, b"\0"), "big")
    prompts: dict[tuple[str, str, int, str], list[int]] = {}
    jobs = []
    for draw in draws:
        seen, turns = view(actors.perturb, draw.environment, draw.task), min(budget.turns, draw.task.max_turns)
        key = (draw.environment.name, seen.statement, turns, "" if actors.perturb == NONE else draw.task.id)
        if key not in prompts:
            prompts[key] = actors.chat.prompt(seen.statement, seen.tools, turns)
        if len(prompts[key]) >= budget.tokens:
            fix = f"must leave room after the prompt of {draw.task.id}: {len(prompts[key])} tokens"
            raise ConfigError("rollout.max_tokens", budget.tokens, fix)
        jobs += [(draw, i, prompts[key], seen, f"{label}-{draw.group}.{i}") for i in range(samples)]

    async def one(draw: Draw, sample: int, prompt: list[int], seen: View, name: str) -> Episode:
        s = int(np.random.SeedSequence((noise, draw.group, sample)).generate_state(1)[0] >> 1)  # whatever its batch
        async with actors.gate or contextlib.nullcontext():
            episode = await run_episode(draw, sample, actors, sampling, budget, prompt, seen, s, name)
        on_episode(episode)
        return episode

    episodes: list[Episode] = []
    for start in range(0, len(jobs), live if actors.gate is None else len(jobs)):
        wave = jobs[start : start + live] if actors.gate is None else jobs
        actors.client.open([name for *_, name in wave])
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*job)) for job in wave]
        episodes += [task.result() for task in tasks]
    if episodes and all(episode.stop is StopReason.INFRASTRUCTURE for episode in episodes):
        # Nothing to learn or to measure: the sampler is gone for good, and so would be each batch that follows.
        raise InferenceError(f"none of {len(episodes)} episodes could be played; the first: {episodes[0].detail}")
    return [episodes[i : i + samples] for i in range(0, len(episodes), samples)]
