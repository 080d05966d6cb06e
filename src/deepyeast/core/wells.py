"""Names of wells: one spelling for the many in use."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"([A-Za-z]{1,2})[-_ ]?0*([1-9]\d?)")
_NUMBERS = re.compile(r"r(?:ow)?0*([1-9]\d?)[-_ ]?c(?:ol(?:umn)?)?0*([1-9]\d?)", re.IGNORECASE)
ROWS, COLUMNS = 32, 48
"""Of the largest plates made, with 1,536 wells."""


def well_name(row: int, column: int) -> str:
    """Return the name of the well in a row and column counted from one: ``A01``, ``AF48``.

    Raises
    ------
    ValueError
        If no plate has such a well.
    """
    if not (1 <= row <= ROWS and 1 <= column <= COLUMNS):
        raise ValueError(f"no plate has a well in row {row}, column {column}")
    letters = chr(64 + row) if row <= 26 else "A" + chr(64 + row - 26)
    return f"{letters}{column:02d}"


def well_position(name: str) -> tuple[int, int]:
    """Return row and column, counted from one, of a well in any spelling.

    Accepts ``A1``, ``a01``, ``A-01``, ``AF48``, ``r01c02`` and ``row1col2``.

    Raises
    ------
    ValueError
        If the text is not a well's name.
    """
    text = name.strip()
    if match := _NUMBERS.fullmatch(text):
        row, column = int(match[1]), int(match[2])
    elif match := _LETTERS.fullmatch(text):
        letters = match[1].upper()
        row = ord(letters[-1]) - 64 + (26 if len(letters) == 2 else 0)
        column = int(match[2])
        if len(letters) == 2 and letters[0] != "A":
            raise ValueError(f"{name!r} is not a well such as A01")
    else:
        raise ValueError(f"{name!r} is not a well such as A01")
    well_name(row, column)
    return row, column


def normalise_well(name: str) -> str:
    """Return a well's name in the form ``A01``, whatever spelling it came in.

    Raises
    ------
    ValueError
        If the text is not a well's name.
    """
    return well_name(*well_position(name))
