"""simulate dataset, train, evaluate: a network from nothing, and how right it is."""

import json
import os
import subprocess
import sys
import time

import pandas as pd
import pytest

from deepyeast.nn import load_model


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def dataset(deepyeast, tmp_path):
    result = deepyeast(
        "simulate", "dataset", tmp_path / "data", "--cells", 240, "--seed", 1, "--workers", 1
    )
    assert result.status == 0
    return tmp_path / "data"


def test_same_seed_same_bytes(deepyeast, dataset, tmp_path):
    again = tmp_path / "again"
    deepyeast("simulate", "dataset", again, "--cells", 240, "--seed", 1, "--workers", 2)
    assert contents(again) == contents(dataset)
    other = tmp_path / "other"
    deepyeast("simulate", "dataset", other, "--cells", 240, "--seed", 2, "--workers", 1)
    assert contents(other) != contents(dataset)


def test_layout_is_the_published_one(dataset):
    files = contents(dataset)
    names = [line.split()[0] for line in files["HOwt_train.txt"].decode().splitlines()]
    assert set(names) <= set(files)
    assert files["HOwt_doc.txt"].decode().splitlines()[0] == "label;label_idx"
    truth = pd.read_csv(dataset / "truth.csv")
    assert len(truth) == 240
    assert {"file", "compartment", "kind", "mode"} <= set(truth.columns)


def test_a_folder_in_use_is_refused(deepyeast, dataset):
    result = deepyeast("simulate", "dataset", dataset, "--cells", 240)
    assert result.status == 2
    assert "empty" in result.err


def test_train_then_evaluate(deepyeast, dataset, tmp_path):
    net = tmp_path / "net"
    arguments = ["train", dataset, "--out", net, "--iterations", 6, "--batch", 16]
    result = deepyeast(*arguments, "--validate-every", 3)
    assert result.status == 0
    assert {p.name for p in net.iterdir()} >= {"model.safetensors", "history.csv", "curves.png"}
    assert pd.read_csv(net / "history.csv")["iteration"].tolist() == [3, 6]
    assert load_model(net / "model.safetensors").card.training_data
    out = tmp_path / "evaluation"
    result = deepyeast("evaluate", net, dataset, "--out", out, "--json")
    assert result.status == 0
    metrics = json.loads((out / "metrics.json").read_text())
    assert json.loads(result.out)["cells"]["accuracy"] == metrics["cells"]["accuracy"]
    confusion = pd.read_csv(out / "confusion_cells.csv", index_col=0)
    assert confusion.to_numpy().sum() == metrics["cells"]["n"]
    assert confusion.shape == (12, 12)
    assert (out / "report.html").is_file()


def test_training_needs_a_data_set(deepyeast, tmp_path):
    result = deepyeast("train", tmp_path, "--out", tmp_path / "net")
    assert result.status == 2
    assert "HOwt" in result.err


def test_evaluating_a_network_of_other_classes_is_refused(deepyeast, tmp_path):
    data = tmp_path / "transfer"
    deepyeast("simulate", "dataset", data, "--cells", 60, "--transfer", "--workers", 1)
    result = deepyeast("evaluate", "fast", data, "--out", tmp_path / "e")
    assert result.status == 2
    assert "deepyeast-transfer-4" in result.err


def test_several_processes_train_one_network(dataset, tmp_path):
    """What torchrun does on several GPUs, here on the CPU with two processes."""
    net = tmp_path / "net"
    arguments = ["train", str(dataset), "--out", str(net), "--iterations", "2", "--batch", "8"]
    launch = ["--standalone", "--nproc-per-node", "2"]
    subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *launch, "-m", "deepyeast", *arguments],
        check=True,
        timeout=300,
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert load_model(net / "model.safetensors").card.network == "fast"
    assert pd.read_csv(net / "history.csv")["iteration"].tolist() == [2]


def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(deepyeast, dataset, tmp_path):
    def arguments(out):
        sizes = ["--iterations", 14, "--batch", 8, "--validate-every", 2]
        return [str(a) for a in ("train", dataset, "--out", out, "--about", "a test", *sizes)]

    assert deepyeast(*arguments(tmp_path / "whole")).status == 0
    broken = tmp_path / "broken"
    with subprocess.Popen([sys.executable, "-m", "deepyeast", *arguments(broken)]) as process:
        while not (broken / "checkpoint.safetensors").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert not (broken / "model.safetensors").exists()
    assert deepyeast(*arguments(broken)).status == 0
    for name in ("model.safetensors", "history.csv"):
        assert (broken / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
