"""From a folder of single cells to a run folder with calls and report."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import numpy as np

from deepyeast.aggregate import Tally
from deepyeast.core import InputError, NothingUsableError, Provenance, hash_config
from deepyeast.io import (
    CellFile,
    Resize,
    RunWriter,
    cell_table,
    find_cells,
    iterate_cells,
    read_labels,
)
from deepyeast.nn import Model
from deepyeast.pipeline.run import GOOD_ENOUGH, LabelledCells, OnProgress, RunResult, finish_run


def classify_cells(
    folder: Path,
    out: Path,
    model: Model,
    *,
    resize: Resize = "refuse",
    pixel_size: float | None = None,
    command: str = "classify",
    on_progress: OnProgress | None = None,
) -> RunResult:
    """Classify every cell of a folder and call every protein's compartment.

    Parameters
    ----------
    folder
        Single cells, one sub-folder a protein; a ``labels.csv`` adds an evaluation.
    out
        Run folder to write; appears only when it is complete.
    model
        The network.
    resize
        What happens to crops of another size than 64 x 64: ``refuse`` or ``crop``.
    pixel_size
        Micrometres a pixel of the images; they are resampled to the model's. None: as they are.
    on_progress
        Called with the numbers of cells done and of all.

    Raises
    ------
    NothingUsableError
        If the folder has no usable cell; the message says what was wrong with them.
    RunFolderError
        If ``out`` holds something else.
    """
    started = time.perf_counter()
    labels = read_labels(folder, model.card.classes)
    files = find_cells(folder)
    zoom = None if pixel_size is None else pixel_size / model.card.pixel_size_um
    errors: list[InputError] = []
    tally, labelled = Tally(model.card.classes), LabelledCells()
    done = used = 0
    with RunWriter(out) as writer:
        for batch in iterate_cells(folder, resize=resize, zoom=zoom):
            errors += batch.errors
            if len(batch.crops):
                scores = model.predict(batch.crops)
                cells = cell_table(batch.crops, scores, scores.quality >= GOOD_ENOUGH)
                writer.append(cells, batch.crops.images, scores.embeddings)
                tally.add(cells)
                truth = cells["source"].map(labels or {}).fillna(-1).to_numpy(np.int64)
                labelled.add(truth, scores.probabilities, cells["protein"].to_numpy())
                used += len(cells)
            done += len(batch.crops) + len(batch.errors)
            if on_progress is not None:
                on_progress(done, len(files))
        if not used:
            raise NothingUsableError(_nothing_usable(folder, errors))
        provenance = Provenance(
            command=command,
            config={"input": str(folder), "resize": resize, "pixel_size_um": pixel_size},
            model=model.card.name,
            weights_hash=model.weights_hash,
            inputs_hash=_hash_inputs(folder, files),
            timings={"read and classify": time.perf_counter() - started},
        )
        return finish_run(writer, tally, labelled, errors, model, provenance)


def _hash_inputs(folder: Path, files: list[CellFile]) -> str:
    """Return a hash of the names and sizes of all files, good and bad."""
    paths = {path for file in files for path in (file.red, file.green) if path is not None}
    return hash_config({p.relative_to(folder).as_posix(): p.stat().st_size for p in paths})


def _nothing_usable(folder: Path, errors: list[InputError]) -> str:
    """Return one line: how many cells were unusable, why, and the first as an example."""
    kinds = Counter(error.kind for error in errors)
    reasons = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    return f"{folder}: none of {len(errors)} cells can be used ({reasons}); first: {errors[0]}"
