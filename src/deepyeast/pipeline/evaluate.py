"""How right a network is on a labelled data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel

from deepyeast.aggregate import Tally
from deepyeast.core import (
    CellMetrics,
    Crops,
    DatasetError,
    ProteinMetrics,
    Provenance,
)
from deepyeast.evaluate import evaluate_cells, evaluate_proteins, protein_labels
from deepyeast.io import PublishedDataset, cell_table, write_bytes
from deepyeast.nn import Model
from deepyeast.pipeline.run import GOOD_ENOUGH
from deepyeast.report import render_evaluation

BATCH = 2048


class _Document(BaseModel):
    """The content of ``metrics.json``."""

    provenance: Provenance
    cells: CellMetrics
    proteins: ProteinMetrics


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation gave."""

    folder: Path
    cells: CellMetrics
    proteins: ProteinMetrics


def evaluate_dataset(
    model: Model,
    data: Path,
    out: Path,
    *,
    split: str = "test",
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score a network on one split of a data set in the published layout.

    Writes into ``out``: ``metrics.json``, ``cells.parquet``, ``proteins.csv``,
    ``confusion_cells.csv``, ``confusion_proteins.csv``, ``classes_cells.csv`` and
    ``classes_proteins.csv`` (precision and recall), and ``report.html``. All cells enter
    the cells' accuracy; the proteins' calls rest on
    cells of sufficient quality, as in a run.

    Raises
    ------
    DatasetError
        If the data set has other classes than the network, or is not whole.
    """
    source = PublishedDataset.open(data)
    if source.classes != model.card.classes:
        raise DatasetError(
            f"{data} has the classes of {source.classes.name}, "
            f"the network those of {model.card.classes.name}"
        )
    labelled = source.read(split)
    tables, probabilities = [], []
    for start in range(0, len(labelled), BATCH):
        part = slice(start, start + BATCH)
        crops = Crops(labelled.images[part].astype(np.float32), labelled.cells.iloc[part])
        scores = model.predict(crops)
        tables.append(cell_table(crops, scores, scores.quality >= GOOD_ENOUGH))
        probabilities.append(scores.probabilities)
        if on_progress is not None:
            on_progress(min(start + BATCH, len(labelled)), len(labelled))
    cells = pd.concat(tables, ignore_index=True)
    cells["true_label"] = source.classes.labels(labelled.labels)
    scored = np.concatenate(probabilities)
    names = cells["protein"].to_numpy()
    cell_metrics = evaluate_cells(labelled.labels, scored, source.classes, names)
    tally = Tally(source.classes)
    tally.add(cells)
    calls, proteins = tally.proteins()
    protein_metrics = evaluate_proteins(calls, protein_labels(names, labelled.labels))
    provenance = Provenance(
        command="evaluate",
        config={"data": str(data), "split": split},
        model=model.card.name,
        weights_hash=model.weights_hash,
        counts={"cells": len(cells), "proteins": len(proteins)},
    )
    page = render_evaluation(
        cells=cells,
        crops=labelled.images,
        cell_metrics=cell_metrics,
        protein_metrics=protein_metrics,
        provenance=provenance,
        pixel_size=model.card.pixel_size_um,
        classes=source.classes,
    )
    evaluation = Evaluation(out, cell_metrics, protein_metrics)
    _write(evaluation, cells, proteins, provenance, page)
    return evaluation


def _write(
    evaluation: Evaluation,
    cells: pd.DataFrame,
    proteins: pd.DataFrame,
    provenance: Provenance,
    page: str,
) -> None:
    out = evaluation.folder
    out.mkdir(parents=True, exist_ok=True)
    cells.to_parquet(out / "cells.parquet", index=False)
    proteins.to_csv(out / "proteins.csv", index=False, lineterminator="\n")
    for unit, metrics in (("cells", evaluation.cells), ("proteins", evaluation.proteins)):
        confusion = pd.DataFrame(metrics.confusion, metrics.classes, metrics.classes)
        confusion.to_csv(
            out / f"confusion_{unit}.csv", index_label="true \\ called", lineterminator="\n"
        )
        by_class = pd.DataFrame(
            {
                "class": metrics.classes,
                "precision": metrics.precision,
                "recall": metrics.recall,
                "f1": metrics.f1,
                "support": metrics.support,
            }
        )
        by_class.to_csv(out / f"classes_{unit}.csv", index=False, lineterminator="\n")
    (out / "report.html").write_text(page, encoding="utf-8")
    document = _Document(
        provenance=provenance, cells=evaluation.cells, proteins=evaluation.proteins
    )
    write_bytes(out / "metrics.json", document.model_dump_json(indent=2).encode())
