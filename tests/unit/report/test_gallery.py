"""The right cells are chosen, and only those are read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepyeast.core import COMPARTMENTS
from deepyeast.report.gallery import TILES, build, choose_cells, choose_mistakes


class Recorder:
    """Crops that remember which rows were asked for."""

    def __init__(self, images: np.ndarray) -> None:
        self.images, self.asked = images, list[int]()

    @property
    def shape(self) -> tuple[int, ...]:
        return self.images.shape

    def __getitem__(self, rows: np.ndarray, /) -> np.ndarray:
        self.asked += rows.tolist()
        return np.asarray(self.images[rows])


def test_typical_cells_are_the_most_probable_and_unsure_ones_of_highest_entropy() -> None:
    n = 30
    rng = np.random.default_rng(0)
    cells = pd.DataFrame(
        {
            "used": np.arange(n) % 10 != 0,
            "p_er": rng.permutation(n) / n,
            "entropy": rng.permutation(n) / n,
        }
    )
    chosen = choose_cells(cells, np.arange(n), "er")
    used = cells[cells["used"]]
    typical = used.nlargest(TILES, "p_er").index
    assert chosen["Most typical"].tolist() == typical.tolist()
    others = used.drop(typical).nlargest(TILES, "entropy").index
    assert chosen["Least certain"].tolist() == others.tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 11, 12, 40])
def test_no_cell_is_shown_twice_and_few_are_all_shown(n: int) -> None:
    cells = pd.DataFrame({"used": True, "p_er": np.ones(n), "entropy": np.ones(n)})
    shown = np.concatenate(list(choose_cells(cells, np.arange(n), "er").values()))
    assert len(shown) == len(set(shown)) == min(n, 2 * TILES)


def test_a_protein_without_a_used_cell_shows_what_could_not_be_used() -> None:
    cells = pd.DataFrame({"used": [True, False, False]})
    chosen = choose_cells(cells, np.array([1, 2]), "")
    assert {title: where.tolist() for title, where in chosen.items()} == {"Not usable": [1, 2]}


def test_mistakes_come_by_kind_the_frequent_first_and_the_confident_first() -> None:
    cells = pd.DataFrame(
        {
            "true_label": ["er", "er", "golgi", "golgi", "er"],
            "label": ["er", "golgi", "er", "er", "nucleus"],
            "probability": [0.9, 0.8, 0.5, 0.7, 0.6],
        },
        index=[7, 7, 7, 7, 7],
    )
    kinds = [
        (truth, label, n, choice["Most confident"].tolist())
        for truth, label, n, choice in choose_mistakes(cells)
    ]
    assert kinds == [
        ("golgi", "er", 2, [3, 2]),
        ("er", "golgi", 1, [1]),
        ("er", "nucleus", 1, [4]),
    ]


def test_only_the_cells_shown_are_read_and_each_once(run: dict[str, Any]) -> None:
    crops = Recorder(run["crops"])
    choices = [{"a": np.array([5, 2])}, {"b": np.array([2, 9]), "c": np.array([0])}]
    galleries = build(choices, run["cells"], crops, 0.2, COMPARTMENTS)
    assert crops.asked == [0, 2, 5, 9]
    assert [[len(row.tiles) for row in g.rows] for g in galleries] == [[2], [2, 1]]
    assert [t.place for row in galleries[1].rows for t in row.tiles] == [0, 1, 2]


def test_nothing_to_show_reads_nothing(run: dict[str, Any]) -> None:
    crops = Recorder(run["crops"])
    assert build([], run["cells"], crops, 0.2, COMPARTMENTS) == []
    assert crops.asked == []
