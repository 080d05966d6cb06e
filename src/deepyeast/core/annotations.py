"""Where others found proteins to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Annotations:
    """One table of annotations, as it spells proteins and compartments.

    Parameters
    ----------
    name
        The table's name, for messages.
    compartments
        The names of each protein's compartments, at least one, in the table's order.
    """

    name: str
    compartments: Mapping[str, tuple[str, ...]]
