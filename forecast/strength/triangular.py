"""Triangular factors: plain loops in one fixed order, the same whatever library is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.jit import jit

__all__ = ["covariance_factor", "solve_factored"]

Float64 = NDArray[np.float64]


@jit
def _inverse_upper_factor(matrix: Float64, out: Float64) -> None:
    """Write R⁻¹ to `out`, where R'R = `matrix` and R is upper; `matrix` is used up.

    All inner loops run along rows: they vectorise without reordering a sum.
    """
    size = matrix.shape[0]
    for i in range(size):
        for k in range(i):
            for j in range(i, size):
                matrix[i, j] -= matrix[k, i] * matrix[k, j]
        pivot = np.sqrt(matrix[i, i])
        for j in range(i, size):
            matrix[i, j] /= pivot
    for i in range(size - 1, -1, -1):
        for j in range(size):
            out[i, j] = 0.0
        for k in range(i + 1, size):
            for j in range(k, size):
                out[i, j] -= matrix[i, k] * out[k, j]
        for j in range(i + 1, size):
            out[i, j] /= matrix[i, i]
        out[i, i] = 1.0 / matrix[i, i]


def covariance_factor(precision: Float64) -> Float64:
    """Return the lower Cholesky factor of the inverse of `precision`, without inverting it.

    With the rows in reverse order precision = R'R, so covariance = R⁻¹ R⁻¹'; R⁻¹ is upper, and
    putting its rows and columns back in order makes it lower.

    Parameters
    ----------
    precision : float64, shape (size, size)
        Symmetric and positive definite.

    Returns
    -------
    float64, shape (size, size)
    """
    reversed_precision = np.ascontiguousarray(precision[::-1, ::-1])
    inverse = np.empty_like(reversed_precision)
    _inverse_upper_factor(reversed_precision, inverse)
    return inverse[::-1, ::-1]


@jit
def solve_factored(factor: Float64, out: Float64) -> None:
    """Replace `out` by x, where L L' x = `out` and L is `factor`: lower, as Cholesky's."""
    size = factor.shape[0]
    for i in range(size):
        for k in range(i):
            out[i] -= factor[i, k] * out[k]
        out[i] /= factor[i, i]
    for i in range(size - 1, -1, -1):
        out[i] /= factor[i, i]
        for k in range(i):
            out[k] -= factor[i, k] * out[i]
