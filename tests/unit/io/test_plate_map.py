"""Plate maps and masks: what people write, and what is wrong with it."""

from __future__ import annotations

import numpy as np
import pytest

from deepyeast.core import DatasetError, InputError
from deepyeast.io import FieldFile, mask_path, read_mask, read_plate_map, write_labels


@pytest.mark.parametrize(
    "text",
    [
        "plate,well,protein,gene\np1,A1,SSB1,YDL229W\np1,B02,,\n",
        "\ufeffPlate;Well;Protein;gene\np1;a01;SSB1;YDL229W\n\np1;r02c02;;\n",
        "Plate\trow\tcolumn\tprotein\tgene\np1\tA\t1\tSSB1\tYDL229W\np1\t2\t2\t\t\n",
    ],
    ids=["commas", "semicolons with a byte order mark", "tabs, row and column"],
)
def test_the_common_spellings_are_read(tmp_path, text):
    path = tmp_path / "map.csv"
    path.write_text(text, encoding="utf-8")
    plate_map = read_plate_map(path)
    assert plate_map.extras == ("gene",)
    row = plate_map.find("p1", "A01")
    assert row == {"plate": "p1", "well": "A01", "protein": "SSB1", "gene": "YDL229W"}
    assert plate_map.find("p1", "B02") == {"plate": "p1", "well": "B02", "protein": "", "gene": ""}
    assert plate_map.find("p1", "C03") is None
    assert plate_map.find("p2", "A01") is None


def test_a_map_without_plates_holds_for_every_plate(tmp_path):
    (tmp_path / "map.csv").write_text("well,protein\nA01,X\n")
    row = read_plate_map(tmp_path / "map.csv").find("any", "A01")
    assert row is not None
    assert row["protein"] == "X"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("plate,well\np,A01\n", "lacks the column protein; it has plate, well"),
        ("plate,protein\np,X\n", r"lacks the column well \(or row and column\)"),
        ("well,protein\n", "has no wells"),
        ("well,protein\nA01,X\nQQ7,Y\n", "line 3: 'QQ7' is not a well"),
        ("plate,well,protein\np,A01,X\np,B01,Y\np,A1,Z\n", "line 4: well A01 of plate p .* line 2"),
        ("well,protein\nA01,X,Y\n", "line 2 .* has 3 cells, its head 2"),
        ("well,protein,Protein\nA01,X,Y\n", "the column protein twice"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, text, message):
    path = tmp_path / "map.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_plate_map(path)


def test_a_map_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        read_plate_map(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "name", ["p/A01_f1.tif", "p/A01_f1_cp_masks.tif", "A01_f1_labels.tif", "p/A01_f1.tiff"]
)
def test_masks_are_found_by_the_field_s_name(tmp_path, name):
    labels = np.arange(12, dtype=np.int32).reshape(3, 4)
    write_labels(tmp_path / name, labels)
    field = FieldFile("p/A01_f1.ome.tif", "p", "A01", "1", (("", "p/A01_f1.ome.tif"),))
    read = read_mask(tmp_path, field)
    np.testing.assert_array_equal(read, labels)
    assert read.dtype == np.int32


def test_masks_that_are_none_are_told(tmp_path):
    field = FieldFile("a.tif", "", "", "", (("", "a.tif"),))
    with pytest.raises(InputError, match=r"no label image a\.tif") as caught:
        read_mask(tmp_path, field)
    assert caught.value.kind == "no-mask"


def test_every_source_has_a_mask_of_its_own():
    sources = ["p/A01.ome.tif", "p/A01.nd2#1", "p/A01.nd2#2", "q.ome.zarr/A/01/1"]
    assert len({mask_path(s) for s in sources}) == 4
    assert mask_path("p/A01.ome.tif") == "p/A01.tif"
