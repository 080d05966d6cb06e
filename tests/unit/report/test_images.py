"""Pictures of cells: colours, stretching, scale bars."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from deepyeast.report.images import encode, merge, scale_bar_length, stretch, strip


@pytest.fixture
def crop() -> np.ndarray:
    """Red rises from left to right, green from top to bottom."""
    ramp = np.linspace(0, 4000, 64, dtype=np.float32)
    return np.stack(np.meshgrid(ramp, ramp))


def test_stretch_spans_black_to_full_whatever_the_units(crop: np.ndarray) -> None:
    one = stretch(crop[0])
    assert (one.min(), one.max()) == (0, 1)
    np.testing.assert_allclose(stretch(1e-4 * crop[0] + 7), one, atol=1e-2)


def test_stretch_shows_a_constant_channel_black() -> None:
    assert not stretch(np.full((64, 64), 300.0)).any()


def test_merge_puts_each_channel_into_its_colour(crop: np.ndarray) -> None:
    picture = merge(crop)
    assert picture.dtype == np.uint8
    assert picture[0, -1].tolist() == [255, 0, 0]
    assert picture[-1, 0].tolist() == [0, 255, 0]
    assert picture[-1, -1].tolist() == [255, 255, 0]
    assert merge(crop, magenta=True)[0, -1].tolist() == [255, 0, 255]


@pytest.mark.parametrize(
    ("width", "length"), [(12.8, 2), (15, 5), (16, 5), (6, 2), (3, 1), (0.5, 0.1), (100, 20)]
)
def test_scale_bar_is_a_round_number_within_a_third(width: float, length: float) -> None:
    assert scale_bar_length(width) == pytest.approx(length)


@pytest.mark.parametrize("width", [0, -1, np.nan, np.inf])
def test_scale_bar_needs_a_width(width: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        scale_bar_length(width)


def test_every_cell_of_a_strip_has_a_scale_bar_of_the_right_length() -> None:
    picture = strip(np.zeros((3, 2, 64, 64), np.float32), pixel_size=0.2)
    assert picture.shape == (128, 3 * 128, 3)
    # 2 µm are ten camera pixels, drawn twice as large.
    white = (picture == 255).all(-1).any(0)
    assert [white[i : i + 128].sum() for i in (0, 128, 256)] == [20, 20, 20]


def test_encoded_picture_opens_as_what_it_was(crop: np.ndarray) -> None:
    picture = strip(crop[None], 0.2)
    decoded = np.asarray(Image.open(io.BytesIO(encode(picture))))
    assert decoded.shape == picture.shape
    assert np.abs(decoded.astype(int) - picture).mean() < 6
