"""The table of proteins has the columns of the contract and the right numbers in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepyeast.aggregate import aggregate, calls_table
from deepyeast.core import COMPARTMENTS

K = len(COMPARTMENTS)
NUCLEUS, NUCLEOLUS = COMPARTMENTS.index("nucleus"), COMPARTMENTS.index("nucleolus")


@pytest.fixture
def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "protein": ["B", "B", "A", "B", "C"],
            "plate": ["2", "1", "", "1", None],
            "well": ["C03", "B02", "", "B02", None],
            "used": [True, True, True, False, False],
            "gfp_mean": [10.0, 20.0, 5.0, 1000.0, 7.0],
        }
    )


@pytest.fixture
def table(cells: pd.DataFrame) -> pd.DataFrame:
    p = np.eye(K, dtype=np.float32)[[NUCLEUS, NUCLEUS, 0, 3, 4]]
    p[1] = 0.6 * p[1] + 0.4 * np.eye(K)[NUCLEOLUS]
    calls = aggregate(p, cells["protein"].to_numpy(), cells["used"].to_numpy())
    return calls_table(calls, cells).set_index("protein", drop=False)


def test_columns_are_those_of_the_contract(table: pd.DataFrame) -> None:
    assert [*table.columns[:12]] == [
        *("protein", "plate", "well", "n_cells", "n_used", "localization"),
        *("probability", "low", "high", "second", "second_probability", "abundance"),
    ]
    assert [*table.columns[12:]] == [f"f_{c}" for c in COMPARTMENTS.columns]


def test_call_and_runner_up(table: pd.DataFrame) -> None:
    b = table.loc["B"].to_dict()
    assert (b["localization"], b["second"]) == ("nucleus", "nucleolus")
    assert b["probability"] == b["f_nucleus"] == pytest.approx(2.6 / (2 + K))
    assert b["second_probability"] == b["f_nucleolus"] == pytest.approx(1.4 / (2 + K))
    assert b["low"] < b["probability"] < b["high"]
    assert (b["n_cells"], b["n_used"]) == (3, 2)


def test_several_plates_and_wells_are_joined_and_unknown_ones_empty(table: pd.DataFrame) -> None:
    places = table[["plate", "well"]]
    assert [*places.loc["B"]] == ["1;2", "B02;C03"]
    assert [*places.loc["A"]] == ["", ""]
    assert [*places.loc["C"]] == ["", ""]


def test_abundance_is_the_mean_over_used_cells(table: pd.DataFrame) -> None:
    assert table.loc["B", "abundance"] == pytest.approx(15)


def test_a_protein_without_a_used_cell_is_not_called(table: pd.DataFrame) -> None:
    c = table.loc["C"].to_dict()
    assert (c["localization"], c["second"], c["n_used"]) == ("", "", 0)
    assert c["probability"] == pytest.approx(1 / K)
    assert np.isnan(c["abundance"])


def test_cells_of_other_proteins_are_refused(cells: pd.DataFrame) -> None:
    calls = aggregate(np.full((1, K), 1 / K), ["Z"])
    with pytest.raises(ValueError, match="same proteins"):
        calls_table(calls, cells)
