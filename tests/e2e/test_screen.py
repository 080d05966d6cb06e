"""`deepyeast screen` and its kin, whole: simulated fields to the run folder."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from deepyeast.io import Run

TABLES = ("cells.parquet", "proteins.csv", "proteins.parquet", "wells.csv", "fields.csv")
SIZE = 220


@pytest.fixture(scope="module")
def fields(tmp_path_factory) -> Path:
    """Simulate a screen of six wells, one of them blank."""
    from deepyeast.cli.simulate import write_screen
    from deepyeast.simulate import FieldSettings

    folder: Path = tmp_path_factory.mktemp("screen") / "fields"
    settings = FieldSettings(height=SIZE, width=SIZE, cells=14, debris=0.3)
    write_screen(folder, 2, 3, 2, 11, settings, "ome-tiff", 1, lambda: None)
    table = pd.read_csv(folder / "plate_map.csv", keep_default_na=False)
    table.loc[4, ["protein", "label"]] = ""
    table["gene"] = table["protein"].str.lower()
    table.to_csv(folder / "plate_map.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def unbroken(fields, tmp_path_factory) -> Path:
    """Run it once, uninterrupted, in this process's command line."""
    out: Path = tmp_path_factory.mktemp("unbroken") / "run"
    completed = run_command(fields, out)
    assert completed.returncode == 0, completed.stderr
    return out


def command(fields: Path, out: Path, *options: str) -> list[str]:
    plate_map = str(fields / "plate_map.csv")
    words = ["screen", str(fields), "--plate-map", plate_map, "--out", str(out), *options]
    return [sys.executable, "-m", "deepyeast", *words]


def run_command(
    fields: Path, out: Path, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(fields, out, *options),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def tables(run: Path) -> dict[str, bytes]:
    return {name: (run / name).read_bytes() for name in (*TABLES, "errors.csv")}


def test_a_screen_becomes_a_whole_run_folder(fields, unbroken):
    run = Run.open(unbroken)
    assert len(run.cells) == run.crops.shape[0] == run.embeddings.shape[0] > 30
    assert run.cells["cell_id"].is_unique
    assert [*run.cells.columns[-3:]] == ["flags", "true_label", "gene"]
    assert set(run.cells["plate"]) == {"plate1", "plate2"}
    assert len(run.fields) == 10  # the blank well's two fields are left out
    assert run.provenance.counts["fields of blank wells"] == 2
    assert (run.fields["status"] == "used").all()
    assert run.fields["n_cells"].sum() == len(run.cells)
    assert run.proteins["gene"].tolist() == run.proteins["protein"].str.lower().tolist()
    assert run.wells["n_cells"].sum() == len(run.cells)
    page = (unbroken / "report.html").read_text()
    assert 'id="plates"' in page
    assert 'id="segmentation"' in page
    assert not list(unbroken.parent.glob("*.unfinished"))


def test_cells_are_where_the_truth_has_them(fields, unbroken):
    run = Run.open(unbroken)
    hit: list[int] = []
    for source, cells in run.cells.groupby("source"):
        labels = tifffile.imread(fields / "labels" / str(source).replace(".ome.tif", ".tif"))
        at = labels[cells["y"].round().astype(int), cells["x"].round().astype(int)]
        hit += [*at]
        assert len(set(at[at > 0])) == (at > 0).sum()
    assert (np.array(hit) > 0).mean() > 0.95


def test_a_complete_run_is_returned_as_it_is(fields, unbroken):
    before = (unbroken / "run.json").stat().st_mtime_ns
    again = run_command(fields, unbroken, "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["cells"] == len(Run.open(unbroken).cells)
    assert (unbroken / "run.json").stat().st_mtime_ns == before


def test_other_settings_do_not_replace_a_run(fields, unbroken, deepyeast):
    plate_map = fields / "plate_map.csv"
    arguments = ("screen", fields, "--plate-map", plate_map, "--out", unbroken)
    result = deepyeast(*arguments, "--pixel-size", 0.3)
    assert result.status == 2
    assert "other fields or settings" in result.err
    assert (unbroken / "run.json").exists()


@pytest.mark.parametrize(
    ("options", "threads"), [(("--workers", "1"), "1"), (("--workers", "2"), "2")]
)
def test_workers_and_threads_do_not_change_the_tables(fields, unbroken, tmp_path, options, threads):
    done = run_command(fields, tmp_path / "run", *options, OMP_NUM_THREADS=threads)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "run") == tables(unbroken)


def test_a_dask_cluster_gives_the_same_tables(fields, unbroken, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    ) as cluster:
        address = cluster.scheduler_address
        done = run_command(fields, tmp_path / "run", "--scheduler", address)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "run") == tables(unbroken)


def test_no_scheduler_is_one_clear_line(fields, tmp_path, monkeypatch):
    from deepyeast.core import ScreenError
    from deepyeast.screening.execute import cluster_workers

    with (
        pytest.raises(ScreenError, match="no Dask scheduler"),
        cluster_workers("tcp://127.0.0.1:9", timeout=0.5),
    ):
        pass


def test_killed_twenty_times_it_ends_with_the_same_tables(fields, unbroken, tmp_path):
    rng = np.random.default_rng(20)
    out = tmp_path / "run"
    kills = 0
    for _ in range(20):
        with subprocess.Popen(
            command(fields, out, "--workers", "2"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            # from the imports over the work to the last steps, wherever that finds it
            time.sleep(float(rng.uniform(0.5, 7)))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
    assert kills > 0
    done = run_command(fields, out, "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert tables(out) == tables(unbroken)
    assert Run.open(out).cells["cell_id"].is_unique
    assert not (tmp_path / "run.unfinished").exists()


def bad_fields(folder: Path, good: Path) -> dict[str, str]:
    """Write every kind of bad field into plate1; return the kind of error by well."""
    rng = np.random.default_rng(0)
    red, green = tifffile.imread(good)
    whole = good.read_bytes()
    plate = folder / "plate1"
    (plate / "B01_f01.ome.tif").write_bytes(whole[: len(whole) // 2])
    (plate / "B02_f01.tif").write_bytes(b"not an image")
    tifffile.imwrite(plate / "B03_f01.tif", red)
    five = rng.integers(0, 4000, (5, SIZE, SIZE)).astype(np.uint16)
    tifffile.imwrite(plate / "B04_f01.tif", five, photometric="minisblack")
    nan = np.stack([red, green]).astype(np.float32)
    nan[1, 5, 5] = np.nan
    tifffile.imwrite(plate / "B05_f01.tif", nan, photometric="minisblack")
    constant = np.stack([red, np.full_like(red, 7)])
    tifffile.imwrite(plate / "B06_f01.tif", constant, photometric="minisblack")
    noise = rng.normal(200, 10, (2, SIZE, SIZE)).astype(np.uint16)
    tifffile.imwrite(plate / "B07_f01.tif", noise, photometric="minisblack")
    small = np.stack([red, green])[:, :32, :32]
    tifffile.imwrite(plate / "B08_f01.tif", small, photometric="minisblack")
    return {
        "B01": "unreadable",
        "B02": "unreadable",
        "B03": "missing-channel",
        "B04": "which-channel",
        "B05": "not-finite",
        "B06": "constant",
        "B07": "no-cells",
        "B08": "wrong-shape",
        "B11": "no-fields",
        "C01": "not-in-plate-map",
    }


def test_bad_fields_are_rows_and_the_rest_is_complete(fields, unbroken, tmp_path, deepyeast):
    folder = tmp_path / "fields"
    shutil.copytree(fields, folder)
    good = folder / "plate1" / "A01_f01.ome.tif"
    image = tifffile.imread(good)
    # not bad at all: eight bits, and floating point
    scaled = (255 * (image / image.max())).astype(np.uint8)
    tifffile.imwrite(folder / "plate1" / "B09_f01.tif", scaled, photometric="minisblack")
    floats = (image / 4096).astype(np.float32)
    tifffile.imwrite(folder / "plate1" / "B10_f01.tif", floats, photometric="minisblack")
    shutil.copy(good, folder / "plate1" / "C01_f01.ome.tif")
    expected = bad_fields(folder, good)
    rows = [f"plate1,{w},BAD{w},,bad" for w in expected if w != "C01"]
    rows += ["plate1,B09,EIGHT,,x", "plate1,B10,FLOAT,,x"]
    plate_map = folder / "plate_map.csv"
    plate_map.write_text(plate_map.read_text() + "\n".join(rows) + "\n")
    out = tmp_path / "run"
    arguments = ("screen", folder, "--plate-map", plate_map, "--out", out, "--workers", 1)
    result = deepyeast(*arguments)
    assert result.status == 3, result.err
    errors = pd.read_csv(out / "errors.csv")
    found = {
        well: kind
        for well in expected
        for path, kind in errors[["path", "kind"]].itertuples(index=False)
        if well in path
    }
    assert found == expected
    assert len(errors) == len(expected)
    assert errors["message"].str.len().min() > 20
    proteins = pd.read_csv(out / "proteins.csv").set_index("protein")
    assert {"EIGHT", "FLOAT"} <= set(proteins.index)
    whole = pd.read_csv(unbroken / "proteins.csv").set_index("protein")
    pd.testing.assert_frame_equal(proteins.loc[whole.index], whole)


def test_a_field_that_vanishes_is_one_row(fields, tmp_path, deepyeast, monkeypatch):
    module = importlib.import_module("deepyeast.screening.run")
    folder = tmp_path / "fields"
    shutil.copytree(fields, folder)
    execute = module.execute

    def vanish(*arguments):
        (folder / "plate2" / "A01_f01.ome.tif").unlink()
        execute(*arguments)

    monkeypatch.setattr(module, "execute", vanish)
    plate_map = folder / "plate_map.csv"
    out = tmp_path / "run"
    result = deepyeast("screen", folder, "--plate-map", plate_map, "--out", out, "--workers", 1)
    assert result.status == 3, result.err
    errors = pd.read_csv(out / "errors.csv")
    assert errors["kind"].tolist() == ["missing"]
    assert errors["path"].tolist() == ["plate2/A01_f01.ome.tif"]


def test_a_plate_map_for_other_wells_is_told(fields, tmp_path, deepyeast):
    other = tmp_path / "map.csv"
    other.write_text("plate,well,protein\nplate9,H12,X\nplate1,H12,Y\n")
    result = deepyeast("screen", fields, "--plate-map", other, "--out", tmp_path / "run")
    assert result.status == 2
    assert "not in the plate map" in result.err
    assert [*tmp_path.iterdir()] == [other]


def test_a_segmenter_that_is_not_installed_is_told_at_once(fields, tmp_path, deepyeast):
    if importlib.util.find_spec("cellpose"):
        pytest.skip("Cellpose is installed")
    arguments = ("--plate-map", fields / "plate_map.csv", "--segmenter", "cellpose")
    result = deepyeast("screen", fields, *arguments, "--out", tmp_path / "run")
    assert result.status == 2
    assert "pip install 'deepyeast[cellpose]'" in result.err
    assert not [*tmp_path.iterdir()]


def test_swapped_channels_are_refused_before_the_work(fields, tmp_path, deepyeast):
    arguments = ("--plate-map", fields / "plate_map.csv", "--red", "GFP", "--green", "RFP")
    result = deepyeast("screen", fields, *arguments, "--out", tmp_path / "run")
    assert result.status == 2
    assert "look swapped" in result.err
    assert not (tmp_path / "run").exists()


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(fields, unbroken, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1400k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        out = disk / "run"
        first = run_command(fields, out, "--workers", "1")
        assert first.returncode == 2
        assert os.strerror(errno.ENOSPC) in first.stderr
        assert "Traceback" not in first.stderr
        assert (disk / "run.unfinished" / "plan.json").exists()
        done = len([*(disk / "run.unfinished" / "parts").iterdir()])
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        second = run_command(fields, out, "--workers", "1")
        assert second.returncode == 0, second.stderr
        assert done > 0
        assert tables(out) == tables(unbroken)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_check_tells_what_would_be_read(fields, tmp_path, deepyeast):
    preview = tmp_path / "preview.png"
    arguments = ("check", fields, "--plate-map", fields / "plate_map.csv", "--preview", preview)
    result = deepyeast(*arguments, "--json")
    assert result.status == 0, result.err
    told = json.loads(result.out)
    assert told["fields"] == 10
    assert told["blank_fields"] == 2
    assert [*told["plates"]] == ["plate1", "plate2"]
    assert told["sample"][0]["chosen"] == "RFP/GFP"
    assert told["sample"][0]["pixel_size_um"] == "0.215"
    assert preview.read_bytes().startswith(b"\x89PNG")
    swapped = deepyeast(*arguments, "--red", "GFP", "--green", "RFP")
    assert swapped.status == 2
    assert "look swapped" in swapped.err


def test_check_lists_what_would_be_skipped(fields, tmp_path, deepyeast):
    plate_map = tmp_path / "map.csv"
    text = (fields / "plate_map.csv").read_text().splitlines()
    plate_map.write_text("\n".join([*text[:-1], "plate1,H01,MISSING,,"]) + "\n")
    preview = tmp_path / "preview.png"
    result = deepyeast("check", fields, "--plate-map", plate_map, "--preview", preview)
    assert result.status == 3
    assert "no-fields" in result.err
    assert "not-in-plate-map" in result.err


def test_masks_of_any_tool_are_taken(fields, tmp_path, deepyeast):
    out = tmp_path / "run"
    arguments = ("--plate-map", fields / "plate_map.csv", "--masks", fields / "labels")
    result = deepyeast("screen", fields, *arguments, "--out", out, "--workers", 1, "--overlays")
    assert result.status == 0, result.err
    run = Run.open(out)
    row = run.fields.iloc[0]
    truth = tifffile.imread(fields / "labels" / row["source"].replace(".ome.tif", ".tif"))
    assert row["n_objects"] == truth.max()
    assert len([*(out / "overlays").glob("*.png")]) == 10


def test_segment_is_scored_against_the_truth(fields, tmp_path, deepyeast):
    result = deepyeast(
        "segment", fields, "--out", tmp_path / "masks", "--truth", fields / "labels", "--json"
    )
    assert result.status == 0, result.err
    metrics = json.loads(result.out)["metrics"]
    assert metrics["f1"] > 0.9
    assert metrics["mean_iou"] > 0.85
    assert (tmp_path / "masks" / "plate1" / "A01_f01.tif").exists()


def test_the_real_field_is_segmented(shared_data, tmp_path, deepyeast):
    field = shared_data / "rfp_field"
    arguments = (field / "rfp.png", "--truth", field / "cells.png", "--count-border")
    result = deepyeast("segment", *arguments, "--out", tmp_path, "--json")
    metrics = json.loads(result.out)["metrics"]
    assert metrics["n_true"] == 43
    assert metrics["n_matched"] >= 40
    assert metrics["n_found"] - metrics["n_matched"] <= 4


def test_an_ome_zarr_plate_gives_the_same_cells(tmp_path, deepyeast):
    shape = ("--wells", 2, "--fields", 1, "--size", SIZE, "--cells", 14, "--seed", 11)
    runs = []
    for format_ in ("ome-tiff", "ome-zarr"):
        folder, out = tmp_path / format_, tmp_path / f"run-{format_}"
        made = deepyeast("simulate", "screen", folder, *shape, "--format", format_, "--workers", 1)
        assert made.status == 0, made.err
        plate_map = folder / "plate_map.csv"
        result = deepyeast(
            "screen", folder, "--plate-map", plate_map, "--out", out, "--workers", 1, "--anndata"
        )
        assert result.status == 0, result.err
        runs.append(Run.open(out))
        assert (out / "cells.h5ad").exists()
    numbers = runs[0].cells.select_dtypes("number").columns
    pd.testing.assert_frame_equal(runs[0].cells[numbers], runs[1].cells[numbers])
