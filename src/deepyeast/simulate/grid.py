"""The voxel grid that a scene is drawn on, and the three ways to put fluorophores there.

A scene is wider than its picture by :data:`MARGIN` on each side, so that cells outside it
still spread light into it. It is sampled at one pixel in the plane and at :data:`SLAB`
pixels along the optical axis, which is enough because the microscope blurs far more along
that axis than within the plane. Places are counted in pixels from the scene's middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

from deepyeast.core import CROP_SIZE

MARGIN = 8
SCENE_SIZE = CROP_SIZE + 2 * MARGIN
"""Height and width of the scene of a single-cell crop."""

SLAB = 3.6
Z = ((np.arange(7) - 3) * SLAB).astype(np.float32)
"""Heights of the slabs over the focal plane, in pixels."""


@dataclass(frozen=True)
class Box:
    """A square of pixels that may reach beyond the scene.

    ``top`` and ``left`` are those of its first pixel, counted from the scene's middle.
    """

    top: int
    left: int
    size: int

    @classmethod
    def around(cls, centre: np.ndarray, radius: float) -> Box:
        """Return the square within ``radius`` of ``centre`` (y, x)."""
        top, left = (int(np.floor(c - radius)) for c in centre)
        return cls(top, left, int(np.ceil(2 * radius)) + 2)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slabs, height and width."""
        return len(Z), self.size, self.size

    def coordinates(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return z, y and x of the voxels, float32, broadcastable to :attr:`shape`."""
        steps = np.arange(self.size, dtype=np.float32)
        return Z[:, None, None], (steps + self.top)[None, :, None], (steps + self.left)[None, None]

    def reaches(self, height: int, width: int) -> bool:
        """Return whether any part of it lies in a scene of that size."""
        top, left = self.top + height // 2, self.left + width // 2
        return -self.size < top < height and -self.size < left < width

    def overlap(self, height: int, width: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return the part in a scene of that size: rows and columns there, and in the box."""
        top, left = self.top + height // 2, self.left + width // 2
        rows = slice(max(0, top), max(0, min(height, top + self.size)))
        columns = slice(max(0, left), max(0, min(width, left + self.size)))
        inner = (
            slice(rows.start - top, rows.stop - top),
            slice(columns.start - left, columns.stop - left),
        )
        return (rows, columns), inner

    def add(self, scene: np.ndarray, density: np.ndarray) -> None:
        """Add ``density``, of this box's shape, to a scene ``(7, h, w)`` where they overlap."""
        outer, inner = self.overlap(*scene.shape[-2:])
        scene[:, *outer] += density[:, *inner]


def fill(distance: np.ndarray, softness: float = 0.8) -> np.ndarray:
    """Return 1 inside (negative distance), 0 outside, with a ramp of ``softness`` pixels."""
    return np.clip(0.5 - distance / (2 * softness), 0, 1)


def shell(distance: np.ndarray, width: float) -> np.ndarray:
    """Return a smooth bump of half-width ``width`` pixels around the surface at distance 0."""
    return np.asarray(np.square(np.clip(1 - np.square(distance / width), 0, 1)))


def deposit(points: np.ndarray, weights: np.ndarray, box: Box) -> np.ndarray:
    """Return a box with ``weights`` at ``points`` (``(n, 3)``: z, y, x), shared linearly."""
    position = np.empty(points.shape, dtype=np.float64)
    position[:, 0] = points[:, 0] / SLAB + len(Z) // 2
    position[:, 1] = points[:, 1] - box.top
    position[:, 2] = points[:, 2] - box.left
    low = np.floor(position).astype(np.int64)
    fraction = position - low
    size = np.array(box.shape)
    total = np.zeros(int(size.prod()))
    for corner in np.ndindex(2, 2, 2):
        index = low + corner
        share = np.where(corner, fraction, 1 - fraction).prod(1) * weights
        inside = ((index >= 0) & (index < size)).all(1)
        flat = np.ravel_multi_index(tuple(index[inside].T), box.shape)
        total += np.bincount(flat, share[inside], minlength=total.size)
    return total.reshape(box.shape).astype(np.float32)


@cache
def _noise_bank() -> np.ndarray:
    """Return smooth periodic noise, float32 ``(4, 7, 256, 256)``, zero mean, unit deviation."""
    white = np.random.default_rng(20161).standard_normal((4, len(Z), 256, 256))
    scales = (1.6, 2.6, 4.0, 6.0)
    bank = np.stack(
        [
            ndimage.gaussian_filter(w, (s / SLAB, s, s), mode="wrap")
            for w, s in zip(white, scales, strict=True)
        ]
    )
    bank /= bank.std(axis=(1, 2, 3), keepdims=True)
    return bank.astype(np.float32)


def texture(rng: np.random.Generator, box: Box, scale: int) -> np.ndarray:
    """Return a random piece of smooth noise (zero mean, unit deviation) of the box's shape.

    ``scale`` 0 to 3 stands for grains of about 2, 3, 4 and 6 pixels.
    """
    _, height, width = box.shape
    top, left = rng.integers(0, 256 - height, 2)
    return _noise_bank()[scale, :, top : top + height, left : left + width]
