"""The only normalisation: camera numbers to network input. Its parameters travel in the card."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

_MAD_TO_DEVIATION = 1.4826 / np.sqrt(2)


class Normalisation(BaseModel):
    """How pixel values become network input.

    ``percentile`` (default): every channel of every crop is shifted and scaled so that its
    ``low`` percentile becomes -1 and its ``high`` percentile 1, then clipped a little
    beyond. Gain, offset and bit depth therefore do not matter. Where the range is less
    than ``noise_floor`` times the noise (estimated from neighbouring pixels), that multiple
    is the range: an empty channel stays flat instead of becoming contrasty noise.

    ``mean-image``: the paper's own (Methods): values of 0 to 255 scaled to -1 to 1, less
    the training images' mean at each pixel (``mean_image`` in the weights file).
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["percentile", "mean-image"] = "percentile"
    low: float = Field(default=1.0, ge=0, le=100)
    high: float = Field(default=99.7, ge=0, le=100)
    noise_floor: float = Field(default=10.0, ge=0)
    clip: float = Field(default=2.0, gt=1)

    def apply(self, images: np.ndarray, mean_image: np.ndarray | None = None) -> np.ndarray:
        """Return network input, float32 ``(n, 2, 64, 64)``.

        Parameters
        ----------
        images
            ``(n, 2, 64, 64)`` of any real dtype.
        mean_image
            float32 ``(2, 64, 64)`` on the scale -1 to 1, for ``mean-image`` only.

        Raises
        ------
        ValueError
            If a mean image is needed and absent.
        """
        values = np.asarray(images, dtype=np.float32)
        if self.kind == "mean-image":
            if mean_image is None:
                raise ValueError("normalisation by mean image needs the mean image")
            return np.asarray(values / 127.5 - 1 - mean_image, dtype=np.float32)
        low, scale = self.ranges(values)
        values = (values - low) * (2 / scale) - 1
        return np.asarray(np.clip(values, -self.clip, self.clip, out=values))

    def ranges(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the low percentile and the range of each crop and channel, ``(n, 2, 1, 1)``."""
        flat = values.reshape(*values.shape[:2], -1)
        last = flat.shape[-1] - 1
        ranks = [round(last * p / 100) for p in (self.low, self.high)]
        selected = np.partition(flat, ranks, axis=-1)
        low, high = selected[..., ranks[0]], selected[..., ranks[1]]
        scale = np.maximum(high - low, self.noise_floor * noise(values))
        scale = np.where(scale > 0, scale, 1)
        return low[..., None, None], scale[..., None, None].astype(np.float32)


def noise(values: np.ndarray) -> np.ndarray:
    """Return the noise's standard deviation in each image, shape ``values.shape[:-2]``.

    The median absolute difference of neighbouring pixels, scaled to the standard deviation
    of Gaussian noise; edges of cells are too few to move a median. Every second row and
    column is enough.
    """
    difference = np.abs(values[..., ::2, 1::2] - values[..., ::2, ::2])
    flat = difference.reshape(*difference.shape[:-2], -1)
    middle = flat.shape[-1] // 2
    return np.asarray(np.partition(flat, middle, axis=-1)[..., middle] * _MAD_TO_DEVIATION)
