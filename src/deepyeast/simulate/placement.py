"""Ways to place fluorophores in a cell that several compartments share: puncta and tubules."""

from __future__ import annotations

import numpy as np

from deepyeast.simulate.anatomy import Anatomy, Body, unit_vectors
from deepyeast.simulate.grid import SLAB, deposit


def between(low: float, high: float, trait: float) -> float:
    """Return the value that a trait of 0 to 1 stands for in a range."""
    return low + (high - low) * float(trait)


def blobs(cell: Anatomy, centres: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return puncta of standard deviation ``size`` pixels, unequal in brightness and shape."""
    if len(centres) == 0:
        return np.zeros(cell.box.shape, dtype=np.float32)
    grains = 14
    spread = size * rng.lognormal(0, 0.2, len(centres))
    cloud = rng.standard_normal((len(centres), grains, 3)) * spread[:, None, None]
    points = (centres[:, None] + cloud).reshape(-1, 3)
    weights = np.repeat(rng.lognormal(0, 0.4, len(centres)), grains)
    return deposit(points, weights, cell.box)


def within(cell: Anatomy, n: int, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` points at a depth of ``low`` to ``high`` of the way out, bud by its volume."""
    volumes = np.array([body.axes.prod() for body in cell.bodies])
    which = rng.choice(len(volumes), n, p=volumes / volumes.sum())
    depth = rng.uniform(low**3, high**3, n) ** (1 / 3)
    directions = unit_vectors(rng, n) * (0.75, 1, 1)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    points = np.empty((n, 3))
    for i, body in enumerate(cell.bodies):
        points[which == i] = body.point(directions[which == i], depth[which == i])
    return points


def at(cell: Anatomy, distance: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the values ``(n,)`` of ``distance`` at the voxels nearest to ``points``."""
    first = [float(axis.flat[0]) for axis in cell.box.coordinates()]
    index = np.rint((points - first) / (SLAB, 1, 1)).astype(int)
    index = np.clip(index, 0, np.array(cell.box.shape) - 1)
    return np.asarray(distance[tuple(index.T)])


def outside_vacuole(cell: Anatomy, points: np.ndarray) -> np.ndarray:
    """Return those of ``points`` that lie in no vacuole (all of them if none does)."""
    free = at(cell, cell.vacuole, points) > -0.5
    return points[free] if free.any() else points


def tubule(body: Body, length: float, rng: np.random.Generator) -> np.ndarray:
    """Return points every half pixel along a curve that wanders on the cell's cortex.

    Half of them keep to the outline that the focal plane shows.
    """
    n = max(6, int(length / 0.5))
    lift = 0.2 if rng.random() < 0.5 else 0.8
    heading = unit_vectors(rng, 1)[0] * (lift, 1, 1)
    heading = heading / np.linalg.norm(heading)
    course = np.cross(heading, np.cross(unit_vectors(rng, 1)[0] * (lift, 1, 1), heading))
    course = course / (np.linalg.norm(course) + 1e-6)
    bend = np.cumsum(rng.normal(0, 0.03, (n, 3)), axis=0) * (lift, 1, 1)
    angle = np.arange(n)[:, None] * 0.5 / body.axes.mean()
    directions = np.cos(angle) * heading + np.sin(angle) * course + bend
    directions /= np.linalg.norm(directions, axis=1, keepdims=True) + 1e-6
    outermost = 0.9 if rng.random() < 0.75 else 0.7
    depth = rng.uniform(outermost - 0.2, outermost) + np.cumsum(rng.normal(0, 0.01, n))
    return np.asarray(body.point(directions, np.clip(depth, 0.3, 0.93)))
