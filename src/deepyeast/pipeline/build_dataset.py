"""From a run and tables of annotations to a training set in the published layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import pandas as pd

from deepyeast.core import Annotations, DatasetError, NothingUsableError, Provenance, hash_file
from deepyeast.curate import Curated, curate, split_proteins
from deepyeast.io import Run, read_annotations, write_bytes
from deepyeast.pipeline.labelled_images import write_labelled_images
from deepyeast.pipeline.run import OnProgress

MINIMUM_CELLS = 10
"""Good cells from which on a protein's cells are taken to show what it looks like."""


@dataclass(frozen=True, eq=False)
class BuiltDataset:
    """A training set, and what it was made of.

    ``proteins`` has one row a protein kept: ``protein, label, split, n_cells``.
    """

    folder: Path
    proteins: pd.DataFrame
    curated: Curated


def build_dataset(
    run: Path,
    annotations: Sequence[Path],
    out: Path,
    *,
    seed: int = 0,
    minimum_cells: int = MINIMUM_CELLS,
    on_progress: OnProgress | None = None,
) -> BuiltDataset:
    """Write the good cells of a run's proteins whose annotations agree, labelled and split.

    Writes the published layout, ``cells.csv``, ``dropped.csv`` and ``dataset.json``. The lists
    of images come last but one: a folder without them is an unfinished one.

    Parameters
    ----------
    run
        A run folder, from fields or from single cells.
    annotations
        CSV tables, all of which must agree on a protein.
    out
        Folder to write; must not hold anything yet.
    seed
        Of the split; the same seed gives the same bytes.
    minimum_cells
        A protein with fewer good cells is left out.
    on_progress
        Called with the numbers of cells done and of all, each being read twice.

    Raises
    ------
    DatasetError
        If ``out`` is in use, or a table of annotations cannot be used.
    RunFolderError
        If ``run`` is not a run folder.
    NothingUsableError
        If no protein is left.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out}: is not empty; choose another folder")
    source = Run.open(run)
    tables = [read_annotations(path) for path in annotations]
    counts = _good_cells(source)
    curated = curate(tables, counts, minimum_cells)
    if not curated.labels:
        raise NothingUsableError(_nothing_left(curated, tables, counts))
    proteins = _proteins(curated, counts, seed)
    out.mkdir(parents=True, exist_ok=True)
    dropped = pd.DataFrame(
        [astuple(d) for d in curated.dropped], columns=["protein", "reason", "details"]
    )
    dropped.to_csv(out / "dropped.csv", index=False, lineterminator="\n")
    total, done = 2 * int(proteins["n_cells"].sum()), 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        if on_progress is not None:
            on_progress(done, total)

    write_labelled_images(source, proteins, out, advance)
    provenance = Provenance(
        command="dataset build",
        config={
            "run": str(run),
            "annotations": {str(path): hash_file(path) for path in annotations},
            "minimum_cells": minimum_cells,
        },
        model=source.provenance.model,
        weights_hash=source.provenance.weights_hash,
        inputs_hash=source.provenance.inputs_hash,
        seed=seed,
        counts={
            "cells": int(proteins["n_cells"].sum()),
            "proteins": len(proteins),
            "dropped": len(dropped),
        },
    )
    write_bytes(out / "dataset.json", f"{provenance.model_dump_json(indent=2)}\n".encode())
    return BuiltDataset(out, proteins, curated)


def _good_cells(run: Run) -> dict[str, int]:
    """Return the number of used cells of every protein, 0 included."""
    counts: Counter[str] = Counter()
    for batch in run.batches(["protein", "used"]):
        used = batch.groupby("protein")["used"].sum()
        counts.update({str(protein): int(n) for protein, n in used.items()})
    return dict(counts)


def _proteins(curated: Curated, counts: Mapping[str, int], seed: int) -> pd.DataFrame:
    """Return one row a protein kept, sorted."""
    splits = split_proteins(curated.labels, counts, seed)
    rows = [(name, curated.labels[name], split, counts[name]) for name, split in splits.items()]
    return pd.DataFrame(rows, columns=["protein", "label", "split", "n_cells"])


def _nothing_left(
    curated: Curated, tables: Sequence[Annotations], counts: Mapping[str, int]
) -> str:
    reasons = Counter(d.reason for d in curated.dropped)
    told = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
    spelt = next(iter(tables[0].compartments))
    return (
        f"no protein is left for a training set ({told}); are proteins named alike? The run has "
        f"{next(iter(sorted(counts)), 'none')!r}, {tables[0].name} has {spelt!r}"
    )
