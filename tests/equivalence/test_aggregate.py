"""The vectorised protein model against a plain loop, and against sampling."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from deepyeast.aggregate import aggregate
from deepyeast.core import COMPARTMENTS

K = len(COMPARTMENTS)


@pytest.fixture
def cells() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    p = rng.dirichlet(np.full(K, 0.2), size=300)
    names = rng.choice(["ZWF1", "AAC1", "NOP56", "SEC61"], size=300).astype(object)
    return p, names, rng.random(300) < 0.8


def test_equals_a_loop_over_proteins_cells_and_classes(cells) -> None:
    p, names, used = cells
    calls = aggregate(p, names, used)
    for row, protein in enumerate(calls.proteins):
        alpha = [1.0] * K
        for cell in range(len(p)):
            if names[cell] == protein and used[cell]:
                for c in range(K):
                    alpha[c] += p[cell, c]
        for c in range(K):
            marginal = stats.beta(alpha[c], sum(alpha) - alpha[c])
            assert calls.mean[row, c] == pytest.approx(marginal.mean(), rel=1e-5)
            assert calls.low[row, c] == pytest.approx(marginal.ppf(0.025), rel=1e-5)
            assert calls.high[row, c] == pytest.approx(marginal.ppf(0.975), rel=1e-5)


def test_agrees_with_samples_of_the_dirichlet(cells) -> None:
    p, names, used = cells
    calls = aggregate(p, names, used)
    for row, protein in enumerate(calls.proteins):
        alpha = 1 + p[(names == protein) & used].sum(0)
        samples = np.random.default_rng(row).dirichlet(alpha, size=40_000)
        low, high = np.quantile(samples, [0.025, 0.975], axis=0)
        np.testing.assert_allclose(calls.mean[row], samples.mean(0), atol=2e-3)
        np.testing.assert_allclose(calls.low[row], low, atol=3e-3)
        np.testing.assert_allclose(calls.high[row], high, atol=5e-3)
