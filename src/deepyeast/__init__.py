"""Where do tagged proteins live? From images of yeast cells to calls per protein.

>>> import deepyeast as dy
>>> model = dy.load("fast")
>>> scores = model.predict(crops)  # (n, 2, 64, 64): red marker, green protein
>>> calls = dy.aggregate(scores, proteins)

>>> result = dy.screen(fields, plate_map, run)  # fields of view to a run folder with report

What needs torch is imported when it is first used: simulating and reading do without, and the
import takes seconds in every process.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# Not lazy: the function must hide the subpackage of the same name.
from deepyeast.aggregate import aggregate
from deepyeast.core import (
    COMPARTMENTS,
    TRANSFER_COMPARTMENTS,
    Calls,
    ClassList,
    Crops,
    DeepYeastError,
    Scores,
    package_version,
)

if TYPE_CHECKING:
    from deepyeast.nn import Card, Model
    from deepyeast.pipeline import classify_cells, evaluate_dataset
    from deepyeast.screening import ScreenSettings, screen
    from deepyeast.zoo import load

__version__ = package_version()

__all__ = [
    "COMPARTMENTS",
    "TRANSFER_COMPARTMENTS",
    "Calls",
    "Card",
    "ClassList",
    "Crops",
    "DeepYeastError",
    "Model",
    "Scores",
    "ScreenSettings",
    "__version__",
    "aggregate",
    "classify_cells",
    "evaluate_dataset",
    "load",
    "screen",
]

_LAZY = {
    "Card": "deepyeast.nn",
    "Model": "deepyeast.nn",
    "ScreenSettings": "deepyeast.screening",
    "classify_cells": "deepyeast.pipeline",
    "evaluate_dataset": "deepyeast.pipeline",
    "load": "deepyeast.zoo",
    "screen": "deepyeast.screening",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'deepyeast' has no attribute {name!r}")
    value: object = getattr(import_module(_LAZY[name]), name)
    return value
