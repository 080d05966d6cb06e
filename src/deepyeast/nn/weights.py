"""Weights files: safetensors with the card in the metadata. Nothing is ever unpickled."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from deepyeast.core import WeightsError
from deepyeast.nn.card import Card

_CARD = "deepyeast_card"
_LONGEST_HEADER = 100_000_000  # what the safetensors library itself allows


def write_weights(
    path: Path, card: Card, tensors: dict[str, Tensor], *, half: bool = False
) -> None:
    """Write a weights file; with ``half``, floating-point tensors in half precision."""
    stored = {
        name: (t.half() if half and t.is_floating_point() else t).contiguous().cpu()
        for name, t in tensors.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    save_file(stored, partial, metadata={_CARD: card.model_dump_json()})
    partial.replace(path)


def read_weights(path: Path) -> tuple[Card, dict[str, Tensor]]:
    """Read a weights file: its card, and its tensors in single precision.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, not safetensors (a pickle, say) or has no card.
    """
    card = read_card(path)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: damaged weights file ({error}); fetch it again") from error
    return card, {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}


def read_card(path: Path) -> Card:
    """Read a weights file's card alone, which costs no more than its first kilobytes.

    Raises
    ------
    WeightsError
        As :func:`read_weights`.
    """
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, _LONGEST_HEADER)))
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror})") from error
    except (struct.error, ValueError) as error:
        raise WeightsError(f"{path}: not a safetensors file; other kinds are never read") from error
    metadata = header.get("__metadata__", {}) if isinstance(header, dict) else {}
    if _CARD not in metadata:
        raise WeightsError(f"{path}: has no DeepYeast card, so its classes are unknown")
    try:
        return Card.model_validate_json(metadata[_CARD])
    except ValidationError as error:
        raise WeightsError(f"{path}: its card is not one this version reads ({error})") from error


def count_parameters(tensors: dict[str, Tensor]) -> int:
    """Return the number of floating-point values in ``tensors``."""
    return sum(t.numel() for t in tensors.values() if torch.is_floating_point(t))
