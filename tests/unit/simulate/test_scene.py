"""Crops show what they are said to show."""

import numpy as np
import pytest

from deepyeast.core import COMPARTMENTS
from deepyeast.simulate import NON_CELLS, draw_crop, draw_protein


@pytest.fixture
def protein():
    return draw_protein(np.random.default_rng(0), "cytoplasm", COMPARTMENTS, "raw")


def centre_brightness(protein, kind, n=12):
    rng = np.random.default_rng(4)
    crops = np.stack([draw_crop(rng, protein, kind) for _ in range(n)])
    red = crops[:, 0]
    low, high = np.percentile(red, [5, 99], axis=(1, 2))
    return float(np.median((red[:, 28:36, 28:36].mean((1, 2)) - low) / (high - low)))


def test_a_cell_is_in_the_middle_and_an_empty_crop_has_none(protein):
    assert centre_brightness(protein, "cell") > 0.5
    assert centre_brightness(protein, "empty") < 0.3


@pytest.mark.parametrize("kind", ["cell", *NON_CELLS])
def test_crops_are_finite_counts(protein, kind):
    crop = draw_crop(np.random.default_rng(1), protein, kind)
    assert crop.shape == (2, 64, 64)
    assert crop.dtype == np.float32
    assert np.isfinite(crop).all()
    assert crop.min() >= 0
    np.testing.assert_array_equal(crop, np.rint(crop))


def test_out_of_focus_crops_are_smoother(protein):
    def roughness(kind):
        rng = np.random.default_rng(9)
        crops = [draw_crop(rng, protein, kind)[0] for _ in range(10)]
        return np.median([np.abs(np.diff(c[::4, ::4])).mean() / np.ptp(c) for c in crops])

    assert roughness("out-of-focus") < roughness("cell")
