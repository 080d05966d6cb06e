"""doctor: what is looked at, and what becomes of a problem."""

from __future__ import annotations

import json

import numpy as np
import pytest

from deepyeast import zoo
from deepyeast.core import WeightsError
from deepyeast.nn import Runtime
from deepyeast.pipeline import installation


@pytest.fixture(autouse=True)
def few_cells(monkeypatch):
    monkeypatch.setattr(zoo, "available", lambda: ("fast",))


def test_a_whole_installation_works(deepyeast, tmp_path):
    result = deepyeast("doctor", "--path", tmp_path / "not" / "yet", "--json")
    assert result.status == 0
    told = json.loads(result.out)
    assert told["works"] is True
    checks = {check["name"]: check for check in told["checks"]}
    assert {"Python", "DeepYeast", "libraries", "processor", "GPU", "memory"} <= set(checks)
    assert "torch" in checks["libraries"]["found"]
    assert str(tmp_path) in checks["disk"]["found"]
    assert checks["network fast"]["mark"] == "ok"


def test_problems_are_marked_and_told_what_to_do(deepyeast, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    needs = ["numpy>=1", "torch>=99", "nothing-of-this-name", "absent>1; extra == 'gpu'"]
    monkeypatch.setattr(installation, "requires", lambda _: needs)
    monkeypatch.setattr(installation, "metadata", lambda _: _Metadata())
    result = deepyeast("doctor", "--path", tmp_path / "file")
    assert result.status == 2
    assert "problem libraries" in result.out
    assert "pip install 'torch>=99' 'nothing-of-this-name'" in result.out
    assert "pip install 'deepyeast[gpu]'" in result.out
    assert "problem disk" in result.out
    assert "OK      network fast" in result.out


@pytest.mark.parametrize("what", ["damaged", "NaN", "wrong"])
def test_a_network_that_does_not_work_is_a_problem(deepyeast, monkeypatch, what):
    model = zoo.load("fast")

    def load(_: str) -> object:
        if what == "damaged":
            raise WeightsError("fast.safetensors: is damaged")
        return model

    def predict(crops: np.ndarray) -> object:
        given = np.zeros((len(crops), 12), dtype=np.float32)
        given[:, 4] = np.nan if what == "NaN" else 1
        return type("Scores", (), {"probabilities": given})()

    monkeypatch.setattr(zoo, "load", load)
    monkeypatch.setattr(type(model), "predict", lambda _, crops: predict(crops))
    result = deepyeast("doctor")
    assert result.status == 2
    assert "problem network fast" in result.out


def test_too_many_threads_and_little_room_are_warnings(deepyeast, monkeypatch):
    monkeypatch.setattr(installation, "LITTLE_DISK", 1e18)
    monkeypatch.setattr(installation, "LITTLE_MEMORY", 1e18)
    runtime = Runtime("2.0", 10_000, "AVX2", (), "the driver is too old")
    monkeypatch.setattr(installation, "find_runtime", lambda: runtime)
    result = deepyeast("doctor")
    assert result.status == 0
    assert result.out.count("warning") == 5
    assert "OMP_NUM_THREADS=" in result.out
    assert "the driver is too old" in result.out


class _Metadata:
    def get_all(self, _: str) -> list[str]:
        return ["gpu", "dev"]
