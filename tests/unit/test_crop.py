"""Crops are centred on their cells, with positions and signals in the field's own terms."""

from __future__ import annotations

import numpy as np
import pytest

from deepyeast.core import CROP_SIZE, Field
from deepyeast.crop import crop_cells, resample, resample_labels


def discs(shape: tuple[int, int], *centres: tuple[float, float], radius: float = 10) -> np.ndarray:
    """Return labels with a disc around each centre."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    labels = np.zeros(shape, dtype=np.int32)
    for number, (cy, cx) in enumerate(centres, 1):
        labels[np.hypot(y - cy, x - cx) <= radius] = number
    return labels


def field_of(labels: np.ndarray, pixel_size: float | None = None) -> Field:
    """Return a field with background 100, cells 50 (red) and 20 times their number (green)."""
    image = np.full((2, *labels.shape), 100, dtype=np.float32)
    image[0] += 50 * (labels > 0)
    image[1] += 20 * labels
    return Field(image, "p/A01.tif", "p", "A01", "1", pixel_size)


def test_a_cell_is_in_the_middle_of_its_crop() -> None:
    labels = discs((200, 220), (60, 70), (140, 150))
    crops = crop_cells(field_of(labels), field_of(labels).image, labels)
    for image in crops.images:
        y, x = np.nonzero(image[0] > 120)
        assert y.mean() == pytest.approx(CROP_SIZE / 2, abs=0.5)
        assert x.mean() == pytest.approx(CROP_SIZE / 2, abs=0.5)
    assert crops.cells["y"].tolist() == pytest.approx([60, 140])
    assert crops.cells["x"].tolist() == pytest.approx([70, 150])
    assert crops.cells["cell_id"].tolist() == ["p_A01_1_0001", "p_A01_1_0002"]
    assert (crops.cells["source"] == "p/A01.tif").all()


def test_signal_is_over_the_background_within_the_outline() -> None:
    labels = discs((200, 220), (60, 70), (140, 150))
    cells = crop_cells(field_of(labels), field_of(labels).image, labels).cells
    assert cells["rfp_mean"].tolist() == pytest.approx([50, 50])
    assert cells["gfp_mean"].tolist() == pytest.approx([20, 40])
    assert cells["area"].tolist() == [(labels == 1).sum(), (labels == 2).sum()]


def test_a_cell_near_the_edge_is_continued_by_its_mirror_image() -> None:
    labels = discs((128, 128), (12, 64))
    field = field_of(labels)
    crop = crop_cells(field, field.image, labels).images[0]
    np.testing.assert_array_equal(crop[:, 20:], field.image[:, :44, 32:96])
    np.testing.assert_array_equal(crop[:, :20], field.image[:, :20, 32:96][:, ::-1])


def test_a_field_full_of_cells_takes_the_fields_background() -> None:
    labels = np.ones((100, 100), dtype=np.int32)
    labels[:, :4] = 0
    cells = crop_cells(field_of(labels), field_of(labels).image, labels).cells
    assert cells["gfp_mean"].tolist() == pytest.approx([20])


def test_no_cells_are_no_crops() -> None:
    labels = np.zeros((100, 100), dtype=np.int32)
    assert len(crop_cells(field_of(labels), field_of(labels).image, labels)) == 0


@pytest.mark.parametrize("size", [None, 0.215, 0.217])
def test_the_models_own_pixel_size_changes_nothing(size) -> None:
    field = field_of(discs((100, 120), (50, 60)), size)
    image, zoom = resample(field, 0.215)
    assert image is field.image
    assert zoom == 1


@pytest.mark.parametrize("size", [0.1075, 0.43])
def test_positions_and_areas_are_those_of_the_field_as_read(size) -> None:
    radius = 10 * 0.215 / size
    labels = discs((240, 280), (100, 160), radius=radius)
    image, zoom = resample(field_of(labels, size), 0.215)
    assert zoom == pytest.approx(size / 0.215)
    smaller = resample_labels(labels, (image.shape[1], image.shape[2]))
    assert smaller.shape == image.shape[1:]
    cell = crop_cells(field_of(labels, size), image, smaller, zoom).cells.iloc[0]
    assert (cell["y"], cell["x"]) == pytest.approx((100, 160), abs=1.5)
    assert cell["area"] == pytest.approx((labels == 1).sum(), rel=0.08)
    assert cell["gfp_mean"] == pytest.approx(20, rel=0.1)
