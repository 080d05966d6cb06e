"""The published data set's images, from a folder or in one pass through a tar archive."""

from __future__ import annotations

import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from lzma import LZMAError
from pathlib import Path, PurePosixPath

import imagecodecs
import numpy as np

from deepyeast.core import CROP_SIZE, DatasetError

_AT_A_TIME = 1024
"""Images decoded at a time: what bounds the memory beside the result."""

_DAMAGED_ARCHIVE = (tarfile.TarError, EOFError, zlib.error, LZMAError)

Member = tuple[int, Path | bytes]
"""Row of an image, and where it lies or what its file holds."""


def read_images(source: Path, names: Sequence[str]) -> np.ndarray:
    """Return images, uint8 ``(n, 2, 64, 64)``, red then green, in the order of ``names``.

    Parameters
    ----------
    source
        A folder, or a tar archive, compressed or not, which is read from end to end once.
    names
        Such as ``plate10/015005000-6-15188-94.png``.

    Raises
    ------
    DatasetError
        If an image is missing or is not a 64 x 64 RGB PNG of 8 bit: training on a data set
        with holes would go unnoticed. The message counts them and names the first.
    """
    images = np.zeros((len(names), 2, CROP_SIZE, CROP_SIZE), dtype=np.uint8)
    missing, damaged = np.ones(len(names), dtype=bool), np.zeros(len(names), dtype=bool)
    members = _in_folder(source, names) if source.is_dir() else _in_tar(source, names)

    def decode(member: Member) -> None:
        row, file = member
        try:
            images[row] = _decode(file)
        except FileNotFoundError:
            return
        except Exception:  # a damaged file makes the decoder fail in any way
            damaged[row] = True
        missing[row] = False

    with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 2)) as pool:
        while some := list(islice(members, _AT_A_TIME)):
            list(pool.map(decode, some))
    problems = [
        f"{where.sum()} of {len(names)} images are {what}, such as "
        + ", ".join(names[i] for i in np.flatnonzero(where)[:3])
        for where, what in ((missing, "missing"), (damaged, "damaged"))
        if where.any()
    ]
    if problems:
        raise DatasetError(f"{source}: {'; '.join(problems)}")
    return images


def read_texts(archive: Path, ending: str) -> dict[str, str]:
    """Return the text files of a tar archive whose names end so, by file name.

    Raises
    ------
    DatasetError
        If it is no tar archive or a damaged one.
    """
    return {
        PurePosixPath(name).name: data.decode("utf-8", "replace")
        for name, data in _members(archive, lambda name: name.endswith(ending))
    }


def _decode(file: Path | bytes) -> np.ndarray:
    """Return red and green, uint8 ``(2, 64, 64)``, of a PNG file."""
    pixels = imagecodecs.png_decode(file.read_bytes() if isinstance(file, Path) else file)
    if pixels.dtype != np.uint8 or pixels.shape not in ((CROP_SIZE, CROP_SIZE, n) for n in (3, 4)):
        raise ValueError(f"{pixels.dtype} of {pixels.shape}")
    return np.moveaxis(pixels[..., :2], 2, 0)


def _in_folder(folder: Path, names: Iterable[str]) -> Iterator[Member]:
    return ((row, folder / name) for row, name in enumerate(names))


def _in_tar(archive: Path, names: Sequence[str]) -> Iterator[Member]:
    """Yield the wanted members in the archive's order, reading no further than needed."""
    rows = {name: row for row, name in enumerate(names)}
    for name, data in _members(archive, rows.__contains__):
        yield rows.pop(name), data
        if not rows:
            return


def _members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the wanted files of a tar archive in one pass: seeking in gzip would read anew.

    Names are the last two parts of the members', whatever folder was packed.
    """
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                name = "/".join(PurePosixPath(member.name).parts[-2:])
                file = tar.extractfile(member) if wanted(name) else None
                if file is not None:
                    yield name, file.read()
    except _DAMAGED_ARCHIVE as error:
        raise DatasetError(
            f"{archive}: is not a whole tar archive ({error}); download it again"
        ) from error
