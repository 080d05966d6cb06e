"""The finished part of one field on disk, so that an interrupted screen need not do it again.

A part is one Arrow file: a row a cell, with its crop and its embedding as two further columns,
and in the file's metadata the field's row in the table of fields and what was wrong with it.
It appears whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from deepyeast.core import CROP_SIZE, InputError

_CROP, _EMBEDDING = "__crop", "__embedding"
_FIELD = b"deepyeast field"


@dataclass(frozen=True, eq=False)
class FieldPart:
    """What came of a field: its cells, or the reason why there are none.

    ``cells``, ``crops`` and ``embeddings`` are as :meth:`RunWriter.append` takes them, None
    where the field could not be used; ``summary`` is the field's row in the table of fields.
    """

    summary: Mapping[str, Any]
    cells: pd.DataFrame | None = None
    crops: np.ndarray | None = None
    embeddings: np.ndarray | None = None
    error: InputError | None = None


def write_part(path: Path, part: FieldPart) -> None:
    """Write a part, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written, such as on a full disk.
    """
    if part.cells is None or part.crops is None or part.embeddings is None:
        table = pa.table({})
    else:
        table = pa.Table.from_pandas(part.cells, preserve_index=False)
        table = table.append_column(_CROP, _rows(part.crops))
        table = table.append_column(_EMBEDDING, _rows(part.embeddings))
    error = part.error and (part.error.path, part.error.kind, part.error.message)
    told = json.dumps({"summary": dict(part.summary), "error": error}).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _FIELD: told})
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    try:
        with (
            unfinished.open("wb") as file,
            pa.ipc.new_file(file, table.schema, options=options) as writer,
        ):
            writer.write_table(table)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_part(path: Path) -> FieldPart:
    """Read a part that :func:`write_part` wrote."""
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    told = json.loads(table.schema.metadata[_FIELD])
    error = told["error"] and InputError(*told["error"])
    if _CROP not in table.column_names:
        return FieldPart(told["summary"], error=error)
    crops = _array(table[_CROP]).reshape(-1, 2, CROP_SIZE, CROP_SIZE)
    embeddings = _array(table[_EMBEDDING]).reshape(len(table), -1)
    cells = table.drop_columns([_CROP, _EMBEDDING]).to_pandas()
    return FieldPart(told["summary"], cells, crops, embeddings, error)


def _rows(array: np.ndarray) -> pa.FixedSizeListArray:
    """Return float32 ``(n, …)`` as a column of ``n`` lists."""
    flat = np.ascontiguousarray(array, dtype=np.float32).reshape(len(array), -1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])


def _array(column: pa.ChunkedArray) -> np.ndarray:
    """Return such a column's numbers, float32 ``(n * length,)``."""
    return np.asarray(column.combine_chunks().flatten().to_numpy(zero_copy_only=False))
