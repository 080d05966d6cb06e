"""`deepyeast classify`: from single-cell crops to a run folder with calls and report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from deepyeast import zoo
from deepyeast.cli.app import SOME_UNUSABLE, Json, app, messages, print_json, progress_bar
from deepyeast.cli.tables import print_proteins
from deepyeast.io import Resize
from deepyeast.pipeline import RunResult, classify_cells


@app.command()
def classify(
    cells: Annotated[
        Path, typer.Argument(help="Folder of single cells, one sub-folder a protein.")
    ],
    out: Annotated[Path, typer.Option(help="Run folder to write.")],
    model: Annotated[
        str, typer.Option(help="A packaged network's name, or a weights file.")
    ] = zoo.DEFAULT_MODEL,
    resize: Annotated[
        Resize, typer.Option(help="Crops of another size than 64 x 64: refuse, or crop the middle.")
    ] = "refuse",
    pixel_size: Annotated[
        float | None,
        typer.Option(help="Micrometres a pixel; images are resampled to the network's.", min=0.01),
    ] = None,
    json: Json = False,
) -> None:
    """Call the compartment of every protein from images of its single cells.

    Cells are pairs NAME_gfp.tif and NAME_rfp.tif, or two-channel TIFF or RGB images (red:
    cytosolic marker, green: protein). A labels.csv (file,label) adds an evaluation. Exit
    status 3: some images could not be used; see errors.csv.

    Example: deepyeast classify cells/ --out run/
    """
    network = zoo.load(model)
    with progress_bar() as bar:
        task = bar.add_task("classifying cells", total=None)
        result = classify_cells(
            cells,
            out,
            network,
            resize=resize,
            pixel_size=pixel_size,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    report(result, json)


def report(result: RunResult, json: bool) -> None:
    """Print a run's result; leave with status 3 if some inputs could not be used."""
    if json:
        print_json(
            {
                "folder": str(result.folder),
                "report": str(result.report),
                "cells": result.n_cells,
                "unusable": len(result.errors),
                "proteins": result.proteins.to_dict("records"),
                "cell_accuracy": getattr(result.cell_metrics, "accuracy", None),
                "protein_accuracy": getattr(result.protein_metrics, "accuracy", None),
            }
        )
    else:
        print_proteins(result)
    if result.errors:
        kinds = Counter(error.kind for error in result.errors)
        reasons = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
        messages.print(
            f"[bold]{len(result.errors)}[/] inputs could not be used ({reasons}): "
            f"see {escape(str(result.folder / 'errors.csv'))}",
            soft_wrap=True,
        )
        raise typer.Exit(SOME_UNUSABLE)
