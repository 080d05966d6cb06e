"""Recipes: everything about a training run but its data and seed, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from deepyeast.nn import Normalisation


class Recipe(BaseModel):
    """How a network is trained.

    ``schedule``: ``halving`` divides the learning rate by two every ``halve_every``
    iterations (paper, Methods); ``one-cycle`` warms up over the first fifth and then falls
    along a cosine to nothing (Smith, 2018), the quickest way to a good network.
    ``bfloat16`` runs the network in mixed precision. ``validation_cells`` limits validation
    to a random sample of the split. ``views`` is how many orientations of a crop the finished
    model averages over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    network: str
    iterations: int = Field(ge=1)
    batch: int = Field(ge=2)
    optimiser: Literal["sgd", "adamw"]
    learning_rate: float = Field(gt=0)
    momentum: float = 0.9
    weight_decay: float = Field(ge=0)
    schedule: Literal["halving", "one-cycle"]
    halve_every: int = 16_250
    augment: bool = True
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    bfloat16: bool = True
    normalisation: Normalisation = Normalisation()
    views: Literal[1, 2, 4, 8] = 1
    validate_every: int = Field(default=500, ge=1)
    validation_cells: int | None = Field(default=None, ge=1)

    def learning_rate_at(self, iteration: int) -> float:
        """Return the learning rate of an iteration, counted from zero."""
        if self.schedule == "halving":
            return self.learning_rate * 0.5 ** (iteration // self.halve_every)
        warm_up = max(1, self.iterations // 5)
        if iteration < warm_up:
            return self.learning_rate * (0.04 + 0.96 * iteration / warm_up)
        done = (iteration - warm_up) / max(1, self.iterations - warm_up)
        return self.learning_rate * (0.5 + 0.5 * math.cos(math.pi * done))


RECIPES: Mapping[str, Recipe] = {
    "paper": Recipe(
        name="paper",
        network="deepyeast-11",
        iterations=195_000,
        batch=100,
        optimiser="sgd",
        learning_rate=0.1,
        weight_decay=5e-4,
        schedule="halving",
        augment=False,
        bfloat16=False,
        normalisation=Normalisation(kind="mean-image"),
        validate_every=1000,
    ),
    "fast": Recipe(
        name="fast",
        network="fast",
        iterations=8_000,
        batch=128,
        optimiser="adamw",
        learning_rate=3e-3,
        weight_decay=0.02,
        schedule="one-cycle",
        label_smoothing=0.05,
        views=2,
        validation_cells=4_000,
    ),
}
"""``paper`` is the published one, number by number; ``fast`` takes two cores under two hours."""
