"""Writing in the published layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from deepyeast.core import COMPARTMENTS
from deepyeast.io import PublishedWriter

CELL: dict[str, Any] = {
    "split": "train",
    "plate": 10,
    "row": 15,
    "column": 5,
    "field": 6,
    "image": 15188,
    "cell": 94,
    "label": 0,
}


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_names_pictures_and_lists_are_as_published(tmp_path, cell):
    with PublishedWriter(tmp_path, COMPARTMENTS) as writer:
        name = writer.add(**CELL, picture=cell)
        writer.add(**CELL | {"cell": 95, "plate": 1}, picture=cell)
        writer.add(**CELL | {"split": "val", "row": 1, "label": 11}, picture=cell)
    assert name == "plate10/015005000-6-15188-94.png"
    lists = {path.name: path.read_text() for path in tmp_path.glob("*.txt")}
    assert lists.pop("HOwt_doc.txt").startswith("label;label_idx\ncell periphery;0\ncytoplasm;1\n")
    assert lists == {
        "HOwt_train.txt": f"{name} 0\nplate01/015005000-6-15188-95.png 0\n",
        "HOwt_val.txt": "plate10/001005000-6-15188-94.png 11\n",
    }
    picture = Image.open(tmp_path / name)
    assert picture.mode == "RGB"
    np.testing.assert_array_equal(
        np.asarray(picture), np.dstack([cell[0], cell[1], np.zeros_like(cell[0])])
    )


def test_the_list_of_classes_is_the_published_one(tmp_path, cell, shared_data):
    with PublishedWriter(tmp_path, COMPARTMENTS) as writer:
        writer.add(**CELL, picture=cell)
    published = shared_data / "deepyeast_lists" / "HOwt_doc.txt"
    assert (tmp_path / "HOwt_doc.txt").read_bytes() == published.read_bytes()


def test_the_same_cells_give_the_same_bytes(tmp_path, cell):
    for folder in ("a", "b"):
        with PublishedWriter(tmp_path / folder, COMPARTMENTS) as writer:
            writer.add(**CELL, picture=cell)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_an_unfinished_data_set_has_no_lists(tmp_path, cell):
    def interrupted() -> None:
        with PublishedWriter(tmp_path, COMPARTMENTS) as writer:
            writer.add(**CELL, picture=cell)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(contents(tmp_path)) == ["plate10/015005000-6-15188-94.png"]


def test_nothing_is_overwritten(tmp_path, cell):
    with PublishedWriter(tmp_path, COMPARTMENTS) as writer:
        name = writer.add(**CELL, picture=cell)
        before = (tmp_path / name).read_bytes()
        with pytest.raises(FileExistsError):
            writer.add(**CELL, picture=255 - cell)
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"split": "validation"},
        {"label": 12},
        {"label": -1},
        {"row": 17},
        {"column": 0},
        {"picture": np.zeros((2, 64, 64), dtype=np.float32)},
        {"picture": np.zeros((64, 64, 2), dtype=np.uint8)},
    ],
)
def test_what_cannot_be_a_cell_is_refused(tmp_path, cell, wrong):
    writer = PublishedWriter(tmp_path, COMPARTMENTS)
    with pytest.raises(ValueError, match=r"there is no|picture must be"):
        writer.add(**CELL | {"picture": cell} | wrong)
    assert contents(tmp_path) == {}
