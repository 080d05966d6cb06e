"""A field's pixels, both channels, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepyeast.core import CROP_SIZE, Field, InputError
from deepyeast.io.fields.channels import ChannelError, Channels
from deepyeast.io.fields.files import FieldFile
from deepyeast.io.fields.image import OpenImage, open_image, reading


@dataclass(frozen=True)
class FieldInfo:
    """What a field's files tell without its pixels being looked at.

    ``chosen`` are the names (or numbers) of the channels taken for red and green.
    """

    channels: tuple[str, ...]
    chosen: tuple[str, str]
    shape: tuple[int, int]
    dtype: str
    pixel_size_um: float | None


def read_field(folder: Path, file: FieldFile, channels: Channels | None = None) -> Field:
    """Read the red and the green channel of a field.

    Raises
    ------
    InputError
        If a file is missing or damaged, a channel is missing or cannot be told, the channels
        differ in size, the field is smaller than a crop, or pixels are constant or not finite.
    """
    images, names, chosen = _open(folder, file, channels or Channels())
    planes = [_plane(images, index, file) for index in chosen]
    if planes[0].shape != planes[1].shape:
        raise InputError(
            file.source,
            "wrong-shape",
            f"red is {planes[0].shape} pixels, green {planes[1].shape}; they must be alike",
        )
    if min(planes[0].shape) < CROP_SIZE:
        raise InputError(
            file.source,
            "wrong-shape",
            f"is {planes[0].shape} pixels, but a field has at least {CROP_SIZE} x {CROP_SIZE}",
        )
    for plane, index in zip(planes, chosen, strict=True):
        _check(plane, names[index] or str(index), file)
    return Field(
        image=np.stack(planes),
        source=file.source,
        plate=file.plate,
        well=file.well,
        field=file.field,
        pixel_size_um=file.pixel_size_um or images[0].pixel_size_um,
    )


def read_plane(folder: Path, file: FieldFile, wanted: str | int | None = None) -> np.ndarray:
    """Read one channel, float32 ``(h, w)``: the one wanted, the only one, or the red one.

    Raises
    ------
    InputError
        As :func:`read_field`, of that channel alone.
    """
    images, names = _open_all(folder, file)
    if len(names) == 1 and wanted is None:
        index = 0
    else:
        index = _choose(names, Channels(red=wanted), file)[0]
    plane = _plane(images, index, file)
    _check(plane, names[index] or str(index), file)
    return plane


def read_pixel_size(folder: Path, file: FieldFile) -> float | None:
    """Return the size of a field's pixels in micrometres, None where nothing tells it.

    Raises
    ------
    InputError
        If its file cannot be opened.
    """
    if file.pixel_size_um is not None:
        return file.pixel_size_um
    _, path = file.files[0]
    return open_image(folder / path, path, file.scene).pixel_size_um


def describe_field(folder: Path, file: FieldFile, channels: Channels | None = None) -> FieldInfo:
    """Return what a field's files tell.

    Raises
    ------
    InputError
        If they cannot be opened, or channels are missing or cannot be told.
    """
    images, names, chosen = _open(folder, file, channels or Channels())
    red, green = (names[i] or str(i) for i in chosen)
    return FieldInfo(
        channels=tuple(name or str(i) for i, name in enumerate(names)),
        chosen=(red, green),
        shape=images[0].shape,
        dtype=str(images[0].dtype),
        pixel_size_um=file.pixel_size_um or images[0].pixel_size_um,
    )


def _open(
    folder: Path, file: FieldFile, channels: Channels
) -> tuple[list[OpenImage], tuple[str, ...], tuple[int, int]]:
    images, names = _open_all(folder, file)
    return images, names, _choose(names, channels, file)


def _open_all(folder: Path, file: FieldFile) -> tuple[list[OpenImage], tuple[str, ...]]:
    """Open the files of a field; return them with the names of all channels."""
    images = [open_image(folder / path, path, file.scene) for _, path in file.files]
    if len(images) == 1:
        token = file.files[0][0]
        only = images[0].names
        return images, ((token,) if token and len(only) == 1 else only)
    return images, tuple(token for token, _ in file.files)


def _choose(names: tuple[str, ...], channels: Channels, file: FieldFile) -> tuple[int, int]:
    try:
        return channels.choose(names)
    except ChannelError as error:
        raise InputError(file.source, error.kind, str(error)) from error


def _plane(images: list[OpenImage], index: int, file: FieldFile) -> np.ndarray:
    """Return the pixels of a channel, float32."""
    image, within = (images[0], index) if len(images) == 1 else (images[index], 0)
    with reading(file.source):
        return np.asarray(image.channel(within), dtype=np.float32)


def _check(plane: np.ndarray, name: str, file: FieldFile) -> None:
    if not np.isfinite(plane).all():
        raise InputError(
            file.source, "not-finite", f"channel {name} has NaN or infinite pixels; export it anew"
        )
    if plane.min() == plane.max():
        raise InputError(
            file.source,
            "constant",
            f"channel {name} is {plane.flat[0]:g} everywhere; was the lamp off, or the file "
            "not written to the end?",
        )
