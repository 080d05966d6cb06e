"""models list|show, the help of every command, and the demonstration."""

import json

import pandas as pd
import pytest

from deepyeast import zoo
from deepyeast.cli.demo import simulate_screen


def test_the_packaged_networks_are_listed_with_honest_cards(deepyeast):
    result = deepyeast("models", "list", "--json")
    cards = json.loads(result.out)
    assert {"fast", "deepyeast-11"} <= set(cards)
    for card in cards.values():
        assert "simulated" in card["training_data"]
        assert card["measured"]
    assert "fast" in deepyeast("models", "list").out


def test_show_prints_classes_and_normalisation(deepyeast):
    shown = deepyeast("models", "show", "deepyeast-11").out
    assert "spindle pole" in shown
    assert "percentile" in shown
    assert deepyeast("models", "show", "nothing").status == 2


@pytest.mark.parametrize(
    "command",
    [
        ["classify"],
        ["dataset", "build"],
        ["demo"],
        ["doctor"],
        ["evaluate"],
        ["train"],
        ["simulate", "dataset"],
        ["models", "list"],
        ["models", "show"],
        ["data", "get"],
    ],
)
def test_every_command_has_help_with_an_example(deepyeast, command):
    result = deepyeast(*command, "--help")
    assert result.status == 0
    assert "Example: deepyeast" in result.out


def test_version(deepyeast):
    assert deepyeast("--version").out.strip()[0].isdigit()


def test_the_demo_ends_with_table_and_report(deepyeast, tmp_path, monkeypatch):
    monkeypatch.setattr("deepyeast.cli.demo.CELLS_A_PROTEIN", 4)
    result = deepyeast("demo", "--out", tmp_path / "demo")
    assert result.status == 0
    assert "SIM01" in result.out
    report = tmp_path / "demo" / "run" / "report.html"
    assert f"report: {report}" in result.out
    assert report.is_file()
    assert len(pd.read_csv(tmp_path / "demo" / "run" / "proteins.csv")) == 24
    assert deepyeast("demo", "--out", tmp_path / "demo").status == 0


def test_the_demos_cells_depend_on_the_seed_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("deepyeast.cli.demo.CELLS_A_PROTEIN", 1)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate_screen(tmp_path / name, seed)
    files = {
        name: [p.read_bytes() for p in sorted((tmp_path / name).rglob("*.tif"))] for name in "abc"
    }
    assert files["a"] == files["b"]
    assert files["a"] != files["c"]


def test_packaged_weights_are_small_enough_to_package():
    from importlib.resources import files

    for name in zoo.available():
        path = files("deepyeast.zoo") / "weights" / f"{name}.safetensors"
        assert len(path.read_bytes()) < 25_000_000
