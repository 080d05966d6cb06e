"""The published data set from its authors' server: checked, and resumed where it broke off."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath
from typing import Literal, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pooch

from deepyeast.core import DownloadError

DataSetName = Literal["deepyeast", "deepyeast-transfer"]

PUBLISHED_URL = "http://kodu.ut.ee/~leopoldp/2016_DeepYeast/"
"""Where the authors keep the data (Parnamaa & Parts 2017)."""

ATTEMPTS = 3
PAUSE_S = 1.0
"""Before the second attempt; doubled before each further one."""
TIMEOUT_S = 30.0
PIECE = 1 << 18

_FAILURES = (URLError, HTTPException, ConnectionError, TimeoutError, ValueError)
"""What opening and reading an address raises; ValueError where it is none."""

OnProgress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes that are there, and those of the whole if known."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server: its path below the base address, and its MD5."""

    path: str
    md5: str

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.path).name


_LISTS = "code/image_prep/data/"
PUBLISHED_FILES: Mapping[DataSetName, tuple[RemoteFile, ...]] = {
    "deepyeast": (
        RemoteFile(f"{_LISTS}HOwt_doc.txt", "33b7780020972e2da4f884c6b5a63b25"),
        RemoteFile(f"{_LISTS}HOwt_train.txt", "b71eb4ff50f955adfa72048c6d8c0233"),
        RemoteFile(f"{_LISTS}HOwt_val.txt", "2ac1d1874b89d6a1ad3d948d36c1e229"),
        RemoteFile(f"{_LISTS}HOwt_test.txt", "c7958faa20232ff52fb196e754645bd1"),
        RemoteFile("data/main.tar.gz", "f313fc0b8068941ab18ae65eb113afee"),
    ),
    "deepyeast-transfer": (
        RemoteFile(f"{_LISTS}HOwt_transfer_doc.txt", "699e4f5e390b8af78bbddae39f217745"),
        RemoteFile(f"{_LISTS}HOwt_transfer_train.txt", "9dcbe909a81e3bdab6fa72504c4205a7"),
        RemoteFile(f"{_LISTS}HOwt_transfer_val.txt", "32177364beaeabf54c4b4e589e2cb998"),
        RemoteFile(f"{_LISTS}HOwt_transfer_test.txt", "3d5ff91995abfed6c0dd3b6e1727b6d2"),
        RemoteFile("data/transfer.tar.gz", "5dfc4baab5156e3fc6b5694bab96ac41"),
    ),
}
"""The lists and the archive of each data set, the small files first."""


def download(
    name: DataSetName,
    out: Path,
    base_url: str = PUBLISHED_URL,
    *,
    on_progress: OnProgress | None = None,
) -> list[Path]:
    """Download a published data set into ``out``, whence ``PublishedDataset.open`` reads it.

    Parameters
    ----------
    name
        Which data set.
    out
        Folder to write; made where missing.
    base_url
        The server, or a mirror with the same paths.
    on_progress
        Called as bytes arrive.

    Raises
    ------
    DownloadError
        If a file does not arrive, or not with its checksum.
    """
    return [fetch(file, out, base_url, on_progress=on_progress) for file in PUBLISHED_FILES[name]]


def fetch(
    file: RemoteFile, out: Path, base_url: str, *, on_progress: OnProgress | None = None
) -> Path:
    """Download one file, unless it is there already; return its path.

    What has arrived is kept in ``NAME.part`` and completed by the next call. A file with a
    wrong checksum is removed.

    Parameters
    ----------
    file, out, base_url, on_progress
        As for :func:`download`.

    Raises
    ------
    DownloadError
        If it does not arrive, or not with its checksum.
    """
    if not base_url.startswith(("http://", "https://")):
        raise DownloadError(f"{base_url}: is not an address that begins with http:// or https://")
    url = f"{base_url.rstrip('/')}/{file.path}"
    out.mkdir(parents=True, exist_ok=True)
    target = out / file.name
    if target.is_file() and _has_md5(target, file.md5):
        return target
    part = out / f"{file.name}.part"

    def report(done: int, total: int | None) -> None:
        if on_progress is not None:
            on_progress(file.name, done, total)

    _complete(url, part, report)
    if not _has_md5(part, file.md5):
        part.unlink()
        raise DownloadError(
            f"{url}: arrived with a wrong checksum and was removed; run the same command again, "
            "or use another --base-url"
        )
    part.replace(target)
    return target


def _complete(url: str, part: Path, report: Callable[[int, int | None], None]) -> None:
    """Download what is missing of ``part``, in several attempts."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_S * 2 ** (attempt - 1))
        try:
            _append_rest(url, part, report)
            return
        except HTTPError as error:
            reason = f"the server answers {error.code} {error.reason}"
            if error.code < 500:
                break
        except _FAILURES as error:
            reason = str(getattr(error, "reason", error))
    raise DownloadError(
        f"{url}: did not arrive ({reason}); run the same command again to go on where it broke "
        "off, or use another --base-url"
    )


def _append_rest(url: str, part: Path, report: Callable[[int, int | None], None]) -> None:
    """Ask for the bytes that ``part`` lacks and append them as they come."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        # The scheme is http or https: `fetch` has looked.
        answer = cast(
            "HTTPResponse",
            urlopen(Request(url, headers=headers), timeout=TIMEOUT_S),  # noqa: S310
        )
    except HTTPError as error:
        if have and error.code == 416:  # nothing is left to send: the checksum decides
            return
        raise
    resumed = answer.status == 206
    with answer, part.open("ab" if resumed else "wb") as file:
        length = answer.headers.get("Content-Length")
        total = None if length is None else int(length) + (have if resumed else 0)
        report(file.tell(), total)
        while piece := answer.read(PIECE):
            file.write(piece)
            report(file.tell(), total)
        if total is not None and file.tell() < total:
            raise ConnectionError(f"{file.tell()} of {total} bytes arrived")


def _has_md5(path: Path, md5: str) -> bool:
    return bool(pooch.file_hash(str(path), alg="md5") == md5)
