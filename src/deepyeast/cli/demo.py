"""`deepyeast demo`: the main job on a small simulated screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import tifffile
import typer

from deepyeast import zoo
from deepyeast.cli.app import Json, app, messages, progress_bar
from deepyeast.cli.classify import report
from deepyeast.core import COMPARTMENTS, GREEN, RED, DatasetError
from deepyeast.pipeline import classify_cells
from deepyeast.simulate import Impurities, Plan, SimulatedProtein, simulate_dataset

PROTEINS_A_CLASS = 2
CELLS_A_PROTEIN = 40


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Of the simulation.", min=0)] = 2016,
    json: Json = False,
) -> None:
    """Simulate cells of 24 proteins, two of each compartment, and call where they live.

    The cells are written to OUT/cells as any user's would be (TIFF pairs, a folder a protein,
    labels.csv with the truth), the run to OUT/run.

    Example: deepyeast demo --out /tmp/demo
    """
    cells, run = out / "cells", out / "run"
    if cells.exists() and not (cells / "labels.csv").is_file():
        raise DatasetError(f"{cells}: holds something else than a demo; choose another --out")
    simulate_screen(cells, seed)
    with progress_bar() as bar:
        task = bar.add_task("classifying cells", total=None)
        result = classify_cells(
            cells,
            run,
            zoo.load(),
            command="demo",
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    messages.print("simulated cells: the truth is known, and stands beside the calls in the report")
    report(result, json)


def simulate_screen(folder: Path, seed: int) -> None:
    """Write a small simulated screen as a folder of single cells with ``labels.csv``."""
    plans = [
        Plan(index, "test", index // PROTEINS_A_CLASS, 1, 1, index + 1, CELLS_A_PROTEIN)
        for index in range(PROTEINS_A_CLASS * len(COMPARTMENTS))
    ]
    rows: list[tuple[str, str]] = []
    with progress_bar() as bar:
        task = bar.add_task("simulating cells", total=len(plans) * CELLS_A_PROTEIN)
        for protein in simulate_dataset(plans, seed, impurities=Impurities(contamination=0)):
            rows += _write(folder, protein)
            bar.advance(task, CELLS_A_PROTEIN)
    labels = pd.DataFrame(rows, columns=["file", "label"])
    labels.to_csv(folder / "labels.csv", index=False, lineterminator="\n")


def _write(folder: Path, protein: SimulatedProtein) -> list[tuple[str, str]]:
    """Write one protein's cells as TIFF pairs; return file and label of each."""
    label = COMPARTMENTS.names[protein.plan.label]
    name = f"SIM{protein.plan.index + 1:02d}"
    (folder / name).mkdir(parents=True, exist_ok=True)
    rows = []
    for cell, image in enumerate(protein.images):
        stem = f"{name}/{name}_{cell:02d}"
        tifffile.imwrite(folder / f"{stem}_rfp.tif", image[RED])
        tifffile.imwrite(folder / f"{stem}_gfp.tif", image[GREEN])
        rows.append((f"{stem}_gfp.tif", label))
    return rows
