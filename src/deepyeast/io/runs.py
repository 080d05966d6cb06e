"""Run folders: what a run found, written as a whole, read back piece by piece."""

from __future__ import annotations

import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import zarr
from pydantic import ValidationError

from deepyeast.core import Crops, InputError, Provenance, RunFolderError, Scores
from deepyeast.io.atomic import replace_folder
from deepyeast.io.cell_table import cell_table

PROVENANCE = "run.json"
CELLS = "cells.parquet"
PROTEINS = "proteins.parquet"
PROTEINS_CSV = "proteins.csv"
ERRORS = "errors.csv"
CROPS = "crops.zarr"
EMBEDDINGS = "embeddings.zarr"

CHUNK = 256
"""Cells in a chunk of the arrays: 8 MB of crops."""


class RunWriter:
    """Context manager that streams a run into a hidden folder beside ``folder``.

    :meth:`finish` moves it into place; without it, or after an exception, nothing is left.
    An earlier run at ``folder`` stays until then and is replaced. The same input gives the
    same bytes in all tables.

    Parameters
    ----------
    folder
        The run folder to write; made with its parents.

    Raises
    ------
    RunFolderError
        On entry, if ``folder`` is a file, holds something else than a run, is mounted or the
        current folder, or if its parent cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._target = folder.resolve()
        self._tables: list[pd.DataFrame] = []
        self._errors: list[InputError] = []
        self._arrays: dict[str, zarr.Array[Any]] = {}

    def __enter__(self) -> RunWriter:
        """Make the hidden folder."""
        _check_replaceable(self._target)
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            hidden = tempfile.mkdtemp(prefix=f".{self._target.name}.", dir=self._target.parent)
        except OSError as error:
            raise RunFolderError(f"{self._target}: cannot be written: {error.strerror}") from error
        self._hidden = Path(hidden)
        self.folder.mkdir()  # one further in: mkdtemp's own is closed to all other users
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what is left of the hidden folder."""
        shutil.rmtree(self._hidden, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """Where the run is being written; what the caller puts here becomes part of it."""
        return self._hidden / "new"

    @property
    def crops(self) -> zarr.Array[Any]:
        """The crops appended so far, float32 ``(n, 2, 64, 64)``, on disk.

        Raises
        ------
        RunFolderError
            If none was.
        """
        if CROPS not in self._arrays:
            raise RunFolderError(f"{self._target}: no cell was appended")
        return self._arrays[CROPS]

    def cells(self) -> pd.DataFrame:
        """Return the table of the cells appended so far; see :func:`cell_table`.

        Raises
        ------
        RunFolderError
            If none was.
        """
        if not self._tables:
            raise RunFolderError(f"{self._target}: no cell was appended")
        self._tables = [pd.concat(self._tables, ignore_index=True)]
        return self._tables[0]

    def append(self, crops: Crops, scores: Scores, used: np.ndarray) -> None:
        """Add cells.

        Parameters
        ----------
        crops, scores
            Cells, and what the network says of them, in the same order.
        used
            bool ``(n,)``: which cells count towards their protein's call.

        Raises
        ------
        ValueError
            If the three differ in length.
        """
        self._tables.append(cell_table(crops, scores, used))
        self._append(CROPS, crops.images)
        self._append(EMBEDDINGS, scores.embeddings)

    def error(self, error: InputError) -> None:
        """Add an input that could not be used."""
        self._errors.append(error)

    def finish(self, proteins: pd.DataFrame, provenance: Provenance) -> None:
        """Write the tables and move the run into place.

        Parameters
        ----------
        proteins
            One row a protein, with the columns of ``proteins.csv``.
        provenance
            The content of ``run.json``.

        Raises
        ------
        RunFolderError
            If no cell was appended, or something else has appeared at the folder meanwhile.
        """
        _write_parquet(self.cells(), self.folder / CELLS)
        _write_parquet(proteins, self.folder / PROTEINS)
        _write_csv(proteins, self.folder / PROTEINS_CSV)
        rows = [(e.path, e.kind, e.message) for e in self._errors]
        _write_csv(pd.DataFrame(rows, columns=["path", "kind", "message"]), self.folder / ERRORS)
        text = provenance.model_dump_json(indent=2) + "\n"
        (self.folder / PROVENANCE).write_text(text, encoding="utf-8")
        _check_replaceable(self._target)
        replace_folder(self.folder, self._target, self._hidden / "old")

    def _append(self, name: str, rows: np.ndarray) -> None:
        if name not in self._arrays:
            self._arrays[name] = zarr.create_array(
                store=str(self.folder / name),
                shape=(0, *rows.shape[1:]),
                chunks=(CHUNK, *rows.shape[1:]),
                dtype=np.float32,
            )
        self._arrays[name].append(rows)


class Run:
    """A run folder, of which each part is read when it is first asked for."""

    def __init__(self, folder: Path, provenance: Provenance) -> None:
        self.folder = folder
        self.provenance = provenance

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Open a run folder.

        Raises
        ------
        RunFolderError
            If it is not one.
        """
        provenance = _provenance(folder)
        if provenance is None:
            raise RunFolderError(
                f"{folder}: is not a run folder: it needs {PROVENANCE} and {CELLS}"
            )
        return cls(folder, provenance)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row a cell; see :func:`cell_table`."""
        return pd.read_parquet(self.folder / CELLS)

    @cached_property
    def proteins(self) -> pd.DataFrame:
        """One row a protein."""
        return pd.read_parquet(self.folder / PROTEINS)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """One row an input that could not be used: ``path``, ``kind``, ``message``."""
        return pd.read_csv(self.folder / ERRORS, dtype=str, keep_default_na=False)

    @cached_property
    def crops(self) -> zarr.Array[Any]:
        """float32 ``(n, 2, 64, 64)``, red then green, in the order of ``cells``, on disk."""
        return zarr.open_array(self.folder / CROPS, mode="r")

    @cached_property
    def embeddings(self) -> zarr.Array[Any]:
        """float32 ``(n, d)``, in the order of ``cells``, on disk."""
        return zarr.open_array(self.folder / EMBEDDINGS, mode="r")


def _check_replaceable(folder: Path) -> None:
    """Raise RunFolderError if writing a run at ``folder`` would destroy something else."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise RunFolderError(f"{folder}: is a file; choose another folder for the run")
    if folder.is_mount() or Path.cwd().is_relative_to(folder):
        raise RunFolderError(
            f"{folder}: cannot be replaced as a whole, since it is mounted or the current "
            "folder; name a new folder inside it"
        )
    if any(folder.iterdir()) and _provenance(folder) is None:
        raise RunFolderError(f"{folder}: holds something else than a run; choose another folder")


def _provenance(folder: Path) -> Provenance | None:
    """Return the content of ``run.json``, or None if ``folder`` is not a run's."""
    if not (folder / CELLS).is_file():
        return None
    try:
        text = (folder / PROVENANCE).read_text(encoding="utf-8")
        return Provenance.model_validate_json(text)
    except (OSError, UnicodeDecodeError, ValidationError):
        return None


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd")


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")
