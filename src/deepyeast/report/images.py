"""Cells as pictures: stretched for display, merged in colour, with a scale bar."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from deepyeast.core import GREEN, RED

LOW, HIGH = 10.0, 99.8
"""Percentiles of a cell's pixels shown black and at full brightness."""

ENLARGED = 2
"""Screen pixels a camera pixel: lets the scale bar be thin, and spares lossy chroma."""


def stretch(channel: np.ndarray) -> np.ndarray:
    """Return a channel scaled from its 10th and 99.8th percentile to 0…1, float32, same shape.

    For display only: each cell by itself, so brightness cannot be compared between cells.
    A constant channel becomes black.
    """
    low, high = np.percentile(channel, [LOW, HIGH])
    if not high > low:
        return np.zeros(channel.shape, dtype=np.float32)
    return np.asarray(np.clip((channel - low) / (high - low), 0, 1), dtype=np.float32)


def merge(crop: np.ndarray, magenta: bool = False) -> np.ndarray:
    """Return one cell as a colour picture.

    Parameters
    ----------
    crop
        ``(2, height, width)``, red then green, in any units.
    magenta
        Show the red channel in magenta, for readers who cannot tell red from green.

    Returns
    -------
    numpy.ndarray
        uint8 ``(height, width, 3)``, RGB.
    """
    red, green = stretch(crop[RED]), stretch(crop[GREEN])
    blue = red if magenta else np.zeros_like(red)
    picture: np.ndarray = np.rint(255 * np.stack([red, green, blue], axis=-1)).astype(np.uint8)
    return picture


def scale_bar_length(width: float) -> float:
    """Return the longest of 1, 2, 5, 10, … that is at most a third of ``width``, same unit.

    Raises
    ------
    ValueError
        If the width is not a positive number.
    """
    if not 0 < width < np.inf:
        raise ValueError(f"the width of a picture must be positive, not {width}")
    power = 10.0 ** np.floor(np.log10(width / 3))
    return float(power * max(s for s in (1, 2, 5) if s * power <= width / 3 * (1 + 1e-9)))


def strip(crops: Sequence[np.ndarray] | np.ndarray, pixel_size: float) -> np.ndarray:
    """Return merges of several cells side by side, each with a scale bar.

    Parameters
    ----------
    crops
        ``n`` square crops, ``(n, 2, size, size)``.
    pixel_size
        Micrometres a camera pixel.

    Returns
    -------
    numpy.ndarray
        uint8 ``(2 size, 2 size n, 3)``, RGB.
    """
    return np.concatenate([_tile(crop, pixel_size) for crop in crops], axis=1)


def encode(picture: np.ndarray) -> bytes:
    """Return an RGB picture as a WebP file (lossy; a tenth of the size of a PNG)."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="webp", quality=80, method=4)
    return buffer.getvalue()


def data_uri(content: bytes, kind: str) -> str:
    """Return an image file as a ``data:`` address, for a page that needs no other file."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _tile(crop: np.ndarray, pixel_size: float) -> np.ndarray:
    """Return one enlarged merge with a white scale bar at the bottom left."""
    image = Image.fromarray(merge(crop))
    size = ENLARGED * image.width
    tile = np.array(image.resize((size, ENLARGED * image.height), Image.Resampling.BICUBIC))
    length = scale_bar_length(image.width * pixel_size) / pixel_size * ENLARGED
    edge, thick = size // 21, max(2, size // 42)
    tile[-edge - thick : -edge, edge : edge + round(length)] = 255
    return tile
