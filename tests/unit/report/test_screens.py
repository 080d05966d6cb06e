"""What a report says of plates and segmentation, and the pictures of fields."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from deepyeast.core import COMPARTMENTS
from deepyeast.report import Overlay, check_preview, encode_png, overlay, png
from deepyeast.report.plates import plates
from deepyeast.report.segmentation import segmentation


def wells(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["plate", "well", "protein", "localization"])
    n = np.arange(len(rows))
    return table.assign(probability=0.9, n_used=10 * n, n_cells=20, abundance=n * 1.5)


def test_wells_lie_where_they_are_in_their_class_s_colour() -> None:
    table = wells(("p1", "A01", "X", "nucleus"), ("p1", "B03", "Y", ""), ("p2", "P24", "Z", "er"))
    proteins: list[dict[str, Any]] = [{"protein": p, "index": i} for i, p in enumerate("XYZ")]
    first, second = plates(table, COMPARTMENTS, proteins, {0, 2})
    assert (first.name, len(first.rows), len(first.columns)) == ("p1", 4, 6)
    assert (second.name, len(second.rows), len(second.columns)) == ("p2", 16, 24)
    tile = first.tiles[0][0]
    assert tile is not None
    assert tile.call == COMPARTMENTS.colours[COMPARTMENTS.index("nucleus")]
    assert tile.link == "#p0"
    uncalled = first.tiles[1][2]
    assert uncalled is not None
    assert (uncalled.call, uncalled.link) == ("", "")
    assert "not called" in uncalled.tip
    assert sum(t is not None for row in first.tiles for t in row) == 2
    assert second.tiles[15][23] is not None


def test_cells_that_did_not_come_from_fields_have_no_plates() -> None:
    assert plates(None, COMPARTMENTS, [], set()) == []
    assert segmentation(None, None, []) is None


def fields() -> pd.DataFrame:
    n = 6
    return pd.DataFrame(
        {
            "source": [f"f{i}.tif" for i in range(n)],
            "plate": "p",
            "well": "A01",
            "status": ["used"] * 5 + ["failed"],
            "n_objects": [110] * 5 + [0],
            "n_cells": [100, 100, 100, 10, 100, 0],
            "n_used": [99, 30, 99, 10, 99, 0],
            "dropped_border": 8,
            "dropped_small": 2,
            "dropped_large": 0,
            "defocused": [0, 0, 80, 0, 0, 0],
        }
    )


def test_suspicious_fields_are_named_with_the_reason() -> None:
    histogram = np.array([0, 5, 9, 2]), np.arange(5) * 50.0
    picture = np.zeros((20, 20, 3), dtype=np.uint8)
    told = segmentation(fields(), histogram, [Overlay("one", picture)])
    assert told is not None
    assert (told.n_fields, told.n_used, told.border, told.small) == (6, 5, 48, 12)
    reasons = {source: reason for source, _, reason in told.suspicious}
    assert set(reasons) == {"f1.tif", "f2.tif", "f3.tif", "f5.tif"}
    assert "30 of 100" in reasons["f1.tif"]
    assert "out of focus" in reasons["f2.tif"]
    assert "100 are typical" in reasons["f3.tif"]
    assert reasons["f5.tif"] == "failed"
    assert told.examples[0][0] == "one"
    assert told.examples[0][1].startswith("data:image/webp")


def test_outlines_are_white_and_only_at_edges() -> None:
    rng = np.random.default_rng(0)
    image = rng.random((2, 120, 120)).astype(np.float32)
    labels = np.zeros((120, 120), dtype=np.int32)
    labels[20:60, 30:70] = 1
    picture = overlay(image, labels, 0.2)
    assert (picture[20, 40] == 255).all()
    assert not (picture[40, 50] == 255).all()
    bare = overlay(image, np.zeros_like(labels), 0.2)
    assert np.array_equal(picture[40, 50], bare[40, 50])
    back = np.asarray(Image.open(io.BytesIO(encode_png(picture))))
    np.testing.assert_array_equal(back, picture)
    assert encode_png(picture) == encode_png(picture)


@pytest.mark.parametrize("n", [1, 3])
def test_the_preview_has_a_row_a_field(n: int) -> None:
    image = np.random.default_rng(0).random((2, 80, 90))
    shown = [(f"field {i}", image, np.zeros((80, 90), dtype=np.int32)) for i in range(n)]
    figure = check_preview(shown, 0.2)
    assert len(figure.axes) == 3 * n
    assert len(figure.subfigs) == n
    assert png(figure, dpi=40).startswith(b"\x89PNG")
