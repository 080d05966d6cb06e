"""Composition only: the stages in their order, from input to run folder.

Contract: the one place that knows the order of the stages; computes nothing itself.
"""

from deepyeast.pipeline.classify import RunResult, classify_cells
from deepyeast.pipeline.evaluate import Evaluation, evaluate_dataset

__all__ = ["Evaluation", "RunResult", "classify_cells", "evaluate_dataset"]
