"""What holds of every image file, whole or damaged."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deepyeast.core import InputError
from deepyeast.io import find_cells, read_cell

CELL = np.random.default_rng(0).integers(0, 256, (2, 64, 64), dtype=np.uint8)


def read(data: bytes, suffix: str, zoom: float | None = None) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"x{suffix}").write_bytes(data)
        return read_cell(*find_cells(Path(folder)), zoom=zoom)


def read_or_refuse(data: bytes, suffix: str, zoom: float | None = None) -> np.ndarray | InputError:
    try:
        return read(data, suffix, zoom)
    except InputError as error:
        return error


def as_tiff(cell: np.ndarray) -> bytes:
    file = BytesIO()
    tifffile.imwrite(file, cell, photometric="minisblack", compression="zlib")
    return file.getvalue()


FILES = {
    ".tif": as_tiff(CELL),
    ".png": imagecodecs.png_encode(np.dstack([CELL[0], CELL[1], CELL[0] * 0])),
}


@given(st.binary(max_size=300), st.sampled_from(["", *(d[:8] for d in FILES.values())]))
def test_any_bytes_are_refused_politely(data, start):
    with pytest.raises(InputError) as caught:
        read((start or b"") + data, ".tif")
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("suffix", FILES)
@settings(deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_but_never_fails(suffix, data):
    damaged = bytearray(FILES[suffix])
    positions = st.integers(0, 400) | st.integers(0, len(damaged) - 1)
    for position in data.draw(st.lists(positions, min_size=1, max_size=4)):
        damaged[position] = data.draw(st.integers(0, 255))
    result = read_or_refuse(bytes(damaged), suffix)
    if isinstance(result, InputError):
        assert result.message
        assert "\n" not in result.message
    else:
        assert result.shape == (2, 64, 64)
        assert np.isfinite(result).all()


SIZES = st.tuples(st.just(2), st.integers(8, 90), st.integers(8, 90))


@settings(deadline=None, max_examples=30)
@given(
    arrays(np.float32, SIZES, elements=st.floats(-1e6, 1e6, width=32), fill=st.just(0.5)),
    st.floats(0.05, 4),
)
def test_any_size_is_resampled_to_one_without_new_extremes(cell, zoom):
    result = read_or_refuse(as_tiff(cell), ".tif", zoom=zoom)
    if isinstance(result, InputError):
        assert result.kind == "constant"
    else:
        assert result.shape == (2, 64, 64)
        rounding = 1e-5 * np.abs(cell).max()
        assert cell.min() - rounding <= result.min()
        assert result.max() <= cell.max() + rounding
