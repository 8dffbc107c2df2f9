"""The decoder against itself rearranged (packed, padded, cached, remat, sharded) and against plain NumPy."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from codegym_jax import attention
from codegym_jax.model import Decoder, ModelConfig, parameter_shapes, shardings, token_logprobs

QWEN3 = ModelConfig("qwen3", 61, 24, 2, 4, 2, 8, 40, tie=True, qk_norm=True)
QWEN2 = ModelConfig("qwen2", 61, 24, 2, 4, 1, 6, 40, qkv_bias=True)
LLAMA = ModelConfig("llama", 61, 24, 3, 3, 3, 8, 40, qkv_bias=True, tie=True)


def make(config: ModelConfig = QWEN3, seed: int = 0, **options) -> Decoder:
    """A model whose norms and biases are random too, so that none of them can be left out unnoticed."""
    model = Decoder(config, rngs=nnx.Rngs(seed), **options)
    keys = iter(jax.random.split(jax.random.key(seed), 64))
    noisy = jax.tree.map(lambda x: x + 0.2 * jax.random.normal(next(keys), x.shape, x.dtype), nnx.state(model))
    nnx.update(model, noisy)
    return model


@functools.partial(jax.jit, static_argnums=0)
def run(graphdef, params, tokens, positions, segments, past):
    model = nnx.merge(graphdef, params)
    hidden, kv = model(tokens, positions, segments, past)
    return model.logits(hidden), kv


def forward(model: Decoder, tokens, positions=None, segments=None, past=()):
    """-> logits, (k, v)"""
    tokens = jnp.asarray(tokens)
    positions = jnp.broadcast_to(jnp.arange(tokens.shape[1]), tokens.shape) if positions is None else positions
    return run(*nnx.split(model, nnx.Param), tokens, jnp.asarray(positions), segments, past)


def random_tokens(b: int, t: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 61, (b, t))


def close(a, b, tolerance: float = 2e-5) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=0, atol=tolerance)


# -------------------------------------------------------------------------------------------------- attention


@pytest.mark.parametrize("t", [1, 3])
@pytest.mark.parametrize("m", [1, 2, 4])
def test_attend_equals_softmax_over_the_concatenated_parts(t: int, m: int):
    rng = np.random.default_rng(t * 10 + m)
    b, n, h = 2, 4, 6
    q = rng.standard_normal((b, t, n, h), np.float32)
    parts = [
        (*rng.standard_normal((2, b, s, m, h), np.float32), rng.random((b, t, s)) < 0.7)
        for s in (5, 1, 9)  # a mask may leave a part without a single visible key
    ]
    k, v, mask = (np.concatenate(xs, axis) for xs, axis in zip(zip(*parts), (1, 1, 2)))
    k, v = (np.repeat(x, n // m, axis=2) for x in (k, v))
    scores = np.einsum("btnh,bsnh->bnts", q, k) / np.sqrt(h)
    weights = np.where(mask[:, None], np.exp(scores), 0)
    expected = np.einsum("bnts,bsnh->btnh", weights / weights.sum(-1, keepdims=True), v)
    close(attention.attend(jnp.asarray(q), jax.tree.map(jnp.asarray, parts)), expected, 1e-5)


def test_scores_too_large_for_exp_do_not_overflow():
    q = jnp.full((1, 1, 2, 4), 100.0)
    k, v = jnp.full((1, 3, 1, 4), 100.0), jnp.arange(12.0).reshape(1, 3, 1, 4)
    out = attention.attend(q, [(k, v, jnp.ones((1, 1, 3), bool))])
    close(out[0, 0, 0], v[0, :, 0].mean(0))


def test_a_query_that_sees_nothing_is_finite_and_so_is_its_gradient():
    k = jnp.ones((1, 3, 1, 4))
    grad = jax.grad(lambda q: attention.attend(q, [(k, k, jnp.zeros((1, 2, 3), bool))]).sum())(jnp.ones((1, 2, 2, 4)))
    assert jnp.isfinite(grad).all()


def test_rows_long_enough_for_recomputed_blocks_give_the_same_gradient(monkeypatch: pytest.MonkeyPatch):
    keys = jax.random.split(jax.random.key(0), 3)
    q, k, v = (jax.random.normal(key, (1, 150, n, 4)) for key, n in zip(keys, (4, 2, 2)))
    segments = jnp.repeat(jnp.array([1, 2, 0]), 50)[None]

    def gradient(*qkv):
        return jax.jit(jax.grad(lambda qkv: (attention.attend_causal(*qkv, segments) ** 2).sum()))(qkv)

    kept = gradient(q, k, v)
    monkeypatch.setattr(attention, "REMAT_ABOVE", 100)
    jax.tree.map(close, gradient(q, k, v), kept)


# ------------------------------------------------------------------------------------------------ the decoder


def test_packed_segments_equal_separate_sequences():
    model, tokens = make(), random_tokens(1, 100)
    segments = np.repeat([1, 2], 50)[None]  # a block of queries is 64: the boundary lies inside one
    positions = np.arange(100)[None] % 50
    packed, _ = forward(model, tokens, positions, jnp.asarray(segments))
    for segment in (1, 2):
        alone, _ = forward(model, tokens[:, segments[0] == segment])
        close(packed[:, segments[0] == segment], alone)


def test_padding_changes_nothing():
    model, tokens = make(), random_tokens(2, 90)
    plain, _ = forward(model, tokens[:, :60])
    segments = jnp.asarray(np.arange(90) < 60, jnp.int32)[None].repeat(2, 0)
    padded, _ = forward(model, tokens, segments=segments)
    close(padded[:, :60], plain)
    assert jnp.isfinite(padded).all()


@pytest.mark.parametrize(("config", "step"), [(QWEN3, 1), (QWEN3, 4), (QWEN2, 1), (LLAMA, 1)])
def test_prefill_then_decode_with_past_parts_equals_the_full_forward(config: ModelConfig, step: int):
    model, tokens = make(config), random_tokens(2, 74)
    full, (k_full, v_full) = forward(model, tokens)
    _, (k, v) = forward(model, tokens[:, :66])
    close(k, k_full[:, :, :66])
    # Two parts: a prefix with room to spare (garbage that is not valid), and this turn's cache, filled as it goes.
    prefix = [jnp.pad(x, ((0, 0), (0, 0), (0, 5), (0, 0), (0, 0)), constant_values=1e3) for x in (k, v)]
    recent = [jnp.full((*x.shape[:2], 8, *x.shape[3:]), 1e3) for x in (k, v)]
    for i in range(0, 8, step):
        valid = [jnp.broadcast_to(jnp.arange(n) < filled, (2, n)) for n, filled in ((71, 66), (8, i))]
        at = 66 + i + np.arange(step)[None].repeat(2, 0)
        past = ((*prefix, valid[0]), (*recent, valid[1]))
        logits, new = forward(model, tokens[:, 66 + i : 66 + i + step], at, past=past)
        close(logits, full[:, 66 + i : 66 + i + step], 5e-5)
        recent = [x.at[:, :, i : i + step].set(y) for x, y in zip(recent, new)]
    close(recent[1], v_full[:, :, 66:])


@functools.cache
def loss_and_gradient(**options: bool):
    tokens = jnp.asarray(random_tokens(2, 20))
    graphdef, params = nnx.split(make(**options), nnx.Param)

    def loss(params):
        model = nnx.merge(graphdef, params)
        hidden, _ = model(tokens, jnp.broadcast_to(jnp.arange(20), tokens.shape), jnp.ones_like(tokens))
        return token_logprobs(model, hidden, tokens)[0].mean()

    return jax.jit(jax.value_and_grad(loss))(params)


@pytest.mark.parametrize("options", [{"unroll": True}, {"remat": True}, {"remat": True, "unroll": True}], ids=str)
def test_unroll_and_remat_change_neither_values_nor_gradients(options: dict[str, bool]):
    jax.tree.map(close, loss_and_gradient(**options), loss_and_gradient())


def test_bfloat16_computes_in_bfloat16_but_scores_in_fp32():
    tokens = random_tokens(2, 40)
    rough, (k, v) = forward(make(dtype=jnp.bfloat16), tokens)
    exact, _ = forward(make(), tokens)
    assert (k.dtype, v.dtype, rough.dtype) == (jnp.bfloat16, jnp.bfloat16, jnp.float32)
    difference = np.abs(np.asarray(rough - exact))
    assert difference.mean() < 0.05 * float(exact.std())  # 8 bits of mantissa through two layers


def test_rope_depends_on_distance_alone():
    model, tokens = make(), random_tokens(1, 12)
    close(forward(model, tokens, np.arange(12)[None] + 37)[0], forward(model, tokens)[0])


@pytest.mark.parametrize("config", [QWEN3, QWEN2, LLAMA], ids=lambda c: c.family)
def test_parameter_count_equals_what_is_allocated(config: ModelConfig):
    state = nnx.state(Decoder(config, rngs=nnx.Rngs(0)), nnx.Param)
    assert config.parameters == sum(x.size for x in jax.tree.leaves(state))


# --------------------------------------------------------------------------------------------- token logprobs


@pytest.mark.parametrize("chunk", [None, 1, 6])
def test_token_logprobs_and_entropy_equal_log_softmax_and_so_do_their_gradients(chunk: int | None):
    model, (b, t) = make(), (2, 11)
    graphdef, params = nnx.split(model, nnx.Param)
    hidden = jax.random.normal(jax.random.key(1), (b, t, QWEN3.d))
    targets, weights = jnp.asarray(random_tokens(b, t)), jax.random.normal(jax.random.key(2), (2, b, t))

    def ours(params, hidden):
        return jnp.stack(token_logprobs(nnx.merge(graphdef, params), hidden, targets, 0.7, chunk))

    def plain(params, hidden):
        logprobs = jax.nn.log_softmax(hidden @ params["embed"][...].T / 0.7)
        chosen = jnp.take_along_axis(logprobs, targets[..., None], -1)[..., 0]
        return jnp.stack([chosen, -(jnp.exp(logprobs) * logprobs).sum(-1)])

    close(jax.jit(ours)(params, hidden), jax.jit(plain)(params, hidden), 1e-5)

    def gradient(f):
        return jax.jit(jax.grad(lambda *args: (f(*args) * weights).sum(), argnums=(0, 1)))(params, hidden)

    jax.tree.map(close, gradient(ours), gradient(plain))


def test_chunks_keep_the_logits_of_all_tokens_from_existing():
    config = dataclasses.replace(QWEN3, vocab=8192)
    graphdef, params = nnx.split(Decoder(config, rngs=nnx.Rngs(0)), nnx.Param)
    hidden, targets = jnp.ones((2, 256, config.d)), jnp.zeros((2, 256), jnp.int32)

    def loss(params, chunk):
        return token_logprobs(nnx.merge(graphdef, params), hidden, targets, chunk=chunk)[0].sum()

    def temporary_bytes(chunk: int) -> int:
        compiled = jax.jit(jax.grad(loss), static_argnums=1).lower(params, chunk).compile()
        return compiled.memory_analysis().temp_size_in_bytes

    logits_bytes = 2 * 256 * 8192 * 4
    assert temporary_bytes(512) > logits_bytes > 3 * temporary_bytes(32)


# ---------------------------------------------------------------------------------------------- configuration

HF = {
    "model_type": "llama", "vocab_size": 61, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 40, "rms_norm_eps": 1e-5, "max_position_embeddings": 512,
}  # fmt: skip
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}


def test_old_and_new_rope_keys_are_read_alike():
    new = HF | {"rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5, **LLAMA3}}
    old = HF | {"rope_theta": 5e5, "rope_scaling": {"type": "llama3", **LLAMA3}}
    assert ModelConfig.from_hf(new, "a") == ModelConfig.from_hf(old, "b")
    assert ModelConfig.from_hf(old, "b").rope_theta == 5e5


def test_config_survives_the_round_trip_and_is_hashable():
    scaled = HF | {"rope_scaling": {"rope_type": "yarn", "factor": 4.0}, "attention_bias": True}
    config = ModelConfig.from_hf(scaled, "config.json")
    assert ModelConfig.from_hf(json.loads(json.dumps(config.to_hf())), "again") == config
    assert hash(config) == hash(dataclasses.replace(config))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model_type": "mixtral"}, ["model_type", "'mixtral'", "qwen2, qwen3, llama"]),
        ({"model_type": None}, ["model_type", "None"]),
        ({"hidden_size": None}, ["hidden_size", "integer"]),
        ({"num_experts": 8}, ["num_experts", "8"]),
        ({"sliding_window": 4096}, ["sliding_window", "4096"]),
        ({"model_type": "qwen2", "use_sliding_window": True}, ["use_sliding_window", "False"]),
        ({"layer_types": ["full_attention", "sliding_attention"]}, ["layer_types", "sliding_attention"]),
        ({"hidden_act": "gelu"}, ["hidden_act", "'gelu'", "'silu'"]),
        ({"quantization_config": {"bits": 4}}, ["quantization_config", "bits"]),
        ({"rope_scaling": {"rope_type": "longrope"}}, ["rope_scaling", "longrope", "yarn"]),
        ({"rope_scaling": {"rope_type": "linear"}}, ["rope_scaling", "factor"]),
        ({"rope_parameters": {"rope_type": "linear", "factor": 2, "mrope": 1}}, ["rope_parameters", "mrope"]),
        ({"num_key_value_heads": 3}, ["heads=4", "kv_heads=3"]),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_what_is_not_implemented_is_refused_by_name(change: dict, expected: list[str]):
    with pytest.raises(ValueError, match=r"model/config\.json") as error:
        ModelConfig.from_hf(HF | change, "model/config.json")
    for part in expected:
        assert part in str(error.value)


# --------------------------------------------------------------------------------------------------- sharding

SHARDED = """
import json, jax, jax.numpy as jnp, numpy as np
from flax import nnx
from jax.sharding import AxisType, NamedSharding, PartitionSpec as P
from codegym_jax.model import Decoder, ModelConfig, shardings, token_logprobs

tokens = np.random.default_rng(0).integers(0, 64, (8, 20))

def report(tie, fsdp, tensor):
    config = ModelConfig("qwen3", 64, 32, 2, 4, 2, 8, 48, qk_norm=True, tie=tie)
    graphdef, params = nnx.split(Decoder(config, rngs=nnx.Rngs(0), remat=True), nnx.Param)

    @jax.jit
    def step(params, tokens):
        def loss(params):
            model = nnx.merge(graphdef, params)
            positions = jnp.broadcast_to(jnp.arange(20), tokens.shape)
            hidden, _ = model(tokens, positions, jnp.ones_like(tokens))
            logprobs, entropy = token_logprobs(model, hidden, tokens, chunk=80)
            return (logprobs - 0.1 * entropy).mean(), model.logits(hidden)
        return jax.value_and_grad(loss, has_aux=True)(params)

    (_, logits), grads = step(params, tokens)
    mesh = jax.make_mesh((fsdp, tensor), ("fsdp", "tensor"), axis_types=(AxisType.Auto,) * 2)
    with jax.set_mesh(mesh):
        placed = jax.device_put(params, shardings(params, mesh))
        (_, logits8), grads8 = step(placed, jax.device_put(tokens, NamedSharding(mesh, P("fsdp"))))
    apart = lambda a, b: float(np.abs(np.asarray(a) - np.asarray(b)).max() / np.abs(np.asarray(a)).max())
    return {
        "logits": apart(logits, logits8),
        "grads": max(jax.tree.leaves(jax.tree.map(apart, grads, grads8))),
        "shards": {name: placed["layers"][name][...].addressable_shards[0].data.shape for name in ("gate", "k")},
    }

print(json.dumps([report(True, 4, 2), report(False, 2, 4)]))
"""


def test_logits_and_gradients_are_the_same_on_one_and_on_eight_devices():
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", SHARDED], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wide, tall = json.loads(done.stdout.splitlines()[-1])
    assert max(wide["logits"], wide["grads"], tall["logits"], tall["grads"]) < 2e-5  # relative to the largest
    assert wide["shards"] == {"gate": [2, 24, 8], "k": [2, 1, 8, 8]}  # [layer, ff / 2, d / 4], [layer, m / 2, h, d / 4]
    assert tall["shards"] == {"gate": [2, 12, 16], "k": [2, 2, 8, 16]}  # two key/value heads over four: replicated


def test_the_moments_of_an_optimizer_are_sharded_like_their_parameters():
    mesh = jax.sharding.AbstractMesh((2, 2), ("fsdp", "tensor"))
    params = nnx.state(nnx.eval_shape(lambda: Decoder(QWEN3, rngs=nnx.Rngs(0))), nnx.Param)
    moments = jax.eval_shape(optax.adamw(1e-3).init, params)
    places = shardings(moments, mesh)
    assert jax.tree.leaves(places[0].mu) == jax.tree.leaves(shardings(params, mesh))
    assert places[0].count.spec == jax.sharding.PartitionSpec()


def test_every_matrix_is_sharded_over_both_mesh_axes():
    mesh = jax.sharding.AbstractMesh((2, 2), ("fsdp", "tensor"))
    config = dataclasses.replace(QWEN3, vocab=64, tie=False)
    params = nnx.state(nnx.eval_shape(lambda: Decoder(config, rngs=nnx.Rngs(0))), nnx.Param)
    specs = jax.tree.map(lambda x: sorted(axis for axis in x.spec if axis), shardings(params, mesh))
    flat = {str(path[-1]): spec.get_value() for path, spec in nnx.to_flat_state(specs)}
    matrices = [name for name in parameter_shapes(config) if "norm" not in name]
    assert {name: flat[name] for name in matrices} == {name: ["fsdp", "tensor"] for name in matrices}
