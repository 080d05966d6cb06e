"""The table of proteins: what ``proteins.csv`` holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepyeast.core import Calls


def calls_table(calls: Calls, cells: pd.DataFrame) -> pd.DataFrame:
    """Return one row a protein, with the columns of ``proteins.csv``.

    Parameters
    ----------
    calls
        The proteins' posteriors.
    cells
        One row a cell, with at least the columns ``protein``, ``plate``, ``well``, ``used``
        and ``gfp_mean`` of ``cells.parquet``.

    Returns
    -------
    pandas.DataFrame
        Columns ``protein, plate, well, n_cells, n_used, localization, probability, low, high,
        second, second_probability, abundance`` and ``f_<class>``, in the order of ``calls``.
        ``plate`` and ``well`` list all of a protein's, joined by ``;``; ``abundance`` is the
        mean over used cells, in the camera's units. A protein without a used cell has empty
        ``localization`` and ``second``, since nothing was seen of it; its probabilities are
        the prior's, and its abundance is NaN.

    Raises
    ------
    ValueError
        If a protein of ``calls`` has no cell in ``cells``, or the other way round.
    """
    if set(cells["protein"]) != set(calls.proteins):
        raise ValueError("calls and cells are not of the same proteins")
    names = pd.Index(calls.proteins)
    by_protein = cells.groupby("protein")
    abundance = cells[cells["used"]].groupby("protein")["gfp_mean"].mean()
    rows = np.arange(len(calls))
    first, second = np.argsort(-calls.mean, axis=1, kind="stable")[:, :2].T
    seen = calls.n_used > 0
    table = pd.DataFrame(
        {
            "protein": calls.proteins,
            "plate": by_protein["plate"].agg(_joined).reindex(names).to_numpy(),
            "well": by_protein["well"].agg(_joined).reindex(names).to_numpy(),
            "n_cells": calls.n_cells,
            "n_used": calls.n_used,
            "localization": np.where(seen, calls.classes.labels(first), ""),
            "probability": calls.mean[rows, first],
            "low": calls.low[rows, first],
            "high": calls.high[rows, first],
            "second": np.where(seen, calls.classes.labels(second), ""),
            "second_probability": calls.mean[rows, second],
            "abundance": abundance.reindex(names).to_numpy(dtype=np.float64),
        }
    )
    fractions = pd.DataFrame(calls.mean, columns=[f"f_{c}" for c in calls.classes.columns])
    return pd.concat([table, fractions], axis=1)


def _joined(values: pd.Series) -> str:
    """Return the distinct values that are known, sorted, as one text."""
    return ";".join(sorted({str(v) for v in values.dropna()} - {""}))
