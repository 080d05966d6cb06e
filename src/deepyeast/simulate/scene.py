"""One crop: a cell of a protein among its neighbours, or something that is not a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from deepyeast.core import CROP_SIZE, GREEN, RED
from deepyeast.simulate.acquisition import Acquisition
from deepyeast.simulate.anatomy import Anatomy, draw_anatomy
from deepyeast.simulate.camera import record
from deepyeast.simulate.compartments import PATTERNS
from deepyeast.simulate.grid import SCENE_SIZE, Box, Z, deposit
from deepyeast.simulate.optics import expose

Kind = Literal["cell", "empty", "debris", "merged", "off-centre", "out-of-focus"]
NON_CELLS: tuple[Kind, ...] = ("empty", "debris", "merged", "off-centre", "out-of-focus")


@dataclass(frozen=True, eq=False)
class Protein:
    """A tagged protein: shares of compartments, and what its cells have in common.

    ``shares`` maps published class names to fractions that sum to one; ``traits`` is
    ``(4,)`` in 0 to 1, ``abundance`` the mean signal relative to the plate's typical.
    """

    shares: dict[str, float]
    traits: np.ndarray
    leak: float
    abundance: float
    acquisition: Acquisition


def draw_crop(rng: np.random.Generator, protein: Protein, kind: Kind = "cell") -> np.ndarray:
    """Draw one crop of a protein's well.

    Returns
    -------
    ndarray
        float32 ``(2, 64, 64)``, red then green, camera counts.
    """
    scene = np.zeros((2, len(Z), SCENE_SIZE, SCENE_SIZE), dtype=np.float32)
    for centre, radius in _layout(rng, protein.acquisition.radius, kind):
        cell = draw_anatomy(rng, centre, radius, budded=budding(protein))
        if cell is not None:
            add_cell(rng, scene, protein, cell)
    if kind == "debris":
        add_debris(rng, scene, protein.acquisition, np.zeros(2))
    defocus = rng.uniform(3.5, 6.0) if kind == "out-of-focus" else 0.0
    if kind == "cell":
        defocus = max(0.0, rng.normal(-0.3, 0.6))
    light = expose(scene, protein.acquisition, focus=rng.normal(0, 2.0), defocus=defocus)
    return record(rng, light, protein.acquisition)


def _layout(rng: np.random.Generator, typical: float, kind: Kind) -> list[tuple[np.ndarray, float]]:
    """Return centres (y, x; pixels from the crop's middle) and radii of the cells in view."""
    placed: list[tuple[np.ndarray, float]] = []
    first = draw_radius(rng, typical)
    if kind in ("cell", "out-of-focus"):
        placed.append((rng.normal(0, 1.3, 2), first))
    elif kind == "merged":
        half = draw_heading(rng) * first * rng.uniform(0.85, 1.0)
        placed += [(half, first), (-half, draw_radius(rng, typical))]
    elif kind == "off-centre":
        placed.append((draw_heading(rng) * rng.uniform(1.0, 1.8) * first, first))
    crowding = rng.poisson(rng.gamma(2.0, 1.1))
    for _ in range(crowding):
        radius = draw_radius(rng, typical)
        if placed:
            beside, reach = placed[int(rng.integers(len(placed)))]
            gap = rng.normal(1.0, 2.0) if rng.random() < 0.7 else rng.uniform(3, 14)
            centre = beside + draw_heading(rng) * (reach + radius + gap)
        else:
            centre = draw_heading(rng) * rng.uniform(radius + 12, radius + 30)
        apart = [np.linalg.norm(centre - c) - radius - r for c, r in placed]
        if min(apart, default=0.0) > -3.0:
            placed.append((centre, radius))
    return placed


def draw_heading(rng: np.random.Generator) -> np.ndarray:
    """Return a random unit vector (y, x)."""
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.sin(angle), np.cos(angle)])


def draw_radius(rng: np.random.Generator, typical: float) -> float:
    """Return a cell's radius in a culture of the given typical one."""
    return float(typical * np.clip(rng.lognormal(0, 0.13), 0.6, 1.4))


def budding(protein: Protein) -> float:
    """Return the probability that a cell of the protein's well has a bud."""
    return PATTERNS[max(protein.shares, key=protein.shares.__getitem__)].budded


def add_cell(rng: np.random.Generator, scene: np.ndarray, protein: Protein, cell: Anatomy) -> None:
    """Add one cell's red marker and tagged protein to a scene ``(2, 7, h, w)``, in photons."""
    acquisition = protein.acquisition
    vitality = float(rng.lognormal(0, 0.25))
    if rng.random() < 0.01:
        vitality *= rng.uniform(2.5, 6)  # a dead cell glows in both channels
    cytosol = cell.cytosol(nucleus=rng.uniform(0.8, 1.15), vacuole=rng.uniform(0.1, 0.6))
    marker = cytosol / _mean_depth(cytosol)
    red = acquisition.red_photons * vitality * float(rng.lognormal(0, 0.2)) * marker
    signal = acquisition.green_photons * protein.abundance * float(rng.lognormal(0, 0.35))
    green = signal * vitality * _tagged(rng, cell, protein, cytosol)
    green += acquisition.autofluorescence * cell.cytosol(1.0, rng.uniform(0.4, 1.5)) / len(Z)
    cell.box.add(scene[RED], red)
    cell.box.add(scene[GREEN], green)


def _mean_depth(density: np.ndarray) -> float:
    """Return the mean over the cell's outline of the density summed along the optical axis."""
    projected = density.sum(0)
    return float(projected.sum() / max(1.0, (projected > 0.5).sum()))


def _tagged(
    rng: np.random.Generator, cell: Anatomy, protein: Protein, cytosol: np.ndarray
) -> np.ndarray:
    """Return the protein's density, scaled to a mean of one over the cell's outline."""
    area = max(1.0, float((cytosol.sum(0) > 0.5).sum()))
    total = np.zeros(cell.box.shape, dtype=np.float32)
    for name, share in protein.shares.items():
        traits = np.clip(protein.traits + rng.normal(0, 0.08, protein.traits.shape), 0, 1)
        density = PATTERNS[name].density(cell, traits, rng)
        total += share * density * (area / max(1e-3, float(density.sum())))
    leak = float(np.clip(protein.leak * rng.lognormal(0, 0.2), 0, 0.95))
    return np.asarray((1 - leak) * total + leak * cytosol / _mean_depth(cytosol))


def add_debris(
    rng: np.random.Generator, scene: np.ndarray, acquisition: Acquisition, centre: np.ndarray
) -> None:
    """Add a bright irregular clump to both channels, at ``centre`` (y, x)."""
    box = Box.around(centre, CROP_SIZE / 2)
    n = int(rng.integers(30, 150))
    cloud = rng.standard_normal((n, 3)) * rng.uniform(1.5, 6.0, 3) + rng.normal(0, 3, 3)
    clump = deposit(cloud + np.array([0, *centre]), rng.exponential(1.0, n), box)
    clump *= 300 / max(1e-3, float(clump.sum()))
    for channel, photons in ((RED, acquisition.red_photons), (GREEN, acquisition.green_photons)):
        box.add(scene[channel], photons * rng.uniform(0.5, 4.0) * clump)
