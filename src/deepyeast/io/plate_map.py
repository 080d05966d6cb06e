"""Which protein is in which well."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from deepyeast.core import DatasetError, normalise_well, well_name
from deepyeast.io.csv_table import read_text_table

_SYNONYMS = {
    "plate": "plate",
    "plate_id": "plate",
    "barcode": "plate",
    "metadata_plate": "plate",
    "well": "well",
    "well_id": "well",
    "metadata_well": "well",
    "row": "row",
    "column": "column",
    "col": "column",
    "protein": "protein",
    "protein_name": "protein",
}


@dataclass(frozen=True, eq=False)
class PlateMap:
    """Proteins by plate and well.

    ``table`` has the columns ``plate``, ``well`` (as ``A01``), ``protein`` (``""`` in a well
    declared blank) and the further ones, ``extras``, all of them text.
    """

    table: pd.DataFrame
    extras: tuple[str, ...]

    @cached_property
    def _rows(self) -> dict[tuple[str, str], dict[str, str]]:
        rows = self.table.to_dict("records")
        return {
            (row["plate"], row["well"]): {str(k): str(v) for k, v in row.items()} for row in rows
        }

    @cached_property
    def _plates(self) -> tuple[str, ...]:
        return tuple(self.table["plate"].unique())

    def find(self, plate: str, well: str) -> dict[str, str] | None:
        """Return the row of a well; None where the map has none.

        A map of one plate without a name holds for any plate.
        """
        if self._plates == ("",):
            return self._rows.get(("", well))
        return self._rows.get((plate, well))


def read_plate_map(path: Path) -> PlateMap:
    """Read a plate map.

    The columns are plate, well (or row and column, as letters or numbers), protein and any
    further ones. Without the column plate, it holds for every plate. An empty protein
    declares a well blank.

    Raises
    ------
    DatasetError
        If it cannot be read, lacks a column, names what is no well, or a well twice.
    """
    table = read_text_table(path, "plate map", ("protein",), _SYNONYMS)
    if "well" not in table and not {"row", "column"} <= set(table):
        raise DatasetError(
            f"{path}: the plate map lacks the column well (or row and column); "
            f"it has {', '.join(table.columns)}"
        )
    if table.empty:
        raise DatasetError(f"{path}: the plate map has no wells")
    wells = [_well(path, line, row) for line, row in table.iterrows()]
    plates = table["plate"] if "plate" in table else pd.Series("", index=table.index)
    extras = tuple(str(c) for c in table if c not in ("plate", "well", "row", "column", "protein"))
    known = pd.DataFrame(
        {"plate": plates, "well": wells, "protein": table["protein"]}, index=table.index
    ).join(table[[*extras]])
    twice = known[known.duplicated(["plate", "well"])]
    if len(twice):
        line = twice.index[0]
        row = known.loc[line]
        same = known[(known["plate"] == row["plate"]) & (known["well"] == row["well"])].index[0]
        raise DatasetError(
            f"{path}: line {line}: well {row['well']} of plate {row['plate'] or '(unnamed)'} "
            f"is in line {same} already"
        )
    return PlateMap(known.reset_index(drop=True), extras)


def _well(path: Path, line: object, row: pd.Series) -> str:
    try:
        if row.get("well"):
            return normalise_well(row["well"])
        letters = str(row["row"]) if "row" in row else ""
        number = int(letters) if letters.isdigit() else 0
        if number:
            return well_name(number, int(row["column"]))
        return normalise_well(f"{letters}{row.get('column', '')}")
    except ValueError as error:
        raise DatasetError(f"{path}: line {line}: {error}") from error
