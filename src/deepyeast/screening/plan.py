"""Which fields a screen will analyse, decided once and kept: the manifest of a run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from deepyeast.core import (
    ClassList,
    DatasetError,
    InputError,
    NothingUsableError,
    RunFolderError,
    hash_config,
)
from deepyeast.io import FieldFile, FieldListing, PlateMap, write_bytes
from deepyeast.screening.settings import ScreenSettings

TRUTH = "label"
"""Column of the plate map with the compartment that a protein is known to be in."""

RESERVED = ("source", "field", "y", "x", "area", "quality", "used", "flags", "true_label")


@dataclass(frozen=True)
class PlannedField:
    """A field to be analysed, and what the plate map says of its well."""

    file: FieldFile
    protein: str
    details: dict[str, str]


@dataclass(frozen=True)
class Skipped:
    """A field, well or row of the plate map that cannot be used, and why."""

    path: str
    kind: str
    message: str


class ScreenPlan(BaseModel):
    """What a run does, kept from its first start so that a later one does the same.

    ``n_blank`` counts the fields of wells that are declared blank; ``inputs_hash`` is that of
    the fields' names and sizes.
    """

    model_config = ConfigDict(frozen=True)

    folder: str
    settings: ScreenSettings
    weights_hash: str
    plate_map_hash: str
    inputs_hash: str
    details: tuple[str, ...]
    fields: tuple[PlannedField, ...]
    skipped: tuple[Skipped, ...]
    n_blank: int

    def write(self, path: Path) -> None:
        """Write the plan, whole or not at all."""
        write_bytes(path, self.model_dump_json().encode())

    @classmethod
    def read(cls, path: Path) -> ScreenPlan | None:
        """Read a plan; None where there is none.

        Raises
        ------
        RunFolderError
            If the file is not a plan of this version.
        """
        if not path.is_file():
            return None
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise RunFolderError(
                f"{path.parent}: its plan cannot be read by this version; delete the folder, "
                "or give --restart, to begin anew"
            ) from error

    def differences(
        self, folder: Path, plate_map: PlateMap, settings: ScreenSettings, weights_hash: str
    ) -> list[str]:
        """Return the names of what is wanted otherwise now, the fields left out."""
        mine, others = self.settings.model_dump(), settings.model_dump()
        names = [name for name in mine if mine[name] != others[name]]
        wanted = {
            "folder": str(folder.resolve()),
            "weights": weights_hash,
            "plate map": _hash_map(plate_map),
        }
        kept = {
            "folder": self.folder,
            "weights": self.weights_hash,
            "plate map": self.plate_map_hash,
        }
        return names + [name for name in wanted if wanted[name] != kept[name]]


def plan_screen(
    folder: Path,
    listing: FieldListing,
    plate_map: PlateMap,
    settings: ScreenSettings,
    weights_hash: str,
    classes: ClassList,
) -> ScreenPlan:
    """Decide what is to be done with each field found.

    Raises
    ------
    DatasetError
        If a column of the plate map has a name of the results', or a ``label`` is unknown.
    NothingUsableError
        If no field is of a well with a protein.
    """
    _check_columns(plate_map, classes)
    fields: list[PlannedField] = []
    skipped = [Skipped(e.path, e.kind, e.message) for e in listing.errors]
    unknown: dict[tuple[str, str], list[FieldFile]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    n_blank = 0
    only = _only_plate(listing, plate_map)
    for file in listing.files:
        row = plate_map.find(only or file.plate, file.well)
        if row is None:
            unknown[file.plate, file.well].append(file)
            continue
        seen.add((row["plate"], row["well"]))
        if not row["protein"]:
            n_blank += 1
            continue
        details = {_carried(name): row[name] for name in plate_map.extras}
        fields.append(PlannedField(file, row["protein"], details))
    skipped += [_not_in_map(key, files) for key, files in unknown.items()]
    skipped += _without_fields(plate_map, seen)
    if not fields:
        reasons = skipped[0].message if skipped else "all wells are declared blank"
        raise NothingUsableError(
            f"{folder}: none of {len(listing.files)} fields is of a well with a protein "
            f"in the plate map: {reasons}"
        )
    return ScreenPlan(
        folder=str(folder.resolve()),
        settings=settings,
        weights_hash=weights_hash,
        plate_map_hash=_hash_map(plate_map),
        inputs_hash=_hash_inputs(folder, fields),
        details=tuple(_carried(name) for name in plate_map.extras),
        fields=tuple(fields),
        skipped=tuple(skipped),
        n_blank=n_blank,
    )


def _only_plate(listing: FieldListing, plate_map: PlateMap) -> str | None:
    """Return the map's plate where it has one and the fields are of one: names may differ."""
    mapped = plate_map.table["plate"].unique()
    one = len(mapped) == 1 and len({file.plate for file in listing.files}) == 1
    return str(mapped[0]) if one else None


def _carried(name: str) -> str:
    return "true_label" if name == TRUTH else name


def _check_columns(plate_map: PlateMap, classes: ClassList) -> None:
    results = {*RESERVED, "probability", "entropy", "novelty", "cell_id"}
    taken = [c for c in plate_map.extras if c in results or c.startswith(("p_", "f_", "n_"))]
    if taken:
        raise DatasetError(
            f"plate map: the results have columns of their own named {', '.join(taken)}; "
            "rename those of the plate map"
        )
    if TRUTH not in plate_map.extras:
        return
    unknown = sorted({*plate_map.table[TRUTH]} - {*classes.names, ""})
    if unknown:
        raise DatasetError(
            f"plate map: {unknown[0]!r} in the column {TRUTH} is not a compartment of the "
            f"network; they are: {', '.join(classes.names)}"
        )


def _not_in_map(key: tuple[str, str], files: list[FieldFile]) -> Skipped:
    plate, well = key
    if not well:
        what = f"{len(files)} fields whose well is not known"
        do = "tell how names are read with --pattern, or list the files with --listing"
        return Skipped(files[0].source, "no-well", f"{what}, such as this one; {do}")
    return Skipped(
        files[0].source,
        "not-in-plate-map",
        f"well {well} of plate {plate or '(unnamed)'} is not in the plate map, so its "
        f"{len(files)} fields were skipped; add it, with an empty protein if it is blank",
    )


def _without_fields(plate_map: PlateMap, seen: set[tuple[str, str]]) -> list[Skipped]:
    rows = plate_map.table[plate_map.table["protein"] != ""]
    return [
        Skipped(
            f"{row['plate']}/{row['well']}",
            "no-fields",
            f"{row['protein']} is in the plate map, but there is no field of its well",
        )
        for row in rows.to_dict("records")
        if (row["plate"], row["well"]) not in seen
    ]


def _hash_map(plate_map: PlateMap) -> str:
    return hash_config({"rows": plate_map.table.to_dict("records")})


def _hash_inputs(folder: Path, fields: list[PlannedField]) -> str:
    """Return a hash of the names and sizes of all files; folders count by name alone."""
    paths = {path for field in fields for _, path in field.file.files}
    sizes = {p: _size(folder / p) for p in paths}
    return hash_config(sizes)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def as_errors(skipped: tuple[Skipped, ...]) -> list[InputError]:
    """Return what a plan skipped as errors."""
    return [InputError(s.path, s.kind, s.message) for s in skipped]
