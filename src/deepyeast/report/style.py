"""What all charts share: colours, text size, bare axes, and the file they become.

Plain matplotlib figures, drawn without pyplot, so that nothing global changes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from deepyeast.report.images import data_uri

FONT = 9.0
"""Text size in points: that of a page's footnotes when a figure fills the page's width."""


DPI = 168
"""Dots an inch of charts: sharp at the 96 of a page and on finer screens."""


@dataclass(frozen=True)
class Theme:
    """Colours of everything that is not a compartment.

    ``paper`` and ``ink`` are background and text, ``muted`` secondary text and reference
    data, ``line`` grids, ``accent`` the data a figure is about.
    """

    paper: str
    ink: str
    muted: str
    line: str
    accent: str


LIGHT = Theme("#FFFFFF", "#1B1F24", "#5B6570", "#DDE2E8", "#0F62B4")
DARK = Theme("#14181D", "#E8ECF0", "#9AA5B1", "#333B44", "#6CB2FF")


def canvas(width: float, height: float, theme: Theme) -> Figure:
    """Return an empty figure of a size in inches, whose parts never overlap."""
    return Figure(figsize=(width, height), facecolor=theme.paper, layout="constrained")


def style(axes: Axes, theme: Theme) -> None:
    """Give axes the theme's colours and text size, and take the frame off."""
    axes.set_facecolor(theme.paper)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.line)
    axes.tick_params(colors=theme.muted, labelcolor=theme.ink, labelsize=FONT, length=3)


def png(figure: Figure, dpi: int = 200) -> bytes:
    """Return a figure as a PNG file; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


@dataclass(frozen=True)
class Chart:
    """A figure drawn for light and for dark pages, as data URIs; width in CSS pixels."""

    alt: str
    light: str
    dark: str
    width: int


def chart(draw: Callable[..., Figure], alt: str) -> Chart:
    """Draw a figure once for each colour scheme, by a function that takes ``theme``."""
    light, dark = draw(theme=LIGHT), draw(theme=DARK)
    return Chart(
        alt=alt,
        light=data_uri(png(light, DPI), "png"),
        dark=data_uri(png(dark, DPI), "png"),
        width=round(96 * light.get_figwidth()),
    )
