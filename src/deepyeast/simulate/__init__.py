"""A simulator of budding-yeast fluorescence microscopy.

Contract: depends on :mod:`deepyeast.core` alone; takes a seed and returns pictures with
their truth; writes nothing. ``anatomy`` draws a cell, ``compartments`` puts proteins in it,
``scene`` adds neighbours, ``optics`` and ``camera`` take the picture, ``proteins`` and
``dataset`` make whole data sets of the published structure.
"""

from deepyeast.simulate.acquisition import RANGES, Acquisition, Mode, draw_acquisition
from deepyeast.simulate.dataset import Impurities, SimulatedProtein, simulate_dataset
from deepyeast.simulate.proteins import Plan, Structure, draw_protein, plan_dataset
from deepyeast.simulate.scene import NON_CELLS, Kind, Protein, draw_crop

__all__ = [
    "NON_CELLS",
    "RANGES",
    "Acquisition",
    "Impurities",
    "Kind",
    "Mode",
    "Plan",
    "Protein",
    "SimulatedProtein",
    "Structure",
    "draw_acquisition",
    "draw_crop",
    "draw_protein",
    "plan_dataset",
    "simulate_dataset",
]
