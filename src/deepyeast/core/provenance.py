"""Where a result came from, so that it can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def package_version() -> str:
    """Return the installed version of DeepYeast, or ``0+unknown`` when it is not installed."""
    try:
        return version("deepyeast")
    except PackageNotFoundError:
        return "0+unknown"


def hash_config(config: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a configuration, whatever the order of its keys.

    Raises
    ------
    TypeError
        If a value has no JSON form.
    """
    text = json.dumps(config, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 (hex) of a file's bytes, read in pieces.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Provenance(BaseModel):
    """The content of ``run.json``.

    ``config_hash`` and ``weights_hash`` are SHA-256 in hex; ``inputs_hash`` is that of the
    sorted list of input paths and sizes; ``timings`` are seconds by stage.
    """

    model_config = ConfigDict(frozen=True)

    command: str
    version: str = Field(default_factory=package_version)
    config: dict[str, Any] = Field(default_factory=dict)
    config_hash: str = ""
    model: str = ""
    weights_hash: str = ""
    inputs_hash: str = ""
    seed: int | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    errors: dict[str, int] = Field(default_factory=dict)
    timings: dict[str, float] = Field(default_factory=dict)

    def model_post_init(self, _context: object) -> None:
        """Fill in the configuration's hash, so that it can never disagree with it."""
        object.__setattr__(self, "config_hash", hash_config(self.config))
