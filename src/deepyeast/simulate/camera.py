"""From light to the numbers in the file: shot and read noise, gain, offset, bit depth, export."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from deepyeast.simulate.acquisition import Acquisition

BIT_DEPTHS = (12, 16)


@dataclass(frozen=True)
class Camera:
    """Counts an electron, counts without light, and bits a pixel: the same for a whole plate."""

    gain: float
    offset: float
    bits: int


def draw_camera(rng: np.random.Generator) -> Camera:
    """Draw a camera of the kinds in use."""
    bits = BIT_DEPTHS[int(rng.integers(len(BIT_DEPTHS)))]
    gain = float(np.exp(rng.uniform(np.log(0.4), np.log(3.0))))
    return Camera(gain, float(rng.uniform(20, 120)), bits)


def record(
    rng: np.random.Generator,
    light: np.ndarray,
    acquisition: Acquisition,
    camera: Camera | None = None,
    illumination: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Return what the camera counts, float32 of the shape of ``light`` (photons a pixel).

    Poisson noise of light and background, Gaussian read noise, then the camera's gain, offset,
    quantisation and saturation. Without a ``camera``, one is drawn. ``illumination`` is the
    lamp's brightness over the field, relative to its brightest place.
    """
    expected = (light + acquisition.background) * illumination
    electrons = rng.poisson(expected) + acquisition.read_noise * rng.standard_normal(light.shape)
    camera = camera or draw_camera(rng)
    counts = np.rint(camera.gain * electrons + camera.offset)
    return np.clip(counts, 0, 2**camera.bits - 1).astype(np.float32)


def export(rng: np.random.Generator, counts: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """Return counts as a picture made for the eye: smoothed, sharpened and contrast-stretched.

    The stretch takes both channels' own range, or sometimes one range for both; the
    brightest ``saturated`` share is clipped. Result: float32, 0 to 255.
    """
    deviation = (0, acquisition.smoothing, acquisition.smoothing)
    picture = ndimage.gaussian_filter(counts, deviation)
    if acquisition.sharpening > 0.3:
        blurred = ndimage.gaussian_filter(picture, (0, 1.5, 1.5))
        picture = picture + (acquisition.sharpening - 0.3) * (picture - blurred)
    axes = (1, 2) if rng.random() < 0.7 else (0, 1, 2)
    low = picture.min(axis=axes, keepdims=True)
    high = np.quantile(picture, 1 - acquisition.saturated, axis=axes, keepdims=True)
    black = rng.uniform(0.0, 0.1)
    stretched = black + (1 - black) * (picture - low) / np.maximum(high - low, 1)
    return np.asarray(255 * np.clip(stretched, 0, 1), dtype=np.float32)


def to_8_bit(rng: np.random.Generator, counts: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """Return the uint8 ``(2, 64, 64)`` picture that the data set stores.

    Raw counts are only scaled, each channel so that its range fills part of the 8 bits;
    exported pictures are stretched and smoothed by :func:`export`.
    """
    if acquisition.mode == "export":
        return np.asarray(np.rint(export(rng, counts, acquisition)).astype(np.uint8))
    low = counts.min(axis=(1, 2), keepdims=True)
    high = counts.max(axis=(1, 2), keepdims=True)
    top = rng.uniform(90, 255, (2, 1, 1))
    return np.asarray(np.rint(top * (counts - low) / np.maximum(high - low, 1)).astype(np.uint8))
