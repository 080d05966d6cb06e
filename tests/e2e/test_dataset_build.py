"""dataset build: from a run and two tables that disagree to a training set, and on to train."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import COMPARTMENTS, Crops, Provenance, Scores
from deepyeast.io import PublishedDataset, Run, RunWriter, cell_stream, cell_table
from deepyeast.nn import load_model
from deepyeast.simulate import draw_crop, draw_protein

KEPT = {
    **dict.fromkeys(["NUC1", "NUC2", "NUC3", "NUC4"], "nucleus"),
    **dict.fromkeys(["VAC1", "VAC2", "VAC3"], "vacuole"),
    "ER1": "er",
}
LEFT_OUT = {
    "BOTH1": "several-compartments",
    "FEW1": "too-few-cells",
    "GHOST1": "not-in-run",
    "NEW1": "not-annotated",
    "ODD1": "unknown-compartment",
    "SPLIT1": "tables-disagree",
}
CELLS, FEW = 8, 3
HUH = """gene,localization
NUC1,nucleus
NUC2,Nucleus
NUC3,nucleus
nuc4,nucleus
VAC1,vacuole
VAC2,vacuolar membrane
VAC3,vacuole
ER1,ER
BOTH1,nucleus
BOTH1,cytoplasm
FEW1,vacuole
GHOST1,nucleus
ODD1,punctate composite
SPLIT1,nucleus
"""
SGD = """protein,compartment
NUC1,GO:0005634
NUC2,nucleus (GO:0005634)
NUC3,nucleoplasm
NUC4,nucleus
VAC1,fungal-type vacuole
VAC2,GO:0000329
VAC3,vacuole;vacuolar lumen
ER1,endoplasmic reticulum
BOTH1,nucleus
FEW1,vacuole
NEW1,nucleus
ODD1,endosome
SPLIT1,nucleolus
"""


def write_run(folder: Path) -> Run:
    """Write a run of every protein but GHOST1; NUC2 is in two wells, two cells each are bad."""
    rng = np.random.default_rng(0)
    rows, images = [], []
    for number, protein in enumerate(sorted({*KEPT, *LEFT_OUT} - {"GHOST1"})):
        drawn = draw_protein(rng, KEPT.get(protein, "nucleus"), COMPARTMENTS, "raw")
        for i in range((FEW if protein == "FEW1" else CELLS) + 2):
            well = "P24" if protein == "NUC2" and i % 2 else f"AF{number + 1}"
            where = {"plate": "α, plate/1", "well": well, "field": f"f{i % 3}", "y": 1.0, "x": 2.0}
            name = f"{protein}/{i}"
            rows.append({"cell_id": name, "source": name, "protein": protein, **where})
            images.append(draw_crop(rng, drawn))
    n = len(rows)
    crops = Crops(np.stack(images).astype(np.float32), pd.DataFrame(rows))
    scores = Scores(
        probabilities=np.full((n, 12), 1 / 12, dtype=np.float32),
        embeddings=np.zeros((n, 4), dtype=np.float32),
        quality=np.ones(n, dtype=np.float32),
        novelty=np.zeros(n, dtype=np.float32),
    )
    used = ~crops.cells["cell_id"].str.endswith(("/1", "/2")).to_numpy(dtype=bool)
    with RunWriter(folder) as writer:
        writer.append(cell_table(crops, scores, used), crops.images, scores.embeddings)
        writer.close()
        writer.finish(pd.DataFrame({"protein": sorted(KEPT)}), Provenance(command="screen"))
    return Run.open(folder)


@pytest.fixture
def run(tmp_path, monkeypatch) -> Run:
    monkeypatch.setattr(cell_stream, "ROWS", 40)  # so that cells are met in many pieces
    monkeypatch.setattr(cell_stream, "CHUNK", 16)
    (tmp_path / "huh.csv").write_text(HUH)
    (tmp_path / "sgd.csv").write_text(SGD)
    return write_run(tmp_path / "run")


@pytest.fixture
def build(deepyeast, run, tmp_path):
    def build(out: str, *arguments: object):
        tables = ["--annotations", tmp_path / "huh.csv", "--annotations", tmp_path / "sgd.csv"]
        where = ["--out", tmp_path / out, "--min-cells", CELLS]
        return deepyeast("dataset", "build", run.folder, *tables, *where, *arguments)

    return build


def test_the_right_proteins_are_kept_split_and_trained_on(build, deepyeast, run, tmp_path):
    result = build("data", "--seed", 1, "--json")
    assert result.status == 0
    data = tmp_path / "data"
    dropped = pd.read_csv(data / "dropped.csv")
    assert dict(zip(dropped["protein"], dropped["reason"], strict=True)) == LEFT_OUT
    cells = pd.read_csv(data / "cells.csv")
    assert dict(zip(cells["protein"], cells["label"], strict=True)) == KEPT
    used = run.cells[run.cells["used"] & run.cells["protein"].isin(KEPT)]
    assert cells["cell_id"].tolist() == used["cell_id"].tolist()
    pd.testing.assert_frame_equal(
        cells[["plate", "well", "field"]], used[["plate", "well", "field"]].reset_index(drop=True)
    )
    told = json.loads(result.out)
    assert (told["cells"], told["proteins"]) == (len(used), len(KEPT))
    assert told["unknown"] == {"punctate composite": 1}
    assert told["classes"]["er"] == {"train": {"proteins": 1, "cells": CELLS}}

    published = PublishedDataset.open(data)
    listed = published.table.merge(cells, left_on="source", right_on="file", validate="1:1")
    assert len(listed) == len(cells)
    assert (listed["split_x"] == listed["split_y"]).all()
    assert (COMPARTMENTS.labels(listed["label_x"].to_numpy()) == listed["label_y"]).all()
    places = listed[["protein_y", "protein_x", "split_y"]].drop_duplicates()
    assert len(places) == places["protein_x"].nunique() == len(KEPT)
    assert set(cells.loc[cells["protein"] == "NUC2", "well"]) == {"AF6", "P24"}
    splits = cells.groupby("label")["split"].agg(lambda s: sorted(set(s)))
    assert splits["nucleus"] == splits["vacuole"] == ["test", "train", "val"]

    net = tmp_path / "net"
    sizes = ["--iterations", 2, "--batch", 8, "--validate-every", 2]
    assert deepyeast("train", data, "--out", net, *sizes).status == 0
    assert load_model(net / "model.safetensors").card.classes == COMPARTMENTS


def test_images_are_the_runs_crops_scaled_alike_within_a_well(build, run, tmp_path):
    build("data")
    cells = pd.read_csv(tmp_path / "data" / "cells.csv").set_index("file")
    crops = dict(zip(run.cells["cell_id"], run.crops[:], strict=True))
    data = PublishedDataset.open(tmp_path / "data")
    written = {
        cells["cell_id"][name]: image
        for split in data.splits
        for name, image in zip(data.read(split).names, data.read(split).images, strict=True)
    }
    of_well = [name for name in written if name.startswith("VAC1/")]
    for channel in (0, 1):
        shown = np.concatenate([written[name][channel].ravel() for name in of_well])
        meant = np.concatenate([crops[name][channel].ravel() for name in of_well])
        inside = (shown > 0) & (shown < 255)
        slope, black = np.polyfit(meant[inside], shown[inside], 1)
        assert slope > 0
        np.testing.assert_allclose(shown[inside], slope * meant[inside] + black, atol=0.6)
        assert inside.mean() > 0.9


def test_same_seed_same_bytes_other_seed_other_split(build, tmp_path):
    def contents(name: str) -> dict[str, bytes]:
        files = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in files}

    build("a", "--seed", 3)
    build("b", "--seed", 3)
    assert contents("a") == contents("b")
    splits = set()
    for seed in range(6):
        build(f"s{seed}", "--seed", seed)
        splits.add(contents(f"s{seed}")["HOwt_test.txt"])
    assert len(splits) > 1


def test_what_is_thin_or_unknown_is_said(build, tmp_path):
    result = build("data")
    assert result.status == 0
    assert "1 tables-disagree" in result.out
    assert f"{CELLS * len(KEPT)} cells of {len(KEPT)} proteins" in result.out
    assert "without any protein: cell periphery, cytoplasm" in result.err
    assert "too few proteins for all splits: er (1)" in result.err
    assert "punctate composite (1 proteins)" in result.err


def test_what_cannot_be_built_is_one_line(build, deepyeast, run, tmp_path):
    assert build("data").status == 0
    again = build("data")
    assert again.status == 2
    assert "is not empty" in again.err
    (tmp_path / "huh.csv").write_text("protein,compartment\nYOR098C,nucleus\n")
    nothing = build("other")
    assert nothing.status == 2
    assert "'YOR098C'" in nothing.err
    assert "not-annotated" in nothing.err
    assert not (tmp_path / "other").exists()
    (tmp_path / "huh.csv").write_text("protein,compartment\nNUC1,nucleus,er\n")
    assert "row 2" in build("other").err
    assert deepyeast("dataset", "build", tmp_path, "--annotations", "x", "--out", "y").status == 2
