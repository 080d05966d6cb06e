"""Values, class lists, errors and provenance: what every stage speaks in.

Contract: numpy, pandas and pydantic only; imports nothing else of DeepYeast, touches no
disk but to hash a file.
"""

from deepyeast.core.annotations import Annotations
from deepyeast.core.classes import COMPARTMENTS, TRANSFER_COMPARTMENTS, ClassList, Compartment
from deepyeast.core.errors import (
    DatasetError,
    DeepYeastError,
    DownloadError,
    InputError,
    MissingExtraError,
    NothingUsableError,
    RunFolderError,
    ScreenError,
    WeightsError,
)
from deepyeast.core.metrics import (
    CellMetrics,
    ClassificationMetrics,
    ProteinMetrics,
    ReliabilityBin,
    SegmentationMetrics,
)
from deepyeast.core.provenance import Provenance, hash_config, hash_file, package_version
from deepyeast.core.synonyms import match_compartment
from deepyeast.core.values import (
    CELL_COLUMNS,
    CROP_SIZE,
    GREEN,
    RED,
    Calls,
    Crops,
    Field,
    Scores,
)
from deepyeast.core.wells import normalise_well, well_name, well_position

__all__ = [
    "CELL_COLUMNS",
    "COMPARTMENTS",
    "CROP_SIZE",
    "GREEN",
    "RED",
    "TRANSFER_COMPARTMENTS",
    "Annotations",
    "Calls",
    "CellMetrics",
    "ClassList",
    "ClassificationMetrics",
    "Compartment",
    "Crops",
    "DatasetError",
    "DeepYeastError",
    "DownloadError",
    "Field",
    "InputError",
    "MissingExtraError",
    "NothingUsableError",
    "ProteinMetrics",
    "Provenance",
    "ReliabilityBin",
    "RunFolderError",
    "Scores",
    "ScreenError",
    "SegmentationMetrics",
    "WeightsError",
    "hash_config",
    "hash_file",
    "match_compartment",
    "normalise_well",
    "package_version",
    "well_name",
    "well_position",
]
