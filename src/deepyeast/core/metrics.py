"""How right the calls are, as values: computed by ``evaluate``, drawn by ``report``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator


class ReliabilityBin(BaseModel):
    """Cells of similar confidence: how sure the network was, and how often it was right.

    ``confidence`` is the mean probability of the called class, ``accuracy`` the share of
    the ``n`` cells that is called right.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    confidence: float
    accuracy: float


class ClassificationMetrics(BaseModel):
    """What cells and proteins have in common.

    ``classes`` are names; ``confusion[t][c]`` counts those of true class ``t`` called ``c``.
    ``precision``, ``recall`` and ``f1`` have one number a class, None where undefined (a class
    never called, or without an example); ``support`` counts the examples.

    Raises
    ------
    ValueError
        If a part is not of the length of ``classes``.
    """

    model_config = ConfigDict(frozen=True)

    classes: tuple[str, ...]
    n: int
    accuracy: float
    precision: tuple[float | None, ...]
    recall: tuple[float | None, ...]
    f1: tuple[float | None, ...]
    support: tuple[int, ...]
    confusion: tuple[tuple[int, ...], ...]

    @model_validator(mode="after")
    def _one_number_a_class(self) -> ClassificationMetrics:
        parts = (self.precision, self.recall, self.f1, self.support, self.confusion)
        if {len(part) for part in (*parts, *self.confusion)} != {len(self.classes)}:
            raise ValueError(f"every part must have {len(self.classes)} numbers, one a class")
        return self


class CellMetrics(ClassificationMetrics):
    """Accuracy cell by cell.

    ``accuracy_interval`` is a 95 % interval from drawing proteins anew, None where the cells
    are not of several proteins; ``calibration_error`` is the expected calibration error, and
    ``reliability`` the bins it is computed from, empty bins left out.
    """

    accuracy_interval: tuple[float, float] | None
    top2_accuracy: float
    log_loss: float
    calibration_error: float
    reliability: tuple[ReliabilityBin, ...]


class ProteinMetrics(ClassificationMetrics):
    """Accuracy protein by protein.

    ``n_large`` and ``accuracy_large`` are of the proteins with at least ``minimum_cells``
    used cells (None where there is none); ``n_uncalled`` counts proteins without a used cell,
    which enter no other number.
    """

    minimum_cells: int
    n_large: int
    accuracy_large: float | None
    n_uncalled: int


class SegmentationMetrics(BaseModel):
    """How well found objects match true ones, over one or many fields.

    An object is matched when its intersection over union with a true one reaches
    ``threshold`` (0.5 or more, so that no object has two matches). Objects at the border,
    true or found, do not count either way.
    """

    model_config = ConfigDict(frozen=True)

    threshold: float
    n_true: int
    n_found: int
    n_matched: int
    mean_iou: float | None
    """Of the matched objects; None without a match."""

    @property
    def precision(self) -> float | None:
        """Share of found objects that are true."""
        return self.n_matched / self.n_found if self.n_found else None

    @property
    def recall(self) -> float | None:
        """Share of true objects that were found."""
        return self.n_matched / self.n_true if self.n_true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        total = self.n_true + self.n_found
        return 2 * self.n_matched / total if total else None
