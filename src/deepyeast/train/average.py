"""The mean of two networks of which one was trained on from the other."""

from __future__ import annotations

import copy
from dataclasses import replace

from deepyeast.core import WeightsError
from deepyeast.nn import Model


def average_weights(one: Model, other: Model) -> Model:
    """Return a model with the mean of the weights of two, under the second one's card.

    Raises
    ------
    WeightsError
        If they are not of the same network, classes and normalisation.
    """
    for name in ("network", "classes", "normalisation"):
        if getattr(one.card, name) != getattr(other.card, name):
            raise WeightsError(f"weights of different {name} cannot be averaged")
    first, second = one.network.state_dict(), other.network.state_dict()
    mean = {
        name: (first[name] + tensor) / 2 if tensor.is_floating_point() else tensor
        for name, tensor in second.items()
    }
    network = copy.deepcopy(other.network)
    network.load_state_dict(mean)
    return replace(other, network=network)
