"""The temperature undoes a known over-confidence; the quality probe tells good from bad."""

import numpy as np
import pytest
import torch

from deepyeast.train.calibrate import fit_quality, fit_temperature


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_temperature_undoes_a_known_factor(factor):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (20_000, 12))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (probabilities.cumsum(1) > rng.random((20_000, 1))).argmax(1)
    found = fit_temperature(torch.tensor(factor * logits), torch.tensor(labels))
    assert found == pytest.approx(factor, rel=0.05)


def test_quality_separates_what_can_be_separated():
    rng = np.random.default_rng(1)
    good = rng.random(800) < 0.9
    embeddings = rng.normal(0, 1, (800, 6)).astype(np.float32) * [1, 10, 1, 1, 1, 0.1] + 5
    embeddings[:, 1] += 40 * ~good
    weight, bias = fit_quality(embeddings.astype(np.float32), good)
    quality = torch.sigmoid(torch.from_numpy(embeddings).float() @ weight + bias).numpy()
    assert ((quality > 0.5) == good).mean() > 0.95


def test_without_known_non_cells_every_crop_is_good():
    weight, bias = fit_quality(np.zeros((4, 3), np.float32), np.ones(4, dtype=bool))
    assert float(torch.sigmoid(torch.zeros(3) @ weight + bias)) > 0.999
