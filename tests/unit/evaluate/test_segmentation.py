"""Matching of objects against a plain double loop, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deepyeast.evaluate import evaluate_segmentation, match_objects

LABELS = arrays(np.int32, (9, 11), elements=st.integers(0, 4))


@settings(max_examples=60)
@given(LABELS, LABELS)
def test_equals_a_double_loop(truth: np.ndarray, found: np.ndarray) -> None:
    matches = match_objects(truth, found, threshold=0.501, count_border=True)
    expected = {}
    for t in np.unique(truth[truth > 0]):
        for f in np.unique(found[found > 0]):
            both = ((truth == t) & (found == f)).sum()
            either = ((truth == t) | (found == f)).sum()
            if both / either >= 0.501:
                expected[int(t), int(f)] = both / either
    pairs = zip(matches.true.tolist(), matches.found.tolist(), strict=True)
    assert dict(zip(pairs, matches.iou.tolist(), strict=True)) == pytest.approx(expected)
    assert {*matches.true} | {*matches.missed} == set(np.unique(truth)) - {0}


def square(shape: tuple[int, int], *boxes: tuple[int, int, int]) -> np.ndarray:
    """Return labels with a square (top, left, side) for each box."""
    labels = np.zeros(shape, dtype=np.int32)
    for number, (top, left, side) in enumerate(boxes, 1):
        labels[top : top + side, left : left + side] = number
    return labels


def test_found_missed_and_extra_are_counted() -> None:
    truth = square((60, 60), (5, 5, 10), (30, 30, 10))
    found = square((60, 60), (6, 5, 10), (45, 5, 8))
    matches = match_objects(truth, found)
    assert matches.true.tolist() == [1]
    assert matches.missed.tolist() == [2]
    assert matches.extra.tolist() == [2]
    metrics = evaluate_segmentation([matches])
    assert (metrics.n_true, metrics.n_found, metrics.n_matched) == (2, 2, 1)
    assert metrics.precision == metrics.recall == metrics.f1 == 0.5
    assert metrics.mean_iou == pytest.approx(90 / 110)


def test_objects_at_the_border_count_neither_way() -> None:
    truth = square((60, 60), (0, 5, 10), (30, 30, 10))
    found = square((60, 60), (1, 5, 9), (30, 30, 10), (20, 50, 10))
    matches = match_objects(truth, found)
    assert matches.true.tolist() == [2]
    assert matches.missed.size == matches.extra.size == 0
    counted = match_objects(truth, found, count_border=True)
    assert counted.true.tolist() == [1, 2]


def test_nothing_found_of_nothing_is_no_score() -> None:
    empty = np.zeros((20, 20), dtype=np.int32)
    metrics = evaluate_segmentation([match_objects(empty, empty)])
    assert metrics.f1 is None
    assert metrics.mean_iou is None


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="pixels"):
        match_objects(np.zeros((4, 4)), np.zeros((4, 5)))
