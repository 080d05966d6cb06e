"""From fluorophores to light on the camera: confocal section, blur, haze, bleed-through."""

from __future__ import annotations

import numpy as np
from scipy import fft

from deepyeast.core import CROP_SIZE, GREEN, RED
from deepyeast.simulate.acquisition import Acquisition
from deepyeast.simulate.grid import MARGIN, SCENE_SIZE, Z

_FREQUENCY_Y = np.square(fft.fftfreq(SCENE_SIZE)).astype(np.float32)
_FREQUENCY_X = np.square(fft.rfftfreq(SCENE_SIZE)).astype(np.float32)
HAZE_WIDTH = 7.0
"""Standard deviation of widely scattered light, in pixels."""


def _gaussian_transfer(deviation: np.ndarray) -> np.ndarray:
    """Return Gaussian transfer functions ``(len(deviation), 80, 41)`` of unit area.

    Separable, and clipped at exp(-60): smaller values would be denormal numbers, on which
    processors are tens of times slower.
    """
    scale = (-2 * np.pi**2 * np.square(deviation)).astype(np.float32)[:, None]
    along_y = np.exp(np.maximum(scale * _FREQUENCY_Y, -30))
    along_x = np.exp(np.maximum(scale * _FREQUENCY_X, -30))
    return np.asarray(along_y[:, :, None] * along_x[:, None, :])


def expose(
    scene: np.ndarray, acquisition: Acquisition, focus: float, defocus: float = 0.0
) -> np.ndarray:
    """Return the light that reaches the camera.

    Parameters
    ----------
    scene
        float32 ``(2, 7, 80, 80)``: photons each voxel emits, red then green.
    focus
        Height of the focal plane over the scene's middle, in pixels.
    defocus
        Blur beyond that of the microscope in focus (standard deviation in pixels).

    Returns
    -------
    ndarray
        float32 ``(2, 64, 64)``: expected photons a pixel, background not included.
    """
    distance = np.abs(Z - focus)
    weight = np.exp(-0.5 * np.square(distance / acquisition.section))
    weight = (weight / weight.sum()).astype(np.float32)
    width = np.sqrt(acquisition.psf**2 + np.square(acquisition.spread * distance) + defocus**2)
    sharp = _gaussian_transfer(width)
    hazy = _gaussian_transfer(np.array([HAZE_WIDTH]))
    transfer = (1 - acquisition.haze) * sharp * weight[:, None, None]
    transfer += acquisition.haze / len(Z) * hazy
    spectrum = fft.rfft2(scene, axes=(-2, -1))
    light = fft.irfft2((spectrum * transfer).sum(1), s=(SCENE_SIZE, SCENE_SIZE), axes=(-2, -1))
    inner = slice(MARGIN, MARGIN + CROP_SIZE)
    image = np.maximum(light[:, inner, inner], 0).astype(np.float32)
    image[RED] += acquisition.bleed * image[GREEN]
    return np.asarray(image)
