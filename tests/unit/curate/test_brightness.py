"""Eight bits: relative brightness within a well stays, specks do not rule it."""

from __future__ import annotations

import numpy as np

from deepyeast.curate import Brightness


def cells(levels: list[float], offset: float = 100) -> np.ndarray:
    """Return cells of a dark background and a square of each level, in both channels."""
    images = np.full((len(levels), 2, 64, 64), offset, dtype=np.float32)
    images[:, :, 20:40, 20:40] += np.array(levels, dtype=np.float32)[:, None, None, None]
    return images


def test_cells_of_a_well_are_scaled_alike():
    images = cells([1000, 500, 250])
    well = Brightness()
    well.add(images[:2])
    well.add(images[2:])
    scaled = well.to_8_bit(images)
    assert scaled.dtype == np.uint8
    assert scaled[:, :, 0, 0].max() == 0
    # the brightest of three cells is beyond the 99th percentile, by a per cent of the gap
    np.testing.assert_allclose(scaled[:, 0, 30, 30], [255, 128, 64], atol=1)
    np.testing.assert_array_equal(well.to_8_bit(images[1:2]), scaled[1:2])


def test_channels_have_ranges_of_their_own():
    images = cells([1000, 1000])
    images[:, 1] *= 50
    well = Brightness()
    well.add(images)
    scaled = well.to_8_bit(images)
    np.testing.assert_array_equal(scaled[:, 0], scaled[:, 1])


def test_one_speck_in_hundreds_of_cells_does_not_darken_the_others():
    images = cells([1000.0] * 300)
    images[7, :, 3, 3] = 60_000
    well = Brightness()
    well.add(images)
    scaled = well.to_8_bit(images)
    assert scaled[7, 0, 3, 3] == 255
    assert scaled[0, 0, 30, 30] == 255


def test_a_constant_channel_becomes_black():
    images = cells([1000, 900])
    images[:, 0] = 5
    well = Brightness()
    well.add(images)
    assert well.to_8_bit(images)[:, 0].max() == 0
