"""Fields of view with the outlines of their cells, to check segmentation by eye."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from skimage.segmentation import find_boundaries

from deepyeast.core import GREEN, RED
from deepyeast.report.images import merge, scale_bar_length, stretch
from deepyeast.report.style import FONT, LIGHT, Theme, canvas

OUTLINE = (255, 255, 255)
"""White: visible on red, green and black alike."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """A field's picture, uint8 ``(h, w, 3)``, with what stands below it."""

    caption: str
    picture: np.ndarray


def overlay(image: np.ndarray, labels: np.ndarray, pixel_size: float) -> np.ndarray:
    """Return the merge of a field with its cells' outlines and a scale bar.

    Parameters
    ----------
    image
        ``(2, h, w)``, red then green, in any units.
    labels
        int32 ``(h, w)``.
    pixel_size
        Micrometres a pixel.

    Returns
    -------
    numpy.ndarray
        uint8 ``(h, w, 3)``, RGB.
    """
    picture = merge(image)
    picture[find_boundaries(labels, mode="inner")] = OUTLINE
    return _with_scale_bar(picture, pixel_size)


def _with_scale_bar(picture: np.ndarray, pixel_size: float) -> np.ndarray:
    """Draw a scale bar with its length at the bottom left, on a dark ground."""
    height, width = picture.shape[:2]
    length = scale_bar_length(width * pixel_size / 2)
    bar = round(length / pixel_size)
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    size = max(10, height // 45)
    font = ImageFont.truetype(findfont("DejaVu Sans"), size)  # comes with matplotlib; has a µ
    edge = size // 2
    box = (0, height - 3 * edge - size, bar + 4 * edge, height)
    draw.rectangle(box, fill=(0, 0, 0))
    draw.rectangle(
        (2 * edge, height - edge - size // 4, 2 * edge + bar, height - edge), fill=OUTLINE
    )
    text = f"{length:g} µm"
    draw.text((2 * edge, height - 2 * edge - size), text, fill=OUTLINE, font=font)
    return np.asarray(image)


def encode_png(picture: np.ndarray) -> bytes:
    """Return an RGB picture as a PNG file; the same picture gives the same bytes."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="png", compress_level=4)
    return buffer.getvalue()


def check_preview(
    fields: Sequence[tuple[str, np.ndarray, np.ndarray]], pixel_size: float, theme: Theme = LIGHT
) -> Figure:
    """Draw fields, a row each: red, green, and the merge with the outlines of the cells.

    Parameters
    ----------
    fields
        Caption, image ``(2, h, w)`` and labels ``(h, w)`` of each.
    pixel_size
        Micrometres a pixel.
    """
    figure = canvas(10.5, 3.95 * len(fields), theme)
    rows = figure.subfigures(len(fields), 1, squeeze=False)[:, 0]
    for row, (caption, image, labels) in zip(rows, fields, strict=True):
        row.set_facecolor(theme.paper)
        row.suptitle(caption, x=0.01, ha="left", color=theme.ink, fontsize=FONT + 1)
        pictures = (
            ("red: cytosolic marker", stretch(image[RED])),
            ("green: tagged protein", stretch(image[GREEN])),
            ("merge, with the cells found", overlay(image, labels, pixel_size)),
        )
        for axes, (title, picture) in zip(row.subplots(1, 3), pictures, strict=True):
            axes.imshow(picture, cmap="gray", interpolation="antialiased")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_title(title, color=theme.ink, fontsize=FONT)
    return figure
