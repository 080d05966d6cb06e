"""models list|show, the help of every command, and the demonstration."""

import json

import numpy as np
import pandas as pd
import pytest

from deepyeast import zoo
from deepyeast.simulate import FieldSettings


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
        ["screen"],
        ["segment"],
        ["check"],
        ["simulate", "screen"],
        ["models", "fit-quality"],
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


def test_the_demo_goes_from_fields_to_report(deepyeast, tmp_path, monkeypatch):
    monkeypatch.setattr("deepyeast.cli.demo.WELLS", 2)
    small = FieldSettings(height=220, width=220, cells=14, debris=0.2)
    monkeypatch.setattr("deepyeast.cli.demo.FIELD", small)
    result = deepyeast("demo", "--out", tmp_path / "demo")
    assert result.status == 0, result.err
    assert "SIM0001" in result.out
    report = tmp_path / "demo" / "run" / "report.html"
    assert f"report: {report}" in result.out
    assert report.is_file()
    assert len(pd.read_csv(tmp_path / "demo" / "run" / "proteins.csv")) == 4
    assert len([*(tmp_path / "demo" / "fields").glob("plate*/*.ome.tif")]) == 4
    again = deepyeast("demo", "--out", tmp_path / "demo", "--seed", 7)
    assert again.status == 0, again.err


def test_the_demo_leaves_other_folders_alone(deepyeast, tmp_path):
    (tmp_path / "fields").mkdir()
    result = deepyeast("demo", "--out", tmp_path)
    assert result.status == 2
    assert "something else than a demo" in result.err


def test_the_quality_head_is_fitted_on_what_segmentation_gets_wrong(deepyeast, tmp_path):
    screen, data, out = tmp_path / "s", tmp_path / "d", tmp_path / "new.safetensors"
    shape = ("--wells", 2, "--fields", 1, "--size", 300, "--cells", 40, "--workers", 1)
    assert deepyeast("simulate", "screen", screen, *shape).status == 0
    made = ("--cells", 120, "--non-cells", 0.4, "--structure", "balanced", "--workers", 1)
    assert deepyeast("simulate", "dataset", data, *made).status == 0
    arguments = ("--screen", screen, "--data", data, "--out", out, "--json")
    result = deepyeast("models", "fit-quality", "fast", *arguments)
    assert result.status == 0, result.err
    told = json.loads(result.out)
    assert told["good"] > 0
    assert told["bad"] > 0
    assert told["auroc"] > 0.6
    before, after = zoo.load("fast"), zoo.load(out)
    crops = np.random.default_rng(0).random((3, 2, 64, 64))
    one, other = before.predict(crops), after.predict(crops)
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert not np.array_equal(one.quality, other.quality)


def test_packaged_weights_are_small_enough_to_package():
    from importlib.resources import files

    for name in zoo.available():
        path = files("deepyeast.zoo") / "weights" / f"{name}.safetensors"
        assert len(path.read_bytes()) < 25_000_000
