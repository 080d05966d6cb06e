"""How well cells were found: what a report says of the fields of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from deepyeast.report.images import data_uri, encode
from deepyeast.report.overlay import Overlay
from deepyeast.report.style import FONT, LIGHT, Chart, Theme, canvas, chart, style

LISTED = 20
"""Suspicious fields listed."""

_FEW = 0.35
"""A field with less than this share of the median number of cells is suspicious."""


@dataclass(frozen=True)
class Segmentation:
    """The section's content; ``examples`` are captions and pictures as data URIs."""

    n_fields: int
    n_used: int
    n_objects: int
    n_cells: int
    border: int
    small: int
    large: int
    figure: Chart
    suspicious: tuple[tuple[str, str, str], ...]
    examples: tuple[tuple[str, str], ...]


def segmentation(
    fields: pd.DataFrame | None,
    area_histogram: tuple[np.ndarray, np.ndarray] | None,
    overlays: Sequence[Overlay],
) -> Segmentation | None:
    """Return what the section shows; None where cells did not come from fields.

    Parameters
    ----------
    fields
        The table of fields.
    area_histogram
        Counts of cells by area, and the edges of the bins in pixels.
    overlays
        Example fields.
    """
    if fields is None or area_histogram is None:
        return None
    used = fields[fields["status"] == "used"]
    draw = partial(_figure, used, *area_histogram)
    return Segmentation(
        n_fields=len(fields),
        n_used=len(used),
        n_objects=int(fields["n_objects"].sum()),
        n_cells=int(fields["n_cells"].sum()),
        border=int(fields["dropped_border"].sum()),
        small=int(fields["dropped_small"].sum()),
        large=int(fields["dropped_large"].sum()),
        figure=chart(draw, "Areas of cells, and numbers of cells and of usable cells by field"),
        suspicious=tuple(_suspicious(fields, used))[:LISTED],
        examples=tuple((o.caption, data_uri(encode(o.picture), "webp")) for o in overlays),
    )


def _suspicious(fields: pd.DataFrame, used: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return source, well and reason of fields to look at, failed ones first."""
    typical = float(used["n_cells"].median()) if len(used) else 0.0
    found = []
    for row in fields.to_dict("records"):
        reasons = []
        if row["status"] != "used":
            reasons.append(str(row["status"]))
        elif row["n_cells"] < _FEW * typical:
            reasons.append(f"{row['n_cells']} cells, where {typical:.0f} are typical")
        if row["status"] == "used" and row["n_used"] < 0.5 * row["n_cells"]:
            reasons.append(f"only {row['n_used']} of {row['n_cells']} cells usable")
        if row["status"] == "used" and row["defocused"] > 0.3 * row["n_cells"]:
            reasons.append(f"{row['defocused']} cells out of focus")
        if reasons:
            where = f"{row['plate']} {row['well']}".strip()
            found.append((str(row["source"]), where, "; ".join(reasons)))
    return found


def _figure(
    used: pd.DataFrame, counts: np.ndarray, edges: np.ndarray, theme: Theme = LIGHT
) -> Figure:
    """Draw the distribution of areas, and cells found against cells usable, a dot a field."""
    figure = canvas(8.4, 2.9, theme)
    left, right = figure.subplots(1, 2)
    last = max(4, int(np.flatnonzero(counts).max(initial=0)) + 2)
    left.stairs(counts[:last], edges[: last + 1], fill=True, color=theme.accent)
    left.set_xlabel("area of a cell, pixels", color=theme.ink, fontsize=FONT)
    left.set_ylabel("cells", color=theme.ink, fontsize=FONT)
    top = max(1, int(used["n_cells"].max()) if len(used) else 1)
    right.plot([0, top], [0, top], color=theme.line, linewidth=1)
    right.scatter(used["n_cells"], used["n_used"], s=14, color=theme.accent, linewidths=0)
    right.set_xlabel("cells found in a field", color=theme.ink, fontsize=FONT)
    right.set_ylabel("of them usable", color=theme.ink, fontsize=FONT)
    right.set_xlim(0, 1.05 * top)
    right.set_ylim(0, 1.05 * top)
    for axes in (left, right):
        style(axes, theme)
    return figure
