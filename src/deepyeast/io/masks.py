"""Ready label images: cells that another program has found, or ours did."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deepyeast.core import InputError
from deepyeast.io.fields.files import FieldFile, split_suffix
from deepyeast.io.fields.find import LABEL_ENDINGS
from deepyeast.io.fields.image import open_image

_SUFFIXES = (".tif", ".tiff", ".png")


def mask_path(source: str) -> str:
    """Return the path, within a folder of masks, of the label image of a field's ``source``."""
    file, _, scene = source.partition("#")
    stem = split_suffix(file)[0]
    return f"{stem}_{scene}.tif" if scene else f"{stem}.tif"


def read_mask(folder: Path, file: FieldFile) -> np.ndarray:
    """Return the label image of a field, int32 ``(h, w)``.

    It is named like the field, with ``.tif``, ``.tiff`` or ``.png`` and, if need be, an ending
    such as ``_labels`` or ``_cp_masks``, in the same sub-folder or in ``folder`` itself.

    Raises
    ------
    InputError
        If there is none, or it cannot be read.
    """
    stem = mask_path(file.source).removesuffix(".tif")
    names = [f"{stem}{end}{suffix}" for end in ("", *LABEL_ENDINGS) for suffix in _SUFFIXES]
    found = [n for n in (*names, *(Path(n).name for n in names)) if (folder / n).is_file()]
    if not found:
        raise InputError(file.source, "no-mask", f"there is no label image {names[0]} in {folder}")
    return read_label_image(folder / found[0], found[0])


def read_label_image(path: Path, name: str) -> np.ndarray:
    """Return a label image, int32 ``(h, w)``.

    Raises
    ------
    InputError
        If it cannot be read, or holds no labels.
    """
    image = open_image(path, name)
    labels = image.channel(0)
    if not np.issubdtype(labels.dtype, np.integer) and not (labels == np.rint(labels)).all():
        raise InputError(name, "not-labels", f"is {labels.dtype}, not whole numbers of cells")
    if labels.min(initial=0) < 0:
        raise InputError(name, "not-labels", "has negative numbers where cells are counted from 1")
    return np.asarray(labels, dtype=np.int32)
