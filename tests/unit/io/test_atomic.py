"""What is written appears as a whole or not at all."""

from __future__ import annotations

import os

import pytest

from deepyeast.io import write_bytes
from deepyeast.io.atomic import replace_folder


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "a.json"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_stays_as_it_was_if_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_bytes(path, b"one")

    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_stays_as_it_was_if_the_new_one_cannot_be_moved(tmp_path):
    (tmp_path / "run").mkdir()
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "never made", tmp_path / "run", tmp_path / "aside")
    assert list(tmp_path.iterdir()) == [tmp_path / "run"]
