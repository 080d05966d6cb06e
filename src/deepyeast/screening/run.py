"""A whole screen: plan it, have its fields processed, put the run folder together."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from PIL import Image

from deepyeast import zoo
from deepyeast.core import InputError, NothingUsableError, Provenance, RunFolderError
from deepyeast.io import Run, RunWriter, find_fields, read_plate_map, write_anndata
from deepyeast.nn import Model
from deepyeast.pipeline import RunResult, finish_run
from deepyeast.report import Overlay
from deepyeast.screening.assemble import Assembled, assemble
from deepyeast.screening.check import inspect_fields
from deepyeast.screening.execute import Workers, cluster_workers, execute, local_workers
from deepyeast.screening.plan import ScreenPlan, as_errors, plan_screen
from deepyeast.screening.settings import ScreenSettings
from deepyeast.screening.work import FieldTask, Outcome
from deepyeast.segment import build_segmenter

EXAMPLES = 6
"""Fields whose outlines the report shows."""

ANNDATA = "cells.h5ad"
PLAN, LOCK, PARTS, OVERLAYS = "plan.json", "lock", "parts", "overlays"


@dataclass(frozen=True)
class Progress:
    """How far a screen is: fields done of all, cells found in this session, what is going on."""

    stage: str
    done: int
    total: int
    cells: int = 0


OnProgress = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    return


def screen(
    folder: Path,
    plate_map: Path,
    out: Path,
    settings: ScreenSettings | None = None,
    *,
    pattern: str | None = None,
    listing: Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    restart: bool = False,
    anndata: bool = False,
    command: str = "screen",
    on_progress: OnProgress = _silent,
) -> RunResult:
    """Analyse a screen, from its fields of view to a run folder with calls and report.

    Killed at any moment, the same call goes on where it was and ends with the same tables:
    finished fields wait in the folder ``OUT.unfinished`` beside ``out``. A call for a run that
    is complete returns it as it is.

    Parameters
    ----------
    folder
        Fields, as :func:`~deepyeast.io.find_fields` takes them.
    plate_map
        CSV with plate, well, protein and any further columns.
    out
        Run folder to write; appears only when it is complete.
    settings
        All that results depend on; by default the default network and segmenter.
    pattern, listing
        How fields are found, where names are unusual.
    workers
        Processes on this machine.
    scheduler
        Address of a Dask scheduler, whose workers are taken instead.
    restart
        Throw away what an earlier run left.
    anndata
        Write ``cells.h5ad`` too.
    on_progress
        Told when a field is done.

    Raises
    ------
    NothingUsableError
        If no field can be used, or what was found cannot work (say, swapped channels).
    DatasetError
        If the plate map has mistakes.
    RunFolderError
        If ``out`` holds something else, or a run with other settings.
    ScreenError
        If the run has to stop; what is done is kept.
    MissingExtraError
        If the segmenter is not installed.
    """
    settings = settings or ScreenSettings()
    model = zoo.load(settings.model)
    if settings.segmenter == "cellpose":
        build_segmenter("cellpose")  # tells now, not field by field, that it is not installed
    unfinished = out.resolve().with_name(f"{out.resolve().name}.unfinished")
    with _locked(unfinished):
        if restart:
            _empty(unfinished)
        planned = _plan(folder, plate_map, settings, model, unfinished, pattern, listing)
        finished = None if restart else _finished(out, planned)
        if finished is None:
            using = local_workers(workers) if scheduler is None else cluster_workers(scheduler)
            started = time.perf_counter()
            _process(planned, unfinished, using, on_progress)
            seconds = time.perf_counter() - started
            finished = _finish(planned, unfinished, out, model, command, seconds, on_progress)
        if anndata and not (out / ANNDATA).exists():
            write_anndata(Run.open(out), out / ANNDATA)
        (unfinished / PLAN).unlink()
    return finished


@contextmanager
def _locked(unfinished: Path) -> Iterator[None]:
    """Hold the folder for this process alone; a killed one lets go by itself."""
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
        with FileLock(unfinished / LOCK, timeout=0):
            try:
                yield
            finally:
                if not (unfinished / PLAN).exists():
                    shutil.rmtree(unfinished)
    except Timeout as error:
        raise RunFolderError(
            f"{unfinished}: another process is working on this screen; wait for it to end"
        ) from error
    except PermissionError as error:
        raise RunFolderError(f"{unfinished}: cannot be written: {error.strerror}") from error


def _empty(unfinished: Path) -> None:
    """Remove all that an earlier run left, but the lock that is held."""
    for path in unfinished.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def _plan(
    folder: Path,
    plate_map: Path,
    settings: ScreenSettings,
    model: Model,
    unfinished: Path,
    pattern: str | None,
    listing: Path | None,
) -> ScreenPlan:
    """Return the plan that an earlier run left, or a new one, kept before any work is done."""
    wanted = read_plate_map(plate_map)
    earlier = ScreenPlan.read(unfinished / PLAN)
    if earlier is not None:
        others = earlier.differences(folder, wanted, settings, model.weights_hash)
        if others:
            raise RunFolderError(
                f"{unfinished}: holds an unfinished run with other settings "
                f"({', '.join(others)}); go on with those, or give --restart to begin anew"
            )
        return earlier
    found = find_fields(folder, pattern=pattern, listing=listing)
    plan = plan_screen(folder, found, wanted, settings, model.weights_hash, model.card.classes)
    inspect_fields(folder, plan.fields, settings).refuse()
    plan.write(unfinished / PLAN)
    return plan


def _finished(out: Path, plan: ScreenPlan) -> RunResult | None:
    """Return the result of a complete run of the same plan; None where there is none.

    Raises
    ------
    RunFolderError
        If ``out`` holds a run of something else, which is not to be lost.
    """
    if not out.is_dir() or not any(out.iterdir()):
        return None
    run = Run.open(out)
    made, wanted = run.provenance, _provenance(plan, "screen")
    same = ("config_hash", "weights_hash", "inputs_hash")
    if any(getattr(made, name) != getattr(wanted, name) for name in same):
        raise RunFolderError(
            f"{out}: holds a run of other fields or settings; choose another folder, "
            "or give --restart to replace it"
        )
    errors = [InputError(*row) for row in run.errors.itertuples(index=False)]
    return RunResult(out, run.proteins, made.counts["cells"], errors)


def _process(
    plan: ScreenPlan,
    unfinished: Path,
    using: AbstractContextManager[Workers],
    on_progress: OnProgress,
) -> None:
    """Have the fields processed that no part is there of yet."""
    parts, pictures = unfinished / PARTS, unfinished / OVERLAYS
    parts.mkdir(exist_ok=True)
    pictures.mkdir(exist_ok=True)
    for stale in (*parts.glob(".*"), *pictures.glob(".*")):
        stale.unlink(missing_ok=True)
    done = {path.name for path in parts.iterdir()}
    todo = [i for i in range(len(plan.fields)) if _part(i) not in done]
    shown = _examples(plan)
    finished, cells = len(plan.fields) - len(todo), 0

    def tell(outcome: Outcome) -> None:
        nonlocal finished, cells
        finished, cells = finished + 1, cells + outcome.n_cells
        on_progress(Progress("analysing fields", finished, len(plan.fields), cells))

    def tasks() -> Iterator[FieldTask]:
        for i in todo:
            picture = plan.settings.overlays or i in shown
            yield FieldTask(
                folder=plan.folder,
                planned=plan.fields[i],
                settings=plan.settings,
                weights_hash=plan.weights_hash,
                part=str(parts / _part(i)),
                overlay=str(pictures / _picture(plan, i)) if picture else None,
            )

    if not todo:
        return
    on_progress(Progress("analysing fields", finished, len(plan.fields)))
    with using as workers:
        execute(tasks(), workers, tell)


def _finish(
    plan: ScreenPlan,
    unfinished: Path,
    out: Path,
    model: Model,
    command: str,
    seconds: float,
    on_progress: OnProgress,
) -> RunResult:
    """Put the run folder together; ``seconds`` is what this session took to get here."""
    started = time.perf_counter()
    paths = [unfinished / PARTS / _part(i) for i in range(len(plan.fields))]
    with RunWriter(out) as writer:
        result = assemble(
            paths,
            writer,
            model.card.classes,
            plan.details,
            lambda done: on_progress(Progress("collecting results", done, len(paths))),
        )
        errors = [*as_errors(plan.skipped), *result.errors]
        if len(result.errors) == len(plan.fields):
            raise NothingUsableError(_nothing_usable(plan, result))
        if plan.settings.overlays:
            shutil.copytree(unfinished / OVERLAYS, writer.folder / OVERLAYS)
        provenance = _provenance(plan, command).model_copy(
            update={
                "counts": _counts(plan, result),
                "timings": {
                    "analyse fields": seconds,
                    "collect results": time.perf_counter() - started,
                },
            }
        )
        return finish_run(
            writer,
            result.tally,
            result.labelled,
            errors,
            model,
            provenance,
            fields=result.field_table(),
            area_histogram=(result.areas, result.area_edges),
            overlays=_overlays(plan, unfinished / OVERLAYS),
        )


def _provenance(plan: ScreenPlan, command: str) -> Provenance:
    config = {"input": plan.folder, "plate_map": plan.plate_map_hash, **plan.settings.model_dump()}
    return Provenance(
        command=command,
        config=config,
        model=plan.settings.model,
        weights_hash=plan.weights_hash,
        inputs_hash=plan.inputs_hash,
    )


def _counts(plan: ScreenPlan, result: Assembled) -> dict[str, int]:
    return {
        "fields": len(plan.fields),
        "fields used": len(plan.fields) - len(result.errors),
        "fields of blank wells": plan.n_blank,
    }


def _overlays(plan: ScreenPlan, folder: Path) -> list[Overlay]:
    """Return the example fields' pictures, those of fields that failed left out."""
    found = []
    for i in sorted(_examples(plan)):
        path, file = folder / _picture(plan, i), plan.fields[i].file
        if path.is_file():
            caption = f"{plan.fields[i].protein}: plate {file.plate}, {file.well}, {file.field}"
            with Image.open(path) as picture:
                found.append(Overlay(caption, np.asarray(picture)))
    return found


def _examples(plan: ScreenPlan) -> set[int]:
    """Return fields spread evenly over the screen."""
    last = len(plan.fields) - 1
    return {round(i) for i in np.linspace(0, last, min(EXAMPLES, len(plan.fields)))}


def _part(index: int) -> str:
    return f"{index:07d}.arrow"


def _picture(plan: ScreenPlan, index: int) -> str:
    """Return a file name that tells the field, and differs from all others'."""
    file = plan.fields[index].file
    name = re.sub(r"[^\w.-]+", "-", f"{file.plate}_{file.well}_{file.field}")
    return f"{name}_{index:07d}.png"


def _nothing_usable(plan: ScreenPlan, result: Assembled) -> str:
    kinds = Counter(error.kind for error in result.errors)
    reasons = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    return (
        f"{plan.folder}: none of {len(plan.fields)} fields can be used ({reasons}); "
        f"first: {result.errors[0]}"
    )
