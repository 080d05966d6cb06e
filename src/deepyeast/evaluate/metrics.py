"""How right the calls are: per cell, and per protein."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics as sklearn_metrics

from deepyeast.core import (
    COMPARTMENTS,
    Calls,
    CellMetrics,
    ClassList,
    ProteinMetrics,
    ReliabilityBin,
)

BINS = 15
"""Equal-width confidence bins of the calibration error (Guo et al. 2017)."""

RESAMPLES = 1000
"""Bootstrap samples behind an interval."""


def evaluate_cells(
    labels: np.ndarray,
    probabilities: np.ndarray,
    classes: ClassList = COMPARTMENTS,
    proteins: Sequence[str] | np.ndarray | None = None,
    seed: int = 0,
) -> CellMetrics:
    """Compare the probabilities of ``n`` cells with their true classes.

    The expected calibration error is that of Guo et al. (ICML 2017): cells are put into
    15 equal-width bins by the probability of their called class; it is the mean over cells
    of the distance between their bin's accuracy and its mean confidence.

    Parameters
    ----------
    labels
        True class indices, integer ``(n,)``.
    probabilities
        ``(n, k)``, rows summing to one.
    classes
        The ``k`` classes, in the order of the columns.
    proteins
        Name of each cell's protein. Cells of one protein are alike, so the accuracy's 95 %
        interval is taken over bootstrap samples of whole proteins (percentile method).
    seed
        Seed of the bootstrap.

    Raises
    ------
    ValueError
        If there are no cells, the lengths disagree, or a label is not an index of ``classes``.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape != (len(labels), len(classes)):
        raise ValueError(
            f"probabilities must have shape ({len(labels)}, {len(classes)}), not {p.shape}"
        )
    common = _compare(labels, p.argmax(1), classes)
    # Half-precision probabilities sum to one only nearly, which the log loss would warn about.
    p = p / p.sum(1, keepdims=True)
    correct = p.argmax(1) == labels
    bins = _reliability(p.max(1), correct)
    best_two = np.argsort(-p, axis=1, kind="stable")[:, :2]
    return CellMetrics(
        **common,
        accuracy_interval=None if proteins is None else _interval(correct, proteins, seed),
        top2_accuracy=float((best_two == labels[:, None]).any(1).mean()),
        log_loss=float(sklearn_metrics.log_loss(labels, p, labels=range(len(classes)))),
        calibration_error=sum(b.n * abs(b.accuracy - b.confidence) for b in bins) / len(p),
        reliability=bins,
    )


def evaluate_proteins(
    calls: Calls, labels: Mapping[str, int], minimum_cells: int = 10
) -> ProteinMetrics:
    """Compare the most probable compartment of each protein with its true one.

    Parameters
    ----------
    calls
        The proteins' posteriors.
    labels
        True class index by protein; proteins not in it are left out.
    minimum_cells
        Used cells from which on a protein counts as large: the paper reports accuracy over
        those apart, since a call from a few cells is hardly one.

    Raises
    ------
    ValueError
        If no protein has both a label and a used cell, or a label is not an index of the
        classes.
    """
    labelled = np.array([name in labels for name in calls.proteins], dtype=bool)
    called = labelled & (calls.n_used > 0)
    truth = np.array([labels[name] for name in calls.proteins[called]], dtype=np.int64)
    guess = calls.mean[called].argmax(1)
    large = calls.n_used[called] >= minimum_cells
    return ProteinMetrics(
        **_compare(truth, guess, calls.classes),
        minimum_cells=minimum_cells,
        n_large=int(large.sum()),
        accuracy_large=float((guess == truth)[large].mean()) if large.any() else None,
        n_uncalled=int((labelled & ~called).sum()),
    )


def protein_labels(
    proteins: Sequence[str] | np.ndarray, labels: Sequence[int] | np.ndarray
) -> dict[str, int]:
    """Return each protein's class index, from one protein and one class index a cell.

    Proteins whose cells carry different labels have no label of their own and are left out.
    """
    by_protein = pd.Series(np.asarray(labels)).groupby(np.asarray(proteins, dtype=object))
    first, kinds = by_protein.first(), by_protein.nunique()
    return {str(name): int(label) for name, label in first[kinds == 1].items()}


def _compare(truth: np.ndarray, called: np.ndarray, classes: ClassList) -> dict[str, Any]:
    """Return the fields of :class:`~deepyeast.core.ClassificationMetrics`."""
    k = len(classes)
    if len(truth) == 0:
        raise ValueError("nothing to evaluate: no example has both a label and a call")
    if not (np.issubdtype(truth.dtype, np.integer) and 0 <= truth.min() <= truth.max() < k):
        raise ValueError(f"labels must be integers from 0 to {k - 1}")
    indices = np.arange(k)
    confusion = sklearn_metrics.confusion_matrix(truth, called, labels=indices)
    precision, recall, f1, support = sklearn_metrics.precision_recall_fscore_support(
        truth, called, labels=indices, zero_division=np.nan
    )
    return {
        "classes": classes.names,
        "n": len(truth),
        "accuracy": float((truth == called).mean()),
        "precision": _numbers(precision),
        "recall": _numbers(recall),
        "f1": _numbers(f1),
        "support": tuple(support.tolist()),
        "confusion": tuple(map(tuple, confusion.tolist())),
    }


def _numbers(values: np.ndarray) -> tuple[float | None, ...]:
    """Return floats, None for NaN, which JSON does not know."""
    return tuple(None if np.isnan(v) else float(v) for v in values)


def _reliability(confidence: np.ndarray, correct: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Return the bins of ``(lower, upper]`` confidence that hold a cell, from low to high."""
    edges = np.linspace(0, 1, BINS + 1)
    which = np.digitize(confidence, edges[1:-1], right=True)
    return tuple(
        ReliabilityBin(
            n=int((which == b).sum()),
            confidence=float(confidence[which == b].mean()),
            accuracy=float(correct[which == b].mean()),
        )
        for b in np.unique(which)
    )


def _interval(
    correct: np.ndarray, proteins: Sequence[str] | np.ndarray, seed: int
) -> tuple[float, float] | None:
    """Return a 95 % interval of the accuracy over bootstrap samples of proteins."""
    codes, names = pd.factorize(np.asarray(proteins, dtype=object), sort=True)
    m = len(names)
    if m < 2:
        return None
    # How often each protein is drawn into a sample of m of them.
    weights = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=RESAMPLES)
    accuracy = (weights @ np.bincount(codes, correct)) / (weights @ np.bincount(codes))
    low, high = np.quantile(accuracy, [0.025, 0.975])
    return float(low), float(high)
