"""The cells that a report may show, picked from a screen of any size in bounded memory."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepyeast.core import COMPARTMENTS, ClassList
from deepyeast.report.gallery import TILES

GALLERIES = 200
"""Proteins with a gallery, those of the lowest probability; about 50 kB each."""

_COLUMNS = ("source", "protein", "label", "probability", "entropy", "quality", "novelty", "used")


class GalleryCells:
    """Takes the table of cells batch by batch, keeps what galleries may show.

    For each protein with a gallery these are the most typical and the least certain of its
    used cells, and its first unusable ones: enough that the galleries are those which the
    whole table would give.

    Parameters
    ----------
    proteins
        The table of proteins.
    classes
        The classes of the cells' columns.
    """

    def __init__(self, proteins: pd.DataFrame, classes: ClassList = COMPARTMENTS) -> None:
        shown = proteins.loc[proteins["probability"].nsmallest(GALLERIES).index]
        called = shown["localization"].fillna("").str.replace(" ", "_")
        self._called = dict(zip(shown["protein"], called, strict=True))
        self._classes = classes
        self._kept: pd.DataFrame | None = None
        self._counts = np.zeros(len(classes), dtype=np.int64)
        self._rows = 0

    def add(self, batch: pd.DataFrame) -> None:
        """Add cells, in the order of ``cells.parquet``."""
        used = batch["used"].to_numpy(dtype=bool)
        labels = pd.Categorical(batch["label"][used], categories=[*self._classes.names])
        self._counts += np.bincount(labels.codes, minlength=len(self._classes))
        row = np.arange(self._rows, self._rows + len(batch))
        self._rows += len(batch)
        ours = batch["protein"].isin(self._called).to_numpy()
        if not ours.any():
            return
        columns = [*_COLUMNS, *(f"p_{c}" for c in self._classes.columns)]
        fresh = batch.loc[ours, columns].assign(row=row[ours])
        known = fresh if self._kept is None else pd.concat([self._kept, fresh])
        kept = [self._reduce(str(name), cells) for name, cells in known.groupby("protein")]
        self._kept = pd.concat(kept).sort_values("row", ignore_index=True)

    def cells(self) -> pd.DataFrame:
        """Return the cells kept, in order; ``row`` is their place in the table of all cells."""
        columns = [*_COLUMNS, *(f"p_{c}" for c in self._classes.columns), "row"]
        return pd.DataFrame(columns=columns) if self._kept is None else self._kept

    def class_counts(self) -> np.ndarray:
        """Return the number of used cells called for each class, int64 ``(k,)``."""
        return self._counts

    def _reduce(self, protein: str, cells: pd.DataFrame) -> pd.DataFrame:
        """Return the cells of a protein that its gallery may show, cells being in order."""
        called = self._called[protein]
        unusable = cells[~cells["used"]].head(TILES)
        used = cells[cells["used"]]
        if not called or len(used) <= 3 * TILES:
            return pd.concat([used.head(3 * TILES), unusable]) if called else unusable
        # equal entropies stand in the order of certainty, as where galleries are chosen
        by_certainty = np.argsort(-used[f"p_{called}"].to_numpy(), kind="stable")
        entropy = used["entropy"].to_numpy()[by_certainty]
        unsure = by_certainty[np.argsort(-entropy, kind="stable")][: 2 * TILES]
        chosen = np.union1d(by_certainty[:TILES], unsure)
        return pd.concat([used.iloc[chosen], unusable])
