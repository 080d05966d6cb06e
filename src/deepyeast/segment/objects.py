"""Objects that cannot be whole cells are dropped, and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MINIMUM_AREA = 150
"""Pixels of 0.215 µm: a cell of 3 µm across; smaller are buds cut off, and dirt."""

MAXIMUM_AREA = 5000
"""A cell of 17 µm across; larger are clumps that could not be split."""


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Labels int32 ``(h, w)`` of whole cells, and how many objects were dropped why."""

    labels: np.ndarray
    n_objects: int
    border: int
    small: int
    large: int


def clean(
    labels: np.ndarray,
    min_area: int = MINIMUM_AREA,
    max_area: int = MAXIMUM_AREA,
    *,
    drop_border: bool = True,
) -> Cleaned:
    """Drop objects that touch the border, are tiny or are huge; number the rest from 1.

    Parameters
    ----------
    labels
        Integers ``(h, w)``, 0 outside objects, not negative.
    min_area, max_area
        Pixels.
    drop_border
        Whether objects that touch the border go.

    Returns
    -------
    Cleaned
        Objects are numbered in the order of their first pixel, row by row. One that is
        both at the border and tiny or huge is counted at the border.
    """
    flat = labels.ravel()
    area = np.bincount(flat)
    present = (area > 0) & (np.arange(len(area)) > 0)
    edge = np.zeros(len(area), dtype=bool)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    edge[border] = drop_border
    small, large = area < min_area, area > max_area
    kept = np.flatnonzero(present & ~edge & ~small & ~large)
    first = np.zeros(len(area), dtype=np.int64)
    first[flat[::-1]] = np.arange(flat.size)[::-1]  # the last written is the first pixel
    renumbered = np.zeros(len(area), dtype=np.int32)
    renumbered[kept[np.argsort(first[kept])]] = np.arange(1, len(kept) + 1)
    return Cleaned(
        labels=renumbered[labels],
        n_objects=int(present.sum()),
        border=int((present & edge).sum()),
        small=int((present & ~edge & small).sum()),
        large=int((present & ~edge & large).sum()),
    )
