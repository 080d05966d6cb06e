"""The real command line, run in this process: one import of torch for all tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile

from deepyeast.cli import main
from deepyeast.core import COMPARTMENTS
from deepyeast.simulate import draw_crop, draw_protein


@dataclass(frozen=True)
class Result:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def deepyeast(monkeypatch, capsys) -> Command:
    """Run ``deepyeast ARGUMENTS`` and return what happened; a traceback fails the test."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["deepyeast", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        status = 0
        try:
            main()
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Result(status, printed.out, printed.err)

    return run


def write_pairs(folder: Path, proteins: dict[str, str], cells: int = 6, seed: int = 0) -> Path:
    """Write simulated raw cells of the named compartments as TIFF pairs."""
    rng = np.random.default_rng(seed)
    for name, compartment in proteins.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        protein = draw_protein(rng, compartment, COMPARTMENTS, "raw")
        for i in range(cells):
            red, green = draw_crop(rng, protein).astype(np.uint16)
            tifffile.imwrite(folder / name / f"{name}_{i}_rfp.tif", red)
            tifffile.imwrite(folder / name / f"{name}_{i}_gfp.tif", green)
    return folder


@pytest.fixture
def cells(tmp_path) -> Path:
    """Return a folder of good cells of two proteins."""
    return write_pairs(tmp_path / "cells", {"NUP1": "nuclear periphery", "VMA1": "vacuole"})
