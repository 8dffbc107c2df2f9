"""Grouped-query attention over several key/value parts with one softmax, in fp32.

Parts (a frozen prefix, this turn's cache, the tokens themselves) are scored separately and normalised jointly, so
a cache is never copied to be concatenated, and a head of keys is read once for all the query heads that share it.
Training walks over blocks of queries: a block sees only the keys before its end, which saves nearly half of the
work and keeps the scores of a block in the cache of a CPU (blocks of 64: 2-3 times faster at 512 tokens).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import jax
import jax.numpy as jnp

MASKED = -1e30  # finite: a padding row, which may see nothing, gives a mean of values and not NaN
REMAT_ABOVE = 2048  # tokens a row; above it a block's scores are recomputed in the backward pass, not kept

Part = tuple[jax.Array, jax.Array, jax.Array]


def attend(q_btnh: jax.Array, parts: Sequence[Part], scale: float | None = None) -> jax.Array:
    """Attention of q over the union of parts (k_bsmh, v_bsmh, mask_bts); n is a multiple of m. -> out_btnh.

    mask says which keys a query sees; its axes may be 1 to broadcast. Scores and softmax are fp32 whatever the
    dtype of q, k and v. `scale` on the scores is h ** -0.5 unless given.
    """
    b, t, n, h = q_btnh.shape
    m, scale = parts[0][0].shape[2], scale or h**-0.5
    # Rows r = (g, t) of one key/value head side by side: every product is one matmul batched over (b, m).
    q_bmrh = jnp.moveaxis(q_btnh.reshape(b, t, m, n // m, h), 1, 3).reshape(b, m, -1, h)
    product = functools.partial(jax.lax.dot_general, preferred_element_type=jnp.float32)
    scores = []
    for k_bsmh, _, mask_bts in parts:
        s_bmrs = product(q_bmrh, k_bsmh, (((3,), (3,)), ((0, 1), (0, 2)))) * scale
        s_bmgts = jnp.where(mask_bts[:, None, None], s_bmrs.reshape(b, m, n // m, t, -1), MASKED)
        scores.append(s_bmgts.reshape(s_bmrs.shape))
    # The maximum only guards against overflow: it cancels, so no gradient flows through it.
    top_bmr1 = jax.lax.stop_gradient(functools.reduce(jnp.maximum, [s.max(-1, keepdims=True) for s in scores]))
    out_bmrh, total_bmr1 = jnp.float32(0), jnp.float32(0)
    for s_bmrs, (_, v_bsmh, _) in zip(scores, parts, strict=True):
        p_bmrs = jnp.exp(s_bmrs - top_bmr1)
        total_bmr1 += p_bmrs.sum(-1, keepdims=True)
        out_bmrh += product(p_bmrs.astype(v_bsmh.dtype), v_bsmh, (((3,), (1,)), ((0, 1), (0, 2))))
    out_bmgth = (out_bmrh / total_bmr1).reshape(b, m, n // m, t, h)
    return jnp.moveaxis(out_bmgth, 3, 1).reshape(b, t, n, h).astype(q_btnh.dtype)


def attend_causal(
    q_btnh: jax.Array, k_btmh: jax.Array, v_btmh: jax.Array, segments_bt: jax.Array | None, past: Sequence[Part] = ()
) -> jax.Array:
    """Causal attention within equal segment ids, plus past parts (k_bsmh, v_bsmh, valid_bs) every query may see."""
    t = q_btnh.shape[1]
    parts = [(k_bsmh, v_bsmh, valid_bs[:, None, :]) for k_bsmh, v_bsmh, valid_bs in past]
    block = max(64 if jax.default_backend() == "cpu" else 512, -(-t // 32))  # 32 blocks at most: each is traced

    def one_block(start: int, q: jax.Array, k: jax.Array, v: jax.Array, segments: jax.Array | None) -> jax.Array:
        stop = start + q.shape[1]
        mask_bts = (jnp.arange(start, stop)[:, None] >= jnp.arange(stop))[None]
        if segments is not None:
            mask_bts = mask_bts & (segments[:, start:stop, None] == segments[:, None, :stop])
        return attend(q, [*parts, (k[:, :stop], v[:, :stop], mask_bts)])

    run = jax.checkpoint(one_block, static_argnums=0) if t > REMAT_ABOVE else one_block
    blocks = [run(start, q_btnh[:, start : start + block], k_btmh, v_btmh, segments_bt) for start in range(0, t, block)]
    return jnp.concatenate(blocks, axis=1)
