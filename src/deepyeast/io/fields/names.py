"""Plate, well, field and channel from file names, as microscopes and people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deepyeast.core import DatasetError, normalise_well, well_name

_WELL = r"(?P<well>[A-Pa-p](?:0?[1-9]|1\d|2[0-4])|A[A-Fa-f]\d{2})"
_FIELD = r"(?:[_-](?:f|fld|field|s|site)?(?P<field>\d+))?"
_CHANNEL = r"(?:[_-](?P<channel>rfp|gfp|mcherry|tdtomato|yfp|egfp|red|green|ch\d|c\d|w\d))?"
PATTERNS = (
    # Opera, Phenix, Harmony: r01c02f03p01-ch1sk1fk1fl1
    r"r(?P<row>\d{2})c(?P<column>\d{2})f(?P<field>\d+)p\d+-ch(?P<channel>\d+)(?:sk\d+)?(?:fk\d+)?(?:fl\d+)?",
    # Opera .flex: 001002000, row and column of the well
    r"(?P<row>\d{3})(?P<column>\d{3})\d{3}",
    # ImageXpress: plate_A01_s1_w1, with a hash behind on some
    rf"(?:(?P<plate>.+)_)?{_WELL}_s(?P<field>\d+)(?:_w(?P<channel>\d+))?(?:[0-9A-F-]{{36}})?",
    # one site a well: plate_A01_w1
    rf"(?:(?P<plate>.+)_)?{_WELL}_w(?P<channel>\d+)(?:[0-9A-F-]{{36}})?",
    # ours and people's: A01_f01, A01-2, A01_GFP, A01_f01_RFP
    rf"{_WELL}{_FIELD}{_CHANNEL}",
    # plate_A01_field3
    rf"(?P<plate>.+?)[_-]{_WELL}{_FIELD}{_CHANNEL}",
)
_COMPILED = tuple(re.compile(p, re.IGNORECASE) for p in PATTERNS)


@dataclass(frozen=True)
class NameParts:
    """What a file name tells; ``""`` where it does not."""

    plate: str = ""
    well: str = ""
    field: str = ""
    channel: str = ""


def parse_name(stem: str) -> NameParts:
    """Return what a file name without suffix tells, by the first pattern that fits all of it."""
    for pattern in _COMPILED:
        if match := pattern.fullmatch(stem):
            return _parts(match)
    return NameParts(field=stem)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a user's pattern, checked.

    Raises
    ------
    DatasetError
        If it is no regular expression, or has no groups that tell the well.
    """
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise DatasetError(f"--pattern {pattern!r} is no regular expression: {error}") from error
    groups = set(compiled.groupindex)
    if "well" not in groups and not {"row", "column"} <= groups:
        raise DatasetError(
            f"--pattern {pattern!r} must name the group (?P<well>…), or (?P<row>…) and "
            "(?P<column>…); (?P<plate>…), (?P<field>…) and (?P<channel>…) are taken too"
        )
    return compiled


def parse_by(pattern: re.Pattern[str], path: str) -> NameParts | None:
    """Return what a path tells by a user's pattern; None where the pattern does not fit.

    Raises
    ------
    ValueError
        If what it tells is not a well.
    """
    match = pattern.search(path)
    return None if match is None else _parts(match)


def _parts(match: re.Match[str]) -> NameParts:
    found = {name: value for name, value in match.groupdict().items() if value}
    well = found.get("well", "")
    if well:
        well = normalise_well(well)
    elif "row" in found and "column" in found:
        row = found["row"]
        number = int(row) if row.isdigit() else ord(row.upper()) - 64
        well = well_name(number, int(found["column"]))
    return NameParts(
        plate=found.get("plate", ""),
        well=well,
        field=found.get("field", ""),
        channel=found.get("channel", ""),
    )
