"""From fluorophores to light on the camera: confocal section, blur, haze, bleed-through."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import fft

from deepyeast.core import GREEN, RED
from deepyeast.simulate.acquisition import Acquisition
from deepyeast.simulate.grid import MARGIN, Z

HAZE_WIDTH = 7.0
"""Standard deviation of widely scattered light, in pixels."""


@cache
def _frequencies(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared frequencies of the rows and columns of a real spectrum."""
    along_y = np.square(fft.fftfreq(height)).astype(np.float32)
    return along_y, np.square(fft.rfftfreq(width)).astype(np.float32)


def _gaussian_transfer(deviation: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return Gaussian transfer functions of unit area, ``(len(deviation), h, w // 2 + 1)``.

    Separable, and clipped at exp(-60): smaller values would be denormal numbers, on which
    processors are tens of times slower.
    """
    scale = (-2 * np.pi**2 * np.square(deviation)).astype(np.float32)[:, None]
    frequency_y, frequency_x = _frequencies(*shape)
    along_y = np.exp(np.maximum(scale * frequency_y, -30))
    along_x = np.exp(np.maximum(scale * frequency_x, -30))
    return np.asarray(along_y[:, :, None] * along_x[:, None, :])


def expose(
    scene: np.ndarray, acquisition: Acquisition, focus: float, defocus: float = 0.0
) -> np.ndarray:
    """Return the light that reaches the camera.

    Parameters
    ----------
    scene
        float32 ``(2, 7, h, w)``: photons each voxel emits, red then green.
    focus
        Height of the focal plane over the scene's middle, in pixels.
    defocus
        Blur beyond that of the microscope in focus (standard deviation in pixels).

    Returns
    -------
    ndarray
        float32 ``(2, h - 16, w - 16)``, the scene without its margin: expected photons a
        pixel, background not included.
    """
    distance = np.abs(Z - focus)
    weight = np.exp(-0.5 * np.square(distance / acquisition.section))
    weight = (weight / weight.sum()).astype(np.float32)
    width = np.sqrt(acquisition.psf**2 + np.square(acquisition.spread * distance) + defocus**2)
    height, across = scene.shape[-2:]
    sharp = _gaussian_transfer(width, (height, across))
    hazy = _gaussian_transfer(np.array([HAZE_WIDTH]), (height, across))
    transfer = (1 - acquisition.haze) * sharp * weight[:, None, None]
    transfer += acquisition.haze / len(Z) * hazy
    spectrum = fft.rfft2(scene, axes=(-2, -1))
    light = fft.irfft2((spectrum * transfer).sum(1), s=(height, across), axes=(-2, -1))
    inner = light[:, MARGIN : height - MARGIN, MARGIN : across - MARGIN]
    image = np.maximum(inner, 0).astype(np.float32)
    image[RED] += acquisition.bleed * image[GREEN]
    return np.asarray(image)
