"""Downloads: checked, resumed, and told in one line when they fail. All from this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from deepyeast.core import DownloadError
from deepyeast.io import download, published_download
from deepyeast.io.published_download import PUBLISHED_FILES, RemoteFile, fetch

DATA = np.random.default_rng(0).bytes(300_000)


def remote(data: bytes = DATA) -> RemoteFile:
    return RemoteFile("data/main.tar.gz", hashlib.md5(data, usedforsecurity=False).hexdigest())


@dataclass
class Server:
    """A server of one file, with the faults that it is told to have."""

    url: str = ""
    data: bytes = DATA
    takes_ranges: bool = True
    breaks_off: int = 0  # so many answers end in the middle
    status: int = 0  # instead of an answer
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers["Range"]
        self.asked.append((request.path, wanted))
        start = int(wanted[len("bytes=") : -1]) if wanted and self.takes_ranges else 0
        if self.status or start >= len(self.data):
            request.send_error(self.status or 416)
            return
        body = self.data[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.breaks_off:
            self.breaks_off -= 1
            body = body[: len(body) // 2]
        request.wfile.write(body)


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    monkeypatch.setattr(published_download, "PAUSE_S", 0.0)
    monkeypatch.setenv("no_proxy", "*")
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/mirror/"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        http.shutdown()
        thread.join()


def test_a_file_arrives_once(server, tmp_path):
    reports: list[tuple[str, int, int | None]] = []
    path = fetch(
        remote(), tmp_path / "new", server.url, on_progress=lambda *report: reports.append(report)
    )
    assert path == tmp_path / "new" / "main.tar.gz"
    assert path.read_bytes() == DATA
    assert reports[-1] == ("main.tar.gz", len(DATA), len(DATA))
    assert [done for _, done, _ in reports] == sorted(done for _, done, _ in reports)
    fetch(remote(), tmp_path / "new", server.url)
    assert server.asked == [("/mirror/data/main.tar.gz", None)]
    assert [p.name for p in path.parent.iterdir()] == ["main.tar.gz"]


def test_a_broken_download_goes_on_where_it_was(server, tmp_path):
    server.breaks_off = 2
    assert fetch(remote(), tmp_path, server.url).read_bytes() == DATA
    assert [wanted for _, wanted in server.asked] == [None, "bytes=150000-", "bytes=225000-"]


def test_a_download_that_keeps_breaking_is_resumed_by_the_next_command(server, tmp_path):
    server.breaks_off = 3
    with pytest.raises(DownloadError, match="run the same command again") as caught:
        fetch(remote(), tmp_path, server.url)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "main.tar.gz").exists()
    assert fetch(remote(), tmp_path, server.url).read_bytes() == DATA
    assert server.asked[-1][1] == "bytes=262500-"


def test_a_server_without_ranges_sends_all_again(server, tmp_path):
    (tmp_path / "main.tar.gz.part").write_bytes(DATA[:1000])
    server.takes_ranges = False
    assert fetch(remote(), tmp_path, server.url).read_bytes() == DATA


def test_a_part_that_lacks_nothing_is_only_checked(server, tmp_path):
    (tmp_path / "main.tar.gz.part").write_bytes(DATA)
    assert fetch(remote(), tmp_path, server.url).read_bytes() == DATA


@pytest.mark.parametrize("part", [None, b"of another file", DATA + b"more"])
def test_a_wrong_checksum_is_refused_and_the_file_removed(server, tmp_path, part):
    wanted = remote()
    if part is None:
        server.data = DATA[::-1]
    else:
        (tmp_path / "main.tar.gz.part").write_bytes(part)
    with pytest.raises(DownloadError, match="wrong checksum"):
        fetch(wanted, tmp_path, server.url)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_wrong_checksum_is_fetched_anew(server, tmp_path):
    (tmp_path / "main.tar.gz").write_bytes(DATA[:-1])
    assert fetch(remote(), tmp_path, server.url).read_bytes() == DATA


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (503, 3)])
def test_a_server_s_refusal_is_told(server, tmp_path, status, asked):
    server.status = status
    with pytest.raises(DownloadError, match=f"the server answers {status}"):
        fetch(remote(), tmp_path, server.url)
    assert len(server.asked) == asked


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[bad/"])
def test_a_host_that_cannot_be_reached_is_one_line(server, tmp_path, url):
    with pytest.raises(DownloadError, match="did not arrive") as caught:
        fetch(remote(), tmp_path, url)
    assert "\n" not in str(caught.value)


def test_only_web_addresses_are_opened(tmp_path):
    with pytest.raises(DownloadError, match="http://"):
        fetch(remote(), tmp_path, "file:///etc")


def test_a_data_set_is_its_lists_and_its_archive(server, tmp_path):
    with pytest.raises(DownloadError, match="checksum"):
        download("deepyeast-transfer", tmp_path, server.url)
    assert server.asked == [("/mirror/code/image_prep/data/HOwt_transfer_doc.txt", None)]
    for files in PUBLISHED_FILES.values():
        assert [file.name.split("_")[-1] for file in files[:-1]] == [
            "doc.txt",
            "train.txt",
            "val.txt",
            "test.txt",
        ]


def test_the_published_lists_have_the_published_checksums(shared_data):
    for files in PUBLISHED_FILES.values():
        for file in files[:-1]:
            data = (shared_data / "deepyeast_lists" / file.name).read_bytes()
            assert remote(data).md5 == file.md5
