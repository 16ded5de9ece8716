"""Draws of strengths from scrambled Sobol points.

One replicate is one independently scrambled set of 512 points. Its first coordinate picks the
node of hyperparameters, the others become standard normals, which the node's Cholesky factor
turns into strengths. Within a set the points fill the space evenly, which removes nearly all the
variance between draws; between sets they are independent, which gives the errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import DRAWS_PER_REPLICATE, Posterior
from forecast.kernel.draw import transform_normals

__all__ = ["draws"]

Float64 = NDArray[np.float64]

HALF_STEP = 2.0**-31
"""Half the spacing of the points, which keeps them inside the open unit interval."""


def sobol_points(dimensions: int, rng_seed: int, replicate: int) -> Float64:
    """Return a scrambled Sobol set, shape (dimensions, draws), inside (0, 1)."""
    from scipy.stats import qmc  # noqa: PLC0415 (a second of imports, not needed by `check`)

    rng = np.random.default_rng([rng_seed, replicate])
    points = qmc.Sobol(dimensions, rng=rng).random(DRAWS_PER_REPLICATE)
    return np.ascontiguousarray(points.T) + HALF_STEP


def draws(posterior: Posterior, *, rng_seed: int, replicate: int) -> Float64:
    """Return the strengths of one replicate, shape (draws, 2 + 2 * teams), a row a tile."""
    from scipy.special import ndtri  # noqa: PLC0415 (same)

    nodes, dimensions, rank = posterior.factor.shape
    if nodes == 1 and rank == 0:
        return np.repeat(posterior.mean, DRAWS_PER_REPLICATE, axis=0)
    points = sobol_points(1 + rank, rng_seed, replicate)
    node = np.searchsorted(np.cumsum(posterior.weights)[:-1], points[0], side="right")
    normals = ndtri(points[1:])
    out = np.empty((DRAWS_PER_REPLICATE, dimensions))
    for k in range(nodes):
        mine = np.flatnonzero(node == k)
        part = np.empty((dimensions, mine.size))
        transform_normals(
            posterior.mean[k], posterior.factor[k], np.ascontiguousarray(normals[:, mine]), part
        )
        out[mine] = part.T
    return out
