"""Whole screens: plates of wells, each with a protein or blank, each imaged in several fields."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from deepyeast.core import COMPARTMENTS, ClassList, well_name
from deepyeast.simulate.acquisition import draw_acquisition
from deepyeast.simulate.camera import draw_camera
from deepyeast.simulate.field import FieldSettings, SimulatedField, draw_field
from deepyeast.simulate.proteins import draw_protein

BLANKS = 16
"""One well in so many is left blank."""

_FORMATS = ((4, 6), (8, 12), (16, 24), (32, 48))
"""Rows and columns of plates with 24, 96, 384 and 1,536 wells."""


@dataclass(frozen=True)
class Well:
    """A well of a screen; ``protein`` and ``label`` (index of its class) are None in a blank."""

    index: int
    plate: int
    name: str
    protein: str | None
    label: int | None


def plan_screen(
    plates: int, wells: int, seed: int, classes: ClassList = COMPARTMENTS
) -> tuple[Well, ...]:
    """Plan the wells of a screen, plate by plate.

    Every plate has its own proteins, as many of each class as possible, in random order; one
    well in sixteen is blank.

    Parameters
    ----------
    wells
        Wells used of each plate, up to 1,536; the plate is the smallest that has as many.

    Raises
    ------
    ValueError
        If no plate has so many wells, or there are none.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 2]))
    format_ = next((f for f in _FORMATS if f[0] * f[1] >= wells), None)
    if format_ is None or wells < 1 or plates < 1:
        raise ValueError(f"a screen needs plates of 1 to 1,536 wells, not {plates} of {wells}")
    planned: list[Well] = []
    number = 0
    for plate in range(1, plates + 1):
        labels: list[int | None] = [None] * (wells // BLANKS)
        filled = wells - len(labels)
        labels += [int(i) for i in (np.arange(filled) + number) % len(classes)]
        for place, source in enumerate(rng.permutation(wells)):
            label = labels[int(source)]
            number += label is not None
            protein = None if label is None else f"SIM{number:04d}"
            name = well_name(place // format_[1] + 1, place % format_[1] + 1)
            planned.append(Well(len(planned), plate, name, protein, label))
    return tuple(planned)


def simulate_screen(
    wells: Sequence[Well],
    fields: int,
    seed: int,
    classes: ClassList = COMPARTMENTS,
    settings: FieldSettings | None = None,
    workers: int = 1,
) -> Iterator[tuple[Well, int, SimulatedField]]:
    """Yield well, number of the field (from 1) and field, in order, whatever the workers."""
    tasks = [(well, field) for well in wells for field in range(1, fields + 1)]
    draw = partial(_draw, seed=seed, classes=classes, settings=settings or FieldSettings())
    if workers == 1:
        yield from map(draw, tasks)
        return
    # spawned, not forked: a fork would copy the locks of other threads in whatever state
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(draw, tasks)


def _draw(
    task: tuple[Well, int], seed: int, classes: ClassList, settings: FieldSettings
) -> tuple[Well, int, SimulatedField]:
    """Draw one field; plate, well and field each have a stream of random numbers of their own.

    A plate's wells share microscope and camera; only their proteins and signals differ.
    """
    well, field = task
    plate_rng = np.random.default_rng(np.random.SeedSequence([seed, 3, well.plate]))
    acquisition = draw_acquisition(plate_rng, "raw")
    camera = draw_camera(plate_rng)
    well_rng = np.random.default_rng(np.random.SeedSequence([seed, 4, well.index]))
    name = classes.names[well.label or 0]
    protein = draw_protein(well_rng, name, classes, "raw")
    signal = protein.acquisition.green_photons
    protein = replace(
        protein,
        shares={name: 1.0},  # one compartment, so that the true call is beyond dispute
        acquisition=acquisition.model_copy(update={"green_photons": signal}),
    )
    if well.label is None:
        settings = settings.model_copy(update={"cells": 0.0})
    rng = np.random.default_rng(np.random.SeedSequence([seed, 5, well.index, field]))
    return well, field, draw_field(rng, protein, camera, settings)
