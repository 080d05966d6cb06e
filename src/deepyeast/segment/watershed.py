"""Cells in the red channel by classical means: local threshold, distance transform, watershed.

The marker fills the cytosol, so a cell is a bright blob whose edge lies where the light has
fallen to a fixed share of the brightness just inside it, however bright the cell is. Touching
cells are cut where the blob has a narrow neck; a neck that is wide for the smaller side is
that of a bud, which stays with its mother.
"""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.morphology import disk
from skimage.segmentation import expand_labels, watershed

_BLOCK = 8
"""Pixels a side of the blocks that the background is estimated from."""


_NO_NECK = 0.87
"""Width of a seam relative to the smaller part from which on there is no neck at all."""


class Watershed(BaseModel):
    """The default segmenter; lengths are in pixels of 0.215 µm.

    Parameters
    ----------
    edge
        Brightness of a cell's edge relative to that of the cell just inside.
    reach
        How far inside the edge is looked for that brightness.
    noise
        Standard deviations of the background that a cell must rise above it.
    faint
        Share of the field's own (Otsu's) threshold that a cell must reach.
    neck, bud
        Two parts are one cell if the neck between them is at least ``neck + bud * s`` times
        as wide as the smaller part, where s is the smaller part's width relative to the
        larger one's: the smaller the part, the likelier it is a bud.
    glow
        Nor are they one cell if the seam is so many times as bright as the darker part: then
        it is the edge of a bright cell beside a dim one, unless there is hardly a neck.
    background
        Width of the window that the background is estimated in.
    """

    model_config = ConfigDict(frozen=True)

    edge: float = Field(default=0.4, gt=0, lt=1)
    reach: int = Field(default=7, ge=1)
    noise: float = Field(default=4.0, gt=0)
    faint: float = Field(default=0.35, ge=0)
    neck: float = Field(default=0.3, ge=0)
    bud: float = Field(default=0.3, ge=0)
    glow: float = Field(default=1.4, gt=1)
    background: int = Field(default=200, ge=16)

    def __call__(self, red: np.ndarray) -> np.ndarray:
        """Return the cells of a field.

        Parameters
        ----------
        red
            ``(h, w)``, any real dtype and units, finite.

        Returns
        -------
        ndarray
            int32 ``(h, w)``: cells 1 to n, 0 elsewhere; all zeros where there is none.
        """
        light, spread = self._light(np.asarray(red, dtype=np.float32))
        cells = self._foreground(light, spread)
        if not cells.any():
            return np.zeros(cells.shape, dtype=np.int32)
        return self._grow(self._split(cells, light), light, spread)

    def _light(self, red: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the smoothed light over the background, and the background's deviation."""
        smooth = ndimage.gaussian_filter(red, 1.0)
        smooth -= self._background(smooth)
        dark = smooth[smooth <= np.median(smooth)]
        middle = np.median(dark)
        return smooth - middle, 1.4826 * float(np.median(np.abs(dark - middle)))

    def _foreground(self, smooth: np.ndarray, spread: float) -> np.ndarray:
        """Return which pixels are of cells, bool ``(h, w)``, holes (vacuoles) filled."""
        glare = np.percentile(smooth, 98)
        least = max(self.noise * spread, self.faint * threshold_otsu(np.minimum(smooth, glare)))
        inside = ndimage.maximum_filter(ndimage.gaussian_filter(smooth, 1.5), 2 * self.reach + 1)
        bright = smooth > np.maximum(self.edge * ndimage.gaussian_filter(inside, 2.0), least)
        filled = ndimage.binary_fill_holes(ndimage.binary_opening(bright))
        return np.asarray(ndimage.binary_opening(filled, disk(2)))

    def _background(self, image: np.ndarray) -> np.ndarray:
        """Return the slowly varying light between cells, float32 of the image's shape.

        A low percentile of the medians of small blocks, over a window wider than a clump.
        """
        height, width = image.shape
        edges = ((0, -height % _BLOCK), (0, -width % _BLOCK))
        padded = np.pad(image, edges, mode="edge")
        rows, columns = (n // _BLOCK for n in padded.shape)
        blocks = padded.reshape(rows, _BLOCK, columns, _BLOCK).swapaxes(1, 2)
        medians = np.median(blocks.reshape(rows, columns, -1), axis=-1)
        window = self.background // _BLOCK
        low = ndimage.percentile_filter(medians, 15, size=window, mode="reflect")
        low = ndimage.gaussian_filter(low, window / 4)
        full = ndimage.zoom(low, _BLOCK, order=1, mode="nearest", grid_mode=True)
        return np.asarray(full[:height, :width], dtype=np.float32)

    def _grow(self, cells: np.ndarray, light: np.ndarray, spread: float) -> np.ndarray:
        """Give back to dim cells what their bright neighbours' measure took from them.

        Each cell grows up to ``reach`` as far as the light is ``edge`` of its own brightness.
        """
        brightness = _means(light, cells)
        grown = expand_labels(cells, self.reach)
        least = np.maximum(self.edge * brightness, self.noise * spread)
        return np.where((cells > 0) | (light > least[grown]), grown, 0).astype(np.int32)

    def _split(self, cells: np.ndarray, light: np.ndarray) -> np.ndarray:
        """Cut the foreground at narrow necks: watershed of the depth, then cuts taken back."""
        depth = ndimage.distance_transform_edt(cells).astype(np.float32)
        depth = ndimage.gaussian_filter(depth, 1.0) * cells
        blobs, _ = ndimage.label(cells)
        peaks = peak_local_max(
            depth, min_distance=3, threshold_abs=2.0, exclude_border=False, labels=blobs
        )
        if not len(peaks):
            return np.zeros(cells.shape, dtype=np.int32)
        markers = np.zeros(cells.shape, dtype=np.int32)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        parts = watershed(-depth, markers, mask=cells)
        width = np.concatenate([[0.0], depth[tuple(peaks.T)]])
        brightness = _means(light, parts)
        first, second, saddle, glow = _seams(parts, depth, light)
        small = np.minimum(width[first], width[second])
        large = np.maximum(width[first], width[second])
        wide = saddle >= (self.neck + self.bud * small / large) * small
        darker = np.minimum(brightness[first], brightness[second])
        one = (wide & (glow <= self.glow * darker)) | (saddle >= _NO_NECK * small)
        return _join(parts, first[one], second[one])


def _means(light: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean light of each label, that of 0 first."""
    flat = labels.ravel()
    return np.bincount(flat, light.ravel()) / np.maximum(np.bincount(flat), 1)


def _seams(
    parts: np.ndarray, depth: np.ndarray, light: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs of touching parts, and the greatest depth and light along each one's seam."""
    codes, depths, lights = [], [], []
    n = int(parts.max()) + 1
    for before, after in (
        (np.s_[:-1, :], np.s_[1:, :]),
        (np.s_[:, :-1], np.s_[:, 1:]),
    ):
        one, other = parts[before], parts[after]
        seam = (one != other) & (one > 0) & (other > 0)
        one, other = one[seam].astype(np.int64), other[seam].astype(np.int64)
        codes.append(np.minimum(one, other) * n + np.maximum(one, other))
        depths.append(np.minimum(depth[before][seam], depth[after][seam]))
        lights.append((light[before][seam] + light[after][seam]) / 2)
    pairs, index = np.unique(np.concatenate(codes), return_inverse=True)
    highest = np.full((2, len(pairs)), -np.inf)
    np.maximum.at(highest[0], index, np.concatenate(depths))
    np.maximum.at(highest[1], index, np.concatenate(lights))
    return pairs // n, pairs % n, highest[0], highest[1]


def _join(parts: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the parts with those of each pair made one, int32."""
    n = int(parts.max()) + 1
    links = coo_array((np.ones(len(first)), (first, second)), shape=(n, n))
    _, group = connected_components(links, directed=False)
    return np.asarray(group[parts], dtype=np.int32)
