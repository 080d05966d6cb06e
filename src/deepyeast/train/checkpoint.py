"""Checkpoints: the whole state of a run as safetensors, written atomically."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from deepyeast.core import DatasetError

_STATE = "state"


class Record(BaseModel):
    """One validation: iteration, mean losses, validation accuracy, learning rate."""

    model_config = ConfigDict(frozen=True)

    iteration: int
    training_loss: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float


@dataclass
class Progress:
    """Where a run stands: the next iteration, its history, and the best network so far."""

    iteration: int
    history: list[Record]
    best: dict[str, Tensor]


def save_checkpoint(
    path: Path, run: str, network: nn.Module, optimiser: Optimizer, progress: Progress
) -> None:
    """Write a checkpoint; ``run`` identifies recipe, seed and data, so that none is mixed up."""
    tensors = {f"network/{n}": t for n, t in network.state_dict().items()}
    tensors |= {f"best/{n}": t for n, t in progress.best.items()}
    for index, slots in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser/{index}/{slot}": t for slot, t in slots.items() if t is not None}
    state = {
        "run": run,
        "iteration": progress.iteration,
        "history": [record.model_dump() for record in progress.history],
    }
    partial = path.with_suffix(".partial")
    contiguous = {n: t.detach().cpu().contiguous().clone() for n, t in tensors.items()}
    save_file(contiguous, partial, metadata={_STATE: json.dumps(state)})
    partial.replace(path)


def load_checkpoint(
    path: Path, run: str, network: nn.Module, optimiser: Optimizer
) -> Progress | None:
    """Restore a checkpoint in place; None if there is none.

    Raises
    ------
    DatasetError
        If it belongs to another recipe, seed or data set, or is damaged.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            state = json.loads(file.metadata()[_STATE])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise DatasetError(f"{path}: damaged checkpoint; delete it to start anew") from error
    if state["run"] != run:
        raise DatasetError(
            f"{path}: is of another recipe, seed or data set; "
            "choose another --out, or delete it to start anew"
        )
    network.load_state_dict(_part(tensors, "network/"))
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _part(tensors, "optimiser/").items():
        index, slot = name.split("/")
        slots.setdefault(int(index), {})[slot] = tensor
    optimiser.load_state_dict({**optimiser.state_dict(), "state": slots})
    return Progress(
        iteration=state["iteration"],
        history=[Record.model_validate(record) for record in state["history"]],
        best=_part(tensors, "best/"),
    )


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
