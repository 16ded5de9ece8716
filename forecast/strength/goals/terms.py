"""What a goal model says of matches to the fit: log-likelihood, slope and bend."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Float64", "Int64", "Terms"]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


class Terms(NamedTuple):
    """Log-likelihood of every match and its derivatives by the two log-rates.

    Attributes
    ----------
    value : float64, shape (matches,)
        Without terms that depend on the goals alone; -inf where the score is impossible.
    slope : float64, shape (2, matches)
        First derivatives, home first.
    bend : float64, shape (3, matches)
        Second derivatives: home, away, both.
    """

    value: Float64
    slope: Float64
    bend: Float64
