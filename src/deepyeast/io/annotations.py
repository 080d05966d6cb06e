"""Tables of annotations: which compartments others found proteins in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from deepyeast.core import Annotations, DatasetError

PROTEIN = ("protein", "gene", "orf", "name")
COMPARTMENT = (
    "compartment",
    "compartments",
    "localization",
    "localizations",
    "localisation",
    "location",
    "label",
    "go term",
    "go",
)
"""Headings that are understood, case aside; where a table has several, the first here counts."""

_SEPARATORS = re.compile(r"[;,|]")


def read_annotations(path: Path) -> Annotations:
    """Read a CSV table with one or several rows a protein.

    Several compartments of a protein are in several rows, or in one joined by ``;``, ``,`` (in
    quotes) or ``|``. A row without a compartment says nothing, as if it were not there.

    Raises
    ------
    DatasetError
        If the table cannot be read, lacks a column, annotates nothing, or if a row has no
        protein or more values than the table has columns; the message names the row.
    """
    found: dict[str, dict[str, None]] = {}
    for number, protein, compartments in _rows(path):
        names = [name.strip() for name in _SEPARATORS.split(compartments) if name.strip()]
        if not names:
            continue
        if not protein:
            raise DatasetError(f"{path}, row {number}: names a compartment but no protein")
        found.setdefault(protein, {}).update(dict.fromkeys(names))
    if not found:
        raise DatasetError(f"{path}: gives no protein a compartment")
    return Annotations(path.name, {protein: tuple(names) for protein, names in found.items()})


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each row, the heading's being 1, its protein and its compartments."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            have = [" ".join(n.lower().replace("_", " ").split()) for n in reader.fieldnames or ()]
            protein, compartment = (_column(path, have, c) for c in (PROTEIN, COMPARTMENT))
            reader.fieldnames = have
            for number, row in enumerate(reader, start=2):
                if None in row:
                    raise DatasetError(
                        f"{path}, row {number}: has more values than the table has columns; put "
                        "several compartments in quotes, or join them by ;"
                    )
                yield number, row[protein].strip(), row[compartment].strip()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: cannot be read as UTF-8 CSV ({error})") from error


def _column(path: Path, have: list[str], known: tuple[str, ...]) -> str:
    """Return the heading of the column wanted."""
    name = next((name for name in known if name in have), None)
    if name is None:
        raise DatasetError(
            f"{path}: needs a column named {known[0]} (or {', '.join(known[1:])}); "
            f"it has {', '.join(have) or 'none'}"
        )
    if have.count(name) > 1:
        raise DatasetError(f"{path}: has two columns named {name}")
    return name
