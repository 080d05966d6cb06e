"""`deepyeast screen`: from fields of view to a run folder with calls and report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from deepyeast import zoo
from deepyeast.cli.app import Json, app, messages, progress_bar
from deepyeast.cli.classify import report
from deepyeast.core import DatasetError
from deepyeast.io import Channels, Run
from deepyeast.screening import Progress, ScreenSettings, SegmenterName
from deepyeast.screening import screen as run_screen

FieldsFolder = Annotated[
    Path, typer.Argument(metavar="FIELDS", help="Folder of fields: images or OME-Zarr plates.")
]
PlateMapFile = Annotated[
    Path, typer.Option(help="CSV with plate, well, protein and any further columns.")
]
Red = Annotated[
    str | None, typer.Option(help="Channel of the cytosolic marker: its name, or number from 0.")
]
Green = Annotated[
    str | None, typer.Option(help="Channel of the tagged protein: its name, or number from 0.")
]
Pattern = Annotated[
    str | None,
    typer.Option(help="Regular expression of file names with groups plate, well, field, channel."),
]
Listing = Annotated[
    Path | None, typer.Option(help="CSV that lists the files: path, channel, plate, well, field.")
]
PixelSize = Annotated[
    float | None,
    typer.Option(help="Micrometres a pixel, whatever the files say.", min=0.01),
]


@app.command()
def screen(
    fields: FieldsFolder,
    plate_map: PlateMapFile,
    out: Annotated[Path, typer.Option(help="Run folder to write.")],
    model: Annotated[
        str, typer.Option(help="A packaged network's name, or a weights file.")
    ] = zoo.DEFAULT_MODEL,
    segmenter: Annotated[
        SegmenterName, typer.Option(help="How cells are found; masks needs --masks.")
    ] = "watershed",
    masks: Annotated[
        Path | None, typer.Option(help="Folder of ready label images, named like the fields.")
    ] = None,
    red: Red = None,
    green: Green = None,
    pixel_size: PixelSize = None,
    pattern: Pattern = None,
    listing: Listing = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; by default one a core.", min=1)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://…, to work on instead.")
    ] = None,
    overlays: Annotated[
        bool, typer.Option("--overlays", help="Write every field with its cells' outlines.")
    ] = False,
    anndata: Annotated[
        bool, typer.Option("--anndata", help="Write cells.h5ad, for scanpy and its kin.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away what an earlier run left.")
    ] = False,
    json: Json = False,
) -> None:
    """Call the compartment of every protein from microscope fields and a plate map.

    Killed at any moment, the same command goes on where it was. Exit status 3: some fields
    could not be used; see errors.csv.

    Example: deepyeast screen fields/ --plate-map plate_map.csv --out run/
    """
    settings = ScreenSettings(
        model=model_reference(model),
        segmenter="masks" if masks is not None else segmenter,
        masks=None if masks is None else str(masks.resolve()),
        pixel_size_um=pixel_size,
        channels=Channels(red=red, green=green),
        overlays=overlays,
    )
    if settings.segmenter == "masks" and masks is None:
        raise DatasetError("--segmenter masks needs --masks, the folder of the label images")
    with progress_bar() as bar:
        result = run_screen(
            fields,
            plate_map,
            out,
            settings,
            pattern=pattern,
            listing=listing,
            workers=workers or usable_cores(),
            scheduler=scheduler,
            restart=restart,
            anndata=anndata,
            on_progress=ProgressTasks(bar),
        )
    counts = Run.open(out).provenance.counts
    messages.print(
        f"{counts['fields used']:,} of {counts['fields']:,} fields were used, "
        f"{counts['used']:,} of {counts['cells']:,} cells; "
        f"{counts['fields of blank wells']:,} fields of blank wells were left out"
    )
    report(result, json)


def model_reference(model: str) -> str:
    """Return a packaged network's name, or the full path of a weights file, for any worker."""
    return model if model in zoo.available() else str(Path(model).resolve())


def usable_cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ProgressTasks:
    """Shows a screen's progress: a bar a stage, and how many cells a second."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.stage = ""
        self.task = bar.add_task("reading the plate map", total=None)

    def __call__(self, progress: Progress) -> None:
        """Update the bar."""
        if progress.stage != self.stage:
            self.stage = progress.stage
            self.bar.reset(self.task)
        elapsed = self.bar.tasks[0].elapsed or 0
        rate = f", {progress.cells / elapsed:,.0f} cells/s" if progress.cells and elapsed else ""
        self.bar.update(
            self.task,
            description=f"{progress.stage}{rate}",
            completed=progress.done,
            total=progress.total,
        )
