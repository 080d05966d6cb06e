"""How right a network is, per cell and per protein.

Contract: takes calls or probabilities with the true classes, returns the metrics of
:mod:`deepyeast.core`; draws nothing, touches no disk.
"""

from deepyeast.evaluate.metrics import evaluate_cells, evaluate_proteins, protein_labels

__all__ = ["evaluate_cells", "evaluate_proteins", "protein_labels"]
