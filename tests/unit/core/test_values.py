"""Values: shapes, dtypes and columns are checked on entry, and the derived numbers are right."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import CELL_COLUMNS, COMPARTMENTS, TRANSFER_COMPARTMENTS, Calls, Crops, Scores

K = len(COMPARTMENTS)


def cells(n: int) -> pd.DataFrame:
    return pd.DataFrame({column: [""] * n for column in CELL_COLUMNS})


def images(n: int) -> np.ndarray:
    return np.zeros((n, 2, 64, 64), dtype=np.float32)


def scores(probabilities: np.ndarray, /, **changes: Any) -> Scores:
    n = len(probabilities)
    parts: dict[str, Any] = {
        "probabilities": probabilities.astype(np.float32),
        "embeddings": np.zeros((n, 3), dtype=np.float32),
        "quality": np.ones(n, dtype=np.float32),
        "novelty": np.zeros(n, dtype=np.float32),
    }
    return Scores(**(parts | changes))


def calls(m: int, **changes: Any) -> Calls:
    parts: dict[str, Any] = {
        "proteins": np.array([f"P{i}" for i in range(m)], dtype=object),
        "n_cells": np.full(m, 10),
        "n_used": np.full(m, 9),
        "mean": np.full((m, K), 1 / K, dtype=np.float32),
        "low": np.zeros((m, K), dtype=np.float32),
        "high": np.ones((m, K), dtype=np.float32),
    }
    return Calls(**(parts | changes))


def test_crops_count_their_cells() -> None:
    assert len(Crops(images(3), cells(3))) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((3, 2, 64, 64)),
        np.zeros((3, 2, 64, 64), dtype=np.uint16),
        np.zeros((3, 3, 64, 64), dtype=np.float32),
        np.zeros((3, 64, 64, 2), dtype=np.float32),
        np.zeros((3, 2, 32, 32), dtype=np.float32),
        np.zeros((2, 64, 64), dtype=np.float32),
    ],
    ids=lambda a: f"{a.dtype}-{a.shape}",
)
def test_crops_of_another_shape_or_dtype_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"images must be float32 of shape \(n, 2, 64, 64\)"):
        Crops(wrong, cells(3))


def test_crops_name_the_columns_they_lack() -> None:
    with pytest.raises(ValueError, match=r"\['well', 'y'\]"):
        Crops(images(1), cells(1).drop(columns=["well", "y"]))


def test_crops_need_one_row_a_cell() -> None:
    with pytest.raises(ValueError, match="2 images but 3 rows"):
        Crops(images(2), cells(3))


def test_values_are_frozen() -> None:
    crops = Crops(images(1), cells(1))
    with pytest.raises(FrozenInstanceError):
        crops.images = images(2)  # type: ignore[misc]


def test_scores_label_each_cell_by_its_most_probable_class() -> None:
    probabilities = np.full((2, K), 0.01)
    probabilities[0, 5] = probabilities[1, 11] = 1 - 0.01 * (K - 1)
    assert scores(probabilities).labels.tolist() == ["mitochondrion", "vacuole"]


def test_entropy_runs_from_zero_when_sure_to_log_k_when_not() -> None:
    entropy = scores(np.stack([np.eye(K)[0], np.full(K, 1 / K)])).entropy
    assert entropy.dtype == np.float32
    np.testing.assert_allclose(entropy, [0, np.log(K)], atol=1e-5)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("probabilities", np.full((2, K), 1 / K)),
        ("probabilities", np.full((2, 4), 1 / 4, dtype=np.float32)),
        ("embeddings", np.zeros((3, 5), dtype=np.float32)),
        ("quality", np.ones(3, dtype=np.float32)),
        ("novelty", np.zeros((2, 1), dtype=np.float32)),
    ],
)
def test_scores_of_another_shape_or_dtype_are_refused(part: str, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=rf"{part} must be float32 of shape"):
        scores(np.full((2, K), 1 / K), **{part: wrong})


def test_scores_that_are_not_probabilities_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        scores(np.full((2, K), 0.5))


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        scores(np.full((1, K), np.nan))


def test_scores_of_no_cells_are_allowed() -> None:
    empty = scores(np.empty((0, K)))
    assert len(empty) == 0
    assert empty.labels.shape == empty.entropy.shape == (0,)


def test_concatenate_joins_in_order() -> None:
    first, second = scores(np.eye(K)[:2]), scores(np.eye(K)[2:5])
    joined = Scores.concatenate([first, second])
    np.testing.assert_array_equal(joined.probabilities, np.eye(K)[:5])
    assert (len(joined.embeddings), len(joined.quality), len(joined.novelty)) == (5, 5, 5)


def test_concatenate_refuses_nothing_and_mixed_class_lists() -> None:
    with pytest.raises(ValueError, match="no scores"):
        Scores.concatenate([])
    transfer = scores(np.eye(4), classes=TRANSFER_COMPARTMENTS)
    with pytest.raises(ValueError, match="different class lists"):
        Scores.concatenate([scores(np.eye(K)), transfer])


def test_calls_name_the_most_probable_compartment() -> None:
    mean = np.full((2, K), 0.05, dtype=np.float32)
    mean[0, 1] = mean[1, 8] = 0.45
    assert calls(2, mean=mean).localization.tolist() == ["cytoplasm", "nucleus"]


@pytest.mark.parametrize("part", ["mean", "low", "high"])
def test_calls_of_another_shape_are_refused(part: str) -> None:
    with pytest.raises(ValueError, match=rf"{part} must be float32 of shape \(2, 12\)"):
        calls(2, **{part: np.zeros((2, K - 1), dtype=np.float32)})


@pytest.mark.parametrize("part", ["n_cells", "n_used"])
def test_calls_need_one_count_a_protein(part: str) -> None:
    with pytest.raises(ValueError, match="one number a protein"):
        calls(2, **{part: np.ones(3, dtype=int)})
