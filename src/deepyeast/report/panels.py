"""Figures of many small panels: galleries of cells, and distributions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from deepyeast.report.images import merge, scale_bar_length
from deepyeast.report.style import FONT, LIGHT, Theme, canvas, style


def gallery(
    crops: Sequence[np.ndarray] | np.ndarray,
    captions: Sequence[str],
    pixel_size: float,
    columns: int = 6,
    magenta: bool = False,
    theme: Theme = LIGHT,
) -> Figure:
    """Draw cells as captioned merges, a scale bar in the first.

    Parameters
    ----------
    crops
        ``n`` cells, ``(n, 2, height, width)``, red then green.
    captions
        What stands below each.
    pixel_size
        Micrometres a pixel.
    columns
        Cells side by side.
    magenta
        Show the red channel in magenta.

    Raises
    ------
    ValueError
        If there are no cells, or not one caption for each.
    """
    if len(crops) == 0 or len(crops) != len(captions):
        raise ValueError(f"{len(crops)} cells with {len(captions)} captions cannot be drawn")
    rows = -(-len(crops) // columns)
    figure = canvas(1.2 * columns, 1.45 * rows, theme)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, crop, caption in zip(panels, crops, captions, strict=False):
        axes.imshow(merge(crop, magenta), interpolation="bicubic")
        axes.set_title(caption, color=theme.ink, fontsize=FONT - 1, y=-0.05, va="top", pad=0)
    for axes in panels:
        axes.set_axis_off()
    height, width = crops[0].shape[1:]
    length = scale_bar_length(width * pixel_size)
    bar = Rectangle((0.05 * width, 0.93 * height), length / pixel_size, 0.025 * height, color="w")
    panels[0].add_patch(bar)
    panels[0].text(
        0.05 * width, 0.9 * height, f"{length:g} µm", color="w", fontsize=FONT - 2, va="bottom"
    )
    return figure


def distribution_grid(
    first: Mapping[str, np.ndarray],
    second: Mapping[str, np.ndarray],
    labels: tuple[str, str] = ("real", "simulated"),
    columns: int = 3,
    theme: Theme = LIGHT,
) -> Figure:
    """Draw distributions of the same statistics of two groups, a panel each.

    Parameters
    ----------
    first, second
        Values ``(n,)`` by name of the statistic, with its unit. Panels follow ``first``;
        each shows the middle 99 % of all its values as densities, so that groups of
        different sizes compare.
    labels
        Names of the groups.
    columns
        Panels side by side.

    Raises
    ------
    ValueError
        If the groups do not have the same statistics, or none.
    """
    if not first or set(first) != set(second):
        raise ValueError(f"both groups need the same statistics, not {[*first]} and {[*second]}")
    rows = -(-len(first) // columns)
    figure = canvas(2.5 * columns, 0.45 + 1.75 * rows, theme)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, name in zip(panels, first, strict=False):
        values = np.concatenate([first[name], second[name]])
        low, high = np.quantile(values, [0.005, 0.995])
        bins = np.linspace(low, high if high > low else low + 1, 36)
        axes.hist(first[name], bins, density=True, color=theme.muted, alpha=0.35, label=labels[0])
        axes.hist(
            second[name],
            bins,
            density=True,
            histtype="step",
            linewidth=1.7,
            color=theme.accent,
            label=labels[1],
        )
        style(axes, theme)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(name, color=theme.ink, fontsize=FONT)
        axes.xaxis.set_major_locator(MaxNLocator(4))
    for axes in panels[len(first) :]:
        axes.set_axis_off()
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles,
        names,
        loc="outside upper left",
        ncols=2,
        frameon=False,
        fontsize=FONT + 1,
        labelcolor=theme.ink,
    )
    return figure
