"""Training, validation and test: split by protein, alike for every class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deepyeast.core import COMPARTMENTS, ClassList

SHARES: Mapping[str, float] = {"train": 0.72, "val": 0.14, "test": 0.14}
"""Of the cells of each class, as the paper split its own (65,000 : 12,500 : 12,500)."""


def split_proteins(
    labels: Mapping[str, str],
    cells: Mapping[str, int],
    seed: int,
    classes: ClassList = COMPARTMENTS,
) -> dict[str, str]:
    """Return the split of each protein.

    Class by class, proteins are taken in random order, and each goes to the split that
    lacks the most cells. A class of three or more proteins is in every split; one of fewer
    is in as many as it has proteins: in training first, then in validation. Each
    class is split by itself, so a protein more in one class moves none of another.

    Parameters
    ----------
    labels
        The class of each protein.
    cells
        Number of cells of each protein.
    seed
        Of the random order.
    classes
        All classes that ``labels`` may name.

    Returns
    -------
    dict
        ``train``, ``val`` or ``test`` of each protein, sorted by protein.
    """
    found: dict[str, str] = {}
    for index, name in enumerate(classes.names):
        proteins = sorted(protein for protein, label in labels.items() if label == name)
        rng = np.random.default_rng(np.random.SeedSequence([seed, index]))
        order = [proteins[i] for i in rng.permutation(len(proteins))]
        found |= _split_class({protein: cells[protein] for protein in order})
    return dict(sorted(found.items()))


def _split_class(cells: Mapping[str, int]) -> dict[str, str]:
    """Split the proteins of one class, taken in order."""
    total = sum(cells.values())
    lacking = {split: share * total for split, share in SHARES.items()}
    empty = list(SHARES)[: len(cells)]
    found: dict[str, str] = {}
    for left, (protein, n) in zip(range(len(cells), 0, -1), cells.items(), strict=True):
        choice = empty if left == len(empty) else list(lacking)
        split = max(choice, key=lacking.__getitem__)
        lacking[split] -= n
        if split in empty:
            empty.remove(split)
        found[protein] = split
    return found
