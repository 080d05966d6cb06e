"""Results as tables on the terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from deepyeast.cli.app import console
from deepyeast.core import ClassificationMetrics
from deepyeast.pipeline import RunResult

ROWS = 40
"""Proteins printed at most; all are in ``proteins.csv``."""


def print_proteins(result: RunResult) -> None:
    """Print the proteins' calls, how right they are where that is known, and the report's path."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("protein", overflow="fold")
    table.add_column("cells")
    table.add_column("used")
    table.add_column("localization", no_wrap=True)
    for heading in ("prob.", "95 %", "second"):
        table.add_column(heading)
    for row in result.proteins.head(ROWS).to_dict("records"):
        table.add_row(
            str(row["protein"]),
            str(row["n_cells"]),
            str(row["n_used"]),
            f"[bold]{row['localization']}[/]",
            f"{row['probability']:.2f}",
            f"{row['low']:.2f}–{row['high']:.2f}",
            f"{row['second']} {row['second_probability']:.2f}",
        )
    console.print(table)
    if len(result.proteins) > ROWS:
        console.print(f"… and {len(result.proteins) - ROWS} more in {result.folder}/proteins.csv")
    if result.cell_metrics is not None:
        console.print(f"right: {_right(result.cell_metrics)} cells", end="")
        if result.protein_metrics is not None:
            console.print(f", {_right(result.protein_metrics)} proteins", end="")
        console.print()
    console.print(f"report: {result.report}", soft_wrap=True)


def print_classes(cells: ClassificationMetrics, proteins: ClassificationMetrics) -> None:
    """Print precision and recall of each class, cell by cell and protein by protein."""
    table = Table("class", "cells", "precision", "recall", "proteins", "precision", "recall")
    for i, name in enumerate(cells.classes):
        table.add_row(
            name,
            str(cells.support[i]),
            _share(cells.precision[i]),
            _share(cells.recall[i]),
            str(proteins.support[i]),
            _share(proteins.precision[i]),
            _share(proteins.recall[i]),
        )
    console.print(table)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _right(metrics: ClassificationMetrics) -> str:
    return f"{metrics.accuracy:.1%} of {metrics.n}"
