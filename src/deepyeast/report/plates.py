"""Plates as grids of wells, each coloured by what was found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from deepyeast.core import ClassList, well_name, well_position

FORMATS = ((4, 6), (8, 12), (16, 24), (32, 48))
"""Rows and columns of plates of 24, 96, 384 and 1,536 wells."""

OPEN = 4
"""Up to so many plates are open from the start."""

SCALE = "cividis"
"""Colours of numbers: even in lightness, and alike for colour-blind readers."""


@dataclass(frozen=True)
class Tile:
    """A well: its colours by call, by cells used and by abundance, its tip, its gallery."""

    call: str
    used: str
    abundance: str
    tip: str
    link: str


@dataclass(frozen=True)
class Plate:
    """A plate: headings of rows and columns, and a tile or None for every place."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[int, ...]
    tiles: tuple[tuple[Tile | None, ...], ...]
    open: bool


def plates(
    wells: pd.DataFrame | None,
    classes: ClassList,
    proteins: Sequence[Mapping[str, Any]],
    shown: set[int],
) -> list[Plate]:
    """Return a run's plates in order; none where wells are unknown.

    Parameters
    ----------
    wells
        One row a well, with the columns of the table of proteins.
    classes
        For the colours.
    proteins
        The rows of the page's table, with ``protein`` and ``index``.
    shown
        Indices of those that have a gallery.
    """
    if wells is None:
        return []
    known = wells[wells["well"] != ""]
    links = {row["protein"]: f"#p{row['index']}" for row in proteins if row["index"] in shown}
    colours = dict(zip(classes.names, classes.colours, strict=True))
    known = known.assign(
        used_colour=_shades(known["n_used"]), abundance_colour=_shades(known["abundance"])
    )
    groups = known.groupby("plate", sort=True)
    return [
        _plate(str(name), group, colours, links, number < OPEN)
        for number, (name, group) in enumerate(groups)
    ]


def legend(values: pd.Series) -> tuple[str, str, str]:
    """Return the least and the greatest value, and the CSS gradient between their colours."""
    stops = ", ".join(to_hex(colormaps[SCALE](x)) for x in np.linspace(0, 1, 6))
    seen = values.dropna()
    low, high = (seen.min(), seen.max()) if len(seen) else (0, 0)
    return f"{low:,.4g}", f"{high:,.4g}", f"linear-gradient(to right, {stops})"


def _shades(values: pd.Series) -> list[str]:
    """Return a colour for each number, empty where there is none."""
    numbers = values.to_numpy(np.float64)
    seen = numbers[np.isfinite(numbers)]
    if not len(seen):
        return [""] * len(numbers)
    span = float(seen.max() - seen.min()) or 1.0
    scaled = (numbers - seen.min()) / span
    return [to_hex(colormaps[SCALE](x)) if np.isfinite(x) else "" for x in scaled]


def _plate(
    name: str,
    wells: pd.DataFrame,
    colours: Mapping[str, str],
    links: Mapping[str, str],
    open_: bool,
) -> Plate:
    rows = {well_position(str(row["well"])): row for row in wells.to_dict("records")}
    height, width = next((h, w) for h, w in FORMATS if all(r <= h and c <= w for r, c in rows))
    tiles = tuple(
        tuple(
            _tile(rows[r, c], colours, links) if (r, c) in rows else None
            for c in range(1, width + 1)
        )
        for r in range(1, height + 1)
    )
    letters = tuple(well_name(r, 1)[:-2] for r in range(1, height + 1))
    return Plate(name, letters, tuple(range(1, width + 1)), tiles, open_)


def _tile(row: Mapping[Any, Any], colours: Mapping[str, str], links: Mapping[str, str]) -> Tile:
    call = str(row["localization"])
    told = f"{call} {row['probability']:.2f}" if call else "not called"
    tip = f"{row['well']} · {row['protein']} · {told} · {row['n_used']:,} cells used"
    return Tile(
        call=colours.get(call, ""),
        used=row["used_colour"],
        abundance=row["abundance_colour"],
        tip=tip,
        link=links.get(str(row["protein"]), ""),
    )
