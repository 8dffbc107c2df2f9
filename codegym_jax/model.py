"""The policy: a Flax NNX decoder for Qwen2/Qwen2.5, Qwen3 (dense) and Llama 2/3, SmolLM2 included.

One class for the three families: they differ in biases, in a norm on queries and keys, and in RoPE scaling.
Weights keep Hugging Face's axis order (out, in), so loading and export are reshapes; layers are stacked on a
leading axis, so a 64-layer model compiles as one layer. Norms, softmax, RoPE angles and the head are always fp32.

Axis letters: b batch, t tokens, s past tokens, l layers, d model, f feed-forward, n query heads, m key/value
heads, h head dimension, v vocabulary. Sharding: one table from parameter to logical axes, one from logical to mesh
axes (of the Auto type). `jax.set_mesh(mesh)` around the jitted call puts the constraints on activations in force.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from codegym_jax.attention import attend_causal

FAMILIES = {"qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM", "llama": "LlamaForCausalLM"}
# fmt: off
HF_KEYS = {  # field of ModelConfig -> key of config.json
    "vocab": "vocab_size", "d": "hidden_size", "layers": "num_hidden_layers", "heads": "num_attention_heads",
    "ff": "intermediate_size", "kv_heads": "num_key_value_heads", "head_dim": "head_dim", "rope_theta": "rope_theta",
    "norm_eps": "rms_norm_eps", "tie": "tie_word_embeddings", "max_positions": "max_position_embeddings",
}
ONLY = {  # key of config.json -> the one value that is implemented
    "hidden_act": "silu", "mlp_bias": False, "use_sliding_window": False, "partial_rotary_factor": 1.0,
    "num_experts": None, "num_local_experts": None, "quantization_config": None,
}
ROPE_KEYS: dict[str, tuple[set[str], set[str]]] = {  # rope_type -> parameters that it needs, that it may have
    "default": (set(), set()),
    "linear": ({"factor"}, set()),
    "llama3": ({"factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"}, set()),
    "yarn": ({"factor", "original_max_position_embeddings"},
             {"attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate"}),
}
# fmt: on


class WeightsError(ValueError):
    """A model folder that cannot be read or written; the message names the file, the key or tensor, and the fix."""


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """Architecture of a decoder. `rope_scaling` holds (key, value) pairs, to stay hashable; None is plain RoPE."""

    family: str
    vocab: int
    d: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    ff: int
    rope_theta: float = 10_000.0
    rope_scaling: tuple[tuple[str, Any], ...] | None = None
    norm_eps: float = 1e-6
    tie: bool = False
    qkv_bias: bool = False
    qk_norm: bool = False
    max_positions: int = 4096

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"family={self.family!r}: must be one of {', '.join(FAMILIES)}")
        for field in ("vocab", "d", "layers", "heads", "kv_heads", "head_dim", "ff", "max_positions"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field}={getattr(self, field)}: must be at least 1")
        if self.heads % self.kv_heads or self.head_dim % 2:
            raise ValueError(f"{self}: heads must be a multiple of kv_heads, and head_dim even")
        if (self.family == "qwen3") != self.qk_norm or (self.family == "qwen2" and not self.qkv_bias):
            raise ValueError(f"{self}: qk_norm belongs to qwen3 and to no other; qwen2 has qkv_bias")

    @property
    def parameters(self) -> int:
        """Number of parameters; a tied head counts once."""
        return sum(math.prod(shape) for shape in parameter_shapes(self).values())

    @classmethod
    def from_hf(cls, values: Mapping[str, Any], where: str) -> ModelConfig:
        """Read the contents of a `config.json`. WeightsError names `where`, the key and what is allowed."""
        given = {key: value for key, value in values.items() if value is not None}
        family = given.get("model_type")
        # transformers 5 writes rope_parameters; older files rope_theta and rope_scaling (its type under "type").
        rope_key = "rope_scaling" if given.get("rope_scaling") else "rope_parameters"
        rope = {key: value for key, value in given.get(rope_key, {}).items() if value is not None}
        kind = rope.pop("rope_type", rope.pop("type", "default"))
        given["rope_theta"] = float(rope.pop("rope_theta", given.get("rope_theta", 10_000)))
        given.setdefault("max_position_embeddings", 2048 if family == "llama" else 32768)
        if kind in ("llama3", "yarn"):
            rope.setdefault("original_max_position_embeddings", given["max_position_embeddings"])
        needed, optional = ROPE_KEYS.get(kind, (set(), set()))
        whole, full = not given.get("sliding_window") or "use_sliding_window" in values, {"full_attention"}
        for key, ok, allowed in (
            ("model_type", family in FAMILIES, f"must be one of {', '.join(FAMILIES)} (dense, full attention)"),
            *((key, type(given.get(key)) is int, "an integer is needed") for key in list(HF_KEYS.values())[:5]),
            *((key, given.get(key) in (None, only), f"must be {only!r} or absent") for key, only in ONLY.items()),
            ("sliding_window", whole, "every layer attends to the whole context"),
            ("layer_types", full.issuperset(given.get("layer_types", ())), f"every layer must be in {full}"),
            (rope_key, kind in ROPE_KEYS, f"rope_type must be one of {', '.join(ROPE_KEYS)}"),
            (rope_key, needed <= rope.keys(), f"rope_type {kind} needs {sorted(needed)}"),
            (rope_key, rope.keys() <= needed | optional, f"rope_type {kind} has only {sorted(needed | optional)}"),
        ):
            if not ok:
                raise WeightsError(f"{where}: {key} = {given.get(key)!r} is not supported: {allowed}")
        given.setdefault("num_key_value_heads", given["num_attention_heads"])
        given.setdefault("head_dim", 128 if family == "qwen3" else given["hidden_size"] // given["num_attention_heads"])
        fields: dict[str, Any] = {field: given[key] for field, key in HF_KEYS.items() if key in given}
        fields["rope_scaling"] = None if kind == "default" else (("rope_type", kind), *sorted(rope.items()))
        fields["qkv_bias"] = family == "qwen2" or bool(given.get("attention_bias"))
        try:
            return cls(family=str(family), qk_norm=family == "qwen3", **fields)
        except ValueError as error:
            raise WeightsError(f"{where}: {error}") from error

    def to_hf(self) -> dict[str, Any]:
        """The `config.json` of this architecture; RoPE in the older keys, which every transformers reads."""
        values = {key: getattr(self, field) for field, key in HF_KEYS.items()}
        values |= {"architectures": [FAMILIES[self.family]], "model_type": self.family, "hidden_act": "silu"}
        values["rope_scaling"] = dict(self.rope_scaling) if self.rope_scaling else None
        return values if self.family == "qwen2" else values | {"attention_bias": self.qkv_bias}


# fmt: off
LOGICAL_AXES: dict[str, tuple[str | None, ...]] = {  # parameter -> its logical axes
    "embed": ("vocab", "d"), "head": ("vocab", "d"), "norm": (None,),
    "attention_norm": ("layer", None), "mlp_norm": ("layer", None),
    "q_norm": ("layer", "head_dim"), "k_norm": ("layer", "head_dim"),
    "q": ("layer", "heads", "head_dim", "d"), "q_bias": ("layer", "heads", "head_dim"),
    "k": ("layer", "kv_heads", "head_dim", "d"), "k_bias": ("layer", "kv_heads", "head_dim"),
    "v": ("layer", "kv_heads", "head_dim", "d"), "v_bias": ("layer", "kv_heads", "head_dim"),
    "o": ("layer", "d", "heads", "head_dim"), "o_bias": ("layer", None),
    "gate": ("layer", "ff", "d"), "up": ("layer", "ff", "d"), "down": ("layer", "d", "ff"),
}
# fmt: on
# Logical axis -> mesh axis. What is not here, and what does not divide the mesh, is replicated.
SHARDING = {"batch": "fsdp", "d": "fsdp", "vocab": "tensor", "heads": "tensor", "kv_heads": "tensor", "ff": "tensor"}


def parameter_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Shape of every parameter this architecture has, by its name in LOGICAL_AXES."""
    absent = {"head"} if config.tie else set()
    absent |= set() if config.qk_norm else {"q_norm", "k_norm"}
    absent |= set() if config.qkv_bias else {"q_bias", "k_bias", "v_bias"}
    # transformers' `attention_bias` covers the output projection too; the fixed bias of Qwen2 does not.
    absent |= set() if config.qkv_bias and config.family != "qwen2" else {"o_bias"}
    size: dict[Any, Any] = {None: config.d, "layer": config.layers} | vars(config)
    return {name: tuple(size[axis] for axis in axes) for name, axes in LOGICAL_AXES.items() if name not in absent}


def partition(axes: Sequence[str | None], shape: Sequence[int], mesh: Any) -> PartitionSpec:
    """Spec of an array with these logical axes and shape on a (possibly abstract) mesh."""
    names = [SHARDING.get(axis or "") for axis in axes]
    return PartitionSpec(*(a if a in mesh.shape and n % mesh.shape[a] == 0 else None for a, n in zip(names, shape)))


def shardings(tree: Any, mesh: Mesh) -> Any:
    """NamedSharding for every array of a tree, by the parameter name in its path; other leaves are replicated.

    The tree is a state of the Decoder or repeats its paths, as an optimizer's moments do; arrays may be abstract.
    """

    def of(path: tuple[Any, ...], leaf: Any) -> NamedSharding:
        keys = [str(getattr(key, "key", getattr(key, "name", ""))) for key in path]
        axes = next((LOGICAL_AXES[key] for key in reversed(keys) if key in LOGICAL_AXES), ())
        return NamedSharding(mesh, partition(axes, leaf.shape, mesh) if len(axes) == leaf.ndim else PartitionSpec())

    return jax.tree_util.tree_map_with_path(of, tree)


def constrain(x: Array, *axes: str | None) -> Array:
    """Ask for this sharding of an activation where a mesh with our axes is in force (`jax.set_mesh`)."""
    mesh = jax.sharding.get_abstract_mesh()
    in_force = not {*SHARDING.values()}.isdisjoint(mesh.axis_names)
    return jax.lax.with_sharding_constraint(x, partition(axes, x.shape, mesh)) if in_force else x


def rope_frequencies(config: ModelConfig) -> tuple[np.ndarray, float]:
    """Inverse frequencies [h / 2] and the factor on cos and sin, as transformers' modeling_rope_utils defines them.

    Position interpolation (linear) is arXiv 2306.15595, YaRN arXiv 2309.00071, Llama 3 arXiv 2407.21783.
    """
    h, theta = config.head_dim, config.rope_theta
    plain = 1.0 / theta ** (np.arange(0, h, 2, dtype=np.float32) / h)
    scaling: dict[str, Any] = dict(config.rope_scaling or ())
    kind, factor = scaling.get("rope_type"), scaling.get("factor", 1.0)
    original = scaling.get("original_max_position_embeddings", config.max_positions)
    keep, magnitude = np.zeros_like(plain), 1.0
    if kind == "llama3":  # long wavelengths are interpolated, short ones kept, the ones between blended
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        keep = np.clip((original * plain / (2 * math.pi) - low) / (high - low), 0, 1)
    elif kind == "yarn":  # the same by dimension: from the one that turns beta_fast times in the original context
        turns = (scaling.get("beta_fast") or 32, scaling.get("beta_slow") or 1)
        low, high = (h * math.log(original / (n * 2 * math.pi)) / (2 * math.log(theta)) for n in turns)
        if scaling.get("truncate", True):
            low, high = math.floor(low), math.ceil(high)
        low, high = max(low, 0), min(high, h - 1)
        keep = 1 - np.clip((np.arange(h // 2) - low) / (high - low or 0.001), 0, 1)
        m, all_dims = scaling.get("mscale"), scaling.get("mscale_all_dim")
        scales = (m, all_dims) if m and all_dims else (1.0, 0.0)
        top, bottom = (0.1 * scale * math.log(max(factor, 1.0)) + 1 for scale in scales)
        magnitude = scaling.get("attention_factor", top / bottom)
    return (plain * keep + plain / factor * (1 - keep)).astype(np.float32), magnitude


def rms_norm(x: Array, weight: Array, eps: float) -> Array:
    y = x.astype(jnp.float32)
    y *= jax.lax.rsqrt(jnp.mean(y * y, axis=-1, keepdims=True) + eps)
    return (y * weight.astype(jnp.float32)).astype(x.dtype)


def rotate(x_btnh: Array, cos_bth: Array, sin_bth: Array) -> Array:
    """RoPE on the two halves of each head, as in Hugging Face's weights (not interleaved pairs)."""
    a, b = jnp.split(x_btnh.astype(jnp.float32), 2, axis=-1)
    cos, sin = cos_bth[:, :, None], sin_bth[:, :, None]
    return jnp.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1).astype(x_btnh.dtype)


def project(x: Array, w: Array, contracted: int = 1) -> Array:
    """x [b, t, ..., in] against w [out, ..., in], whose last `contracted` axes are summed over -> [b, t, out, ...]."""
    axes = [list(range(y.ndim - contracted, y.ndim)) for y in (x, w)]
    if x.shape[1] > 1 or jax.default_backend() != "cpu":
        return jnp.tensordot(x, w, axes)
    # With one token a row a CPU spends more on rearranging w than on the product, unless the few rows are columns:
    # 33 -> 23 ms for 30 layers of [32, 576] x [1536, 576] and back, 30 -> 13 ms for a head of 49,152 tokens. The
    # barriers keep the compiler from folding the transposes, which cost nothing, into the product.
    columns = jax.lax.optimization_barrier(x.reshape(x.shape[0], -1).T)
    columns = jax.lax.optimization_barrier(w.reshape(-1, len(columns)) @ columns)
    return columns.T.reshape(*x.shape[:2], *w.shape[: w.ndim - contracted])


class Decoder(nnx.Module):
    """Parameters and forward pass; `dtype` is the compute dtype. `remat` recomputes each layer in the backward pass.

    `unroll` trades compile time for speed where a layer is large and the backend a CPU; the engine decodes without it.
    Initialisation: embeddings 0.02, matrices fan_in ** -0.5, those that write into the residual stream also over
    sqrt(2 layers): a fresh policy is near uniform whatever its width.
    """

    def __init__(
        self, config: ModelConfig, *, rngs: nnx.Rngs, dtype: Any = jnp.float32, param_dtype: Any = jnp.float32,
        remat: bool = False, unroll: bool = False,
    ):  # fmt: skip
        self.config, self.dtype, self.remat, self.unroll = config, jnp.dtype(dtype), remat, unroll
        residual = (2 * config.layers) ** -0.5
        deviation = {"embed": 0.02, "head": 0.02, "down": config.ff**-0.5 * residual}
        deviation["o"] = (config.heads * config.head_dim) ** -0.5 * residual
        params = {}
        for name, shape in parameter_shapes(config).items():
            if name.endswith(("norm", "bias")):
                value = jnp.full(shape, float(name.endswith("norm")), param_dtype)
            else:
                value = jax.random.normal(rngs.params(), shape, param_dtype) * deviation.get(name, config.d**-0.5)
            params[name] = nnx.Param(value.astype(param_dtype))
        self.embed, self.norm = params.pop("embed"), params.pop("norm")
        if not config.tie:
            self.head = params.pop("head")
        self.layers = nnx.Dict(params)

    def apart(self) -> list[dict[str, Array]]:
        """A copy of each layer's parameters by itself: `__call__` runs them without slices of the stacked ones."""
        return [{name: param[i] for name, param in self.layers.items()} for i in range(self.config.layers)]

    def __call__(
        self, tokens_bt: Array, positions_bt: Array, segments_bt: Array | None = None, past: Sequence[Any] = (),
        apart: Sequence[dict[str, Array]] | None = None,
    ) -> tuple[Array, tuple[Any, Any]]:  # fmt: skip
        """Hidden states after the final norm [b, t, d], and this call's roped keys and values, each [l, b, t, m, h].

        A token sees the tokens before it in its row with the same segment id (None: the whole row; 0 is padding)
        and every entry of each past part (k_lbsmh, v_lbsmh, valid_bs) that is valid. Positions only drive RoPE.
        With `apart`, the keys and values of each part and of the result are sequences of l arrays.
        """
        c, norm = self.config, functools.partial(rms_norm, eps=self.config.norm_eps)
        # Gathered over fsdp before the look-up: otherwise the partitioner reshards every looked-up token instead.
        x_btd = constrain(self.embed[...], "vocab", None)[tokens_bt].astype(self.dtype)
        x_btd = constrain(x_btd, "batch", None, None)
        frequencies, factor = rope_frequencies(c)
        angles_bth = positions_bt[..., None].astype(jnp.float32) * frequencies
        rope = (jnp.cos(angles_bth) * factor, jnp.sin(angles_bth) * factor)

        def layer(x_btd: Array, scanned: Any) -> tuple[Array, tuple[Array, Array]]:
            w, cached = scanned
            w = {name: x if name.endswith("norm") else x.astype(self.dtype) for name, x in w.items()}
            y_btd = norm(x_btd, w["attention_norm"])
            q_btnh, k_btmh, v_btmh = (project(y_btd, w[x]) + w.get(f"{x}_bias", 0) for x in "qkv")
            if c.qk_norm:
                q_btnh, k_btmh = norm(q_btnh, w["q_norm"]), norm(k_btmh, w["k_norm"])
            q_btnh, k_btmh = constrain(rotate(q_btnh, *rope), "batch", None, "heads", None), rotate(k_btmh, *rope)
            parts = [(k, v, valid_bs) for (k, v), (_, _, valid_bs) in zip(cached, past, strict=True)]
            out_btnh = attend_causal(q_btnh, k_btmh, v_btmh, segments_bt, parts)
            x_btd += project(out_btnh, w["o"], 2) + w.get("o_bias", 0)
            y_btd = norm(x_btd, w["mlp_norm"])
            gate_btf, up_btf = (project(y_btd, w[x]) for x in ("gate", "up"))
            y_btf = constrain(jax.nn.silu(gate_btf) * up_btf, "batch", None, "ff")
            x_btd += project(y_btf, w["down"])
            return constrain(x_btd, "batch", None, None), (k_btmh, v_btmh)

        if apart is not None:
            kv_l = []
            for i, w in enumerate(apart):
                x_btd, kv = layer(x_btd, (w, [(k[i], v[i]) for k, v, _ in past]))
                kv_l.append(kv)
            k_l, v_l = zip(*kv_l)
            return norm(x_btd, self.norm[...]), (k_l, v_l)
        # A scanned body is not subject to common-subexpression elimination; an unrolled one is, and it undoes remat.
        body = jax.checkpoint(layer, prevent_cse=self.unroll) if self.remat else layer
        layers = ({name: param[...] for name, param in self.layers.items()}, [(k, v) for k, v, _ in past])
        x_btd, kv = jax.lax.scan(body, x_btd, layers, unroll=c.layers if self.unroll else 1)
        return norm(x_btd, self.norm[...]), kv

    def logits(self, hidden: Array) -> Array:
        """fp32 logits [b, ..., vocab] of hidden states [b, ..., d]."""
        head = constrain((self.embed if self.config.tie else self.head)[...], "vocab", None)
        return project(hidden.astype(jnp.float32), head.astype(jnp.float32))


def token_logprobs(
    model: Decoder, hidden_btd: Array, targets_bt: Array, temperature: float | Array = 1.0, chunk: int | None = None
) -> tuple[Array, Array]:
    """fp32 log-probability [b, t] of targets[t] under hidden[t] at this temperature, and the entropy [b, t] in nats.

    Works along t through about `chunk` tokens at a time and recomputes their logits in the backward pass, so that
    [b, t, vocab] never exists; None takes what fits 2**26 logits (256 MB), in one go if that is everything.
    """
    b, t = targets_bt.shape
    per_row = min(t, max(1, (chunk or 2**26 // model.config.vocab) // b))

    def at_one_t(token: tuple[Array, Array]) -> tuple[Array, Array]:
        hidden_bd, targets_b = token
        logits_bv = constrain(model.logits(hidden_bd), "batch", "vocab") / temperature
        total_b = jax.nn.logsumexp(logits_bv, axis=-1)
        # A masked sum, not a gather: local where the vocabulary is sharded, and its gradient is no scatter.
        chosen_bv = jnp.where(jnp.arange(logits_bv.shape[-1]) == targets_b[:, None], logits_bv, 0)
        mean_b = (jnp.exp(logits_bv - total_b[:, None]) * logits_bv).sum(-1)
        return chosen_bv.sum(-1) - total_b, total_b - mean_b

    tokens = (jnp.moveaxis(hidden_btd, 1, 0), targets_bt.T)
    chunked = functools.partial(jax.lax.map, jax.checkpoint(at_one_t), batch_size=per_row)
    logprobs_tb, entropy_tb = (jax.vmap(at_one_t) if per_row == t else chunked)(tokens)
    return logprobs_tb.T, entropy_tb.T
