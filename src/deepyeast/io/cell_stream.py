"""Tables and arrays of cells on disk, written piece by piece in bounded memory.

Pieces come in any size and are written in whole blocks, so that the bytes do not depend on
how the cells came, and no chunk is ever written twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import zarr

CHUNK = 256
"""Cells in a chunk of the arrays: 8 MB of crops."""

ROWS = 4096
"""Rows in a row group of the table, and in the batches it is read in."""


class TableWriter:
    """Appends to a Parquet file; call :meth:`close` at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None

    def append(self, rows: pd.DataFrame) -> None:
        """Add rows; all pieces must have the same columns and types."""
        self._waiting.append(pa.Table.from_pandas(rows, preserve_index=False))
        if sum(len(piece) for piece in self._waiting) >= ROWS:
            self._flush(whole_blocks=True)

    def close(self) -> None:
        """Write what is waiting and finish the file."""
        self._flush(whole_blocks=False)
        if self._writer is not None:
            self._writer.close()

    def _flush(self, *, whole_blocks: bool) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        stop = len(table) // ROWS * ROWS if whole_blocks else len(table)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self._writer.write_table(table.slice(0, stop), row_group_size=ROWS)
        self._waiting = [table.slice(stop)] if stop < len(table) else []


class ArrayWriter:
    """Appends to a zarr array; call :meth:`close` at the end."""

    def __init__(self, path: Path, row: np.ndarray) -> None:
        self.array: zarr.Array[Any] = zarr.create_array(
            store=str(path), shape=(0, *row.shape), chunks=(CHUNK, *row.shape), dtype=np.float32
        )
        self._waiting: list[np.ndarray] = []

    def append(self, rows: np.ndarray) -> None:
        """Add rows, float32."""
        self._waiting.append(rows)
        if sum(len(piece) for piece in self._waiting) >= CHUNK:
            self._flush(whole_blocks=True)

    def close(self) -> None:
        """Write what is waiting."""
        self._flush(whole_blocks=False)

    def _flush(self, *, whole_blocks: bool) -> None:
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)
        stop = len(rows) // CHUNK * CHUNK if whole_blocks else len(rows)
        self.array.append(rows[:stop])
        self._waiting = [rows[stop:]] if stop < len(rows) else []


def read_batches(path: Path, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield a Parquet file's rows in order, a few thousand at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS, columns=None if columns is None else [*columns]):
            yield batch.to_pandas()
