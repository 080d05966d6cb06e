"""Class lists: the published order, and terms and colours that can be relied on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, ClassList, Compartment

EVERY_COMPARTMENT = COMPARTMENTS.compartments + TRANSFER_COMPARTMENTS.compartments


def published_order(path: Path) -> tuple[str, ...]:
    """Return the labels of a published ``label;label_idx`` list, by index."""
    rows = [line.split(";") for line in path.read_text().splitlines()[1:]]
    return tuple(name for name, _ in sorted(rows, key=lambda row: int(row[1])))


@pytest.mark.parametrize(
    ("classes", "file"),
    [(COMPARTMENTS, "HOwt_doc.txt"), (TRANSFER_COMPARTMENTS, "HOwt_transfer_doc.txt")],
)
def test_order_is_that_of_the_published_labels(
    classes: ClassList, file: str, shared_data: Path
) -> None:
    assert classes.names == published_order(shared_data / "deepyeast_lists" / file)


def test_there_are_twelve_compartments_and_four_transfer_classes() -> None:
    assert (len(COMPARTMENTS), len(TRANSFER_COMPARTMENTS)) == (12, 4)


@pytest.mark.parametrize("compartment", EVERY_COMPARTMENT, ids=lambda c: c.column)
def test_go_identifiers_and_colours_are_well_formed(compartment: Compartment) -> None:
    assert re.fullmatch(r"GO:\d{7}", compartment.go)
    assert re.fullmatch(r"#[0-9A-F]{6}", compartment.colour)


@pytest.mark.parametrize("attribute", ["name", "column", "go", "colour"])
def test_no_two_compartments_share(attribute: str) -> None:
    values = [getattr(c, attribute) for c in EVERY_COMPARTMENT]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("name", "go"),
    [
        ("cell periphery", "GO:0071944"),
        ("cytoplasm", "GO:0005737"),
        ("er", "GO:0005783"),
        ("mitochondrion", "GO:0005739"),
        ("nucleus", "GO:0005634"),
    ],
)
def test_go_identifiers_of_well_known_terms(name: str, go: str) -> None:
    assert COMPARTMENTS.compartments[COMPARTMENTS.index(name)].go == go


@pytest.mark.parametrize(
    "spelling", ["spindle pole", "spindle_pole", " Spindle Pole ", "SPINDLE_POLE"]
)
def test_index_takes_either_spelling_in_any_case(spelling: str) -> None:
    assert COMPARTMENTS.index(spelling) == 10


def test_index_of_an_unknown_class_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"'bud neck'.*deepyeast-12.*cell periphery.*vacuole"):
        COMPARTMENTS.index("bud neck")


def test_columns_and_colours_follow_the_order_of_the_names() -> None:
    assert COMPARTMENTS.columns[0] == "cell_periphery"
    assert COMPARTMENTS.columns[COMPARTMENTS.index("nuclear periphery")] == "nuclear_periphery"
    assert COMPARTMENTS.colours == tuple(c.colour for c in COMPARTMENTS.compartments)


def test_labels_turns_indices_into_names() -> None:
    labels = TRANSFER_COMPARTMENTS.labels(np.array([3, 0, 0]))
    assert labels.tolist() == ["microtubule", "actin", "actin"]


def test_labels_of_no_cells_is_empty() -> None:
    assert COMPARTMENTS.labels(np.array([], dtype=int)).shape == (0,)


def test_lists_survive_a_round_trip_through_json() -> None:
    again = ClassList.model_validate_json(COMPARTMENTS.model_dump_json())
    assert again == COMPARTMENTS
    assert again.index("vacuole") == 11


def test_a_list_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        COMPARTMENTS.version = 2  # type: ignore[misc]


def test_a_list_that_names_a_compartment_twice_is_refused() -> None:
    nucleus = Compartment(name="nucleus", go="GO:0005634", colour="#000000")
    with pytest.raises(ValidationError, match="names a compartment twice"):
        ClassList(name="twice", version=1, compartments=(nucleus, nucleus))


def test_a_list_of_one_class_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 2"):
        ClassList(name="one", version=1, compartments=COMPARTMENTS.compartments[:1])


@pytest.mark.parametrize(
    "fields",
    [
        {"go": "GO:123", "colour": "#000000"},
        {"go": "0005634", "colour": "#000000"},
        {"go": "GO:0005634", "colour": "black"},
        {"go": "GO:0005634", "colour": "#00ff00"},
    ],
)
def test_a_malformed_term_or_colour_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Compartment(name="nucleus", **fields)
