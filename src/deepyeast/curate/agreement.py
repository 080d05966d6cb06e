"""Which proteins the annotations agree on, and why the others are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from deepyeast.core import COMPARTMENTS, Annotations, ClassList, match_compartment

Reason = Literal[
    "not-in-run",
    "not-annotated",
    "unknown-compartment",
    "several-compartments",
    "tables-disagree",
    "too-few-cells",
]
"""Why a protein is left out: the first that holds, in this order."""


@dataclass(frozen=True)
class Dropped:
    """A protein that is left out."""

    protein: str
    reason: Reason
    details: str


@dataclass(frozen=True)
class Curated:
    """What became of every protein of the run and of the tables.

    Parameters
    ----------
    labels
        The class of each protein kept, sorted by protein.
    dropped
        The others, sorted by protein.
    unknown
        The names that stand for no class, as spelt, and the number of proteins of the run
        that have each in some table.
    """

    labels: Mapping[str, str]
    dropped: tuple[Dropped, ...]
    unknown: Mapping[str, int]


def curate(
    tables: Sequence[Annotations],
    good_cells: Mapping[str, int],
    minimum_cells: int,
    classes: ClassList = COMPARTMENTS,
) -> Curated:
    """Keep the proteins that have one compartment, the same in all tables, and enough cells.

    Proteins are matched by name, case aside; compartments through synonyms and terms of the
    Gene Ontology (:func:`~deepyeast.core.match_compartment`). Names that stand for one class
    are one compartment.

    Parameters
    ----------
    tables
        At least one.
    good_cells
        Number of good cells of every protein of the run, 0 included.
    minimum_cells
        A protein with fewer good cells is left out.
    classes
        The classes that labels are drawn from.
    """
    indexed = [(table.name, _by_key(table)) for table in tables]
    labels: dict[str, str] = {}
    dropped: list[Dropped] = _not_in_run(tables, good_cells)
    unknown: Counter[str] = Counter()
    for protein in sorted(good_cells):
        named = {name: found.get(_key(protein), ()) for name, found in indexed}
        strange = {
            c for names in named.values() for c in names if not match_compartment(c, classes)
        }
        unknown.update(strange)
        verdict = _judge(named, classes)
        if verdict is None and good_cells[protein] < minimum_cells:
            needed = f"{good_cells[protein]} good cells, {minimum_cells} needed"
            verdict = "too-few-cells", needed
        if verdict is None:
            spelt = next(iter(named.values()))[0]
            labels[protein] = match_compartment(spelt, classes) or ""
        else:
            dropped.append(Dropped(protein, *verdict))
    dropped.sort(key=lambda d: d.protein)
    return Curated(labels, tuple(dropped), dict(sorted(unknown.items())))


def _judge(named: Mapping[str, tuple[str, ...]], classes: ClassList) -> tuple[Reason, str] | None:
    """Return why a protein's annotations are no label; None if they are one."""
    absent = [table for table, names in named.items() if not names]
    if absent:
        return "not-annotated", f"not in {', '.join(absent)}"
    found: dict[str, list[str]] = {}
    for table, names in named.items():
        matched = {name: match_compartment(name, classes) for name in names}
        strange = [name for name, match in matched.items() if match is None]
        if strange:
            return "unknown-compartment", f"{table}: {', '.join(strange)}"
        found[table] = sorted({match for match in matched.values() if match})
    told = "; ".join(f"{table}: {', '.join(names)}" for table, names in found.items())
    if any(len(names) > 1 for names in found.values()):
        return "several-compartments", told
    if len({names[0] for names in found.values()}) > 1:
        return "tables-disagree", told
    return None


def _not_in_run(tables: Sequence[Annotations], run: Mapping[str, int]) -> list[Dropped]:
    """Return the annotated proteins that the run lacks, as first spelt."""
    have = {_key(protein) for protein in run}
    spelt: dict[str, tuple[str, list[str]]] = {}
    for table in tables:
        for protein in table.compartments:
            if _key(protein) not in have:
                where = spelt.setdefault(_key(protein), (protein, []))[1]
                if table.name not in where:
                    where.append(table.name)
    return [Dropped(p, "not-in-run", f"in {', '.join(where)}") for p, where in spelt.values()]


def _by_key(table: Annotations) -> dict[str, tuple[str, ...]]:
    """Return the table by what proteins are matched by; spellings of one protein are joined."""
    found: dict[str, tuple[str, ...]] = {}
    for protein, names in table.compartments.items():
        found[_key(protein)] = found.get(_key(protein), ()) + names
    return found


def _key(protein: str) -> str:
    return protein.strip().casefold()
