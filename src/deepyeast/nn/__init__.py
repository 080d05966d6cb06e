"""Networks, the only normalisation, weights files and inference.

Contract: depends on :mod:`deepyeast.core` alone; a :class:`Model` takes crops and returns
scores. Class order, normalisation and calibration come from the weights file's card.
"""

from deepyeast.nn.card import Card, Measurement
from deepyeast.nn.model import Model, load_model
from deepyeast.nn.networks import NETWORKS, Network, build_network
from deepyeast.nn.normalise import Normalisation
from deepyeast.nn.runtime import Runtime, find_runtime
from deepyeast.nn.weights import read_card, read_weights, write_weights

__all__ = [
    "NETWORKS",
    "Card",
    "Measurement",
    "Model",
    "Network",
    "Normalisation",
    "Runtime",
    "build_network",
    "find_runtime",
    "load_model",
    "read_card",
    "read_weights",
    "write_weights",
]
