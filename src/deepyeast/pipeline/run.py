"""The end of every run: from scored cells to calls, report and a finished run folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepyeast.aggregate import Tally
from deepyeast.core import Calls, CellMetrics, InputError, ProteinMetrics, Provenance
from deepyeast.evaluate import evaluate_cells, evaluate_proteins, protein_labels
from deepyeast.io import RunWriter
from deepyeast.nn import Model
from deepyeast.report import GalleryCells, Overlay, render_report

GOOD_ENOUGH = 0.5
"""Quality from which on a cell counts towards its protein's call."""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class RunResult:
    """What a run gave: where it is, its table of proteins, what could not be used, how right."""

    folder: Path
    proteins: pd.DataFrame
    n_cells: int
    errors: list[InputError]
    cell_metrics: CellMetrics | None = None
    protein_metrics: ProteinMetrics | None = None

    @property
    def report(self) -> Path:
        """The report's path."""
        return self.folder / "report.html"


@dataclass
class LabelledCells:
    """The cells whose true class is known, gathered while a run goes on."""

    _truth: list[np.ndarray] = field(default_factory=list)
    _probabilities: list[np.ndarray] = field(default_factory=list)
    _proteins: list[np.ndarray] = field(default_factory=list)

    def add(self, truth: np.ndarray, probabilities: np.ndarray, proteins: np.ndarray) -> None:
        """Add cells; ``truth`` int ``(n,)`` is -1 where the class is unknown."""
        known = truth >= 0
        self._truth.append(truth[known])
        self._probabilities.append(probabilities[known])
        self._proteins.append(proteins[known])

    def metrics(self, calls: Calls) -> tuple[CellMetrics | None, ProteinMetrics | None]:
        """Return how right cells and calls are; None where nothing labelled was called."""
        truth = np.concatenate([np.empty(0, dtype=np.int64), *self._truth])
        if not len(truth):
            return None, None
        proteins = np.concatenate(self._proteins)
        probabilities = np.concatenate(self._probabilities)
        cells = evaluate_cells(truth, probabilities, calls.classes, proteins)
        labels = protein_labels(proteins, truth)
        called = {p for p, n in zip(calls.proteins, calls.n_used, strict=True) if n}
        return cells, evaluate_proteins(calls, labels) if set(labels) & called else None


def finish_run(
    writer: RunWriter,
    tally: Tally,
    labelled: LabelledCells,
    errors: list[InputError],
    model: Model,
    provenance: Provenance,
    *,
    fields: pd.DataFrame | None = None,
    area_histogram: tuple[np.ndarray, np.ndarray] | None = None,
    overlays: Sequence[Overlay] = (),
) -> RunResult:
    """Call the proteins, write report and tables, and move the run into place.

    Parameters
    ----------
    writer
        Holds all cells; is closed here.
    tally, labelled
        All cells added up, and those whose class is known.
    errors
        Inputs that could not be used; written to the run.
    provenance
        Counts and errors are filled in.
    fields
        One row a field, where cells came from fields.
    area_histogram, overlays
        Shown in the report; see :func:`~deepyeast.report.render_report`.
    """
    writer.close()
    for error in errors:
        writer.error(error)
    calls, proteins = tally.proteins()
    wells = None if fields is None else tally.wells()
    metrics = labelled.metrics(calls)
    counts = {
        "cells": int(calls.n_cells.sum()),
        "used": int(calls.n_used.sum()),
        "proteins": len(proteins),
        "unusable": len(errors),
    }
    kinds = dict(Counter(error.kind for error in errors))
    provenance = provenance.model_copy(
        update={"counts": {**counts, **provenance.counts}, "errors": kinds}
    )
    gallery = GalleryCells(proteins, calls.classes)
    for batch in writer.batches():
        gallery.add(batch)
    page = render_report(
        cells=gallery.cells(),
        class_counts=gallery.class_counts(),
        proteins=proteins,
        crops=writer.crops,
        errors=pd.DataFrame(
            [(e.path, e.kind, e.message) for e in errors], columns=["path", "kind", "message"]
        ),
        provenance=provenance,
        pixel_size=model.card.pixel_size_um,
        classes=calls.classes,
        cell_metrics=metrics[0],
        protein_metrics=metrics[1],
        wells=wells,
        fields=fields,
        area_histogram=area_histogram,
        overlays=overlays,
    )
    (writer.folder / "report.html").write_text(page, encoding="utf-8")
    writer.finish(proteins, provenance, wells, fields)
    return RunResult(writer.target, proteins, counts["cells"], errors, *metrics)
