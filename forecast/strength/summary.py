"""Mean and spread of each strength, for tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from forecast.arrays import Posterior

__all__ = ["Summary", "summarise"]

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and standard deviation of every entry of a row of strengths.

    Attributes
    ----------
    mean, sd : float64, shape (2 + 2 * teams,)
        Log-rates: intercept, home advantage, the attacks, the defences.
    """

    mean: Float64
    sd: Float64


def summarise(posterior: Posterior) -> Summary:
    """Return mean and standard deviation of the mixture, by the law of total variance."""
    mean = posterior.weights @ posterior.mean
    variance = np.zeros_like(mean)
    for weight, top, factor in zip(
        posterior.weights, posterior.mean, posterior.factor, strict=True
    ):
        variance += weight * (np.einsum("dr,dr->d", factor, factor) + (top - mean) ** 2)
    return Summary(mean=mean, sd=np.sqrt(variance))
