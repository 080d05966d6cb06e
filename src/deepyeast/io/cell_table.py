"""The table of cells: what ``cells.parquet`` holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepyeast.core import CELL_COLUMNS, GREEN, RED, Crops, Scores

BACKGROUND_PERCENTILE = 5
"""Of a crop's pixels: dark enough to lie outside all cells, where a crop shows any outside."""


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
        ``core.CELL_COLUMNS``; ``area``, pixels of the cell, NaN unless ``crops.cells`` has it;
        ``gfp_mean`` and ``rfp_mean``, the mean over the whole crop minus its background, see
        :func:`mean_signal`; ``quality, used, label, probability, entropy, novelty`` and
        ``p_<class>``. Measures are float32, ``area, y, x`` float64.

    Raises
    ------
    ValueError
        If the three differ in length.
    """
    if not len(crops) == len(scores) == len(used):
        raise ValueError(f"{len(crops)} crops, {len(scores)} scores, {len(used)} used")
    signal = mean_signal(crops.images)
    table = crops.cells[list(CELL_COLUMNS)].reset_index(drop=True)
    area = crops.cells["area"].to_numpy(np.float64) if "area" in crops.cells else np.nan
    measures = {
        "area": area,
        "gfp_mean": signal[:, GREEN],
        "rfp_mean": signal[:, RED],
        "quality": scores.quality,
        "used": np.asarray(used, dtype=bool),
        "label": pd.Series(scores.labels, dtype=str),
        "probability": scores.probabilities.max(1),
        "entropy": scores.entropy,
        "novelty": scores.novelty,
    }
    columns = [f"p_{c}" for c in scores.classes.columns]
    probabilities = pd.DataFrame(scores.probabilities, columns=columns)
    return pd.concat([table.assign(**measures), probabilities], axis=1)


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
