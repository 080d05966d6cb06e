"""A run in words: what a reader should know before any table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

NAMED = 8
"""Proteins a sentence names before it stops."""


@dataclass(frozen=True)
class Summary:
    """The numbers at the top of a report, and the sentences that explain them.

    ``certainty`` is the median over called proteins of the posterior mean fraction of cells
    in the called compartment, NaN where no protein is called.
    """

    n_proteins: int
    n_cells: int
    n_used: int
    certainty: float
    n_ambiguous: int
    sentences: tuple[str, ...]


def ambiguous(proteins: pd.DataFrame) -> pd.Series:
    """Return which proteins' runner-up lies within the 95% interval of their call."""
    return (proteins["n_used"] > 0) & (proteins["second_probability"] >= proteins["low"])


def summarise(proteins: pd.DataFrame, errors: pd.DataFrame) -> Summary:
    """Return a run's summary.

    Parameters
    ----------
    proteins
        The table of proteins, with the columns of ``proteins.csv``.
    errors
        One row an input that could not be used.
    """
    n_cells, n_used = int(proteins["n_cells"].sum()), int(proteins["n_used"].sum())
    called = proteins[proteins["n_used"] > 0]
    certainty = float(called["probability"].median()) if len(called) else np.nan
    unsure = proteins["protein"][ambiguous(proteins)]
    unseen = proteins["protein"][proteins["n_used"] == 0]
    sentences = [
        f"{count(n_cells, 'cell')} of {count(len(proteins), 'protein')} were read; "
        f"{n_used:,} ({n_used / max(1, n_cells):.0%}) were good enough to count."
    ]
    if len(called):
        sentences += [_calls(called["localization"]), _certainty(certainty), _ambiguous(unsure)]
    if len(unseen):
        sentences.append(f"Without a usable cell, and therefore not called: {_names(unseen)}.")
    if len(errors):
        sentences.append(
            f"{count(len(errors), 'input')} could not be used at all; the errors below say why."
        )
    return Summary(
        n_proteins=len(proteins),
        n_cells=n_cells,
        n_used=n_used,
        certainty=certainty,
        n_ambiguous=len(unsure),
        sentences=tuple(sentences),
    )


def count(n: int, noun: str) -> str:
    """Return a number with its noun: ``1 cell``, ``2,000 cells``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _calls(localizations: pd.Series) -> str:
    """Say how many proteins each compartment was called for, the most frequent first."""
    counts = (
        localizations.value_counts(sort=False)
        .sort_index()
        .sort_values(ascending=False, kind="stable")
    )
    return "Proteins by compartment: " + ", ".join(f"{c} {n:,}" for c, n in counts.items()) + "."


def _certainty(certainty: float) -> str:
    return (
        f"The median certainty of a call is {certainty:.2f}: the estimated share of a protein's "
        "cells that are in the compartment it is called for."
    )


def _ambiguous(names: pd.Series) -> str:
    if names.empty:
        return "No protein is ambiguous: no runner-up comes within the 95% interval of a call."
    verb = "is" if len(names) == 1 else "are"
    return (
        f"{count(len(names), 'protein')} {verb} ambiguous, the runner-up being within the 95% "
        f"interval of the call: {_names(names)}."
    )


def _names(names: Iterable[str]) -> str:
    """Return the first few names, and how many are left."""
    names = list(names)
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
