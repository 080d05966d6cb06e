"""`deepyeast demo`: the main job on a small simulated screen."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from deepyeast import zoo
from deepyeast.cli.app import Json, app, messages, progress_bar
from deepyeast.cli.classify import report
from deepyeast.cli.screen import ProgressTasks, usable_cores
from deepyeast.cli.simulate import PLATE_MAP, write_screen
from deepyeast.core import DatasetError
from deepyeast.screening import ScreenSettings
from deepyeast.screening import screen as run_screen
from deepyeast.simulate import FieldSettings

PLATES, WELLS, FIELDS = 2, 16, 1
FIELD = FieldSettings(height=600, width=600, cells=90)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Of the simulation.", min=0)] = 2016,
    json: Json = False,
) -> None:
    """Simulate a screen of two plates and call where its 30 proteins live, from fields to report.

    The fields are written to OUT/fields as a microscope's would be (OME-TIFF, plate_map.csv;
    the truth in labels/ and in the plate map), the run to OUT/run.

    Example: deepyeast demo --out /tmp/demo
    """
    fields, run = out / "fields", out / "run"
    if fields.exists() and not (fields / PLATE_MAP).is_file():
        raise DatasetError(f"{fields}: holds something else than a demo; choose another --out")
    shutil.rmtree(fields, ignore_errors=True)
    cores = usable_cores()
    with progress_bar() as bar:
        task = bar.add_task("simulating fields", total=PLATES * WELLS * FIELDS)
        write_screen(
            fields, PLATES, WELLS, FIELDS, seed, FIELD, "ome-tiff", cores, lambda: bar.advance(task)
        )
    with progress_bar() as bar:
        result = run_screen(
            fields,
            fields / PLATE_MAP,
            run,
            ScreenSettings(model=zoo.DEFAULT_MODEL),
            workers=cores,
            restart=True,
            command="demo",
            on_progress=ProgressTasks(bar),
        )
    messages.print("simulated cells: the truth is known, and stands beside the calls in the report")
    report(result, json)
