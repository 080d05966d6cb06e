"""Writing so that a reader, or a crash, never sees half of anything."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that appears with all its bytes, or stays as it was.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def replace_folder(new: Path, target: Path, aside: Path) -> None:
    """Move the folder ``new`` to ``target``; what was there is moved to ``aside``.

    All three must be on one file system. Where the second of the two renames fails, the
    first is taken back.

    Raises
    ------
    OSError
        If a rename fails.
    """
    had_one = target.exists()
    if had_one:
        target.rename(aside)
    try:
        new.rename(target)
    except OSError:
        if had_one:
            aside.rename(target)
        raise
