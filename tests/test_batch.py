"""Groups → advantages → packed rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym_jax import batch as batching
from codegym_jax.batch import TrainingRow
from codegym_jax.types import Episode, Row, StopReason, Task


def row(prompt: int, sampled: int, start: int = 1) -> Row:
    r = Row()
    r.append(list(range(start, start + prompt)))
    r.append(list(range(100, 100 + sampled)), [-0.5] * sampled, [3] * sampled)
    return r


def episode(reward: float, stop: StopReason = StopReason.ANSWERED, sampled: int = 4) -> Episode:
    rows = [row(3, sampled)] if sampled else [Row()]
    return Episode(Task("x__Env", "{}"), 0, 0, rows, reward=reward, stop=stop)


def test_advantages_by_hand():
    # mean 0.25, deviations 0.75 and three of -0.25; unbiased variance (0.5625 + 3 * 0.0625) / 3 = 0.25
    np.testing.assert_allclose(batching.advantages([1, 0, 0, 0], normalise=False), [0.75, -0.25, -0.25, -0.25])
    expected = np.array([0.75, -0.25, -0.25, -0.25]) / (0.5 + 1e-4)
    np.testing.assert_allclose(batching.advantages([1, 0, 0, 0], normalise=True), expected, rtol=1e-6)


def test_groups_without_a_gradient_are_left_out_and_counted():
    lost = episode(0, StopReason.INFRASTRUCTURE)
    forged = episode(1, StopReason.PROTOCOL)
    groups = [
        [episode(1), episode(0)],
        [episode(1), episode(1)],  # zero variance
        [episode(1), lost],  # one left
        [episode(1), episode(0), forged, lost],
        [episode(0, StopReason.ENV_CRASH, sampled=0), episode(0), episode(1)],  # nothing sampled, nothing to train
    ]
    kept, stats = batching.select(groups, normalise=False)
    assert stats == batching.GroupStats(groups=3, zero_variance=1, infrastructure=4, too_small=1)
    assert [[s.advantage for s in group] for group in kept] == [[0.5, -0.5], [0.5, -0.5], [-0.5, 0.5]]


def test_an_infrastructure_failure_is_never_a_reward_of_zero():
    # Counted as 0 it would push the lone success up; left out, two equal rewards carry no gradient.
    kept, stats = batching.select([[episode(1), episode(1), episode(0, StopReason.INFRASTRUCTURE)]], normalise=True)
    assert not kept
    assert stats.zero_variance == 1


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 60)), min_size=1, max_size=30), st.integers(1, 4))
def test_packing_keeps_every_sequence_whole(lengths, rows):
    sequences = [TrainingRow(row(p, s, start=i * 1000), i + 1.0) for i, (p, s) in enumerate(lengths)]
    packed = batching.pack(sequences, rows=rows, pad_id=7, max_length=128, min_length=16)
    found = []
    for r in range(packed.tokens.shape[0] * rows):
        flat = [a.reshape(-1, a.shape[-1])[r] for a in packed]
        tokens, positions, segments, trained, behaviour, advantages = flat[:6]
        for k in range(1, segments.max(initial=0) + 1):
            here = segments == k
            np.testing.assert_array_equal(positions[here], np.arange(here.sum()))
            found.append(
                (tokens[here].tolist(), trained[here].tolist(), behaviour[here].tolist(), advantages[here].max())
            )
        assert (tokens[segments == 0] == 7).all()
        assert not trained[segments == 0].any()
    expected = [(s.row.tokens, s.row.trained, s.row.logprobs, s.advantage) for s in sequences]
    assert sorted(found) == sorted(expected)


def test_shapes_come_from_a_short_list():
    shapes = set()
    for n in range(1, 60):
        packed = batching.pack([TrainingRow(row(20, 30 + n), 1.0)] * n, rows=4, pad_id=0, max_length=512)
        shapes.add(packed.tokens.shape)
    assert len(shapes) <= 10


def test_a_sequence_longer_than_a_row_is_an_error():
    with pytest.raises(ValueError, match="60 tokens does not fit in rows of max_length=50"):
        batching.pack([TrainingRow(row(30, 30), 1.0)], rows=1, pad_id=0, max_length=50, min_length=16)


def test_minibatches_cover_every_group_once_and_keep_groups_whole():
    groups = [[TrainingRow(row(2, 2), float(i))] * 3 for i in range(7)]
    parts = batching.minibatches(groups, 3, np.random.default_rng(0))
    values = [sorted(s.advantage for s in part) for part in parts]
    assert sorted(v for part in values for v in part) == sorted(float(i) for i in range(7) for _ in range(3))
    assert all(part.count(v) == 3 for part in values for v in part)
