"""Pages: one self-contained file each, that opens from disk without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from deepyeast.core import (
    COMPARTMENTS,
    CellMetrics,
    ClassificationMetrics,
    ClassList,
    ProteinMetrics,
    Provenance,
)
from deepyeast.report import figures
from deepyeast.report.gallery import CropArray, build, choose_cells, choose_mistakes
from deepyeast.report.images import scale_bar_length
from deepyeast.report.overlay import Overlay
from deepyeast.report.plates import legend, plates
from deepyeast.report.segmentation import segmentation
from deepyeast.report.shortlist import GALLERIES
from deepyeast.report.style import Chart, chart
from deepyeast.report.summary import ambiguous, count, summarise

OPEN = 24
"""Up to so many galleries are open from the start."""

ERRORS = 500
"""Errors listed in the page; all are in ``errors.csv``."""

TEXT_COLUMNS = ("plate", "well", "localization", "second")
"""Columns of the table of proteins that may be empty."""

SMALLEST_SEGMENT = 0.02
"""Fractions below it are left blank in a bar."""


def render_report(
    *,
    cells: pd.DataFrame,
    proteins: pd.DataFrame,
    crops: CropArray,
    errors: pd.DataFrame,
    provenance: Provenance,
    pixel_size: float,
    class_counts: np.ndarray,
    classes: ClassList = COMPARTMENTS,
    cell_metrics: CellMetrics | None = None,
    protein_metrics: ProteinMetrics | None = None,
    wells: pd.DataFrame | None = None,
    fields: pd.DataFrame | None = None,
    area_histogram: tuple[np.ndarray, np.ndarray] | None = None,
    overlays: Sequence[Overlay] = (),
    title: str = "Protein localization",
) -> str:
    """Return a run's report as HTML.

    A table row takes about 1.5 kB and a gallery about 50 kB; the proteins with the lowest
    probability get the :data:`GALLERIES` galleries there are, so a page stays below 20 MB for
    5,000 proteins.

    Parameters
    ----------
    cells
        The cells that galleries may show, as :class:`GalleryCells` keeps them.
    proteins
        One row a protein, with the columns of ``proteins.csv``.
    crops
        ``(n, 2, size, size)``, red then green, of all cells, by ``cells["row"]``: a numpy or
        zarr array, of which only the cells shown are read.
    errors
        One row an input that could not be used: ``path``, ``kind``, ``message``.
    provenance
        The content of ``run.json``.
    pixel_size
        Micrometres a pixel, for scale bars.
    class_counts
        Used cells called for each class, ``(k,)``.
    classes
        The classes of the columns.
    cell_metrics, protein_metrics
        How right the calls are, where true labels are known.
    wells, fields
        One row a well, and one a field, of cells that came from fields.
    area_histogram
        Counts of cells by area, and the edges of the bins in pixels.
    overlays
        Example fields with the outlines of their cells.
    title
        The page's heading.
    """
    # Empty text comes back from a CSV file as NaN.
    text = {c: proteins[c].astype(object).fillna("") for c in TEXT_COLUMNS}
    proteins = proteins.assign(**text).reset_index(drop=True)
    shown = proteins["probability"].nsmallest(GALLERIES).index.sort_values()
    positions = cells.groupby("protein").indices
    choices = [
        choose_cells(cells, np.asarray(positions[p]), name.replace(" ", "_"))
        for p, name in proteins.loc[shown, ["protein", "localization"]].itertuples(index=False)
    ]
    galleries = build(choices, cells, crops, pixel_size, classes)
    rows = _protein_rows(proteins, classes)
    counts = partial(figures.class_counts, proteins["localization"], class_counts, classes)
    return (
        _environment()
        .get_template("run.html.j2")
        .render(
            title=title,
            summary=summarise(proteins, errors),
            counts=chart(counts, "Proteins and cells called for each compartment"),
            **_evaluation(cell_metrics, protein_metrics),
            rows=rows,
            has={c: _known(proteins[c]) for c in ("plate", "well", "abundance")},
            localizations=[n for n in classes.names if (proteins["localization"] == n).any()],
            compartments=classes.compartments,
            galleries=[(rows[i], gallery) for i, gallery in zip(shown, galleries, strict=True)],
            shown=set(shown),
            open_galleries=len(galleries) <= OPEN,
            scale_bar=_scale_bar(crops, pixel_size),
            errors=errors.head(ERRORS).to_dict("records"),
            n_errors=len(errors),
            plates=plates(wells, classes, rows, {int(i) for i in shown}),
            scales=None if wells is None else _scales(wells),
            segmentation=segmentation(fields, area_histogram, overlays),
            provenance=_provenance(provenance),
        )
    )


def render_evaluation(
    *,
    cells: pd.DataFrame,
    crops: CropArray,
    cell_metrics: CellMetrics,
    protein_metrics: ProteinMetrics | None,
    provenance: Provenance,
    pixel_size: float,
    classes: ClassList = COMPARTMENTS,
    title: str = "Evaluation",
) -> str:
    """Return an evaluation's page as HTML: metrics, confusion, calibration, mistakes.

    Parameters
    ----------
    cells
        One row a cell, with the columns ``label``, ``probability`` and, for the true class,
        ``true_label``; ``source``, ``entropy``, ``quality`` and ``novelty`` are shown where given.
    crops, provenance, pixel_size, classes, title
        As for :func:`render_report`.
    cell_metrics, protein_metrics
        The metrics; those of proteins may be unknown.
    """
    mistakes = list(choose_mistakes(cells))
    galleries = build([m[-1] for m in mistakes], cells, crops, pixel_size, classes)
    return (
        _environment()
        .get_template("evaluation.html.j2")
        .render(
            title=title,
            **_evaluation(cell_metrics, protein_metrics),
            colours=dict(zip(classes.names, classes.colours, strict=True)),
            n_mistakes=int((cells["true_label"] != cells["label"]).sum()),
            mistakes=[(*m[:3], gallery) for m, gallery in zip(mistakes, galleries, strict=True)],
            scale_bar=_scale_bar(crops, pixel_size),
            provenance=_provenance(provenance),
        )
    )


def _environment() -> jinja2.Environment:
    """Return the templates, everything put into them escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deepyeast.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = lambda x, digits=0: "–" if x is None else f"{x:.{digits}%}"
    environment.globals["count"] = count
    return environment


def _evaluation(cells: CellMetrics | None, proteins: ProteinMetrics | None) -> dict[str, Any]:
    """Return metrics with their charts, as the templates want them."""

    def confusion(metrics: ClassificationMetrics, unit: str) -> Chart:
        draw = partial(figures.confusion_matrix, metrics, unit)
        return chart(draw, f"Confusion matrix of {unit}: true class by row, call by column")

    return {
        "cell_metrics": cells,
        "protein_metrics": proteins,
        "cell_confusion": cells and confusion(cells, "cells"),
        "protein_confusion": proteins and confusion(proteins, "proteins"),
        "reliability": cells
        and chart(partial(figures.reliability, cells), "Share called right by probability"),
    }


def _protein_rows(proteins: pd.DataFrame, classes: ClassList) -> list[dict[str, Any]]:
    """Return the table's rows, each with its number and the segments of its bar."""
    rows = proteins.to_dict("records")
    fractions = proteins[[f"f_{c}" for c in classes.columns]].to_numpy()
    colours = dict(zip(classes.names, classes.colours, strict=True))
    for i, (row, unsure) in enumerate(zip(rows, ambiguous(proteins), strict=True)):
        row["index"] = i
        row["ambiguous"] = bool(unsure)
        row["colour"] = colours.get(row["localization"])
        row["segments"] = [
            (int(c), classes.names[c], float(fractions[i, c]))
            for c in np.argsort(-fractions[i], kind="stable")
            if fractions[i, c] >= SMALLEST_SEGMENT
        ]
    return [{str(k): v for k, v in row.items()} for row in rows]


def _known(values: pd.Series) -> bool:
    """Return whether a column says anything."""
    return bool((values.notna() & (values != "")).any())


def _scales(wells: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Return the legends of what else wells are coloured by."""
    return {"used": legend(wells["n_used"]), "abundance": legend(wells["abundance"])}


def _scale_bar(crops: CropArray, pixel_size: float) -> str:
    """Return the length of the scale bars, with its unit."""
    width = crops.shape[-1]
    return f"{scale_bar_length(width * pixel_size):g} µm"


def _provenance(provenance: Provenance) -> dict[str, str]:
    """Return what the page's last section lists, in order, empty entries left out."""
    entries = {
        "command": provenance.command,
        "version": provenance.version,
        "model": provenance.model,
        "weights (SHA-256)": provenance.weights_hash,
        "inputs (SHA-256)": provenance.inputs_hash,
        "seed": "" if provenance.seed is None else str(provenance.seed),
        "configuration": json.dumps(provenance.config, indent=2) if provenance.config else "",
        "configuration (SHA-256)": provenance.config_hash,
        "counts": ", ".join(f"{name} {n:,}" for name, n in provenance.counts.items()),
        "seconds": ", ".join(f"{name} {t:.1f}" for name, t in provenance.timings.items()),
    }
    return {name: text for name, text in entries.items() if text}
