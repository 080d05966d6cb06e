"""A folder of cells, batch by batch."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

from deepyeast.core import CELL_COLUMNS, NothingUsableError
from deepyeast.io import find_cells, iterate_cells


@pytest.fixture
def folder(tmp_path, cell):
    """Return a folder of nine good cells of three proteins, and two bad ones."""
    for protein in "CAB":
        (tmp_path / protein).mkdir()
        for i in range(3):
            tifffile.imwrite(tmp_path / protein / f"{i}.tif", cell // (i + 1) + ord(protein))
    (tmp_path / "A" / "1b.tif").write_text("no")
    tifffile.imwrite(tmp_path / "C" / "4_gfp.tif", cell[1])
    return tmp_path


@pytest.mark.parametrize("batch", [1, 2, 4, 100])
def test_cells_and_errors_come_in_one_order_whatever_the_batch(folder, batch):
    batches = list(iterate_cells(folder, batch=batch))
    assert all(len(b.crops) + len(b.errors) <= batch for b in batches)
    assert [id_ for b in batches for id_ in b.crops.cells["cell_id"]] == [
        f"{protein}/{i}" for protein in "ABC" for i in range(3)
    ]
    assert [(e.path, e.kind) for b in batches for e in b.errors] == [
        ("A/1b.tif", "unreadable"),
        ("C/4_gfp.tif", "missing-channel"),
    ]
    for b in batches:
        for image, source in zip(b.crops.images, b.crops.cells["source"], strict=True):
            np.testing.assert_array_equal(image, tifffile.imread(folder / source))


def test_what_is_unknown_of_ready_crops_is_empty(folder):
    (batch,) = iterate_cells(folder)
    cells = batch.crops.cells
    assert tuple(cells.columns) == CELL_COLUMNS
    assert (cells[["plate", "well", "field"]] == "").all(axis=None)
    assert cells[["y", "x"]].isna().all(axis=None)
    assert list(cells["protein"].unique()) == ["A", "B", "C"]


def test_options_reach_the_images(tmp_path):
    large = np.random.default_rng(0).random((2, 128, 128), dtype=np.float32)
    tifffile.imwrite(tmp_path / "x.tif", large)
    refused, cropped, zoomed = (
        next(iter(iterate_cells(tmp_path, **options)))
        for options in ({}, {"resize": "crop"}, {"zoom": 0.5})
    )
    assert [e.kind for e in refused.errors] == ["wrong-size"]
    assert refused.crops.images.shape == (0, 2, 64, 64)
    np.testing.assert_array_equal(cropped.crops.images[0], large[:, 32:96, 32:96])
    assert zoomed.crops.images.std() < 0.8 * large.std()


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(NothingUsableError):
        next(iterate_cells(tmp_path))


def test_real_cells(shared_data):
    batches = list(iterate_cells(shared_data / "real_cells", batch=500))
    assert not [e for b in batches for e in b.errors]
    proteins = [p for b in batches for p in b.crops.cells["protein"]]
    assert {p: proteins.count(p) for p in set(proteins)} == {"AAC1": 366, "AAH1": 203, "AAR2": 349}
    path = find_cells(shared_data / "real_cells")[0].red
    np.testing.assert_array_equal(batches[0].crops.images[0, 0], tifffile.imread(path))


def test_real_pictures(shared_data):
    (batch,) = iterate_cells(shared_data / "figure_cells")
    assert not batch.errors
    assert batch.crops.cells["protein"].value_counts().eq(2).all()
    assert batch.crops.cells["protein"].nunique() == 12
