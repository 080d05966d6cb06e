"""Fields, plates and label images written in open formats; the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile

CHANNEL_NAMES = ("RFP", "GFP")


def write_field(path: Path, image: np.ndarray, pixel_size_um: float) -> None:
    """Write a field as OME-TIFF with the channels RFP and GFP.

    Parameters
    ----------
    path
        Should end in ``.ome.tif``; its folder is made.
    image
        uint16 ``(2, h, w)``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(image.tobytes()).digest()[:16]
    tifffile.imwrite(
        path,
        image,
        photometric="minisblack",
        compression="zlib",
        metadata={
            "axes": "CYX",
            "UUID": str(uuid.UUID(bytes=digest)),  # else a random one
            "Channel": {"Name": list(CHANNEL_NAMES)},
            "PhysicalSizeX": pixel_size_um,
            "PhysicalSizeXUnit": "µm",
            "PhysicalSizeY": pixel_size_um,
            "PhysicalSizeYUnit": "µm",
        },
    )


def write_labels(path: Path, labels: np.ndarray) -> None:
    """Write a label image as TIFF, 16 bits where the numbers fit, otherwise 32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dtype = np.uint16 if labels.max(initial=0) < 2**16 else np.uint32
    tifffile.imwrite(path, labels.astype(dtype), compression="zlib")


class PlateWriter:
    """Writes fields into an OME-Zarr high-content plate.

    Parameters
    ----------
    path
        Should end in ``.ome.zarr``; must not exist.
    name
        The plate's.
    wells
        All wells, as ``A01``.
    fields
        Fields of each well, counted from 1.
    pixel_size_um
        Micrometres a pixel.
    """

    def __init__(
        self, path: Path, name: str, wells: Sequence[str], fields: int, pixel_size_um: float
    ) -> None:
        from ngio import ImageInWellPath, create_empty_plate

        places = [
            ImageInWellPath(row=well[:-2], column=well[-2:], path=str(field))
            for well in wells
            for field in range(1, fields + 1)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        create_empty_plate(path, name=name, images=places)
        self._path, self._pixel_size = path, pixel_size_um

    def add(self, well: str, field: int, image: np.ndarray) -> None:
        """Write a field, uint16 ``(2, h, w)``."""
        from ngio import create_ome_zarr_from_array

        create_ome_zarr_from_array(
            self._path / well[:-2] / well[-2:] / str(field),
            array=image,
            pixelsize=self._pixel_size,
            channels_meta=list(CHANNEL_NAMES),
            axes_names=("c", "y", "x"),
            levels=1,
        )
