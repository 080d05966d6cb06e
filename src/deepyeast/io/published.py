"""The published data set: labelled single cells with a fixed split by protein."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from deepyeast.core import CELL_COLUMNS, CROP_SIZE, ClassList, DatasetError
from deepyeast.io.published_images import read_images, read_texts
from deepyeast.io.published_lists import (
    PREFIXES,
    Kind,
    find_lists,
    read_classes,
    read_lists,
)

ARCHIVE = "{kind}.tar.gz"
"""Name of the published archives, as they lie beside the lists after a download."""


@dataclass(frozen=True, eq=False)
class LabelledCells:
    """Cells whose compartment is known.

    Parameters
    ----------
    images
        uint8 ``(n, 2, 64, 64)``, red then green: 8 KB a cell.
    labels
        int64 ``(n,)``, indices into the data set's classes.
    cells
        One row a cell with the columns ``core.CELL_COLUMNS``; ``y`` and ``x`` are unknown.
    """

    images: np.ndarray
    labels: np.ndarray
    cells: pd.DataFrame

    def __post_init__(self) -> None:
        """Check shapes, dtypes and lengths."""
        n = len(self.cells)
        if self.images.shape != (n, 2, CROP_SIZE, CROP_SIZE) or self.images.dtype != np.uint8:
            raise ValueError(
                f"images must be uint8 ({n}, 2, {CROP_SIZE}, {CROP_SIZE}), "
                f"not {self.images.dtype} {self.images.shape}"
            )
        if self.labels.shape != (n,) or self.labels.dtype != np.int64:
            raise ValueError(f"labels must be int64 ({n},)")

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.labels)

    @property
    def names(self) -> list[str]:
        """The images' names as in the lists."""
        return [str(name) for name in self.cells["source"]]

    @property
    def proteins(self) -> np.ndarray:
        """The cells' proteins, object array ``(n,)``, such as ``plate10/R15C05``."""
        return self.cells["protein"].to_numpy(dtype=object)


@dataclass(frozen=True, eq=False)
class PublishedDataset:
    """A data set in the published layout, its lists read and checked, its images not yet.

    ``images`` is the folder or tar archive that holds the images; ``table`` has one row a
    cell, as :func:`~deepyeast.io.published_lists.read_lists` gives it.
    """

    images: Path
    classes: ClassList
    splits: tuple[str, ...]
    table: pd.DataFrame

    @classmethod
    def open(cls, path: Path, kind: Kind | None = None) -> PublishedDataset:
        """Open a folder with lists, or a tar archive with the lists beside or inside it.

        The images of a folder lie in its ``plateNN`` folders, or else in the published
        archive beside the lists, as a download leaves them.

        Parameters
        ----------
        path
            The folder or the archive (compressed or not).
        kind
            The main set or the one of the transfer experiment; None takes the main one where
            its lists are there.

        Raises
        ------
        DatasetError
            If there is nothing, or the lists are missing or contradict themselves.
        """
        if not path.exists():
            raise DatasetError(f"{path}: there is no such folder or archive")
        folder = path if path.is_dir() else path.parent
        texts = {f.name: _text(f) for f in sorted(folder.glob(f"{PREFIXES['main']}_*.txt"))}
        if not texts and not path.is_dir():
            texts = read_texts(path, ".txt")
        found, splits = find_lists(texts, kind, str(path))
        classes = read_classes(texts, found)
        images = path
        archive = folder / ARCHIVE.format(kind=found)
        if path.is_dir() and not any(path.glob("plate*/")) and archive.is_file():
            images = archive
        return cls(images, classes, tuple(splits), read_lists(texts, found, classes))

    def read(self, split: str, limit: int | None = None) -> LabelledCells:
        """Read the cells of a split, in the order of its list.

        Parameters
        ----------
        split
            One of ``splits``.
        limit
            At most so many, taken evenly over the list, whose neighbours may be of one protein.

        Raises
        ------
        DatasetError
            If there is no such split, or an image is missing or damaged.
        """
        if split not in self.splits:
            raise DatasetError(
                f"{self.images}: has no split {split!r}; it has {', '.join(self.splits)}"
            )
        rows = self.table[self.table["split"] == split]
        if limit is not None and limit < len(rows):
            rows = rows.iloc[np.arange(limit) * len(rows) // limit]
        cells = rows[list(CELL_COLUMNS)].reset_index(drop=True)
        images = read_images(self.images, cast("list[str]", cells["source"].tolist()))
        return LabelledCells(images, rows["label"].to_numpy(dtype=np.int64), cells)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
