"""Writing labelled cells in the published data set's layout."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import imagecodecs
import numpy as np

from deepyeast.core import CROP_SIZE, GREEN, RED, ClassList
from deepyeast.io.atomic import write_bytes
from deepyeast.io.published_lists import PLATE_COLUMNS, PLATE_ROWS, SPLITS, class_lines


class PublishedWriter:
    """Context manager that writes images one by one, and the lists of them at the end.

    A folder without lists is therefore an unfinished one. The same cells give the same bytes.

    Parameters
    ----------
    folder
        Where to write; made where missing. Images that are there already are not overwritten.
    classes
        The classes that labels index.
    prefix
        How the lists' names begin: ``HOwt``, or ``HOwt_transfer``.
    """

    def __init__(self, folder: Path, classes: ClassList, prefix: str = "HOwt") -> None:
        self._folder = folder
        self._classes = classes
        self._prefix = prefix
        self._lines: dict[str, list[str]] = {split: [] for split in SPLITS}
        self._plates: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> PublishedWriter:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the lists, unless an exception ended the work."""
        if kind is None:
            self.close()

    def add(
        self,
        *,
        split: str,
        plate: int,
        row: int,
        column: int,
        field: int,
        image: int,
        cell: int,
        label: int,
        picture: np.ndarray,
    ) -> str:
        """Write one cell and return its name, ``plateNN/RRRCCC000-FIELD-IMAGE-CELL.png``.

        Parameters
        ----------
        split
            ``train``, ``val`` or ``test``.
        plate, row, column
            The well, counted from 1: of one protein.
        field, image, cell
            Running numbers.
        label
            Index of the class.
        picture
            uint8 ``(2, 64, 64)``, red then green.

        Raises
        ------
        ValueError
            If a value is out of range or ``picture`` of another type or shape.
        FileExistsError
            If there is such an image already.
        """
        if split not in SPLITS or not 0 <= label < len(self._classes):
            raise ValueError(f"there is no split {split!r} or label {label}")
        if not (1 <= row <= PLATE_ROWS and 1 <= column <= PLATE_COLUMNS):
            raise ValueError(f"there is no well in row {row}, column {column}")
        if picture.shape != (2, CROP_SIZE, CROP_SIZE) or picture.dtype != np.uint8:
            raise ValueError(f"picture must be uint8 (2, 64, 64), not {picture.shape}")
        folder = f"plate{plate:02d}"
        if folder not in self._plates:
            (self._folder / folder).mkdir(exist_ok=True)
            self._plates.add(folder)
        name = f"{folder}/{row:03d}{column:03d}000-{field}-{image}-{cell}.png"
        rgb = np.zeros((CROP_SIZE, CROP_SIZE, 3), dtype=np.uint8)
        rgb[..., 0], rgb[..., 1] = picture[RED], picture[GREEN]
        with (self._folder / name).open("xb") as file:
            file.write(imagecodecs.png_encode(rgb, level=1))
        self._lines[split].append(f"{name} {label}")
        return name

    def close(self) -> None:
        """Write the list of classes and those of the splits that have cells."""
        lists = {**self._lines, "doc": class_lines(self._classes)}
        for split, lines in lists.items():
            if lines:
                path = self._folder / f"{self._prefix}_{split}.txt"
                write_bytes(path, "".join(f"{line}\n" for line in lines).encode())
