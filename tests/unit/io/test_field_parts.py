"""Parts of a screen: read as written, whole or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import InputError
from deepyeast.io import FieldPart, cell_table, read_part, write_part


def test_cells_crops_and_summary_come_back(tmp_path, crops, scores):
    cells = cell_table(crops, scores, np.ones(5, dtype=bool))
    summary = {"source": "a", "n_cells": 5, "background": float("nan")}
    write_part(tmp_path / "0", FieldPart(summary, cells, crops.images, scores.embeddings))
    part = read_part(tmp_path / "0")
    assert part.cells is not None
    pd.testing.assert_frame_equal(part.cells, cells)
    np.testing.assert_array_equal(part.crops, crops.images)
    np.testing.assert_array_equal(part.embeddings, scores.embeddings)
    assert part.summary["n_cells"] == 5
    assert part.error is None


def test_a_field_that_failed_leaves_its_reason(tmp_path):
    error = InputError("a.tif", "constant", "all the same")
    write_part(tmp_path / "0", FieldPart({"status": "failed"}, error=error))
    part = read_part(tmp_path / "0")
    assert part.cells is None
    assert part.error is not None
    assert str(part.error) == str(error)
    assert part.summary == {"status": "failed"}


def test_nothing_is_left_of_a_part_that_could_not_be_written(tmp_path, crops, scores, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    cells = cell_table(crops, scores, np.ones(5, dtype=bool))
    with pytest.raises(OSError, match="No space"):
        write_part(tmp_path / "0", FieldPart({}, cells, crops.images, scores.embeddings))
    assert list(tmp_path.iterdir()) == []
