"""Small tables that people write by hand: plate maps, listings, annotations."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from deepyeast.core import DatasetError


def read_text_table(
    path: Path, what: str, required: Sequence[str], synonyms: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Read a table of text, separated by commas, semicolons or tabs, as spreadsheets write it.

    Parameters
    ----------
    what
        What the file is, for messages.
    required
        Columns that must be there.
    synonyms
        Other names of columns, in lower case.

    Returns
    -------
    pandas.DataFrame
        All columns as text without spaces around it, ``""`` where empty; names of columns in
        lower case, translated; the index is the number of the line in the file.

    Raises
    ------
    DatasetError
        If it cannot be read, or lacks a column.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path}: the {what} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        text = path.read_bytes().decode("latin-1")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or "\0" in text:
        raise DatasetError(f"{path}: the {what} is {'no text' if lines else 'empty'}")
    separator = max(",;\t", key=lines[0].count)
    rows = list(csv.reader(text.splitlines(), delimiter=separator))
    numbered = [(i, row) for i, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    names = [_name(cell, synonyms or {}) for cell in numbered[0][1]]
    missing = [name for name in required if name not in names]
    if missing:
        raise DatasetError(
            f"{path}: the {what} lacks the column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}; it has {', '.join(names)}"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(f"{path}: the {what} has the column {twice} twice")
    for number, row in numbered[1:]:
        if len(row) > len(names):
            raise DatasetError(
                f"{path}: line {number} of the {what} has {len(row)} cells, its head {len(names)}"
            )
    table = [[c.strip() for c in row] + [""] * (len(names) - len(row)) for _, row in numbered[1:]]
    return pd.DataFrame(table, columns=names, index=[i for i, _ in numbered[1:]], dtype=str)


def _name(cell: str, synonyms: Mapping[str, str]) -> str:
    name = cell.strip()
    return synonyms.get(name.lower(), name.lower() if name.lower() in synonyms.values() else name)
