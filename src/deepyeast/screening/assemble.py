"""The parts of all fields, in their order, to one run folder; memory for one field at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepyeast.aggregate import Tally
from deepyeast.core import ClassList, InputError
from deepyeast.io import RunWriter, read_part
from deepyeast.pipeline import LabelledCells

AREA_BIN, AREA_BINS = 50.0, 80
"""Width, in pixels, and number of the bins of cells' areas; the last takes all larger ones."""

NUMBERS = (
    "n_objects",
    "n_cells",
    "n_used",
    "dropped_border",
    "dropped_small",
    "dropped_large",
    "defocused",
)
"""Columns of the table of fields that count something: 0 for a field that failed."""


@dataclass
class Assembled:
    """What is gathered while the parts go by; the cells themselves are in the run folder."""

    tally: Tally
    labelled: LabelledCells = field(default_factory=LabelledCells)
    errors: list[InputError] = field(default_factory=list)
    fields: list[dict[str, object]] = field(default_factory=list)
    areas: np.ndarray = field(default_factory=lambda: np.zeros(AREA_BINS, dtype=np.int64))

    @property
    def area_edges(self) -> np.ndarray:
        """Edges of the histogram of areas, in pixels."""
        return AREA_BIN * np.arange(AREA_BINS + 1)

    def field_table(self) -> pd.DataFrame:
        """Return one row a field, in order."""
        table = pd.DataFrame(self.fields)
        for name in (*NUMBERS, "area_median", "background", "saturated"):
            if name not in table:
                table[name] = np.nan
        counted = {name: table[name].fillna(0).astype(np.int64) for name in NUMBERS}
        return table.assign(**counted)


def assemble(
    parts: Sequence[Path],
    writer: RunWriter,
    classes: ClassList,
    details: Sequence[str],
    on_progress: Callable[[int], None],
) -> Assembled:
    """Move all parts into the run folder, in order, and add their cells up."""
    result = Assembled(Tally(classes, details))
    index = {name: i for i, name in enumerate(classes.names)}
    for done, path in enumerate(parts, 1):
        part = read_part(path)
        result.fields.append(dict(part.summary))
        if part.error is not None:
            result.errors.append(part.error)
        if part.cells is not None and part.crops is not None and part.embeddings is not None:
            writer.append(part.cells, part.crops, part.embeddings)
            result.tally.add(part.cells)
            if "true_label" in part.cells:
                _label(result.labelled, part.cells, classes, index)
            bins = (part.cells["area"].to_numpy() // AREA_BIN).astype(int)
            result.areas += np.bincount(np.minimum(bins, AREA_BINS - 1), minlength=AREA_BINS)
        on_progress(done)
    return result


def _label(
    labelled: LabelledCells, cells: pd.DataFrame, classes: ClassList, index: dict[str, int]
) -> None:
    """Add the used cells: an object that is no cell has no true compartment."""
    used = cells[cells["used"]]
    truth = used["true_label"].map(index).fillna(-1).to_numpy(np.int64)
    columns = [f"p_{c}" for c in classes.columns]
    labelled.add(truth, used[columns].to_numpy(np.float32), used["protein"].to_numpy())
