"""What is fitted on a trained network: the temperature, and the quality probe."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn import functional

_SURELY_GOOD = 20.0


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
    """Fit the probability that a crop shows one good cell, by logistic regression.

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
    bias = probe.intercept_[0] - (weight * scaler.mean_).sum()
    return torch.tensor(weight, dtype=torch.float32), torch.tensor(bias, dtype=torch.float32)
