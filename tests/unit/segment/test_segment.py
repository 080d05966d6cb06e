"""Cells found by the watershed, objects that are dropped, and the optional Cellpose."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from scipy import ndimage

from deepyeast.core import COMPARTMENTS, MissingExtraError
from deepyeast.evaluate import evaluate_segmentation, match_objects
from deepyeast.segment import Cellpose, Watershed, build_segmenter, clean
from deepyeast.simulate import FieldSettings, plan_screen, simulate_screen


@pytest.fixture(scope="module")
def fields() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the red channel and the true labels of fields of six plates."""
    settings = FieldSettings(height=500, width=500, cells=65)
    wells = plan_screen(6, 2, 5)[::2]
    return [
        (field.image[0], field.labels)
        for _, _, field in simulate_screen(wells, 1, 5, settings=settings)
    ]


def f1(pairs: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Return F1 and mean IoU over fields."""
    metrics = evaluate_segmentation(match_objects(t, clean(f).labels) for t, f in pairs)
    assert metrics.f1 is not None
    assert metrics.mean_iou is not None
    return metrics.f1, metrics.mean_iou


def test_simulated_cells_are_found(fields) -> None:
    score, overlap = f1([(labels, Watershed()(red)) for red, labels in fields])
    assert score > 0.95
    assert overlap > 0.88


@pytest.mark.parametrize(
    "change",
    [
        lambda red: red / red.max(),
        lambda red: 7.5 * red.astype(np.float64) + 3000,
        lambda red: np.rint(255 * (red / np.percentile(red, 99.9)).clip(0, 1)).astype(np.uint8),
        lambda red: red + np.linspace(0, 60, red.shape[1]),
        lambda red: red * np.linspace(0.7, 1.0, red.shape[0])[:, None],
        lambda red: ndimage.gaussian_filter(red.astype(np.float32), 0.8),
    ],
    ids=["0 to 1", "gain and offset", "8 bits", "uneven background", "uneven lamp", "blurred"],
)
def test_gain_offset_depth_and_uneven_light_hardly_matter(fields, change) -> None:
    score, overlap = f1([(labels, Watershed()(change(red))) for red, labels in fields[:3]])
    assert score > 0.93
    assert overlap > 0.85


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.transpose])
def test_turning_the_field_turns_the_cells(fields, turn) -> None:
    score, _ = f1([(turn(labels), Watershed()(turn(red))) for red, labels in fields[:3]])
    assert score > 0.95


def test_a_bud_stays_with_its_mother_and_touching_cells_are_cut() -> None:
    y, x = np.mgrid[:160, :220]
    red = np.full((160, 220), 100.0)
    mother, bud = np.hypot(y - 60, x - 60) < 16, np.hypot(y - 60, x - 81) < 7
    one, other = np.hypot(y - 60, x - 140) < 16, np.hypot(y - 60, x - 173) < 16
    red[mother | bud | one | other] = 600
    blurred = ndimage.gaussian_filter(red, 1.5)
    labels = Watershed()(blurred + np.random.default_rng(0).normal(0, 5, red.shape))
    assert labels[60, 60] == labels[60, 81] != 0
    assert labels[60, 140] != labels[60, 173]
    assert labels.max() == 3


def test_a_vacuole_is_no_hole() -> None:
    y, x = np.mgrid[:100, :100]
    distance = np.hypot(y - 50, x - 50)
    red = np.where(distance < 17, 600.0, 100.0)
    red[distance < 7] = 180
    labels = Watershed()(ndimage.gaussian_filter(red, 1.2))
    assert labels[50, 50] == labels[50, 62] == 1


@pytest.mark.parametrize("offset", [0, 500])
def test_noise_and_emptiness_give_no_cells(offset) -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(offset, 12, (300, 300))
    assert clean(Watershed()(noise)).labels.max() == 0
    assert Watershed()(np.full((80, 90), offset)).max() == 0


def test_objects_at_the_border_tiny_and_huge_are_dropped_and_counted() -> None:
    labels = np.zeros((300, 300), dtype=np.int64)
    labels[:20, 100:120] = 7  # at the border
    labels[50:55, 50:55] = 3  # tiny
    labels[100:200, 100:200] = 9  # huge
    labels[220:240, 220:240] = 5
    labels[40:60, 200:220] = 8
    cleaned = clean(labels)
    assert (cleaned.n_objects, cleaned.border, cleaned.small, cleaned.large) == (5, 1, 1, 1)
    assert cleaned.labels[50, 210] == 1  # the first, row by row
    assert cleaned.labels[230, 230] == 2
    assert np.unique(cleaned.labels).tolist() == [0, 1, 2]
    kept = clean(labels, drop_border=False)
    assert kept.border == 0
    assert kept.labels[5, 110] == 1


def test_nothing_stays_nothing() -> None:
    assert clean(np.zeros((70, 70), dtype=np.int32)).n_objects == 0


def test_cellpose_that_is_not_installed_is_told(monkeypatch) -> None:
    monkeypatch.setattr("deepyeast.segment.cellpose.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'deepyeast\[cellpose\]'"):
        build_segmenter("cellpose")


def test_cellpose_gets_the_red_channel_and_gives_labels(monkeypatch) -> None:
    given: list[np.ndarray] = []

    class Model:
        def __init__(self, gpu: bool) -> None:
            self.gpu = gpu

        def eval(self, image: np.ndarray) -> tuple[np.ndarray, list[object], np.ndarray]:
            given.append(image)
            return (image > 5).astype(np.uint16), [], np.zeros(3)

    module = ModuleType("cellpose")
    module.models = SimpleNamespace(CellposeModel=Model)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cellpose", module)
    monkeypatch.setattr("deepyeast.segment.cellpose.find_spec", lambda name: module)
    labels = Cellpose()(np.arange(12).reshape(3, 4))
    assert given[0].dtype == np.float32
    assert labels.dtype == np.int32
    assert labels.sum() == 6


def test_the_real_cellpose_runs() -> None:
    pytest.importorskip("cellpose", reason="Cellpose is an extra that is not installed here")
    wells = [w for w in plan_screen(1, 1, 1) if w.label is not None]
    assert wells[0].label in range(len(COMPARTMENTS))
    field = next(simulate_screen(wells, 1, 1, settings=FieldSettings(height=256, width=256)))[2]
    assert Cellpose()(field.image[0]).max() > 0
