"""Provenance: hashes are those of the standard, and a record cannot disagree with itself."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deepyeast.core import Provenance, hash_config, hash_file, package_version


def test_hash_file_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    content = bytes(range(256)) * 5000  # more than one read buffer
    path.write_bytes(content)
    assert hash_file(path) == hashlib.sha256(content).hexdigest()


def test_hash_file_of_an_empty_file_is_the_known_constant(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    assert hash_file(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_hash_file_of_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hash_file(tmp_path / "nowhere")


def test_hash_config_is_stable_between_versions() -> None:
    assert hash_config({"seed": 1}) == hashlib.sha256(b'{"seed":1}').hexdigest()


def test_hash_config_tells_values_and_nesting_apart() -> None:
    configs: list[dict[str, Any]] = [
        {"a": 1},
        {"a": "1"},
        {"a": [1]},
        {"b": 1},
        {"a": 1, "b": None},
        {},
    ]
    assert len({hash_config(c) for c in configs}) == len(configs)


def test_hash_config_refuses_what_has_no_json_form() -> None:
    with pytest.raises(TypeError):
        hash_config({"path": object()})


def test_provenance_knows_version_and_configuration_hash() -> None:
    record = Provenance(command="classify", config={"batch": 256}, seed=3)
    assert record.version == package_version()
    assert record.config_hash == hash_config({"batch": 256})


def test_a_configuration_hash_from_outside_is_not_believed() -> None:
    record = Provenance(command="classify", config={"batch": 256}, config_hash="0" * 64)
    assert record.config_hash == hash_config({"batch": 256})


def test_provenance_survives_a_round_trip_through_json() -> None:
    record = Provenance(
        command="classify",
        config={"model": "fast"},
        model="fast",
        weights_hash="ab" * 32,
        counts={"cells": 10},
        errors={"unreadable": 2},
        timings={"read": 0.5},
    )
    assert Provenance.model_validate_json(record.model_dump_json()) == record


def test_provenance_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Provenance(command="classify").seed = 1  # type: ignore[misc]
