"""Figures and pages: the only place that draws.

Contract: takes tables, crops and metrics as values, returns figures, picture bytes and
self-contained HTML; touches no disk but for its own templates.
"""

from deepyeast.report.figures import (
    class_counts,
    confusion_matrix,
    reliability,
    training_curves,
)
from deepyeast.report.html import render_evaluation, render_report
from deepyeast.report.images import merge
from deepyeast.report.overlay import Overlay, check_preview, encode_png, overlay
from deepyeast.report.panels import distribution_grid, gallery
from deepyeast.report.shortlist import GalleryCells
from deepyeast.report.style import DARK, LIGHT, Theme, png

__all__ = [
    "DARK",
    "LIGHT",
    "GalleryCells",
    "Overlay",
    "Theme",
    "check_preview",
    "class_counts",
    "confusion_matrix",
    "distribution_grid",
    "encode_png",
    "gallery",
    "merge",
    "overlay",
    "png",
    "reliability",
    "render_evaluation",
    "render_report",
    "training_curves",
]
