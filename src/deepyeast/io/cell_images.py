"""From the files of one cell to a crop ``(2, 64, 64)``, or to what is wrong with them."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import Literal

import imagecodecs
import numpy as np
import tifffile
from skimage.transform import resize as resample

from deepyeast.core import CROP_SIZE, InputError
from deepyeast.io.cell_files import CHANNEL_NAME, CellFile

Resize = Literal["refuse", "crop"]
"""What happens to an image of another size: refused, or the middle of a larger one cut out."""

LARGEST = 1 << 24
"""Pixels of a TIFF from which on it is no image of one cell, or its header is damaged."""

_PNG = b"\x89PNG\r\n\x1a\n"

# What tifffile finds wrong with a file is reported as an InputError, not through its log.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


def read_cell(
    file: CellFile, *, resize: Resize = "refuse", zoom: float | None = None
) -> np.ndarray:
    """Return one cell, float32 ``(2, 64, 64)``, red then green, in the camera's own units.

    Parameters
    ----------
    file
        A pair of one-channel images, a two-channel image (channel axis first or last, red
        first) or an RGB picture (R red, G green; B and alpha are not used).
    resize
        What to do with another size than 64 x 64; without meaning where ``zoom`` is given.
    zoom
        Factor from the image's pixels to the model's: the image is resampled by it (linear,
        smoothed before shrinking), then its middle is cut out or its edges are continued.

    Raises
    ------
    InputError
        ``unreadable``, ``missing-channel``, ``wrong-dimensions``, ``wrong-size``,
        ``not-finite`` or ``constant``.
    """
    if file.green is None:
        planes = _both_channels(file)
    else:
        red = _one_channel(file.red, file.red_source)
        green = _one_channel(file.green, file.source)
        if red.shape != green.shape:
            raise InputError(
                file.source,
                "wrong-size",
                f"green is {_size(green)} pixels, but red ({file.red_source}) {_size(red)}",
            )
        planes = np.stack([red, green])
    with np.errstate(over="ignore"):  # beyond float32 becomes infinite, and is refused as such
        image = planes.astype(np.float32)
    sources = (file.red_source, file.source)
    for channel, source in zip(image, sources, strict=True):
        if not np.isfinite(channel).all():
            raise InputError(source, "not-finite", "holds NaN or infinite pixels; export it anew")
    image = _fit(image, file.source, resize, zoom)
    for channel, source, name in zip(image, sources, ("red", "green"), strict=True):
        if channel.min() == channel.max():
            raise InputError(
                source,
                "constant",
                f"all pixels of the {name} channel are {channel[0, 0]:g}: nothing was imaged, "
                "or the wrong channel was exported",
            )
    return image


def _both_channels(file: CellFile) -> np.ndarray:
    """Return the two channels ``(2, h, w)`` of the only file of a cell."""
    channel = CHANNEL_NAME.fullmatch(file.red.stem)
    if channel is not None:
        other = "rfp" if channel[2].lower() == "gfp" else "gfp"
        raise InputError(
            file.source,
            "missing-channel",
            f"there is no {channel[1]}_{other}{file.red.suffix} beside it; a cell needs both",
        )
    planes = _planes(file.red, file.source)
    if len(planes) == 1:
        raise InputError(
            file.source,
            "missing-channel",
            "has one channel; a cell needs two: red (cytosolic marker) and green (protein)",
        )
    return planes


def _one_channel(path: Path, source: str) -> np.ndarray:
    """Return the channel ``(h, w)`` that one file of a pair holds."""
    planes = _planes(path, source)
    if len(planes) > 1:
        raise InputError(
            source, "wrong-dimensions", "has several channels; a file of a pair must be grey"
        )
    channel: np.ndarray = planes[0]
    return channel


def _planes(path: Path, source: str) -> np.ndarray:
    """Return a file's one or two channels, ``(1, h, w)`` or ``(2, h, w)``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(source, "unreadable", f"cannot be read: {error.strerror}") from error
    try:
        return _decode_png(data) if data.startswith(_PNG) else _decode_tiff(data, source)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes decoders fail in any way
        reason = "empty file" if not data else " ".join(str(error).split()) or "damaged"
        raise InputError(
            source, "unreadable", f"is not a whole TIFF or PNG image ({reason}); copy it anew"
        ) from error


def _decode_png(data: bytes) -> np.ndarray:
    pixels = np.atleast_3d(imagecodecs.png_decode(data))
    planes = np.moveaxis(pixels, 2, 0)
    return planes if len(planes) < 3 else _from_rgb(planes)


def _decode_tiff(data: bytes, source: str) -> np.ndarray:
    # From memory, so that a file cannot lead to others, as OME-TIFF may.
    with tifffile.TiffFile(BytesIO(data)) as tiff:
        series = tiff.series[0]
        axis = _channel_axis(series, source)
        if series.size > LARGEST:
            size = " x ".join(map(str, series.shape))
            raise InputError(source, "wrong-size", f"is {size} pixels: no image of a single cell")
        pixels = series.asarray()
    if pixels.dtype.kind not in "biuf":
        raise ValueError(f"pixels of type {pixels.dtype}")
    if axis is None:
        return pixels[np.newaxis]
    planes = np.moveaxis(pixels, axis, 0)
    return planes if len(planes) == 2 else _from_rgb(planes)


def _channel_axis(series: tifffile.TiffPageSeries, source: str) -> int | None:
    """Return which axis tells the channels apart; None for a plain image."""
    shape, axes = series.shape, series.axes
    if len(shape) == 2:
        return None
    if len(shape) == 3 and not set("ZT") & set(axes):
        # Samples in separate planes are no sign of RGB: tifffile stores stacks of three so.
        is_rgb = series.keyframe.photometric == tifffile.PHOTOMETRIC.RGB
        if is_rgb and axes.endswith("S") and shape[2] in (3, 4):
            return 2
        for axis in (0, 2):
            if shape[axis] == 2:
                return axis
    size = " x ".join(map(str, shape))
    raise InputError(
        source,
        "wrong-dimensions",
        f"has the dimensions {size} ({axes}); expected one plane with two channels, or RGB: "
        "project a stack, and export red and green only",
    )


def _from_rgb(planes: np.ndarray) -> np.ndarray:
    """Return red and green; a grey picture stored as RGB is one channel, not two."""
    red, green, blue = planes[:3]
    is_grey = np.array_equal(red, green) and np.array_equal(red, blue)
    return planes[:1] if is_grey and red.min() < red.max() else planes[:2]


def _fit(image: np.ndarray, source: str, resize: Resize, zoom: float | None) -> np.ndarray:
    """Return ``(2, 64, 64)`` of an image ``(2, h, w)``, by the rules of :func:`read_cell`."""
    if zoom is not None:
        image = _at_model_scale(image, zoom)
    height, width = image.shape[1:]
    if height == width == CROP_SIZE:
        return image
    too_small = min(height, width) < CROP_SIZE
    if zoom is None and (resize == "refuse" or too_small):
        crop = "" if too_small else "--resize crop cuts out the middle, "
        raise InputError(
            source,
            "wrong-size",
            f"is {_size(image[0])} pixels, not {CROP_SIZE} x {CROP_SIZE}; "
            f"{crop}--pixel-size UM resamples",
        )
    y, x = (height - CROP_SIZE) // 2, (width - CROP_SIZE) // 2
    return image[:, y : y + CROP_SIZE, x : x + CROP_SIZE]


def _at_model_scale(image: np.ndarray, zoom: float) -> np.ndarray:
    """Resample to the model's pixels, then continue the edges up to the size of a crop."""
    size = [max(1, round(length * zoom)) for length in image.shape[1:]]
    scaled: np.ndarray = resample(
        image, (2, *size), order=1, mode="edge", anti_aliasing=zoom < 1, preserve_range=True
    )
    missing = [max(0, CROP_SIZE - length) for length in size]
    margins = [(0, 0), *((m // 2, m - m // 2) for m in missing)]
    return np.pad(scaled, margins, mode="edge")


def _size(channel: np.ndarray) -> str:
    """Return height and width as text."""
    return " x ".join(map(str, channel.shape))
