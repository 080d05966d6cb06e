"""From the camera's units to 8 bits: one black and one white for each well and channel."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

OUTLIERS = 1.0
"""Per cent of a well's cells whose darkest and brightest pixels may be clipped."""


@dataclass
class Brightness:
    """The range of one well's cells, gathered batch by batch.

    Black is the 1st percentile of the cells' darkest pixels, white the 99th of their brightest,
    for each channel: one bright speck does not darken all other cells. All cells of the
    well are scaled alike, so that their relative brightness is kept; wells are not comparable
    with each other, to which networks that normalise each crop are indifferent.
    """

    _darkest: list[np.ndarray] = field(default_factory=list)
    _brightest: list[np.ndarray] = field(default_factory=list)

    def add(self, images: np.ndarray) -> None:
        """Add cells, float32 ``(n, 2, 64, 64)``."""
        self._darkest.append(images.min(axis=(2, 3)))
        self._brightest.append(images.max(axis=(2, 3)))

    def to_8_bit(self, images: np.ndarray) -> np.ndarray:
        """Return cells of the well, scaled and clipped, uint8 of the shape of ``images``.

        A channel without any range becomes black.
        """
        black = np.percentile(np.concatenate(self._darkest), OUTLIERS, axis=0)
        white = np.percentile(np.concatenate(self._brightest), 100 - OUTLIERS, axis=0)
        span = np.where(white > black, white - black, np.inf)
        scaled = (images - black[:, None, None]) / span[:, None, None]
        return np.asarray(np.rint(255 * np.clip(scaled, 0, 1)), dtype=np.uint8)
