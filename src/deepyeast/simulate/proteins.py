"""Proteins and the data sets made of them: who is in which split, on which well, how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, ClassList
from deepyeast.simulate.acquisition import Acquisition, Mode, draw_acquisition
from deepyeast.simulate.compartments import PATTERNS
from deepyeast.simulate.scene import Protein

Structure = Literal["published", "balanced"]
SPLITS = ("train", "val", "test")
ROWS, COLUMNS = 16, 24
WELLS = ROWS * COLUMNS

# Counted from the published HOwt_*.txt lists: (proteins, cells) of each class, by split.
_PUBLISHED: dict[str, dict[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    COMPARTMENTS.name: {
        "train": (
            (27, 499, 7, 92, 8, 198, 22, 39, 283, 7, 21, 21),
            (6924, 6935, 2692, 6195, 2770, 6547, 6661, 7014, 6440, 1683, 4713, 6426),
        ),
        "val": (
            (4, 100, 2, 25, 1, 58, 5, 6, 62, 1, 5, 8),
            (961, 1223, 697, 1393, 208, 1560, 1252, 1147, 1312, 294, 1517, 936),
        ),
        "test": (
            (7, 108, 2, 29, 2, 45, 5, 7, 69, 1, 2, 5),
            (1569, 1276, 689, 1755, 382, 1243, 1164, 1263, 1627, 164, 781, 587),
        ),
    },
    TRANSFER_COMPARTMENTS.name: {
        "train": ((6, 7, 11, 4), (1000, 1000, 1000, 1000)),
        "val": ((4, 4, 4, 2), (500, 500, 500, 500)),
        "test": ((15, 4, 4, 4), (1000, 1000, 1000, 1000)),
    },
}
_SPREAD_OF_CELLS = 1.14
"""Log-normal deviation of the published numbers of cells a protein."""
_BALANCED_SHARES = {"train": 0.80, "val": 0.10, "test": 0.10}
_BALANCED_CELLS_A_PROTEIN = 12


@dataclass(frozen=True)
class Plan:
    """One protein of a data set to be simulated: its class, split, well and number of cells."""

    index: int
    split: str
    label: int
    plate: int
    row: int
    column: int
    n_cells: int


def plan_dataset(
    n_cells: int, seed: int, classes: ClassList = COMPARTMENTS, structure: Structure = "published"
) -> list[Plan]:
    """Plan the proteins of a data set; every class is in every split, no protein in two.

    Parameters
    ----------
    n_cells
        Cells over all splits, at least three a class.
    structure
        ``published``: the published lists' shares of classes and proteins, and their spread
        of cells a protein. ``balanced``: as many cells of each class, twelve a protein, so
        that a network sees as many different proteins as possible.

    Raises
    ------
    ValueError
        If there are too few cells for every class to be in every split.
    """
    if n_cells < 3 * len(classes):
        raise ValueError(f"a data set of {len(classes)} classes needs {3 * len(classes)} cells")
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    wanted = _published_counts if structure == "published" else _balanced_counts
    counts: list[tuple[str, int, int]] = []
    for split, label, proteins, cells in wanted(n_cells, classes):
        counts += [(split, label, n) for n in _deal(rng, cells, proteins, structure)]
    wells = rng.permutation(len(counts))
    return [
        Plan(
            index=i,
            split=split,
            label=label,
            plate=int(well // WELLS) + 1,
            row=int(well % WELLS // COLUMNS) + 1,
            column=int(well % COLUMNS) + 1,
            n_cells=n,
        )
        for i, ((split, label, n), well) in enumerate(zip(counts, wells, strict=True))
    ]


def _published_counts(n_cells: int, classes: ClassList) -> Iterator[tuple[str, int, int, int]]:
    """Yield split, label, number of proteins and cells, scaled from the published lists."""
    tables = _PUBLISHED[classes.name]
    scale = n_cells / sum(sum(cells) for _, cells in tables.values())
    exact = [c * scale for split in SPLITS for c in tables[split][1]]
    rounded = iter(_round_to_total(np.array(exact), n_cells))
    for split in SPLITS:
        for label, proteins in enumerate(tables[split][0]):
            cells = next(rounded)
            yield split, label, min(cells, max(1, round(proteins * min(1.0, scale)))), cells


def _balanced_counts(n_cells: int, classes: ClassList) -> Iterator[tuple[str, int, int, int]]:
    """Yield split, label, number of proteins and cells, alike for every class."""
    k = len(classes)
    exact = [n_cells * share / k for share in _BALANCED_SHARES.values() for _ in range(k)]
    rounded = iter(_round_to_total(np.array(exact), n_cells))
    for split in SPLITS:
        for label in range(k):
            cells = next(rounded)
            yield split, label, -(-cells // _BALANCED_CELLS_A_PROTEIN), cells


def _round_to_total(exact: np.ndarray, total: int) -> list[int]:
    """Round to whole numbers of at least one that add up to ``total`` (largest remainders)."""
    whole = np.maximum(1, np.floor(exact)).astype(int)
    order = np.argsort(np.floor(exact) - exact, kind="stable")
    step = 0
    while whole.sum() < total:
        whole[order[step % len(order)]] += 1
        step += 1
    while whole.sum() > total:
        whole[whole.argmax()] -= 1
    return [int(n) for n in whole]


def _deal(rng: np.random.Generator, cells: int, proteins: int, structure: Structure) -> list[int]:
    """Deal cells to proteins, at least one each."""
    spread = _SPREAD_OF_CELLS if structure == "published" else 0.0
    weights = rng.lognormal(0, spread, proteins)
    return _round_to_total(cells * weights / weights.sum(), cells)


def draw_protein(rng: np.random.Generator, name: str, classes: ClassList, mode: Mode) -> Protein:
    """Draw a protein of class ``name``: its pattern, its abundance, how its well was imaged.

    One in four has a minor share (up to 30 %) in a second compartment of the list.
    """
    shares = {name: 1.0}
    if rng.random() < 0.25:
        second = str(rng.choice([other for other in classes.names if other != name]))
        shares[second] = float(rng.uniform(0.0, 0.3))
        shares[name] = 1 - shares[second]
    pattern = PATTERNS[name]
    acquisition: Acquisition = draw_acquisition(rng, mode)
    return Protein(
        shares=shares,
        traits=rng.random(4),
        leak=float(rng.uniform(*pattern.leak)),
        abundance=pattern.abundance,
        acquisition=acquisition,
    )
