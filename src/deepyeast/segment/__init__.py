"""Cells found in the red channel of a field.

Contract: a :class:`Segmenter` takes the red channel at the model's pixel size (0.215 µm) and
returns labels; ``clean`` drops what is no whole cell. No disk, and no network but that of the
optional Cellpose.
"""

from deepyeast.segment.cellpose import Cellpose
from deepyeast.segment.objects import MAXIMUM_AREA, MINIMUM_AREA, Cleaned, clean
from deepyeast.segment.protocol import Segmenter, build_segmenter
from deepyeast.segment.watershed import Watershed

__all__ = [
    "MAXIMUM_AREA",
    "MINIMUM_AREA",
    "Cellpose",
    "Cleaned",
    "Segmenter",
    "Watershed",
    "build_segmenter",
    "clean",
]
