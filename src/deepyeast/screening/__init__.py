"""Whole screens: planned once, processed by any number of workers, resumed wherever killed.

Contract: takes fields and a plate map, leaves a run folder. ``plan`` decides what is done,
``work`` does one field, ``execute`` spreads fields over workers, ``assemble`` puts the parts
together, ``check`` looks before hours are spent, ``run`` is all of it in order.
"""

from deepyeast.screening.check import Inspection, SampledField, inspect_fields
from deepyeast.screening.plan import PlannedField, ScreenPlan, plan_screen
from deepyeast.screening.run import Progress, screen
from deepyeast.screening.settings import ScreenSettings, SegmenterName

__all__ = [
    "Inspection",
    "PlannedField",
    "Progress",
    "SampledField",
    "ScreenPlan",
    "ScreenSettings",
    "SegmenterName",
    "inspect_fields",
    "plan_screen",
    "screen",
]
