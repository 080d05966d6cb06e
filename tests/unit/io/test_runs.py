"""Run folders: complete or absent, the same bytes for the same input."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import Crops, InputError, Provenance, RunFolderError, Scores
from deepyeast.io import Run, RunWriter, cell_stream, cell_table

USED = np.array([True, True, False, True, True])
PROTEINS = pd.DataFrame({"protein": ["P", "Q"], "n_cells": [3, 2], "probability": [0.25, 1 / 3]})
ERROR = InputError("A/x, y.tif", "unreadable", 'is "not" an image')
PROVENANCE = Provenance(command="classify", config={"resize": "crop"}, seed=1)


def write(folder: Path, crops: Crops, scores: Scores, *starts: int) -> None:
    with RunWriter(folder) as writer:
        append(writer, crops, scores, *starts)
        writer.error(ERROR)
        writer.close()
        (writer.folder / "report.html").write_text("<p>")
        writer.finish(PROTEINS, PROVENANCE)


def append(writer: RunWriter, crops: Crops, scores: Scores, *starts: int) -> None:
    table = cell_table(crops, scores, USED)
    for start, stop in zip((0, *starts), (*starts, 5), strict=True):
        part = slice(start, stop)
        writer.append(table.iloc[part], crops.images[part], scores.embeddings[part])


def interrupt(folder: Path, crops: Crops, scores: Scores) -> None:
    with RunWriter(folder) as writer:
        append(writer, crops, scores)
        raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_run_is_read_back_as_it_was_written(tmp_path, crops, scores):
    write(tmp_path / "deep" / "run", crops, scores, 2, 4)
    run = Run.open(tmp_path / "deep" / "run")
    pd.testing.assert_frame_equal(run.cells, cell_table(crops, scores, USED))
    pd.testing.assert_frame_equal(run.proteins, PROTEINS)
    pd.testing.assert_frame_equal(
        pd.read_csv(run.folder / "proteins.csv"), PROTEINS, check_exact=True
    )
    assert run.errors.to_dict("records") == [
        {"path": ERROR.path, "kind": ERROR.kind, "message": ERROR.message}
    ]
    assert run.provenance == PROVENANCE
    np.testing.assert_array_equal(run.crops[:], crops.images)
    np.testing.assert_array_equal(run.embeddings[:], scores.embeddings)
    assert (run.folder / "report.html").read_text() == "<p>"
    assert list((tmp_path / "deep").iterdir()) == [run.folder]


def test_the_same_cells_give_the_same_bytes_however_they_come(tmp_path, crops, scores):
    write(tmp_path / "one", crops, scores)
    write(tmp_path / "other", crops, scores, 1, 2, 4)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_errors_are_listed_even_if_there_are_none(tmp_path, crops, scores):
    with RunWriter(tmp_path / "run") as writer:
        append(writer, crops, scores)
        writer.close()
        writer.finish(PROTEINS, PROVENANCE)
    assert (tmp_path / "run" / "errors.csv").read_bytes() == b"path,kind,message\n"
    assert list(Run.open(tmp_path / "run").errors.columns) == ["path", "kind", "message"]


def test_cells_and_crops_can_be_had_before_the_run_is_in_place(tmp_path, crops, scores):
    with RunWriter(tmp_path / "run") as writer:
        with pytest.raises(RunFolderError, match="no cell"):
            writer.close()
        append(writer, crops, scores, 3)
        writer.close()
        table = pd.concat(writer.batches(), ignore_index=True)
        pd.testing.assert_frame_equal(table, cell_table(crops, scores, USED))
        np.testing.assert_array_equal(writer.crops[np.array([4, 0])], crops.images[[4, 0]])


def test_many_cells_are_written_in_whole_blocks_whatever_the_pieces(
    tmp_path, crops, scores, monkeypatch
):
    monkeypatch.setattr(cell_stream, "ROWS", 16)
    monkeypatch.setattr(cell_stream, "CHUNK", 4)
    table = cell_table(crops, scores, USED)
    for name, piece in (("one", 5), ("other", 2)):
        with RunWriter(tmp_path / name) as writer:
            for _ in range(20):
                for start in range(0, 5, piece):
                    part = slice(start, start + piece)
                    rows = table.iloc[part], crops.images[part], scores.embeddings[part]
                    writer.append(*rows)
            writer.close()
            writer.finish(PROTEINS, PROVENANCE)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    run = Run.open(tmp_path / "other")
    assert len(run.cells) == run.crops.shape[0] == 100
    assert sum(len(batch) for batch in run.batches(["cell_id"])) == 100
    np.testing.assert_array_equal(run.crops[np.array([99])], crops.images[[4]])


def test_a_run_from_fields_has_tables_of_wells_and_fields(tmp_path, crops, scores):
    with RunWriter(tmp_path / "run") as writer:
        append(writer, crops, scores)
        writer.close()
        wells, fields = pd.DataFrame({"well": ["A01"]}), pd.DataFrame({"source": ["a.tif"]})
        writer.finish(PROTEINS, PROVENANCE, wells, fields)
    run = Run.open(tmp_path / "run")
    pd.testing.assert_frame_equal(run.wells, wells)
    pd.testing.assert_frame_equal(run.fields, fields)
    assert (run.folder / "wells.csv").read_text() == "well\nA01\n"
    write(tmp_path / "cells", crops, scores)
    with pytest.raises(RunFolderError, match="single cells"):
        _ = Run.open(tmp_path / "cells").fields


def test_nothing_is_left_of_a_run_that_failed_or_was_not_finished(tmp_path, crops, scores):
    with pytest.raises(KeyboardInterrupt):
        interrupt(tmp_path / "run", crops, scores)
    with RunWriter(tmp_path / "run") as writer:
        append(writer, crops, scores)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_run_stays_until_the_new_one_is_complete(tmp_path, crops, scores):
    folder = tmp_path / "run"
    write(folder, crops, scores)
    before = contents(folder)
    with pytest.raises(KeyboardInterrupt):
        interrupt(folder, crops, scores)
    assert contents(folder) == before
    with RunWriter(folder) as writer:
        append(writer, crops, scores)
        writer.close()
        assert contents(folder) == before
        writer.finish(PROTEINS, PROVENANCE)
    assert len(Run.open(folder).cells) == 5
    assert not (folder / "report.html").exists()
    assert list(tmp_path.iterdir()) == [folder]


def test_an_empty_folder_becomes_a_run(tmp_path, crops, scores):
    (tmp_path / "run").mkdir()
    write(tmp_path / "run", crops, scores)
    assert len(Run.open(tmp_path / "run").cells) == 5


@pytest.mark.parametrize("name", ["notes.txt", "run.json"])
def test_a_folder_that_is_no_run_is_left_alone(tmp_path, name):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / name).write_text('{"command": "of another program"}')
    with (
        pytest.raises(RunFolderError, match="something else than a run"),
        RunWriter(tmp_path / "home"),
    ):
        pass
    assert list(contents(tmp_path)) == [f"home/{name}"]


def test_what_appears_meanwhile_is_left_alone(tmp_path, crops, scores):
    with RunWriter(tmp_path / "run") as writer:
        append(writer, crops, scores)
        writer.close()
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "thesis.tex").touch()
        with pytest.raises(RunFolderError, match="something else"):
            writer.finish(PROTEINS, PROVENANCE)
    assert list(contents(tmp_path)) == ["run/thesis.tex"]


def test_a_file_or_the_current_folder_cannot_be_a_run(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for folder, message in (("../file", "is a file"), (".", "the current folder")):
        with pytest.raises(RunFolderError, match=message), RunWriter(Path(folder)):
            pass


def test_a_folder_that_cannot_be_made_is_told_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(RunFolderError, match="cannot be written"),
        RunWriter(tmp_path / "file" / "run"),
    ):
        pass


def test_others_may_read_a_run_as_any_new_folder(tmp_path, crops, scores):
    (tmp_path / "usual").mkdir()
    write(tmp_path / "run", crops, scores)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "run")]
    assert modes[0] == modes[1]


def test_only_a_run_can_be_opened(tmp_path, crops, scores):
    with pytest.raises(RunFolderError, match="not a run folder"):
        Run.open(tmp_path)
    write(tmp_path / "run", crops, scores)
    (tmp_path / "run" / "run.json").write_text("{}")
    with pytest.raises(RunFolderError, match="not a run folder"):
        Run.open(tmp_path / "run")
