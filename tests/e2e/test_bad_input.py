"""Bad input through the real command line: what is wrong, where, and what to do about it."""

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image


def spoil_text(folder):
    (folder / "bad.tif").write_text("this is no picture")
    return "unreadable"


def spoil_truncated(folder):
    path = next(folder.glob("*_gfp.tif"))
    path.write_bytes(path.read_bytes()[:500])
    return "unreadable"


def spoil_one_channel(folder):
    next(folder.glob("*_rfp.tif")).unlink()
    return "missing-channel"


def spoil_grey(folder):
    tifffile.imwrite(folder / "grey.tif", np.arange(4096, dtype=np.uint16).reshape(64, 64))
    return "missing-channel"


def spoil_nan(folder):
    path = next(folder.glob("*_gfp.tif"))
    image = tifffile.imread(path).astype(np.float32)
    image[3, 4] = np.nan
    tifffile.imwrite(path, image)
    return "not-finite"


def spoil_zero(folder):
    tifffile.imwrite(next(folder.glob("*_rfp.tif")), np.zeros((64, 64), np.uint16))
    return "constant"


def spoil_stack(folder):
    stack = np.random.default_rng(0).integers(0, 99, (9, 64, 64)).astype(np.uint16)
    tifffile.imwrite(folder / "stack.tif", stack)
    return "wrong-dimensions"


def spoil_small(folder):
    pixels = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "small.png")
    return "wrong-size"


SPOILERS = [
    spoil_text,
    spoil_truncated,
    spoil_one_channel,
    spoil_grey,
    spoil_nan,
    spoil_zero,
    spoil_stack,
    spoil_small,
]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_one_bad_input_is_a_row_and_the_rest_goes_on(deepyeast, cells, tmp_path, spoil):
    kind = spoil(cells / "NUP1")
    result = deepyeast("classify", cells, "--out", tmp_path / "run")
    assert result.status == 3
    errors = pd.read_csv(tmp_path / "run" / "errors.csv")
    assert errors["kind"].tolist() == [kind]
    assert errors["path"][0].startswith("NUP1/")
    assert len(errors["message"][0]) > 20
    assert "errors.csv" in result.err
    table = pd.read_parquet(tmp_path / "run" / "cells.parquet")
    assert (table["protein"] == "VMA1").sum() == 6
    assert (table["protein"] == "NUP1").sum() in (5, 6)


def test_all_kinds_at_once(deepyeast, cells, tmp_path):
    expected = sorted(spoil(cells / "NUP1") for spoil in (spoil_text, spoil_stack, spoil_small))
    assert deepyeast("classify", cells, "--out", tmp_path / "run").status == 3
    errors = pd.read_csv(tmp_path / "run" / "errors.csv")
    assert sorted(errors["kind"]) == expected


def one_line(text):
    return len(text.strip().splitlines()) == 1


def test_an_empty_folder_is_one_line(deepyeast, tmp_path):
    (tmp_path / "empty").mkdir()
    result = deepyeast("classify", tmp_path / "empty", "--out", tmp_path / "run")
    assert result.status == 2
    assert one_line(result.err)
    assert "empty" in result.err
    assert not (tmp_path / "run").exists()


def test_a_missing_folder_is_one_line(deepyeast, tmp_path):
    result = deepyeast("classify", tmp_path / "nowhere", "--out", tmp_path / "run")
    assert result.status == 2
    assert one_line(result.err)
    assert "nowhere" in result.err


def test_nothing_but_text_is_one_line_that_says_why(deepyeast, tmp_path):
    folder = tmp_path / "texts"
    (folder / "P").mkdir(parents=True)
    for i in range(3):
        (folder / "P" / f"{i}.tif").write_text("no picture")
    result = deepyeast("classify", folder, "--out", tmp_path / "run")
    assert result.status == 2
    assert one_line(result.err)
    assert "unreadable" in result.err
    assert not (tmp_path / "run").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["texts"]


def test_other_sizes_can_be_asked_for(deepyeast, cells, tmp_path):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (80, 90, 3)).astype(np.uint8)).save(
        cells / "NUP1" / "large.png"
    )
    assert deepyeast("classify", cells, "--out", tmp_path / "a").status == 3
    assert deepyeast("classify", cells, "--out", tmp_path / "b", "--resize", "crop").status == 0
    assert deepyeast("classify", cells, "--out", tmp_path / "c", "--pixel-size", 0.3).status == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file,label\nNUP1/NUP1_0_gfp.tif,moon\n", "moon"),
        ("name,place\nx,y\n", "file"),
    ],
)
def test_bad_labels_are_one_line(deepyeast, cells, tmp_path, table, message):
    (cells / "labels.csv").write_text(table)
    result = deepyeast("classify", cells, "--out", tmp_path / "run")
    assert result.status == 2
    assert one_line(result.err)
    assert message in result.err
