"""The values that flow through the stages: frozen, with shapes and dtypes checked on entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from deepyeast.core.classes import COMPARTMENTS, ClassList

CROP_SIZE = 64
"""Height and width of a single-cell crop, in pixels (paper, Methods)."""

RED, GREEN = 0, 1
"""Channel indices: red is the cytosolic marker, green the tagged protein."""

CELL_COLUMNS = ("cell_id", "source", "protein", "plate", "well", "field", "y", "x")
"""Columns of :attr:`Crops.cells` that every reader fills, the unknown ones with ``""`` or NaN."""


def _check(name: str, array: np.ndarray, shape: tuple[int | None, ...]) -> None:
    """Raise ValueError unless ``array`` is float32 of ``shape``; None stands for any length."""
    fits = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits or array.dtype != np.float32:
        wanted = ", ".join("n" if s is None else str(s) for s in shape)
        raise ValueError(
            f"{name} must be float32 of shape ({wanted}), not {array.dtype} of {array.shape}"
        )


@dataclass(frozen=True, eq=False)
class Field:
    """One field of view, as read.

    Parameters
    ----------
    image
        float32 ``(2, height, width)``, channels red then green, in the camera's own units.
    source
        Where it came from: the file relative to the input folder, with ``#scene`` behind it
        where a file holds several fields.
    plate, well, field
        Where it was taken; wells in the form of :func:`normalise_well`.
    pixel_size_um
        Micrometres a pixel; None where the file does not say.
    """

    image: np.ndarray
    source: str
    plate: str
    well: str
    field: str
    pixel_size_um: float | None = None

    def __post_init__(self) -> None:
        """Check shape and dtype."""
        _check("image", self.image, (2, None, None))


@dataclass(frozen=True, eq=False)
class Crops:
    """Single cells cut out of their fields.

    Parameters
    ----------
    images
        float32 ``(n, 2, 64, 64)``, channels red then green, in the camera's own units.
    cells
        One row a cell, in the same order, with the columns :data:`CELL_COLUMNS`
        (``y``, ``x``: pixels in the field; NaN where the field is unknown).
    """

    images: np.ndarray
    cells: pd.DataFrame

    def __post_init__(self) -> None:
        """Check shapes, dtypes and columns."""
        _check("images", self.images, (None, 2, CROP_SIZE, CROP_SIZE))
        missing = [c for c in CELL_COLUMNS if c not in self.cells.columns]
        if missing:
            raise ValueError(f"cells lacks the columns {missing}")
        if len(self.cells) != len(self.images):
            raise ValueError(f"{len(self.images)} images but {len(self.cells)} rows of cells")

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.images)


@dataclass(frozen=True, eq=False)
class Scores:
    """What a network says of each cell.

    Parameters
    ----------
    probabilities
        float32 ``(n, k)``, calibrated class probabilities; every row sums to one.
    embeddings
        float32 ``(n, d)``, the network's last hidden layer.
    quality
        float32 ``(n,)``, probability from 0 to 1 that the crop shows one good cell.
    novelty
        float32 ``(n,)``, how unlike the training cells (larger is stranger; see the card).
    classes
        The ``k`` classes, in the order of the columns.
    """

    probabilities: np.ndarray
    embeddings: np.ndarray
    quality: np.ndarray
    novelty: np.ndarray
    classes: ClassList = field(default=COMPARTMENTS)

    def __post_init__(self) -> None:
        """Check shapes, dtypes, and that the probabilities are probabilities."""
        n = len(self.probabilities)
        _check("probabilities", self.probabilities, (None, len(self.classes)))
        _check("embeddings", self.embeddings, (n, None))
        _check("quality", self.quality, (n,))
        _check("novelty", self.novelty, (n,))
        if n and not np.allclose(self.probabilities.sum(1), 1, atol=1e-3):
            raise ValueError("each row of probabilities must sum to one")

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.probabilities)

    @property
    def labels(self) -> np.ndarray:
        """Name of each cell's most probable class, object array ``(n,)``."""
        return self.classes.labels(self.probabilities.argmax(1))

    @property
    def entropy(self) -> np.ndarray:
        """Shannon entropy of each cell's probabilities in nats, float32 ``(n,)``."""
        p = np.clip(self.probabilities, 1e-12, 1)
        return np.asarray(-(p * np.log(p)).sum(1), dtype=np.float32)

    @classmethod
    def concatenate(cls, parts: Sequence[Scores]) -> Scores:
        """Join scores of one class list in order.

        Raises
        ------
        ValueError
            If there are none, or if they are of different class lists.
        """
        if not parts:
            raise ValueError("no scores to concatenate")
        if any(p.classes != parts[0].classes for p in parts):
            raise ValueError("scores of different class lists cannot be joined")
        return cls(
            probabilities=np.concatenate([p.probabilities for p in parts]),
            embeddings=np.concatenate([p.embeddings for p in parts]),
            quality=np.concatenate([p.quality for p in parts]),
            novelty=np.concatenate([p.novelty for p in parts]),
            classes=parts[0].classes,
        )


@dataclass(frozen=True, eq=False)
class Calls:
    """Where each protein lives: the posterior over its cells' compartments.

    Parameters
    ----------
    proteins
        Names, object array ``(m,)``, unique.
    n_cells, n_used
        int64 ``(m,)``: cells seen, and cells of sufficient quality that were counted.
    mean, low, high
        float32 ``(m, k)``: posterior mean of the fraction of cells in each class, and the
        bounds of its central 95 % credible interval.
    classes
        The ``k`` classes, in the order of the columns.
    """

    proteins: np.ndarray
    n_cells: np.ndarray
    n_used: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    classes: ClassList = field(default=COMPARTMENTS)

    def __post_init__(self) -> None:
        """Check shapes and dtypes."""
        m = len(self.proteins)
        for name in ("mean", "low", "high"):
            _check(name, getattr(self, name), (m, len(self.classes)))
        if len(self.n_cells) != m or len(self.n_used) != m:
            raise ValueError("n_cells and n_used must have one number a protein")

    def __len__(self) -> int:
        """Return the number of proteins."""
        return len(self.proteins)

    @property
    def localization(self) -> np.ndarray:
        """Name of each protein's most probable compartment, object array ``(m,)``."""
        return self.classes.labels(self.mean.argmax(1))
