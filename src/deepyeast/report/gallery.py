"""Which cells a page shows, and their pictures: one small strip a gallery, cut up by the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from deepyeast.core import ClassList
from deepyeast.report.images import data_uri, encode, strip

TILES = 6
"""Cells a row."""

MISTAKE_KINDS = 24
"""Kinds of mistakes shown, the most frequent first."""


class CropArray(Protocol):
    """Crops ``(n, 2, size, size)`` that give up some rows at a time: numpy or zarr arrays."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""

    def __getitem__(self, rows: np.ndarray, /) -> object:
        """Return the crops of an integer array of rows."""


@dataclass(frozen=True)
class Tile:
    """One cell: its place in the strip, its label with colour and probability, and a tooltip."""

    place: int
    label: str
    colour: str
    probability: float
    tip: str


@dataclass(frozen=True)
class Row:
    """Cells with a heading."""

    title: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Gallery:
    """Rows of cells, with the picture of all of them as a data URI."""

    strip: str
    rows: tuple[Row, ...]


Choice = dict[str, np.ndarray]
"""Row positions in the table of cells, by the heading they are shown under."""


def choose_cells(cells: pd.DataFrame, positions: np.ndarray, localization: str) -> Choice:
    """Choose the cells that show what a protein was called for, and those that speak against it.

    Parameters
    ----------
    cells
        The table of cells.
    positions
        Positions of the protein's cells in it.
    localization
        Column spelling of the called class; ``""`` where the protein has no used cell, whose
        unusable ones are then shown.
    """
    if not localization:
        return {"Not usable": positions[:TILES]}
    used = positions[cells["used"].to_numpy()[positions]]
    certain = cells[f"p_{localization}"].to_numpy()[used]
    # No cell twice: from few cells, half of them are shown as typical.
    n = min(TILES, -(-len(used) // 2))
    by_certainty = used[np.argsort(-certain, kind="stable")]
    typical, others = by_certainty[:n], by_certainty[n:]
    entropy = cells["entropy"].to_numpy()[others]
    unsure = others[np.argsort(-entropy, kind="stable")][:TILES]
    chosen = {"Most typical": typical, "Least certain": unsure}
    return {title: where for title, where in chosen.items() if len(where)}


def choose_mistakes(cells: pd.DataFrame) -> Iterator[tuple[str, str, int, Choice]]:
    """Yield the true class, the called class, the count and the most confident mistakes.

    Parameters
    ----------
    cells
        The table of cells, with the true class in the column ``true_label``.
    """
    wrong = cells.assign(position=np.arange(len(cells)))[cells["true_label"] != cells["label"]]
    groups = [(str(t), str(c), group) for (t, c), group in wrong.groupby(["true_label", "label"])]
    groups.sort(key=lambda kind: (-len(kind[2]), *kind[:2]))
    for truth, label, group in groups[:MISTAKE_KINDS]:
        worst = group.sort_values("probability", ascending=False, kind="stable")[:TILES]
        yield truth, label, len(group), {"Most confident": worst["position"].to_numpy()}


def build(
    choices: Sequence[Choice],
    cells: pd.DataFrame,
    crops: CropArray,
    pixel_size: float,
    classes: ClassList,
) -> list[Gallery]:
    """Draw a gallery a choice, reading each crop needed once and no other.

    Parameters
    ----------
    choices
        What each gallery shows.
    cells
        The table of cells, with the columns of ``cells.parquet``. A column ``row`` tells
        where their images are; otherwise those are in the same order.
    crops
        The images.
    pixel_size
        Micrometres a pixel.
    """
    parts = [where for choice in choices for where in choice.values()]
    if not parts:
        return []
    row = cells["row"].to_numpy(np.int64) if "row" in cells else np.arange(len(cells))
    needed = np.unique(row[np.concatenate(parts)])
    images = np.asarray(crops[needed])
    galleries = []
    for choice in choices:
        where = row[np.concatenate(list(choice.values()))]
        picture = encode(strip(images[np.searchsorted(needed, where)], pixel_size))
        rows, place = [], 0
        for title, positions in choice.items():
            tiles = [_tile(cells.iloc[p], place + i, classes) for i, p in enumerate(positions)]
            rows.append(Row(title, tuple(tiles)))
            place += len(positions)
        galleries.append(Gallery(data_uri(picture, "webp"), tuple(rows)))
    return galleries


def _tile(cell: pd.Series, place: int, classes: ClassList) -> Tile:
    """Return what stands below and behind one cell."""
    label = str(cell["label"])
    columns = ("source", "entropy", "quality", "novelty")
    facts = [f"{c} {cell[c]:.2f}" if c != "source" else str(cell[c]) for c in columns if c in cell]
    return Tile(
        place=place,
        label=label,
        colour=classes.colours[classes.index(label)],
        probability=float(cell["probability"]),
        tip=" · ".join(facts),
    )
