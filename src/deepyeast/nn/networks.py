"""The networks: the paper's, its shallower and deeper relatives, and one small modern one.

Every network maps normalised crops ``(n, 2, 64, 64)`` to an embedding (``embed``) and from
there to class scores (``forward``), so that whatever reads embeddings need not know which
network it has.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from deepyeast.core import CROP_SIZE

# Convolutions at 64, 32 and 16 pixels. The paper (Fig. 1B) gives those of 11 layers; the
# relatives change depth alone and keep width, pooling and the three connected layers.
_CONVOLUTIONS = {5: (1, 1, 0), 9: (2, 2, 2), 11: (2, 2, 4), 13: (2, 2, 6)}
_WIDTHS = (64, 128, 256)
BATCH_NORM_EPSILON = 1e-3


class Network(nn.Module):
    """A network with an embedding; ``classifier`` is the last linear layer."""

    embedding_size: int
    classifier: nn.Linear

    def embed(self, images: Tensor) -> Tensor:
        """Return the last hidden layer, ``(n, embedding_size)``, of normalised images."""
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        """Return class scores before softmax, ``(n, classes)``, of normalised images."""
        return cast(Tensor, self.classifier(self.embed(images)))


class DeepYeast(Network):
    """The paper's network: 3x3 convolutions, batch normalisation before every activation.

    64, 64, pool, 128, 128, pool, 256 x 4, pool, 512, 512, classes; dropout 0.5 after the
    first two connected layers; Glorot-normal weights (paper, Methods and Fig. 1B).

    Parameters
    ----------
    depth
        Layers with weights: 5, 9, 11 or 13.
    classes
        Number of classes.
    """

    def __init__(self, depth: int = 11, classes: int = 12) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 2
        for width, count in zip(_WIDTHS, _CONVOLUTIONS[depth], strict=True):
            for _ in range(count):
                layers += [
                    nn.Conv2d(channels, width, 3, padding=1),
                    nn.BatchNorm2d(width, eps=BATCH_NORM_EPSILON),
                    nn.ReLU(inplace=True),
                ]
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.convolutions = nn.Sequential(*layers)
        flat = channels * (CROP_SIZE // 8) ** 2
        self.connected = nn.Sequential(nn.Flatten(), *_connected(flat, 512), *_connected(512, 512))
        self.embedding_size = 512
        self.classifier = nn.Linear(512, classes)
        self.apply(_glorot_normal)

    def embed(self, images: Tensor) -> Tensor:
        """Return the second connected layer, ``(n, 512)``."""
        return cast(Tensor, self.connected(self.convolutions(images)))


def _connected(inputs: int, outputs: int) -> list[nn.Module]:
    return [
        nn.Linear(inputs, outputs),
        nn.BatchNorm1d(outputs, eps=BATCH_NORM_EPSILON),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
    ]


def _glorot_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_normal_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut; the first may halve the size (He et al., 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride) if stride != 1 else nn.Identity(),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(n, outputs, size / stride, size / stride)``."""
        return torch.relu(self.body(images) + self.shortcut(images))


class Fast(Network):
    """A small residual network: 2x2 pixels become channels, so it works at 32 pixels at most.

    About a million parameters. Mean and maximum pooling together tell an even glow
    from a few bright spots.
    """

    def __init__(self, classes: int = 12) -> None:
        super().__init__()
        widths = (32, 64, 112, 176)
        blocks: list[nn.Module] = [
            nn.PixelUnshuffle(2),
            nn.Conv2d(8, widths[0], 3, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            ResidualBlock(widths[0], widths[0]),
        ]
        for inputs, outputs in pairwise(widths):
            blocks += [ResidualBlock(inputs, outputs, stride=2), ResidualBlock(outputs, outputs)]
        self.convolutions = nn.Sequential(*blocks[:-1])
        self.embedding_size = 128
        self.connected = nn.Sequential(
            nn.Linear(2 * widths[-1], self.embedding_size, bias=False),
            nn.BatchNorm1d(self.embedding_size),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
        )
        self.classifier = nn.Linear(self.embedding_size, classes)

    def embed(self, images: Tensor) -> Tensor:
        """Return the connected layer, ``(n, 128)``."""
        maps = self.convolutions(images)
        pooled = torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)
        return cast(Tensor, self.connected(pooled))


NETWORKS = ("fast", "deepyeast-5", "deepyeast-9", "deepyeast-11", "deepyeast-13")
"""Names that :func:`build_network` knows."""


def build_network(name: str, classes: int = 12) -> Network:
    """Build a network by name, with fresh weights.

    Raises
    ------
    ValueError
        If there is no network of that name.
    """
    if name == "fast":
        return Fast(classes)
    if name in NETWORKS:
        return DeepYeast(int(name.removeprefix("deepyeast-")), classes)
    raise ValueError(f"unknown network {name!r}; there are {', '.join(NETWORKS)}")
