"""Which proteins are kept: one table of cases, from annotations to verdict."""

from __future__ import annotations

import pytest

from deepyeast.core import Annotations, match_compartment
from deepyeast.curate import curate

HUH, SGD = "huh.csv", "sgd.csv"


@pytest.mark.parametrize(
    ("huh", "sgd", "expected"),
    [
        (["nucleus"], ["nucleus"], "nucleus"),
        (["plasma membrane"], ["GO:0005886"], "cell periphery"),
        (["cytosol", "cytoplasm"], ["Cytoplasm"], "cytoplasm"),
        (["nucleus"], ["nucleolus"], ("tables-disagree", "huh.csv: nucleus; sgd.csv: nucleolus")),
        (
            ["cytoplasm", "nucleus"],
            ["nucleus"],
            ("several-compartments", "huh.csv: cytoplasm, nucleus; sgd.csv: nucleus"),
        ),
        (
            ["cytoplasm", "nucleus"],
            ["cytoplasm", "nucleus"],
            (
                "several-compartments",
                "huh.csv: cytoplasm, nucleus; sgd.csv: cytoplasm, nucleus",
            ),
        ),
        (["nucleus"], ["nucleus", "bud"], ("unknown-compartment", "sgd.csv: bud")),
        (["nucleus"], [], ("not-annotated", "not in sgd.csv")),
        ([], [], ("not-annotated", "not in huh.csv, sgd.csv")),
    ],
)
def test_a_protein_is_kept_if_all_tables_have_the_same_one_compartment(huh, sgd, expected):
    tables = [
        Annotations(name, {"p1": tuple(found)} if found else {})
        for name, found in ((HUH, huh), (SGD, sgd))
    ]
    curated = curate(tables, {"P1": 10}, 10)
    if isinstance(expected, str):
        assert (curated.labels, curated.dropped) == ({"P1": expected}, ())
    else:
        assert not curated.labels
        (dropped,) = curated.dropped
        assert (dropped.protein, dropped.reason, dropped.details) == ("P1", *expected)


def test_every_protein_of_run_and_tables_is_kept_or_dropped_once():
    huh = Annotations(HUH, {"b": ("er",), "C": ("er",), "Gone": ("er",), "bud1": ("bud",)})
    sgd = Annotations(SGD, {"B": ("er",), "c": ("er",), "GONE": ("odd",), "BUD1": ("bud", "x")})
    curated = curate([huh, sgd], {"C": 9, "B": 10, "A": 99, "BUD1": 30}, 10)
    assert curated.labels == {"B": "er"}
    assert [(d.protein, d.reason) for d in curated.dropped] == [
        ("A", "not-annotated"),
        ("BUD1", "unknown-compartment"),
        ("C", "too-few-cells"),
        ("Gone", "not-in-run"),
    ]
    assert curated.dropped[2].details == "9 good cells, 10 needed"
    assert curated.dropped[3].details == "in huh.csv, sgd.csv"
    assert curated.unknown == {"bud": 1, "x": 1}
    assert match_compartment("odd") is None


def test_spellings_of_one_protein_are_one_protein():
    curated = curate([Annotations(HUH, {"a": ("er",), "A": ("nucleus",)})], {"A": 10}, 1)
    assert [d.reason for d in curated.dropped] == ["several-compartments"]
