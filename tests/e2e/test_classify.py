"""`deepyeast classify`: the main job, on good cells and on real ones."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import zarr

from deepyeast.core import COMPARTMENTS


def test_a_run_folder_is_what_the_contract_says(deepyeast, cells, tmp_path):
    result = deepyeast("classify", cells, "--out", tmp_path / "run")
    assert result.status == 0
    assert "NUP1" in result.out
    assert str(tmp_path / "run" / "report.html") in result.out
    run = tmp_path / "run"
    table = pd.read_parquet(run / "cells.parquet")
    proteins = pd.read_csv(run / "proteins.csv")
    columns = [
        "cell_id",
        "source",
        "protein",
        "plate",
        "well",
        "field",
        "y",
        "x",
        "area",
        "gfp_mean",
        "rfp_mean",
        "quality",
        "used",
        "label",
        "probability",
        "entropy",
        "novelty",
    ]
    assert list(table.columns) == [*columns, *(f"p_{c}" for c in COMPARTMENTS.columns)]
    first = [
        "protein",
        "plate",
        "well",
        "n_cells",
        "n_used",
        "localization",
        "probability",
        "low",
        "high",
        "second",
        "second_probability",
        "abundance",
    ]
    assert list(proteins.columns) == [*first, *(f"f_{c}" for c in COMPARTMENTS.columns)]
    assert proteins["n_cells"].tolist() == [6, 6]
    assert zarr.open_array(run / "crops.zarr", mode="r").shape == (12, 2, 64, 64)
    assert zarr.open_array(run / "embeddings.zarr", mode="r").shape[0] == 12
    assert (run / "errors.csv").read_text() == "path,kind,message\n"
    provenance = json.loads((run / "run.json").read_text())
    assert provenance["counts"]["cells"] == 12
    assert len(provenance["weights_hash"]) == 64
    np.testing.assert_allclose(table.filter(regex="^p_").sum(axis=1), 1, atol=1e-3)
    assert "<html" in (run / "report.html").read_text()


def test_the_same_input_gives_the_same_tables(deepyeast, cells, tmp_path):
    for name in ("a", "b"):
        assert deepyeast("classify", cells, "--out", tmp_path / name).status == 0
    for file in ("cells.parquet", "proteins.csv", "errors.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_json_is_one_object(deepyeast, cells, tmp_path):
    result = deepyeast("classify", cells, "--out", tmp_path / "run", "--json")
    values = json.loads(result.out)
    assert {row["protein"] for row in values["proteins"]} == {"NUP1", "VMA1"}


def test_a_run_is_replaced_but_nothing_else_is(deepyeast, cells, tmp_path):
    out = tmp_path / "run"
    assert deepyeast("classify", cells, "--out", out).status == 0
    assert deepyeast("classify", cells, "--out", out).status == 0
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("precious")
    refused = deepyeast("classify", cells, "--out", other)
    assert refused.status == 2
    assert "not" in refused.err
    assert (other / "thesis.txt").read_text() == "precious"


def test_labels_add_an_evaluation(deepyeast, cells, tmp_path):
    rows = ["file,label"]
    for path in sorted(cells.rglob("*_gfp.tif")):
        label = "vacuole" if "VMA1" in path.name else "nuclear periphery"
        rows.append(f"{path.relative_to(cells).as_posix()},{label}")
    (cells / "labels.csv").write_text("\n".join(rows))
    result = deepyeast("classify", cells, "--out", tmp_path / "run", "--json")
    values = json.loads(result.out)
    assert 0 <= values["cell_accuracy"] <= 1
    assert values["protein_accuracy"] in (0, 0.5, 1)


def test_an_unknown_model_is_one_line(deepyeast, cells, tmp_path):
    result = deepyeast("classify", cells, "--out", tmp_path / "run", "--model", "gpt")
    assert result.status == 2
    assert "fast" in result.err
    assert len(result.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("protein", "expected"), [("AAC1", "mitochondrion"), ("AAH1", "cytoplasm")]
)
def test_real_proteins_are_called_right(deepyeast, shared_data, tmp_path, protein, expected):
    folder = tmp_path / "cells"
    folder.mkdir()
    (folder / protein).symlink_to(shared_data / "real_cells" / protein)
    result = deepyeast("classify", folder, "--out", tmp_path / "run")
    assert result.status == 0
    called = pd.read_csv(tmp_path / "run" / "proteins.csv").iloc[0]
    assert called["localization"] == expected
    assert called["probability"] > 0.5
    labels = pd.read_parquet(tmp_path / "run" / "cells.parquet")["label"]
    assert (labels == expected).mean() >= 0.7


def test_real_pictures_of_every_class_are_mostly_right(deepyeast, shared_data, tmp_path):
    folder = shared_data / "figure_cells"
    result = deepyeast("classify", folder, "--out", tmp_path / "run", "--json")
    values = json.loads(result.out)
    assert values["cell_accuracy"] * 24 >= 17 - 1e-6
    cells = pd.read_parquet(tmp_path / "run" / "cells.parquet").set_index("source")
    truth = pd.read_csv(folder / "labels.csv").set_index("file")["label"]
    wrong = Counter(truth[cells.index[cells["label"] != truth[cells.index]]])
    assert sum(n == 2 for n in wrong.values()) <= 2
