"""How right a network is, per cell and per protein, and how well cells were found.

Contract: takes calls, probabilities or labels with the true ones, returns the metrics of
:mod:`deepyeast.core`; draws nothing, touches no disk.
"""

from deepyeast.evaluate.metrics import evaluate_cells, evaluate_proteins, protein_labels
from deepyeast.evaluate.segmentation import Matches, evaluate_segmentation, match_objects

__all__ = [
    "Matches",
    "evaluate_cells",
    "evaluate_proteins",
    "evaluate_segmentation",
    "match_objects",
    "protein_labels",
]
