"""The learner: loss values, invariances, sharding, checkpoints."""

import collections
import dataclasses
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from codegym_jax import batch as batching
from codegym_jax import grpo, model
from codegym_jax.batch import TrainingRow
from codegym_jax.config import Config, ConfigError, RolloutSection, TrainSection
from codegym_jax.types import Row, Task

TRAIN = TrainSection(minibatches=2, clip_low=0.2, clip_high=0.3, tis_cap=2.0, kl=0.0)
TINY = model.ModelConfig(
    "qwen3", vocab=64, d=32, layers=2, heads=4, kv_heads=2, head_dim=8, ff=48, qk_norm=True, tie=True
)


def arrays(*rows):
    return [jnp.asarray([row], jnp.float32) for row in rows]


def test_loss_by_hand():
    # token:       ratio 1.5 up, clipped 1.3 | ratio 0.5, A < 0, clipped 0.8 | ratio 1.1 inside | masked
    logprobs, old = arrays(np.log([0.6, 0.2, 0.55, 0.9]), np.log([0.4, 0.4, 0.5, 0.1]))
    behaviour = jnp.log(jnp.asarray([[0.4, 0.1, 1.0, 1e-9]]))  # corrections 1, min(4, 2) = 2, 0.5
    (advantages, trained) = arrays([1.0, -1.0, 2.0, 9.0], [1, 1, 1, 0])
    loss, stats = grpo.policy_loss(logprobs, old, behaviour, old, advantages, trained, TRAIN)
    expected = -(1 * 1.3) - 2 * (-0.8) - 0.5 * (2 * 1.1)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert stats["clip_fraction"] == 2
    assert stats["max_logprob_gap"] == pytest.approx(np.log(4), rel=1e-5)


def test_kl_by_hand():
    logprobs, reference = arrays([-1.0, -2.0], [-1.5, -1.0])
    advantages, trained = arrays([0, 0], [1, 1])
    config = dataclasses.replace(TRAIN, kl=0.1)
    loss, _ = grpo.policy_loss(logprobs, logprobs, logprobs, reference, advantages, trained, config)
    expected = sum(np.exp(x) - x - 1 for x in (-0.5, 1.0))
    assert loss == pytest.approx(0.1 * expected, rel=1e-5)


@pytest.mark.parametrize("kl", [0.0, 0.05])
def test_loss_and_gradient_agree_with_trl(kl):
    torch = pytest.importorskip("torch")
    trainer = pytest.importorskip("trl").GRPOTrainer
    rng = np.random.default_rng(0)
    shape = (6, 17)
    new, old, sampler, reference = (rng.normal(-1.5, 0.4, shape).astype(np.float32) for _ in range(4))
    advantages = rng.normal(0, 1, shape[0]).astype(np.float32)
    mask = (rng.random(shape) < 0.7).astype(np.float32)
    cap = 1.3

    logprobs = torch.tensor(new, requires_grad=True)
    ratio = torch.clamp(torch.exp(torch.tensor(old - sampler)), max=cap)
    metrics = collections.defaultdict(lambda: collections.defaultdict(list))
    theirs = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *a, **k: (logprobs, torch.zeros(shape), None),
        **dict(aux_loss_enabled=False, top_entropy_quantile=1.0, off_policy_mask_threshold=None, use_vllm=True),
        **dict(vllm_importance_sampling_correction=True, importance_sampling_level="token", beta=kl, loss_type="bnpo"),
        **dict(epsilon_low=TRAIN.clip_low, epsilon_high=TRAIN.clip_high, model=SimpleNamespace(training=False)),
        args=SimpleNamespace(delta=None, use_bias_correction_kl=False),
        accelerator=SimpleNamespace(gather=lambda x: x, reduce=lambda x, reduction: x, num_processes=1),
        **dict(_entropy_bonus_enabled=False, _metrics=metrics, current_gradient_accumulation_steps=1),
    )
    ones = torch.ones(shape, dtype=torch.long)
    inputs = {"prompt_ids": ones[:, :1], "prompt_mask": ones[:, :1], "completion_ids": ones}
    inputs |= {"advantages": torch.tensor(advantages), "completion_mask": torch.tensor(mask)}
    inputs |= {"old_per_token_logps": torch.tensor(old), "importance_sampling_ratio": ratio}
    inputs |= {"ref_per_token_logps": torch.tensor(reference)}
    their_loss = trainer._compute_loss(theirs, None, inputs)
    their_loss.backward()

    config = dataclasses.replace(TRAIN, tis_cap=cap, kl=kl)
    per_token = np.broadcast_to(advantages[:, None], shape)

    def ours(x):
        return grpo.policy_loss(x, old, sampler, reference, per_token, mask, config)[0] / mask.sum()

    our_loss, our_gradient = jax.value_and_grad(ours)(jnp.asarray(new))
    assert our_loss == pytest.approx(their_loss.item(), abs=1e-5)
    np.testing.assert_allclose(our_gradient, logprobs.grad.numpy(), atol=1e-6)


def sequences(seed: int, count: int = 9) -> list[TrainingRow]:
    rng, made = np.random.default_rng(seed), []
    for _ in range(count):
        row = Row()
        for _ in range(rng.integers(1, 4)):
            row.append(rng.integers(1, 64, rng.integers(2, 9)).tolist())
            n = int(rng.integers(1, 8))
            row.append(rng.integers(1, 64, n).tolist(), rng.normal(-4, 0.2, n).tolist(), [0] * n)
        made.append(TrainingRow(row, float(rng.normal())))
    return made


def one_update(parts, *, rows=2, length=64, pad_id=0, mesh=None, config=TRAIN):
    """Parameters and metrics after one update on each batch."""
    mesh = mesh or grpo.make_mesh(1, 1)
    policy = model.Decoder(TINY, rngs=nnx.Rngs(0))
    graphdef, params = nnx.split(policy)
    params = jax.device_put(params, model.shardings(params, mesh))
    with jax.set_mesh(mesh):
        optimizer = optax.sgd(0.1)  # not Adam, which blows rounding up to a whole step where a gradient is nearly 0
        state = grpo.init_state(params, optimizer, mesh)
        loss = functools.partial(grpo.grpo_loss, graphdef=graphdef, temperature=1.0, config=config)
        update = grpo.make_update(loss, optimizer)
        score = grpo.make_score(graphdef, 1.0)
        for part in parts:
            packed = grpo.place(batching.pack(part, rows=rows, pad_id=pad_id, max_length=512, min_length=length), mesh)
            packed = packed._replace(old=score(state.params, packed))
            state, metrics = update(state, packed)
    return jax.device_get(state.params), jax.device_get(metrics)


def close(a, b, tolerance=2e-6):
    jax.tree.map(lambda x, y: np.testing.assert_allclose(x, y, atol=tolerance), a, b)


def test_padding_changes_nothing():
    (params, metrics) = one_update([sequences(1)], length=64)
    for other in (one_update([sequences(1)], length=256), one_update([sequences(1)], length=64, pad_id=33)):
        close(params, other[0], 1e-5)
        assert metrics["loss"] == pytest.approx(other[1]["loss"], abs=1e-6)
        assert metrics["grad_norm"] == pytest.approx(other[1]["grad_norm"], rel=1e-4)


def test_packing_and_micro_batch_split_change_nothing():
    params, metrics = one_update([sequences(2)], rows=1, length=48)
    for rows, length in ((4, 48), (8, 96), (2, 384)):
        other, their_metrics = one_update([sequences(2)], rows=rows, length=length)
        close(params, other, 1e-5)
        assert metrics["loss"] == pytest.approx(their_metrics["loss"], abs=1e-6)
        assert metrics["trained_tokens"] == their_metrics["trained_tokens"]


def test_learner_logprobs_describe_the_token_given_its_own_segment():
    made = sequences(3, 4)
    graphdef, params = nnx.split(model.Decoder(TINY, rngs=nnx.Rngs(1)))
    score = grpo.make_score(graphdef, 1.0)
    packed = batching.pack(made, rows=1, pad_id=0, max_length=512, min_length=256)
    together = np.asarray(score(params, packed))
    for micro in range(packed.tokens.shape[0]):
        for k in range(1, packed.segments[micro].max() + 1):
            here = packed.segments[micro, 0] == k
            tokens = packed.tokens[micro, 0][here]
            policy = nnx.merge(graphdef, params)
            hidden, _ = policy(tokens[None], np.arange(len(tokens))[None])
            logits = jax.nn.log_softmax(policy.logits(hidden))[0]
            expected = logits[np.arange(len(tokens) - 1), tokens[1:]]
            np.testing.assert_allclose(together[micro, 0][here][1:], expected, atol=1e-5)


def test_the_loss_goes_down_on_what_it_rewards():
    made = [s._replace(advantage=1.0) for s in sequences(4)]
    graphdef, _ = nnx.split(model.Decoder(TINY, rngs=nnx.Rngs(0)))
    packed = batching.pack(made, rows=2, pad_id=0, max_length=512, min_length=64)
    score = grpo.make_score(graphdef, 1.0)
    start = nnx.split(model.Decoder(TINY, rngs=nnx.Rngs(0)))[1]
    config = dataclasses.replace(TRAIN, minibatches=1, tis_cap=0.0)
    after, _ = one_update([made], config=config)
    mean = lambda p: float((score(p, packed) * packed.trained).sum() / packed.trained.sum())  # noqa: E731
    assert mean(after) > mean(start) + 0.001


def test_norms_learn_faster_by_their_rate_and_nothing_else_does():
    params = nnx.state(model.Decoder(TINY, rngs=nnx.Rngs(0)), nnx.Param)
    gradient = jax.tree.map(jnp.ones_like, params)
    steps = []
    for rate in (1.0, 50.0):
        optimizer = grpo.make_optimizer(TRAIN, optax.constant_schedule(1e-3), rate)
        step, _ = optimizer.update(gradient, optimizer.init(params), params)
        steps.append({jax.tree_util.keystr(path): x for path, x in jax.tree_util.tree_leaves_with_path(step)})
    for name, x in steps[0].items():
        np.testing.assert_allclose(steps[1][name], x * (50.0 if "norm" in name else 1.0), rtol=1e-6)
    assert sum("norm" in name for name in steps[0]) == 5


def test_the_learning_rate_rises_stays_and_falls():
    rate = grpo.learning_rate(TrainSection(learning_rate=2.0, minibatches=2, updates=10, warmup=2, cooldown=4))
    values = [float(rate(step)) for step in range(21)]
    assert values[:5] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert set(values[4:13]) == {2.0}
    assert values[12:] == pytest.approx([2.0 * (8 - n) / 8 for n in range(9)])
    short = grpo.learning_rate(TrainSection(learning_rate=2.0, minibatches=1, updates=4, warmup=2, cooldown=9))
    assert [float(short(step)) for step in range(5)] == [2.0, 1.5, 1.0, 0.5, 0.0]
    constant = grpo.learning_rate(TrainSection(learning_rate=2.0, minibatches=2, updates=10, warmup=0))
    assert {float(constant(step)) for step in range(30)} == {2.0}


def test_updates_may_be_added_unless_a_cooldown_ends_them():
    for cooldown, decides in ((0, False), (5, True)):
        config = Config(train=TrainSection(cooldown=cooldown))
        assert ("train.updates" in grpo.identity(config, ("train",))) == decides


EIGHT = """
import json, sys, jax, numpy as np
sys.path.insert(0, {tests!r})
from test_grpo import one_update, sequences
from codegym_jax import grpo
out = []
for fsdp, tensor in ((1, 1), (8, 1), (4, 2), (2, 4)):
    params, metrics = one_update([sequences(5, 24), sequences(6, 24)], rows=8, mesh=grpo.make_mesh(fsdp, tensor))
    leaves = [np.asarray(x, np.float64) for x in jax.tree.leaves(params)]
    out.append({{"loss": float(metrics["loss"]), "leaves": [x.ravel()[::7].tolist() for x in leaves]}})
print(json.dumps(out))
"""


def test_the_same_numbers_on_one_and_on_eight_devices():
    folder = str(Path(__file__).parent)
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    code = EIGHT.format(tests=folder)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    one, *others = json.loads(done.stdout.splitlines()[-1])
    for other in others:
        assert other["loss"] == pytest.approx(one["loss"], abs=1e-5)
        for a, b in zip(one["leaves"], other["leaves"], strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def test_a_mesh_larger_than_the_machine_is_a_clear_error():
    with pytest.raises(ConfigError, match=r"model\.fsdp"):
        grpo.make_mesh(64, 2)


def test_task_order_is_a_function_of_the_seed_and_skips_nothing():
    tasks = [Task("e__E", str(i)) for i in range(10)]
    sources = {"e__E": None}
    order = [d.task.config for u in range(5) for d in grpo.draw_tasks(tasks, sources, u, 4, seed=3)]
    assert sorted(order[:10]) == sorted(order[10:]) == [str(i) for i in range(10)]
    assert order[:10] != order[10:]
    again = [d.task.config for u in range(2, 5) for d in grpo.draw_tasks(tasks, sources, u, 4, seed=3)]
    assert again == order[8:]
    groups = [d.group for u in range(5) for d in grpo.draw_tasks(tasks, sources, u, 4, seed=3)]
    assert groups == list(range(20))


def tiny_state(d: int = 32):
    architecture = dataclasses.replace(TINY, d=d)
    mesh = grpo.make_mesh(1, 1)
    _, params = nnx.split(model.Decoder(architecture, rngs=nnx.Rngs(0)))
    optimizer = grpo.make_optimizer(TRAIN, optax.constant_schedule(1e-3))
    return grpo.init_state(params, optimizer, mesh), architecture


def test_checkpoint_round_trip_is_exact(tmp_path):
    config = Config(out=tmp_path, name="run", rollout=RolloutSection(tasks_per_update=16))
    state, architecture = tiny_state()
    state = state._replace(params=jax.tree.map(lambda x: x + 0.123, state.params), step=state.step + 5)
    saved = grpo.Checkpoints(config, config.folder, ("train",))
    saved.save(7, state, architecture)
    saved.close()
    other, _ = tiny_state()
    resumed = grpo.Checkpoints(dataclasses.replace(config, resume=True), config.folder, ("train",))
    update, restored = resumed.restore(other, architecture)
    resumed.close()
    assert update == 7
    jax.tree.map(np.testing.assert_array_equal, jax.device_get(state), jax.device_get(restored))


def test_checkpoint_of_another_architecture_config_or_run_is_refused(tmp_path):
    config = Config(out=tmp_path, name="run")
    state, architecture = tiny_state()
    saved = grpo.Checkpoints(config, config.folder, ("train",))
    saved.save(1, state, architecture)
    saved.close()
    with pytest.raises(ConfigError, match="--resume"):
        grpo.Checkpoints(config, config.folder, ("train",))
    wider, wide = tiny_state(d=64)
    resumed = grpo.Checkpoints(dataclasses.replace(config, resume=True), config.folder, ("train",))
    with pytest.raises(ConfigError, match="architecture"):
        resumed.restore(wider, wide)
    resumed.close()
    changed = dataclasses.replace(config, resume=True, train=TrainSection(learning_rate=0.5))
    resumed = grpo.Checkpoints(changed, config.folder, ("train",))
    with pytest.raises(ConfigError, match=r"train\.learning_rate"):
        resumed.restore(state, architecture)
    resumed.close()
