"""`deepyeast simulate dataset`: simulated cells in the published data set's own layout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from deepyeast.cli.app import Json, app, console, print_json, progress_bar
from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, DatasetError
from deepyeast.io import PublishedWriter
from deepyeast.simulate import (
    Impurities,
    SimulatedProtein,
    Structure,
    plan_dataset,
    simulate_dataset,
)

simulate = typer.Typer(help="Make images whose truth is known.", no_args_is_help=True)
app.add_typer(simulate, name="simulate")

TRUTH = "truth.csv"


@simulate.command()
def dataset(
    out: Annotated[Path, typer.Argument(help="Folder to write; must not hold anything yet.")],
    cells: Annotated[int, typer.Option(help="Number of cells over all splits.", min=48)] = 90_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.", min=0)] = 0,
    structure: Annotated[
        Structure,
        typer.Option(
            help="published: the real lists' shares of classes and proteins; "
            "balanced: equal classes and as many proteins as possible, best for training."
        ),
    ] = "published",
    transfer: Annotated[
        bool, typer.Option("--transfer", help="The four classes of the transfer experiment.")
    ] = False,
    non_cells: Annotated[
        float, typer.Option(help="Share of crops that show no single good cell.", min=0, max=1)
    ] = 0.045,
    contamination: Annotated[
        float, typer.Option(help="Share of cells of another protein.", min=0, max=1)
    ] = 0.015,
    export: Annotated[
        float, typer.Option(help="Share of wells handed on as exported pictures.", min=0, max=1)
    ] = 0.5,
    workers: Annotated[
        int, typer.Option(help="Processes; the result is the same.", min=1)
    ] = os.cpu_count() or 1,
    json: Json = False,
) -> None:
    """Simulate single cells in the published layout, with the truth of each in truth.csv.

    Example: deepyeast simulate dataset /tmp/cells --cells 20000 --seed 1
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out}: is not empty; choose another folder")
    classes = TRANSFER_COMPARTMENTS if transfer else COMPARTMENTS
    plans = plan_dataset(cells, seed, classes, structure)
    impurities = Impurities(non_cells=non_cells, contamination=contamination, export=export)
    proteins = simulate_dataset(plans, seed, classes, impurities, workers)
    truth: list[pd.DataFrame] = []
    with PublishedWriter(out, classes) as writer, progress_bar() as bar:
        task = bar.add_task("simulating cells", total=cells)
        for protein in proteins:
            truth.append(_write(writer, protein))
            bar.advance(task, protein.plan.n_cells)
    pd.concat(truth).to_csv(out / TRUTH, index=False, lineterminator="\n")
    if json:
        print_json({"folder": str(out), "cells": cells, "proteins": len(plans), "seed": seed})
    else:
        console.print(f"{cells} cells of {len(plans)} proteins in {out} (truth: {out / TRUTH})")


def _write(writer: PublishedWriter, protein: SimulatedProtein) -> pd.DataFrame:
    """Write one protein's cells; return their truth, one row a cell."""
    plan = protein.plan
    files = [
        writer.add(
            split=plan.split,
            plate=plan.plate,
            row=plan.row,
            column=plan.column,
            field=cell // 100,
            image=plan.index,
            cell=cell,
            label=plan.label,
            picture=picture,
        )
        for cell, picture in enumerate(protein.images)
    ]
    return pd.DataFrame(
        {
            "file": files,
            "compartment": protein.compartments,
            "kind": protein.kinds,
            "mode": protein.mode,
        }
    )
