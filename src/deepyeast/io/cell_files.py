"""Which files of a folder are single cells, of which protein, and which label they have."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from deepyeast.core import COMPARTMENTS, ClassList, DatasetError, NothingUsableError
from deepyeast.io.label_table import LABELS, read_label_table

SUFFIXES = (".tif", ".tiff", ".png")
"""Endings of image files, whatever their case."""

CHANNEL_NAME = re.compile(r"(.+)_(gfp|rfp)", re.IGNORECASE)
"""Stem of a file that holds one channel of a cell: the cell's name, then the channel."""


@dataclass(frozen=True)
class CellFile:
    """Where the image of one cell lies.

    Parameters
    ----------
    cell_id
        Unique in its folder: protein, slash, name.
    protein
        The first sub-folder; for an image directly in the folder, its label where a
        ``labels.csv`` gives one, and the folder's own name otherwise.
    source
        The green or the only file, relative to the folder, with slashes.
    red
        The red channel's file, or the only one.
    green
        The green channel's file; None where one file holds both.
    """

    cell_id: str
    protein: str
    source: str
    red: Path
    green: Path | None

    @property
    def red_source(self) -> str:
        """The red or the only file, relative to the folder, with slashes."""
        if self.green is None:
            return self.source
        return str(PurePosixPath(self.source).with_name(_text(self.red.name)))


def find_cells(folder: Path) -> list[CellFile]:
    """Return the cells of a folder, sorted by source; nothing is decoded yet.

    A cell is a pair ``NAME_gfp``/``NAME_rfp`` of TIFF or PNG files, or any other such file.
    A channel without its partner is listed too: reading it says what is missing. Hidden files
    and files that are no images by their ending are passed over.

    Raises
    ------
    NothingUsableError
        If the folder does not exist or holds no image.
    DatasetError
        If there is a ``labels.csv`` that cannot be read.
    OSError
        If a sub-folder may not be read.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        raise NothingUsableError(f"{folder}: {what}")
    labels = read_label_table(folder) or {}
    home = _text(folder.resolve().name)
    cells = [_cell(folder, files, name, home, labels) for name, files in _groups(folder)]
    if not cells:
        raise NothingUsableError(
            f"{folder}: holds no image ({', '.join(SUFFIXES)}); a folder of single cells has one "
            "sub-folder a protein, with NAME_gfp.tif and NAME_rfp.tif, two-channel or RGB files"
        )
    return sorted(_with_unique_ids(cells), key=lambda cell: cell.source)


def read_labels(folder: Path, classes: ClassList = COMPARTMENTS) -> dict[str, int] | None:
    """Return the true class of the cells that ``labels.csv`` names, by ``CellFile.source``.

    The table may name either file of a pair. None where there is no table.

    Raises
    ------
    NothingUsableError
        If the folder does not exist or holds no image.
    DatasetError
        If the table cannot be read, names an unknown class or none of the folder's images.
    """
    cells = find_cells(folder)
    table = read_label_table(folder)
    if table is None:
        return None
    indices: dict[str, int] = {}
    for file, label in table.items():
        try:
            indices[file] = classes.index(label)
        except KeyError as error:
            raise DatasetError(f"{folder / LABELS}: {file}: {error.args[0]}") from error
    labelled = {
        cell.source: indices[name]
        for cell in cells
        for name in (cell.red_source, cell.source)
        if name in indices
    }
    if not labelled:
        raise DatasetError(
            f"{folder / LABELS}: names none of the images; its column file must hold paths "
            f"relative to the folder, such as {cells[0].source}"
        )
    return labelled


def _cell(
    folder: Path, files: tuple[Path, ...], name: str, home: str, labels: dict[str, str]
) -> CellFile:
    """Return the cell of one file, or of a green and a red one, relative to ``folder``."""
    sources = [_text(file.as_posix()) for file in files]
    inner = files[0].parent.parts
    labelled = (labels[source] for source in sources if source in labels)
    protein = _text(inner[0]) if inner else next(labelled, home)
    cell_id = _text("/".join((protein, *inner[1:], name)))
    red = folder / files[-1]
    green = folder / files[0] if len(files) > 1 else None
    return CellFile(cell_id, protein, sources[0], red, green)


def _groups(folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Yield the name and the files of every cell: (green, red), or the only one."""
    groups: dict[tuple[Path, str, str], list[Path]] = defaultdict(list)
    for file in _image_files(folder):
        channel = CHANNEL_NAME.fullmatch(file.stem)
        if channel is None:
            yield file.stem, (file,)
        else:
            groups[file.parent, channel[1], file.suffix.lower()].append(file)
    for (_, name, _), files in groups.items():
        files.sort(key=lambda file: file.stem.lower())
        if [file.stem.lower()[-3:] for file in files] == ["gfp", "rfp"]:
            yield name, tuple(files)
        else:
            yield from ((file.stem, (file,)) for file in files)


def _image_files(folder: Path) -> Iterator[Path]:
    """Yield the visible image files in and below a folder, relative to it."""
    for here, folders, files in os.walk(folder, onerror=_raise, followlinks=True):
        parent = Path(here)
        folders[:] = [f for f in folders if not f.startswith(".") and not _loops(parent / f)]
        for file in files:
            if not file.startswith(".") and file.lower().endswith(SUFFIXES):
                yield (parent / file).relative_to(folder)


def _loops(folder: Path) -> bool:
    """Say whether a folder is a link to one it lies in."""
    return folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve())


def _raise(error: OSError) -> None:
    raise error


def _with_unique_ids(cells: list[CellFile]) -> list[CellFile]:
    """Tell apart cells of one name, such as ``a.tif`` and ``a.png``, by their whole source."""
    counts = Counter(cell.cell_id for cell in cells)
    return [
        cell
        if counts[cell.cell_id] == 1
        else replace(cell, cell_id=f"{cell.protein}/{cell.source}")
        for cell in cells
    ]


def _text(name: str) -> str:
    """Return a file name as valid text: tables are UTF-8, file names need not be."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
