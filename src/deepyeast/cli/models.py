"""`deepyeast models`: the networks that can be used, what their cards say, their quality head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table
from sklearn.metrics import roc_auc_score

from deepyeast import zoo
from deepyeast.cli.app import Json, app, console, print_json, progress_bar
from deepyeast.cli.train import good_cells, labelled_images
from deepyeast.core import DatasetError
from deepyeast.io import PublishedDataset
from deepyeast.nn import Model
from deepyeast.pipeline import GOOD_ENOUGH, label_objects
from deepyeast.segment import build_segmenter
from deepyeast.train import average_weights, calibrate, fit_quality

QUALITY_CROPS = 10_000
"""Training crops that the quality head is fitted on besides the validation split's."""

models = typer.Typer(help="The networks: which there are, what they are.", no_args_is_help=True)
app.add_typer(models, name="models")


@models.command("list")
def list_models(json: Json = False) -> None:
    """List the packaged networks with their measured accuracies.

    Example: deepyeast models list
    """
    cards = {name: zoo.card(name) for name in zoo.available()}
    if json:
        print_json({name: card.model_dump(mode="json") for name, card in cards.items()})
        return
    for name, card in cards.items():
        default = " (default)" if name == zoo.DEFAULT_MODEL else ""
        console.print(f"[bold]{name}[/]{default}, {len(card.classes)} classes", highlight=False)
        for m in card.measured:
            line = f"  {m.value:6.1%}  {m.data}: {m.metric} ({m.n})"
            console.print(line, highlight=False, soft_wrap=True)


@models.command()
def show(
    model: Annotated[str, typer.Argument(help="A packaged name, or a weights file.")],
    json: Json = False,
) -> None:
    """Print a network's card: classes, normalisation, training data, measured accuracy.

    Example: deepyeast models show fast
    """
    card = zoo.card(model)
    if json:
        print_json(card.model_dump(mode="json"))
        return
    table = Table(show_header=False, box=None)
    for field, value in card:
        if field == "measured":
            value = "\n".join(f"{m.value:.3f}  {m.metric}, {m.data} ({m.n})" for m in card.measured)
        elif field == "classes":
            value = f"{card.classes.name} v{card.classes.version}: " + ", ".join(card.classes.names)
        table.add_row(f"[bold]{field}[/]", str(value))
    console.print(table)


@models.command()
def average(
    first: Annotated[str, typer.Argument(help="A packaged name, or a weights file.")],
    second: Annotated[str, typer.Argument(help="Another, of the same network.")],
    data: Annotated[
        Path, typer.Option(help="Data set whose validation split it is calibrated on.")
    ],
    out: Annotated[Path, typer.Option(help="Weights file to write.")],
    half: Annotated[bool, typer.Option("--half", help="Store half precision.")] = False,
    json: Json = False,
) -> None:
    """Average the weights of a network and of one trained on from it, and calibrate the result.

    Such a mean is often more robust than either (Wortsman et al., 2022).

    Example: deepyeast models average fast longer.safetensors --data /tmp/d --out mean.safetensors
    """
    one, other = zoo.load(first), zoo.load(second)
    known = good_cells(data)
    source = PublishedDataset.open(data)
    validation = labelled_images(source.read("val"), known)
    seed = other.card.seed or 0
    more = labelled_images(source.read("train"), known).sample(QUALITY_CROPS, seed)
    mean = calibrate(average_weights(one, other), validation, more)
    out.parent.mkdir(parents=True, exist_ok=True)
    mean.save(out, half=half)
    accuracy = mean.card.measured[0]
    if json:
        print_json({"model": str(out), "accuracy": accuracy.value, "cells": accuracy.n})
    else:
        told = f"{accuracy.value:.1%} of {accuracy.n} validation cells"
        console.print(f"{out}: {told}", soft_wrap=True)


@models.command("fit-quality")
def fit_quality_head(
    model: Annotated[str, typer.Argument(help="A packaged name, or a weights file.")],
    screen: Annotated[
        Path, typer.Option(help="A simulated screen: what segmentation gets wrong in it.")
    ],
    data: Annotated[
        Path, typer.Option(help="A simulated data set: crops of dirt, clumps, blurred cells.")
    ],
    out: Annotated[Path, typer.Option(help="Weights file to write.")],
    half: Annotated[bool, typer.Option("--half", help="Store half precision.")] = False,
    json: Json = False,
) -> None:
    """Fit anew which crops show one good cell, on non-cells and on badly segmented objects.

    The network stays as it is; the probability is a logistic regression on its embedding. A
    tenth of the crops is kept aside to tell how well it does.

    Example: deepyeast models fit-quality fast --screen /tmp/s --data /tmp/d --out new.safetensors
    """
    network = zoo.load(model)
    embeddings, good = _objects(network, screen, data)
    aside = np.arange(len(good)) % 10 == 0
    weight, bias = fit_quality(embeddings[~aside], good[~aside])
    fitted = replace(network, quality_weight=weight, quality_bias=bias)
    out.parent.mkdir(parents=True, exist_ok=True)
    fitted.save(out, half=half)
    quality = 1 / (1 + np.exp(-(embeddings[aside] @ weight.numpy() + float(bias))))
    told = _how_well(quality, good[aside])
    if json:
        print_json({"model": str(out), **told})
    else:
        console.print(
            f"{out}: of {told['bad']} crops kept aside that show no good cell, "
            f"{told['bad_dropped']:.1%} are dropped; of {told['good']} good ones, "
            f"{told['good_kept']:.1%} are kept; AUROC {told['auroc']:.3f}",
            soft_wrap=True,
        )


def _objects(network: Model, screen: Path, data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings and truth of the screen's objects and of the data set's crops, mixed."""
    embeddings, good = [], []
    with progress_bar() as bar:
        bar.add_task("embedding crops", total=None)
        found = label_objects(screen, build_segmenter("watershed"), network.card.pixel_size_um)
        for images, cells in found:
            embeddings.append(network.run(images)[1].numpy())
            good.append(cells)
        known = good_cells(data)
        if known is None:
            raise DatasetError(f"{data}: has no truth.csv that tells which crops show a cell")
        crops = PublishedDataset.open(data).read("train")
        embeddings.append(network.run(crops.images)[1].numpy())
        good.append(known.reindex(crops.cells["source"], fill_value=True).to_numpy(dtype=bool))
    order = np.random.default_rng(0).permutation(sum(len(g) for g in good))
    return np.concatenate(embeddings)[order], np.concatenate(good)[order]


def _how_well(quality: np.ndarray, good: np.ndarray) -> dict[str, float]:
    """Return what the threshold of a run does to crops of either kind."""
    return {
        "good": int(good.sum()),
        "bad": int((~good).sum()),
        "good_kept": float((quality[good] >= GOOD_ENOUGH).mean()),
        "bad_dropped": float((quality[~good] < GOOD_ENOUGH).mean()),
        "auroc": float(roc_auc_score(good, quality)),
    }
