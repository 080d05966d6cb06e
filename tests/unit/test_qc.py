"""Flags of cells, and the sign of swapped channels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from deepyeast import qc
from deepyeast.core import COMPARTMENTS
from deepyeast.simulate import FieldSettings, Well, simulate_screen


def field(name: str, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return image and true labels of a simulated field of one compartment."""
    well = Well(0, 1, "A01", "P", COMPARTMENTS.index(name))
    settings = FieldSettings(height=400, width=400, cells=40, debris=0)
    simulated = next(simulate_screen([well], 1, seed, settings=settings))[2]
    return simulated.image.astype(np.float32), simulated.labels


@pytest.mark.parametrize("name", ["nucleus", "nuclear periphery", "nucleolus"])
def test_swapped_channels_of_a_localised_protein_show(name) -> None:
    image, _ = field(name)
    assert not qc.looks_swapped(image)
    assert qc.looks_swapped(image[::-1])


@pytest.mark.parametrize("name", COMPARTMENTS.names)
def test_right_channels_never_look_swapped(name) -> None:
    for seed in range(3):
        assert not qc.looks_swapped(field(name, seed)[0])


def test_noise_and_uneven_light_do_not_look_swapped() -> None:
    rng = np.random.default_rng(0)
    image, _ = field("nucleus")
    light = 100 * np.exp(-np.square(np.linspace(-1, 1, 400)))
    image[1] = rng.normal(200, 10, (400, 400)) + light[:, None] + light
    assert not qc.looks_swapped(image)


def test_a_ceiling_is_a_full_number_that_several_pixels_share() -> None:
    image = np.random.default_rng(0).integers(100, 4000, (2, 50, 50)).astype(np.float32)
    image[0, :2, :4] = 4095
    image[1, 0, 0] = 4095
    np.testing.assert_array_equal(qc.ceiling(image), [4095, np.inf])


def test_saturated_cells_are_flagged() -> None:
    image, labels = field("cytoplasm")
    where = np.argwhere(labels == 3)[:40]
    image[1, where[:, 0], where[:, 1]] = 65535
    flags = qc.flag_cells(image, labels, qc.ceiling(image))
    assert [i for i, f in enumerate(flags, 1) if "saturated" in f] == [3]


def test_cells_without_green_signal_are_flagged() -> None:
    image, labels = field("cytoplasm")
    limit = qc.ceiling(image)
    assert not any("low-signal" in f for f in qc.flag_cells(image, labels, limit))
    image[1] = np.random.default_rng(0).normal(200, 10, image[1].shape)
    assert all("low-signal" in f for f in qc.flag_cells(image, labels, limit))


def test_blurred_fields_are_flagged() -> None:
    image, labels = field("cytoplasm")
    limit = qc.ceiling(image)
    sharp = qc.flag_cells(image, labels, limit)
    assert np.mean(["defocus" in f for f in sharp]) < 0.05
    blurred = ndimage.gaussian_filter(image, (0, 8, 8))
    flags = qc.flag_cells(blurred, labels, limit)
    assert np.mean(["defocus" in f for f in flags]) > 0.9


def test_no_cells_have_no_flags() -> None:
    image, labels = field("cytoplasm")
    assert qc.flag_cells(image, np.zeros_like(labels), qc.ceiling(image)) == []
