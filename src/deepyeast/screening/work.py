"""The work on one field, done by a worker: read, analyse, write the part."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from deepyeast import zoo
from deepyeast.core import Field, InputError, WeightsError
from deepyeast.io import FieldPart, read_field, read_mask, write_bytes, write_part
from deepyeast.nn import Model
from deepyeast.pipeline import AnalysedField, analyse_field
from deepyeast.report import encode_png, overlay
from deepyeast.screening.plan import PlannedField
from deepyeast.screening.settings import ScreenSettings, SegmenterName
from deepyeast.segment import Segmenter, build_segmenter

_FATAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""Errors of writing, which stop the run: they are not the field's fault."""


@dataclass(frozen=True)
class FieldTask:
    """Everything a worker needs, small enough to be sent anywhere that sees the same files."""

    folder: str
    planned: PlannedField
    settings: ScreenSettings
    weights_hash: str
    part: str
    overlay: str | None


@dataclass(frozen=True)
class Outcome:
    """What a worker tells of a field when its part is written."""

    n_cells: int
    failed: bool


def process_field(task: FieldTask) -> Outcome:
    """Analyse a field and write its part; a field that cannot be used has a part as well.

    Everything is computed on one thread: as many fields are in work as there are workers,
    and the results cannot depend on how many threads share the sums.

    Raises
    ------
    OSError
        If the part cannot be written, such as on a full disk.
    WeightsError
        If the worker's network is another than that the screen was planned with.
    """
    torch.set_num_threads(1)
    with threadpool_limits(1):
        part, analysed = _try(task)
    if analysed is not None and task.overlay is not None:
        model = _model(task.settings.model, task.weights_hash)
        picture = overlay(analysed.image, analysed.labels, model.card.pixel_size_um)
        write_bytes(Path(task.overlay), encode_png(picture))
    write_part(Path(task.part), part)
    return Outcome(0 if part.cells is None else len(part.cells), part.error is not None)


def _try(task: FieldTask) -> tuple[FieldPart, AnalysedField | None]:
    """Analyse the field; whatever is wrong with it becomes its part's error."""
    file = task.planned.file
    known = {
        "source": file.source,
        "plate": file.plate,
        "well": file.well,
        "field": file.field,
        "protein": task.planned.protein,
    }
    model = _model(task.settings.model, task.weights_hash)
    try:
        analysed = _analyse(task, model)
    except InputError as error:
        status = "no-cells" if error.kind == "no-cells" else "failed"
        return FieldPart({**known, "status": status}, error=error), None
    except OSError as error:
        if error.errno in _FATAL:
            raise
        return _unexpected(task, known, error), None
    except MemoryError:
        raise
    except Exception as error:
        return _unexpected(task, known, error), None
    summary = {**known, "status": "used", **analysed.summary}
    return FieldPart(summary, analysed.cells, analysed.crops, analysed.embeddings), analysed


def _analyse(task: FieldTask, model: Model) -> AnalysedField:
    settings, file, folder = task.settings, task.planned.file, Path(task.folder)
    read = read_field(folder, file, settings.channels)
    size = settings.pixel_size_um or read.pixel_size_um
    field = Field(read.image, read.source, read.plate, read.well, read.field, size)
    masks: np.ndarray | None = None
    if settings.masks is not None:
        masks = read_mask(Path(settings.masks), file)
        if masks.shape != field.image.shape[1:]:
            raise InputError(
                file.source,
                "mask-shape",
                f"the field is {field.image.shape[1:]} pixels, its mask {masks.shape}",
            )
    return analyse_field(
        field,
        _segmenter(settings.segmenter),
        model,
        protein=task.planned.protein,
        details=task.planned.details,
        masks=masks,
    )


def _unexpected(task: FieldTask, known: dict[str, Any], error: Exception) -> FieldPart:
    source = task.planned.file.source
    told = InputError(
        source,
        "unexpected",
        f"could not be analysed ({type(error).__name__}: {' '.join(str(error).split())}); "
        "the other fields went on; please report it with this file",
    )
    return FieldPart({**known, "status": "failed"}, error=told)


@lru_cache(maxsize=1)
def _model(name: str, weights_hash: str) -> Model:
    """Return the network, loaded once in every worker."""
    model = zoo.load(name)
    if model.weights_hash != weights_hash:
        raise WeightsError(
            f"{name}: this worker's weights are others than those the screen was planned with; "
            "install the same version of DeepYeast on all machines"
        )
    return model


@lru_cache(maxsize=1)
def _segmenter(name: SegmenterName) -> Segmenter:
    return build_segmenter("cellpose" if name == "cellpose" else "watershed")
