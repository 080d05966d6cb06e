"""What is known of a field before its pixels are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deepyeast.core import InputError, well_position

ZARR_SUFFIXES = (".ome.zarr", ".zarr")
MICROSCOPE_SUFFIXES = (*ZARR_SUFFIXES, ".ome.tiff", ".ome.tif", ".flex", ".nd2", ".czi")
TIFF_SUFFIXES = (".tiff", ".tif")
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
SUFFIXES = (*MICROSCOPE_SUFFIXES, *TIFF_SUFFIXES, *PICTURE_SUFFIXES)


@dataclass(frozen=True)
class FieldFile:
    """Where a field's pixels lie, and what names tell of it.

    Parameters
    ----------
    source
        How results refer to it: its file relative to the folder, with ``#scene`` behind it
        where the file holds several fields.
    plate, well, field
        ``""`` where not known; wells as ``A01``.
    files
        Pairs of channel and path relative to the folder; one pair with channel ``""`` where
        one file holds all channels.
    scene
        Which of the images in the file, ``""`` for the only one.
    pixel_size_um
        Where an index beside the images tells it, otherwise None: the image may.
    """

    source: str
    plate: str
    well: str
    field: str
    files: tuple[tuple[str, str], ...]
    scene: str = ""
    pixel_size_um: float | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Key that sorts fields as people count them: plate, row, column, field."""
        place = well_position(self.well) if self.well else (0, 0)
        return natural(self.plate), place, natural(self.field), self.source


@dataclass(frozen=True)
class FieldListing:
    """All fields of a folder, sorted, and the files that cannot be placed."""

    files: tuple[FieldFile, ...]
    errors: tuple[InputError, ...] = ()


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key that sorts ``plate2`` before ``plate10``."""
    pieces = re.findall(r"\d+|\D+", text)
    return tuple((0, int(p)) if p.isdigit() else (1, p.lower()) for p in pieces)


def split_suffix(name: str) -> tuple[str, str]:
    """Return a file name without its image suffix, and the suffix in lower case or ``""``."""
    lower = name.lower()
    suffix = next((s for s in SUFFIXES if lower.endswith(s)), "")
    return name[: len(name) - len(suffix)], suffix
