"""What a screen would read, looked at before hours are spent on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from deepyeast import qc
from deepyeast.core import Field, InputError, NothingUsableError
from deepyeast.io import FieldInfo, describe_field, read_field
from deepyeast.screening.plan import PlannedField
from deepyeast.screening.settings import ScreenSettings

SAMPLE = 12
"""Fields looked at, spread evenly over the screen."""

_ENOUGH = 0.15
"""Share of the sample that must look swapped, and more than look right, to refuse a screen."""


@dataclass(frozen=True, eq=False)
class SampledField:
    """One field looked at: what its file says, what its pixels say, or why it cannot be read.

    ``swapped`` and ``right`` tell what channels look like, neither where they give no sign;
    ``bits`` are those that the brightest pixel takes; ``saturated`` is the share of clipped
    pixels, red and green.
    """

    planned: PlannedField
    info: FieldInfo | None = None
    field: Field | None = None
    error: InputError | None = None
    bits: int = 0
    swapped: bool = False
    right: bool = False
    saturated: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Inspection:
    """A sample of a screen's fields, and what keeps the screen from working."""

    sample: tuple[SampledField, ...]

    @property
    def problems(self) -> list[str]:
        """What makes the screen as a whole pointless, and what to do."""
        readable = [s for s in self.sample if s.error is None]
        if not readable:
            kinds = Counter(s.error.kind for s in self.sample if s.error is not None)
            reasons = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
            return [
                f"none of {len(self.sample)} fields looked at can be read ({reasons}); "
                f"first: {self.sample[0].error}"
            ]
        swapped = [s for s in readable if s.swapped]
        right = [s for s in readable if s.right]
        if len(swapped) > max(len(right), _ENOUGH * len(readable)):
            return [
                f"the channels look swapped in {len(swapped)} of {len(readable)} fields looked at "
                f"(such as {swapped[0].planned.file.source}): red looks like a protein and green "
                "like the cytosolic marker; name the channels with --red and --green"
            ]
        return []

    def refuse(self) -> None:
        """Raise NothingUsableError if the screen cannot work."""
        if self.problems:
            raise NothingUsableError(self.problems[0])


def inspect_fields(
    folder: Path, fields: Sequence[PlannedField], settings: ScreenSettings, keep: int = 0
) -> Inspection:
    """Look at up to :data:`SAMPLE` fields, spread evenly over all; keep the pixels of ``keep``."""
    places = np.linspace(0, len(fields) - 1, min(SAMPLE, len(fields))).round().astype(int)
    looked: list[SampledField] = []
    for i in np.unique(places):
        sampled = _look(folder, fields[i], settings)
        if sampled.field is not None:
            keep -= 1
        looked.append(sampled if keep >= 0 else replace(sampled, field=None))
    return Inspection(tuple(looked))


def _look(folder: Path, planned: PlannedField, settings: ScreenSettings) -> SampledField:
    try:
        info = describe_field(folder, planned.file)
        field = read_field(folder, planned.file, settings.channels)
    except InputError as error:
        return SampledField(planned, error=error)
    limit = qc.ceiling(field.image)
    clipped = (field.image >= 0.999 * limit[:, None, None]).mean(axis=(1, 2))
    return SampledField(
        planned,
        info=info,
        field=field,
        bits=int(max(0, field.image.max())).bit_length(),
        swapped=qc.looks_swapped(field.image),
        right=qc.looks_swapped(field.image[::-1]),
        saturated=(float(clipped[0]), float(clipped[1])),
    )
