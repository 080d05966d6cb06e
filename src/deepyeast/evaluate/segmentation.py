"""How well found cells match true ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from deepyeast.core import SegmentationMetrics


@dataclass(frozen=True, eq=False)
class Matches:
    """The objects of one field: pairs of true and found ones with their IoU, and the others.

    ``true``, ``found`` and ``iou`` are of the matched pairs; ``missed`` and ``extra`` are
    labels of true objects without a match and of found ones.
    """

    true: np.ndarray
    found: np.ndarray
    iou: np.ndarray
    missed: np.ndarray
    extra: np.ndarray


def match_objects(
    truth: np.ndarray, found: np.ndarray, threshold: float = 0.5, *, count_border: bool = False
) -> Matches:
    """Match objects whose intersection over union reaches ``threshold``.

    From 0.5 on, no object can have two matches but at 0.5 exactly, where the first counts.

    Parameters
    ----------
    truth, found
        Integers ``(h, w)``, 0 outside objects.
    count_border
        Whether a true object at the border has to be found. If not, true objects at the
        border count neither way. A found object without a match is never an extra one if it
        is at the border, or lies mostly in a true object at the border.
    """
    if truth.shape != found.shape:
        raise ValueError(f"truth is {truth.shape} pixels, found {found.shape}")
    true_labels, true_index = np.unique(truth, return_inverse=True)
    found_labels, found_index = np.unique(found, return_inverse=True)
    shape = len(true_labels), len(found_labels)
    code = true_index.ravel().astype(np.int64) * shape[1] + found_index.ravel()
    common = np.bincount(code, minlength=shape[0] * shape[1]).reshape(shape)
    union = common.sum(1)[:, None] + common.sum(0)[None] - common
    overlap = common / union
    overlap[true_labels == 0] = 0
    overlap[:, found_labels == 0] = 0
    true_border = np.isin(true_labels, _border(truth)) & (not count_border)
    pairs = _pairs(overlap, threshold)
    matched = {found for _, found in pairs}
    mostly = true_border[common.argmax(0)]
    aside = np.isin(found_labels, _border(found)) | mostly | (found_labels == 0)
    extra = [f for f in range(shape[1]) if f not in matched and not aside[f]]
    kept = [(t, f) for t, f in pairs if not true_border[t]]
    seen = {t for t, _ in kept}
    missed = [
        t for t in range(shape[0]) if true_labels[t] != 0 and t not in seen and not true_border[t]
    ]
    return Matches(
        true=true_labels[[t for t, _ in kept]],
        found=found_labels[[f for _, f in kept]],
        iou=np.array([overlap[t, f] for t, f in kept]),
        missed=true_labels[missed],
        extra=found_labels[extra],
    )


def evaluate_segmentation(
    matches: Iterable[Matches], threshold: float = 0.5
) -> SegmentationMetrics:
    """Add up the matches of many fields."""
    n_true = n_found = 0
    overlaps: list[np.ndarray] = [np.empty(0)]
    for match in matches:
        n_true += len(match.true) + len(match.missed)
        n_found += len(match.found) + len(match.extra)
        overlaps.append(match.iou)
    iou = np.concatenate(overlaps)
    return SegmentationMetrics(
        threshold=threshold,
        n_true=n_true,
        n_found=n_found,
        n_matched=len(iou),
        mean_iou=float(iou.mean()) if len(iou) else None,
    )


def _pairs(overlap: np.ndarray, threshold: float) -> list[tuple[int, int]]:
    """Return index pairs that reach the threshold, no index twice on either side."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for t, f in np.argwhere(overlap >= threshold):
        if int(t) not in pairs and int(f) not in taken:
            pairs[int(t)] = int(f)
            taken.add(int(f))
    return list(pairs.items())


def _border(labels: np.ndarray) -> np.ndarray:
    """Return the labels that touch the border, 0 not among them."""
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.setdiff1d(edge, [0])
