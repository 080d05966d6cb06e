"""What holds of every protein's posterior, whatever its cells."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deepyeast.aggregate import aggregate
from deepyeast.core import COMPARTMENTS, Calls

K = len(COMPARTMENTS)


def probabilities(n: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    weights = n.flatmap(lambda n: arrays(np.float64, (n, K), elements=st.floats(0, 1)))
    return weights.map(lambda w: (w + 1e-9) / (w + 1e-9).sum(1, keepdims=True))


@st.composite
def cells(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    p = draw(probabilities(st.integers(1, 30)))
    names = draw(arrays(object, len(p), elements=st.sampled_from(["A", "B", "C", "YAL001W"])))
    return p, names, draw(arrays(bool, len(p)))


def assert_same(one: Calls, other: Calls) -> None:
    assert one.proteins.tolist() == other.proteins.tolist()
    for name in ("n_cells", "n_used"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in ("mean", "low", "high"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-5, atol=1e-7)


@given(cells(), st.randoms(use_true_random=False))
def test_order_of_cells_does_not_matter(value, random) -> None:
    p, names, used = value
    order = random.sample(range(len(p)), len(p))
    assert_same(aggregate(p, names, used), aggregate(p[order], names[order], used[order]))


@given(cells())
def test_means_sum_to_one_and_lie_in_their_intervals(value) -> None:
    calls = aggregate(*value)
    np.testing.assert_allclose(calls.mean.sum(1), 1, atol=1e-5)
    assert (calls.low >= 0).all()
    assert (calls.low < calls.mean).all()
    assert (calls.mean < calls.high).all()
    assert (calls.high <= 1).all()


@given(cells())
def test_unused_cells_change_nothing_but_their_number(value) -> None:
    p, names, used = value
    names = np.concatenate([names, names])
    all_used = aggregate(np.concatenate([p, p]), names, np.concatenate([used, used & False]))
    alone = aggregate(*value)
    np.testing.assert_array_equal(all_used.mean, alone.mean)
    np.testing.assert_array_equal(all_used.n_cells, 2 * alone.n_cells)


# With fewer cells than classes the prior still pins the fractions down near 1 / k, and more
# cells may widen an interval by moving it away from there.
@given(probabilities(st.integers(K, 40)))
def test_twice_the_cells_narrow_every_interval(p) -> None:
    once = aggregate(p, ["A"] * len(p))
    twice = aggregate(np.concatenate([p, p]), ["A"] * 2 * len(p))
    assert (twice.high - twice.low < once.high - once.low).all()
