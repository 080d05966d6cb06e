"""Random changes of a batch that leave its labels true: pose, size, gain, noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return a changed copy of normalised images ``(n, 2, 64, 64)``.

    Any rotation, flips, shifts of up to two pixels, sizes within about 12 % (one standard
    deviation), gain and offset of each channel, added noise of up to a quarter of the
    range. A yeast cell has no up or down, so rotations are as true as the original.
    """
    n = len(images)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    angle = 2 * math.pi * uniform(n)
    size = torch.exp(0.12 * normal(n))
    flip = torch.where(uniform(n) < 0.5, -1.0, 1.0)
    shift = (uniform(n, 2) - 0.5) * 0.12
    cos, sin = size * angle.cos(), size * angle.sin()
    rows = [torch.stack([cos * flip, -sin, shift[:, 0]], 1)]
    rows.append(torch.stack([sin * flip, cos, shift[:, 1]], 1))
    grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    gain = torch.exp(0.12 * normal(n, 2, 1, 1))
    changed = (moved + 1) * gain - 1 + 0.08 * normal(n, 2, 1, 1)
    changed = changed + 0.25 * uniform(n, 1, 1, 1) ** 2 * normal(*images.shape)
    return changed.clamp(-2, 2)
