"""The policy: a Flax NNX decoder for Qwen2/Qwen2.5, Qwen3 (dense) and Llama 2/3, SmolLM2 included.

One class for the three families: they differ in biases, in a norm on queries and keys, and in RoPE scaling.
Weights keep Hugging Face's axis order (out, in), so loading and export are reshapes; layers are stacked on a
leading axis, so a 64-layer model compiles as one layer (`unroll` trades that for speed, which pays on a CPU).
Knows nothing of RL. Norms, softmax, RoPE angles and the head are fp32 whatever the compute dtype.

Axis letters: b batch, t tokens, s past tokens, l layers, d model, f feed-forward, n query heads, m key/value
heads, h head dimension, v vocabulary.

Sharding: one table from parameter to logical axes and one from logical to mesh axis ("fsdp", "tensor"), Auto axes
throughout. `jax.set_mesh(mesh)` around the jitted call puts the activation constraints in force.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import NamedSharding, PartitionSpec

from codegym_jax.attention import attend_causal

FAMILIES = ("qwen2", "qwen3", "llama")
ROPE_KEYS = {  # rope_type -> (required, optional) parameters of transformers' `rope_scaling` / `rope_parameters`
    "default": ((), ()),
    "linear": (("factor",), ()),
    "llama3": (("factor", "low_freq_factor", "high_freq_factor"), ("original_max_position_embeddings",)),
    "yarn": (
        ("factor",),
        [
            "original_max_position_embeddings",
            "attention_factor",
            "beta_fast",
            "beta_slow",
            "mscale",
            "mscale_all_dim",
            "truncate",
        ],
    ),
}

# ---------------------------------------------------------------------------------------------- configuration


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
        if self.heads % self.kv_heads:
            raise ValueError(f"heads={self.heads} is not a multiple of kv_heads={self.kv_heads}")
        if self.head_dim % 2:
            raise ValueError(f"head_dim={self.head_dim}: RoPE needs an even number")

    @property
    def o_bias(self) -> bool:
        """transformers' `attention_bias` covers the output projection too; the fixed bias of Qwen2 does not."""
        return self.qkv_bias and self.family != "qwen2"

    @property
    def parameters(self) -> int:
        """Number of parameters; a tied head counts once."""
        return sum(math.prod(shape) for shape in parameter_shapes(self).values())

    @classmethod
    def from_hf(cls, values: Mapping[str, Any], where: str) -> ModelConfig:
        """Read the contents of a `config.json`. Raises ValueError naming `where`, the key and what is allowed."""

        def fail(key: str, allowed: str) -> ValueError:
            return ValueError(f"{where}: {key} = {values.get(key)!r} is not supported: {allowed}")

        family = values.get("model_type")
        if family not in FAMILIES:
            raise fail("model_type", f"the architectures here are {', '.join(FAMILIES)} (dense, full attention)")
        sizes = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
        for key in sizes:
            if not isinstance(values.get(key), int):
                raise fail(key, "an integer is needed")
        vocab, d, layers, heads, ff = (values[key] for key in sizes)
        sliding = values.get("sliding_window") is not None and values.get("use_sliding_window", family == "llama")
        if sliding and not (family != "llama" and values.get("max_window_layers", 28) >= layers):
            key = "sliding_window" if family == "llama" else "use_sliding_window"
            raise fail(key, "every layer here attends to the whole context")
        if set(values.get("layer_types") or ()) - {"full_attention"}:
            raise fail("layer_types", 'every layer must be "full_attention"')
        for key, allowed in {
            "hidden_act": "silu",
            "mlp_bias": False,
            "partial_rotary_factor": 1.0,
            "num_experts": None,
            "num_local_experts": None,
            "quantization_config": None,
        }.items():
            if values.get(key, allowed) not in (allowed, None):
                raise fail(key, f"only {allowed!r} (or leave the key out)")
        max_positions = values.get("max_position_embeddings") or (2048 if family == "llama" else 32768)
        # transformers 5 writes rope_parameters; older files rope_theta and rope_scaling (its type under "type").
        key = "rope_scaling" if values.get("rope_scaling") else "rope_parameters"
        rope = dict(values.get(key) or {})
        theta = float(rope.pop("rope_theta", None) or values.get("rope_theta") or 10_000.0)
        kind = rope.pop("rope_type", None) or rope.pop("type", None) or "default"
        rope.pop("type", None)
        if rope.pop("partial_rotary_factor", 1.0) not in (1.0, None):
            raise fail(key, "partial_rotary_factor must be 1")
        if kind not in ROPE_KEYS:
            raise fail(key, f"rope_type must be one of {', '.join(ROPE_KEYS)}")
        required, optional = ROPE_KEYS[kind]
        if kind in ("llama3", "yarn"):
            rope.setdefault("original_max_position_embeddings", max_positions)
        if missing := [name for name in required if rope.get(name) is None]:
            raise fail(key, f"rope_type {kind} needs {', '.join(missing)}")
        if unknown := [name for name in rope if name not in (*required, *optional)]:
            raise fail(key, f"rope_type {kind} takes no {', '.join(unknown)}")
        head_dim = values.get("head_dim") or (128 if family == "qwen3" and "head_dim" not in values else d // heads)
        try:
            return cls(
                family=family,
                vocab=vocab,
                d=d,
                layers=layers,
                heads=heads,
                kv_heads=values.get("num_key_value_heads") or heads,
                head_dim=head_dim,
                ff=ff,
                rope_theta=theta,
                rope_scaling=None if kind == "default" else (("rope_type", kind), *sorted(rope.items())),
                norm_eps=float(values.get("rms_norm_eps", 1e-6)),
                tie=bool(values.get("tie_word_embeddings", False)),
                qkv_bias=family == "qwen2" or bool(values.get("attention_bias", False)),
                qk_norm=family == "qwen3",
                max_positions=max_positions,
            )
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error

    def to_hf(self) -> dict[str, Any]:
        """The `config.json` of this architecture; RoPE in the older keys, which every transformers reads."""
        name = {"qwen2": "Qwen2", "qwen3": "Qwen3", "llama": "Llama"}[self.family]
        values = {
            "architectures": [f"{name}ForCausalLM"],
            "model_type": self.family,
            "vocab_size": self.vocab,
            "hidden_size": self.d,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_dim,
            "intermediate_size": self.ff,
            "hidden_act": "silu",
            "max_position_embeddings": self.max_positions,
            "rms_norm_eps": self.norm_eps,
            "rope_theta": self.rope_theta,
            "rope_scaling": dict(self.rope_scaling) if self.rope_scaling else None,
            "tie_word_embeddings": self.tie,
        }
        return values if self.family == "qwen2" else {**values, "attention_bias": self.qkv_bias}


# --------------------------------------------------------------------------------------- parameters, sharding

LOGICAL_AXES: dict[str, tuple[str | None, ...]] = {  # parameter -> its logical axes
    "embed": ("vocab", "d"),
    "head": ("vocab", "d"),
    "norm": (None,),
    "attention_norm": ("layer", None),
    "mlp_norm": ("layer", None),
    "q": ("layer", "heads", "head_dim", "d"),
    "k": ("layer", "kv_heads", "head_dim", "d"),
    "v": ("layer", "kv_heads", "head_dim", "d"),
    "o": ("layer", "d", "heads", "head_dim"),
    "q_bias": ("layer", "heads", "head_dim"),
    "k_bias": ("layer", "kv_heads", "head_dim"),
    "v_bias": ("layer", "kv_heads", "head_dim"),
    "o_bias": ("layer", None),
    "q_norm": ("layer", "head_dim"),
    "k_norm": ("layer", "head_dim"),
    "gate": ("layer", "ff", "d"),
    "up": ("layer", "ff", "d"),
    "down": ("layer", "d", "ff"),
}
SHARDING: dict[str, str] = {  # logical axis -> mesh axis; what is not here is replicated
    "batch": "fsdp",
    "d": "fsdp",
    "vocab": "tensor",
    "heads": "tensor",
    "kv_heads": "tensor",
    "ff": "tensor",
}


def parameter_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Shape of every parameter this architecture has, by its name in LOGICAL_AXES."""
    c = config
    size = {"vocab": c.vocab, "d": c.d, "layer": c.layers, "heads": c.heads, "kv_heads": c.kv_heads}
    size |= {"head_dim": c.head_dim, "ff": c.ff}
    present = {"head": not c.tie, "o_bias": c.o_bias}
    present |= dict.fromkeys(("q_bias", "k_bias", "v_bias"), c.qkv_bias)
    present |= dict.fromkeys(("q_norm", "k_norm"), c.qk_norm)
    return {
        name: tuple(c.d if axis is None else size[axis] for axis in axes)  # an unnamed axis is a norm's or bias's d
        for name, axes in LOGICAL_AXES.items()
        if present.get(name, True)
    }


def partition(axes: Sequence[str | None], shape: Sequence[int], mesh: Any) -> PartitionSpec:
    """Spec of an array with these logical axes; an axis that does not divide its mesh axis is replicated."""
    names = [SHARDING.get(axis or "") for axis in axes]
    return PartitionSpec(
        *(name if name in mesh.shape and n % mesh.shape[name] == 0 else None for name, n in zip(names, shape))
    )


def shardings(tree: Any, mesh: jax.sharding.Mesh) -> Any:
    """NamedSharding for every array of a tree, by the parameter name in its path; other leaves are replicated.

    Takes a Decoder (its nnx.Param state is used), that state, or anything that repeats its paths, such as the
    moments of an optimizer; arrays may be abstract. -> the same tree with shardings as leaves.
    """
    tree = nnx.state(tree, nnx.Param) if isinstance(tree, nnx.Module) else tree

    def of(path: tuple[Any, ...], leaf: Any) -> NamedSharding:
        keys = [str(getattr(key, "key", getattr(key, "name", ""))) for key in path]
        axes = next((LOGICAL_AXES[key] for key in reversed(keys) if key in LOGICAL_AXES), ())
        fits = len(axes) == len(leaf.shape)
        return NamedSharding(mesh, partition(axes, leaf.shape, mesh) if fits else PartitionSpec())

    return jax.tree_util.tree_map_with_path(of, tree)


def constrain(x: jax.Array, *axes: str | None) -> jax.Array:
    """Ask for this sharding of an activation where a mesh with our axes is in force (`jax.set_mesh`)."""
    mesh = jax.sharding.get_abstract_mesh()
    if mesh.empty or not set(mesh.axis_names) & set(SHARDING.values()):
        return x
    return jax.lax.with_sharding_constraint(x, partition(axes, x.shape, mesh))


# ------------------------------------------------------------------------------------------------ the decoder


def rope_frequencies(config: ModelConfig) -> tuple[np.ndarray, float]:
    """Inverse frequencies [h / 2] and the factor on cos and sin, as transformers' modeling_rope_utils defines them.

    Sources: position interpolation arXiv 2306.15595 (linear), YaRN arXiv 2309.00071, Llama 3 arXiv 2407.21783.
    """
    h, theta = config.head_dim, config.rope_theta
    plain = 1.0 / theta ** (np.arange(0, h, 2, dtype=np.float32) / h)
    scaling = dict(config.rope_scaling or ())
    kind, factor = scaling.get("rope_type", "default"), scaling.get("factor", 1.0)
    if kind in ("default", "linear"):
        return (plain / factor).astype(np.float32), 1.0
    original = scaling["original_max_position_embeddings"]
    if kind == "llama3":  # long wavelengths are interpolated, short ones kept, the ones between blended
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        keep = np.clip((original * plain / (2 * math.pi) - low) / (high - low), 0, 1)
        return (plain * keep + plain / factor * (1 - keep)).astype(np.float32), 1.0

    def dimension(turns: float) -> float:  # the dimension that turns this often within the original context
        return h * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(theta))

    def magnitude(weight: float) -> float:
        return 0.1 * weight * math.log(factor) + 1.0 if factor > 1 else 1.0

    low, high = dimension(scaling.get("beta_fast") or 32), dimension(scaling.get("beta_slow") or 1)
    if scaling.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, h - 1)
    keep = 1 - np.clip((np.arange(h // 2) - low) / (high - low or 0.001), 0, 1)
    attention = scaling.get("attention_factor")
    if attention is None:
        m, all_dim = scaling.get("mscale"), scaling.get("mscale_all_dim")
        attention = magnitude(m) / magnitude(all_dim) if m and all_dim else magnitude(1)
    return (plain * keep + plain / factor * (1 - keep)).astype(np.float32), float(attention)


def rms_norm(x: jax.Array, weight: jax.Array, eps: float) -> jax.Array:
    y = x.astype(jnp.float32)
    y *= jax.lax.rsqrt(jnp.mean(y * y, axis=-1, keepdims=True) + eps)
    return (y * weight.astype(jnp.float32)).astype(x.dtype)


def rotate(x_btnh: jax.Array, cos_bth: jax.Array, sin_bth: jax.Array) -> jax.Array:
    """RoPE on the two halves of each head, as in Hugging Face's weights (not interleaved pairs)."""
    a, b = jnp.split(x_btnh.astype(jnp.float32), 2, axis=-1)
    cos, sin = cos_bth[:, :, None], sin_bth[:, :, None]
    return jnp.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1).astype(x_btnh.dtype)


Past = tuple[jax.Array, jax.Array, jax.Array]


class Decoder(nnx.Module):
    """Parameters and forward pass. `dtype` is the compute dtype, `param_dtype` that of the parameters.

    Initialisation: embeddings 0.02, matrices fan_in ** -0.5, those that write into the residual stream divided by
    sqrt(2 layers), so that a fresh policy is close to uniform whatever its width.
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        rngs: nnx.Rngs,
        dtype: Any = jnp.float32,
        param_dtype: Any = jnp.float32,
        remat: bool = False,
        unroll: bool = False,
    ):
        self.config, self.dtype, self.remat, self.unroll = config, jnp.dtype(dtype), remat, unroll
        residual = (2 * config.layers) ** -0.5
        heads = config.heads * config.head_dim
        deviation = {"embed": 0.02, "head": 0.02, "o": heads**-0.5 * residual, "down": config.ff**-0.5 * residual}
        params = {}
        for name, shape in parameter_shapes(config).items():
            if name.endswith("norm"):
                value = jnp.ones(shape, param_dtype)
            elif name.endswith("bias"):
                value = jnp.zeros(shape, param_dtype)
            else:
                value = jax.random.normal(rngs.params(), shape, param_dtype) * deviation.get(name, config.d**-0.5)
                value = value.astype(param_dtype)
            params[name] = nnx.Param(value)
        self.embed, self.norm = params.pop("embed"), params.pop("norm")
        if not config.tie:
            self.head = params.pop("head")
        self.layers = nnx.Dict(params)

    def __call__(
        self,
        tokens_bt: jax.Array,
        positions_bt: jax.Array,
        segments_bt: jax.Array | None = None,
        past: Sequence[Past] = (),
    ) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        """Hidden states after the final norm [b, t, d], and this call's roped keys and values, each [l, b, t, m, h].

        A token sees the tokens before it in its row with the same segment id (None: the whole row; 0 is padding)
        and every entry of each past part (k_lbsmh, v_lbsmh, valid_bs) that is valid. Positions are absolute and
        only drive RoPE.
        """
        weights = {name: param[...] for name, param in self.layers.items()}
        # Gathered over fsdp before the look-up: otherwise the partitioner reshards every looked-up token instead.
        x_btd = constrain(self.embed[...], "vocab", None)[tokens_bt].astype(self.dtype)
        x_btd = constrain(x_btd, "batch", None, None)
        frequencies, factor = rope_frequencies(self.config)
        angles = positions_bt[..., None].astype(jnp.float32) * frequencies
        rope = (jnp.cos(angles) * factor, jnp.sin(angles) * factor)
        valid = [valid_bs for _, _, valid_bs in past]

        def layer(x: jax.Array, scanned: Any) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
            w, cached = scanned
            parts = [(k, v, valid_bs) for (k, v), valid_bs in zip(cached, valid, strict=True)]
            return self._layer(x, w, rope, segments_bt, parts)

        # A scanned body is not subject to common-subexpression elimination; an unrolled one is, which would undo it.
        body = jax.checkpoint(layer, prevent_cse=self.unroll) if self.remat else layer
        scanned = (weights, tuple((k, v) for k, v, _ in past))
        x_btd, kv = jax.lax.scan(body, x_btd, scanned, unroll=self.config.layers if self.unroll else 1)
        return rms_norm(x_btd, self.norm[...], self.config.norm_eps), kv

    def _layer(
        self,
        x_btd: jax.Array,
        w: dict[str, jax.Array],
        rope: tuple[jax.Array, jax.Array],
        segments_bt: jax.Array | None,
        parts: Sequence[Past],
    ) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        eps = self.config.norm_eps
        norms = {name: value for name, value in w.items() if name.endswith("norm")}
        w = {name: value.astype(self.dtype) for name, value in w.items()}
        y_btd = rms_norm(x_btd, norms["attention_norm"], eps)
        q_btnh, k_btmh, v_btmh = (jnp.einsum("btd,nhd->btnh", y_btd, w[name]) for name in "qkv")
        if self.config.qkv_bias:
            q_btnh, k_btmh, v_btmh = q_btnh + w["q_bias"], k_btmh + w["k_bias"], v_btmh + w["v_bias"]
        if self.config.qk_norm:
            q_btnh, k_btmh = rms_norm(q_btnh, norms["q_norm"], eps), rms_norm(k_btmh, norms["k_norm"], eps)
        q_btnh, k_btmh = rotate(q_btnh, *rope), rotate(k_btmh, *rope)
        q_btnh = constrain(q_btnh, "batch", None, "heads", None)
        out_btnh = attend_causal(q_btnh, k_btmh, v_btmh, segments_bt, parts)
        out_btd = jnp.einsum("btnh,dnh->btd", out_btnh, w["o"])
        x_btd = x_btd + (out_btd + w["o_bias"] if self.config.o_bias else out_btd)
        y_btd = rms_norm(x_btd, norms["mlp_norm"], eps)
        gate_btf = jax.nn.silu(jnp.einsum("btd,fd->btf", y_btd, w["gate"]))
        y_btf = constrain(gate_btf * jnp.einsum("btd,fd->btf", y_btd, w["up"]), "batch", None, "ff")
        x_btd = constrain(x_btd + jnp.einsum("btf,df->btd", y_btf, w["down"]), "batch", None, None)
        return x_btd, (k_btmh, v_btmh)

    def logits(self, hidden: jax.Array) -> jax.Array:
        """fp32 logits [..., vocab] of hidden states [..., d]."""
        head = constrain((self.embed if self.config.tie else self.head)[...], "vocab", None)
        return jnp.einsum("...d,vd->...v", hidden.astype(jnp.float32), head.astype(jnp.float32))


def token_logprobs(
    model: Decoder,
    hidden_btd: jax.Array,
    targets_bt: jax.Array,
    temperature: float | jax.Array = 1.0,
    chunk: int | None = None,
) -> tuple[jax.Array, jax.Array]:
    """fp32 log-probability [b, t] of targets[t] under hidden[t] at this temperature, and the entropy [b, t] (nats).

    Works through about `chunk` tokens at a time and recomputes their logits in the backward pass, so that
    [b, t, vocab] never exists; None takes what fits 2**26 logits (256 MB), in one go if that is everything.
    Chunks run along t: the batch stays sharded.
    """
    b, t = targets_bt.shape
    per_row = max(1, (chunk or 2**26 // model.config.vocab) // b)

    def one_chunk(pair: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        hidden, targets = pair
        logits = constrain(model.logits(hidden), "batch", None, "vocab") / temperature
        normalizer = jax.nn.logsumexp(logits, axis=-1)
        # A masked sum and not a gather: it stays local where the vocabulary is sharded, and its gradient is no scatter.
        chosen = jnp.where(jnp.arange(logits.shape[-1]) == targets[..., None], logits, 0).sum(-1)
        entropy = normalizer - (jnp.exp(logits - normalizer[..., None]) * logits).sum(-1)
        return chosen - normalizer, entropy

    if per_row >= t:
        return one_chunk((hidden_btd, targets_bt))
    n = -(-t // per_row)

    def chunks(x: jax.Array) -> jax.Array:
        x = jnp.pad(x, ((0, 0), (0, n * per_row - t)) + ((0, 0),) * (x.ndim - 2))
        return jnp.moveaxis(x.reshape(b, n, per_row, *x.shape[2:]), 1, 0)

    logprobs, entropy = jax.lax.map(jax.checkpoint(one_chunk), (chunks(hidden_btd), chunks(targets_bt)))
    return tuple(jnp.moveaxis(x, 0, 1).reshape(b, n * per_row)[:, :t] for x in (logprobs, entropy))
