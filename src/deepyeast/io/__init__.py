"""Files in, files out: single cells, the published data set, run folders, downloads.

Contract: the only stage that touches disk or network. Turns files into the values of
``core`` and back; an input that cannot be used becomes an ``InputError`` that the caller
collects, and what is written appears complete or not at all. Nothing is ever unpickled.
"""

from deepyeast.io.anndata import write_anndata
from deepyeast.io.annotations import read_annotations
from deepyeast.io.atomic import write_bytes
from deepyeast.io.cell_files import CellFile, find_cells, read_labels
from deepyeast.io.cell_images import Resize, read_cell
from deepyeast.io.cell_table import cell_table
from deepyeast.io.cells import CellBatch, iterate_cells
from deepyeast.io.field_parts import FieldPart, read_part, write_part
from deepyeast.io.fields import (
    Channels,
    FieldFile,
    FieldInfo,
    FieldListing,
    PlateWriter,
    describe_field,
    find_fields,
    read_field,
    read_pixel_size,
    read_plane,
    write_field,
    write_labels,
)
from deepyeast.io.masks import mask_path, read_label_image, read_mask
from deepyeast.io.plate_map import PlateMap, read_plate_map
from deepyeast.io.published import LabelledCells, PublishedDataset
from deepyeast.io.published_download import PUBLISHED_URL, DataSetName, download
from deepyeast.io.published_lists import PLATE_COLUMNS, PLATE_ROWS, Kind
from deepyeast.io.published_writer import PublishedWriter
from deepyeast.io.runs import Run, RunWriter

__all__ = [
    "PLATE_COLUMNS",
    "PLATE_ROWS",
    "PUBLISHED_URL",
    "CellBatch",
    "CellFile",
    "Channels",
    "DataSetName",
    "FieldFile",
    "FieldInfo",
    "FieldListing",
    "FieldPart",
    "Kind",
    "LabelledCells",
    "PlateMap",
    "PlateWriter",
    "PublishedDataset",
    "PublishedWriter",
    "Resize",
    "Run",
    "RunWriter",
    "cell_table",
    "describe_field",
    "download",
    "find_cells",
    "find_fields",
    "iterate_cells",
    "mask_path",
    "read_annotations",
    "read_cell",
    "read_field",
    "read_label_image",
    "read_labels",
    "read_mask",
    "read_part",
    "read_pixel_size",
    "read_plane",
    "read_plate_map",
    "write_anndata",
    "write_bytes",
    "write_field",
    "write_labels",
    "write_part",
]
