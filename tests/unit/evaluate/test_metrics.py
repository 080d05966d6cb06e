"""Metrics by hand-computed cases, and what they refuse."""

from __future__ import annotations

import json

import numpy as np
import pytest

from deepyeast.aggregate import aggregate
from deepyeast.core import TRANSFER_COMPARTMENTS as CLASSES
from deepyeast.core import CellMetrics, ProteinMetrics
from deepyeast.evaluate import evaluate_cells, evaluate_proteins, protein_labels

LABELS = np.array([0, 0, 1, 1, 1, 2])
P = np.array(
    [
        [0.7, 0.1, 0.1, 0.1],
        [0.7, 0.1, 0.1, 0.1],
        [0.7, 0.3, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.4, 0.0, 0.1, 0.5],
    ]
)


def test_confusion_has_true_classes_in_rows() -> None:
    metrics = evaluate_cells(LABELS, P, CLASSES)
    assert metrics.confusion == ((2, 0, 0, 0), (1, 2, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0))
    assert metrics.support == (2, 3, 1, 0)
    assert metrics.accuracy == pytest.approx(4 / 6)
    assert metrics.n == 6


def test_precision_and_recall_are_none_where_undefined() -> None:
    metrics = evaluate_cells(LABELS, P, CLASSES).model_dump()
    assert metrics["precision"] == (pytest.approx(2 / 3), 1, None, 0)
    assert metrics["recall"] == (1, pytest.approx(2 / 3), 0, None)
    assert metrics["f1"] == (pytest.approx(4 / 5), pytest.approx(4 / 5), 0, 0)


def test_top_two_counts_the_runner_up() -> None:
    # The third cell's true class is second; the last one's is third.
    assert evaluate_cells(LABELS, P, CLASSES).top2_accuracy == pytest.approx(5 / 6)


def test_log_loss_is_the_mean_surprise_at_the_truth() -> None:
    p = P[:5]
    surprise = -np.log(p[np.arange(5), LABELS[:5]])
    assert evaluate_cells(LABELS[:5], p, CLASSES).log_loss == pytest.approx(surprise.mean())


def test_calibration_error_is_the_mean_gap_between_confidence_and_accuracy() -> None:
    metrics = evaluate_cells(LABELS, P, CLASSES)
    # Bins: one cell at 0.5, wrong; three at 0.7, two right; two at 1, both right.
    assert [(b.n, b.accuracy) for b in metrics.reliability] == [
        (1, 0),
        (3, pytest.approx(2 / 3)),
        (2, 1),
    ]
    assert [b.confidence for b in metrics.reliability] == pytest.approx([0.5, 0.7, 1])
    gap = (1 * 0.5 + 3 * (0.7 - 2 / 3) + 2 * 0) / 6
    assert metrics.calibration_error == pytest.approx(gap)


def test_calibrated_probabilities_have_little_calibration_error() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), size=20_000)
    labels = (p.cumsum(1) > rng.random((len(p), 1))).argmax(1)
    assert evaluate_cells(labels, p, CLASSES).calibration_error < 0.02
    sharpened = p**3 / (p**3).sum(1, keepdims=True)
    assert evaluate_cells(labels, sharpened, CLASSES).calibration_error > 0.1


def test_interval_is_over_proteins_and_repeats_with_its_seed() -> None:
    rng = np.random.default_rng(1)
    sizes = 20 + np.arange(40)
    proteins = np.repeat([f"P{i}" for i in range(40)], sizes)
    right = np.repeat(rng.random(40) < 0.7, sizes)  # all cells of a protein right, or all wrong
    labels = np.zeros(len(right), dtype=int)
    p = np.eye(4)[np.where(right, 0, 1)]
    one, same, other = (
        evaluate_cells(labels, p, CLASSES, proteins, seed).accuracy_interval for seed in (3, 3, 4)
    )
    assert one is not None
    assert one == same != other
    assert one[0] < right.mean() < one[1]
    # 40 independent draws, not 1580: about 0.7 +- 1.96 * sqrt(0.21 / 40).
    assert 0.2 < one[1] - one[0] < 0.4


def test_cells_of_one_protein_or_of_none_have_no_interval() -> None:
    assert evaluate_cells(LABELS, P, CLASSES).accuracy_interval is None
    assert evaluate_cells(LABELS, P, CLASSES, ["A"] * 6).accuracy_interval is None


def test_half_precision_probabilities_are_taken_and_left_alone() -> None:
    half = P.astype(np.float16)
    before = half.copy()
    assert evaluate_cells(LABELS, half, CLASSES).accuracy == pytest.approx(4 / 6)
    np.testing.assert_array_equal(half, before)


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        (LABELS[:0], P[:0], "nothing to evaluate"),
        (LABELS[:3], P, r"shape \(3, 4\), not \(6, 4\)"),
        (LABELS + 2, P, "integers from 0 to 3"),
        (LABELS - 1, P, "integers from 0 to 3"),
        (LABELS / 2, P, "integers from 0 to 3"),
    ],
)
def test_what_does_not_fit_is_refused(labels, probabilities, message) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate_cells(labels, probabilities, CLASSES)


def proteins_evaluated(minimum_cells: int = 2) -> ProteinMetrics:
    names = ["A", "A", "B", "C", "C", "D", "E"]
    p = np.eye(4)[[0, 0, 1, 2, 2, 3, 3]]
    used = np.array([1, 1, 1, 1, 1, 0, 1], dtype=bool)
    calls = aggregate(p, names, used, classes=CLASSES)
    return evaluate_proteins(calls, {"A": 0, "B": 0, "C": 2, "D": 3}, minimum_cells)


def test_proteins_with_a_label_and_a_call_are_counted() -> None:
    metrics = proteins_evaluated()
    assert metrics.n == 3  # A, B and C: D has no used cell, E no label
    assert metrics.n_uncalled == 1
    assert metrics.accuracy == pytest.approx(2 / 3)
    assert metrics.confusion[0] == (1, 1, 0, 0)


def test_large_proteins_are_counted_apart() -> None:
    metrics = proteins_evaluated()
    assert (metrics.n_large, metrics.accuracy_large) == (2, 1)
    none = proteins_evaluated(minimum_cells=10)
    assert (none.n_large, none.accuracy_large) == (0, None)


def test_no_labelled_protein_is_refused() -> None:
    calls = aggregate(P, ["A"] * 6, classes=CLASSES)
    with pytest.raises(ValueError, match="nothing to evaluate"):
        evaluate_proteins(calls, {"B": 0})


def test_a_protein_has_a_label_when_its_cells_agree() -> None:
    assert protein_labels(["A", "B", "A", "B", "C"], [1, 2, 1, 3, 0]) == {"A": 1, "C": 0}


def test_metrics_survive_json() -> None:
    cells = evaluate_cells(LABELS, P, CLASSES, list("AABBCC"))
    text = json.dumps(cells.model_dump(), allow_nan=False)
    assert CellMetrics.model_validate_json(text) == cells
    proteins = proteins_evaluated(minimum_cells=10)
    text = json.dumps(proteins.model_dump(), allow_nan=False)
    assert ProteinMetrics.model_validate_json(text) == proteins


def test_metrics_refuse_parts_of_differing_lengths() -> None:
    values = proteins_evaluated().model_dump()
    with pytest.raises(ValueError, match="4 numbers"):
        ProteinMetrics(**(values | {"support": (1, 2, 3)}))
