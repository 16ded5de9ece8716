"""Proper scores of probabilities, one number a forecast; lower is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["binary_scores", "coverage", "ranked_probability", "three_way_scores"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

LEAST = 1e-15
"""A probability of nothing counts as this in a log loss, so that one match cannot make it
infinite."""


def three_way_scores(p: Float64, result: Int64) -> dict[str, Float64]:
    """Score probabilities of home win, draw and away win.

    Parameters
    ----------
    p : float64, shape (matches, 3)
    result : int64, shape (matches,)
        0 for a home win, 1 for a draw, 2 for an away win.

    Returns
    -------
    dict
        `log_loss`; `rps`, half the sum of squared errors of the two cumulated probabilities, from
        0 to 1; `brier`, the sum of the three squared errors, from 0 to 2. Shapes (matches,).
    """
    happened = np.eye(3)[result]
    given = p[np.arange(len(p)), result]
    errors = p - happened
    return {
        "log_loss": -np.log(np.maximum(given, LEAST)),
        "rps": (np.cumsum(errors, axis=1)[:, :2] ** 2).sum(axis=1) / 2.0,
        "brier": (errors**2).sum(axis=1),
    }


def binary_scores(p: Float64, reached: Bool) -> dict[str, Float64]:
    """Score probabilities of reaching something: `log_loss` and `brier`, from 0 to 1.

    Parameters
    ----------
    p : float64
    reached : bool, same shape
    """
    given = np.where(reached, p, 1.0 - p)
    return {"log_loss": -np.log(np.maximum(given, LEAST)), "brier": (1.0 - given) ** 2}


def ranked_probability(p: Float64, place: Int64) -> Float64:
    """Score distributions of an ordered number, such as a place.

    Parameters
    ----------
    p : float64, shape (teams, places)
    place : int64, shape (teams,)
        The column that came true.

    Returns
    -------
    float64, shape (teams,)
        Mean over the inner cuts of the squared error of the cumulated probability; 0 to 1.
    """
    cumulated = np.cumsum(p, axis=1)[:, :-1]
    happened = place[:, np.newaxis] <= np.arange(p.shape[1] - 1)
    score: Float64 = ((cumulated - happened) ** 2).mean(axis=1)
    return score


def coverage(p: Float64, value: Int64, level: float) -> Float64:
    """Return how much of each outcome lies within the central interval of its distribution.

    Whole numbers jump over the ends of an interval, so plain counting would find more than `level`
    within it even for a perfect forecast. An outcome at the end counts by the share of its
    probability that lies inside, which makes the mean of a perfect forecast exactly `level`
    (the probability integral transform of Czado, Gneiting and Held, Biometrics 2009;65:1254).

    Parameters
    ----------
    p : float64, shape (teams, values)
    value : int64, shape (teams,)
        The column that came true.

    Returns
    -------
    float64, shape (teams,)
        0 to 1; nan where the forecast was certain, since nothing was risked there.
    """
    rows = np.arange(len(p))
    own = p[rows, value]
    above = np.cumsum(p, axis=1)[rows, value]
    low, high = (1.0 - level) / 2.0, (1.0 + level) / 2.0
    inside = np.minimum(above, high) - np.maximum(above - own, low)
    never = ((above <= low) | (above - own >= high)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(own > 0, np.clip(inside / own, 0.0, 1.0), 1.0 - never)
    share[p.max(axis=1) >= 1.0 - 1e-9] = np.nan
    return share
