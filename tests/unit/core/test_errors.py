"""Errors: one tree, each also the builtin a Python user would catch."""

from __future__ import annotations

import pickle

import pytest

from deepyeast.core import (
    DatasetError,
    DeepYeastError,
    DownloadError,
    InputError,
    NothingUsableError,
    RunFolderError,
    WeightsError,
)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (DatasetError, ValueError),
        (DownloadError, OSError),
        (InputError, ValueError),
        (NothingUsableError, ValueError),
        (RunFolderError, OSError),
        (WeightsError, ValueError),
    ],
)
def test_every_error_is_deepyeasts_own_and_a_builtin(
    error: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(error, DeepYeastError)
    assert issubclass(error, builtin)


def test_input_error_tells_where_what_and_why() -> None:
    error = InputError("AAC1/a_gfp.tif", "missing-channel", "has no a_rfp.tif beside it")
    assert str(error) == "AAC1/a_gfp.tif: has no a_rfp.tif beside it"
    assert (error.path, error.kind) == ("AAC1/a_gfp.tif", "missing-channel")


def test_input_error_crosses_process_boundaries() -> None:
    error = InputError("a.tif", "unreadable", "is damaged")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes
    assert type(again) is InputError
    assert (again.path, again.kind, again.message) == (error.path, error.kind, error.message)
