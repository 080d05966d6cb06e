"""The normalisation does not care about gain, offset or bit depth, nor is it fooled by noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepyeast.nn import Normalisation
from deepyeast.nn.normalise import noise


def picture(seed=0, n=3):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:64, :64] - 32
    cell = 150.0 * (np.hypot(y, x) < 14)
    return (cell + rng.normal(50, 4, (n, 2, 64, 64))).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(gain=st.floats(0.01, 1000), offset=st.floats(-1e4, 1e4))
def test_gain_and_offset_do_not_matter(gain, offset):
    images = picture()
    changed = (images.astype(np.float64) * gain + offset).astype(np.float32)
    resolution = abs(offset) * 1e-6 / gain  # what float32 can hold of the change
    np.testing.assert_allclose(
        Normalisation().apply(changed), Normalisation().apply(images), atol=0.002 + resolution
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_any_bit_depth(dtype):
    images = np.rint(picture())
    out = Normalisation().apply(images.astype(dtype))
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, Normalisation().apply(images))


def test_percentiles_are_those_of_numpy():
    images = picture()
    low, scale = Normalisation(noise_floor=0).ranges(images)
    expected = np.percentile(images, [1.0, 99.7], axis=(2, 3), method="nearest")
    np.testing.assert_allclose(low[..., 0, 0], expected[0])
    np.testing.assert_allclose(scale[..., 0, 0], expected[1] - expected[0], rtol=1e-5)


def test_pure_noise_stays_flatter_than_signal():
    rng = np.random.default_rng(0)
    empty = rng.normal(100, 5, (2, 2, 64, 64)).astype(np.float32)
    out = Normalisation().apply(empty)
    assert out.max() - out.min() < 1.7
    signal = Normalisation().apply(picture())
    assert signal.max() - signal.min() > 1.9


def test_constant_channels_are_finite():
    out = Normalisation().apply(np.full((1, 2, 64, 64), 7, dtype=np.uint8))
    assert np.isfinite(out).all()


def test_noise_estimate_is_the_noise():
    rng = np.random.default_rng(1)
    images = rng.normal(0, 3.0, (4, 2, 64, 64))
    np.testing.assert_allclose(noise(images), 3.0, rtol=0.12)


def test_the_papers_normalisation_subtracts_the_mean_image():
    paper = Normalisation(kind="mean-image")
    images = np.full((2, 2, 64, 64), 255, dtype=np.uint8)
    mean = np.full((2, 64, 64), 0.25, dtype=np.float32)
    np.testing.assert_allclose(paper.apply(images, mean), 0.75)
    with pytest.raises(ValueError, match="mean image"):
        paper.apply(images)
