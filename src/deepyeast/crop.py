"""Field and labels to single cells: 64 x 64 crops, each with where it was and how bright.

Contract: ``core`` values in, ``core`` values out; no disk, no network.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import ndimage
from skimage.transform import rescale, resize

from deepyeast.core import CROP_SIZE, GREEN, RED, Crops, Field

__all__ = ["crop_cells", "resample", "resample_labels"]

_HALF = CROP_SIZE // 2
_SAME = 0.02
"""Pixel sizes that differ by less are the same: the error over a cell is below half a pixel."""


def resample(field: Field, pixel_size_um: float) -> tuple[np.ndarray, float]:
    """Return the image at another pixel size, and the factor by which it was enlarged.

    Parameters
    ----------
    field
        Returned as it is where its pixel size is unknown or within 2 % of the one wanted.
    pixel_size_um
        Micrometres a pixel wanted.

    Returns
    -------
    tuple
        float32 ``(2, h, w)`` in the units of ``field.image``, smoothed before it is shrunk;
        and enlarged pixels per pixel.
    """
    zoom = 1.0 if field.pixel_size_um is None else field.pixel_size_um / pixel_size_um
    if abs(zoom - 1) < _SAME:
        return field.image, 1.0
    image = rescale(field.image, zoom, order=1, anti_aliasing=zoom < 1, channel_axis=0)
    return np.asarray(image, dtype=np.float32), zoom


def resample_labels(labels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return labels, int32, at the shape of a resampled image (nearest neighbour)."""
    if labels.shape == shape:
        return labels
    nearest = resize(labels, shape, order=0, preserve_range=True, anti_aliasing=False)
    return np.asarray(nearest, dtype=np.int32)


def crop_cells(field: Field, image: np.ndarray, labels: np.ndarray, zoom: float = 1.0) -> Crops:
    """Cut out every labelled cell, centred on it.

    Where a crop reaches over the field's edge, the field is continued by its mirror image.

    Parameters
    ----------
    field
        Where the cells come from.
    image
        float32 ``(2, h, w)``, as :func:`resample` returned it.
    labels
        int32 ``(h, w)``: objects 1 to n, 0 elsewhere.
    zoom
        As :func:`resample` returned it.

    Returns
    -------
    Crops
        In the order of the labels. ``cells`` has, beyond the usual columns, ``area``,
        ``gfp_mean`` and ``rfp_mean`` (means over the cell's outline minus the background: the
        median of the pixels of the crop outside all cells, or of the field where a crop has
        fewer than a tenth of those). ``y``, ``x`` and ``area`` count the field's own pixels.
    """
    n = int(labels.max(initial=0))
    numbers = np.arange(1, n + 1)
    centres = np.array(ndimage.center_of_mass(labels > 0, labels, numbers)).reshape(n, 2)
    edges = ((_HALF, _HALF), (_HALF, _HALF))
    padded = np.pad(image, ((0, 0), *edges), mode="symmetric")
    outlines = np.pad(labels, edges, mode="symmetric")
    fallback = _background(image, labels == 0)
    images = np.empty((n, 2, CROP_SIZE, CROP_SIZE), dtype=np.float32)
    signal = np.empty((n, 2), dtype=np.float32)
    for i, (top, left) in enumerate(np.rint(centres).astype(int)):
        window = slice(top, top + CROP_SIZE), slice(left, left + CROP_SIZE)
        images[i] = padded[:, *window]
        outline = outlines[window]
        outside = outline == 0
        enough = outside.sum() > CROP_SIZE * CROP_SIZE / 10
        background = _background(images[i], outside) if enough else fallback
        signal[i] = images[i][:, outline == i + 1].mean(1) - background
    area = np.bincount(labels.ravel(), minlength=n + 1)[1:]
    cells = pd.DataFrame(
        {
            "cell_id": [_cell_id(field, number) for number in range(1, n + 1)],
            "source": field.source,
            "protein": "",
            "plate": field.plate,
            "well": field.well,
            "field": field.field,
        },
        dtype=str,
    ).assign(
        y=centres[:, 0] / zoom,
        x=centres[:, 1] / zoom,
        area=area / zoom**2,
        gfp_mean=signal[:, GREEN],
        rfp_mean=signal[:, RED],
    )
    return Crops(images, cells)


def _background(image: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return the median of each channel's pixels outside cells, ``(2,)``."""
    pixels = image[:, outside] if outside.any() else image.reshape(2, -1)
    return np.asarray(np.median(pixels, axis=1))


def _cell_id(field: Field, number: int) -> str:
    return f"{field.plate}_{field.well}_{field.field}_{number:04d}"
