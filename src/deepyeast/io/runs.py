"""Run folders: what a run found, written as a whole, read back piece by piece."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
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

from deepyeast.core import InputError, Provenance, RunFolderError
from deepyeast.io.atomic import replace_folder
from deepyeast.io.cell_stream import ArrayWriter, TableWriter, read_batches

PROVENANCE = "run.json"
CELLS = "cells.parquet"
PROTEINS = "proteins.parquet"
ERRORS = "errors.csv"
CROPS = "crops.zarr"
EMBEDDINGS = "embeddings.zarr"
WELLS = "wells.parquet"
FIELDS = "fields.parquet"


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
        self.target = folder
        """The run folder to be, as it was named."""
        self._errors: list[InputError] = []
        self._table: TableWriter | None = None
        self._arrays: dict[str, ArrayWriter] = {}

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

    def append(self, cells: pd.DataFrame, crops: np.ndarray, embeddings: np.ndarray) -> None:
        """Add cells.

        Parameters
        ----------
        cells
            One row a cell; see :func:`cell_table`.
        crops, embeddings
            float32 ``(n, 2, 64, 64)`` and ``(n, d)``, in the same order.

        Raises
        ------
        ValueError
            If the three differ in length.
        """
        if not len(cells) == len(crops) == len(embeddings):
            raise ValueError(
                f"{len(cells)} cells, {len(crops)} crops, {len(embeddings)} embeddings"
            )
        if not len(cells):
            return
        if self._table is None:
            self._table = TableWriter(self.folder / CELLS)
            self._arrays = {
                name: ArrayWriter(self.folder / name, rows[0])
                for name, rows in ((CROPS, crops), (EMBEDDINGS, embeddings))
            }
        self._table.append(cells)
        self._arrays[CROPS].append(crops)
        self._arrays[EMBEDDINGS].append(embeddings)

    def close(self) -> None:
        """Complete the table and the arrays; after that no cell can be added.

        Raises
        ------
        RunFolderError
            If no cell was appended.
        """
        if self._table is None:
            raise RunFolderError(f"{self._target}: no cell was appended")
        self._table.close()
        for array in self._arrays.values():
            array.close()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``cells.parquet`` in order, after :meth:`close`."""
        yield from read_batches(self.folder / CELLS, columns)

    @property
    def crops(self) -> zarr.Array[Any]:
        """The crops, float32 ``(n, 2, 64, 64)``, on disk, after :meth:`close`."""
        return self._arrays[CROPS].array

    def error(self, error: InputError) -> None:
        """Add an input that could not be used."""
        self._errors.append(error)

    def finish(
        self,
        proteins: pd.DataFrame,
        provenance: Provenance,
        wells: pd.DataFrame | None = None,
        fields: pd.DataFrame | None = None,
    ) -> None:
        """Write the tables and move the run into place, after :meth:`close`.

        Parameters
        ----------
        proteins
            One row a protein, with the columns of ``proteins.csv``.
        provenance
            The content of ``run.json``.
        wells, fields
            One row a well, and one a field, where cells came from fields.

        Raises
        ------
        RunFolderError
            If something else has appeared at the folder meanwhile.
        """
        for table, name in ((proteins, PROTEINS), (wells, WELLS), (fields, FIELDS)):
            if table is not None:
                _write_parquet(table, self.folder / name)
                _write_csv(table, (self.folder / name).with_suffix(".csv"))
        rows = [(e.path, e.kind, e.message) for e in self._errors]
        _write_csv(pd.DataFrame(rows, columns=["path", "kind", "message"]), self.folder / ERRORS)
        text = provenance.model_dump_json(indent=2) + "\n"
        (self.folder / PROVENANCE).write_text(text, encoding="utf-8")
        _check_replaceable(self._target)
        replace_folder(self.folder, self._target, self._hidden / "old")


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

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``cells.parquet`` in order, a few thousand at a time."""
        yield from read_batches(self.folder / CELLS, columns)

    @cached_property
    def proteins(self) -> pd.DataFrame:
        """One row a protein."""
        return pd.read_parquet(self.folder / PROTEINS)

    @cached_property
    def wells(self) -> pd.DataFrame:
        """One row a well and protein.

        Raises
        ------
        RunFolderError
            If the cells did not come from fields.
        """
        return self._of_fields(WELLS)

    @cached_property
    def fields(self) -> pd.DataFrame:
        """One row a field; raises like :attr:`wells`."""
        return self._of_fields(FIELDS)

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

    def _of_fields(self, name: str) -> pd.DataFrame:
        if not (self.folder / name).is_file():
            raise RunFolderError(f"{self.folder}: is a run from single cells, not from fields")
        return pd.read_parquet(self.folder / name)


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
