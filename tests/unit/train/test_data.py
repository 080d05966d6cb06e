"""Every epoch shows every cell once, in an order that seed and epoch alone decide."""

import numpy as np
import pytest

from deepyeast.core import DatasetError
from deepyeast.train import LabelledImages
from deepyeast.train.data import batch_indices


def test_an_epoch_is_a_permutation():
    candidates = np.arange(100, 140)
    seen = np.concatenate([batch_indices(candidates, i, 8, seed=0) for i in range(5)])
    assert sorted(seen) == list(candidates)
    following = np.concatenate([batch_indices(candidates, i, 8, seed=0) for i in range(5, 10)])
    assert sorted(following) == list(candidates)
    assert list(following) != list(seen)


def test_processes_share_a_batch_without_overlap():
    candidates = np.arange(50)
    whole = batch_indices(candidates, 3, 10, seed=4)
    parts = [batch_indices(candidates, 3, 10, seed=4, rank=r, world=2) for r in range(2)]
    assert sorted(np.concatenate(parts)) == sorted(whole)


def test_a_data_set_smaller_than_a_batch_still_trains():
    assert len(batch_indices(np.arange(3), 7, 100, seed=0)) == 3


def test_a_split_without_cells_is_refused():
    with pytest.raises(DatasetError, match="nothing to learn"):
        LabelledImages(
            np.zeros((2, 2, 64, 64), np.uint8), np.zeros(2, np.int64), np.zeros(2, dtype=bool)
        )
