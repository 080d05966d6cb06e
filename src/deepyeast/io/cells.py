"""Single cells from a folder, batch by batch, those that cannot be used set aside."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from deepyeast.core import CROP_SIZE, Crops, InputError
from deepyeast.io.cell_files import CellFile, find_cells
from deepyeast.io.cell_images import Resize, read_cell


@dataclass(frozen=True, eq=False)
class CellBatch:
    """Some cells in the order of :func:`find_cells`: the usable ones, and why others are not."""

    crops: Crops
    errors: list[InputError]


def iterate_cells(
    folder: Path, *, batch: int = 1024, resize: Resize = "refuse", zoom: float | None = None
) -> Iterator[CellBatch]:
    """Yield all cells of a folder in a fixed order, up to ``batch`` files at a time.

    Plate, well and field of the crops are empty, y and x are NaN: nothing is known of them.

    Parameters
    ----------
    folder
        Single cells as :func:`find_cells` takes them.
    batch
        Cells decoded at a time, usable or not.
    resize, zoom
        As for :func:`read_cell`.

    Raises
    ------
    NothingUsableError
        If the folder does not exist or holds no image.
    DatasetError
        If there is a ``labels.csv`` that cannot be read.
    """
    cells = find_cells(folder)
    read = partial(_try_to_read, resize=resize, zoom=zoom)
    with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 2)) as pool:
        for start in range(0, len(cells), batch):
            some = cells[start : start + batch]
            yield _collect(some, list(pool.map(read, some)))


def _try_to_read(file: CellFile, resize: Resize, zoom: float | None) -> np.ndarray | InputError:
    try:
        return read_cell(file, resize=resize, zoom=zoom)
    except InputError as error:
        return error


def _collect(cells: Sequence[CellFile], read: Sequence[np.ndarray | InputError]) -> CellBatch:
    """Part what was read into crops and errors."""
    images = [image for image in read if isinstance(image, np.ndarray)]
    used = [c for c, image in zip(cells, read, strict=True) if isinstance(image, np.ndarray)]
    stacked = np.empty((len(images), 2, CROP_SIZE, CROP_SIZE), dtype=np.float32)
    for row, image in zip(stacked, images, strict=True):
        row[...] = image
    table = pd.DataFrame(
        {
            "cell_id": [c.cell_id for c in used],
            "source": [c.source for c in used],
            "protein": [c.protein for c in used],
        },
        dtype=str,
    ).assign(plate="", well="", field="", y=np.nan, x=np.nan)
    return CellBatch(Crops(stacked, table), [e for e in read if isinstance(e, InputError)])
