"""Files that hold several fields: Opera .flex, OME-Zarr plates, ND2 and CZI."""

from __future__ import annotations

import json
from pathlib import Path

from deepyeast.core import InputError, normalise_well
from deepyeast.io.fields.files import ZARR_SUFFIXES, FieldFile, split_suffix
from deepyeast.io.fields.image import scenes
from deepyeast.io.fields.names import parse_name

CONTAINERS = (".flex", ".nd2", ".czi", *ZARR_SUFFIXES)


def fields_inside(folder: Path, path: str) -> list[FieldFile]:
    """Return the fields that a file, or an OME-Zarr folder, holds.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if split_suffix(path)[1] in ZARR_SUFFIXES:
        plate = _plate_metadata(folder / path)
        if plate is not None:
            return _plate_fields(folder, path, plate)
    parts = parse_name(split_suffix(Path(path).name)[0])
    plate_name = parts.plate or (Path(path).parts[0] if len(Path(path).parts) > 1 else "1")
    names = scenes(folder / path, path)
    several = len(names) > 1
    return [
        FieldFile(
            source=f"{path}#{name}" if several else path,
            plate=plate_name,
            well=parts.well,
            field=str(i) if several else parts.field or ("1" if parts.well else path),
            files=(("", path),),
            scene=name if several else "",
        )
        for i, name in enumerate(names, 1)
    ]


def _plate_metadata(path: Path) -> dict[str, object] | None:
    """Return the plate's metadata of an OME-Zarr of version 0.4 or 0.5; None of a mere image."""
    for name, key in ((".zattrs", None), ("zarr.json", "attributes")):
        file = path / name
        if not file.is_file():
            continue
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        attributes = content.get(key, {}) if key else content
        plate = attributes.get("ome", attributes).get("plate")
        if isinstance(plate, dict):
            return plate
    return None


def _plate_fields(folder: Path, path: str, plate: dict[str, object]) -> list[FieldFile]:
    """Return the fields of an OME-Zarr plate, listed by ngio."""
    from ngio import open_ome_zarr_plate

    name = split_suffix(Path(path).name)[0]
    try:
        images = open_ome_zarr_plate(folder / path, mode="r").images_paths(max_workers=1)
    except Exception as error:
        raise InputError(
            path, "unreadable", f"its OME-Zarr plate cannot be read: {_one_line(error)}"
        ) from error
    fields = []
    for image in images:
        row, column, field = image.split("/")[:3]
        fields.append(
            FieldFile(
                source=f"{path}/{image}",
                plate=name,
                well=normalise_well(f"{row}{column}"),
                field=field,
                files=(("", f"{path}/{image}"),),
            )
        )
    return fields


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
