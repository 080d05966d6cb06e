"""Training cells in memory, and the batches of any iteration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deepyeast.core import DatasetError


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Cells with labels: ``images`` uint8 ``(n, 2, 64, 64)``, ``labels`` int64 ``(n,)``.

    ``good`` bool ``(n,)`` is False for crops that show no single good cell, where known:
    they teach the quality probe and nothing else.
    """

    images: np.ndarray
    labels: np.ndarray
    good: np.ndarray

    def __post_init__(self) -> None:
        """Check that the lengths agree and that there is something to learn from."""
        if not len(self.images) == len(self.labels) == len(self.good):
            raise ValueError("images, labels and good differ in length")
        if not self.good.any():
            raise DatasetError("no good cell in the split: nothing to learn from")

    def cells(self) -> np.ndarray:
        """Return the indices of the good cells."""
        return np.flatnonzero(self.good)

    def sample(self, n: int | None, seed: int) -> LabelledImages:
        """Return ``n`` random crops in their order, or all if there are no more or n is None."""
        if n is None or n >= len(self.labels):
            return self
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self.labels))[:n])
        return LabelledImages(self.images[chosen], self.labels[chosen], self.good[chosen])


def batch_indices(
    candidates: np.ndarray, iteration: int, batch: int, seed: int, rank: int = 0, world: int = 1
) -> np.ndarray:
    """Return the cells of an iteration's batch, this process's share of them.

    Every epoch is a permutation of its own, a function of seed and epoch alone, so that a
    resumed run, and any number of processes, see the same batches.
    """
    size = min(batch, len(candidates))
    per_epoch = len(candidates) // size
    epoch, position = divmod(iteration, per_epoch)
    order = np.random.default_rng([seed, epoch]).permutation(candidates)
    return np.asarray(order[position * size : (position + 1) * size][rank::world])
