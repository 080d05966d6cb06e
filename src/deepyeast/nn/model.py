"""A network ready to use: weights, card, calibration and quality in one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from deepyeast.core import CROP_SIZE, Crops, Scores, WeightsError, hash_file
from deepyeast.nn.card import Card
from deepyeast.nn.networks import Network, build_network
from deepyeast.nn.weights import read_weights, write_weights

BATCH = 256

_STEP = 16
"""Batches are filled up to a multiple of it: torch keeps code and memory for every size it saw."""


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network and everything needed to read cells with it.

    Parameters
    ----------
    card
        What it is; holds normalisation and temperature.
    network
        In evaluation mode.
    quality_weight, quality_bias
        Logistic regression on the embedding: ``(d,)`` and ``()``; the probability that the
        crop shows one good cell. A by-product of the network, so it costs nothing.
    mean_image
        ``(2, 64, 64)`` or None: the paper's normalisation.
    weights_hash
        SHA-256 of the weights file, or empty for a model never saved.
    """

    card: Card
    network: Network
    quality_weight: Tensor
    quality_bias: Tensor
    mean_image: np.ndarray | None = None
    weights_hash: str = ""

    def with_card(self, card: Card) -> Model:
        """Return the same model under another card."""
        return replace(self, card=card)

    def predict(self, crops: Crops | np.ndarray) -> Scores:
        """Score cells.

        Parameters
        ----------
        crops
            Crops, or an array ``(n, 2, 64, 64)`` of any real dtype, red then green, in the
            camera's own units.

        Raises
        ------
        ValueError
            If the array has another shape.
        """
        images = crops.images if isinstance(crops, Crops) else np.asarray(crops)
        if images.ndim != 4 or images.shape[1:] != (2, CROP_SIZE, CROP_SIZE):
            raise ValueError(f"crops must have shape (n, 2, 64, 64), not {images.shape}")
        logits, embeddings = self.run(images)
        scaled = logits / self.card.temperature
        quality = embeddings @ self.quality_weight + self.quality_bias
        novelty = -self.card.temperature * scaled.logsumexp(1)
        return Scores(
            probabilities=scaled.softmax(1).numpy(),
            embeddings=embeddings.numpy(),
            quality=quality.sigmoid().numpy(),
            novelty=novelty.numpy(),
            classes=self.card.classes,
        )

    def run(self, images: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return class scores before temperature and softmax, and embeddings.

        Both are averaged over the card's views. For calibration and study; to classify cells,
        use :meth:`predict`.

        Parameters
        ----------
        images
            ``(n, 2, 64, 64)`` of any real dtype, in the camera's own units.

        Returns
        -------
        tuple
            float32 ``(n, k)`` and ``(n, d)``, on the CPU.
        """
        device = next(self.network.parameters()).device
        logits = torch.zeros(len(images), len(self.card.classes))
        embeddings = torch.zeros(len(images), self.network.embedding_size)
        with torch.inference_mode():
            for start in range(0, len(images), BATCH):
                part = slice(start, start + BATCH)
                batch = self.card.normalisation.apply(images[part], self.mean_image)
                n = len(batch)
                batch = np.pad(batch, ((0, -n % _STEP), (0, 0), (0, 0), (0, 0)))
                inputs = torch.from_numpy(batch).to(device)
                for view in _views(inputs, self.card.views):
                    embedding = self.network.embed(
                        view.contiguous(memory_format=torch.channels_last)
                    )
                    scores = self.network.classifier(embedding)[:n]
                    logits[part] += scores.cpu() / self.card.views
                    embeddings[part] += embedding[:n].cpu() / self.card.views
        return logits, embeddings

    def save(self, path: Path, *, half: bool = False) -> None:
        """Write the model as one weights file; ``half`` stores half precision."""
        tensors = {f"network.{name}": t for name, t in self.network.state_dict().items()}
        tensors["quality.weight"] = self.quality_weight
        tensors["quality.bias"] = self.quality_bias
        if self.mean_image is not None:
            tensors["mean_image"] = torch.from_numpy(self.mean_image)
        write_weights(path, self.card, tensors, half=half)


def _views(images: Tensor, n: int) -> Iterator[Tensor]:
    """Yield ``n`` orientations: as it is, mirrored, and both after quarter turns."""
    for i in range(n):
        turned = torch.rot90(images, i // 2, (2, 3))
        yield turned.flip(3) if i % 2 else turned


def load_model(path: Path) -> Model:
    """Load a weights file.

    Raises
    ------
    WeightsError
        If it is damaged, not a weights file, or its tensors do not fit its card.
    """
    card, tensors = read_weights(path)
    try:
        network = build_network(card.network, len(card.classes))
        quality_weight = tensors.pop("quality.weight")
        quality_bias = tensors.pop("quality.bias")
        mean_image = tensors.pop("mean_image", None)
        network.load_state_dict({n.removeprefix("network."): t for n, t in tensors.items()})
    except (KeyError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(f"{path}: tensors do not fit the card ({reason})") from error
    network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Model(
        card=card,
        network=network,
        quality_weight=quality_weight,
        quality_bias=quality_bias,
        mean_image=None if mean_image is None else mean_image.numpy(),
        weights_hash=hash_file(path),
    )
