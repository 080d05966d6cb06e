"""Light is spread, not made; out of focus it is spread further; bleed-through is as stated."""

import numpy as np
import pytest

from deepyeast.core import GREEN, RED
from deepyeast.simulate import draw_acquisition
from deepyeast.simulate.grid import SCENE_SIZE, Z
from deepyeast.simulate.optics import expose


def point(acquisition, focus=0.0, defocus=0.0, slab=None, channel=GREEN):
    scene = np.zeros((2, len(Z), SCENE_SIZE, SCENE_SIZE), dtype=np.float32)
    scene[channel, len(Z) // 2 if slab is None else slab, 40, 40] = 1000.0
    return expose(scene, acquisition, focus, defocus)


@pytest.fixture
def acquisition():
    return draw_acquisition(np.random.default_rng(0), "raw").model_copy(update={"bleed": 0.0})


def test_a_point_stays_where_it_is(acquisition):
    image = point(acquisition)[GREEN]
    assert np.unravel_index(image.argmax(), image.shape) == (32, 32)
    assert image.min() >= 0


def test_out_of_focus_light_is_wider_and_fainter(acquisition):
    sharp, soft = point(acquisition)[GREEN], point(acquisition, defocus=4.0)[GREEN]
    off_plane = point(acquisition, slab=0)[GREEN]
    assert soft.max() < 0.5 * sharp.max()
    assert soft.sum() == pytest.approx(sharp.sum(), rel=0.02)
    assert off_plane.sum() < sharp.sum()


def test_bleed_through_adds_its_share_of_green_to_red(acquisition):
    leaky = acquisition.model_copy(update={"bleed": 0.3})
    image = point(leaky)
    np.testing.assert_allclose(image[RED], 0.3 * image[GREEN], atol=1e-3)
