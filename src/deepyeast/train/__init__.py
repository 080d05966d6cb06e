"""Training: data in memory, augmentation, recipes, the loop, calibration.

Contract: labelled images in, a :class:`~deepyeast.nn.Model` and its curves out; the only
file it touches is its checkpoint.
"""

from deepyeast.train.average import average_weights
from deepyeast.train.calibrate import calibrate, fit_quality
from deepyeast.train.checkpoint import Record
from deepyeast.train.data import LabelledImages
from deepyeast.train.loop import Trained, Trainer
from deepyeast.train.recipe import RECIPES, Recipe

__all__ = [
    "RECIPES",
    "LabelledImages",
    "Recipe",
    "Record",
    "Trained",
    "Trainer",
    "average_weights",
    "calibrate",
    "fit_quality",
]
