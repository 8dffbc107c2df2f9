"""Groups of episodes become NumPy arrays: advantages, then packed rows of one of a few lengths.

Index t describes token t everywhere. Several episodes share a row (segment ids keep them apart), rows are cut
into micro-batches of a fixed shape, and both the row length and the number of micro-batches come from short
lists, so that a run compiles its update a handful of times whatever lengths the policy produces.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from codegym_jax.types import Episode, Row


class Batch(NamedTuple):
    """Packed rows, [micro-batch, row, t]. A pytree: the learner scans over its leading axis."""

    tokens: Any  # int32
    positions: Any  # int32, 0-based inside each segment
    segments: Any  # int32, 1-based; 0 is padding
    trained: Any  # float32, 1 where the policy sampled the token (SFT: where the oracle wrote it)
    behaviour: Any  # float32 logprobs the tokens were sampled under
    advantages: Any  # float32
    old: Any  # float32 logprobs under the weights before the first of several optimizer steps
    reference: Any  # float32 logprobs under the frozen reference, where a KL term is wanted
    fresh: Any  # float32, 1 where the learner's own version sampled the token: behaviour has to equal its logprob


class TrainingRow(NamedTuple):
    """One row of one episode, ready to be packed."""

    row: Row
    advantage: float


class GroupStats(NamedTuple):
    groups: int  # groups that train
    zero_variance: int  # dropped: every sample got the same reward, so every advantage is 0
    infrastructure: int  # episodes left out because our side failed
    too_small: int  # groups with fewer than two episodes left


def advantages(rewards: Sequence[float], normalise: bool) -> np.ndarray:
    """Rewards of one group [g] → advantages [g]: r - mean, over the standard deviation if `normalise`.

    GRPO as in DeepSeekMath (arXiv 2402.03300, section 4.1.1); without the division it is the estimator of
    Dr. GRPO (arXiv 2503.20783), which does not favour very easy and very hard tasks. The paper of CodeGym does
    not say which it used. Standard deviation as published implementations take it: unbiased, plus 1e-4.
    """
    r = np.asarray(rewards, np.float32)
    centred = r - r.mean()
    return centred / (r.std(ddof=1) + 1e-4) if normalise else centred


def select(groups: Sequence[Sequence[Episode]], normalise: bool) -> tuple[list[list[TrainingRow]], GroupStats]:
    """Groups → sequences that carry a gradient, one list a group, and the count of everything left out."""
    usable = [[e for e in group if e.stop.trainable and e.sampled_tokens] for group in groups]
    compared = [group for group in usable if len(group) > 1]
    kept: list[list[TrainingRow]] = []
    for group in compared:
        a = advantages([episode.reward for episode in group], normalise)
        if a.any():
            rows = [(row, x) for episode, x in zip(group, a) for row in episode.rows if any(row.trained)]
            kept.append([TrainingRow(row, float(x)) for row, x in rows])
    lost = sum(map(len, groups)) - sum(map(len, usable))
    return kept, GroupStats(len(kept), len(compared) - len(kept), lost, len(usable) - len(compared))


def bucket(n: int, smallest: int = 1) -> int:
    """The smallest of smallest × {1, 1.5, 2, 3, 4, 6, 8, 12, …} that holds n: at most a third of it is padding."""
    powers = (smallest << k for k in itertools.count())
    return next(size for power in powers for size in (power, power * 3 // 2) if size >= n)


def pack(
    sequences: Sequence[TrainingRow], *, rows: int, pad_id: int, max_length: int, min_length: int = 128,
    version: int = 0,
) -> Batch:  # fmt: skip
    """Pack sequences into a Batch of `rows` rows a micro-batch, for a learner of `version`. First fit, longest first:
    deterministic.

    Raises ValueError if a sequence is longer than max_length; rollouts never produce one.
    """
    longest = max((len(s.row) for s in sequences), default=1)
    if longest > max_length:
        raise ValueError(f"a sequence of {longest} tokens does not fit in rows of max_length={max_length}")
    length = min(bucket(longest, min_length), max_length)
    space: list[int] = []
    content: list[list[TrainingRow]] = []
    for s in sorted(sequences, key=lambda s: -len(s.row)):
        place = next((i for i, free in enumerate(space) if free >= len(s.row)), None)
        if place is None:
            place = len(space)
            space.append(length)
            content.append([])
        space[place] -= len(s.row)
        content[place].append(s)
    # Rows fill the micro-batches in order, so padding up to the bucket leaves whole micro-batches empty, and the
    # learner skips those.
    micro = bucket(max(1, -(-len(content) // rows)))
    kinds = [np.int32] * 3 + [np.float32] * 6
    batch = Batch(*(np.zeros((micro * rows, length), kind) for kind in kinds))
    batch.tokens.fill(pad_id)
    for i, row in enumerate(content):
        start = 0
        for number, s in enumerate(row, 1):
            here = np.s_[i, start : start + len(s.row)]
            batch.tokens[here] = s.row.tokens
            batch.positions[here] = np.arange(len(s.row))
            batch.segments[here] = number
            batch.trained[here] = s.row.trained
            batch.behaviour[here] = s.row.logprobs
            batch.advantages[here] = s.advantage * batch.trained[here]
            batch.fresh[here] = np.equal(s.row.versions, version)
            start += len(s.row)
    return Batch(*(a.reshape(micro, rows, length) for a in batch))


def minibatches(groups: Sequence[list[TrainingRow]], count: int, rng: np.random.Generator) -> list[list[TrainingRow]]:
    """Split groups at random into `count` lists of nearly equal numbers of groups; empty ones are left out."""
    order = rng.permutation(len(groups))
    parts = [[s for i in part for s in groups[i]] for part in np.array_split(order, count)]
    return [part for part in parts if part]
