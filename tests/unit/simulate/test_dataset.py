"""Planned data sets have the published structure; the same seed gives the same cells."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS
from deepyeast.simulate import Impurities, plan_dataset, simulate_dataset


def cells_by_class(path):
    return Counter(int(line.split()[-1]) for line in path.read_text().splitlines())


def proteins_by_class(path):
    pairs = {(line.split("-")[0], int(line.split()[-1])) for line in path.read_text().splitlines()}
    return Counter(label for _, label in pairs)


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_full_size_plan_has_the_published_numbers_of_cells_and_proteins(shared_data, split):
    plans = [p for p in plan_dataset(90_000, seed=3) if p.split == split]
    cells: Counter[int] = Counter()
    for plan in plans:
        cells[plan.label] += plan.n_cells
    published = shared_data / "deepyeast_lists" / f"HOwt_{split}.txt"
    assert cells == cells_by_class(published)
    assert Counter(p.label for p in plans) == proteins_by_class(published)


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(36, 5000),
    seed=st.integers(0, 2**31),
    structure=st.sampled_from(["published", "balanced"]),
    classes=st.sampled_from([COMPARTMENTS, TRANSFER_COMPARTMENTS]),
)
def test_every_plan_adds_up_and_shares_no_protein(n, seed, structure, classes):
    plans = plan_dataset(n, seed, classes, structure)
    assert sum(p.n_cells for p in plans) == n
    assert min(p.n_cells for p in plans) >= 1
    wells = [(p.plate, p.row, p.column) for p in plans]
    assert len(set(wells)) == len(wells)
    assert all(1 <= p.row <= 16 and 1 <= p.column <= 24 for p in plans)
    present = {(p.split, p.label) for p in plans}
    assert present == {(s, k) for s in ("train", "val", "test") for k in range(len(classes))}


def test_too_few_cells_are_refused():
    with pytest.raises(ValueError, match="needs 36 cells"):
        plan_dataset(35, seed=0)


def test_same_seed_same_cells_whatever_the_number_of_workers():
    plans = plan_dataset(60, seed=5)[:6]
    one = list(simulate_dataset(plans, seed=5, workers=1))
    two = list(simulate_dataset(plans, seed=5, workers=2))
    other = list(simulate_dataset(plans, seed=6, workers=1))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.images, b.images)
        assert a.kinds == b.kinds
    assert any(not np.array_equal(a.images, b.images) for a, b in zip(one, other, strict=True))


def test_impurities_come_at_their_rates():
    plans = [p for p in plan_dataset(400, seed=1, structure="balanced") if p.split == "train"][:12]
    dirty = Impurities(non_cells=0.5, contamination=0.0, export=1.0)
    proteins = list(simulate_dataset(plans, seed=1, impurities=dirty))
    kinds = Counter(kind for protein in proteins for kind in protein.kinds)
    assert 0.3 < 1 - kinds["cell"] / kinds.total() < 0.7
    assert {p.mode for p in proteins} == {"export"}
    assert all(set(p.compartments) == {COMPARTMENTS.names[p.plan.label]} for p in proteins)
    clean = Impurities(non_cells=0.0, contamination=0.0, export=0.0)
    for protein in simulate_dataset(plans[:2], seed=1, impurities=clean):
        assert set(protein.kinds) == {"cell"}
        assert protein.mode == "raw"
