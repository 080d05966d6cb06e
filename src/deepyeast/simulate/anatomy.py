"""One budding-yeast cell as signed distances: outline, vacuoles, nucleus, bud and neck.

Proportions follow the budding yeast of the textbooks: a nucleus of about a third to half
of the cell's radius pushed against the vacuole, one to four vacuolar lobes, a bud that
grows from nothing to most of the mother's size, a nucleus that divides through the neck.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from deepyeast.simulate.grid import SCENE_SIZE, Box, fill


@dataclass(frozen=True, eq=False)
class Body:
    """An ellipsoid, mother or bud: centre (z, y, x), semi-axes and in-plane angle (radians)."""

    centre: np.ndarray
    axes: np.ndarray
    angle: float

    def distance(self, z: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the signed distance to the surface along the ray from the centre, in pixels."""
        # plain floats: a numpy float64 scalar would turn the float32 grids into float64
        cz, cy, cx = map(float, self.centre)
        tall, wide, far = map(float, self.axes)
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        long = (y - cy) * sin + (x - cx) * cos
        short = (y - cy) * cos - (x - cx) * sin
        height = np.square(z - cz)
        radius = np.sqrt(np.square(long) + np.square(short) + height)
        ratio = np.sqrt(np.square(long / far) + np.square(short / wide) + height / tall**2)
        return np.asarray(radius - radius / (ratio + 1e-3))

    def point(self, direction: np.ndarray, depth: float | np.ndarray = 1.0) -> np.ndarray:
        """Return points ``(n, 3)`` at ``depth`` of the way out along unit directions (z, y, x)."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        long = direction[:, 1] * sin + direction[:, 2] * cos
        short = direction[:, 1] * cos - direction[:, 2] * sin
        ratio = np.sqrt(
            (long / self.axes[2]) ** 2
            + (short / self.axes[1]) ** 2
            + (direction[:, 0] / self.axes[0]) ** 2
        )
        return np.asarray(self.centre + direction * (depth / ratio)[:, None])


@dataclass(frozen=True, eq=False)
class Anatomy:
    """What the compartments are drawn from; distances are float32 over ``box``, negative inside.

    ``stage`` runs from 0 (unbudded) over budding to 1 (about to divide); ``neck`` is the
    point where bud meets mother and ``neck_axis`` the unit vector from mother to bud
    (both None without a bud). ``spindle_poles`` are ``(1 or 2, 3)`` points on the
    nuclear envelope.
    """

    box: Box
    mother: Body
    bud: Body | None
    stage: float
    cell: np.ndarray
    vacuole: np.ndarray
    nucleus: np.ndarray
    nucleus_centre: np.ndarray
    nucleus_radius: float
    spindle_poles: np.ndarray
    neck: np.ndarray | None
    neck_axis: np.ndarray | None

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Mother, and bud if there is one."""
        return (self.mother,) if self.bud is None else (self.mother, self.bud)

    def cytosol(self, nucleus: float, vacuole: float) -> np.ndarray:
        """Return cytosolic density, with the given relative densities in nucleus and vacuole."""
        inside = fill(self.cell)
        inside = inside * (1 - (1 - nucleus) * fill(self.nucleus))
        return np.asarray(inside * (1 - (1 - vacuole) * fill(self.vacuole)))


def unit_vectors(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return ``n`` random directions ``(n, 3)``, uniform on the sphere."""
    vectors = rng.standard_normal((n, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def draw_anatomy(
    rng: np.random.Generator,
    centre: np.ndarray,
    radius: float,
    *,
    budded: float,
    scene: tuple[int, int] = (SCENE_SIZE, SCENE_SIZE),
) -> Anatomy | None:
    """Draw a cell at ``centre`` (y, x) with mean in-plane ``radius`` in pixels.

    Parameters
    ----------
    budded
        Probability that the cell has a bud.
    scene
        Height and width of the scene.

    Returns
    -------
    Anatomy or None
        None if no part of it lies in the scene.
    """
    mother = _mother(rng, centre, radius)
    has_bud = rng.random() < budded
    bud = _bud(rng, mother, radius) if has_bud else None
    box = _box(mother, bud)
    if not box.reaches(*scene):
        return None
    z, y, x = box.coordinates()
    cell = mother.distance(z, y, x)
    if bud is not None:
        cell = np.minimum(cell, bud.distance(z, y, x))
    lobes = _vacuole_lobes(rng, mother, radius)
    vacuole = np.full(box.shape, 99, dtype=np.float32)
    for at, size in lobes:
        vacuole = np.minimum(vacuole, _sphere(z, y, x, at, size))
    vacuole = np.maximum(vacuole, cell + 1.6)
    stage = 0.0 if bud is None else float(bud.axes.mean() / mother.axes.mean())
    nucleus_radius = float(radius * rng.uniform(0.36, 0.54))
    nucleus_centre = _place_nucleus(rng, mother, bud, nucleus_radius, lobes)
    nucleus, poles = _nucleus(rng, z, y, x, mother, bud, nucleus_centre, nucleus_radius, stage)
    nucleus = np.maximum(np.maximum(nucleus, cell + 1.2), 0.4 - vacuole)
    neck = axis = None
    if bud is not None:
        axis = bud.centre - mother.centre
        axis = axis / np.linalg.norm(axis)
        neck = mother.point(axis[None])[0]
    return Anatomy(
        box=box,
        mother=mother,
        bud=bud,
        stage=stage,
        cell=cell,
        vacuole=vacuole,
        nucleus=nucleus,
        nucleus_centre=nucleus_centre,
        nucleus_radius=nucleus_radius,
        spindle_poles=poles,
        neck=neck,
        neck_axis=axis,
    )


def _sphere(
    z: np.ndarray, y: np.ndarray, x: np.ndarray, centre: np.ndarray, radius: float
) -> np.ndarray:
    cz, cy, cx = map(float, centre)
    return np.asarray(np.sqrt(np.square(z - cz) + np.square(y - cy) + np.square(x - cx)) - radius)


def _box(mother: Body, bud: Body | None) -> Box:
    """Return the square that holds both bodies with two pixels to spare."""
    bodies = [mother] if bud is None else [mother, bud]
    low = np.min([body.centre[1:] - body.axes[1:].max() for body in bodies], axis=0)
    high = np.max([body.centre[1:] + body.axes[1:].max() for body in bodies], axis=0)
    return Box.around((low + high) / 2, float((high - low).max()) / 2 + 2)


def _mother(rng: np.random.Generator, centre: np.ndarray, radius: float) -> Body:
    elongation = 1 + abs(rng.normal(0, 0.18))
    axes = radius * np.array([0.9, 1 / np.sqrt(elongation), np.sqrt(elongation)])
    height = rng.normal(0, 0.08 * radius)
    return Body(np.array([height, *centre]), axes, rng.uniform(0, np.pi))


def _bud(rng: np.random.Generator, mother: Body, radius: float) -> Body:
    size = radius * rng.uniform(0.25, 0.85)
    heading = rng.uniform(0, 2 * np.pi)
    direction = np.array([[rng.normal(0, 0.12), np.sin(heading), np.cos(heading)]])
    direction /= np.linalg.norm(direction)
    stretch = rng.uniform(1.0, 1.3)
    surface = mother.point(direction)[0]
    centre = surface + direction[0] * size * 0.85 * stretch
    axes = size * np.array([1.0, 1.0, stretch])
    # the bud's long axis points away from the mother
    return Body(centre, axes, float(np.arctan2(direction[0, 1], direction[0, 2])))


def _vacuole_lobes(
    rng: np.random.Generator, mother: Body, radius: float
) -> list[tuple[np.ndarray, float]]:
    """Return centres and radii of the vacuole's lobes: one large one or several smaller."""
    n = int(rng.choice([0, 1, 2, 3, 4], p=[0.12, 0.40, 0.26, 0.14, 0.08]))
    if n == 0:
        return []
    largest = radius * rng.uniform(0.24, 0.68 if n == 1 else 0.52)
    lobes: list[tuple[np.ndarray, float]] = []
    heading = unit_vectors(rng, 1)[0] * (0.5, 1, 1)
    for i in range(n):
        size = largest * (1 if i == 0 else rng.uniform(0.5, 1.0))
        turn = heading + (0 if i == 0 else 0.9) * rng.standard_normal(3) * (0.5, 1, 1)
        turn = turn / np.linalg.norm(turn)
        room = max(0.0, 0.92 - size / radius)
        depth = room * rng.uniform(0.55, 1.0)
        lobes.append((mother.point(turn[None], depth)[0], size))
    return lobes


def _place_nucleus(
    rng: np.random.Generator,
    mother: Body,
    bud: Body | None,
    radius: float,
    lobes: list[tuple[np.ndarray, float]],
) -> np.ndarray:
    """Return the most roomy of a few random places, or one near the neck of a budded cell."""
    directions = unit_vectors(rng, 8) * (0.45, 1, 1)
    if bud is not None and rng.random() < 0.6:
        toward = bud.centre - mother.centre
        directions[:4] = toward / np.linalg.norm(toward) + 0.25 * directions[:4]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    room = max(0.05, 0.88 - radius / mother.axes.mean())
    places = mother.point(directions, room * rng.uniform(0.1, 1.0, len(directions)))
    clearance = np.zeros(len(places))
    for at, size in lobes:
        clearance += np.minimum(0, np.linalg.norm(places - at, axis=1) - size - 0.8 * radius)
    return np.asarray(places[(clearance + rng.normal(0, 0.5, len(places))).argmax()])


def _nucleus(
    rng: np.random.Generator,
    z: np.ndarray,
    y: np.ndarray,
    x: np.ndarray,
    mother: Body,
    bud: Body | None,
    centre: np.ndarray,
    radius: float,
    stage: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nucleus's distance and its spindle poles: round, stretched or divided."""
    pole = unit_vectors(rng, 1)[0] * (0.6, 1, 1)
    pole = pole / np.linalg.norm(pole)
    if bud is None or stage < 0.55 or rng.random() < 0.5:
        oval = Body(centre, radius * rng.uniform(0.88, 1.14, 3), rng.uniform(0, np.pi))
        poles = [centre + pole * radius]
        if bud is not None and stage > 0.4 and rng.random() < 0.7:
            poles.append(centre - pole * radius)  # a short spindle spans the nucleus
        return oval.distance(z, y, x), np.array(poles)
    daughter = bud.centre + rng.normal(0, 0.1, 3) * radius
    small = 0.8 * radius
    distance = np.minimum(_sphere(z, y, x, centre, small), _sphere(z, y, x, daughter, small))
    if rng.random() < 0.4:  # anaphase: a bridge of nucleus through the neck
        for t in np.linspace(0.1, 0.9, 7):
            at = centre + t * (daughter - centre)
            distance = np.minimum(distance, _sphere(z, y, x, at, 0.35 * radius))
    apart = (daughter - centre) / np.linalg.norm(daughter - centre)
    return distance, np.array([centre - apart * small, daughter + apart * small])
