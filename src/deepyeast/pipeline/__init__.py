"""Composition only: the stages in their order, from input to run folder.

Contract: the one place that knows the order of the stages; computes nothing itself.
"""

from deepyeast.pipeline.build_dataset import MINIMUM_CELLS, BuiltDataset, build_dataset
from deepyeast.pipeline.classify import classify_cells
from deepyeast.pipeline.evaluate import Evaluation, evaluate_dataset
from deepyeast.pipeline.fields import AnalysedField, analyse_field
from deepyeast.pipeline.installation import Check, check_installation
from deepyeast.pipeline.objects import label_objects
from deepyeast.pipeline.run import GOOD_ENOUGH, LabelledCells, RunResult, finish_run

__all__ = [
    "GOOD_ENOUGH",
    "MINIMUM_CELLS",
    "AnalysedField",
    "BuiltDataset",
    "Check",
    "Evaluation",
    "LabelledCells",
    "RunResult",
    "analyse_field",
    "build_dataset",
    "check_installation",
    "classify_cells",
    "evaluate_dataset",
    "finish_run",
    "label_objects",
]
