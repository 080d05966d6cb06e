"""Cells to write and read back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import CELL_COLUMNS, COMPARTMENTS, Crops, Scores


@pytest.fixture
def cell() -> np.ndarray:
    """Return one cell, uint8 ``(2, 64, 64)``."""
    return np.random.default_rng(0).integers(0, 256, (2, 64, 64), dtype=np.uint8)


@pytest.fixture
def crops() -> Crops:
    """Return five cells of two proteins."""
    images = np.random.default_rng(1).random((5, 2, 64, 64), dtype=np.float32)
    cells = pd.DataFrame({name: ["a", "b", "c", "d", "e"] for name in CELL_COLUMNS})
    cells["protein"] = ["P", "P", "P", "Q", "Q"]
    return Crops(images, cells.assign(y=1.5, x=np.nan))


@pytest.fixture
def scores() -> Scores:
    """Return what a network might say of the five cells."""
    rng = np.random.default_rng(2)
    return Scores(
        probabilities=rng.dirichlet(np.ones(len(COMPARTMENTS)), 5).astype(np.float32),
        embeddings=rng.random((5, 7), dtype=np.float32),
        quality=rng.random(5, dtype=np.float32),
        novelty=rng.random(5, dtype=np.float32),
    )
