"""`deepyeast evaluate`: how right a network is on a labelled data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deepyeast import zoo
from deepyeast.cli.app import Json, app, console, print_json, progress_bar
from deepyeast.cli.tables import print_classes
from deepyeast.pipeline import evaluate_dataset


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A packaged network's name, or a weights file.")],
    data: Annotated[
        Path, typer.Argument(help="A data set in the published layout: folder or tar.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    json: Json = False,
) -> None:
    """Measure a network: accuracy per cell and per protein, precision, recall, confusion.

    Example: deepyeast evaluate fast /tmp/cells --out /tmp/evaluation
    """
    network = zoo.load(model)
    with progress_bar() as bar:
        task = bar.add_task("classifying cells", total=None)
        result = evaluate_dataset(
            network,
            data,
            out,
            split=split,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    cells, proteins = result.cells, result.proteins
    if json:
        print_json({"cells": cells.model_dump(), "proteins": proteins.model_dump()})
        return
    print_classes(cells, proteins)
    interval = ""
    if cells.accuracy_interval is not None:
        low, high = cells.accuracy_interval
        interval = f" (95 % interval over proteins {low:.1%}–{high:.1%})"
    console.print(f"cells right: {cells.accuracy:.1%} of {cells.n}{interval}")
    console.print(f"calibration error: {cells.calibration_error:.1%}")
    console.print(f"proteins right: {proteins.accuracy:.1%} of {proteins.n}", end="")
    if proteins.accuracy_large is not None:
        console.print(
            f"; {proteins.accuracy_large:.1%} of the {proteins.n_large} "
            f"with {proteins.minimum_cells} or more cells",
            end="",
        )
    console.print(f"\nreport: {out / 'report.html'}", soft_wrap=True)
