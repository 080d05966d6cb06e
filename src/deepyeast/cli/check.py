"""`deepyeast check`: what a screen would read, and what is wrong with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from deepyeast import zoo
from deepyeast.cli.app import (
    NOTHING_USABLE,
    SOME_UNUSABLE,
    Json,
    app,
    console,
    messages,
    print_json,
)
from deepyeast.cli.screen import (
    FieldsFolder,
    Green,
    Listing,
    Pattern,
    PixelSize,
    PlateMapFile,
    Red,
)
from deepyeast.crop import resample
from deepyeast.io import Channels, find_fields, read_plate_map, write_bytes
from deepyeast.report import check_preview, png
from deepyeast.screening import (
    Inspection,
    SampledField,
    ScreenPlan,
    ScreenSettings,
    inspect_fields,
    plan_screen,
)
from deepyeast.segment import build_segmenter, clean

PREVIEWED = 3
"""Fields in the preview."""

_ALIKE = {
    "channels": "channels",
    "chosen": "red/green",
    "size": "pixels",
    "type": "type",
    "pixel_size_um": "µm a pixel",
}
"""What fields are grouped by, and its heading."""

LISTED = 8
"""Problems printed of each kind."""


@app.command()
def check(
    fields: FieldsFolder,
    plate_map: PlateMapFile,
    red: Red = None,
    green: Green = None,
    pixel_size: PixelSize = None,
    pattern: Pattern = None,
    listing: Listing = None,
    preview: Annotated[
        Path, typer.Option(help="Picture of a few fields with the cells found in them.")
    ] = Path("deepyeast-check.png"),
    json: Json = False,
) -> None:
    """Tell what a screen would read and what is wrong with it, before hours are spent.

    Exit status 0: all is well; 3: something would be skipped; 2: the screen cannot work.

    Example: deepyeast check fields/ --plate-map plate_map.csv
    """
    channels = Channels(red=red, green=green)
    card = zoo.card(zoo.DEFAULT_MODEL)
    settings = ScreenSettings(model=zoo.DEFAULT_MODEL, channels=channels, pixel_size_um=pixel_size)
    found = find_fields(fields, pattern=pattern, listing=listing)
    plan = plan_screen(fields, found, read_plate_map(plate_map), settings, "", card.classes)
    inspection = inspect_fields(fields, plan.fields, settings, keep=PREVIEWED)
    _draw_preview(inspection, preview, card.pixel_size_um, pixel_size)
    wrong = inspection.problems
    if json:
        print_json(_summary(plan, inspection, preview))
    else:
        _print_plates(plan)
        _print_sample(inspection)
        _print_skipped(plan)
        for problem in wrong:
            messages.print(f"[bold red]cannot work:[/] {escape(problem)}", soft_wrap=True)
        console.print(f"preview: {preview}", soft_wrap=True)
    unread = any(s.error for s in inspection.sample)
    if wrong:
        raise typer.Exit(NOTHING_USABLE)
    if plan.skipped or unread:
        raise typer.Exit(SOME_UNUSABLE)


def _draw_preview(
    inspection: Inspection, path: Path, model_pixel: float, pixel_size: float | None
) -> None:
    """Write the picture of the fields that were kept, with the outlines of their cells."""
    segment = build_segmenter("watershed")
    shown = []
    for sampled in inspection.sample:
        if sampled.field is None:
            continue
        field = sampled.field
        if pixel_size is not None:
            field = type(field)(
                field.image, field.source, field.plate, field.well, field.field, pixel_size
            )
        image, _ = resample(field, model_pixel)
        labels = clean(segment(image[0])).labels
        names = "/".join(_chosen(sampled))
        caption = f"{field.source}  {sampled.planned.protein}  red/green: {names}"
        shown.append((f"{caption}  {labels.max(initial=0)} cells", image, labels))
    if shown:
        write_bytes(path, png(check_preview(shown, model_pixel)))


def _chosen(sampled: SampledField) -> tuple[str, str]:
    """Return the names of the channels taken for red and green."""
    return ("?", "?") if sampled.info is None else sampled.info.chosen


def _print_plates(plan: ScreenPlan) -> None:
    table = Table("plate", "wells", "proteins", "fields", "fields a well", box=SIMPLE_HEAD)
    for plate, row in _plates(plan).items():
        table.add_row(plate or "(unnamed)", *(str(v) for v in row.values()))
    console.print(table)
    if plan.n_blank:
        console.print(f"{plan.n_blank} fields are of wells declared blank, and are left out")


def _plates(plan: ScreenPlan) -> dict[str, dict[str, Any]]:
    """Return numbers of wells, proteins and fields by plate."""
    rows: dict[str, dict[str, Any]] = {}
    for plate in sorted({f.file.plate for f in plan.fields}):
        fields = [f for f in plan.fields if f.file.plate == plate]
        per_well = Counter(f.file.well for f in fields)
        few, many = min(per_well.values()), max(per_well.values())
        rows[plate] = {
            "wells": len(per_well),
            "proteins": len({f.protein for f in fields}),
            "fields": len(fields),
            "fields_per_well": str(few) if few == many else f"{few}–{many}",
        }
    return rows


def _print_sample(inspection: Inspection) -> None:
    """Print what the fields looked at are like, those alike together, and what is wrong."""
    groups: dict[tuple[str, ...], list[SampledField]] = defaultdict(list)
    for sampled in inspection.sample:
        row = _sample_row(sampled)
        if row["problem"]:
            text = f"[bold]looked at[/] {escape(row['source'])}: {escape(row['problem'])}"
            messages.print(text, soft_wrap=True)
        if sampled.info is not None:
            groups[tuple(str(row[name]) for name in _ALIKE)].append(sampled)
    table = Table("fields looked at", *_ALIKE.values(), "bits used", "clipped", box=SIMPLE_HEAD)
    for alike, fields in groups.items():
        bits = sorted({s.bits for s in fields})
        clipped = max(share for s in fields for share in s.saturated)
        span = f"{bits[0]}–{bits[-1]}" if len(bits) > 1 else str(bits[0])
        table.add_row(str(len(fields)), *map(escape, alike), span, f"≤ {clipped:.1%}")
    console.print(table)


def _sample_row(sampled: SampledField) -> dict[str, Any]:
    """Return what is told of a field looked at."""
    info = sampled.info
    problem = "channels look swapped" if sampled.swapped else ""
    if sampled.error is not None:
        problem = f"{sampled.error.kind}: {sampled.error.message}"
    if info is None:
        blank = dict.fromkeys(("channels", "chosen", "size", "type", "pixel_size_um", "saturated"))
        return {
            "source": sampled.planned.file.source,
            **dict.fromkeys(blank, ""),
            "problem": problem,
        }
    return {
        "source": sampled.planned.file.source,
        "channels": ", ".join(info.channels),
        "chosen": "/".join(_chosen(sampled)),
        "size": " × ".join(str(n) for n in info.shape[-2:]),
        "type": info.dtype,
        "bits": sampled.bits,
        "pixel_size_um": "unknown" if info.pixel_size_um is None else f"{info.pixel_size_um:.3g}",
        "saturated": "/".join(f"{share:.1%}" for share in sampled.saturated),
        "problem": problem,
    }


def _print_skipped(plan: ScreenPlan) -> None:
    """Print what would be skipped, a few of each kind."""
    kinds = Counter(s.kind for s in plan.skipped)
    for kind, n in kinds.most_common():
        some = [s for s in plan.skipped if s.kind == kind][:LISTED]
        for skipped in some:
            text = f"[bold]{kind}[/] {escape(skipped.path)}: {escape(skipped.message)}"
            messages.print(text, soft_wrap=True)
        if n > LISTED:
            messages.print(f"… and {n - LISTED} more of this kind")


def _summary(plan: ScreenPlan, inspection: Inspection, preview: Path) -> dict[str, Any]:
    saturated = [s.saturated for s in inspection.sample if s.error is None]
    return {
        "plates": _plates(plan),
        "fields": len(plan.fields),
        "blank_fields": plan.n_blank,
        "sample": [_sample_row(s) for s in inspection.sample],
        "saturated": np.mean(saturated, axis=0).tolist() if saturated else None,
        "skipped": [vars(s) for s in plan.skipped],
        "problems": inspection.problems,
        "preview": str(preview),
    }
