"""Galleries chosen from a stream of cells are those that the whole table gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from deepyeast.aggregate import Tally
from deepyeast.core import COMPARTMENTS
from deepyeast.report import GalleryCells
from deepyeast.report.gallery import choose_cells


def many_cells(seed: int, n: int) -> pd.DataFrame:
    """Return cells of five proteins; rounded probabilities make many ties."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(12, 0.4), n).round(1)
    p[:, 0] += 1 - p.sum(1)
    table = pd.DataFrame(p, columns=[f"p_{c}" for c in COMPARTMENTS.columns])
    return table.assign(
        source="x",
        protein=rng.choice([*"ABCDE"], n, p=[0.6, 0.2, 0.1, 0.07, 0.03]),
        plate="1",
        well="A01",
        label=COMPARTMENTS.labels(p.argmax(1)),
        probability=p.max(1),
        entropy=rng.random(n).round(1),
        quality=1.0,
        novelty=0.0,
        used=rng.random(n) < 0.8,
        gfp_mean=1.0,
    )


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 10_000), st.integers(1, 250), st.integers(3, 90))
def test_batches_give_the_galleries_of_the_whole_table(seed: int, n: int, size: int) -> None:
    cells = many_cells(seed, n)
    tally = Tally()
    tally.add(cells)
    _, proteins = tally.proteins()
    stream = GalleryCells(proteins)
    for start in range(0, n, size):
        stream.add(cells.iloc[start : start + size])
    kept = stream.cells()
    for name, called in proteins[["protein", "localization"]].itertuples(index=False):
        column = called.replace(" ", "_")
        whole = choose_cells(cells, np.flatnonzero(cells["protein"] == name), column)
        short = choose_cells(kept, np.flatnonzero(kept["protein"] == name), column)
        rows = {title: kept["row"].to_numpy()[where].tolist() for title, where in short.items()}
        assert rows == {title: where.tolist() for title, where in whole.items()}


def test_memory_does_not_grow_with_the_cells() -> None:
    cells = many_cells(1, 3000)
    tally = Tally()
    tally.add(cells)
    stream = GalleryCells(tally.proteins()[1])
    for start in range(0, 3000, 100):
        stream.add(cells.iloc[start : start + 100])
    assert len(stream.cells()) <= 5 * 30
    used = cells[cells["used"]]
    counts = used["label"].value_counts().reindex(COMPARTMENTS.names, fill_value=0)
    np.testing.assert_array_equal(stream.class_counts(), counts)


@pytest.mark.parametrize("used", [True, False])
def test_a_protein_without_a_usable_cell_shows_those_it_has(used: bool) -> None:
    cells = many_cells(2, 20).assign(protein="A", used=used)
    tally = Tally()
    tally.add(cells)
    stream = GalleryCells(tally.proteins()[1])
    stream.add(cells)
    assert len(stream.cells()) == (18 if used else 6) or used
