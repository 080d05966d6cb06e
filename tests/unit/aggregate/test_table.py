"""The table of proteins has the columns of the contract and the right numbers in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepyeast.aggregate import Tally, aggregate
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
            "gene": ["bem2", "bem1", "act1", "bem1", "cdc3"],
        }
    )


@pytest.fixture
def tally(cells: pd.DataFrame) -> Tally:
    p = np.eye(K, dtype=np.float32)[[NUCLEUS, NUCLEUS, 0, 3, 4]]
    p[1] = 0.6 * p[1] + 0.4 * np.eye(K)[NUCLEOLUS]
    probabilities = pd.DataFrame(p, columns=[f"p_{c}" for c in COMPARTMENTS.columns])
    tally = Tally(details=["gene"])
    tally.add(pd.concat([cells, probabilities], axis=1))
    return tally


@pytest.fixture
def table(tally: Tally) -> pd.DataFrame:
    return tally.proteins()[1].set_index("protein", drop=False)


def test_columns_are_those_of_the_contract(table: pd.DataFrame) -> None:
    assert [*table.columns[:12]] == [
        *("protein", "plate", "well", "n_cells", "n_used", "localization"),
        *("probability", "low", "high", "second", "second_probability", "abundance"),
    ]
    assert [*table.columns[12:-1]] == [f"f_{c}" for c in COMPARTMENTS.columns]


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


def test_wells_are_called_one_by_one(tally: Tally) -> None:
    wells = tally.wells().set_index(["protein", "plate", "well"])
    assert [*wells.index] == [("A", "", ""), ("B", "1", "B02"), ("B", "2", "C03"), ("C", "", "")]
    assert [*wells.loc[("B", "1", "B02"), ["n_cells", "n_used"]]] == [2, 1]
    assert wells.loc[("B", "1", "B02"), "abundance"] == pytest.approx(20)
    assert wells.loc[("B", "2", "C03"), "f_nucleus"] == pytest.approx(2 / (1 + K))


def test_further_columns_of_the_plate_map_are_carried(table: pd.DataFrame) -> None:
    assert table["gene"].to_dict() == {"A": "act1", "B": "bem1;bem2", "C": "cdc3"}
    assert table.columns[-1] == "gene"


def test_batches_add_up_to_the_whole(cells: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    many = cells.sample(200, replace=True, random_state=1).reset_index(drop=True)
    p = rng.dirichlet(np.full(K, 0.3), len(many))
    many = many.join(pd.DataFrame(p, columns=[f"p_{c}" for c in COMPARTMENTS.columns]))
    one, other = Tally(), Tally()
    one.add(many)
    for start in range(0, 200, 7):
        other.add(many.iloc[start : start + 7])
    pd.testing.assert_frame_equal(one.proteins()[1], other.proteins()[1])
    pd.testing.assert_frame_equal(one.wells(), other.wells())
    direct = aggregate(p, many["protein"].to_numpy(), many["used"].to_numpy())
    calls, _ = one.proteins()
    np.testing.assert_allclose(calls.mean, direct.mean, rtol=1e-6)
    assert calls.n_used.tolist() == direct.n_used.tolist()
