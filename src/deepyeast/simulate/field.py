"""One field of view: hundreds of cells, clumped and scattered, with their true outlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import fft

from deepyeast.simulate.anatomy import Anatomy, draw_anatomy
from deepyeast.simulate.camera import Camera, record
from deepyeast.simulate.grid import MARGIN, Z
from deepyeast.simulate.optics import expose
from deepyeast.simulate.scene import (
    Protein,
    add_cell,
    add_debris,
    budding,
    draw_heading,
    draw_radius,
)

_CLUMPING = 0.55
"""Probability that a cell lies against one that is already there."""

_OVERLAP = 0.01
"""Share of its area that a cell may have under or over others."""

_PATIENCE = 6
"""Places tried for a cell before the field is taken to be full."""


class FieldSettings(BaseModel):
    """What a simulated field looks like.

    ``height`` and ``width`` in pixels; ``cells`` the mean number of cells, none at 0;
    ``shading`` how much darker the corners are than the middle; ``debris`` the mean number of
    clumps of something else.
    """

    model_config = ConfigDict(frozen=True)

    height: int = Field(default=1000, ge=64)
    width: int = Field(default=1000, ge=64)
    cells: float = Field(default=250.0, ge=0)
    shading: tuple[float, float] = (0.05, 0.4)
    debris: float = Field(default=1.5, ge=0)


@dataclass(frozen=True, eq=False)
class SimulatedField:
    """A field and its truth: ``image`` uint16 ``(2, h, w)``, ``labels`` int32 ``(h, w)``.

    A mother and her bud are one object. Objects are counted from 1; those at the border are
    cut off by it.
    """

    image: np.ndarray
    labels: np.ndarray


def draw_field(
    rng: np.random.Generator,
    protein: Protein,
    camera: Camera,
    settings: FieldSettings | None = None,
) -> SimulatedField:
    """Draw a field of view of a protein's well."""
    settings = settings or FieldSettings()
    shape = tuple(fft.next_fast_len(n + 2 * MARGIN, real=True) for n in _size(settings))
    scene = np.zeros((2, len(Z), *shape), dtype=np.float32)
    labels = np.zeros(shape, dtype=np.int32)
    _populate(rng, scene, labels, protein, settings)
    for _ in range(rng.poisson(settings.debris)):
        centre = rng.uniform(-0.5, 0.5, 2) * _size(settings)
        add_debris(rng, scene, protein.acquisition, centre)
    defocus = max(0.0, rng.normal(-0.3, 0.6))
    light = expose(scene, protein.acquisition, focus=rng.normal(0, 1.5), defocus=defocus)
    top, left = ((n - size) // 2 for n, size in zip(shape, _size(settings), strict=True))
    inner = slice(top, top + settings.height), slice(left, left + settings.width)
    light = light[:, top - MARGIN :, left - MARGIN :][:, : settings.height, : settings.width]
    counts = record(rng, light, protein.acquisition, camera, _illumination(rng, settings))
    return SimulatedField(counts.astype(np.uint16), _consecutive(labels[inner]))


def _size(settings: FieldSettings) -> tuple[int, int]:
    return settings.height, settings.width


def _populate(
    rng: np.random.Generator,
    scene: np.ndarray,
    labels: np.ndarray,
    protein: Protein,
    settings: FieldSettings,
) -> None:
    """Put cells in until there are as many as drawn, or no room is found for another."""
    placed: list[tuple[np.ndarray, float]] = []
    wanted = rng.poisson(settings.cells * labels.size / (settings.height * settings.width))
    for _ in range(wanted):
        for _ in range(_PATIENCE):
            radius = draw_radius(rng, protein.acquisition.radius)
            centre = _place(rng, radius, placed, labels.shape)
            if centre is None:
                continue
            cell = draw_anatomy(rng, centre, radius, budded=budding(protein), scene=labels.shape)
            if cell is not None and _mark(labels, cell, len(placed) + 1):
                placed.append((centre, radius))
                add_cell(rng, scene, protein, cell)
                break


def _place(
    rng: np.random.Generator,
    radius: float,
    placed: list[tuple[np.ndarray, float]],
    shape: tuple[int, ...],
) -> np.ndarray | None:
    """Return a free centre, often beside another cell; None if the one tried is not free."""
    if placed and rng.random() < _CLUMPING:
        beside, reach = placed[int(rng.integers(len(placed)))]
        centre = beside + draw_heading(rng) * (reach + radius + rng.normal(1.0, 2.0))
    else:
        centre = rng.uniform(-0.5, 0.5, 2) * shape
    if not placed:
        return np.asarray(centre)
    centres = np.array([c for c, _ in placed])
    reaches = np.array([r for _, r in placed])
    gap = (np.linalg.norm(centres - centre, axis=1) - reaches - radius).min()
    inside = (np.abs(centre) < np.array(shape) / 2 + radius).all()
    return np.asarray(centre) if gap > 0 and inside else None


def _mark(labels: np.ndarray, cell: Anatomy, label: int) -> bool:
    """Write the cell's outline, seen along the optical axis, where no other cell is.

    Returns False, and writes nothing, where too much of it (a bud, say) covers others.
    """
    outer, inner = cell.box.overlap(*labels.shape)
    seen = (cell.cell.min(0) < 0)[inner]
    taken = seen & (labels[outer] > 0)
    if taken.sum() > _OVERLAP * max(1, int(seen.sum())):
        return False
    labels[outer][seen & ~taken] = label
    return True


def _illumination(rng: np.random.Generator, settings: FieldSettings) -> np.ndarray:
    """Return relative brightness: one in the lamp's middle, darker towards the corners."""
    y = np.linspace(-1, 1, settings.height)[:, None] + rng.normal(0, 0.2)
    x = np.linspace(-1, 1, settings.width)[None] + rng.normal(0, 0.2)
    fall = rng.uniform(*settings.shading) * (np.square(y) + np.square(x)) / 2
    return np.asarray(1 / (1 + fall), dtype=np.float32)


def _consecutive(labels: np.ndarray) -> np.ndarray:
    """Renumber objects from 1, those out of view left out."""
    _, inverse = np.unique(np.append(labels.ravel(), 0), return_inverse=True)
    return np.asarray(inverse[:-1].reshape(labels.shape), dtype=np.int32)
