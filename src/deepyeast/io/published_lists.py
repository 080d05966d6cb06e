"""The published data set's lists: which image is in which split, of which protein and class.

A line is ``plateNN/RRRCCC000-F-IMAGE-CELL.png LABEL``: plate, row and column of the well,
field, a running number of the image, one of the cell in it, and the label's index
(Parnamaa & Parts 2017, https://github.com/tanelp/deepyeast). A well holds one protein.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, ClassList, DatasetError

Kind = Literal["main", "transfer"]
"""The two published sets: the twelve compartments, and the four of the transfer experiment."""

PREFIXES: Mapping[Kind, str] = {"main": "HOwt", "transfer": "HOwt_transfer"}
"""How the names of each set's lists begin."""

CLASS_LISTS: Mapping[Kind, ClassList] = {"main": COMPARTMENTS, "transfer": TRANSFER_COMPARTMENTS}

SPLITS = ("train", "val", "test")

PLATE_ROWS, PLATE_COLUMNS = 16, 24
"""Wells of a plate; row 1 is A."""

DOC_HEADER = "label;label_idx"

_LINE = re.compile(
    r"(?P<source>(?P<plate>plate\d+)/(?P<row>\d{3})(?P<column>\d{3})000"
    r"-(?P<field>\d+)-\d+-\d+\.png) (?P<label>\d+)"
)


def list_name(kind: Kind, split: str) -> str:
    """Return the file name of a list; the split ``doc`` is the list of classes."""
    return f"{PREFIXES[kind]}_{split}.txt"


def find_lists(texts: Mapping[str, str], kind: Kind | None, where: str) -> tuple[Kind, list[str]]:
    """Return which set's lists there are and which splits, in the usual order.

    Parameters
    ----------
    texts
        The lists by file name.
    kind
        The set wanted; None takes the main one where it is there.
    where
        For the message.

    Raises
    ------
    DatasetError
        If there is no list of the set.
    """
    for candidate in PREFIXES if kind is None else (kind,):
        splits = [split for split in SPLITS if list_name(candidate, split) in texts]
        if splits:
            return candidate, splits
    wanted = list_name(kind or "main", "train")
    raise DatasetError(f"{where}: has no lists of images such as {wanted}")


def read_classes(texts: Mapping[str, str], kind: Kind) -> ClassList:
    """Return the classes that the list of classes names; the published ones if it is absent.

    Raises
    ------
    DatasetError
        If it names others, or in another order.
    """
    name = list_name(kind, "doc")
    if name not in texts:
        return CLASS_LISTS[kind]
    for classes in CLASS_LISTS.values():
        if texts[name].split("\n")[: len(classes) + 1] == class_lines(classes):
            return classes
    raise DatasetError(f"{name}: names other classes than the published, or in another order")


def class_lines(classes: ClassList) -> list[str]:
    """Return the lines of the list of classes."""
    return [DOC_HEADER, *(f"{label};{i}" for i, label in enumerate(classes.names))]


def read_lists(texts: Mapping[str, str], kind: Kind, classes: ClassList) -> pd.DataFrame:
    """Return one row a cell of all splits, in the order of the lists.

    Columns: ``split``, ``label`` (int64) and those of ``core.CELL_COLUMNS``; ``source`` is the
    image's name, ``protein`` reads like ``plate10/R15C05``, ``well`` like ``O05``.

    Raises
    ------
    DatasetError
        If a line has another form, a label or well is out of range, an image is listed twice,
        or a protein has two labels or is in two splits.
    """
    parts = [
        _read_list(list_name(kind, split), texts[list_name(kind, split)]).assign(split=split)
        for split in SPLITS
        if list_name(kind, split) in texts
    ]
    cells = pd.concat(parts, ignore_index=True)
    row, column = (cells[c].astype(np.int64) for c in ("row", "column"))
    cells["label"] = cells["label"].astype(np.int64)
    _refuse(cells, cells["label"] >= len(classes), f"has no class of {classes.name} as label")
    on_plate = row.between(1, PLATE_ROWS) & column.between(1, PLATE_COLUMNS)
    _refuse(cells, ~on_plate, f"is off a plate of {PLATE_ROWS} x {PLATE_COLUMNS} wells")
    _refuse(cells, cells["source"].duplicated(), "is listed twice")
    cells["protein"] = cells["plate"] + "/R" + cells["row"].str[1:] + "C" + cells["column"].str[1:]
    of_protein = cells.groupby("protein", sort=False)
    for what in ("label", "split"):
        several = of_protein[what].transform("nunique") > 1
        _refuse(cells, several, f"is of a protein with more than one {what}")
    letters = row.map(lambda r: chr(ord("A") + r - 1))
    return cells.assign(
        cell_id=cells["source"].str.removesuffix(".png"),
        well=letters + cells["column"].str[1:],
        y=np.nan,
        x=np.nan,
    ).drop(columns=["row", "column"])


def _read_list(name: str, text: str) -> pd.DataFrame:
    """Return the fields of a list's lines, as text."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line.rstrip())
        if match is not None:
            rows.append(match.groupdict())
        elif line.strip():
            raise DatasetError(
                f"{name}, line {number}: {line[:80]!r} is not like "
                "'plate10/015005000-6-15188-94.png 0'"
            )
    if not rows:
        raise DatasetError(f"{name}: is empty")
    return pd.DataFrame(rows)


def _refuse(cells: pd.DataFrame, wrong: pd.Series, what: str) -> None:
    """Raise DatasetError if a row is wrong, naming the first."""
    if wrong.any():
        first = cells[wrong].iloc[0]
        raise DatasetError(f"list {first['split']}: {first['source']} {what} ({wrong.sum()} such)")
