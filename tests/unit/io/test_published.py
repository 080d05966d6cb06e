"""The published layout, from a folder and from archives."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from deepyeast.core import CELL_COLUMNS, COMPARTMENTS, TRANSFER_COMPARTMENTS, DatasetError
from deepyeast.io import PublishedDataset, PublishedWriter

SIZES = {"train": 7, "val": 2, "test": 3}


def write(folder: Path, classes=COMPARTMENTS, prefix="HOwt") -> dict[str, np.ndarray]:
    """Write a small data set; return its pictures by name."""
    rng = np.random.default_rng(0)
    pictures = {}
    with PublishedWriter(folder, classes, prefix) as writer:
        for row, (split, n) in enumerate(SIZES.items(), start=13):
            for cell in range(n):
                picture = rng.integers(0, 256, (2, 64, 64), dtype=np.uint8)
                name = writer.add(
                    split=split,
                    plate=9 + cell % 2,
                    row=row,
                    column=5,
                    field=6,
                    image=15188,
                    cell=cell,
                    label=2 + cell % 2,
                    picture=picture,
                )
                pictures[name] = picture
    return pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small data set."""
    write(tmp_path / "data")
    return tmp_path / "data"


def pack(folder: Path, archive: Path, inside: str = "", lists: bool = False) -> Path:
    """Pack the images of a data set, and the lists if asked, under the path ``inside``."""
    with tarfile.open(archive, "w:gz" if archive.suffix == ".gz" else "w") as tar:
        for path in sorted(folder.iterdir(), reverse=True):
            if path.is_dir() or lists:
                tar.add(path, f"{inside}{path.name}")
    return archive


def as_folder(data: Path, tmp_path: Path) -> Path:
    return data


def as_tar_with_lists_beside(data: Path, tmp_path: Path) -> Path:
    return pack(data, data / "images.tar")


def as_tar_with_lists_inside(data: Path, tmp_path: Path) -> Path:
    return pack(data, tmp_path / "all.tar.gz", "./", lists=True)


def as_tar_of_an_outer_folder(data: Path, tmp_path: Path) -> Path:
    return pack(data, data / "images.tar.gz", "some/main/")


def as_download(data: Path, tmp_path: Path) -> Path:
    pack(data, data / "main.tar.gz")
    for plate in data.glob("plate*"):
        shutil.rmtree(plate)
    return data


@pytest.mark.parametrize(
    "store",
    [
        as_folder,
        as_tar_with_lists_beside,
        as_tar_with_lists_inside,
        as_tar_of_an_outer_folder,
        as_download,
    ],
)
def test_the_same_cells_from_every_place(tmp_path, store):
    pictures = write(tmp_path / "data")
    dataset = PublishedDataset.open(store(tmp_path / "data", tmp_path))
    assert dataset.classes is COMPARTMENTS
    assert dataset.splits == ("train", "val", "test")
    for split, n in SIZES.items():
        cells = dataset.read(split)
        assert len(cells) == n
        assert (cells.images.dtype, cells.labels.dtype) == (np.dtype("uint8"), np.dtype("int64"))
        for name, image in zip(cells.names, cells.images, strict=True):
            np.testing.assert_array_equal(image, pictures.pop(name))
    assert not pictures


def test_names_say_plate_well_and_protein(folder):
    cells = PublishedDataset.open(folder).read("test")
    assert tuple(cells.cells.columns) == CELL_COLUMNS
    assert cells.names[:2] == [
        "plate09/015005000-6-15188-0.png",
        "plate10/015005000-6-15188-1.png",
    ]
    assert list(cells.labels) == [2, 3, 2]
    assert list(cells.proteins) == ["plate09/R15C05", "plate10/R15C05", "plate09/R15C05"]
    first = cells.cells.iloc[0]
    assert (first["plate"], first["well"], first["field"]) == ("plate09", "O05", "6")
    assert first["cell_id"] == "plate09/015005000-6-15188-0"
    assert cells.cells[["y", "x"]].isna().all(axis=None)


def test_a_limit_takes_cells_from_the_whole_list(folder):
    dataset = PublishedDataset.open(folder)
    assert [name[-5] for name in dataset.read("train", limit=3).names] == ["0", "2", "4"]
    assert len(dataset.read("train", limit=99)) == SIZES["train"]


def test_the_transfer_set_is_found_and_can_be_asked_for(tmp_path):
    write(tmp_path, TRANSFER_COMPARTMENTS, "HOwt_transfer")
    dataset = PublishedDataset.open(tmp_path)
    assert dataset.classes is TRANSFER_COMPARTMENTS
    assert len(dataset.read("val")) == SIZES["val"]
    with pytest.raises(DatasetError, match=r"no lists of images such as HOwt_train\.txt"):
        PublishedDataset.open(tmp_path, "main")
    (tmp_path / "HOwt_test.txt").write_text("plate01/001001000-0-0-0.png 7\n")
    main = PublishedDataset.open(tmp_path)
    assert (main.classes, main.splits) == (COMPARTMENTS, ("test",))
    assert len(PublishedDataset.open(tmp_path, "transfer").table) == sum(SIZES.values())


@pytest.mark.parametrize("store", [as_folder, as_tar_with_lists_beside])
def test_missing_and_damaged_images_are_counted_and_named(tmp_path, store):
    data = tmp_path / "data"
    first, second, third, *_ = write(data)
    (data / first).unlink()
    (data / second).write_bytes((data / second).read_bytes()[:999])
    (data / third).write_bytes(imagecodecs.png_encode(np.zeros((64, 64), dtype=np.uint8)))
    dataset = PublishedDataset.open(store(data, tmp_path))
    with pytest.raises(DatasetError) as caught:
        dataset.read("train")
    message = str(caught.value)
    assert f"1 of 7 images are missing, such as {first}" in message
    assert f"2 of 7 images are damaged, such as {second}, {third}" in message
    assert len(dataset.read("test")) == SIZES["test"]


@pytest.mark.parametrize("suffix", ["tar", "tar.gz"])
def test_a_broken_archive_is_refused(folder, suffix):
    archive = pack(folder, folder / f"images.{suffix}")
    archive.write_bytes(archive.read_bytes()[:20_000])
    with pytest.raises(DatasetError, match=r"images\.tar"):
        PublishedDataset.open(archive).read("train")
    archive.write_text("not an archive")
    with pytest.raises(DatasetError, match="not a whole tar archive"):
        PublishedDataset.open(archive).read("train")


LINE = "plate01/002003000-0-1-2.png 4"


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"train": f"{LINE}\n\nplate01/x.png 4\n"}, r"HOwt_train\.txt, line 3: 'plate01/x\.png 4'"),
        ({"train": "../../etc/passwd 4\n"}, "line 1"),
        ({"val": "\n"}, r"HOwt_val\.txt: is empty"),
        ({"train": LINE.replace(" 4", " 12")}, "no class of deepyeast-12 as label"),
        ({"train": LINE.replace("/002", "/017")}, "off a plate"),
        ({"train": LINE.replace("003000", "000000")}, "off a plate"),
        ({"train": f"{LINE}\n{LINE}\n"}, "is listed twice"),
        (
            {"train": f"{LINE}\n{LINE.replace('-2.png 4', '-3.png 5')}"},
            "protein with more than one label",
        ),
        ({"train": LINE, "test": LINE.replace("-2.png", "-3.png")}, "more than one split"),
        ({"train": LINE, "doc": "label;label_idx\nnucleus;0\n"}, "other classes"),
        ({}, "no lists of images"),
    ],
)
def test_lists_that_contradict_themselves_are_refused(tmp_path, lists, message):
    for split, text in lists.items():
        (tmp_path / f"HOwt_{split}.txt").write_text(text)
    with pytest.raises(DatasetError, match=message):
        PublishedDataset.open(tmp_path)


def test_nothing_there_is_one_line(tmp_path, folder):
    with pytest.raises(DatasetError, match="no such folder or archive"):
        PublishedDataset.open(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="no split 'validation'; it has train, val, test"):
        PublishedDataset.open(folder).read("validation")


@pytest.mark.parametrize(
    ("kind", "cells", "proteins"),
    [
        ("main", (65_000, 12_500, 12_500), (1_224, 277, 282)),
        ("transfer", (4_000, 2_000, 4_000), (28, 14, 27)),
    ],
)
def test_the_published_lists(shared_data, kind, cells, proteins):
    dataset = PublishedDataset.open(shared_data / "deepyeast_lists", kind)
    by_split = dataset.table.groupby("split")
    assert tuple(by_split.size()[list(dataset.splits)]) == cells
    assert tuple(by_split["protein"].nunique()[list(dataset.splits)]) == proteins
