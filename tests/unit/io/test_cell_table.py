"""The table of cells."""

from __future__ import annotations

import numpy as np
import pytest

from deepyeast.core import CELL_COLUMNS, COMPARTMENTS, Crops
from deepyeast.io import cell_table
from deepyeast.io.cell_table import mean_signal


def test_columns_are_the_contract_s(crops, scores):
    table = cell_table(crops, scores, np.array([True, False, True, True, True]))
    assert list(table.columns) == [
        *CELL_COLUMNS,
        *("area", "gfp_mean", "rfp_mean", "quality", "used"),
        *("label", "probability", "entropy", "novelty"),
        *(f"p_{c}" for c in COMPARTMENTS.columns),
    ]
    assert table["used"].dtype == bool
    assert list(table["label"]) == list(scores.labels)
    np.testing.assert_array_equal(table["p_er"], scores.probabilities[:, 3])
    np.testing.assert_array_equal(table["probability"], scores.probabilities.max(1))
    np.testing.assert_array_equal(table["entropy"], scores.entropy)


def test_area_is_the_segmentation_s_or_unknown(crops, scores):
    used = np.ones(5, dtype=bool)
    assert cell_table(crops, scores, used)["area"].isna().all()
    measured = {"area": [10, 20, 30, 40, 50], "gfp_mean": range(5), "rfp_mean": 7, "flags": "x"}
    table = cell_table(Crops(crops.images, crops.cells.assign(**measured)), scores, used)
    assert list(table["area"]) == [10, 20, 30, 40, 50]
    assert list(table["gfp_mean"]) == [0, 1, 2, 3, 4]
    assert table.columns[-1] == "flags"


def test_rows_follow_the_crops_whatever_their_index(crops, scores):
    shuffled = Crops(crops.images, crops.cells.set_index(np.array([7, 3, 9, 1, 4])))
    table = cell_table(shuffled, scores, np.ones(5, dtype=bool))
    assert list(table.index) == [0, 1, 2, 3, 4]
    assert list(table["cell_id"]) == list(crops.cells["cell_id"])


def test_signal_is_what_lies_over_the_background():
    images = np.full((1, 2, 64, 64), 100, dtype=np.float32)
    images[0, 0, :16] += 40  # a quarter of the red crop
    images[0, 1, :32, :32] += 8  # a quarter of the green one
    images[0, 1, 60] -= 50  # a dark row is less than 5 % of the crop
    np.testing.assert_allclose(mean_signal(images), [[10, 2 - 50 / 64]], rtol=1e-6)


def test_signal_does_not_depend_on_the_offset(crops):
    np.testing.assert_allclose(
        mean_signal(crops.images + 200), mean_signal(crops.images), atol=1e-4
    )


def test_lengths_must_agree(crops, scores):
    with pytest.raises(ValueError, match="4 used"):
        cell_table(crops, scores, np.ones(4, dtype=bool))
