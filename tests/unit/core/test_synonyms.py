"""Other names of the compartments: understood where they are sure, never guessed."""

from __future__ import annotations

import pytest

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, Compartment, match_compartment


@pytest.mark.parametrize("compartment", COMPARTMENTS.compartments, ids=lambda c: c.column)
def test_a_class_is_known_by_name_column_and_term(compartment: Compartment) -> None:
    for text in (compartment.name, compartment.column.upper(), compartment.go):
        assert match_compartment(text) == compartment.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plasma membrane", "cell periphery"),
        ("GO:0005886", "cell periphery"),
        ("cytosol", "cytoplasm"),
        ("Endoplasmic  Reticulum", "er"),
        ("Golgi apparatus", "golgi"),
        ("late Golgi", "golgi"),
        ("early-Golgi", "golgi"),
        ("Mitochondria", "mitochondrion"),
        ("nuclear_envelope", "nuclear periphery"),
        ("nucleus (GO:0005634)", "nucleus"),
        ("go:0005634 ~ whatever it is called", "nucleus"),
        ("Peroxisomes", "peroxisome"),
        ("SPB", "spindle pole"),
        ("spindle pole body", "spindle pole"),
        ("vacuolar membrane", "vacuole"),
        ("fungal-type vacuole membrane", "vacuole"),
    ],
)
def test_synonyms_and_terms_are_understood(text: str, expected: str) -> None:
    assert match_compartment(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "ambiguous", "punctate composite", "ER to Golgi", "membrane", "GO:0005575", "nucle"],
)
def test_what_might_be_anything_is_not_guessed(text: str) -> None:
    assert match_compartment(text) is None


def test_only_classes_of_the_list_are_returned() -> None:
    assert match_compartment("bud neck") is None
    assert match_compartment("bud neck", TRANSFER_COMPARTMENTS) == "bud neck"
    assert match_compartment("lipid droplet", TRANSFER_COMPARTMENTS) == "lipid particle"
    assert match_compartment("nucleus", TRANSFER_COMPARTMENTS) is None
