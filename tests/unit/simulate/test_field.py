"""Simulated fields and screens: truthful, reproducible, planned as asked."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import ndimage

from deepyeast.core import COMPARTMENTS
from deepyeast.simulate import FieldSettings, plan_screen, simulate_screen

SMALL = FieldSettings(height=300, width=320, cells=30, debris=0)


def test_labels_are_where_the_red_cells_are() -> None:
    _, _, field = next(simulate_screen(plan_screen(1, 1, 4), 1, 4, settings=SMALL))
    assert field.image.shape == (2, 300, 320)
    assert field.image.dtype == np.uint16
    assert field.labels.dtype == np.int32
    assert 10 < field.labels.max() < 60
    inside, outside = field.image[0][field.labels > 0], field.image[0][field.labels == 0]
    assert np.median(inside) > np.percentile(outside, 90)


def test_every_object_is_in_one_piece_and_numbered() -> None:
    _, _, field = next(simulate_screen(plan_screen(1, 1, 9), 1, 9, settings=SMALL))
    n = field.labels.max()
    assert np.unique(field.labels).tolist() == [*range(n + 1)]
    pieces = [ndimage.label(field.labels == i, np.ones((3, 3)))[1] for i in range(1, n + 1)]
    assert np.mean(np.array(pieces) == 1) > 0.9


def test_same_seed_same_fields_whatever_the_number_of_workers() -> None:
    wells = plan_screen(2, 2, 5)
    runs = [[*simulate_screen(wells, 2, 5, settings=SMALL, workers=w)] for w in (1, 2)]
    assert [(w.name, f) for w, f, _ in runs[0]] == [(w.name, f) for w, f, _ in runs[1]]
    for (_, _, a), (_, _, b) in zip(*runs, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.labels, b.labels)
    other = next(simulate_screen(wells, 1, 6, settings=SMALL))[2]
    assert not np.array_equal(other.image, runs[0][0][2].image)


@pytest.mark.parametrize(("plates", "wells"), [(1, 16), (2, 96), (1, 384), (3, 5)])
def test_a_plan_has_every_class_blanks_and_places_of_its_own(plates, wells) -> None:
    planned = plan_screen(plates, wells, 7)
    assert len(planned) == plates * wells
    assert len({(w.plate, w.name) for w in planned}) == len(planned)
    proteins = [w.protein for w in planned if w.protein]
    assert len(set(proteins)) == len(proteins)
    blank = sum(w.protein is None for w in planned)
    assert blank == plates * (wells // 16)
    counts = Counter(w.label for w in planned if w.label is not None)
    assert max(counts.values()) - min(counts.values()) <= plates
    if wells >= 16:
        assert set(counts) == set(range(len(COMPARTMENTS)))


def test_blank_wells_have_no_cells() -> None:
    blank = next(w for w in plan_screen(1, 16, 7) if w.protein is None)
    _, _, field = next(simulate_screen([blank], 1, 7, settings=SMALL))
    assert field.labels.max() == 0
    assert field.image.min() < field.image.max()


@pytest.mark.parametrize(("plates", "wells"), [(0, 4), (1, 0), (1, 1537)])
def test_impossible_plates_are_refused(plates, wells) -> None:
    with pytest.raises(ValueError, match="1 to 1,536 wells"):
        plan_screen(plates, wells, 0)
