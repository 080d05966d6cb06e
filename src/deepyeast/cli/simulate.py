"""`deepyeast simulate`: cells in the published data set's own layout, or whole screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from deepyeast.cli.app import Json, app, console, print_json, progress_bar
from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, DatasetError
from deepyeast.io import PlateWriter, PublishedWriter, mask_path, write_field, write_labels
from deepyeast.simulate import (
    FieldSettings,
    Impurities,
    SimulatedProtein,
    Structure,
    Well,
    plan_dataset,
    plan_screen,
    simulate_dataset,
    simulate_screen,
)

simulate = typer.Typer(help="Make images whose truth is known.", no_args_is_help=True)
app.add_typer(simulate, name="simulate")

TRUTH = "truth.csv"
PLATE_MAP = "plate_map.csv"
PIXEL_SIZE = 0.215
"""Micrometres a pixel of simulated fields."""

Format = Literal["ome-tiff", "ome-zarr"]


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
    _check_empty(out)
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


@simulate.command()
def screen(
    out: Annotated[Path, typer.Argument(help="Folder to write; must not hold anything yet.")],
    plates: Annotated[int, typer.Option(help="Number of plates.", min=1)] = 1,
    wells: Annotated[int, typer.Option(help="Wells of each plate.", min=1, max=1536)] = 16,
    fields: Annotated[int, typer.Option(help="Fields of each well.", min=1)] = 4,
    size: Annotated[int, typer.Option(help="Pixels a side of a field.", min=64)] = 1000,
    cells: Annotated[float, typer.Option(help="Cells in a field, on average.", min=0)] = 250,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.", min=0)] = 0,
    format: Annotated[Format, typer.Option(help="Of the fields.")] = "ome-tiff",
    workers: Annotated[
        int, typer.Option(help="Processes; the result is the same.", min=1)
    ] = os.cpu_count() or 1,
    json: Json = False,
) -> None:
    """Simulate a screen: fields, plate_map.csv, and the true outline of every cell in labels/.

    Example: deepyeast simulate screen /tmp/screen --plates 1 --wells 16 --fields 4 --seed 3
    """
    _check_empty(out)
    settings = FieldSettings(height=size, width=size, cells=cells)
    with progress_bar() as bar:
        task = bar.add_task("simulating fields", total=plates * wells * fields)
        n = write_screen(
            out, plates, wells, fields, seed, settings, format, workers, lambda: bar.advance(task)
        )
    if json:
        counts = {"fields": plates * wells * fields, "cells": n}
        print_json({"folder": str(out), "plate_map": str(out / PLATE_MAP), "seed": seed, **counts})
    else:
        console.print(f"{plates * wells * fields} fields with {n} cells in {out}", soft_wrap=True)


def write_screen(
    out: Path,
    plates: int,
    wells: int,
    fields: int,
    seed: int,
    settings: FieldSettings,
    format_: Format,
    workers: int,
    on_done: Callable[[], object],
) -> int:
    """Write a simulated screen; return the number of cells in it, those at borders included."""
    planned = plan_screen(plates, wells, seed)
    zarrs: dict[int, PlateWriter] = {}
    if format_ == "ome-zarr":
        for plate in range(1, plates + 1):
            names = [well.name for well in planned if well.plate == plate]
            path = out / f"plate{plate}.ome.zarr"
            zarrs[plate] = PlateWriter(path, f"plate{plate}", names, fields, PIXEL_SIZE)
    n_cells = 0
    for well, field, picture in simulate_screen(
        planned, fields, seed, settings=settings, workers=workers
    ):
        if zarrs:
            zarrs[well.plate].add(well.name, field, picture.image)
            place = f"{well.name[:-2]}/{well.name[-2:]}/{field}"
            source = f"plate{well.plate}.ome.zarr/{place}"
        else:
            source = f"plate{well.plate}/{well.name}_f{field:02d}.ome.tif"
            write_field(out / source, picture.image, PIXEL_SIZE)
        write_labels(out / "labels" / mask_path(source), picture.labels)
        n_cells += int(np.max(picture.labels))
        on_done()
    _plate_map(planned).to_csv(out / PLATE_MAP, index=False, lineterminator="\n")
    return n_cells


def _plate_map(wells: tuple[Well, ...]) -> pd.DataFrame:
    """Return the plate map, with the true compartment in the column ``label``."""
    names = COMPARTMENTS.names
    return pd.DataFrame(
        {
            "plate": [f"plate{well.plate}" for well in wells],
            "well": [well.name for well in wells],
            "protein": [well.protein or "" for well in wells],
            "label": ["" if well.label is None else names[well.label] for well in wells],
        }
    )


def _check_empty(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out}: is not empty; choose another folder")
