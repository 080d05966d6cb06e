"""The table of proteins: what ``proteins.csv`` holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepyeast.core import Calls

_SUMS = ("protein", "n_cells", "n_used", "signal")


def calls_table(calls: Calls, wells: pd.DataFrame) -> pd.DataFrame:
    """Return one row a protein, with the columns of ``proteins.csv``.

    Parameters
    ----------
    calls
        The proteins' posteriors.
    wells
        One row a well of a protein: ``protein``, ``signal`` (sum of the used cells'
        ``gfp_mean``), and text that is the same for all its cells: ``plate``, ``well`` and
        whatever else the plate map told.

    Returns
    -------
    pandas.DataFrame
        Columns ``protein, plate, well, n_cells, n_used, localization, probability, low, high,
        second, second_probability, abundance`` and ``f_<class>``, then the further columns of
        ``wells``, in the order of ``calls``. Text of several wells is listed, joined by ``;``;
        ``abundance`` is the mean over used cells, in the camera's units. A protein without a
        used cell has empty ``localization`` and ``second``, since nothing was seen of it; its
        probabilities are the prior's, and its abundance is NaN.

    Raises
    ------
    ValueError
        If a protein of ``calls`` has no well in ``wells``, or the other way round.
    """
    if set(wells["protein"]) != set(calls.proteins):
        raise ValueError("calls and wells are not of the same proteins")
    names = pd.Index(calls.proteins)
    text = [c for c in wells.columns if c not in _SUMS]
    by_protein = wells.groupby("protein", sort=False)
    joined = by_protein[text].agg(_joined).reindex(names).reset_index(drop=True)
    signal = by_protein["signal"].sum().reindex(names).to_numpy(np.float64)
    used = np.where(seen := calls.n_used > 0, calls.n_used, 1)
    rows = np.arange(len(calls))
    first, second = np.argsort(-calls.mean, axis=1, kind="stable")[:, :2].T
    table = pd.DataFrame(
        {
            "protein": calls.proteins,
            "plate": joined["plate"],
            "well": joined["well"],
            "n_cells": calls.n_cells,
            "n_used": calls.n_used,
            "localization": np.where(seen, calls.classes.labels(first), ""),
            "probability": calls.mean[rows, first],
            "low": calls.low[rows, first],
            "high": calls.high[rows, first],
            "second": np.where(seen, calls.classes.labels(second), ""),
            "second_probability": calls.mean[rows, second],
            "abundance": np.where(seen, signal / used, np.nan),
        }
    )
    fractions = pd.DataFrame(calls.mean, columns=[f"f_{c}" for c in calls.classes.columns])
    return pd.concat([table, fractions, joined.drop(columns=["plate", "well"])], axis=1)


def _joined(values: pd.Series) -> str:
    """Return the distinct values that are known, sorted, as one text."""
    return ";".join(sorted({str(v) for v in values.dropna()} - {""}))
