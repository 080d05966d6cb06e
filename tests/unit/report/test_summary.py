"""A run in words says what its numbers are."""

from __future__ import annotations

import pandas as pd
import pytest

from deepyeast.report.summary import NAMED, ambiguous, summarise

NO_ERRORS = pd.DataFrame(columns=["path", "kind", "message"])


def proteins(**columns: list[object]) -> pd.DataFrame:
    table = {
        "protein": ["A", "B", "C"],
        "n_cells": [1000, 10, 2],
        "n_used": [900, 9, 0],
        "localization": ["nucleus", "er", ""],
        "probability": [0.9, 0.5, 1 / 12],
        "low": [0.85, 0.3, 0.002],
        "second_probability": [0.05, 0.3, 1 / 12],
    }
    return pd.DataFrame(table | columns)


def test_ambiguous_is_a_called_protein_whose_runner_up_reaches_the_interval() -> None:
    assert ambiguous(proteins()).tolist() == [False, True, False]


def test_numbers_and_sentences() -> None:
    summary = summarise(proteins(), NO_ERRORS)
    assert (summary.n_proteins, summary.n_cells, summary.n_used) == (3, 1012, 909)
    assert summary.certainty == pytest.approx(0.7)
    assert summary.n_ambiguous == 1
    text = " ".join(summary.sentences)
    assert "1,012 cells of 3 proteins were read; 909 (90%)" in text
    assert "Proteins by compartment: er 1, nucleus 1." in text
    assert "1 protein is ambiguous" in text
    assert text.endswith("not called: C.")


def test_errors_are_counted() -> None:
    errors = pd.DataFrame({"path": ["a"], "kind": ["nan"], "message": ["b"]})
    assert summarise(proteins(), errors).sentences[-1].startswith("1 input could not be used")


def test_long_lists_of_names_are_cut() -> None:
    n = NAMED + 1000
    table = pd.DataFrame(
        {
            "protein": [f"P{i}" for i in range(n)],
            "n_cells": 5,
            "n_used": 0,
            "localization": "",
            "probability": 1 / 12,
            "low": 0.0,
            "second_probability": 1 / 12,
        }
    )
    last = summarise(table, NO_ERRORS).sentences[-1]
    assert last.endswith("P7 and 1,000 more.")
