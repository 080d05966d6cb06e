"""Files in, files out: single cells, the published data set, run folders, downloads.

Contract: the only stage that touches disk or network. Turns files into the values of
``core`` and back; an input that cannot be used becomes an ``InputError`` that the caller
collects, and what is written appears complete or not at all. Nothing is ever unpickled.
"""

from deepyeast.io.atomic import write_bytes
from deepyeast.io.cell_files import CellFile, find_cells, read_labels
from deepyeast.io.cell_images import Resize, read_cell
from deepyeast.io.cell_table import cell_table
from deepyeast.io.cells import CellBatch, iterate_cells
from deepyeast.io.published import LabelledCells, PublishedDataset
from deepyeast.io.published_download import PUBLISHED_URL, DataSetName, download
from deepyeast.io.published_lists import Kind
from deepyeast.io.published_writer import PublishedWriter
from deepyeast.io.runs import Run, RunWriter

__all__ = [
    "PUBLISHED_URL",
    "CellBatch",
    "CellFile",
    "DataSetName",
    "Kind",
    "LabelledCells",
    "PublishedDataset",
    "PublishedWriter",
    "Resize",
    "Run",
    "RunWriter",
    "cell_table",
    "download",
    "find_cells",
    "iterate_cells",
    "read_cell",
    "read_labels",
    "write_bytes",
]
