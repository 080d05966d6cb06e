"""Simulated cells of whole data sets, protein by protein, on several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from deepyeast.core import COMPARTMENTS, ClassList
from deepyeast.simulate.acquisition import Mode
from deepyeast.simulate.camera import to_8_bit
from deepyeast.simulate.proteins import Plan, draw_protein
from deepyeast.simulate.scene import NON_CELLS, Kind, Protein, draw_crop


class Impurities(BaseModel):
    """Rates at which a data set is not what its labels say.

    ``non_cells``: crops that show no single good cell (the paper found 4-5 % by hand);
    ``contamination``: cells of another protein in a well; ``export``: share of wells handed
    on as exported pictures rather than raw camera images.
    """

    model_config = ConfigDict(frozen=True)

    non_cells: float = Field(default=0.045, ge=0, le=1)
    contamination: float = Field(default=0.015, ge=0, le=1)
    export: float = Field(default=0.5, ge=0, le=1)


@dataclass(frozen=True, eq=False)
class SimulatedProtein:
    """The cells of one planned protein.

    ``images`` is uint8 ``(n, 2, 64, 64)``, red then green; ``kinds`` says what each crop
    truly shows; ``compartments`` is the true class name of each, which differs from the
    label where a cell is a contamination.
    """

    plan: Plan
    mode: Mode
    images: np.ndarray
    kinds: tuple[Kind, ...]
    compartments: tuple[str, ...]


def simulate_dataset(
    plans: Sequence[Plan],
    seed: int,
    classes: ClassList = COMPARTMENTS,
    impurities: Impurities | None = None,
    workers: int = 1,
) -> Iterator[SimulatedProtein]:
    """Yield each planned protein's cells, in order; the same whatever the number of workers."""
    draw = partial(
        simulate_protein, seed=seed, classes=classes, impurities=impurities or Impurities()
    )
    if workers == 1:
        yield from map(draw, plans)
        return
    # spawned, not forked: a fork would copy the locks of other threads in whatever state
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(draw, plans, chunksize=4)


def simulate_protein(
    plan: Plan, seed: int, classes: ClassList, impurities: Impurities
) -> SimulatedProtein:
    """Simulate all cells of one protein; its stream of random numbers is its own."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 1, plan.index]))
    mode: Mode = "export" if rng.random() < impurities.export else "raw"
    protein = draw_protein(rng, classes.names[plan.label], classes, mode)
    images, kinds, compartments = [], [], []
    for _ in range(plan.n_cells):
        shown, name = _contaminate(rng, protein, plan, classes, impurities)
        kind: Kind = "cell"
        if rng.random() < impurities.non_cells:
            kind = NON_CELLS[int(rng.integers(len(NON_CELLS)))]
        counts = draw_crop(rng, shown, kind)
        images.append(to_8_bit(rng, counts, protein.acquisition))
        kinds.append(kind)
        compartments.append(name)
    return SimulatedProtein(plan, mode, np.stack(images), tuple(kinds), tuple(compartments))


def _contaminate(
    rng: np.random.Generator,
    protein: Protein,
    plan: Plan,
    classes: ClassList,
    impurities: Impurities,
) -> tuple[Protein, str]:
    """Return the well's protein and class, or now and then a stranger's, imaged the same way."""
    if rng.random() >= impurities.contamination:
        return protein, classes.names[plan.label]
    name = str(rng.choice(classes.names))
    stranger = draw_protein(rng, name, classes, protein.acquisition.mode)
    return replace(stranger, acquisition=protein.acquisition), name
