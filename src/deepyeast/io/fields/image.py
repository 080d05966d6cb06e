"""One image file opened: its channels, and their pixels one at a time.

OME-TIFF, ND2 and CZI are read by bioio's plugins, OME-Zarr by ngio, plain TIFF and Opera's
.flex (a TIFF with a tag of its own) by tifffile, pictures by Pillow.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import tifffile
from PIL import Image

from deepyeast.core import InputError
from deepyeast.io.fields.files import PICTURE_SUFFIXES, TIFF_SUFFIXES, ZARR_SUFFIXES, split_suffix

_PLUGINS = {
    ".ome.tif": ("bioio_ome_tiff", ""),
    ".ome.tiff": ("bioio_ome_tiff", ""),
    ".nd2": ("bioio_nd2", "nd2"),
    ".czi": ("bioio_czi", "czi"),
}
"""Suffix to bioio's plugin, and to the extra of DeepYeast that installs it."""

_MICROMETRES = {"micrometer": 1.0, "nanometer": 1e-3, "millimeter": 1e3, "meter": 1e6}
_FLEX_TAG = 65200
_UNNAMED = re.compile(r"channel:[\d:]+|\d+", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class OpenImage:
    """An image of which channels can be read.

    ``names`` has ``""`` for channels without a name; ``channel(i)`` returns ``(h, w)`` in the
    file's own type: of a stack the maximum over depth, of a series the first time point.
    """

    names: tuple[str, ...]
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    pixel_size_um: float | None
    channel: Callable[[int], np.ndarray]


def open_image(path: Path, name: str, scene: str = "") -> OpenImage:
    """Open an image.

    Parameters
    ----------
    path
        The file, or the folder of an OME-Zarr.
    name
        What errors call it.
    scene
        Which image of the file, as :func:`scenes` names them.

    Raises
    ------
    InputError
        If it is not there, or cannot be read.
    """
    if not path.exists():
        raise InputError(name, "missing", "is not there; was it moved or deleted?")
    suffix = _suffix(path)
    with reading(name):
        if suffix in PICTURE_SUFFIXES:
            return _picture(path)
        if suffix == ".flex":
            return _flex(path, scene)
        if suffix in TIFF_SUFFIXES:
            return _tiff(path)
        if suffix in ZARR_SUFFIXES:
            return _ome_zarr(path, name)
        return _bioio(path, name, suffix, scene)


def scenes(path: Path, name: str) -> tuple[str, ...]:
    """Return the names of the images in a file; one for most files.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    suffix = _suffix(path)
    with reading(name):
        if suffix == ".flex":
            with tifffile.TiffFile(path) as file:
                channels = len(_flex_channels(file))
                return tuple(str(i + 1) for i in range(len(file.pages) // channels))
        if suffix in ZARR_SUFFIXES:
            return ("",)
        return tuple(str(s) for s in _reader(path, name, suffix).scenes)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever readers of broken files raise into an InputError, and hush their warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(name, "missing", "is not there; was it moved or deleted?") from error
    except MemoryError:
        raise
    except Exception as error:
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(
            name, "unreadable", f"cannot be read, is it damaged or cut off? ({told})"
        ) from error


def _suffix(path: Path) -> str:
    suffix = split_suffix(path.name)[1]
    return suffix or (".zarr" if path.is_dir() else ".tif")


def _reader(path: Path, name: str, suffix: str) -> Any:  # noqa: ANN401 - of any plugin
    module, extra = _PLUGINS[suffix]
    try:
        plugin = import_module(module)
    except ImportError as error:
        raise InputError(
            name, "missing-reader", f"{suffix} needs: pip install 'deepyeast[{extra}]'"
        ) from error
    return plugin.Reader(str(path))


def _bioio(path: Path, name: str, suffix: str, scene: str) -> OpenImage:
    reader = _reader(path, name, suffix)
    if scene:
        reader.set_scene(scene)
    dims = reader.dims
    size = reader.physical_pixel_sizes.X
    if "S" in dims.order and dims.S in (3, 4):
        colours = reader.get_image_data("SYX", T=0, C=0, Z=0)[:3]
        return _colours(colours, size)
    names = tuple(_named(str(n)) for n in reader.channel_names or [""] * dims.C)

    def channel(index: int) -> np.ndarray:
        with reading(name):
            stack = reader.get_image_data("ZYX", T=0, C=index)
            return np.asarray(stack[0] if len(stack) == 1 else stack.max(0))

    return OpenImage(names, (dims.Y, dims.X), np.dtype(reader.dtype), size or None, channel)


def _ome_zarr(path: Path, name: str) -> OpenImage:
    """Open an OME-Zarr image at its full resolution."""
    from ngio import open_ome_zarr_container

    image = open_ome_zarr_container(path, mode="r").get_image()
    size = image.pixel_size.x * _MICROMETRES.get(str(image.space_unit), 0)
    first: dict[str, Any] = {"t": 0} if image.has_axis("t") else {}

    def channel(index: int) -> np.ndarray:
        with reading(name):
            at = {**first, "c": index} if image.has_axis("c") else first
            stack = np.asarray(image.get_as_numpy(axes_order=["z", "y", "x"], **at))
            return np.asarray(stack[0] if len(stack) == 1 else stack.max(0))

    names = tuple(_named(str(n)) for n in image.channel_labels) or ("",)
    height, width = image.shape[-2:]
    return OpenImage(names, (height, width), np.dtype(image.dtype), size or None, channel)


def _tiff(path: Path) -> OpenImage:
    """Open a plain TIFF: channels are its axis C, or S of a colour picture, or its pages."""
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        axes, image = series.axes, series.asarray()
        size = _imagej_size(file)
    for axis in "TZ":
        if axis in axes and ("C" in axes or "S" in axes or axis == "T"):
            at = axes.index(axis)
            image = image.max(at) if axis == "Z" else image.take(0, at)
            axes = axes.replace(axis, "")
    if "S" in axes:
        image = np.moveaxis(image, axes.index("S"), 0)
    image = image.reshape(-1, *image.shape[-2:])
    if "S" in axes and len(image) in (3, 4):
        return _colours(image[:3], size)
    return _stacked(image, ("",) * len(image), size)


def _imagej_size(file: tifffile.TiffFile) -> float | None:
    """Return the pixel size that ImageJ wrote, in micrometres; None of any other TIFF."""
    told = file.imagej_metadata or {}
    if str(told.get("unit", "")).replace("\\u00B5", "µ") not in ("micron", "um", "µm"):
        return None
    numerator, denominator = file.pages.first.tags["XResolution"].value
    return float(denominator / numerator) if numerator else None


def _flex(path: Path, scene: str) -> OpenImage:
    """Open one field of Opera's format: pages are fields, each with all its channels."""
    with tifffile.TiffFile(path) as file:
        names = _flex_channels(file)
        first = (int(scene or 1) - 1) * len(names)
        pages = [file.pages[first + i].asarray() for i in range(len(names))]
        size = _flex_size(file)
    return _stacked(np.stack(pages), names, size)


def _flex_xml(file: tifffile.TiffFile) -> ElementTree.Element | None:
    tag = file.pages.first.tags.get(_FLEX_TAG)
    if tag is None:
        return None
    text = tag.value if isinstance(tag.value, bytes) else str(tag.value).encode("latin-1")
    if b"<!DOCTYPE" in text.upper() or b"<!ENTITY" in text.upper():
        return None
    return ElementTree.fromstring(text.rstrip(b"\0"))  # noqa: S314 - entities are refused above


def _flex_channels(file: tifffile.TiffFile) -> tuple[str, ...]:
    """Return the channels' names: those of the pages, which repeat for every field."""
    root = _flex_xml(file)
    if root is None:
        return ("",) * len(file.pages)
    arrays = [e.get("Name", "") for e in root.iter() if e.tag.rpartition("}")[2] == "Array"]
    return tuple(dict.fromkeys(arrays)) or ("",) * len(file.pages)


def _flex_size(file: tifffile.TiffFile) -> float | None:
    root = _flex_xml(file)
    if root is None:
        return None
    for element in root.iter():
        if element.tag.rpartition("}")[2] == "ImageResolutionX" and element.text:
            return float(element.text) * 1e6
    return None


def _picture(path: Path) -> OpenImage:
    with Image.open(path) as picture:
        colour = picture.mode in ("P", "RGBA", "RGBX")
        pixels = np.asarray(picture.convert("RGB") if colour else picture)
    if pixels.ndim == 3:
        return _colours(np.moveaxis(pixels, -1, 0)[:3], None)
    return _stacked(pixels[None], ("",), None)


def _colours(image: np.ndarray, size: float | None) -> OpenImage:
    """Return a colour picture: red and green are its channels, blue is not used."""
    return _stacked(image, ("red", "green", "blue"), size)


def _stacked(image: np.ndarray, names: tuple[str, ...], size: float | None) -> OpenImage:
    height, width = image.shape[-2:]
    return OpenImage(names, (height, width), image.dtype, size, lambda i: image[i])


def _named(name: str) -> str:
    """Return a channel's name, ``""`` where the reader made it up."""
    return "" if _UNNAMED.fullmatch(name) else name
