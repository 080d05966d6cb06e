"""What every way to find cells has in common."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

from deepyeast.segment.cellpose import Cellpose
from deepyeast.segment.watershed import Watershed


class Segmenter(Protocol):
    """Finds cells."""

    def __call__(self, red: np.ndarray) -> np.ndarray:
        """Return labels int32 ``(h, w)`` of the red channel ``(h, w)``; 0 outside cells."""


def build_segmenter(name: Literal["watershed", "cellpose"]) -> Segmenter:
    """Return a segmenter with its default settings.

    Raises
    ------
    MissingExtraError
        If it needs an extra that is not installed.
    """
    return Cellpose() if name == "cellpose" else Watershed()
