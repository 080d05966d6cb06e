"""A simulator of budding-yeast fluorescence microscopy.

Contract: depends on :mod:`deepyeast.core` alone; takes a seed and returns pictures with
their truth; writes nothing. ``anatomy`` draws a cell, ``compartments`` puts proteins in it,
``scene`` adds neighbours, ``optics`` and ``camera`` take the picture, ``proteins`` and
``dataset`` make whole data sets of the published structure, ``field`` and ``screen`` whole
fields of view and plates of them.
"""

from deepyeast.simulate.acquisition import RANGES, Acquisition, Mode, draw_acquisition
from deepyeast.simulate.dataset import Impurities, SimulatedProtein, simulate_dataset
from deepyeast.simulate.field import FieldSettings, SimulatedField, draw_field
from deepyeast.simulate.proteins import Plan, Structure, draw_protein, plan_dataset
from deepyeast.simulate.scene import NON_CELLS, Kind, Protein, draw_crop
from deepyeast.simulate.screen import Well, plan_screen, simulate_screen

__all__ = [
    "NON_CELLS",
    "RANGES",
    "Acquisition",
    "FieldSettings",
    "Impurities",
    "Kind",
    "Mode",
    "Plan",
    "Protein",
    "SimulatedField",
    "SimulatedProtein",
    "Structure",
    "Well",
    "draw_acquisition",
    "draw_crop",
    "draw_field",
    "draw_protein",
    "plan_dataset",
    "plan_screen",
    "simulate_dataset",
    "simulate_screen",
]
