"""Model cards: what a weights file is, for people and for the program."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from deepyeast.core import COMPARTMENTS, CROP_SIZE, ClassList
from deepyeast.nn.normalise import Normalisation


class Measurement(BaseModel):
    """One measured accuracy: on which data, of how many cells or proteins."""

    model_config = ConfigDict(frozen=True)

    data: str
    metric: str
    value: float
    n: int


class Card(BaseModel):
    """What a weights file states about itself; saved in its metadata as JSON.

    ``temperature`` divides the class scores before softmax (Guo et al., 2017), fitted on
    validation cells. ``views`` is the number of orientations a crop is looked at in, whose
    scores are averaged: 1, or 2, 4, 8 with mirror images and quarter turns, since a cell has no
    up or down. ``pixel_size_um`` is the size of a pixel of the cells it was made for.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    name: str
    network: str
    classes: ClassList = COMPARTMENTS
    input_size: int = CROP_SIZE
    channels: tuple[str, ...] = ("red: cytosolic marker", "green: tagged protein")
    pixel_size_um: float = 0.215
    normalisation: Normalisation = Normalisation()
    temperature: float = Field(default=1.0, gt=0)
    views: Literal[1, 2, 4, 8] = 1
    training_data: str = ""
    recipe: str = ""
    seed: int | None = None
    licence: str = "MIT"
    measured: tuple[Measurement, ...] = ()
    limits: str = ""
