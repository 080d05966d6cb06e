"""Where a tagged protein sits: one function per compartment, drawn from a cell's anatomy.

Each takes a cell, the protein's ``traits`` and a generator and returns the density of
fluorophores over the cell's box (any scale). Traits are four numbers from 0 to 1 that a
protein keeps over its cells (how many puncta, how large, how patchy, where), so that
cells of one protein look more alike than cells of two proteins of one compartment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from deepyeast.simulate.anatomy import Anatomy, Body, unit_vectors
from deepyeast.simulate.grid import deposit, fill, shell, texture
from deepyeast.simulate.placement import at, between, blobs, outside_vacuole, tubule, within

Density = Callable[[Anatomy, np.ndarray, np.random.Generator], np.ndarray]


def cell_periphery(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Plasma membrane: a thin closed shell, even or in patches, sometimes brighter in the bud."""
    membrane = shell(cell.cell + 0.8, 1.8)
    patchiness = max(0.0, between(-0.5, 0.7, traits[0]))
    membrane = membrane * np.clip(1 + patchiness * texture(rng, cell.box, 1), 0.1, 3)
    if cell.bud is not None and traits[1] > 0.7:
        toward_bud = fill(cell.bud.distance(*cell.box.coordinates()) - 1)
        membrane = membrane * (1 + 3 * (traits[1] - 0.7) / 0.3 * toward_bud)
    return membrane


def cytoplasm(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cytosol, out of the vacuole; the nucleus is darker, equal or slightly brighter."""
    nucleus = between(0.35, 1.25, traits[0])
    grain = 1 + 0.16 * traits[1] * texture(rng, cell.box, 1)
    return np.asarray(cell.cytosol(nucleus, between(0.0, 0.45, traits[2])) * grain)


def endosome(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Few, rather large and unequal bodies, most of them beside the vacuole."""
    n = 1 + rng.poisson(between(1.0, 4.5, traits[0]))
    points = within(cell, 6 * n, 0.1, 0.92, rng)
    beside = np.abs(at(cell, cell.vacuole, points) - 1)
    order = np.argsort(beside + rng.exponential(2.5, len(points)))
    bodies = blobs(cell, points[order[:n]], between(0.8, 1.9, traits[1]), rng)
    if traits[2] > 0.7:  # also on the vacuole's membrane
        rim = shell(cell.vacuole - 0.3, 1.6)
        bodies = bodies + 0.35 * rim * bodies.sum() / (rim.sum() + 1)
    return bodies


def er(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nuclear envelope, patches under the plasma membrane, and strands between them."""
    envelope = shell(cell.nucleus, 1.9)
    patches = np.clip(texture(rng, cell.box, 3) + between(0.1, 1.3, traits[0]), 0, 1.6)
    cortex = between(0.45, 1.0, traits[3]) * shell(cell.cell + 1.8, 2.3) * patches
    strands = [
        np.linspace(start, end, 12) + rng.normal(0, 0.5, (12, 3))
        for start, end in zip(
            cell.nucleus_centre + unit_vectors(rng, 4) * cell.nucleus_radius,
            within(cell, 4, 0.85, 0.95, rng),
            strict=True,
        )
    ]
    points = np.concatenate(strands)
    web = deposit(points, np.full(len(points), 0.8), cell.box)
    return np.asarray(between(0.9, 2.2, traits[1]) * envelope + cortex + 2.5 * traits[2] * web)


def golgi(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Several middle-sized cisternae, anywhere in the cytosol."""
    n = 3 + rng.poisson(between(2, 8, traits[0]))
    points = outside_vacuole(cell, within(cell, n, 0.25, 0.9, rng))
    return blobs(cell, points, between(0.7, 1.4, traits[1]), rng)


def mitochondrion(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tubules under the cortex: long arcs along the outline, a net, or a few short pieces."""
    pieces = 1 + rng.poisson(between(0.5, 5.5, traits[0]))
    typical = between(0.7, 3.2, traits[1]) * cell.mother.axes.mean()
    parts = []
    for body in cell.bodies:
        share = float(body.axes.prod() / cell.mother.axes.prod())
        for _ in range(max(1, round(pieces * share))):
            parts.append(tubule(body, rng.gamma(4.0, typical / 4), rng))
    points = np.concatenate(parts)
    thick = points + rng.normal(0, between(0.5, 1.2, traits[2]), points.shape)
    knots = np.clip(1 + 0.5 * np.repeat(rng.standard_normal(len(points) // 7 + 1), 7), 0.3, 2.5)
    return deposit(thick, knots[: len(points)], cell.box)


def nuclear_periphery(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nuclear envelope: a closed shell around the nucleus, even or beaded with pores."""
    beads = np.clip(1 + 0.8 * traits[0] * texture(rng, cell.box, 0), 0.1, 3)
    inner = 0.25 * traits[1] * fill(cell.nucleus)
    return np.asarray(shell(cell.nucleus + 0.2, 1.7) * beads + inner)


def nucleolus(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A crescent or patch against one side of the nucleus, opposite the spindle pole."""
    side = -(cell.spindle_poles[0] - cell.nucleus_centre) / cell.nucleus_radius
    side = side + 0.4 * rng.standard_normal(3)
    side = side / np.linalg.norm(side)
    z, y, x = cell.box.coordinates()
    cz, cy, cx = map(float, cell.nucleus_centre)
    sz, sy, sx = map(float, side)
    depth = ((z - cz) * sz + (y - cy) * sy + (x - cx) * sx) / cell.nucleus_radius
    # crescent: beyond a plane; hollow towards the nucleus's middle when the trait says so
    cut = between(0.05, 0.5, traits[0]) + rng.normal(0, 0.08)
    patch = fill(cell.nucleus + 0.3) * np.clip((depth - cut) * 3 + 0.5, 0, 1)
    core = Body(cell.nucleus_centre, np.full(3, 0.55 * cell.nucleus_radius), 0.0)
    patch = patch * (1 - 0.8 * (traits[1] > 0.6) * fill(core.distance(z, y, x)))
    return np.asarray(patch + between(0.0, 0.22, traits[2]) * fill(cell.nucleus))


def nucleus(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nucleoplasm: a filled nucleus, sometimes darker where the nucleolus is."""
    body = fill(cell.nucleus) * (1 + 0.15 * traits[1] * texture(rng, cell.box, 1))
    if traits[0] > 0.6:
        body = body - 0.7 * np.minimum(body, nucleolus(cell, np.zeros(4), rng))
    return np.asarray(body)


def peroxisome(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Many small round puncta of like size, most of them near the cortex."""
    n = 2 + rng.poisson(between(2, 9, traits[0]))
    points = outside_vacuole(cell, within(cell, n, between(0.3, 0.75, traits[2]), 0.95, rng))
    return blobs(cell, points, between(0.15, 0.7, traits[1]), rng)


def spindle_pole(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One or two small bodies on the nuclear envelope, sometimes with the spindle's bar."""
    bodies = blobs(cell, cell.spindle_poles, between(0.3, 0.95, traits[0]), rng)
    if len(cell.spindle_poles) == 2 and traits[1] > 0.75:
        bar = np.linspace(cell.spindle_poles[0], cell.spindle_poles[1], 24)
        bodies = bodies + deposit(bar, np.full(24, 0.3), cell.box)
    if traits[2] > 0.75:
        nucleoplasm = fill(cell.nucleus)
        bodies = bodies + 0.3 * nucleoplasm * bodies.sum() / (nucleoplasm.sum() + 1)
    return bodies


def vacuole(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Vacuole: its lumen, or its membrane (where lobes touch, the membrane is brightest)."""
    lumen = fill(cell.vacuole)
    if lumen.sum() < 20:  # a cell hardly vacuolated: what there is lies in small bodies
        return np.asarray(lumen + blobs(cell, within(cell, 2, 0.0, 0.6, rng), 1.6, rng))
    if traits[0] < 0.6:
        return lumen * (1 + 0.1 * texture(rng, cell.box, 3))
    rim = shell(cell.vacuole - 0.2, 1.8) * np.clip(1 + 0.4 * texture(rng, cell.box, 2), 0.2, 3)
    return rim + between(0.0, 0.25, traits[1]) * lumen


def actin(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cortical patches, crowded in the bud, or at one end of an unbudded cell; faint cables."""
    n = 5 + rng.poisson(between(3, 12, traits[0]))
    target = cell.bud if cell.bud is not None and cell.stage < 0.7 else cell.mother
    directions = unit_vectors(rng, n)
    if target is cell.mother:
        end = unit_vectors(rng, 1)[0] * (0.3, 1, 1)
        directions = directions + between(0.3, 1.6, traits[1]) * end
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    patches = blobs(cell, target.point(directions, 0.93), between(0.4, 0.9, traits[2]), rng)
    stray = within(cell, 1 + rng.poisson(2), 0.85, 0.97, rng)
    patches = patches + 0.6 * blobs(cell, stray, 0.6, rng)
    cables = np.concatenate([tubule(cell.mother, 9.0, rng) for _ in range(2)])
    return np.asarray(patches + deposit(cables, np.full(len(cables), 0.12), cell.box))


def bud_neck(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A ring or band where bud meets mother; on an unbudded cell, the ring of the coming bud."""
    if cell.neck is None or cell.neck_axis is None or cell.bud is None:
        axis = unit_vectors(rng, 1)[0] * (0.3, 1, 1)
        axis, radius = axis / np.linalg.norm(axis), 2.2
        centre = cell.mother.point(axis[None], 0.95)[0]
    else:
        axis, centre = cell.neck_axis, cell.neck
        radius = between(0.3, 0.55, traits[0]) * min(cell.bud.axes.mean(), 9.0)
    side = np.cross(axis, unit_vectors(rng, 1)[0])
    side = side / np.linalg.norm(side)
    angle = rng.uniform(0, 2 * np.pi, 140)[:, None]
    ring = np.cos(angle) * side + np.sin(angle) * np.cross(axis, side)
    inside = 1.0 if traits[1] < 0.5 else np.sqrt(rng.uniform(0, 1, (140, 1)))
    band = rng.normal(0, between(0.3, 1.1, traits[2]), (140, 1)) * axis
    return deposit(centre + radius * ring * inside + band, np.ones(140), cell.box)


def lipid_particle(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A few bright round droplets of a pixel or two, beside the ER; little else."""
    n = 2 + rng.poisson(between(2, 6, traits[0]))
    centres = outside_vacuole(cell, within(cell, n, 0.35, 0.85, rng))
    size = between(1.1, 2.3, traits[1])
    droplets = np.zeros(cell.box.shape, dtype=np.float32)
    for centre in centres:
        sphere = Body(centre, np.full(3, size * rng.lognormal(0, 0.15)), 0.0)
        droplets += fill(sphere.distance(*cell.box.coordinates()))
    return np.asarray(droplets + 0.06 * traits[2] * shell(cell.nucleus, 1.9))


def microtubule(cell: Anatomy, traits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines from the spindle poles: a spindle between two, and short ones into the cytosol."""
    lines = []
    if len(cell.spindle_poles) == 2:
        lines += [np.linspace(cell.spindle_poles[0], cell.spindle_poles[1], 40)] * 2
    for pole in cell.spindle_poles:
        for _ in range(1 + rng.poisson(between(0.3, 1.5, traits[0]))):
            end = within(cell, 1, 0.6, 0.92, rng)[0]
            reach = rng.uniform(0.5, 1.0)
            lines.append(pole + np.linspace(0, reach, 20)[:, None] * (end - pole))
    points = np.concatenate(lines)
    return deposit(points + rng.normal(0, 0.25, points.shape), np.ones(len(points)), cell.box)


@dataclass(frozen=True)
class Pattern:
    """How a compartment's proteins look apart from their place.

    ``density`` draws the place; ``leak`` is the range of the share of protein in the
    cytosol; ``abundance`` the median signal relative to a cytosolic protein's (averaged over
    the cell: punctate proteins are rare, yet bright where they are); ``budded`` the
    probability of a bud among the cells an annotator would have chosen.
    """

    density: Density
    leak: tuple[float, float]
    abundance: float
    budded: float = 0.3


PATTERNS: Mapping[str, Pattern] = {
    "cell periphery": Pattern(cell_periphery, (0.0, 0.45), 0.8),
    "cytoplasm": Pattern(cytoplasm, (0.0, 0.0), 1.2),
    "endosome": Pattern(endosome, (0.2, 0.85), 0.5),
    "er": Pattern(er, (0.0, 0.4), 0.8),
    "golgi": Pattern(golgi, (0.05, 0.75), 0.45),
    "mitochondrion": Pattern(mitochondrion, (0.05, 0.85), 0.8),
    "nuclear periphery": Pattern(nuclear_periphery, (0.0, 0.45), 0.5),
    "nucleolus": Pattern(nucleolus, (0.0, 0.4), 0.5),
    "nucleus": Pattern(nucleus, (0.0, 0.55), 0.6),
    "peroxisome": Pattern(peroxisome, (0.05, 0.7), 0.4),
    "spindle pole": Pattern(spindle_pole, (0.2, 0.85), 0.35),
    "vacuole": Pattern(vacuole, (0.0, 0.4), 0.8),
    "actin": Pattern(actin, (0.1, 0.45), 0.5, budded=0.7),
    "bud neck": Pattern(bud_neck, (0.1, 0.5), 0.4, budded=0.92),
    "lipid particle": Pattern(lipid_particle, (0.0, 0.2), 0.5),
    "microtubule": Pattern(microtubule, (0.2, 0.6), 0.4, budded=0.5),
}
"""The sixteen compartments' patterns, by published class name."""
