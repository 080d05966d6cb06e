"""From a folder of single cells to a run folder with calls and report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepyeast.aggregate import aggregate, calls_table
from deepyeast.core import (
    Calls,
    CellMetrics,
    ClassList,
    InputError,
    NothingUsableError,
    ProteinMetrics,
    Provenance,
    hash_config,
)
from deepyeast.evaluate import evaluate_cells, evaluate_proteins, protein_labels
from deepyeast.io import CellFile, Resize, RunWriter, find_cells, iterate_cells, read_labels
from deepyeast.nn import Model
from deepyeast.report import render_report

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
    cell_metrics: CellMetrics | None
    protein_metrics: ProteinMetrics | None

    @property
    def report(self) -> Path:
        """The report's path."""
        return self.folder / "report.html"


def classify_cells(
    folder: Path,
    out: Path,
    model: Model,
    *,
    resize: Resize = "refuse",
    pixel_size: float | None = None,
    command: str = "classify",
    on_progress: OnProgress | None = None,
) -> RunResult:
    """Classify every cell of a folder and call every protein's compartment.

    Parameters
    ----------
    folder
        Single cells, one sub-folder a protein; a ``labels.csv`` adds an evaluation.
    out
        Run folder to write; appears only when it is complete.
    model
        The network.
    resize
        What happens to crops of another size than 64 x 64: ``refuse`` or ``crop``.
    pixel_size
        Micrometres a pixel of the images; they are resampled to the model's. None: as they are.
    on_progress
        Called with the numbers of cells done and of all.

    Raises
    ------
    NothingUsableError
        If the folder has no usable cell; the message says what was wrong with them.
    RunFolderError
        If ``out`` holds something else.
    """
    started = time.perf_counter()
    labels = read_labels(folder, model.card.classes)
    files = find_cells(folder)
    zoom = None if pixel_size is None else pixel_size / model.card.pixel_size_um
    errors: list[InputError] = []
    probabilities, done = [], 0
    with RunWriter(out) as writer:
        for batch in iterate_cells(folder, resize=resize, zoom=zoom):
            for error in batch.errors:
                writer.error(error)
            errors += batch.errors
            if len(batch.crops):
                scores = model.predict(batch.crops)
                writer.append(batch.crops, scores, scores.quality >= GOOD_ENOUGH)
                probabilities.append(scores.probabilities)
            done += len(batch.crops) + len(batch.errors)
            if on_progress is not None:
                on_progress(done, len(files))
        if not probabilities:
            raise NothingUsableError(_nothing_usable(folder, errors))
        scored = time.perf_counter()
        cells = writer.cells()
        calls, proteins = call_proteins(np.concatenate(probabilities), cells, model.card.classes)
        metrics = _evaluate(np.concatenate(probabilities), cells, calls, labels)
        provenance = Provenance(
            command=command,
            config={"input": str(folder), "resize": resize, "pixel_size_um": pixel_size},
            model=model.card.name,
            weights_hash=model.weights_hash,
            inputs_hash=_hash_inputs(folder, files),
            counts={
                "cells": len(cells),
                "used": int(cells["used"].sum()),
                "proteins": len(proteins),
                "unusable": len(errors),
            },
            errors=dict(Counter(error.kind for error in errors)),
            timings={"read and classify": scored - started},
        )
        page = render_report(
            cells=cells,
            proteins=proteins,
            crops=writer.crops,
            errors=pd.DataFrame(
                [(e.path, e.kind, e.message) for e in errors], columns=["path", "kind", "message"]
            ),
            provenance=provenance,
            pixel_size=model.card.pixel_size_um,
            classes=model.card.classes,
            cell_metrics=metrics[0],
            protein_metrics=metrics[1],
        )
        (writer.folder / "report.html").write_text(page, encoding="utf-8")
        writer.finish(proteins, provenance)
    return RunResult(out, proteins, len(cells), errors, *metrics)


def call_proteins(
    probabilities: np.ndarray, cells: pd.DataFrame, classes: ClassList
) -> tuple[Calls, pd.DataFrame]:
    """Return the posteriors of the proteins of ``cells``, and the table of them."""
    used = cells["used"].to_numpy(dtype=bool)
    calls = aggregate(probabilities, cells["protein"].to_numpy(), used, classes=classes)
    return calls, calls_table(calls, cells)


def _evaluate(
    probabilities: np.ndarray, cells: pd.DataFrame, calls: Calls, labels: Mapping[str, int] | None
) -> tuple[CellMetrics | None, ProteinMetrics | None]:
    """Compare with the true labels of those cells that have one; None without labels."""
    if labels is None:
        return None, None
    known = cells["source"].isin(list(labels)).to_numpy()
    if not known.any():
        return None, None
    truth = cells["source"][known].map(labels).to_numpy(dtype=np.int64)
    names = cells["protein"][known].to_numpy()
    cell_metrics = evaluate_cells(truth, probabilities[known], calls.classes, names)
    of_proteins = protein_labels(names, truth)
    callable_ = [p for p, n in zip(calls.proteins, calls.n_used, strict=True) if n]
    if not set(of_proteins) & set(callable_):
        return cell_metrics, None
    return cell_metrics, evaluate_proteins(calls, of_proteins)


def _hash_inputs(folder: Path, files: list[CellFile]) -> str:
    """Return a hash of the names and sizes of all files, good and bad."""
    paths = {path for file in files for path in (file.red, file.green) if path is not None}
    return hash_config({p.relative_to(folder).as_posix(): p.stat().st_size for p in paths})


def _nothing_usable(folder: Path, errors: list[InputError]) -> str:
    """Return one line: how many cells were unusable, why, and the first as an example."""
    kinds = Counter(error.kind for error in errors)
    reasons = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    return f"{folder}: none of {len(errors)} cells can be used ({reasons}); first: {errors[0]}"
