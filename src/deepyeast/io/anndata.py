"""Runs as AnnData files (``.h5ad``), which scanpy and its relatives read.

Laid out as AnnData's own documentation of its format says
(https://anndata.readthedocs.io/en/stable/fileformat-prose.html), since the library
writes only what is in memory as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from deepyeast.io.runs import CELLS, Run

BLOCK = 4096
"""Rows of an array in memory at a time."""


def write_anndata(run: Run, path: Path) -> None:
    """Write a run's cells as one ``.h5ad`` file, which appears whole or not at all.

    ``X`` has the embeddings, ``obs`` the table of cells under their ``cell_id`` (texts as
    categories), ``obsm["probabilities"]`` the probabilities of ``uns["classes"]``,
    ``obsm["spatial"]`` the cells' centres in their fields, in pixels, x before y as is usual there,
    and ``uns["provenance"]`` the text of ``run.json``. Memory is for one column of the table
    and some thousand rows of the arrays, whatever the size of the run.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with h5py.File(part, "w") as file:
            _write(run, file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(run: Run, file: h5py.File) -> None:
    from anndata.io import write_elem  # takes two seconds to import

    columns = pq.read_schema(run.folder / CELLS).names
    probabilities = [name for name in columns if name.startswith("p_")]
    n, d = run.embeddings.shape
    _encode(file, "anndata", "0.1.0")
    _stream(file, "X", (n, d), _slices(run))
    obs = [name for name in columns if name not in {"cell_id", *probabilities}]
    _frame(file, "obs", "cell_id", [_key(name) for name in obs])
    write_elem(file, "obs/cell_id", _texts(run, "cell_id"))
    for name in obs:
        write_elem(file, f"obs/{_key(name)}", _column(run, name))
    _frame(file, "var", "feature", [])
    write_elem(file, "var/feature", np.array([f"embedding_{i}" for i in range(d)], object))
    _encode(file.create_group("obsm"), "dict", "0.1.0")
    _stream(file, "obsm/probabilities", (n, len(probabilities)), _rows(run, probabilities))
    _stream(file, "obsm/spatial", (n, 2), _rows(run, ["x", "y"]))
    classes = np.array(
        [name.removeprefix("p_").replace("_", " ") for name in probabilities], object
    )
    uns = {"classes": classes, "provenance": run.provenance.model_dump_json(indent=2)}
    write_elem(file, "uns", uns)


def _encode(element: h5py.Group | h5py.Dataset, kind: str, version: str) -> None:
    element.attrs.update({"encoding-type": kind, "encoding-version": version})


def _frame(file: h5py.File, name: str, index: str, columns: list[str]) -> None:
    """Make an empty table, whose columns are then written into it."""
    group = file.create_group(name)
    _encode(group, "dataframe", "0.2.0")
    group.attrs["_index"] = index
    group.attrs["column-order"] = np.array(columns, dtype=h5py.string_dtype())


def _stream(
    file: h5py.File, name: str, shape: tuple[int, int], blocks: Iterator[np.ndarray]
) -> None:
    """Write a float32 array block by block."""
    chunks = (min(shape[0], BLOCK), shape[1])
    data = file.create_dataset(name, shape, np.float32, chunks=chunks, compression="lzf")
    _encode(data, "array", "0.2.0")
    start = 0
    for block in blocks:
        data[start : start + len(block)] = block
        start += len(block)


def _slices(run: Run) -> Iterator[np.ndarray]:
    for start in range(0, run.embeddings.shape[0], BLOCK):
        yield np.asarray(run.embeddings[start : start + BLOCK])


def _rows(run: Run, columns: list[str]) -> Iterator[np.ndarray]:
    for batch in run.batches(columns):
        yield batch[columns].to_numpy(np.float32)


def _column(run: Run, name: str) -> np.ndarray | pd.Categorical:
    """Return a column of the table of cells: numbers as an array, texts as categories."""
    parts = [batch[name] for batch in run.batches([name])]
    if parts[0].dtype.kind in "biuf":
        return np.concatenate([part.to_numpy() for part in parts])
    codes, names = pd.factorize(_texts(run, name), sort=True)
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype=object))


def _texts(run: Run, name: str) -> np.ndarray:
    texts: np.ndarray = np.concatenate(
        [batch[name].fillna("").to_numpy(dtype=object) for batch in run.batches([name])]
    )
    return texts


def _key(column: str) -> str:
    """Return a column's name as HDF5 can have it: a slash would nest."""
    return column.replace("/", "|")
