"""What is wrong with a cell or a field that its numbers can tell: no network needed.

Contract: arrays in, flags out. Whether a crop shows a cell at all is the network's own
``quality``; the flags here say why a good cell may still tell little.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu

from deepyeast.core import GREEN, RED

__all__ = ["Flag", "ceiling", "flag_cells", "looks_swapped"]

Flag = Literal["low-signal", "saturated", "defocus"]

LOW_SIGNAL = 1.0
"""Mean green signal over the cell, in standard deviations of a background pixel."""

SATURATED = 0.01
"""Share of a cell's pixels, in either channel, at the camera's ceiling."""

EDGE_WIDTH = 4.5
"""Standard deviation in pixels of the blur that a cell's edge is as soft as."""

MINIMUM_AREA = 200
"""Bright pixels of each channel below which nothing is said of swapped channels."""

CLEARLY = 5.0
"""Distance over the dark pixels, in units of their own range, that is not noise."""

LARGER, COVERED = 2.0, 0.9
"""Green is that many times as large as red, and covers that share of it: swapped."""

_BITS = (8, 10, 12, 14, 16)
_CLIPPED = 3
"""Pixels at the largest value of a field from which on that value is taken for a ceiling."""


def ceiling(image: np.ndarray) -> np.ndarray:
    """Return the value at which each channel is clipped, ``(2,)``; infinite where none is.

    A channel is clipped where several pixels share its largest value and that is the largest
    number of 8, 10, 12, 14 or 16 bits.

    Parameters
    ----------
    image
        ``(2, h, w)``, in the camera's own units.
    """
    top = image.max(axis=(1, 2))
    often = (image == top[:, None, None]).sum(axis=(1, 2)) >= _CLIPPED
    full = np.isin(top, [2**bits - 1 for bits in _BITS])
    return np.where(often & full, top, np.inf)


def flag_cells(image: np.ndarray, labels: np.ndarray, limit: np.ndarray) -> list[str]:
    """Return the flags of every cell, joined by ``;``, in the order of the labels.

    Parameters
    ----------
    image
        float32 ``(2, h, w)``.
    labels
        int32 ``(h, w)``: cells 1 to n.
    limit
        As :func:`ceiling` returns it.
    """
    n = int(labels.max(initial=0))
    if n == 0:
        return []
    numbers = np.arange(1, n + 1)
    outside = labels == 0
    pixels = image[:, outside] if outside.any() else image.reshape(2, -1)
    background = np.median(pixels, axis=1)
    noise = 1.4826 * np.median(np.abs(pixels[GREEN] - background[GREEN])) + 1e-9
    green = ndimage.mean(image[GREEN], labels, numbers) - background[GREEN]
    red = ndimage.mean(image[RED], labels, numbers) - background[RED]
    clipped = (image >= 0.999 * limit[:, None, None]).any(0)
    width = _edge_width(image[RED], labels, numbers, red)
    raised: dict[Flag, np.ndarray] = {
        "low-signal": green < LOW_SIGNAL * noise,
        "saturated": ndimage.mean(clipped, labels, numbers) > SATURATED,
        "defocus": width > EDGE_WIDTH,
    }
    return [";".join(name for name, flags in raised.items() if flags[i]) for i in range(n)]


def _edge_width(
    red: np.ndarray, labels: np.ndarray, numbers: np.ndarray, contrast: np.ndarray
) -> np.ndarray:
    """Return how soft each cell's edge is: the deviation of the blur of an equal sharp step.

    The steepest slope of a step of height c blurred by a Gaussian of deviation s is
    c / (s sqrt(2 pi)); the slope is read where the cell's edge is steep (90th percentile of
    its rim), since other sides may touch another cell.
    """
    slope = ndimage.gaussian_gradient_magnitude(red, 1.0)
    rim = np.where(ndimage.minimum_filter(labels, 5) != labels, labels, 0)
    steepest = ndimage.labeled_comprehension(
        slope, rim, numbers, lambda values: np.percentile(values, 90), np.float64, 0.0
    )
    height = np.maximum(contrast, 0) / np.sqrt(2 * np.pi)
    return np.where(steepest > 0, height / np.maximum(steepest, 1e-9), np.inf)


def looks_swapped(image: np.ndarray) -> bool:
    """Return whether the channel taken for red looks like a protein, and green like the marker.

    The cytosolic marker fills cells, whereas most proteins fill a part of them. Channels look
    swapped where green covers more than twice the area that red does, and nearly all of it.
    A protein of the cytosol or the cell periphery gives no sign either way.

    Parameters
    ----------
    image
        ``(2, h, w)``.
    """
    red, green = _bright(image[RED]), _bright(image[GREEN])
    if min(red.sum(), green.sum()) < MINIMUM_AREA:
        return False
    covered = (red & ndimage.binary_dilation(green, iterations=2)).sum() / red.sum()
    return bool(covered > COVERED and green.sum() > LARGER * red.sum())


def _bright(channel: np.ndarray) -> np.ndarray:
    """Return which pixels are bright: by Otsu's threshold, and well over the background.

    Rare glare does not move the threshold; neither noise nor uneven light passes for cells.
    """
    smooth = ndimage.gaussian_filter(channel, 1.5)
    darkest, dark, glare = np.percentile(smooth, [2, 20, 98])
    least = dark + CLEARLY * (dark - darkest)
    return np.asarray(smooth > max(least, threshold_otsu(np.minimum(smooth, glare))))
