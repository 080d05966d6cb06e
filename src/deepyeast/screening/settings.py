"""How a screen is analysed: everything that its results depend on, and nothing else."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from deepyeast.io import Channels
from deepyeast.zoo import DEFAULT_MODEL

SegmenterName = Literal["watershed", "cellpose", "masks"]


class ScreenSettings(BaseModel):
    """Settings of a screen; number of workers and the like do not change results.

    Parameters
    ----------
    model
        A packaged network's name, or the path of a weights file.
    segmenter
        How cells are found: ``masks`` takes ready label images from the folder ``masks``.
    pixel_size_um
        Micrometres a pixel of the fields, whatever their files say; None: as they say.
    channels
        Which channel is red and which is green.
    overlays
        Write a picture of every field with the outlines of its cells.
    """

    model_config = ConfigDict(frozen=True)

    model: str = DEFAULT_MODEL
    segmenter: SegmenterName = "watershed"
    masks: str | None = None
    pixel_size_um: float | None = Field(default=None, gt=0)
    channels: Channels = Channels()
    overlays: bool = False
