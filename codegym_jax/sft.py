"""Supervised fine-tuning on oracle trajectories: the paper's baseline, and the quickstart's warm start.

    python launch/sft.py --config quickstart

The oracle (`solve()`) of every task runs in the sandbox; its calls become the turns of an episode in the policy's own
chat format, and the loss is the mean negative log-likelihood of those turns. Model, rows, update and checkpoints are
GRPO's. `warm_start` makes everything a policy needs from nothing: tokenizer, random weights, SFT.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
from flax import nnx

from codegym_jax import batch as batching
from codegym_jax import environments, model, weights
from codegym_jax.batch import Batch, TrainingRow
from codegym_jax.chat import Chat, load_chat, train_tokenizer
from codegym_jax.config import Config, ConfigError
from codegym_jax.evaluation.in_domain import select_tasks
from codegym_jax.grpo import (
    Checkpoints,
    Stats,
    flush,
    init_state,
    load_policy,
    make_mesh,
    make_optimizer,
    make_update,
    place,
    token_logprobs,
)
from codegym_jax.metrics import RunLog
from codegym_jax.perturb import NONE, played, view
from codegym_jax.sandbox import SandboxPool, describe
from codegym_jax.types import Call, Environment, Row, Task, Trajectory

Solved = tuple[Environment, Task, Trajectory]


def sft_loss(params: Any, micro: Batch, count: jax.Array, *, graphdef: Any, bonus: float) -> tuple[jax.Array, Stats]:
    """Negative log-likelihood of the oracle's tokens in one micro-batch, over the batch's count of them.

    `bonus` times the entropy is taken off: pure imitation ends in a policy too narrow for RL to explore from
    (arXiv 2408.16673).
    """
    logprobs, entropy = token_logprobs(params, micro, graphdef, 1.0)
    stats = {"entropy": jax.lax.stop_gradient(entropy * micro.trained).sum()}
    return -((logprobs + bonus * entropy) * micro.trained).sum() / count, stats


async def oracle_trajectories(config: Config, tasks: environments.EnvironmentSet, log: RunLog) -> list[Solved]:
    """Solve training tasks with their oracles: the train split, and `sft.fresh` new configurations an environment.

    Fresh configurations come from the environments' own generators and exclude every held-out task. An oracle that
    fails ends in ConfigError: such a task cannot be trained on either.
    """
    most = config.sft.max_difficulty or config.tasks.max_difficulty
    section = dataclasses.replace(config.tasks, max_difficulty=most)
    chosen = select_tasks(tasks, "train", section, config.sft.trajectories)
    held_out = {task.id for task in tasks.tasks if task.split != "train"}
    known = {task.id for task in tasks.tasks}
    low, high = max(1, config.tasks.min_difficulty), most or max(task.difficulty for task in chosen)
    limit = asyncio.Semaphore(64)
    async with SandboxPool(zygotes=config.sandbox.zygotes, require_isolation=config.sandbox.require_isolation) as pool:
        print(describe(pool.isolation), file=sys.stderr)

        async def fresh(environment: Environment, index: int) -> Task:
            difficulty = low + index % (high - low + 1)
            async with limit:
                text = await pool.generate(environment.source, environment.class_name, 1_000_000 + index, difficulty)
            return Task(environment.name, text, difficulty=difficulty)

        async def solve(task: Task) -> Solved:
            environment = tasks.environments[task.environment]
            async with limit:
                trajectory = await pool.solve(environment.source, environment.class_name, task.config)
            if trajectory.reward != 1.0:
                raise ConfigError(
                    "tasks.envs", task.id, f"its oracle must solve it: {trajectory.stop} {trajectory.detail}"
                )
            if config.perturb != NONE:
                async with limit:
                    trajectory = await played(pool, config.perturb, environment, task, trajectory)
                seen = view(config.perturb, environment, task)
                task, environment = (
                    task._replace(statement=""),
                    dataclasses.replace(environment, statement=seen.statement, tools=seen.tools),
                )
            advance(None)
            return environment, task, trajectory

        names = dict.fromkeys(task.environment for task in chosen)
        drawn = await asyncio.gather(*(fresh(tasks.environments[n], i) for n in names for i in range(config.sft.fresh)))
        new = {task.id: task for task in drawn if task.id not in known | held_out}
        chosen += new.values()
        advance = log.phase("oracles", len(chosen))
        return list(await asyncio.gather(*(solve(task) for task in chosen)))


def conversation(chat: Chat, solved: Solved, max_turns: int) -> Row:
    """An oracle trajectory as a row: the prompt and observations are context, the calls are trained on."""
    environment, task, trajectory = solved
    row = Row()
    row.append(chat.prompt(task.statement or environment.statement, environment.tools, min(max_turns, task.max_turns)))
    for i, (action, observation) in enumerate(trajectory.steps):
        call = json.loads(action)
        turn = chat.turn(Call(call["name"], call["parameters"]))
        row.append(turn, [0.0] * len(turn), [0] * len(turn))
        if i + 1 < len(trajectory.steps):
            row.append(chat.observation(observation))
    return row


def pack_rows(rows: Sequence[Row], pad_id: int, max_length: int) -> Batch:
    """All rows packed to [n, 1, t]; one shape for the whole run."""
    return batching.pack(
        [TrainingRow(row, 1.0) for row in rows], rows=1, pad_id=pad_id, max_length=max_length, min_length=max_length
    )


def batch_of(packed: Batch, step: int, rows: int, micro_rows: int, seed: int) -> Batch:
    """The rows of one step, epochs of fresh permutations: a function of seed and step, so a resume needs no cursor."""
    filled = np.flatnonzero(packed.trained.any(axis=(1, 2)))
    chosen = []
    for index in range(step * rows, (step + 1) * rows):
        epoch, position = divmod(index, len(filled))
        chosen.append(filled[np.random.default_rng((seed, epoch)).permutation(len(filled))[position]])
    shape = (rows // micro_rows, micro_rows, packed.tokens.shape[-1])
    return Batch(*(a[chosen].reshape(shape) for a in packed))


async def sft(config: Config, folder: Path) -> Path:
    """Fine-tune `config.model.path` on oracle trajectories; returns the Hugging Face folder it wrote."""
    s, r = config.sft, config.rollout
    chat = load_chat(config.model.source, config.chat.call_format)
    tasks = environments.load(config.tasks.source)
    mesh = make_mesh(config.model.fsdp, config.model.tensor)
    checkpoints = Checkpoints(config, folder, ("model", "tasks", "chat", "perturb", "sft"))
    folder.mkdir(parents=True, exist_ok=True)
    with jax.set_mesh(mesh), RunLog(folder, s.steps) as log:
        solved = await oracle_trajectories(config, tasks, log)
        packed = pack_rows([conversation(chat, each, r.max_turns) for each in solved], chat.pad_id, r.max_tokens)
        micro = config.train.micro_rows * mesh.shape["fsdp"]
        rows = max(1, s.batch_tokens // (r.max_tokens * micro)) * micro
        policy = load_policy(config, mesh)
        graphdef, params = nnx.split(policy)
        warm = max(1, round(s.warmup_fraction * s.steps))
        schedule = optax.warmup_cosine_decay_schedule(0.0, s.learning_rate, warm, max(s.steps, warm + 1))
        optimizer = make_optimizer(config.train, schedule)
        state = init_state(params, optimizer, mesh)
        del params
        done, state = checkpoints.restore(state, policy.config)
        log.resume(done)
        update = make_update(functools.partial(sft_loss, graphdef=graphdef, bonus=s.entropy), optimizer)
        late, clock, number = None, time.monotonic(), done
        try:
            for number in range(done, s.steps):
                batch = batch_of(packed, number, rows, micro, config.seed)
                state, metrics = update(state, place(batch, mesh))
                flush(log, late)
                tokens = float((batch.segments > 0).sum())
                seconds, clock = time.monotonic() - clock, time.monotonic()
                late = (number + 1, [metrics], {"seconds": seconds, "tokens_per_s": tokens / seconds})
                if (number + 1) % 200 == 0:
                    checkpoints.save(number + 1, state, policy.config)
                await asyncio.sleep(0)  # lets Ctrl-C in
            flush(log, late)
        except asyncio.CancelledError:
            if late is not None:
                flush(log, late)
                checkpoints.save(late[0], state, policy.config)
            raise
        finally:
            checkpoints.close()
        weights.save(nnx.merge(graphdef, state.params), folder / "export", tokenizer_from=config.model.source)
    return folder / "export"


async def warm_start(config: Config, folder: Path) -> Path:
    """Tokenizer and random weights of `model.scratch`, then SFT; returns the Hugging Face folder.

    The tokenizer sees the text of training trajectories only.
    """
    c, start = config.model.scratch, folder / "random"
    if not (config.resume and (start / "config.json").exists()):
        tasks = environments.load(config.tasks.source)
        folder.mkdir(parents=True, exist_ok=True)
        with RunLog(folder, 0) as log:
            solved = await oracle_trajectories(
                dataclasses.replace(config, sft=dataclasses.replace(config.sft, fresh=0)), tasks, log
            )
        raw = Chat(train_tokenizer((), 259), config.chat.call_format)  # over bare bytes, to render the texts
        texts = [raw.decode(conversation(raw, each, config.rollout.max_turns).tokens) for each in solved]
        tokenizer = train_tokenizer(texts, c.vocab)
        shape = vars(c) | {"vocab": len(tokenizer), "max_positions": config.rollout.max_tokens}
        architecture = model.ModelConfig("qwen3", tie=True, qk_norm=True, **shape)
        weights.save(model.Decoder(architecture, rngs=nnx.Rngs(config.seed)), start)
        tokenizer.save_pretrained(start)
    model_section = dataclasses.replace(config.model, path=str(start))
    return await sft(dataclasses.replace(config, model=model_section), folder)
