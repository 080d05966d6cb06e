"""The split by protein, for all numbers of proteins and cells."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from deepyeast.core import COMPARTMENTS
from deepyeast.curate import SHARES, split_proteins

SCREENS = st.dictionaries(
    st.text("ABC123", min_size=1, max_size=4),
    st.tuples(st.sampled_from(COMPARTMENTS.names[:3]), st.integers(1, 500)),
    max_size=40,
)
SEEDS = st.integers(0, 2**32)


@given(SCREENS, SEEDS)
def test_each_protein_has_one_split_and_each_class_as_many_as_it_can(screen, seed):
    labels = {protein: label for protein, (label, _) in screen.items()}
    cells = {protein: n for protein, (_, n) in screen.items()}
    splits = split_proteins(labels, cells, seed)
    assert list(splits) == sorted(screen)
    of_class = defaultdict(list)
    for protein, split in splits.items():
        of_class[labels[protein]].append(split)
    for found in of_class.values():
        assert set(found) >= set(list(SHARES)[: len(found)])
    assert splits == split_proteins(dict(reversed(labels.items())), cells, seed)


@given(st.lists(st.integers(1, 500), min_size=3, max_size=60), SEEDS)
def test_shares_are_met_within_the_cells_of_one_protein(sizes, seed):
    cells = {f"P{i}": n for i, n in enumerate(sizes)}
    splits = split_proteins(dict.fromkeys(cells, "nucleus"), cells, seed)
    for split, share in SHARES.items():
        have = sum(cells[protein] for protein, s in splits.items() if s == split)
        assert abs(have - share * sum(sizes)) <= 2 * max(sizes)


@given(SCREENS, SEEDS)
def test_a_protein_more_in_one_class_moves_none_of_another(screen, seed):
    labels = {protein: label for protein, (label, _) in screen.items()}
    cells = {protein: n for protein, (_, n) in screen.items()} | {"new": 50}
    more = split_proteins(labels | {"new": "vacuole"}, cells, seed)
    assert {p: s for p, s in more.items() if p != "new"} == split_proteins(labels, cells, seed)
