"""Cells added up batch by batch, so that a screen of millions needs memory for its wells alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from deepyeast.aggregate.dirichlet import posterior
from deepyeast.aggregate.table import calls_table
from deepyeast.core import COMPARTMENTS, Calls, ClassList

_KEY = ["protein", "plate", "well"]


@dataclass
class _Well:
    """What is known of the cells of one protein in one well so far."""

    counts: np.ndarray
    details: dict[str, str]
    n_cells: int = 0
    n_used: int = 0
    signal: float = 0.0


@dataclass
class Tally:
    """Sums over the cells of every protein in every well.

    Parameters
    ----------
    classes
        The classes of the cells' probabilities.
    details
        Further columns of the cells, the same for all cells of a well (a plate map's gene,
        strain, condition), that are carried into the tables.
    """

    classes: ClassList = COMPARTMENTS
    details: Sequence[str] = ()
    _wells: dict[tuple[str, str, str], _Well] = field(default_factory=dict)

    def add(self, cells: pd.DataFrame) -> None:
        """Add cells.

        Parameters
        ----------
        cells
            One row a cell, with at least the columns ``protein``, ``plate``, ``well``,
            ``used``, ``gfp_mean``, ``p_<class>`` and the details.
        """
        probabilities = cells[[f"p_{c}" for c in self.classes.columns]].to_numpy(np.float64)
        used = cells["used"].to_numpy(dtype=bool)
        signal = cells["gfp_mean"].to_numpy(np.float64)
        keys = cells[_KEY].astype(object).fillna("").astype(str)
        for rows in keys.groupby(_KEY, sort=False).indices.values():
            chosen = np.asarray(rows)[used[rows]]
            protein, plate, name = keys.iloc[rows[0]]
            well = self._well((protein, plate, name), cells.iloc[rows[0]])
            well.counts += probabilities[chosen].sum(0)
            well.signal += float(signal[chosen].sum())
            well.n_cells += len(rows)
            well.n_used += len(chosen)

    def proteins(self) -> tuple[Calls, pd.DataFrame]:
        """Return the proteins' posteriors and the table of them; see :func:`calls_table`."""
        wells = self._table()
        names, codes = np.unique(wells["protein"].to_numpy(dtype=object), return_inverse=True)
        counts = np.zeros((len(names), len(self.classes)))
        np.add.at(counts, codes, self._counts())
        sums = wells.groupby("protein")[["n_cells", "n_used"]].sum()
        calls = posterior(
            names, sums["n_cells"].to_numpy(), sums["n_used"].to_numpy(), counts, self.classes
        )
        return calls, calls_table(calls, wells)

    def wells(self) -> pd.DataFrame:
        """Return one row a well and protein, with the columns of the table of proteins."""
        wells = self._table()
        names = np.arange(len(wells)).astype(object)
        calls = posterior(
            names,
            wells["n_cells"].to_numpy(),
            wells["n_used"].to_numpy(),
            self._counts(),
            self.classes,
        )
        table = calls_table(calls, wells.assign(protein=names))
        return table.assign(protein=wells["protein"].to_numpy())

    def _well(self, key: tuple[str, str, str], cell: pd.Series) -> _Well:
        if key not in self._wells:
            details = {name: str(cell[name]) for name in self.details}
            self._wells[key] = _Well(np.zeros(len(self.classes)), details)
        return self._wells[key]

    def _sorted(self) -> list[tuple[tuple[str, str, str], _Well]]:
        return sorted(self._wells.items())

    def _counts(self) -> np.ndarray:
        return np.array([well.counts for _, well in self._sorted()]).reshape(-1, len(self.classes))

    def _table(self) -> pd.DataFrame:
        """Return one row a well in the order of protein, plate and well."""
        rows = [
            (*key, w.n_cells, w.n_used, w.signal, *w.details.values()) for key, w in self._sorted()
        ]
        return pd.DataFrame(rows, columns=[*_KEY, "n_cells", "n_used", "signal", *self.details])
