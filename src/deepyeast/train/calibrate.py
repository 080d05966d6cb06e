"""What is fitted on a trained network: the temperature, and the quality probe.

Both are fitted on what the finished model computes, in its own arithmetic and views.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn import functional

from deepyeast.nn import Measurement, Model
from deepyeast.train.data import LabelledImages

_SURELY_GOOD = 20.0

KEPT = 0.99
"""Share of good crops whose quality is to be 0.5 or more."""


def calibrate(model: Model, validation: LabelledImages, more: LabelledImages) -> Model:
    """Return the model with temperature, quality probe and its validation accuracy in the card.

    Parameters
    ----------
    model
        A trained network; its temperature and quality probe are replaced.
    validation
        Cells that it was not trained on.
    more
        Crops that only the quality probe is fitted on besides: non-cells are few.
    """
    logits, embeddings = model.run(validation.images)
    cells = validation.cells()
    labels = torch.from_numpy(validation.labels[cells])
    accuracy = float((logits[cells].argmax(1) == labels).float().mean())
    measured = Measurement(
        data="validation split", metric="cell accuracy", value=accuracy, n=len(cells)
    )
    temperature = fit_temperature(logits[cells], labels)
    card = model.card.model_copy(update={"temperature": temperature, "measured": (measured,)})
    _, more_embeddings = model.run(more.images)
    weight, bias = fit_quality(
        torch.cat([embeddings, more_embeddings]).numpy(),
        np.concatenate([validation.good, more.good]),
    )
    return replace(model, card=card, quality_weight=weight, quality_bias=bias)


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature that minimises the validation loss (Guo et al., 2017).

    Parameters
    ----------
    logits
        float32 ``(n, k)``.
    labels
        int64 ``(n,)``.
    """

    def loss(log_temperature: float) -> float:
        return float(functional.cross_entropy(logits / np.exp(log_temperature), labels))

    found = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10)), method="bounded")
    return float(np.exp(found.x))


def fit_quality(embeddings: np.ndarray, good: np.ndarray) -> tuple[Tensor, Tensor]:
    """Fit how likely a crop shows one good cell, by logistic regression on the embedding.

    The regression separates the two kinds; its threshold is then moved so that
    :data:`KEPT` of the good crops pass at 0.5, whatever the share of bad ones it was fitted on.

    Parameters
    ----------
    embeddings
        float32 ``(n, d)``.
    good
        bool ``(n,)``; if no crop is known to be bad, every crop is declared good.

    Returns
    -------
    tuple
        Weights ``(d,)`` and bias ``()``, for embeddings as they are (the scaling is folded in).
    """
    if good.all():
        return torch.zeros(embeddings.shape[1]), torch.tensor(_SURELY_GOOD)
    scaler = StandardScaler().fit(embeddings)
    probe = LogisticRegression(C=0.1, max_iter=1000).fit(scaler.transform(embeddings), good)
    weight = probe.coef_[0] / scaler.scale_
    bias = -np.quantile(embeddings[good] @ weight, 1 - KEPT)
    return torch.tensor(weight, dtype=torch.float32), torch.tensor(bias, dtype=torch.float32)
