"""SFT: what it imitates, the order of its rows, and its loss against transformers'."""

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from flax import nnx

from codegym_jax import environments, model, sft, weights
from codegym_jax.batch import TrainingRow, pack
from codegym_jax.config import Config, ConfigError, SFTSection, TasksSection
from codegym_jax.metrics import RunLog
from codegym_jax.types import Row

STARTER = Path(__file__).parents[1] / "envs" / "starter"


def small_set() -> environments.EnvironmentSet:
    whole = environments.load(STARTER)
    names = list(whole.environments)[:2]
    tasks = tuple(task for task in whole.tasks if task.environment in names)
    return environments.EnvironmentSet({name: whole.environments[name] for name in names}, tasks)


def rows(count: int) -> list[Row]:
    rng, made = np.random.default_rng(0), []
    for _ in range(count):
        row = Row()
        row.append(rng.integers(1, 64, 5).tolist())
        n = int(rng.integers(3, 9))
        row.append(rng.integers(1, 64, n).tolist(), [0.0] * n, [0] * n)
        made.append(row)
    return made


async def test_fresh_configurations_are_new_and_never_held_out(tmp_path):
    tasks = small_set()
    section = SFTSection(trajectories=0, fresh=40, max_difficulty=1)
    config = Config(tasks=TasksSection(max_difficulty=2), sft=section)
    with RunLog(tmp_path, 0) as log:
        solved = await sft.oracle_trajectories(config, tasks, log)
    ids = [task.id for _, task, _ in solved]
    assert len(ids) == len(set(ids))
    assert not {task.id for task in tasks.tasks if task.split != "train"} & set(ids)
    train = {task.id for task in tasks.tasks if task.split == "train" and task.difficulty == 1}
    assert train < set(ids)
    assert {task.difficulty for _, task, _ in solved} == {1}
    assert all(trajectory.reward == 1.0 for _, _, trajectory in solved)


async def test_an_oracle_that_fails_is_a_clear_error(tmp_path):
    tasks = small_set()
    name, environment = next(iter(tasks.environments.items()))
    broken = dataclasses.replace(
        environment, source=environment.source.replace("def solve(self)", "def unsolved(self)")
    )
    tasks = environments.EnvironmentSet({name: broken}, tuple(t for t in tasks.tasks if t.environment == name))
    with RunLog(tmp_path, 0) as log, pytest.raises(ConfigError, match="oracle must solve it"):
        await sft.oracle_trajectories(Config(), tasks, log)


def test_row_order_is_a_function_of_seed_and_step_and_covers_every_row():
    packed = sft.pack_rows(rows(40), 0, 32)
    filled = int(packed.trained.any(axis=(1, 2)).sum())
    steps = [sft.batch_of(packed, step, 4, 2, seed=5) for step in range(filled // 4)]
    seen = [row.tobytes() for batch in steps for row in batch.tokens.reshape(-1, 32)]
    assert len(set(seen)) == len(seen) == filled // 4 * 4
    again = sft.batch_of(packed, 1, 4, 2, seed=5)
    np.testing.assert_array_equal(again.tokens, steps[1].tokens)


def test_loss_equals_transformers_on_the_same_labels(tmp_path):
    torch = pytest.importorskip("torch")
    from transformers import AutoModelForCausalLM

    shape = {"d": 32, "layers": 2, "heads": 4, "kv_heads": 2, "head_dim": 8, "ff": 48}
    policy = model.Decoder(model.ModelConfig("qwen3", vocab=64, qk_norm=True, **shape), rngs=nnx.Rngs(0))
    weights.save(policy, tmp_path / "model")
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    made = rows(6)
    total, entropy, count = 0.0, 0.0, 0
    with torch.no_grad():
        for row in made:
            labels = [token if trained else -100 for token, trained in zip(row.tokens, row.trained)]
            n = sum(row.trained)
            out = theirs(torch.tensor([row.tokens]), labels=torch.tensor([labels]))
            total += n * out.loss.item()
            spread = torch.distributions.Categorical(logits=out.logits[0]).entropy()
            entropy += sum(spread[t - 1].item() for t, trained in enumerate(row.trained) if trained)
            count += n
    graphdef, params = nnx.split(policy)
    batch = pack([TrainingRow(row, 1.0) for row in made], rows=2, pad_id=0, max_length=32, min_length=32)
    parts = [type(batch)(*(a[i] for a in batch)) for i in range(batch.tokens.shape[0])]
    for bonus in (0.0, 0.3):
        loss = functools.partial(sft.sft_loss, count=np.float32(count), graphdef=graphdef, bonus=bonus)
        ours = sum(float(loss(params, part)[0]) for part in parts)
        assert ours == pytest.approx((total - bonus * entropy) / count, abs=1e-5)
