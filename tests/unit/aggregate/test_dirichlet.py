"""The protein model by hand-computed cases, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from deepyeast.aggregate import aggregate
from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS, Scores

K = len(COMPARTMENTS)
NUCLEUS = COMPARTMENTS.index("nucleus")


def one_hot(*indices: int, k: int = K) -> np.ndarray:
    return np.eye(k, dtype=np.float32)[list(indices)]


def test_posterior_mean_is_the_counts_plus_one_over_their_sum() -> None:
    calls = aggregate(one_hot(NUCLEUS, NUCLEUS, 0), ["A", "A", "A"])
    assert calls.mean[0, NUCLEUS] == pytest.approx(3 / (3 + K))
    assert calls.mean[0, 0] == pytest.approx(2 / (3 + K))
    assert calls.localization.tolist() == ["nucleus"]


def test_interval_is_that_of_the_beta_marginal() -> None:
    # With two classes and three cells in the first, its fraction is Beta(4, 1) distributed,
    # whose distribution function is x**4.
    two = TRANSFER_COMPARTMENTS.model_copy(
        update={"compartments": TRANSFER_COMPARTMENTS.compartments[:2]}
    )
    calls = aggregate(one_hot(0, 0, 0, k=2), ["A"] * 3, classes=two)
    assert calls.low[0, 0] == pytest.approx(0.025**0.25)
    assert calls.high[0, 0] == pytest.approx(0.975**0.25)


def test_proteins_come_sorted_with_their_numbers_of_cells() -> None:
    used = np.array([True, True, False, True])
    calls = aggregate(one_hot(1, 2, 2, 1), ["B", "A", "A", "B"], used)
    assert calls.proteins.tolist() == ["A", "B"]
    assert calls.n_cells.tolist() == [2, 2]
    assert calls.n_used.tolist() == [1, 2]
    assert calls.localization.tolist() == ["endosome", "cytoplasm"]


def test_an_unsure_cell_counts_in_parts() -> None:
    half = (one_hot(0) + one_hot(1)) / 2
    calls = aggregate(half, ["A"])
    assert calls.mean[0, 0] == calls.mean[0, 1] == pytest.approx(1.5 / (1 + K))


def test_a_protein_without_a_used_cell_keeps_the_prior() -> None:
    calls = aggregate(one_hot(3, 3), ["A", "B"], np.array([True, False]))
    np.testing.assert_allclose(calls.mean[1], 1 / K, rtol=1e-6)
    assert calls.n_used.tolist() == [1, 0]


def test_a_stronger_prior_draws_towards_knowing_nothing() -> None:
    weak, strong = (aggregate(one_hot(5), ["A"], prior=p).mean[0, 5] for p in (0.5, 20))
    assert weak > strong > 1 / K


def test_no_cells_are_no_proteins() -> None:
    assert len(aggregate(np.empty((0, K)), [])) == 0


def test_scores_bring_their_own_classes() -> None:
    scores = Scores(
        probabilities=one_hot(2, k=4),
        embeddings=np.zeros((1, 3), np.float32),
        quality=np.ones(1, np.float32),
        novelty=np.zeros(1, np.float32),
        classes=TRANSFER_COMPARTMENTS,
    )
    assert aggregate(scores, ["A"]).localization.tolist() == ["lipid particle"]
    with pytest.raises(ValueError, match="deepyeast-transfer-4, not deepyeast-12"):
        aggregate(scores, ["A"], classes=COMPARTMENTS)


@pytest.mark.parametrize(
    ("probabilities", "proteins", "changes", "message"),
    [
        (one_hot(0, 1), ["A"], {}, "2 scores, 1 proteins and 1 used"),
        (one_hot(0), ["A"], {"used": np.ones(2, bool)}, "1 scores, 1 proteins and 2 used"),
        (one_hot(0, k=4), ["A"], {}, r"\(n, 12\), not \(1, 4\)"),
        (one_hot(0), [None], {}, "name its protein"),
        (one_hot(0), ["A"], {"prior": 0.0}, "positive"),
    ],
)
def test_what_does_not_fit_is_refused(probabilities, proteins, changes, message) -> None:
    with pytest.raises(ValueError, match=message):
        aggregate(probabilities, proteins, **changes)
