"""Print cells a second of every stage, as a ratio to a baseline measured in the same run.

Run with ``make bench``. Absolute rates depend on the machine; the ratios are what to
compare between releases.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from deepyeast import zoo
from deepyeast.aggregate import aggregate
from deepyeast.nn import Normalisation
from deepyeast.simulate import plan_dataset, simulate_dataset


@dataclass(frozen=True)
class Timing:
    """Cells a second of one way to do a stage."""

    stage: str
    way: str
    rate: float


def rate(cells: int, work: Callable[[], object], runs: int = 3) -> float:
    """Return cells a second of the median run, after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return cells / float(np.median(seconds))


def simulation() -> list[Timing]:
    """One process is the baseline; several must come near as many times as fast."""
    cores = os.cpu_count() or 1
    plans = plan_dataset(1500, seed=0, structure="balanced")

    def work(workers: int) -> Callable[[], object]:
        return lambda: list(simulate_dataset(plans, seed=0, workers=workers))

    return [
        Timing("simulate", "one process (baseline)", rate(1500, work(1), runs=1)),
        Timing("simulate", f"{cores} processes", rate(1500, work(cores), runs=1)),
    ]


def normalisation() -> list[Timing]:
    """numpy.percentile, which interpolates, is the baseline of our selection by rank."""
    images = np.random.default_rng(0).integers(0, 4000, (1000, 2, 64, 64)).astype(np.float32)

    def plain() -> None:
        low, high = np.percentile(images, [1.0, 99.7], axis=(2, 3), keepdims=True)
        np.clip((images - low) * (2 / (high - low)) - 1, -2, 2)

    ours = Normalisation()
    return [
        Timing("normalise", "numpy.percentile (baseline)", rate(1000, plain)),
        Timing("normalise", "ours, with noise floor", rate(1000, lambda: ours.apply(images))),
    ]


def inference() -> list[Timing]:
    """The 11-layer network in plain torch float32 is the baseline."""
    images = np.random.default_rng(0).integers(0, 4000, (512, 2, 64, 64)).astype(np.float32)
    plain = zoo.load("deepyeast-11").network
    inputs = torch.from_numpy(Normalisation().apply(images)).contiguous()

    def eager() -> None:
        with torch.inference_mode():
            for start in range(0, len(inputs), 100):
                plain(inputs[start : start + 100])

    timings = [Timing("classify", "deepyeast-11, plain torch float32 (baseline)", rate(512, eager))]
    for name in zoo.available():
        model = zoo.load(name)
        speed = rate(512, lambda model=model: model.predict(images))  # type: ignore[misc]
        timings.append(Timing("classify", f"{name}, model.predict", speed))
    return timings


def aggregation() -> list[Timing]:
    """A loop over proteins is the baseline of the vectorised posterior."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(12, 0.3), 20_000).astype(np.float32)
    proteins = np.array([f"P{i:04d}" for i in rng.integers(0, 1000, len(probabilities))])

    def loop() -> None:
        for protein in np.unique(proteins):
            aggregate(
                probabilities[proteins == protein], ["one"] * int((proteins == protein).sum())
            )

    return [
        Timing("aggregate", "protein by protein (baseline)", rate(20_000, loop, runs=1)),
        Timing("aggregate", "at once", rate(20_000, lambda: aggregate(probabilities, proteins))),
    ]


def main() -> None:
    """Measure every stage and print the table."""
    console = Console()
    console.print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"torch {torch.__version__}, {torch.get_num_threads()} threads"
    )
    table = Table("stage", "way", "cells / s", "ratio to baseline")
    for measure in (simulation, normalisation, inference, aggregation):
        timings = measure()
        for timing in timings:
            ratio = timing.rate / timings[0].rate
            table.add_row(timing.stage, timing.way, f"{timing.rate:,.0f}", f"{ratio:.2f}")
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    main()
