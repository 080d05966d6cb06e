"""`deepyeast train`: a network from labelled cells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from deepyeast import zoo
from deepyeast.cli.app import Json, app, console, print_json, progress_bar
from deepyeast.cli.simulate import TRUTH
from deepyeast.core import DatasetError
from deepyeast.io import LabelledCells, PublishedDataset
from deepyeast.nn import NETWORKS, Normalisation
from deepyeast.report import png, training_curves
from deepyeast.train import RECIPES, LabelledImages, Recipe, Trainer


@app.command()
def train(
    data: Annotated[
        Path, typer.Argument(help="A data set in the published layout: folder or tar.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for weights, checkpoint and curves.")],
    recipe: Annotated[str, typer.Option(help="paper or fast.")] = "fast",
    network: Annotated[
        str | None, typer.Option(help=f"Another network than the recipe's: {', '.join(NETWORKS)}.")
    ] = None,
    iterations: Annotated[int | None, typer.Option(help="Another length.", min=1)] = None,
    batch: Annotated[int | None, typer.Option(help="Another batch size.", min=2)] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Another peak rate.")] = None,
    validate_every: Annotated[
        int | None, typer.Option(help="Iterations between validations and checkpoints.", min=1)
    ] = None,
    percentile: Annotated[
        bool, typer.Option("--percentile", help="Percentile normalisation, whatever the recipe's.")
    ] = False,
    initial: Annotated[
        str | None, typer.Option("--from", help="Start from a packaged network or weights file.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of weights, batches and augmentation.", min=0)] = 0,
    about: Annotated[str, typer.Option(help="What the card says of the training data.")] = "",
    json: Json = False,
) -> None:
    """Train a network; run the same command again to go on where it was killed.

    Writes model.safetensors, history.csv, curves.png and checkpoint.safetensors. On several
    GPUs: torchrun --nproc-per-node 4 -m deepyeast train …

    Example: deepyeast train /tmp/cells --out /tmp/net --recipe fast
    """
    chosen = _recipe(
        recipe,
        network=network,
        iterations=iterations,
        batch=batch,
        learning_rate=learning_rate,
        validate_every=validate_every,
        normalisation=Normalisation() if percentile else None,
    )
    source = PublishedDataset.open(data)
    good = good_cells(data)
    splits = {split: labelled_images(source.read(split), good) for split in ("train", "val")}
    out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(
        chosen,
        seed,
        source.classes,
        splits["train"],
        splits["val"],
        out / "checkpoint.safetensors",
        None if initial is None else zoo.load(initial).network,
    )
    with progress_bar() as bar:
        task = bar.add_task("training", total=chosen.iterations)
        trained = trainer.run(
            lambda done, loss: bar.update(
                task, completed=done, description=f"training, loss {loss:.3f}"
            )
        )
    if int(os.environ.get("RANK", "0")) != 0:
        return
    card = trained.model.card.model_copy(update={"training_data": about or str(data)})
    trained.model.with_card(card).save(out / "model.safetensors")
    history = pd.DataFrame([record.model_dump() for record in trained.history])
    history.to_csv(out / "history.csv", index=False, lineterminator="\n")
    (out / "curves.png").write_bytes(png(training_curves(history)))
    best = min(trained.history, key=lambda record: record.validation_loss)
    if json:
        print_json({"model": str(out / "model.safetensors"), **best.model_dump()})
    else:
        console.print(
            f"{out / 'model.safetensors'}: {best.validation_accuracy:.1%} of validation cells "
            f"at iteration {best.iteration}; curves in {out / 'curves.png'}"
        )


def _recipe(name: str, **changes: object) -> Recipe:
    """Return the named recipe with the changes that are not None."""
    if name not in RECIPES:
        raise typer.BadParameter(f"unknown recipe {name!r}; there are {', '.join(RECIPES)}")
    given = {key: value for key, value in changes.items() if value is not None}
    if given.get("network", NETWORKS[0]) not in NETWORKS:
        raise typer.BadParameter(f"unknown network; there are {', '.join(NETWORKS)}")
    return Recipe.model_validate({**RECIPES[name].model_dump(), **given})


def good_cells(data: Path) -> pd.Series | None:
    """Return, by file, whether a crop shows a good cell, where a simulation's truth tells."""
    path = data / TRUTH
    if not path.is_file():
        return None
    truth = pd.read_csv(path)
    if not {"file", "kind"} <= set(truth.columns):
        raise DatasetError(f"{path}: needs the columns file and kind")
    return pd.Series((truth["kind"] == "cell").to_numpy(), index=truth["file"])


def labelled_images(cells: LabelledCells, good: pd.Series | None) -> LabelledImages:
    """Return a split's cells for training; ``good`` tells by file which show a cell."""
    known = np.ones(len(cells.labels), dtype=bool)
    if good is not None:
        known = good.reindex(cells.cells["source"], fill_value=True).to_numpy(dtype=bool)
    return LabelledImages(cells.images, cells.labels, known)
