"""The camera counts photons with the right noise, within its range."""

import numpy as np
import pytest

from deepyeast.simulate import draw_acquisition
from deepyeast.simulate.camera import record, to_8_bit


def test_noise_is_that_of_photons():
    """Photon transfer: variance and mean grow together, whatever the gain and the offset."""
    acquisition = draw_acquisition(np.random.default_rng(0), "raw").model_copy(
        update={"background": 100.0, "read_noise": 5.0}
    )
    light = np.zeros((2, 512, 256), dtype=np.float32)
    light[1] = 300.0
    dark, bright = record(np.random.default_rng(3), light, acquisition)
    gain = (bright.mean() - dark.mean()) / 300
    assert bright.var() - dark.var() == pytest.approx(300 * gain**2, rel=0.05)
    assert dark.var() == pytest.approx((100 + 25) * gain**2 + 1 / 12, rel=0.05)


@pytest.mark.parametrize("mode", ["raw", "export"])
def test_pictures_are_8_bit_and_use_their_range(mode):
    rng = np.random.default_rng(1)
    acquisition = draw_acquisition(rng, mode)
    light = rng.uniform(0, 500, (2, 64, 64)).astype(np.float32)
    picture = to_8_bit(rng, record(rng, light, acquisition), acquisition)
    assert picture.dtype == np.uint8
    assert picture.shape == (2, 64, 64)
    assert (picture.max((1, 2)) > 60).all()


def test_only_exported_pictures_are_clipped():
    rng = np.random.default_rng(2)
    acquisition = draw_acquisition(rng, "export").model_copy(update={"saturated": 0.01})
    light = rng.exponential(200, (2, 64, 64)).astype(np.float32)
    counts = record(rng, light, acquisition)
    clipped = to_8_bit(rng, counts, acquisition)
    raw = to_8_bit(rng, counts, acquisition.model_copy(update={"mode": "raw"}))
    assert (clipped == 255).sum() >= 0.01 * 4096
    assert all((channel == channel.max()).sum() < 20 for channel in raw)
