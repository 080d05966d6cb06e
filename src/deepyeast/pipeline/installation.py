"""Whether this installation, on this machine, can do the work."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Literal

import numpy as np
from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict

from deepyeast import zoo
from deepyeast.core import COMPARTMENTS, WeightsError, package_version
from deepyeast.nn import Runtime, find_runtime
from deepyeast.simulate import draw_crop, draw_protein

Mark = Literal["ok", "warning", "problem"]

GB = 1e9
LITTLE_DISK = 10 * GB
NO_DISK = 0.1 * GB
LITTLE_MEMORY = 4 * GB
TEST_CELLS = 12
TEST_CLASSES = ("cell periphery", "mitochondrion", "nuclear periphery", "nucleus", "vacuole")
"""Simulated and classified to try each network."""

BFLOAT16 = frozenset({"amx_bf16", "avx512_bf16"})
"""Instructions that speed up training with the fast recipe."""

_DEVELOPERS_EXTRAS = frozenset({"dev", "docs"})


class Check(BaseModel):
    """One thing looked at: what was found, whether it will do, and what to do if not."""

    model_config = ConfigDict(frozen=True)

    name: str
    found: str
    mark: Mark = "ok"
    advice: str = ""


def check_installation(folder: Path) -> Iterator[Check]:
    """Yield what matters for running DeepYeast here, one thing after the other.

    Parameters
    ----------
    folder
        Where results would be written.
    """
    yield Check(name="Python", found=f"{platform.python_version()} on {platform.platform()}")
    yield Check(name="DeepYeast", found=package_version())
    yield from _check_libraries()
    runtime = find_runtime()
    yield _check_processor(runtime)
    yield _check_gpu(runtime)
    yield _check_memory()
    for name, place in (("disk", folder), ("temporary files", Path(tempfile.gettempdir()))):
        yield _check_disk(name, place)
    for name in zoo.available():
        yield _check_network(name)


def _check_libraries() -> Iterator[Check]:
    """Yield the libraries that are needed, then those of each extra."""
    try:
        needed = [Requirement(line) for line in requires("deepyeast") or ()]
        extras = metadata("deepyeast").get_all("Provides-Extra") or []
    except PackageNotFoundError:
        yield Check(
            name="libraries",
            found="DeepYeast is run without being installed, so they are not known",
            mark="warning",
            advice="pip install it",
        )
        return
    plain = [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
    wrong = _unsatisfied(plain)
    yield Check(
        name="libraries",
        found=", ".join(f"{r.name} {_installed(r)}" for r in plain),
        mark="problem" if wrong else "ok",
        advice=f"pip install {' '.join(wrong)}" if wrong else "",
    )
    for extra in sorted({*extras} - _DEVELOPERS_EXTRAS):
        its = [r for r in needed if r.marker and r.marker.evaluate({"extra": extra})]
        its = [r for r in its if r not in plain]
        lacking = _unsatisfied(its)
        found = ", ".join(f"{r.name} {_installed(r)}" for r in its)
        if lacking:
            found = f"not there; for it: pip install 'deepyeast[{extra}]'"
        yield Check(name=f"extra {extra}", found=found)


def _unsatisfied(needed: list[Requirement]) -> list[str]:
    """Return the requirements that are absent or of an unsuitable version, quoted for a shell."""
    return [
        f"'{r.name}{r.specifier}'"
        for r in needed
        if not _installed(r) or not r.specifier.contains(_installed(r), prereleases=True)
    ]


def _installed(requirement: Requirement) -> str:
    try:
        return version(requirement.name)
    except PackageNotFoundError:
        return ""


def _check_processor(runtime: Runtime) -> Check:
    from dask.system import CPU_COUNT  # minds affinity and the limits of containers

    native = sorted(_processor_flags() & BFLOAT16)
    found = (
        f"{CPU_COUNT} of {os.cpu_count()} cores usable, {runtime.threads} threads, "
        f"{', '.join([runtime.instructions, *native])}"
    )
    if runtime.threads > CPU_COUNT:
        advice = f"more threads than cores get in each other's way: set OMP_NUM_THREADS={CPU_COUNT}"
        return Check(name="processor", found=found, mark="warning", advice=advice)
    return Check(name="processor", found=found)


def _processor_flags() -> frozenset[str]:
    """Return what Linux says that the processor can do; nothing elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    lines = (line.partition(":")[2] for line in text.splitlines() if line.startswith("flags"))
    return frozenset(next(lines, "").split())


def _check_gpu(runtime: Runtime) -> Check:
    if runtime.gpus:
        told = (f"{name}, {memory / GB:.0f} GB" for name, memory in runtime.gpus)
        return Check(name="GPU", found="; ".join(told))
    if runtime.gpu_problem or shutil.which("nvidia-smi"):
        return Check(
            name="GPU",
            found=runtime.gpu_problem or f"there may be one, but torch {runtime.version} has none",
            mark="warning",
            advice="for training on it, install torch for its driver: https://pytorch.org",
        )
    return Check(name="GPU", found="none; only training the paper's network wants one")


def _check_memory() -> Check:
    from distributed.system import MEMORY_LIMIT  # half a second to import

    found = f"{MEMORY_LIMIT / GB:.1f} GB"
    if MEMORY_LIMIT < LITTLE_MEMORY:
        advice = "use few workers: each takes about 1 GB"
        return Check(name="memory", found=found, mark="warning", advice=advice)
    return Check(name="memory", found=found)


def _check_disk(name: str, folder: Path) -> Check:
    """Check the free space at a folder, or where it would be made."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    found = f"{free / GB:.1f} GB free at {place}"
    if not (place.is_dir() and os.access(place, os.W_OK)):
        advice = "choose another folder for results"
        return Check(name=name, found=f"{place} cannot be written", mark="problem", advice=advice)
    if free < LITTLE_DISK:
        mark: Mark = "problem" if free < NO_DISK else "warning"
        advice = "a run takes up to 35 KB a cell; make room, or write elsewhere"
        return Check(name=name, found=found, mark=mark, advice=advice)
    return Check(name=name, found=found)


def _check_network(name: str) -> Check:
    """Load a packaged network and let it call simulated proteins whose place is known."""
    title = f"network {name}"
    reinstall = "its file may be damaged: install DeepYeast anew"
    try:
        model = zoo.load(name)
    except WeightsError as error:
        return Check(name=title, found=str(error), mark="problem", advice=reinstall)
    calls = []
    for label in TEST_CLASSES:
        rng = np.random.default_rng(1)
        protein = draw_protein(rng, label, COMPARTMENTS, "raw")
        crops = np.stack([draw_crop(rng, protein) for _ in range(TEST_CELLS)])
        mean = model.predict(crops).probabilities.mean(0)
        calls.append(
            model.card.classes.names[int(mean.argmax())] if np.isfinite(mean).all() else ""
        )
    right = sum(call == label for call, label in zip(calls, TEST_CLASSES, strict=True))
    found = f"loads, and calls {right} of {len(calls)} simulated proteins right"
    if right < len(calls):
        return Check(name=title, found=found, mark="problem", advice=reinstall)
    return Check(name=title, found=found)
