"""What one cell's files decode to, and what is said of those that do not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from deepyeast.core import InputError
from deepyeast.io import find_cells, read_cell

Writer = Callable[[Path, np.ndarray], object]


def pair(suffix: str, write: Callable[[Path, np.ndarray], object]) -> Writer:
    def write_both(folder: Path, cell: np.ndarray) -> None:
        write(folder / f"x_rfp{suffix}", cell[0])
        write(folder / f"x_gfp{suffix}", cell[1])

    return write_both


def write_png(path: Path, pixels: np.ndarray) -> None:
    path.write_bytes(imagecodecs.png_encode(pixels))


def rgb(cell: np.ndarray, *others: np.ndarray) -> np.ndarray:
    return np.stack([*cell, *(others or (np.zeros_like(cell[0]),))], axis=-1)


WAYS: dict[str, Writer] = {
    "TIFF pair": pair(".tif", tifffile.imwrite),
    "compressed TIFF pair": pair(
        ".tiff", lambda path, x: tifffile.imwrite(path, x, compression="zlib", predictor=True)
    ),
    "big-endian BigTIFF pair": pair(
        ".tif", lambda path, x: tifffile.imwrite(path, x, bigtiff=True, byteorder=">")
    ),
    "PNG pair": pair(".png", write_png),
    "pair of grey pictures stored as RGB": pair(
        ".png", lambda path, x: write_png(path, np.stack([x, x, x], axis=-1))
    ),
    "channels first": lambda folder, cell: tifffile.imwrite(folder / "x.tif", cell),
    "channels last": lambda folder, cell: tifffile.imwrite(
        folder / "x.tif", np.moveaxis(cell, 0, 2)
    ),
    "two samples a pixel": lambda folder, cell: tifffile.imwrite(
        folder / "x.tif", np.moveaxis(cell, 0, 2), photometric="minisblack", planarconfig="contig"
    ),
    "two pages": lambda folder, cell: tifffile.imwrite(folder / "x.tif", cell, metadata=None),
    "ImageJ composite": lambda folder, cell: tifffile.imwrite(
        folder / "x.tif", cell, imagej=True, metadata={"axes": "CYX"}
    ),
    "OME-TIFF": lambda folder, cell: tifffile.imwrite(
        folder / "x.ome.tif", cell, ome=True, metadata={"axes": "CYX"}
    ),
    "RGB TIFF": lambda folder, cell: tifffile.imwrite(
        folder / "x.tif", rgb(cell), photometric="rgb"
    ),
    "RGBA TIFF": lambda folder, cell: tifffile.imwrite(
        folder / "x.tif",
        rgb(cell, cell[0], cell[1]),
        photometric="rgb",
        extrasamples=["unassalpha"],
    ),
    "RGB PNG": lambda folder, cell: write_png(folder / "x.png", rgb(cell)),
    "RGBA PNG": lambda folder, cell: write_png(folder / "x.png", rgb(cell, cell[0], cell[1])),
    "PNG by another name": lambda folder, cell: write_png(folder / "x.tif", rgb(cell)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_every_way_to_store_a_cell_gives_the_same_cell(tmp_path, cell, way, dtype):
    cell = cell.astype(dtype) * (1 if dtype == "uint8" else 257)
    WAYS[way](tmp_path, cell)
    image = read_cell(*find_cells(tmp_path))
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, cell)


@pytest.mark.parametrize("dtype", ["int16", "uint32", "float16", "float32", "float64"])
def test_other_pixel_types(tmp_path, cell, dtype):
    pixels = cell.astype(dtype) / 4 - 8 if dtype.startswith("f") else cell.astype(dtype)
    WAYS["TIFF pair"](tmp_path, pixels.astype(dtype))
    np.testing.assert_array_equal(read_cell(*find_cells(tmp_path)), pixels)


def test_a_palette_picture_is_read_by_its_colours(tmp_path, cell):
    picture = Image.fromarray(rgb(cell // 128 * 255)).quantize(4)
    picture.save(tmp_path / "x.png")
    np.testing.assert_array_equal(read_cell(*find_cells(tmp_path)), cell // 128 * 255)


def truncated(folder: Path, cell: np.ndarray) -> None:
    WAYS["TIFF pair"](folder, cell)
    path = folder / "x_gfp.tif"
    path.write_bytes(path.read_bytes()[:2000])


def with_value(value: float, channel: int) -> Writer:
    def write(folder: Path, cell: np.ndarray) -> None:
        pixels = cell.astype(np.float64)
        pixels[channel, 3, 4] = value
        WAYS["TIFF pair"](folder, pixels)

    return write


def constant(value: int) -> Writer:
    def write(folder: Path, cell: np.ndarray) -> None:
        WAYS["TIFF pair"](folder, np.stack([cell[0], np.full_like(cell[0], value)]))

    return write


def unequal_pair(folder: Path, cell: np.ndarray) -> None:
    tifffile.imwrite(folder / "x_rfp.tif", cell[0])
    tifffile.imwrite(folder / "x_gfp.tif", cell[1, :32])


def pair_of_rgb(folder: Path, cell: np.ndarray) -> None:
    write_png(folder / "x_rfp.png", rgb(cell))
    write_png(folder / "x_gfp.png", cell[1])


def dangling(folder: Path, cell: np.ndarray) -> None:
    (folder / "x.png").symlink_to(folder / "gone.png")


BAD: dict[str, tuple[Writer, str, str, str]] = {
    "text": (
        lambda folder, _: (folder / "x.tif").write_text("not an image\n" * 99),
        "x.tif",
        "unreadable",
        "not a whole TIFF or PNG",
    ),
    "empty": (lambda folder, _: (folder / "x.tif").touch(), "x.tif", "unreadable", "empty file"),
    "truncated TIFF": (truncated, "x_gfp.tif", "unreadable", "copy it anew"),
    "truncated PNG": (
        lambda folder, cell: (folder / "x.png").write_bytes(
            imagecodecs.png_encode(rgb(cell))[:3000]
        ),
        "x.png",
        "unreadable",
        "copy it anew",
    ),
    "dangling link": (dangling, "x.png", "unreadable", "No such file"),
    "complex pixels": (
        lambda folder, cell: tifffile.imwrite(folder / "x.tif", cell.astype(np.complex64)),
        "x.tif",
        "unreadable",
        "complex64",
    ),
    "green alone": (
        lambda folder, cell: tifffile.imwrite(folder / "x_gfp.tif", cell[1]),
        "x_gfp.tif",
        "missing-channel",
        "there is no x_rfp.tif",
    ),
    "red alone": (
        lambda folder, cell: write_png(folder / "x_RFP.png", rgb(cell)),
        "x_RFP.png",
        "missing-channel",
        "there is no x_gfp.png",
    ),
    "grey": (
        lambda folder, cell: tifffile.imwrite(folder / "x.tif", cell[0]),
        "x.tif",
        "missing-channel",
        "has one channel",
    ),
    "grey stored as RGB": (
        lambda folder, cell: write_png(folder / "x.png", np.stack([cell[0]] * 3, axis=-1)),
        "x.png",
        "missing-channel",
        "has one channel",
    ),
    "NaN in red": (with_value(np.nan, 0), "x_rfp.tif", "not-finite", "NaN"),
    "infinite green": (with_value(-np.inf, 1), "x_gfp.tif", "not-finite", "infinite"),
    "beyond float32": (with_value(1e300, 1), "x_gfp.tif", "not-finite", "infinite"),
    "all zero": (constant(0), "x_gfp.tif", "constant", "green channel are 0"),
    "all bright": (constant(255), "x_gfp.tif", "constant", "green channel are 255"),
    "black picture": (
        lambda folder, cell: write_png(folder / "x.png", rgb(cell * 0)),
        "x.png",
        "constant",
        "red channel are 0",
    ),
    "stack": (
        lambda folder, cell: tifffile.imwrite(folder / "x.tif", np.stack([cell[0]] * 5)),
        "x.tif",
        "wrong-dimensions",
        "5 x 64 x 64",
    ),
    "stack of three": (
        lambda folder, cell: tifffile.imwrite(
            folder / "x.tif",
            np.stack([*cell, cell[0]]),
            photometric="rgb",
            planarconfig="separate",
        ),
        "x.tif",
        "wrong-dimensions",
        "3 x 64 x 64",
    ),
    "stack of two planes": (
        lambda folder, cell: tifffile.imwrite(
            folder / "x.tif", cell, imagej=True, metadata={"axes": "ZYX"}
        ),
        "x.tif",
        "wrong-dimensions",
        "project a stack",
    ),
    "two-channel stack": (
        lambda folder, cell: tifffile.imwrite(folder / "x.tif", np.stack([cell] * 3)),
        "x.tif",
        "wrong-dimensions",
        "3 x 2 x 64 x 64",
    ),
    "three channels": (
        lambda folder, cell: tifffile.imwrite(
            folder / "x.tif", np.stack([*cell, cell[0]]), imagej=True, metadata={"axes": "CYX"}
        ),
        "x.tif",
        "wrong-dimensions",
        "export red and green only",
    ),
    "colour in a pair": (pair_of_rgb, "x_rfp.png", "wrong-dimensions", "must be grey"),
    "unequal pair": (unequal_pair, "x_gfp.tif", "wrong-size", "green is 32 x 64 pixels"),
    "small": (
        lambda folder, cell: WAYS["TIFF pair"](folder, cell[:, :32, :32]),
        "x_gfp.tif",
        "wrong-size",
        "32 x 32 pixels, not 64 x 64; --pixel-size UM resamples",
    ),
    "whole slide": (
        lambda folder, _: tifffile.imwrite(
            folder / "x.tif", np.zeros((4096, 4097), dtype=np.uint8), compression="zlib"
        ),
        "x.tif",
        "wrong-size",
        "no image of a single cell",
    ),
    "large": (
        lambda folder, cell: WAYS["TIFF pair"](folder, np.tile(cell, 2)),
        "x_gfp.tif",
        "wrong-size",
        "64 x 128 pixels, not 64 x 64; --resize crop cuts out the middle, --pixel-size",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_is_told_by_file_kind_and_remedy(tmp_path, cell, case, caplog):
    write, path, kind, message = BAD[case]
    (tmp_path / "A").mkdir()
    write(tmp_path / "A", cell)
    with caplog.at_level(logging.NOTSET), pytest.raises(InputError) as caught:
        read_cell(*find_cells(tmp_path))
    assert (caught.value.path, caught.value.kind) == (f"A/{path}", kind)
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert not caplog.records


def pixels_or_kind(file):
    try:
        return read_cell(file)
    except InputError as error:
        return error.kind


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
def test_no_truncated_tiff_passes_for_a_whole_one(tmp_path, cell, compression, caplog):
    whole = BytesIO()
    tifffile.imwrite(whole, cell, compression=compression, rowsperstrip=16)
    (tmp_path / "x.tif").write_bytes(whole.getvalue())
    (file,) = find_cells(tmp_path)
    np.testing.assert_array_equal(read_cell(file), cell)
    for length in range(0, len(whole.getvalue()) - 1, 97):
        file.red.write_bytes(whole.getvalue()[:length])
        with caplog.at_level(logging.NOTSET):
            outcome = pixels_or_kind(file)
        if length < len(whole.getvalue()) - 64:  # what comes after the pixels may be missing
            assert outcome == "unreadable"
        elif not isinstance(outcome, str):
            np.testing.assert_array_equal(outcome, cell)
    assert not caplog.records


def test_crop_cuts_out_the_middle(tmp_path):
    large = np.random.default_rng(0).random((2, 81, 100), dtype=np.float32)
    tifffile.imwrite(tmp_path / "x.tif", large)
    (file,) = find_cells(tmp_path)
    np.testing.assert_array_equal(read_cell(file, resize="crop"), large[:, 8:72, 18:82])


def test_crop_cannot_make_a_small_image_larger(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", np.random.default_rng(0).random((2, 63, 100)))
    with pytest.raises(InputError, match="--pixel-size") as caught:
        read_cell(*find_cells(tmp_path), resize="crop")
    assert caught.value.kind == "wrong-size"
    assert "--resize crop" not in caught.value.message


def smooth(size: int) -> np.ndarray:
    """Return one picture sampled by ``size`` pixels, whose middle is its brightest."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size - 0.5
    red = np.exp(-((x / 0.2) ** 2) - (y / 0.3) ** 2)
    return np.stack([red, red + 0.3 * x]).astype(np.float32)


@pytest.mark.parametrize("size", [40, 64, 96, 128, 200])
def test_zoom_resamples_to_the_model_s_pixels(tmp_path, size):
    tifffile.imwrite(tmp_path / "x.tif", smooth(size))
    image = read_cell(*find_cells(tmp_path), zoom=64 / size)
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, smooth(64), atol=0.03)


def test_zoom_continues_the_edges_of_what_is_too_small(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", smooth(40))
    image = read_cell(*find_cells(tmp_path), zoom=1.0)
    np.testing.assert_array_equal(image[:, 12:52, 12:52], smooth(40))
    np.testing.assert_array_equal(image[:, :12], np.repeat(image[:, 12:13], 12, axis=1))
    np.testing.assert_array_equal(image[:, :, 52:], np.repeat(image[:, :, 51:52], 12, axis=2))


def test_zoom_smooths_before_it_shrinks(tmp_path):
    stripes = np.zeros((2, 256, 256), dtype=np.float32)
    stripes[:, 1::4] = stripes[:, 2::4] = 1  # as wide as a pixel of the result
    stripes[:, :, :128] *= 2
    tifffile.imwrite(tmp_path / "x.tif", stripes)
    image = read_cell(*find_cells(tmp_path), zoom=0.25)
    # without smoothing the result would be 0 or 2 here, and 0 or 1 below
    np.testing.assert_allclose(image[:, 8:-8, 8:24], 1, atol=0.1)
    np.testing.assert_allclose(image[:, 8:-8, 40:-8], 0.5, atol=0.1)
