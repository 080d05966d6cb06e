"""The cells of a run as labelled 8-bit images in the published layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from deepyeast.core import COMPARTMENTS
from deepyeast.curate import Brightness
from deepyeast.io import PLATE_COLUMNS, PLATE_ROWS, PublishedWriter, Run

_WELL = ["protein", "plate", "well"]
_LISTED = ["file", "cell_id", "protein", "label", "split", "plate", "well", "field"]
_Wells = defaultdict[tuple[str, ...], Brightness]


def write_labelled_images(
    run: Run, proteins: pd.DataFrame, out: Path, on_cells: Callable[[int], None]
) -> None:
    """Write the used cells of some proteins, the lists of them, and ``cells.csv``.

    In the published layout a protein is one well, so the proteins are given its wells one after
    the other, whatever plates and wells they come from; ``cells.csv`` tells these. In an
    image's name, field and image are a running number of the fields, and the cell is its row
    in the run. Each well of the run is scaled to 8 bits on its own
    (:class:`~deepyeast.curate.Brightness`). Crops are in memory some hundred at a time.

    Parameters
    ----------
    run
        Where the cells are.
    proteins
        ``protein, label, split`` of those to write.
    out
        Folder to write.
    on_cells
        Called with the number of cells just done; each is done twice, once to find the range
        of brightness.
    """
    kept = proteins[["label", "split"]].assign(place=np.arange(len(proteins)))
    kept.index = pd.Index(proteins["protein"])
    wells: _Wells = defaultdict(Brightness)
    for cells, crops in _used_cells(run, kept.index):
        for well, rows in _by_well(cells):
            wells[well].add(crops[rows])
        on_cells(len(cells))
    images: dict[tuple[str, ...], int] = {}
    with (
        PublishedWriter(out, COMPARTMENTS) as writer,
        (out / "cells.csv").open("w", encoding="utf-8", newline="") as table,
    ):
        pd.DataFrame(columns=_LISTED).to_csv(table, index=False, lineterminator="\n")
        for cells, crops in _used_cells(run, kept.index):
            pictures = np.empty(crops.shape, dtype=np.uint8)
            for well, rows in _by_well(cells):
                pictures[rows] = wells[well].to_8_bit(crops[rows])
            placed = cells.join(kept, on="protein")
            files = [
                _write(writer, cell, picture, images)
                for cell, picture in zip(placed.to_dict("records"), pictures, strict=True)
            ]
            listed = placed.assign(file=files)[_LISTED]
            listed.to_csv(table, index=False, header=False, lineterminator="\n")
            on_cells(len(cells))


def _used_cells(run: Run, proteins: pd.Index) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Yield the used cells of some proteins and their crops, at most a chunk of crops at a time."""
    chunk = int(run.crops.chunks[0])
    start = 0
    for batch in run.batches(["cell_id", *_WELL, "field", "used"]):
        batch["row"] = np.arange(start, start + len(batch))
        start += len(batch)
        wanted = batch[batch["used"] & batch["protein"].isin(proteins)]
        for _, cells in wanted.groupby(wanted["row"] // chunk):
            rows = cells["row"].to_numpy()
            crops = np.asarray(run.crops[rows[0] : rows[-1] + 1])
            yield cells.reset_index(drop=True), crops[rows - rows[0]]


def _by_well(cells: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Yield each well's name and the positions of its cells."""
    for _, of_well in cells.groupby(_WELL, sort=False):
        yield tuple(of_well[_WELL].iloc[0]), of_well.index.to_numpy()


def _write(
    writer: PublishedWriter,
    cell: dict[Any, Any],
    picture: np.ndarray,
    images: dict[tuple[str, ...], int],
) -> str:
    """Write one cell; return its file. ``images`` gathers the fields met."""
    image = images.setdefault(tuple(cell[name] for name in (*_WELL, "field")), len(images))
    plate, well = divmod(cell["place"], PLATE_ROWS * PLATE_COLUMNS)
    row, column = divmod(well, PLATE_COLUMNS)
    return writer.add(
        split=cell["split"],
        plate=plate + 1,
        row=row + 1,
        column=column + 1,
        field=image,
        image=image,
        cell=cell["row"],
        label=COMPARTMENTS.index(cell["label"]),
        picture=picture,
    )
