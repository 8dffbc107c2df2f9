"""GRPO, the whole learner in one file: state, loss, update, checkpoint, train().

    python launch/train.py --config quickstart

Read it from top to bottom. `train` collects groups of episodes, `update` takes one optimizer step on a packed batch,
`grpo_loss` is the objective of one micro-batch, `policy_loss` its arithmetic.

Source: GRPO of DeepSeekMath (arXiv 2402.03300, equation 3), with what made it stable since. Where CodeGym's paper
(arXiv 2509.17325) is silent we chose, and say so:
- the loss is the sum over trained tokens divided by their global count (DAPO, arXiv 2503.14476, section 3.3), so that
  neither padding, packing, micro-batch split nor the number of devices can change it;
- clipping below and above are separate numbers; the paper's 0.2 is the default of both;
- each token is weighted by min(p_learner / p_sampler, cap), truncated importance sampling (arXiv 2510.13786,
  section 3): it corrects what the sampler's numerics and staleness did, and is 1 with the embedded engine;
- groups whose samples all got the same reward carry no gradient: they are left out and counted;
- no KL term (the paper's 0); k3 towards the starting policy if `train.kl` asks for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.sharding import NamedSharding, PartitionSpec
from orbax.checkpoint import v1 as ocp

from codegym_jax import batch as batching
from codegym_jax import environments, model, weights
from codegym_jax.batch import Batch, TrainingRow
from codegym_jax.chat import load_chat
from codegym_jax.config import Config, ConfigError, TrainSection, flat, located, to_toml
from codegym_jax.evaluation.in_domain import evaluate, select_tasks
from codegym_jax.inference.client import InferenceClient, InferenceError, Sampling
from codegym_jax.metrics import RunError, RunLog, curve, max_rss_gb, records, replace, write_summary
from codegym_jax.rollout import Budget, Draw, collect, open_actors
from codegym_jax.types import Episode, Row, StopReason

Stats = dict[str, jax.Array]

PROBE_TOKENS = 8  # sampled for the mismatch alarm where a batch has none of the learner's own version

# ------------------------------------------------------------------------------------------------------- state


class LearnerState(NamedTuple):
    params: Any  # nnx.State, sharded by model.SHARDING
    optimizer: Any  # optax state, sharded alike
    step: jax.Array  # optimizer steps taken


def make_mesh(fsdp: int, tensor: int) -> jax.sharding.Mesh:
    """Mesh (fsdp, tensor) of Auto axes over all devices; fsdp = -1 takes what tensor leaves."""
    n = jax.device_count()
    size = n // tensor if fsdp == -1 else fsdp
    if size * tensor > n or size < 1:
        raise ConfigError(
            "model.fsdp, model.tensor", (fsdp, tensor), f"their product must be at most {n}, the devices here"
        )
    axes = (jax.sharding.AxisType.Auto,) * 2
    return jax.make_mesh((size, tensor), ("fsdp", "tensor"), axis_types=axes, devices=jax.devices()[: size * tensor])


def make_optimizer(
    config: TrainSection, schedule: optax.Schedule, norm_rate: float = 1.0
) -> optax.GradientTransformation:
    """AdamW with global-norm clipping; norms and biases are not decayed, and norms learn `norm_rate` times as fast.

    The few gains of the norms are what a policy gradient sees first: on a model of 1.4 million parameters two batches
    of 256 episodes agree to 0.8 on the gradient of the final norm, to 0.1 on those of queries and keys, and to 0.03 on
    the matrices, which at the rate that suits the gains would mostly learn noise.
    """

    def named(*words: str) -> Callable[[Any], Any]:
        has = lambda path, _: any(word in str(key) for key in path for word in words)  # noqa: E731
        return functools.partial(jax.tree_util.tree_map_with_path, has)

    def matrices(params: Any) -> Any:
        return jax.tree.map(lambda special: not special, named("norm", "bias")(params))

    adamw = optax.adamw(
        schedule, config.beta1, config.beta2, config.eps, weight_decay=config.weight_decay, mask=matrices
    )
    faster = optax.masked(optax.scale(norm_rate), named("norm"))
    return optax.chain(optax.clip_by_global_norm(config.clip_grad), adamw, faster)


def learning_rate(config: TrainSection) -> optax.Schedule:
    """Linear warm-up, constant, linear cool-down to 0, by optimizer steps. A run shorter than that only cools down."""
    top, n, cooldown = config.learning_rate, config.minibatches, min(config.cooldown, config.updates)
    rise = optax.linear_schedule(0.0 if config.warmup else top, top, config.warmup * n)
    fall = optax.linear_schedule(top, 0.0 if cooldown else top, cooldown * n)
    return optax.join_schedules([rise, fall], [(config.updates - cooldown) * n])


def init_state(params: Any, optimizer: optax.GradientTransformation, mesh: jax.sharding.Mesh) -> LearnerState:
    """Optimizer state for `params`, each moment sharded like its parameter. The state owns copies of the arrays."""
    params = jax.tree.map(jnp.copy, params)
    abstract = jax.eval_shape(optimizer.init, params)
    moments = jax.jit(optimizer.init, out_shardings=model.shardings(abstract, mesh))(params)
    return LearnerState(params, moments, jax.device_put(jnp.zeros((), jnp.int32), NamedSharding(mesh, PartitionSpec())))


# -------------------------------------------------------------------------------------------------------- loss


def policy_loss(
    logprobs: jax.Array,
    old: jax.Array,
    behaviour: jax.Array,
    reference: jax.Array,
    advantages: jax.Array,
    trained: jax.Array,
    config: TrainSection,
    fresh: jax.Array | None = None,
) -> tuple[jax.Array, Stats]:
    """Sum of the GRPO loss over trained tokens, all arrays of one shape; divide by the global count of tokens.

    `old` are the learner's logprobs before the first of several optimizer steps on these episodes, `behaviour` the
    sampler's. Only `logprobs` carries a gradient. Stats are sums over trained tokens, or maxima where named `max_*`;
    `max_logprob_gap`, the alarm of a sampler that does not have the learner's weights, is over the `fresh` ones, which
    the learner's own version sampled (None: all trained ones).
    """
    mask = trained > 0
    zero = lambda x: jnp.where(mask, x, 0.0)  # noqa: E731  a masked token must not even produce an inf * 0
    log_ratio = zero(logprobs - old)
    ratio = jnp.exp(log_ratio)
    clipped = jnp.clip(ratio, 1 - config.clip_low, 1 + config.clip_high)
    surrogate = jnp.minimum(ratio * advantages, clipped * advantages)
    mismatch = zero(old - behaviour)
    correction = jnp.minimum(jnp.exp(mismatch), config.tis_cap) if config.tis_cap else jnp.ones_like(mismatch)
    loss = -jax.lax.stop_gradient(correction) * surrogate
    if config.kl:
        towards = zero(reference - logprobs)
        loss += config.kl * (jnp.exp(towards) - towards - 1)  # k3, http://joschu.net/blog/kl-approx.html
    stats = {
        "clip_fraction": zero((ratio * advantages > clipped * advantages).astype(jnp.float32)).sum(),
        "approx_kl": zero(jnp.exp(log_ratio) - 1 - log_ratio).sum(),
        "logprob_gap": jnp.abs(mismatch).sum(),
        "max_logprob_gap": jnp.where(mask if fresh is None else fresh > 0, jnp.abs(old - behaviour), 0.0).max(),
    }
    return zero(loss).sum(), jax.lax.stop_gradient(stats)


def token_logprobs(params: Any, micro: Batch, graphdef: Any, temperature: float) -> tuple[jax.Array, jax.Array]:
    """Logprob and entropy [row, t] of token t given the tokens before it in its segment; 0 for a row's first token."""
    policy = nnx.merge(graphdef, params)
    hidden, _ = policy(micro.tokens, micro.positions, micro.segments)
    following = jnp.roll(micro.tokens, -1, axis=1)
    shifted = lambda x: jnp.pad(x[:, :-1], ((0, 0), (1, 0)))  # noqa: E731  from "predicts t + 1" to "describes t"
    logprobs, entropy = model.token_logprobs(policy, hidden, following, temperature)
    return shifted(logprobs), shifted(entropy)


def grpo_loss(
    params: Any, micro: Batch, count: jax.Array, *, graphdef: Any, temperature: float, config: TrainSection
) -> tuple[jax.Array, Stats]:
    """Loss of one micro-batch [row, t], already divided by the batch's count of trained tokens."""
    logprobs, entropy = token_logprobs(params, micro, graphdef, temperature)
    # With one optimizer step a batch, the policy before the step is the policy: no second forward pass is needed.
    old = micro.old if config.minibatches > 1 else jax.lax.stop_gradient(logprobs)
    rest = (micro.advantages, micro.trained, config, micro.fresh)
    loss, stats = policy_loss(logprobs, old, micro.behaviour, micro.reference, *rest)
    stats["entropy"] = jax.lax.stop_gradient(entropy * micro.trained).sum()
    return loss / count, stats


# ------------------------------------------------------------------------------------------------------ update


def make_update(
    loss: Callable[[Any, Batch, jax.Array], tuple[jax.Array, Stats]], optimizer: optax.GradientTransformation
) -> Callable[[LearnerState, Batch], tuple[LearnerState, Stats]]:
    """One optimizer step: gradients summed over micro-batches by scan, the state donated.

    Empty micro-batches (padding up to a bucket, see batch.pack) are skipped and cost nothing.
    """

    def update(state: LearnerState, batch: Batch) -> tuple[LearnerState, Stats]:
        count = jnp.maximum(batch.trained.sum(), 1.0)
        gradient = jax.value_and_grad(loss, has_aux=True)
        first = jax.tree.map(lambda x: x[0], batch)
        shapes = jax.eval_shape(gradient, state.params, first, count)
        empty = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shapes)

        def body(total: Any, micro: Batch) -> tuple[Any, None]:
            run = lambda: gradient(state.params, micro, count)  # noqa: E731
            (value, stats), grads = jax.lax.cond(micro.trained.any() | micro.fresh.any(), run, lambda: empty)
            (sum_value, sum_stats), sum_grads = total
            merged = {
                k: jnp.maximum(v, stats[k]) if k.startswith("max_") else v + stats[k] for k, v in sum_stats.items()
            }
            return ((sum_value + value, merged), jax.tree.map(jnp.add, sum_grads, grads)), None

        ((value, stats), grads), _ = jax.lax.scan(body, empty, batch)
        steps, moments = optimizer.update(grads, state.optimizer, state.params)
        params = optax.apply_updates(state.params, steps)
        metrics = {k: v if k.startswith("max_") else v / count for k, v in stats.items()}
        metrics |= {"loss": value, "grad_norm": optax.tree.norm(grads), "trained_tokens": batch.trained.sum()}
        return LearnerState(params, moments, state.step + 1), metrics

    return jax.jit(update, donate_argnums=0)


def make_score(graphdef: Any, temperature: float) -> Callable[[Any, Batch], jax.Array]:
    """Logprobs of a whole batch [micro, row, t] under some weights, without a gradient."""
    return jax.jit(
        lambda params, batch: jax.lax.map(lambda m: token_logprobs(params, m, graphdef, temperature)[0], batch)
    )


def place(batch: Batch, mesh: jax.sharding.Mesh) -> Batch:
    """Put a NumPy batch on the devices, rows over fsdp."""
    return jax.device_put(batch, NamedSharding(mesh, PartitionSpec(None, "fsdp")))


# -------------------------------------------------------------------------------------------------- checkpoint


class Checkpoints:
    """The learner's whole state on disk. Saving is atomic and in the background; a kill leaves the last whole one.

    What is not in the arrays (task order, sampling noise, mini-batch split) is a function of seed and update number:
    that is the task cursor. Groups that run ahead of the learner at a checkpoint are drawn again after it.
    """

    def __init__(self, config: Config, folder: Path, sections: Sequence[str]) -> None:
        """`sections` of the config decide the curve: a resumed run has to share them."""
        policy = ocp.training.preservation_policies.LatestN(config.keep)
        self.folder, self.identity = folder / "checkpoints", identity(config, sections)
        self.start, self.failed = config.model.path, False
        self.manager = ocp.training.Checkpointer(self.folder.absolute(), preservation_policy=policy)
        if self.manager.latest is not None and not config.resume:
            fix = f"{folder} holds a run: --resume goes on with it, another --name starts anew"
            raise ConfigError("name", config.name, fix)

    def save(self, update: int, state: LearnerState, architecture: model.ModelConfig) -> None:
        """Save after `update` updates. Raises RunError if the disk is full; the checkpoints before stay whole."""
        meta = {"update": update, "architecture": repr(architecture), "config": self.identity, "start": self.start}
        try:
            self.manager.save(update, state._asdict(), custom_metadata=meta, overwrite=True)
        except Exception as error:  # a full disk is an OSError here, a ValueError of tensorstore's or Orbax's own there
            self.failed = True
            reason = str(error).strip().splitlines()[-1][:300]
            fix = "the checkpoints before it are whole; make room, then --resume"
            raise RunError(f"{self.folder}: cannot write checkpoint {update}: {reason}; {fix}") from error

    def restore(self, state: LearnerState, architecture: model.ModelConfig) -> tuple[int, LearnerState]:
        """(updates done, state) of the newest checkpoint, or (0, state) where there is none yet.

        Raises ConfigError if the checkpoint is of another architecture, or of a config that would change the curve.
        """
        if self.manager.latest is None:
            return 0, state
        step = self.manager.latest.step
        meta = self.manager.metadata(step).custom_metadata
        where = str(self.folder / str(step))
        if meta["architecture"] != repr(architecture):
            fix = f"must be the architecture of the checkpoint: {meta['architecture']}"
            raise ConfigError("model.path", repr(architecture), fix, where)
        for key, value in self.identity.items():
            if meta["config"].get(key) != value:
                raise ConfigError(
                    key, value, f"this run was started with {meta['config'].get(key)!r}; resume with that", where
                )
        abstract = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=x.sharding), state._asdict())
        return step, LearnerState(**self.manager.load(step, abstract))

    def close(self) -> None:
        if not self.failed:  # closing raises the error of a failed save once more, in place of our message
            self.manager.close()


def identity(config: Config, sections: Sequence[str]) -> dict[str, Any]:
    """The settings that decide a run's curve. Paths and devices may move, and without a cool-down updates be added."""
    free = ["model.path", "model.fsdp", "model.tensor", "tasks.envs", "tasks.eval_tasks"]
    free += ["rollout.servers", "rollout.sync"]
    free += [] if config.train.cooldown else ["train.updates"]
    leaves = {k: v for k, v in flat(config).items() if k == "seed" or k.split(".")[0] in sections}
    return json.loads(json.dumps({k: v for k, v in leaves.items() if k not in free}))


# ------------------------------------------------------------------------------------------------------- train


def draw_tasks(tasks: Sequence[Any], sources: dict[str, Any], update: int, count: int, seed: int) -> list[Draw]:
    """Tasks of one update: every epoch is a fresh permutation, and the whole order a function of the seed."""
    draws = []
    for index in range(update * count, (update + 1) * count):
        epoch, position = divmod(index, len(tasks))
        task = tasks[np.random.default_rng((seed, epoch)).permutation(len(tasks))[position]]
        draws.append(Draw(index, task, sources[task.environment]))
    return draws


def rollout_metrics(
    groups: Sequence[Sequence[Episode]], stats: batching.GroupStats, seconds: float
) -> dict[str, float]:
    episodes = [episode for group in groups for episode in group]
    played = [episode for episode in episodes if episode.stop.trainable] or episodes
    metrics = {
        "reward": float(np.mean([episode.reward for episode in played])),
        "calls": float(np.mean([episode.calls for episode in played])),
        "malformed": float(np.mean([episode.malformed for episode in played])),
        "episodes": len(episodes),
        "groups_trained": stats.groups,
        "groups_zero_variance": stats.zero_variance,
        "groups_too_small": stats.too_small,
        "episodes_left_out": stats.infrastructure,
        "sampled_tokens": sum(episode.sampled_tokens for episode in episodes),
        "tokens_per_s": sum(episode.sampled_tokens for episode in episodes) / seconds,
        "env_steps_per_s": sum(episode.calls for episode in episodes) / seconds,
        "rollout_s": seconds,
    }
    return metrics | {f"stop/{reason}": sum(e.stop is reason for e in episodes) for reason in StopReason}


def staleness(rows: Sequence[TrainingRow], number: int) -> dict[str, float]:
    """How many versions older than the learner's, `number`, the trained tokens are, on average and at most."""
    counts: Counter[int] = Counter()
    for s in rows:
        counts.update(s.row.versions)
    del counts[-1]  # tokens from outside
    if not counts:
        return {}
    mean = sum(version * count for version, count in counts.items()) / counts.total()
    return {"staleness": number - mean, "max_staleness": number - min(counts)}


async def probe(client: InferenceClient, rows: Sequence[TrainingRow], sampling: Sampling) -> TrainingRow:
    """A few tokens after a prompt of the batch, to be compared and not trained."""
    row = rows[0].row
    prompt = row.tokens[: row.trained.index(1)]
    few = dataclasses.replace(sampling, max_new_tokens=PROBE_TOKENS)
    try:
        done = await client.generate(prompt, few, session="probe", seed=0)
    finally:
        client.release("probe")
    logprobs, versions = [0.0] * len(prompt) + done.logprobs, [-1] * len(prompt) + done.versions
    tokens = prompt + done.tokens
    return TrainingRow(Row(tokens, [0] * len(tokens), logprobs, versions), 0.0)


async def train(config: Config) -> dict[str, Any]:
    """Train `config.model.path` on `config.tasks`, write everything under `config.folder`, return the summary."""
    r, t = config.rollout, config.train
    mesh = make_mesh(config.model.fsdp, config.model.tensor)
    chat = load_chat(config.model.source, config.chat.call_format)
    tasks = environments.load(config.tasks.source)
    training = select_tasks(tasks, "train", config.tasks, limit=0)
    checkpoints = Checkpoints(config, config.folder, ("model", "tasks", "chat", "rollout", "perturb", "train"))
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(checkpoints.close)
        stack.enter_context(jax.set_mesh(mesh))
        policy = load_policy(config, mesh)
        graphdef, params = nnx.split(policy)
        optimizer = make_optimizer(t, learning_rate(t), t.norm_rate)
        state = init_state(params, optimizer, mesh)
        reference = params if t.kl else None
        del params
        done, state = checkpoints.restore(state, policy.config)
        loss = functools.partial(grpo_loss, graphdef=graphdef, temperature=r.temperature, config=t)
        update, score = make_update(loss, optimizer), make_score(graphdef, r.temperature)

        log = stack.enter_context(RunLog(config.folder, t.updates))
        log.resume(done if config.resume else -1)  # -1: nothing of a run that died before its first checkpoint
        replace(config.folder / "config.toml", to_toml(config))
        ahead = r.max_staleness
        # The update gives its arrays away. Ahead of it the embedded engine goes on sampling, so it needs its own.
        lent = jax.jit(lambda x: jax.tree.map(jnp.copy, x)) if ahead and not r.servers else lambda x: x
        actors = await stack.enter_async_context(open_actors(config, graphdef, lent(state.params), chat, done))
        engine, budget = actors.client, Budget(r.max_turns, r.max_tokens, r.max_malformed)
        sampling = Sampling(r.temperature, r.top_p, r.top_k, r.turn_tokens, chat.stop_token_ids)
        shape = {"rows": t.micro_rows * mesh.shape["fsdp"], "max_length": r.max_tokens, "min_length": t.row_length}
        shape["pad_id"] = chat.pad_id
        late: Late | None = None
        finished = saved = done
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)  # type: ignore[union-attr]
        collecting: dict[int, asyncio.Task[list[list[Episode]]]] = {}

        async def abandon() -> None:
            for task in collecting.values():
                task.cancel()
            await asyncio.gather(*collecting.values(), return_exceptions=True)

        stack.push_async_callback(abandon)

        async def gather(number: int) -> list[list[Episode]]:
            draws = draw_tasks(training, tasks.environments, number, r.tasks_per_update, config.seed)
            count = log.phase("rollout", r.episodes)
            return await collect(
                draws, r.group_size, actors, sampling, budget, seed=config.seed, live=r.live, on_episode=count
            )

        def step(state: LearnerState, split: list[list[TrainingRow]], number: int) -> tuple[LearnerState, list[Stats]]:
            with jax.set_mesh(mesh):  # which holds for one thread
                parts = [place(batching.pack(part, version=number, **shape), mesh) for part in split]
                if t.minibatches > 1:
                    parts = [part._replace(old=score(state.params, part)) for part in parts]
                if reference is not None:
                    parts = [part._replace(reference=score(reference, part)) for part in parts]
                device = []
                for part in parts:
                    state, metrics = update(state, part)
                    device.append(metrics)
                return state, jax.block_until_ready(device) if ahead else device

        async def learn(*batch: Any) -> tuple[LearnerState, list[Stats]]:
            if ahead:  # rollouts go on: the event loop must not wait for the device
                return await asyncio.to_thread(step, *batch)
            await engine.pause()  # the update gives the arrays away that the embedded engine samples from
            return step(*batch)

        try:
            for number in range(done, t.updates + 1):  # `number` updates are done at the top of the loop
                if number in (0, t.updates) or (config.eval_every and number % config.eval_every == 0):
                    flush(log, late)
                    late = None
                    if not log.has(number, "eval/unseen_config"):
                        log.log(number, await evaluate(config, actors, tasks, log.phase))
                        if r.lockstep:
                            # Drops what the evaluation left in the cache: a resumed run would not have it, and which
                            # tokens are cached decides the shapes, hence the rounding, of what is sampled next.
                            await engine.update_weights(state.params, number)
                if number == t.updates:
                    break
                clock = time.monotonic()
                idle = actors.sampling.idle(), actors.stepping.idle()
                # The groups of update u start once version u - max_staleness samples, and are trained in their order,
                # however long they take: no token is older than that, and long tasks are not left behind.
                for later in range(number, min(number + ahead + 1, t.updates)):
                    if later not in collecting:
                        collecting[later] = asyncio.create_task(gather(later))
                groups = await collecting[number]
                del collecting[number]
                rows, stats = batching.select(groups, t.advantage_std)
                split = batching.minibatches(rows, t.minibatches, np.random.default_rng((config.seed, number, 1)))
                trained = [s for part in split for s in part]
                if trained and all(max(s.row.versions) < number for s in trained):
                    split[0].append(await probe(engine, trained, sampling))
                waited = time.monotonic() - clock
                host = staleness(trained, number) | {"groups_ahead": r.tasks_per_update * len(collecting)}
                learning = asyncio.create_task(learn(state, split, number))
                try:
                    await asyncio.wait([learning])
                finally:  # also where we are cancelled: the thread cannot be, and what `state` was is its own
                    state, device = await learning
                    seconds = time.monotonic() - clock
                    # Of rollouts that overlap with updates the rate is that of both.
                    host |= rollout_metrics(groups, stats, seconds if ahead else waited) | {"rollout_s": waited}
                    host["seconds"] = seconds
                    flush(log, late)  # metrics are fetched one update late: the device never waits for the log
                    late, finished = (number + 1, device, host), number + 1
                    log.episodes(number + 1, groups)
                    for group in groups[: config.log_transcripts]:
                        log.transcript(number + 1, group[0], chat.decode(group[0].rows[-1].tokens))
                await engine.update_weights(lent(state.params), number + 1)
                if not ahead:
                    await engine.resume()
                slept = actors.sampling.idle() - idle[0], actors.stepping.idle() - idle[1]
                host["seconds"] = time.monotonic() - clock
                host["learner_idle"] = waited / host["seconds"]
                host["engine_idle"], host["environments_idle"] = (x / host["seconds"] for x in slept)
                host["compilations"] = engine.counters["compilations"]
                if (number + 1) % config.checkpoint_every == 0 or number + 1 == t.updates:
                    flush(log, late)
                    late = None
                    checkpoints.save(number + 1, state, policy.config)
                    saved = number + 1
                if config.export_every and (number + 1) % config.export_every == 0:
                    export(config, graphdef, state.params, f"update-{number + 1}")
        except (asyncio.CancelledError, InferenceError):  # Ctrl-C, SIGTERM, no sampler left: keep finished updates
            flush(log, late)
            if finished > saved:
                checkpoints.save(finished, state, policy.config)
            raise
        export(config, graphdef, state.params, "final")
    return summarize(config)


Late = tuple[int, list[Stats], dict[str, float]]  # update, device metrics of its optimizer steps, host metrics


def load_policy(config: Config, mesh: jax.sharding.Mesh | None = None) -> model.Decoder:
    m = config.model
    dtypes = {"dtype": m.dtype, "param_dtype": m.param_dtype}
    return weights.load(m.source, mesh=mesh, remat=m.remat, unroll=m.unroll, **dtypes)


def exported(source: str) -> str:
    """For a checkpoint, runs/NAME/checkpoints/UPDATE, its Hugging Face folder under runs/NAME/export, written where it
    is missing; any other source as it is."""
    folder = Path(source).absolute()
    if folder.parent.name != "checkpoints" or not folder.is_dir():
        return source
    target = folder.parents[1] / "export" / f"update-{folder.name}"
    if not target.exists():
        start = located(ocp.checkpointables_metadata(folder).custom_metadata["start"])
        graphdef, params = nnx.split(weights.load(start))
        wanted = {"params": jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=x.sharding), params)}
        partial = ocp.options.PyTreeOptions(loading=ocp.options.PyTreeOptions.Loading(partial_load=True))
        with ocp.Context(pytree_options=partial):
            params = ocp.load_checkpointables(folder, {"state": wanted})["state"]["params"]
        weights.save(nnx.merge(graphdef, params), target, tokenizer_from=start)
    return str(target)


def flush(log: RunLog, late: Late | None) -> None:
    """Wait for an update's device metrics and log them: means over its optimizer steps, maxima where named max_*."""
    if late is not None:
        update, device, host = late
        steps = jax.device_get(device)
        keys = steps[0] if steps else ()
        merged = {k: float((max if k.startswith("max_") else np.mean)([s[k] for s in steps])) for k in keys}
        log.log(update, host | merged)


def export(config: Config, graphdef: Any, params: Any, name: str) -> None:
    """Write a Hugging Face folder that transformers loads, under the run's `export/`."""
    weights.save(nnx.merge(graphdef, params), config.folder / "export" / name, tokenizer_from=config.model.source)


def summarize(config: Config) -> dict[str, Any]:
    """summary.json from metrics.jsonl, so that a resumed run's summary speaks of the whole run."""
    lines = records(config.folder)
    evaluated = [line for line in lines if "eval/unseen_config" in line]
    result = {
        "warm_start_success": evaluated[0]["eval/unseen_config"],
        "final_success": evaluated[-1]["eval/unseen_config"],
        "unseen_env_success": evaluated[-1].get("eval/unseen_env"),
        "train_seconds": sum(line.get("seconds", 0.0) for line in lines),
        "max_rss_gb": max_rss_gb(),
        "max_logprob_gap": max((line.get("max_logprob_gap", 0.0) for line in lines), default=0.0),
        "updates": lines[-1]["update"],
        "seed": config.seed,
    }
    write_summary(config.folder, result)
    curve(config.folder)
    return result
