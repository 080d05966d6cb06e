"""Charts of calls, of how right they are, and of how a network came by them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from deepyeast.core import CellMetrics, ClassificationMetrics, ClassList
from deepyeast.report.style import FONT, LIGHT, Theme, canvas, style


def class_counts(
    proteins: pd.Series, cells: np.ndarray, classes: ClassList, theme: Theme = LIGHT
) -> Figure:
    """Draw how many proteins and cells each compartment was called for, as bars.

    Parameters
    ----------
    proteins
        Name of the called class, one a protein; other values are not counted.
    cells
        Numbers of cells of each class, ``(k,)``.
    """
    called = proteins.value_counts().reindex(list(classes.names), fill_value=0)
    figure = canvas(8.4, 0.6 + 0.26 * len(classes), theme)
    left, right = figure.subplots(1, 2, sharey=True)
    shown = ((left, called.to_numpy(), "proteins"), (right, cells, "cells used"))
    for axes, counts, title in shown:
        bars = axes.barh(classes.names, counts, color=classes.colours, height=0.72)
        axes.bar_label(bars, [f"{c:,}" for c in counts], padding=3, color=theme.ink, fontsize=FONT)
        style(axes, theme)
        axes.set_title(title, loc="left", color=theme.ink, fontsize=FONT + 1, fontweight="bold")
        axes.set_xlim(0, 1.16 * max(1, counts.max()))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    left.invert_yaxis()
    return figure


def confusion_matrix(
    metrics: ClassificationMetrics, unit: str = "cells", theme: Theme = LIGHT
) -> Figure:
    """Draw true classes in rows against called classes in columns.

    Numbers are counts, shades the share of the row; recall stands at the right of its row
    and precision below its column. Classes that are neither true nor called are left out.

    Parameters
    ----------
    unit
        What is counted, for the axis labels.
    """
    confusion = np.asarray(metrics.confusion)
    shown = np.flatnonzero(confusion.sum(0) + confusion.sum(1))
    confusion = confusion[np.ix_(shown, shown)]
    names = [metrics.classes[i] for i in shown]
    k = len(names)
    figure = canvas(2.1 + 0.44 * k, 1.7 + 0.4 * k, theme)
    axes = figure.subplots()
    share = confusion / np.maximum(1, confusion.sum(1, keepdims=True))
    ramp = LinearSegmentedColormap.from_list("share", [theme.paper, theme.accent])
    axes.imshow(share, cmap=ramp, vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(confusion), strict=True):
        colour = theme.paper if share[row, column] > 0.55 else theme.ink
        _number(axes, column, row, f"{confusion[row, column]}", colour)
    for place, i in enumerate(shown):
        _number(axes, k + 0.1, place, _share(metrics.recall[i]), theme.ink)
        _number(axes, place, k + 0.05, _share(metrics.precision[i]), theme.ink)
    style(axes, theme)
    axes.set(xlim=(-0.5, k + 0.6), ylim=(k + 0.55, -0.5))
    axes.set_xticks(
        [*range(k), k + 0.1], [*names, "recall"], rotation=45, ha="left", rotation_mode="anchor"
    )
    axes.set_yticks([*range(k), k + 0.05], [*names, "precision"])
    axes.tick_params(colors=theme.ink, length=0, top=False, labeltop=True, labelbottom=False)
    axes.tick_params(axis="x", pad=4)
    for edge in range(k + 1):
        axes.plot([-0.5, k - 0.5], [edge - 0.5] * 2, color=theme.line, linewidth=0.6)
        axes.plot([edge - 0.5] * 2, [-0.5, k - 0.5], color=theme.line, linewidth=0.6)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(f"called ({unit})", color=theme.muted, fontsize=FONT)
    axes.xaxis.set_label_position("bottom")
    axes.set_ylabel(f"true ({unit})", color=theme.muted, fontsize=FONT)
    return figure


def reliability(metrics: CellMetrics, theme: Theme = LIGHT) -> Figure:
    """Draw how often cells are right against how sure the network was of them.

    Points on the diagonal are calibrated; the lower panel shows how many cells each rests on.
    """
    figure = canvas(4.2, 4.6, theme)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3.4, 1])
    confidence = [b.confidence for b in metrics.reliability]
    dashes = (0, (4, 3))
    upper.plot([0, 1], [0, 1], color=theme.muted, linewidth=1, linestyle=dashes, label="calibrated")
    upper.plot(
        confidence,
        [b.accuracy for b in metrics.reliability],
        color=theme.accent,
        marker="o",
        markersize=5,
        linewidth=1.6,
    )
    lower.bar(confidence, [b.n for b in metrics.reliability], width=0.035, color=theme.accent)
    for axes in (upper, lower):
        style(axes, theme)
        axes.grid(color=theme.line, linewidth=0.6)
        axes.set_axisbelow(True)
    upper.set(xlim=(0, 1.02), ylim=(0, 1.03))
    upper.legend(loc="lower right", frameon=False, fontsize=FONT, labelcolor=theme.ink)
    upper.set_ylabel("share called right", color=theme.ink, fontsize=FONT)
    upper.yaxis.set_major_formatter(PercentFormatter(1))
    lower.set_ylabel("cells", color=theme.ink, fontsize=FONT)
    lower.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    lower.set_xlabel("probability of the called class", color=theme.ink, fontsize=FONT)
    return figure


def training_curves(history: pd.DataFrame, theme: Theme = LIGHT) -> Figure:
    """Draw losses, validation accuracy and learning rate over a training run.

    Parameters
    ----------
    history
        One row a validation: ``iteration``, ``training_loss``, ``validation_loss``,
        ``validation_accuracy``, ``learning_rate``. The row of least validation loss, whose
        network is kept, is marked.
    """
    figure = canvas(10.2, 3.0, theme)
    losses, accuracy, rate = figure.subplots(1, 3)
    x = history["iteration"]
    kept = history.iloc[int(history["validation_loss"].argmin())]
    reference = {"color": theme.muted, "linewidth": 1.4, "linestyle": (0, (4, 3))}
    subject = {"color": theme.accent, "linewidth": 1.8}
    losses.plot(x, history["training_loss"], label="training", **reference)
    losses.plot(x, history["validation_loss"], label="validation", **subject)
    accuracy.plot(x, history["validation_accuracy"], **subject)
    rate.plot(x, history["learning_rate"], **subject)
    for axes, column in ((losses, "validation_loss"), (accuracy, "validation_accuracy")):
        axes.plot(kept["iteration"], kept[column], "o", color=theme.ink, markersize=6, label="kept")
    for axes, title in (
        (losses, "loss (nats)"),
        (accuracy, "validation accuracy"),
        (rate, "learning rate"),
    ):
        style(axes, theme)
        axes.set_title(title, loc="left", color=theme.ink, fontsize=FONT + 1, fontweight="bold")
        axes.set_xlabel("iteration", color=theme.ink, fontsize=FONT)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(axis="y", color=theme.line, linewidth=0.6)
        axes.set_axisbelow(True)
    losses.legend(frameon=False, fontsize=FONT, labelcolor=theme.ink)
    accuracy.yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def _number(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Write a number centred at a place of the axes."""
    axes.text(x, y, text, color=colour, fontsize=FONT - 1, ha="center", va="center")


def _share(value: float | None) -> str:
    """Return a share as a percentage, a dash where it is undefined."""
    return "–" if value is None else f"{value:.0%}"
