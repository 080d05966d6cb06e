"""The paper's model of a protein: a Dirichlet posterior from soft counts of its cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from deepyeast.core import COMPARTMENTS, Calls, ClassList, Scores

TAIL = 0.025
"""Probability left out on each side of a central 95 % interval."""


def aggregate(
    scores: Scores | np.ndarray,
    proteins: Sequence[str] | np.ndarray,
    used: np.ndarray | None = None,
    prior: float = 1.0,
    classes: ClassList | None = None,
) -> Calls:
    """Add up the cells of each protein to a posterior over its compartments.

    The fractions of a protein's cells in the ``k`` classes have a symmetric Dirichlet prior.
    Each used cell adds its class probabilities to the counts (soft counts, rather than one
    count for the most probable class, so that unsure cells say little), which gives the
    posterior Dirichlet(``prior`` + counts) of Pärnamaa and Parts (G3, 2017). Each fraction's
    marginal is a Beta distribution, whose quantiles bound the credible interval. The order of
    the classes is the same by counts, by posterior mean and by posterior mode, so the largest
    mean is the maximum a posteriori class.

    Parameters
    ----------
    scores
        Scores of ``n`` cells, or their class probabilities alone, ``(n, k)``.
    proteins
        Name of each cell's protein, ``n`` of them.
    used
        Boolean ``(n,)``: cells good enough to count; all of them by default.
    prior
        Pseudo-count of every class; 1 is uninformative (every composition equally likely).
    classes
        The classes of the columns: by default those of the scores, or the twelve
        compartments for bare probabilities.

    Returns
    -------
    Calls
        Proteins in sorted order. One without a used cell keeps the prior.

    Raises
    ------
    ValueError
        If lengths, shapes or class lists disagree, a protein has no name, or the prior is
        not positive.
    """
    probabilities, classes = _unpack(scores, classes)
    codes, found = pd.factorize(np.asarray(proteins, dtype=object), sort=True)
    names = pd.Index(found)
    used = np.ones(len(codes), dtype=bool) if used is None else np.asarray(used, dtype=bool)
    if not len(probabilities) == len(codes) == len(used):
        raise ValueError(
            f"{len(probabilities)} scores, {len(codes)} proteins and {len(used)} used flags: "
            "there must be one of each for every cell"
        )
    if (codes < 0).any():
        raise ValueError("every cell must name its protein")
    if not prior > 0:
        raise ValueError(f"prior must be positive, not {prior}")

    counts = np.zeros((len(names), len(classes)))
    np.add.at(counts, codes[used], probabilities[used])
    return posterior(
        names.to_numpy(dtype=object),
        np.bincount(codes, minlength=len(names)),
        np.bincount(codes[used], minlength=len(names)),
        counts,
        classes,
        prior,
    )


def posterior(
    names: np.ndarray,
    n_cells: np.ndarray,
    n_used: np.ndarray,
    counts: np.ndarray,
    classes: ClassList,
    prior: float = 1.0,
) -> Calls:
    """Return the posteriors of proteins whose cells are already added up.

    Parameters
    ----------
    names, n_cells, n_used
        As in :class:`Calls`.
    counts
        float64 ``(m, k)``: sums of the used cells' class probabilities.
    """
    alpha = prior + counts
    rest = alpha.sum(1, keepdims=True) - alpha
    return Calls(
        proteins=names,
        n_cells=n_cells,
        n_used=n_used,
        mean=(alpha / (alpha + rest)).astype(np.float32),
        low=betaincinv(alpha, rest, TAIL).astype(np.float32),
        high=betaincinv(alpha, rest, 1 - TAIL).astype(np.float32),
        classes=classes,
    )


def _unpack(scores: Scores | np.ndarray, classes: ClassList | None) -> tuple[np.ndarray, ClassList]:
    """Return float64 probabilities and the classes they are of."""
    if isinstance(scores, Scores):
        if classes is not None and classes != scores.classes:
            raise ValueError(f"the scores are of classes {scores.classes.name}, not {classes.name}")
        return scores.probabilities.astype(np.float64), scores.classes
    classes = classes or COMPARTMENTS
    probabilities = np.asarray(scores, dtype=np.float64)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(classes):
        raise ValueError(
            f"probabilities must have shape (n, {len(classes)}), not {probabilities.shape}"
        )
    return probabilities, classes
