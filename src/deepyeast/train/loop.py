"""The training loop: resumable to the same weights, on a CPU, a GPU or several by torchrun.

All randomness of an iteration is a function of the seed and the iteration's number, so a
checkpoint needs no generator states and a killed run ends with the weights of an unbroken
one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

from deepyeast.core import ClassList, WeightsError, hash_config
from deepyeast.nn import Card, Model, Network, build_network
from deepyeast.train.augment import augment
from deepyeast.train.calibrate import calibrate
from deepyeast.train.checkpoint import Progress, Record, load_checkpoint, save_checkpoint
from deepyeast.train.data import LabelledImages, batch_indices
from deepyeast.train.recipe import Recipe

OnStep = Callable[[int, float], None]
EVALUATION_BATCH = 256
QUALITY_SAMPLE = 4_000
"""Training crops, at most, that the quality probe is fitted on besides the validation crops."""


@dataclass(frozen=True, eq=False)
class Trained:
    """What training gives: the model and the curves."""

    model: Model
    history: list[Record]


class Trainer:
    """One training run.

    Parameters
    ----------
    recipe, seed
        How; together with the data they determine the result.
    classes
        The class list of the labels.
    training, validation
        Cells by split.
    checkpoint
        File to resume from and to save to, at every validation.
    initial
        Weights to start from instead of fresh ones.

    Raises
    ------
    WeightsError
        If ``initial`` is of another network or number of classes.
    """

    def __init__(
        self,
        recipe: Recipe,
        seed: int,
        classes: ClassList,
        training: LabelledImages,
        validation: LabelledImages,
        checkpoint: Path,
        initial: Network | None = None,
    ) -> None:
        self.recipe, self.seed, self.classes = recipe, seed, classes
        self.training = training
        self.validation = validation.sample(recipe.validation_cells, seed)
        self.checkpoint = checkpoint
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        self.device = _device()
        self.mean_image = (
            _mean_image(training) if recipe.normalisation.kind == "mean-image" else None
        )
        torch.manual_seed(seed)
        self.network: Network = build_network(recipe.network, len(classes)).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.started = ""
        if initial is not None:
            self.started = _start_from(self.network, initial, recipe.network)
        self.optimiser = _optimiser(recipe, self.network)

    def run(self, on_step: OnStep | None = None) -> Trained:
        """Train to the end, resuming where a checkpoint is; call ``on_step(iteration, loss)``.

        Raises
        ------
        DatasetError
            If the checkpoint is of another run.
        """
        identity = self._identity()
        progress = load_checkpoint(self.checkpoint, identity, self.network, self.optimiser)
        progress = progress or Progress(0, [], {})
        module = self._distributed()
        recent: list[float] = []
        for iteration in range(progress.iteration, self.recipe.iterations):
            recent.append(self._step(module, iteration))
            if on_step is not None:
                on_step(iteration + 1, recent[-1])
            last = iteration + 1 == self.recipe.iterations
            if last or (iteration + 1) % self.recipe.validate_every == 0:
                self._validate(progress, iteration + 1, float(np.mean(recent)))
                recent = []
                if self.rank == 0:
                    save_checkpoint(
                        self.checkpoint, identity, self.network, self.optimiser, progress
                    )
        if distributed.is_initialized():
            distributed.destroy_process_group()
        self.network.load_state_dict(progress.best)
        return Trained(self._finish(), progress.history)

    def _identity(self) -> str:
        data = {
            "training": _fingerprint(self.training),
            "validation": _fingerprint(self.validation),
        }
        how = {"recipe": self.recipe.model_dump(), "seed": self.seed, "initial": self.started}
        return hash_config({**how, "data": data})

    def _distributed(self) -> nn.Module:
        """Return the network, shared by the processes that torchrun started, if it did."""
        if self.world == 1:
            return self.network
        on_gpu = self.device.type == "cuda"
        distributed.init_process_group("nccl" if on_gpu else "gloo")
        if on_gpu:  # statistics of the whole batch, as one process would have
            self.network = nn.SyncBatchNorm.convert_sync_batchnorm(self.network)
        return DistributedDataParallel(self.network)

    def _step(self, module: nn.Module, iteration: int) -> float:
        """Take one step of the optimiser; return the batch's loss."""
        recipe = self.recipe
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.learning_rate_at(iteration)
        torch.manual_seed(hash((self.seed, iteration, self.rank)) % 2**63)
        generator = torch.Generator().manual_seed(torch.initial_seed())
        chosen = batch_indices(
            self.training.cells(), iteration, recipe.batch, self.seed, self.rank, self.world
        )
        images = self._inputs(self.training.images[chosen], generator if recipe.augment else None)
        labels = torch.from_numpy(self.training.labels[chosen]).to(self.device)
        module.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.bfloat16):
            logits = module(images)
        loss = functional.cross_entropy(
            logits.float(), labels, label_smoothing=recipe.label_smoothing
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return float(loss.detach())

    def _inputs(self, images: np.ndarray, generator: torch.Generator | None = None) -> Tensor:
        """Normalise a batch, augment it if a generator is given, and move it to the device."""
        inputs = torch.from_numpy(self.recipe.normalisation.apply(images, self.mean_image))
        if generator is not None:
            inputs = augment(inputs, generator)
        return inputs.to(self.device, memory_format=torch.channels_last)

    def _scores(self, images: np.ndarray) -> Tensor:
        """Return class scores of images, float32 on the CPU, in the arithmetic of training."""
        self.network.eval()
        logits = []
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16),
        ):
            for start in range(0, len(images), EVALUATION_BATCH):
                inputs = self._inputs(images[start : start + EVALUATION_BATCH])
                logits.append(self.network(inputs).float().cpu())
        return torch.cat(logits)

    def _validate(self, progress: Progress, iteration: int, training_loss: float) -> None:
        """Add a record to the history and keep the network if its loss is the best."""
        cells = self.validation.cells()
        logits = self._scores(self.validation.images[cells])
        labels = torch.from_numpy(self.validation.labels[cells])
        loss = float(functional.cross_entropy(logits, labels))
        best = min((record.validation_loss for record in progress.history), default=np.inf)
        if loss < best:
            state = self.network.state_dict()
            progress.best = {name: t.detach().cpu().clone() for name, t in state.items()}
        progress.history.append(
            Record(
                iteration=iteration,
                training_loss=training_loss,
                validation_loss=loss,
                validation_accuracy=float((logits.argmax(1) == labels).float().mean()),
                learning_rate=self.recipe.learning_rate_at(iteration - 1),
            )
        )
        progress.iteration = iteration

    def _finish(self) -> Model:
        """Return the network as a model: with a card, and calibrated."""
        recipe = self.recipe
        card = Card(
            name=recipe.network,
            network=recipe.network,
            classes=self.classes,
            normalisation=recipe.normalisation,
            views=recipe.views,
            recipe=recipe.model_dump_json(),
            seed=self.seed,
        )
        network = self.network.cpu().eval()
        size = network.embedding_size
        model = Model(card, network, torch.zeros(size), torch.tensor(0.0), self.mean_image)
        return calibrate(model, self.validation, self.training.sample(QUALITY_SAMPLE, self.seed))


def _device() -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def _start_from(network: Network, initial: Network, name: str) -> str:
    """Copy the weights of ``initial``; return a number that tells them from others."""
    try:
        network.load_state_dict(initial.state_dict())
    except RuntimeError as error:
        raise WeightsError(
            f"the weights to start from are not of a {name} network of these classes"
        ) from error
    return repr(float(initial.classifier.weight.detach().double().sum()))


def _optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(
            network.parameters(),
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
    return torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )


def _mean_image(data: LabelledImages) -> np.ndarray:
    """Return the training cells' mean at each pixel, ``(2, 64, 64)``, on the scale -1 to 1."""
    mean = data.images[data.cells()].mean(0, dtype=np.float64)
    return np.asarray(mean / 127.5 - 1, dtype=np.float32)


def _fingerprint(data: LabelledImages) -> list[int]:
    """Return numbers that differ between data sets with near certainty, at no cost."""
    return [
        len(data.labels),
        int(data.labels @ np.arange(len(data.labels))),
        int(data.good.sum()),
        int(data.images[:: max(1, len(data.images) // 64)].sum(dtype=np.int64)),
    ]
