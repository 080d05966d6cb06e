"""The table of cells: what ``cells.parquet`` holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepyeast.core import CELL_COLUMNS, GREEN, RED, Crops, Scores

BACKGROUND_PERCENTILE = 5
"""Of a crop's pixels: dark enough to lie outside all cells, where a crop shows any outside."""


MEASURED = ("area", "gfp_mean", "rfp_mean")
"""Columns of ``Crops.cells`` that are there where the cell's outline is known."""


def cell_table(crops: Crops, scores: Scores, used: np.ndarray) -> pd.DataFrame:
    """Return one row a cell, with the columns of ``cells.parquet``.

    Parameters
    ----------
    crops, scores
        Cells, and what the network says of them, in the same order.
    used
        bool ``(n,)``: which cells count towards their protein's call.

    Returns
    -------
    pandas.DataFrame
        ``core.CELL_COLUMNS``; ``area``, pixels of the cell, ``gfp_mean`` and ``rfp_mean``, its
        mean signal over background, where ``crops.cells`` has them, otherwise NaN and
        :func:`mean_signal`; ``quality, used, label, probability, entropy, novelty`` and
        ``p_<class>``; then any further columns of ``crops.cells``. Measures are float32,
        ``area, y, x`` float64.

    Raises
    ------
    ValueError
        If the three differ in length.
    """
    if not len(crops) == len(scores) == len(used):
        raise ValueError(f"{len(crops)} crops, {len(scores)} scores, {len(used)} used")
    known = crops.cells.reset_index(drop=True)
    if "area" not in known:
        signal = mean_signal(crops.images)
        known = known.assign(area=np.nan, gfp_mean=signal[:, GREEN], rfp_mean=signal[:, RED])
    measures = {
        "quality": scores.quality,
        "used": np.asarray(used, dtype=bool),
        "label": pd.Series(scores.labels, dtype=str),
        "probability": scores.probabilities.max(1),
        "entropy": scores.entropy,
        "novelty": scores.novelty,
    }
    columns = [f"p_{c}" for c in scores.classes.columns]
    probabilities = pd.DataFrame(scores.probabilities, columns=columns)
    table = known[[*CELL_COLUMNS, *MEASURED]].assign(**measures)
    further = known.drop(columns=[*CELL_COLUMNS, *MEASURED])
    return pd.concat([table, probabilities, further], axis=1)


def mean_signal(images: np.ndarray) -> np.ndarray:
    """Return the mean over each crop and channel minus its background, float32 ``(n, 2)``.

    A crop comes without the outline of its cell, so the mean is over all of it: neighbours
    count, and a small cell has less signal than a large one of the same concentration. The
    background is the crop's 5th percentile.

    Parameters
    ----------
    images
        float32 ``(n, 2, 64, 64)``.
    """
    pixels = images.reshape(len(images), 2, -1)
    background = np.percentile(pixels, BACKGROUND_PERCENTILE, axis=2)
    signal: np.ndarray = (pixels.mean(2, dtype=np.float64) - background).astype(np.float32)
    return signal
