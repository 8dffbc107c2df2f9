"""Rollouts ahead of the learner: grpo.train whole, with the embedded engine and the sandbox, on a policy of random
weights. It never solves a task, so rewards are dealt out here: without, no group would be trained."""

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import jax
import numpy as np
import pytest
from flax import nnx

from codegym_jax import batch as batching
from codegym_jax import environments, grpo, rollout, weights
from codegym_jax.chat import load_chat
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, parse
from codegym_jax.evaluation.in_domain import select_tasks
from codegym_jax.inference import sglang
from codegym_jax.inference.client import InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.server import EngineServer, serving
from codegym_jax.model import Decoder, ModelConfig
from codegym_jax.types import Row

START = Path(__file__).parents[1] / "envs" / "starter" / "warm_start"
DRAWN, SAMPLES = 3, 2  # groups of an update, episodes of a group


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    vocab = json.loads((START / "config.json").read_text())["vocab_size"]
    shape = ModelConfig("qwen3", vocab, d=32, layers=1, heads=2, kv_heads=1, head_dim=16, ff=32, tie=True, qk_norm=True)
    return weights.save(Decoder(shape, rngs=nnx.Rngs(0)), folder, tokenizer_from=START)


def configure(model: Path, out: Path, *flags: str, lockstep: bool = False, updates: int = 4) -> Config:
    sizes = (
        f"--rollout.tasks-per-update {DRAWN} --rollout.group-size {SAMPLES} --rollout.live 8 --train.updates {updates}"
    )
    brief = "--eval-every 0 --tasks.eval-tasks 1 --tasks.max-difficulty 1 --train.cooldown 0 --log-transcripts 0"
    rest = ["--out", str(out), "--model.path", str(model), "--sandbox.zygotes", "1", "--checkpoint-every", "100"]
    rest += ["--rollout.live", "8", "--train.row-length", "448", "--model.no-remat"]
    lock = "--rollout.lockstep" if lockstep else "--rollout.no-lockstep"
    return parse(["--config", "quickstart", *sizes.split(), *brief.split(), *rest, lock, *flags], Config)


@pytest.fixture(autouse=True, scope="module")
def compiled_fast():
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(autouse=True)
def dealt(monkeypatch):
    async def collect(*arguments, **options):
        groups = await rollout.collect(*arguments, **options)
        for episode in (episode for group in groups for episode in group):
            episode.reward = float(episode.sample % 2)
        return groups

    monkeypatch.setattr(grpo, "collect", collect)


@pytest.fixture
def packed(monkeypatch):
    """What was trained: (version of the learner, versions of the sampled tokens) of every packed row."""
    seen = []

    def pack(part, **options):
        seen.extend((options["version"], [v for v, t in zip(s.row.versions, s.row.trained) if t]) for s in part)
        return real(part, **options)

    real = batching.pack
    monkeypatch.setattr(batching, "pack", pack)
    return seen


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def learnt(config: Config) -> list[int]:
    return [line["update"] for line in lines(config.folder / "metrics.jsonl") if "loss" in line]


def test_the_alarm_compares_tokens_of_the_learners_version_alone():
    row = Row()
    row.append([7, 7])
    row.append([1, 2, 3, 4], [-1.0, -1.0, -1.0, -1.0], [3, 3, 4, 4])
    probed = Row([7, 5], [0, 0], [0.0, -1.0], [-1, 4])
    sequences = [batching.TrainingRow(row, 1.0), batching.TrainingRow(probed, 0.0)]
    flat = batching.pack(sequences, rows=1, pad_id=0, max_length=8, min_length=8, version=4)
    assert flat.fresh.tolist() == [[[0, 0, 0, 0, 1, 1, 0, 1]]]
    assert flat.trained.tolist() == [[[0, 0, 1, 1, 1, 1, 0, 0]]]  # what is probed is not trained
    learner = np.float32([[[0, 0, -3.0, -3.0, -1.1, -1.0, 0, -1.25]]])
    rest = (flat.reference, flat.advantages, flat.trained, Config().train)
    _, stats = grpo.policy_loss(learner, learner, flat.behaviour, *rest, flat.fresh)
    assert stats["max_logprob_gap"] == pytest.approx(0.25)
    assert stats["logprob_gap"] == pytest.approx(4.1)  # of all that is trained


class Slow(Engine):
    """Every DRAWN-th group waits before each of its turns."""

    ended: list[int]  # groups, in the order in which their turns came back

    async def generate(self, tokens, sampling, *, session, seed):
        group = int(session.partition("-")[2].partition(".")[0]) if session.startswith("train") else 1
        await asyncio.sleep(0.4 if group % DRAWN == 0 else 0)
        try:
            return await super().generate(tokens, sampling, session=session, seed=seed)
        finally:
            self.ended.append(group)


async def test_no_trained_token_is_too_old_and_slow_tasks_are_trained_like_others(model, tmp_path, packed, monkeypatch):
    Slow.ended = []
    monkeypatch.setattr(rollout, "Engine", Slow)
    bound = 2
    config = configure(model, tmp_path, "--rollout.max-staleness", str(bound), "--rollout.live", "64")
    await grpo.train(config)
    assert Slow.ended.index(2 * DRAWN + 1) < Slow.ended.index(DRAWN)  # what is quick overtakes what is slow
    trained = defaultdict(Counter)
    for episode in lines(config.folder / "episodes.jsonl"):
        trained[episode["update"]][episode["group"]] += 1
    assert trained == {u + 1: Counter({u * DRAWN + i: SAMPLES for i in range(DRAWN)}) for u in range(4)}
    ages = [number - version for number, versions in packed for version in versions]
    assert len(ages) > 100
    assert (min(ages), max(ages)) == (0, bound)
    for line in (line for line in lines(config.folder / "metrics.jsonl") if "loss" in line):
        assert line["max_staleness"] <= bound
        assert line["max_logprob_gap"] < 1e-4  # of tokens of the learner's version, which older ones would drown
        assert all(0 <= line[key] <= 1 for key in ("learner_idle", "engine_idle", "environments_idle"))


@pytest.mark.slow
async def test_with_one_version_of_staleness_no_token_is_two_old(model, tmp_path, packed):
    await grpo.train(configure(model, tmp_path, "--rollout.max-staleness", "1"))
    ages = [number - version for number, versions in packed for version in versions]
    assert (min(ages), max(ages)) == (0, 1)


@pytest.mark.slow
async def test_without_staleness_it_is_the_synchronous_loop(model, tmp_path):
    config = configure(model, tmp_path, lockstep=True, updates=2)
    await grpo.train(config)

    r, t, tasks, chat = config.rollout, config.train, environments.load(config.tasks.source), load_chat(str(model))
    training, mesh = select_tasks(tasks, "train", config.tasks, limit=0), grpo.make_mesh(-1, 1)
    with jax.set_mesh(mesh):
        policy = grpo.load_policy(config, mesh)
        graphdef, params = nnx.split(policy)
        optimizer = grpo.make_optimizer(t, grpo.learning_rate(t), t.norm_rate)
        state = grpo.init_state(params, optimizer, mesh)
        update = grpo.make_update(
            lambda p, micro, n: grpo.grpo_loss(p, micro, n, graphdef=graphdef, temperature=1.0, config=t), optimizer
        )
        sampling = Sampling(1.0, 1.0, 0, r.turn_tokens, chat.stop_token_ids)
        budget, shape = rollout.Budget(r.max_turns, r.max_tokens, r.max_malformed), {"rows": t.micro_rows}
        shape |= {"pad_id": chat.pad_id, "max_length": r.max_tokens, "min_length": t.row_length}
        async with rollout.open_actors(config, graphdef, state.params, chat) as actors:
            for number in range(2):
                await actors.client.update_weights(state.params, number)
                draws = grpo.draw_tasks(training, tasks.environments, number, DRAWN, config.seed)
                groups = await grpo.collect(draws, SAMPLES, actors, sampling, budget, seed=config.seed, live=r.live)
                rows, _ = batching.select(groups, t.advantage_std)
                (part,) = batching.minibatches(rows, 1, np.random.default_rng((config.seed, number, 1)))
                await actors.client.pause()
                state, _ = update(state, grpo.place(batching.pack(part, version=number, **shape), mesh))
                await actors.client.resume()
            weights.save(nnx.merge(graphdef, state.params), tmp_path / "loop")
    theirs, ours = (p / "model.safetensors" for p in (config.folder / "export" / "final", tmp_path / "loop"))
    assert theirs.read_bytes() == ours.read_bytes() != (model / "model.safetensors").read_bytes()


async def test_a_collector_that_fails_ends_the_run_with_its_error(model, tmp_path, monkeypatch):
    healthy, left = grpo.collect, []

    async def collect(draws, *arguments, **options):
        if draws[0].group == 2 * DRAWN:
            raise RuntimeError("the third batch")
        try:
            return await healthy(draws, *arguments, **options)
        finally:
            left.append(draws[0].group)

    monkeypatch.setattr(grpo, "collect", collect)
    config = configure(model, tmp_path, "--rollout.max-staleness", "2")
    with pytest.raises(RuntimeError, match="the third batch"):
        await grpo.train(config)
    assert {0, DRAWN, 3 * DRAWN} <= {*left}  # the batch behind it was in flight, and is over
    assert learnt(config) in ([1], [1, 2])


def kept(config: Config) -> None:
    """Every update that was finished, none of those that were not."""
    assert learnt(config) in ([1], [1, 2], [1, 2, 3])
    assert [path.name for path in (config.folder / "checkpoints").iterdir()] == [str(learnt(config)[-1])]


def whole(config: Config) -> None:
    """No task skipped, none twice."""
    groups = Counter(episode["group"] for episode in lines(config.folder / "episodes.jsonl"))
    assert groups == Counter(dict.fromkeys(range(4 * DRAWN), SAMPLES))
    assert learnt(config) == [1, 2, 3, 4]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGTERM, asyncio.CancelledError), (signal.SIGINT, KeyboardInterrupt)]
)
@pytest.mark.parametrize("where", ["update", "rollout"])
def test_a_run_ahead_of_its_learner_that_is_stopped_keeps_its_updates_and_resumes(
    where, number, raised, model, tmp_path, monkeypatch
):
    calls = []

    def stops(real):
        def stopped(*arguments, **options):
            calls.append(1)
            if len(calls) == 3:
                os.kill(os.getpid(), number)
            return real(*arguments, **options)

        return stopped

    if where == "update":
        real = grpo.make_update
        monkeypatch.setattr(grpo, "make_update", lambda *arguments: stops(real(*arguments)))
    else:  # of the batch of update 4, while 3 is trained or waited for
        monkeypatch.setattr(grpo, "collect", stops(grpo.collect))
    config = configure(model, tmp_path, "--rollout.max-staleness", "1")
    with pytest.raises(raised):
        asyncio.run(grpo.train(config))
    kept(config)
    asyncio.run(grpo.train(dataclasses.replace(config, resume=True)))
    whole(config)


@contextlib.asynccontextmanager
async def served(config: Config) -> AsyncIterator[str]:
    """The policy, by the embedded engine behind SGLang's routes."""
    graphdef, params = nnx.split(grpo.load_policy(config))
    engine = Engine(graphdef, params, slots=8, max_len=config.rollout.max_tokens, decode_chunk=16)
    try:
        async with serving(EngineServer(engine, graphdef, params, config.model.path), "127.0.0.1", 0) as url:
            yield url
    finally:
        await engine.close()


@pytest.mark.slow
async def test_a_run_that_loses_every_server_ends_with_one_error_keeps_its_updates_and_resumes(
    model, tmp_path, monkeypatch
):
    for name, seconds in (("OUTAGE_S", 0.2), ("HEALTH_S", 0.05), ("PROBE_S", 1.0)):
        monkeypatch.setattr(sglang, name, seconds)
    config, healthy = configure(model, tmp_path), grpo.collect
    async with contextlib.AsyncExitStack() as fleet:
        url = await fleet.enter_async_context(served(config))

        async def collect(draws, *arguments, **options):
            if draws[0].group == 2 * DRAWN:
                await fleet.aclose()
            return await healthy(draws, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(grpo, "collect", collect)
            with pytest.raises(InferenceError, match=f"none of {DRAWN * SAMPLES} episodes .*no SGLang server.*{url}"):
                await grpo.train(dataclasses.replace(config, rollout=dataclasses.replace(config.rollout, servers=url)))
    kept(config)
    await grpo.train(dataclasses.replace(config, resume=True))
    whole(config)


def test_a_run_that_was_stopped_says_how_to_go_on(capsys):
    with pytest.raises(SystemExit) as stopped, clear_errors("train.py", Path("runs/x")):
        raise asyncio.CancelledError
    assert stopped.value.code == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "train.py: interrupted; runs/x is whole, --resume goes on\n"


@pytest.mark.slow
@pytest.mark.parametrize("bound", [0, 1])
async def test_the_alarm_sounds_where_the_sampler_missed_an_update(model, tmp_path, monkeypatch, bound):
    class Deaf(Engine):
        async def update_weights(self, params, version):
            await super().update_weights(
                jax.tree.map(jax.numpy.copy, params) if version == 0 else self._params, version
            )

    monkeypatch.setattr(rollout, "Engine", Deaf)
    flags = ("--rollout.max-staleness", str(bound), "--train.learning-rate", "1e-2", "--train.warmup", "0")
    config = configure(model, tmp_path, *flags, updates=3)
    await grpo.train(config)
    gaps = [line["max_logprob_gap"] for line in lines(config.folder / "metrics.jsonl") if "loss" in line]
    assert gaps[0] < 1e-4
    assert gaps[-1] > 1e-2
