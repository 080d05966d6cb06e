"""How a plate was imaged: microscope, camera and the form the pictures were handed on in.

Two ways of acquisition exist and want different things of a network: raw camera images
(no bleed-through, often low signal) and pictures exported for people to look at
(8 bit, contrast-stretched, bleed-through, smoothed). They are explicit modes; the numbers
are ranges matched to real cells of either kind (see ``docs/simulator.md``).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

Mode = Literal["raw", "export"]
Range = tuple[float, float]


class AcquisitionRanges(BaseModel):
    """Ranges from which a plate's well draws how it was imaged; lengths in pixels.

    ``psf`` is the in-focus standard deviation, ``spread`` its growth per pixel out of focus,
    ``section`` the depth of the optical section, ``haze`` the share of light scattered
    widely, ``bleed`` the share of green light in the red channel. ``red_photons`` and
    ``green_photons`` are the median and log-normal deviation of a cell's mean signal;
    ``background`` and ``autofluorescence`` are in photons a pixel, ``read_noise`` in
    electrons. ``smoothing`` and ``sharpening`` are what exporting does to a picture,
    ``saturated`` the share of pixels it clips.
    """

    model_config = ConfigDict(frozen=True)

    radius: Range
    psf: Range
    spread: Range = (0.10, 0.30)
    section: Range = (3.5, 12.0)
    haze: Range = (0.02, 0.22)
    bleed: Range
    red_photons: tuple[float, float]
    green_photons: tuple[float, float]
    background: Range
    autofluorescence: Range
    read_noise: Range
    smoothing: Range = (0.0, 0.0)
    sharpening: Range = (0.0, 0.0)
    saturated: Range = (0.0, 0.0)


RANGES: dict[Mode, AcquisitionRanges] = {
    "raw": AcquisitionRanges(
        radius=(14.0, 19.5),
        psf=(1.1, 2.0),
        bleed=(0.0, 0.04),
        red_photons=(560.0, 0.4),
        green_photons=(420.0, 0.85),
        background=(6.0, 60.0),
        autofluorescence=(3.0, 18.0),
        read_noise=(1.5, 6.0),
    ),
    "export": AcquisitionRanges(
        radius=(13.0, 22.0),
        psf=(1.1, 2.0),
        bleed=(0.0, 0.45),
        red_photons=(450.0, 0.6),
        green_photons=(600.0, 0.85),
        background=(5.0, 60.0),
        autofluorescence=(1.0, 9.0),
        read_noise=(1.5, 6.0),
        smoothing=(0.3, 1.1),
        sharpening=(0.0, 1.2),
        saturated=(0.0, 0.012),
    ),
}


class Acquisition(BaseModel):
    """How one well was imaged: a draw from :class:`AcquisitionRanges`, in the same units."""

    model_config = ConfigDict(frozen=True)

    mode: Mode
    radius: float
    psf: float
    spread: float
    section: float
    haze: float
    bleed: float
    red_photons: float
    green_photons: float
    background: float
    autofluorescence: float
    read_noise: float
    smoothing: float
    sharpening: float
    saturated: float


def draw_acquisition(rng: np.random.Generator, mode: Mode) -> Acquisition:
    """Draw how a well is imaged: uniform within the mode's ranges, signals log-normal."""
    ranges = RANGES[mode]
    drawn = {
        name: float(rng.uniform(*getattr(ranges, name)))
        for name in AcquisitionRanges.model_fields
        if not name.endswith("photons")
    }
    drawn["background"] = float(np.exp(rng.uniform(*np.log(ranges.background))))
    drawn["bleed"] = ranges.bleed[0] + (ranges.bleed[1] - ranges.bleed[0]) * rng.random() ** 2
    for name in ("red_photons", "green_photons"):
        median, deviation = getattr(ranges, name)
        drawn[name] = float(median * rng.lognormal(0, deviation))
    return Acquisition(mode=mode, **drawn)
