"""Charts show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from deepyeast.core import COMPARTMENTS
from deepyeast.core import TRANSFER_COMPARTMENTS as CLASSES
from deepyeast.evaluate import evaluate_cells
from deepyeast.report import (
    DARK,
    class_counts,
    confusion_matrix,
    distribution_grid,
    gallery,
    png,
    reliability,
    training_curves,
)

METRICS = evaluate_cells(
    np.array([0, 0, 0, 1, 1]),
    np.array([[0.9, 0.1, 0, 0]] * 2 + [[0.3, 0.7, 0, 0]] * 3),
    CLASSES,
)


def test_class_counts_draws_a_bar_a_class_in_its_colour() -> None:
    proteins = pd.Series(["er", "er", "nucleus", ""])
    cells = 7 * np.eye(len(COMPARTMENTS), dtype=int)[COMPARTMENTS.index("er")]
    left, right = class_counts(proteins, cells, COMPARTMENTS).axes
    bars = [p for p in left.patches if isinstance(p, Rectangle)]
    widths = {name: bar.get_width() for name, bar in zip(COMPARTMENTS.names, bars, strict=True)}
    assert {name for name, width in widths.items() if width} == {"er", "nucleus"}
    assert widths["er"] == 2
    assert [t.get_text() for t in right.texts][COMPARTMENTS.index("er")] == "7"
    assert to_hex(bars[0].get_facecolor()).upper() == COMPARTMENTS.colours[0]


def test_confusion_matrix_shows_counts_recall_and_precision_of_the_classes_there_are() -> None:
    (axes,) = confusion_matrix(METRICS).axes
    # Two of three actin right; both bud necks right; the third actin called a bud neck.
    assert sorted(t.get_text() for t in axes.texts) == sorted(
        ["2", "1", "2", "67%", "100%", "100%", "67%"]
    )
    assert [t.get_text() for t in axes.get_yticklabels()] == ["actin", "bud neck", "precision"]


def test_reliability_draws_the_bins() -> None:
    upper, lower = reliability(METRICS).axes
    points = np.asarray(upper.lines[1].get_xydata())
    np.testing.assert_allclose(points, np.array([[0.7, 2 / 3], [0.9, 1]]))
    heights = [p.get_height() for p in lower.patches if isinstance(p, Rectangle)]
    assert heights == [3, 2]


def test_training_curves_mark_the_network_that_is_kept() -> None:
    history = pd.DataFrame(
        {
            "iteration": [10, 20, 30],
            "training_loss": [2.0, 1.0, 0.5],
            "validation_loss": [2.1, 1.2, 1.3],
            "validation_accuracy": [0.3, 0.6, 0.7],
            "learning_rate": [0.1, 0.1, 0.05],
        }
    )
    losses, accuracy, rate = training_curves(history).axes
    training, validation, kept = (np.asarray(line.get_xydata()) for line in losses.lines)
    np.testing.assert_allclose(training[:, 1], history["training_loss"])
    np.testing.assert_allclose(validation[:, 1], history["validation_loss"])
    np.testing.assert_allclose(kept, np.array([[20, 1.2]]))
    np.testing.assert_allclose(np.asarray(accuracy.lines[1].get_xydata()), np.array([[20, 0.6]]))
    assert rate.get_title(loc="left") == "learning rate"


def test_distribution_grid_has_a_labelled_panel_a_statistic() -> None:
    rng = np.random.default_rng(0)
    first = {name: rng.normal(size=50) for name in ("area (px)", "contrast", "noise", "peak")}
    second = {name: rng.normal(size=90) for name in first}
    figure = distribution_grid(first, second, labels=("real", "drawn"), columns=3)
    used = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_xlabel() for axes in used] == [*first]
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["real", "drawn"]


def test_distribution_grid_stands_a_constant_statistic() -> None:
    figure = distribution_grid({"flat": np.ones(5)}, {"flat": np.ones(9)})
    assert png(figure, 50).startswith(b"\x89PNG")


@pytest.mark.parametrize("second", [{}, {"other": np.ones(3)}])
def test_distribution_grid_refuses_groups_that_differ(second: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="same statistics"):
        distribution_grid({"area": np.ones(3)}, second)


def test_gallery_captions_every_cell_and_has_one_scale_bar() -> None:
    crops = np.random.default_rng(0).random((5, 2, 64, 64))
    figure = gallery(crops, list("abcde"), pixel_size=0.2, columns=3)
    assert [axes.get_title() for axes in figure.axes] == [*"abcde", ""]
    assert [t.get_text() for axes in figure.axes for t in axes.texts] == ["2 µm"]
    (bar,) = figure.axes[0].patches
    assert isinstance(bar, Rectangle)
    assert bar.get_width() == pytest.approx(10)


@pytest.mark.parametrize("captions", [[], ["a", "b"]])
def test_gallery_needs_a_caption_a_cell(captions: list[str]) -> None:
    with pytest.raises(ValueError, match="captions"):
        gallery(np.zeros((len(captions) // 2, 2, 64, 64)), captions, pixel_size=0.2)


def test_the_same_figure_gives_the_same_bytes_and_dark_differs() -> None:
    one, same, dark = (png(reliability(METRICS, *theme), 50) for theme in ((), (), (DARK,)))
    assert one == same != dark
