"""`deepyeast segment`: the cells of fields as label images, compared with true ones if given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer
from rich.markup import escape

from deepyeast import zoo
from deepyeast.cli.app import SOME_UNUSABLE, Json, app, console, messages, print_json, progress_bar
from deepyeast.cli.screen import Listing, Pattern, PixelSize, Red
from deepyeast.core import Field, InputError, NothingUsableError, SegmentationMetrics
from deepyeast.crop import resample, resample_labels
from deepyeast.evaluate import Matches, evaluate_segmentation, match_objects
from deepyeast.io import (
    FieldFile,
    find_fields,
    mask_path,
    read_label_image,
    read_mask,
    read_pixel_size,
    read_plane,
    write_bytes,
    write_labels,
)
from deepyeast.report import encode_png, overlay
from deepyeast.segment import Segmenter, build_segmenter, clean


@app.command()
def segment(
    fields: Annotated[
        Path, typer.Argument(metavar="FIELDS", help="Folder of fields, or one image.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the label images.")],
    segmenter: Annotated[
        Literal["watershed", "cellpose"], typer.Option(help="How cells are found.")
    ] = "watershed",
    red: Red = None,
    pixel_size: PixelSize = None,
    pattern: Pattern = None,
    listing: Listing = None,
    truth: Annotated[
        Path | None, typer.Option(help="Folder of true label images, or one, to compare with.")
    ] = None,
    count_border: Annotated[
        bool, typer.Option("--count-border", help="True cells at the border must be found, too.")
    ] = False,
    overlays: Annotated[
        bool, typer.Option("--overlays", help="Write pictures with the outlines beside them.")
    ] = False,
    json: Json = False,
) -> None:
    """Find the cells of fields; write label images that screen --masks takes.

    Cells at the border are kept here, since they may be looked at; screen drops them.

    Example: deepyeast segment fields/ --out masks/
    """
    folder, files = _find(fields, pattern, listing)
    finder = build_segmenter(segmenter)
    errors: list[InputError] = []
    matches: list[Matches] = []
    n_cells = 0
    with progress_bar() as bar:
        for file in bar.track(files, description="segmenting fields"):
            try:
                plane, labels = _segment(folder, file, finder, red, pixel_size)
                if truth is not None:
                    true = _truth(truth, file)
                    matches.append(match_objects(true, labels, count_border=count_border))
            except InputError as error:
                errors.append(error)
                continue
            n_cells += int(labels.max(initial=0))
            path = out / mask_path(file.source)
            write_labels(path, labels)
            if overlays:
                size = pixel_size or zoo.card(zoo.DEFAULT_MODEL).pixel_size_um
                picture = overlay(np.stack([plane, np.zeros_like(plane)]), labels, size)
                write_bytes(path.with_suffix(".png"), encode_png(picture))
    metrics = evaluate_segmentation(matches) if truth is not None else None
    _report(out, len(files) - len(errors), n_cells, errors, metrics, json)


def _find(
    fields: Path, pattern: str | None, listing: Path | None
) -> tuple[Path, tuple[FieldFile, ...]]:
    """Return the folder and its fields; a single image is a field by itself."""
    if fields.is_file():
        return fields.parent, (FieldFile(fields.name, "", "", "", (("", fields.name),)),)
    return fields, find_fields(fields, pattern=pattern, listing=listing).files


def _segment(
    folder: Path,
    file: FieldFile,
    finder: Segmenter,
    red: str | None,
    pixel_size: float | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the red channel and its cells, both at the image's own pixel size."""
    plane = read_plane(folder, file, red)
    size = pixel_size or read_pixel_size(folder, file)
    field = Field(np.stack([plane, plane]), file.source, "", "", "", size)
    image, _ = resample(field, zoo.card(zoo.DEFAULT_MODEL).pixel_size_um)
    found = clean(finder(image[0]), drop_border=False).labels
    return plane, resample_labels(found, (plane.shape[0], plane.shape[1]))


def _truth(truth: Path, file: FieldFile) -> np.ndarray:
    if truth.is_file():
        return read_label_image(truth, truth.name)
    return read_mask(truth, file)


def _report(
    out: Path,
    n_fields: int,
    n_cells: int,
    errors: list[InputError],
    metrics: SegmentationMetrics | None,
    json: bool,
) -> None:
    """Print what was found; status 3 if some fields could not be used, 2 if none."""
    if not n_fields:
        raise NothingUsableError(f"no field can be segmented; first: {errors[0]}")
    if json:
        told = None if metrics is None else _numbers(metrics)
        failed = [vars(e) for e in errors]
        print_json({"masks": str(out), "cells": n_cells, "metrics": told, "errors": failed})
    else:
        console.print(f"{n_cells} cells in {n_fields} fields: {out}", soft_wrap=True)
        for line in [] if metrics is None else _lines(metrics):
            console.print(line)
    for error in errors:
        messages.print(f"[bold]{error.kind}[/] {escape(str(error))}", soft_wrap=True)
    if errors:
        raise typer.Exit(SOME_UNUSABLE)


def _numbers(metrics: SegmentationMetrics) -> dict[str, float | int | None]:
    return {
        **metrics.model_dump(),
        "precision": metrics.precision,
        "recall": metrics.recall,
        "f1": metrics.f1,
    }


def _lines(metrics: SegmentationMetrics) -> Iterator[str]:
    yield (
        f"{metrics.n_matched} of {metrics.n_true} true cells found at IoU {metrics.threshold}, "
        f"{metrics.n_found - metrics.n_matched} extra"
    )
    if metrics.f1 is not None and metrics.mean_iou is not None:
        yield f"F1 {metrics.f1:.3f}, mean IoU of matched cells {metrics.mean_iou:.3f}"
