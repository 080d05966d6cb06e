"""A CSV that lists the fields, for file names that tell nothing."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

from deepyeast.core import DatasetError, InputError, normalise_well
from deepyeast.io.csv_table import read_text_table
from deepyeast.io.fields.files import FieldFile

_SYNONYMS = {
    "file": "path",
    "filename": "path",
    "path": "path",
    "plate": "plate",
    "well": "well",
    "field": "field",
    "site": "field",
    "channel": "channel",
    "scene": "scene",
    "pixel_size_um": "pixel_size_um",
}


def read_listing(path: Path) -> tuple[list[FieldFile], list[InputError]]:
    """Read a listing: path, plate, well, field; channel, scene, pixel_size_um where needed.

    Raises
    ------
    DatasetError
        If it is wrong; the message names the line.
    """
    table = read_text_table(path, "listing", ("path", "well"), _SYNONYMS)
    fields: dict[tuple[str, str, str], dict[str, Any]] = {}
    for line, row in table.iterrows():
        known = _row(path, line, {str(k): str(v) for k, v in row.items()})
        key = known["plate"], known["well"], known["field"]
        field = fields.setdefault(key, {**known, "files": {}})
        if known["channel"] in field["files"]:
            raise DatasetError(
                f"{path}: line {line}: plate {key[0]}, well {key[1]}, field {key[2]} is listed "
                "twice; tell fields or channels apart in the columns field and channel"
            )
        field["files"][known["channel"]] = known["path"]
    return [_field(known) for known in fields.values()], []


def _row(path: Path, line: Hashable, row: dict[str, str]) -> dict[str, Any]:
    try:
        well = normalise_well(row["well"])
        size = float(row["pixel_size_um"]) if row.get("pixel_size_um") else None
    except ValueError as error:
        raise DatasetError(f"{path}: line {line}: {error}") from error
    if not row["path"]:
        raise DatasetError(f"{path}: line {line}: the path is empty")
    return {
        "path": Path(row["path"]).as_posix(),
        "plate": row.get("plate") or "1",
        "well": well,
        "field": row.get("field") or "1",
        "channel": row.get("channel", ""),
        "scene": row.get("scene", ""),
        "pixel_size_um": size,
    }


def _field(known: dict[str, Any]) -> FieldFile:
    files = tuple(known["files"].items())
    return FieldFile(
        source=files[0][1] + (f"#{known['scene']}" if known["scene"] else ""),
        plate=known["plate"],
        well=known["well"],
        field=known["field"],
        files=files,
        scene=known["scene"],
        pixel_size_um=known["pixel_size_um"],
    )
