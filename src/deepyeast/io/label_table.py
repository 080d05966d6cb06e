"""``labels.csv``: the true compartment of the images beside it."""

from __future__ import annotations

import csv
from pathlib import Path

from deepyeast.core import DatasetError

LABELS = "labels.csv"
COLUMNS = ("file", "label")


def read_label_table(folder: Path) -> dict[str, str] | None:
    """Return the label of each file as it is spelt there, or None where there is no table.

    Files are paths relative to ``folder``, with slashes; rows without a label are left out.

    Raises
    ------
    DatasetError
        If the table cannot be read, lacks a column, or gives one file two labels.
    """
    path = folder / LABELS
    if not path.is_file():
        return None
    labels: dict[str, str] = {}
    for row in _rows(path):
        file = row["file"].replace("\\", "/").removeprefix("./")
        if row["label"] and labels.setdefault(file, row["label"]) != row["label"]:
            raise DatasetError(f"{path}: labels {file} as {labels[file]} and as {row['label']}")
    return labels


def _rows(path: Path) -> list[dict[str, str]]:
    """Return the table's rows, their values stripped of blanks."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            have = [name.strip().lower() for name in reader.fieldnames or ()]
            if not set(COLUMNS) <= set(have):
                raise DatasetError(
                    f"{path}: needs the columns {','.join(COLUMNS)}; it has {','.join(have)}"
                )
            reader.fieldnames = have
            return [{column: row[column].strip() for column in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: cannot be read as UTF-8 CSV ({error})") from error
