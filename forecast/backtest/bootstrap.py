"""Bootstrap intervals of means: how far another sample of matches, or teams, could have led."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["INTERVALS", "LEVEL", "Mean", "bootstrap_means"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

RESAMPLES = 10_000
LEVEL = 0.95
RNG_SEED = 20_240_917
"""Fixed: the same scores always have the same interval."""

INTERVALS = (
    "Intervals are those of the sample, 95 %, over matches or teams: neither the error of the "
    "simulation nor the spread over strengths."
)
"""What a table of scores says of its intervals."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over `size` forecasts and its 95 % interval; None if there is but one cluster."""

    size: int
    mean: float
    low: float | None
    high: float | None


def bootstrap_means(values: Float64, clusters: Int64 | None = None) -> list[Mean]:
    """Return the mean of each column of `values` with a percentile bootstrap interval.

    Parameters
    ----------
    values : float64, shape (forecasts, columns)
        At least one row; a paired difference is a column of differences.
    clusters : int64, shape (forecasts,), optional
        Forecasts of one cluster, such as a team, are drawn together. Without it each is its own.
        All columns see the same resamples.
    """
    own = np.arange(len(values)) if clusters is None else clusters
    _, index = np.unique(own, return_inverse=True)
    size = np.bincount(index).astype(np.float64)
    total = np.stack([np.bincount(index, column) for column in values.T], axis=1)
    means = values.mean(axis=0)
    if len(size) == 1:
        return [Mean(len(values), float(mean), None, None) for mean in means]
    rng = np.random.default_rng(RNG_SEED)
    shares = np.full(len(size), 1.0 / len(size))
    drawn = np.empty((RESAMPLES, values.shape[1]))
    for first in range(0, RESAMPLES, _AT_ONCE):
        times = rng.multinomial(len(size), shares, _AT_ONCE).astype(np.float64)
        drawn[first : first + _AT_ONCE] = times @ total / (times @ size)[:, np.newaxis]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return [
        Mean(len(values), float(mean), float(least), float(most))
        for mean, least, most in zip(means, low, high, strict=True)
    ]
