"""Grouped-query attention over several key/value parts with one softmax, in fp32.

Parts (a frozen prefix, this turn's cache, the tokens themselves) are scored separately and normalised jointly, so
a cache is never copied to be concatenated, and a head of keys is read once for all the query heads that share it.
Training walks over blocks of queries: a block sees only the keys before its end, which saves nearly half of the
work and keeps the scores of a block in the cache of a CPU (blocks of 64: 2-3 times faster at 512 tokens).
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

MASKED = -1e30  # finite: a padding row, which may see nothing, gives a mean of values and not NaN
REMAT_ABOVE = 2048  # tokens a row; above it a block's scores are recomputed in the backward pass, not kept

Part = tuple[jax.Array, jax.Array, jax.Array]


def attend(q_btnh: jax.Array, parts: Sequence[Part]) -> jax.Array:
    """Attention of q over the union of parts (k_bsmh, v_bsmh, mask_bts); n is a multiple of m. -> out_btnh.

    mask says which keys a query sees; its axes may be 1 to broadcast. Scores and softmax are fp32 whatever the
    dtype of q, k and v. Logits are scaled by h ** -0.5.
    """
    b, t, n, h = q_btnh.shape
    m = parts[0][0].shape[2]
    q_btmgh = q_btnh.reshape(b, t, m, n // m, h)
    scores = []
    for k_bsmh, _, mask_bts in parts:
        s_bmgts = jnp.einsum("btmgh,bsmh->bmgts", q_btmgh, k_bsmh, preferred_element_type=jnp.float32) * h**-0.5
        scores.append(jnp.where(mask_bts[:, None, None], s_bmgts, MASKED))
    # The maximum only guards against overflow: it cancels, so no gradient flows through it.
    top = jax.lax.stop_gradient(jnp.max(jnp.stack([s.max(-1) for s in scores]), 0))[..., None]
    out, total = jnp.zeros((), jnp.float32), jnp.zeros((), jnp.float32)
    for s_bmgts, (_, v_bsmh, _) in zip(scores, parts, strict=True):
        p_bmgts = jnp.exp(s_bmgts - top)
        total += p_bmgts.sum(-1)
        p_bmgts = p_bmgts.astype(v_bsmh.dtype)
        out += jnp.einsum("bmgts,bsmh->btmgh", p_bmgts, v_bsmh, preferred_element_type=jnp.float32)
    out /= jnp.moveaxis(total, 3, 1)[..., None]
    return out.reshape(b, t, n, h).astype(q_btnh.dtype)


def attend_causal(
    q_btnh: jax.Array,
    k_btmh: jax.Array,
    v_btmh: jax.Array,
    segments_bt: jax.Array | None,
    past: Sequence[tuple[jax.Array, jax.Array, jax.Array]] = (),
) -> jax.Array:
    """Causal attention within equal segment ids, plus past parts (k_bsmh, v_bsmh, valid_bs) every query may see."""
    t = q_btnh.shape[1]
    parts = tuple((k, v, valid_bs[:, None, :]) for k, v, valid_bs in past)
    if t == 1:
        return attend(q_btnh, (*parts, (k_btmh, v_btmh, jnp.ones((1, 1, 1), bool))))
    smallest = 64 if jax.default_backend() == "cpu" else 512
    block = max(smallest, -(-t // 32))  # at most 32 blocks, which are traced one by one

    def one_block(start: int, q: jax.Array, k: jax.Array, v: jax.Array, segments: jax.Array | None) -> jax.Array:
        stop = start + q.shape[1]
        mask_bts = (jnp.arange(start, stop)[:, None] >= jnp.arange(stop))[None]
        if segments is not None:
            mask_bts = mask_bts & (segments[:, start:stop, None] == segments[:, None, :stop])
        return attend(q, (*parts, (k[:, :stop], v[:, :stop], mask_bts)))

    if t > REMAT_ABOVE:
        one_block = jax.checkpoint(one_block, static_argnums=0)
    blocks = [one_block(i, q_btnh[:, i : i + block], k_btmh, v_btmh, segments_bt) for i in range(0, t, block)]
    return blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks, axis=1)
