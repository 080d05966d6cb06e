"""A small run: made-up cells of four proteins, one of them without a usable cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepyeast.aggregate import Tally
from deepyeast.core import COMPARTMENTS, Provenance

K = len(COMPARTMENTS)


@pytest.fixture
def run() -> dict[str, Any]:
    """Return the arguments of ``render_report`` but for the metrics."""
    rng = np.random.default_rng(0)
    protein = np.repeat(["AAC1", "AAH1", "NOP56", "<b>&"], [20, 3, 1, 2]).astype(object)
    home = np.repeat([5, 1, 7, 8], [20, 3, 1, 2])
    p = rng.dirichlet(np.full(K, 0.1), size=len(home))
    p = ((p + 4 * np.eye(K)[home]) / 5).astype(np.float32)
    used = protein != "<b>&"
    cells = pd.DataFrame(
        {
            "source": [f"{name}/{i}.png" for i, name in enumerate(protein)],
            "protein": protein,
            "plate": "",
            "well": "",
            "gfp_mean": rng.gamma(2, 50, len(p)),
            "quality": np.where(used, 0.9, 0.1),
            "used": used,
            "label": COMPARTMENTS.labels(p.argmax(1)),
            "probability": p.max(1),
            "entropy": -(p * np.log(p + 1e-12)).sum(1),
            "novelty": rng.random(len(p)),
        }
    )
    cells = cells.join(pd.DataFrame(p, columns=[f"p_{c}" for c in COMPARTMENTS.columns]))
    tally = Tally()
    tally.add(cells)
    return {
        "cells": cells,
        "proteins": tally.proteins()[1],
        "crops": rng.random((len(p), 2, 64, 64)).astype(np.float32),
        "errors": pd.DataFrame(
            [("x/<i>.tif", "truncated", "the file ends early; copy it again")],
            columns=["path", "kind", "message"],
        ),
        "provenance": Provenance(command="deepyeast classify CELLS", model="fast", seed=0),
        "pixel_size": 0.2,
    }
