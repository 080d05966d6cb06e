"""Runs as AnnData files: the library reads back what the run holds."""

from __future__ import annotations

import h5py
import numpy as np
import pandas as pd
import pytest
from anndata import read_h5ad

from deepyeast.core import COMPARTMENTS, Provenance
from deepyeast.io import Run, RunWriter, anndata, cell_table, write_anndata


@pytest.fixture
def run(tmp_path, crops, scores) -> Run:
    table = cell_table(crops, scores, np.array([True, True, False, True, True]))
    table["dose/ug"] = ["1", "2", "1", "", "2"]
    table["x"] = [1.0, 2, 3, 4, np.nan]
    with RunWriter(tmp_path / "run") as writer:
        writer.append(table, crops.images, scores.embeddings)
        writer.close()
        writer.finish(pd.DataFrame({"protein": ["P", "Q"]}), Provenance(command="test", seed=5))
    return Run.open(tmp_path / "run")


def test_anndata_reads_the_run_back(run, tmp_path, monkeypatch):
    monkeypatch.setattr(anndata, "BLOCK", 2)
    write_anndata(run, tmp_path / "cells.h5ad")
    data = read_h5ad(tmp_path / "cells.h5ad")
    cells = run.cells
    assert data.shape == (5, 7)
    assert data.X.dtype == np.float32
    np.testing.assert_array_equal(data.X, run.embeddings[:])
    assert data.obs_names.tolist() == cells["cell_id"].tolist()
    probabilities = [f"p_{c}" for c in COMPARTMENTS.columns]
    for name in cells.columns.drop(["cell_id", *probabilities]):
        column = data.obs[name.replace("/", "|")]
        assert isinstance(column.dtype, pd.CategoricalDtype) == (cells[name].dtype == "str")
        np.testing.assert_array_equal(column.to_numpy(), cells[name].to_numpy())
    np.testing.assert_array_equal(data.obsm["probabilities"], cells[probabilities])
    np.testing.assert_array_equal(data.obsm["spatial"], cells[["x", "y"]].astype(np.float32))
    assert tuple(data.uns["classes"]) == COMPARTMENTS.names
    assert Provenance.model_validate_json(data.uns["provenance"]) == run.provenance


def test_a_file_is_whole_or_absent(run, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(h5py.Group, "create_dataset", fail)
    with pytest.raises(OSError, match="space"):
        write_anndata(run, tmp_path / "cells.h5ad")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
