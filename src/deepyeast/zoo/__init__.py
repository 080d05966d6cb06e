"""The networks that come with DeepYeast, by name.

Contract: a name or a path in, a :class:`~deepyeast.nn.Model` out; the packaged weights are
ours, trained on simulated cells only, and say so in their cards.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from deepyeast.core import WeightsError
from deepyeast.nn import Card, Model, load_model, read_card

DEFAULT_MODEL = "fast"
"""The network used when none is named: the better of the packaged ones on real cells."""

__all__ = ["DEFAULT_MODEL", "available", "card", "load"]

_SUFFIX = ".safetensors"


def available() -> tuple[str, ...]:
    """Return the names of the packaged networks, sorted."""
    folder = files(__name__) / "weights"
    names = (file.name for file in folder.iterdir() if file.name.endswith(_SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names))


def load(model: str | Path = DEFAULT_MODEL) -> Model:
    """Load a network by packaged name, or from a weights file.

    The same packaged name gives the same object, loaded once.

    Raises
    ------
    WeightsError
        If there is no such name or file, or the file is unusable.
    """
    if isinstance(model, str) and model in available():
        return _load_packaged(model)
    return load_model(_existing(model))


def card(model: str | Path) -> Card:
    """Return a network's card without loading its weights.

    Raises
    ------
    WeightsError
        As :func:`load`.
    """
    if isinstance(model, str) and model in available():
        with as_file(files(__name__) / "weights" / f"{model}{_SUFFIX}") as path:
            return read_card(path)
    return read_card(_existing(model))


@cache
def _load_packaged(name: str) -> Model:
    with as_file(files(__name__) / "weights" / f"{name}{_SUFFIX}") as path:
        return load_model(path)


def _existing(model: str | Path) -> Path:
    path = Path(model)
    if path.is_dir() and (path / "model.safetensors").is_file():
        return path / "model.safetensors"
    if not path.is_file():
        names = ", ".join(available())
        raise WeightsError(f"no network or weights file {str(model)!r}; packaged are: {names}")
    return path
