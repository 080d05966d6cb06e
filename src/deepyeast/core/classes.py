"""Ordered, versioned lists of compartments: the order is that of the published labels.

A class list travels inside every weights file and run folder, so an index is never read
with another list than it was written with.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator


class Compartment(BaseModel):
    """One subcellular compartment.

    ``name`` is the published spelling, ``go`` its identifier in the Gene Ontology's
    cellular-component branch, ``colour`` its one display colour (``#rrggbb``), the same in
    every figure, report and page.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    go: str = Field(pattern=r"^GO:\d{7}$")
    colour: str = Field(pattern=r"^#[0-9A-F]{6}$")

    @property
    def column(self) -> str:
        """The name as table columns spell it: ``cell_periphery``."""
        return self.name.replace(" ", "_")


class ClassList(BaseModel):
    """An ordered list of compartments; a class's index is its position.

    Raises
    ------
    ValueError
        If two compartments share a name.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    compartments: tuple[Compartment, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _names_are_unique(self) -> ClassList:
        if len(set(self.names)) != len(self.compartments):
            raise ValueError(f"class list {self.name!r} names a compartment twice")
        return self

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.compartments)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Published names, in order."""
        return tuple(c.name for c in self.compartments)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names as table columns spell them, in order."""
        return tuple(c.column for c in self.compartments)

    @cached_property
    def colours(self) -> tuple[str, ...]:
        """Display colours, in order."""
        return tuple(c.colour for c in self.compartments)

    def index(self, name: str) -> int:
        """Return the index of a class by published name or column name, whatever the case.

        Raises
        ------
        KeyError
            If the list has no such class; the message names those it has.
        """
        wanted = name.strip().lower().replace("_", " ")
        if wanted not in self._by_name:
            known = ", ".join(self.names)
            raise KeyError(f"unknown compartment {name!r}; class list {self.name} has: {known}")
        return self._by_name[wanted]

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {c.name.lower().replace("_", " "): i for i, c in enumerate(self.compartments)}

    def labels(self, indices: np.ndarray) -> np.ndarray:
        """Return the names, shape ``(n,)``, of integer class indices of the same shape."""
        names: np.ndarray = np.asarray(self.names, dtype=object)[indices]
        return names


# Colours: M. Krzywinski's 12- and 15-colour palettes for colour blindness
# (https://mk.bcgsc.ca/colorblind), told apart under deutan-, protan- and tritanopia.
COMPARTMENTS = ClassList(
    name="deepyeast-12",
    version=1,
    compartments=(
        Compartment(name="cell periphery", go="GO:0071944", colour="#009F81"),
        Compartment(name="cytoplasm", go="GO:0005737", colour="#FFC33B"),
        Compartment(name="endosome", go="GO:0005768", colour="#FF5AAF"),
        Compartment(name="er", go="GO:0005783", colour="#00C2F9"),
        Compartment(name="golgi", go="GO:0005794", colour="#9F0162"),
        Compartment(name="mitochondrion", go="GO:0005739", colour="#E20134"),
        Compartment(name="nuclear periphery", go="GO:0034399", colour="#8400CD"),
        Compartment(name="nucleolus", go="GO:0005730", colour="#FFB2FD"),
        Compartment(name="nucleus", go="GO:0005634", colour="#008DF9"),
        Compartment(name="peroxisome", go="GO:0005777", colour="#FF6E3A"),
        Compartment(name="spindle pole", go="GO:0000922", colour="#A40122"),
        Compartment(name="vacuole", go="GO:0005773", colour="#00FCCF"),
    ),
)
"""The twelve compartments of the paper (Table S1), in the order of the published labels."""

TRANSFER_COMPARTMENTS = ClassList(
    name="deepyeast-transfer-4",
    version=1,
    compartments=(
        Compartment(name="actin", go="GO:0015629", colour="#008607"),
        Compartment(name="bud neck", go="GO:0005935", colour="#003C86"),
        Compartment(name="lipid particle", go="GO:0005811", colour="#FFDC3D"),
        Compartment(name="microtubule", go="GO:0005874", colour="#F60239"),
    ),
)
"""The four compartments of the paper's transfer experiment, in the published order."""
