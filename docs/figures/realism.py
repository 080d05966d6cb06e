"""Draw docs/figures/realism.png: statistics of real raw cells beside simulated ones.

Run from the repository's root: python docs/figures/realism.py ../shared/data/real_cells
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from deepyeast.core import COMPARTMENTS, GREEN, RED
from deepyeast.io import iterate_cells
from deepyeast.nn.normalise import noise
from deepyeast.report import distribution_grid, png
from deepyeast.simulate import draw_crop, draw_protein

SIMULATED_AS = {"AAC1": "mitochondrion", "AAH1": "cytoplasm", "AAR2": "cytoplasm"}
"""What to simulate beside each real protein."""
CELLS_A_WELL = 5


def statistics(images: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is compared, each ``(n,)``, of crops ``(n, 2, 64, 64)``."""
    low, high = np.percentile(images, [2, 99], axis=(2, 3))
    contrast = (high - low) / np.maximum(noise(images), 1e-9)
    relative = (images - low[..., None, None]) / np.maximum(high - low, 1e-9)[..., None, None]
    y, x = np.mgrid[:64, :64] - 31.5
    radius = np.hypot(y, x)
    means = [relative[:, RED, (radius >= r) & (radius < r + 2)].mean(1) for r in (0, 14, 22)]
    flat = images.reshape(len(images), 2, -1)
    flat = flat - flat.mean(2, keepdims=True)
    product = (flat[:, RED] * flat[:, GREEN]).sum(1)
    return {
        "signal / noise, red (log10)": np.log10(contrast[:, RED]),
        "signal / noise, green (log10)": np.log10(contrast[:, GREEN]),
        "correlation of red and green": product / np.linalg.norm(flat, axis=2).prod(1),
        "bright pixels, red (share)": (relative[:, RED] > 0.5).mean((1, 2)),
        "bright pixels, green (share)": (relative[:, GREEN] > 0.5).mean((1, 2)),
        "red at the centre": means[0],
        "red 3 µm from the centre": means[1],
        "red 5 µm from the centre": means[2],
        "median / maximum, green": np.median(relative[:, GREEN], axis=(1, 2)),
    }


def simulated(proteins: list[str], seed: int) -> np.ndarray:
    """Return one simulated raw cell for each real one, of the compartment it lives in."""
    rng = np.random.default_rng(seed)
    images = []
    for start in range(0, len(proteins), CELLS_A_WELL):
        well = proteins[start : start + CELLS_A_WELL]
        protein = draw_protein(rng, SIMULATED_AS[well[0]], COMPARTMENTS, "raw")
        images += [draw_crop(rng, protein) for _ in well]
    return np.stack(images)


def main() -> None:
    """Read the real cells, simulate as many, draw the figure."""
    crops = [batch.crops for batch in iterate_cells(Path(sys.argv[1]))]
    real = np.concatenate([c.images for c in crops])
    proteins = [str(p) for c in crops for p in c.cells["protein"]]
    figure = distribution_grid(
        statistics(real),
        statistics(simulated(proteins, seed=0)),
        (f"real ({len(real)} cells)", f"simulated ({len(real)} cells)"),
    )
    Path(__file__).with_name("realism.png").write_bytes(png(figure, dpi=110))


if __name__ == "__main__":
    main()
