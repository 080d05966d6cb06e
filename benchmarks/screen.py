"""Print how fast a whole screen goes beside its parts, and what memory it takes.

Run with ``make bench``, or alone with ``python -m benchmarks.screen``. The network alone, on
the same cells with all cores, is the baseline of the rates; a screen of one plate is that of
the memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from deepyeast import zoo
from deepyeast.cli.simulate import write_screen
from deepyeast.io import Run, find_fields, read_field
from deepyeast.segment import Watershed, clean
from deepyeast.simulate import FieldSettings

CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Measured:
    """A whole run: seconds, cells, and peak memory of all its processes together, in MB."""

    seconds: float
    cells: int
    peak: float


def run_screen(fields: Path, out: Path) -> Measured:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "deepyeast", "screen", str(fields)]
    command += ["--plate-map", str(fields / "plate_map.csv"), "--out", str(out)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peak = 0.0
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(0.1):
                peak = max(peak, sum(_memory(process.pid)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        process.wait()
        done.set()
        watcher.join()
    seconds = time.perf_counter() - started
    return Measured(seconds, len(Run.open(out).cells), peak)


def _memory(pid: int) -> Iterator[float]:
    """Yield the proportional memory, in MB, of a process and all its children."""
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            yield process.memory_full_info().pss / 2**20
    except psutil.Error:
        return


def simulate(out: Path, plates: int, settings: FieldSettings, wells: int, fields: int) -> None:
    """Write a screen."""
    write_screen(out, plates, wells, fields, 0, settings, "ome-tiff", CORES, lambda: None)


def rates(folder: Path) -> Table:
    """Measure the whole pipeline beside the network and segmentation alone."""
    fields = folder / "fields"
    simulate(fields, 1, FieldSettings(), wells=16, fields=4)
    measured = run_screen(fields, folder / "run")
    run = Run.open(folder / "run")
    crops = np.asarray(run.crops[:2048])
    model = zoo.load()
    model.predict(crops[:256])
    started = time.perf_counter()
    model.predict(crops)
    network = len(crops) / (time.perf_counter() - started)
    files = find_fields(fields).files[:6]
    images = [read_field(fields, file).image[0] for file in files]
    segment = Watershed()
    segment(images[0])
    started = time.perf_counter()
    found = sum(int(clean(segment(image)).labels.max()) for image in images)
    segmentation = found / (time.perf_counter() - started)
    table = Table("screen", "cells / s", "ratio to the network alone")
    for name, rate in (
        (f"network alone ({zoo.DEFAULT_MODEL}), {CORES} threads (baseline)", network),
        ("segmentation alone, one process", segmentation),
        (f"whole pipeline, {CORES} workers and their start", _analysis_rate(run)),
        ("whole command, with imports, assembly and report", _rate(measured)),
    ):
        table.add_row(name, f"{rate:,.0f}", f"{rate / network:.2f}")
    return table


def _analysis_rate(run: Run) -> float:
    return len(run.cells) / run.provenance.timings["analyse fields"]


def _rate(measured: Measured) -> float:
    return measured.cells / measured.seconds


def memory(folder: Path) -> Table:
    """Measure peak memory over one plate and over eight."""
    settings = FieldSettings(height=500, width=500, cells=60)
    table = Table("plates", "cells", "peak memory, MB", "ratio to one plate")
    peaks: list[float] = []
    for plates in (1, 8):
        fields = folder / f"fields{plates}"
        simulate(fields, plates, settings, wells=12, fields=2)
        measured = run_screen(fields, folder / f"run{plates}")
        peaks.append(measured.peak)
        ratio = f"{peaks[-1] / peaks[0]:.2f}"
        table.add_row(str(plates), f"{measured.cells:,}", f"{measured.peak:,.0f}", ratio)
    return table


def main() -> None:
    """Measure and print."""
    console = Console()
    for measure in (rates, memory):
        with tempfile.TemporaryDirectory() as folder:
            console.print(measure(Path(folder)))


if __name__ == "__main__":
    main()
