"""Draws of all strengths: scrambled points, standard normals, and `mean + factor @ z`.

Everything runs over the draws, so it vectorises while every sum keeps its order, and with it its
bits on every machine.
"""

from __future__ import annotations

import numpy as np

from forecast.jit import jit, jit_inline
from forecast.kernel.rates import logarithm
from forecast.kernel.types import Integer

__all__ = ["DRAWS_AT_ONCE", "fill_points", "to_normals", "transform_normals", "turn_planes"]

ONE = np.uint64(1)

DRAWS_AT_ONCE = 32
"""Columns of a block; a shorter loop would be unrolled before the compiler makes vectors of it."""


@jit
def fill_points(
    directions: np.ndarray, columns: np.ndarray, shift: np.ndarray, out: np.ndarray
) -> None:
    """Fill `out` with a randomly scrambled Sobol set: a matrix over GF(2) and a shift a coordinate.

    `directions` (uint32) has shape (dimensions, bits); `columns` the same: what bit b of a number,
    counted from its highest, turns into; `shift` has shape (dimensions,) and `out` (dimensions,
    2^bits). Point t is the exclusive or of the directions at the bits of t's Gray code, so what
    follows the first 2^k points are the same backwards, each with direction k. Source: Matousek,
    On the L2-discrepancy for anchored boxes, J. Complexity 14 (1998), random linear scrambling.
    """
    bits = np.uint64(columns.shape[1])
    for i in range(np.uint64(out.shape[0])):
        out[i, 0] = shift[i]
        for k in range(bits):
            turned = np.uint32(0)
            for bit in range(bits):
                position = np.uint32(bits - ONE - bit)
                turned ^= columns[i, bit] * ((directions[i, k] >> position) & np.uint32(1))
            size = ONE << k
            for n in range(size):
                out[i, size + n] = out[i, size - ONE - n] ^ turned


@jit_inline
def central_normal(q: float) -> float:
    """Return the quantile of 0.5 + q, for |q| up to 0.425, to 1e-16 of itself (`to_normals`)."""
    r = 0.180625 - q * q
    above = 2.5090809287301226727e3
    above = above * r + 3.3430575583588128105e4
    above = above * r + 6.7265770927008700853e4
    above = above * r + 4.5921953931549871457e4
    above = above * r + 1.3731693765509461125e4
    above = above * r + 1.9715909503065514427e3
    above = above * r + 1.3314166789178437745e2
    above = above * r + 3.3871328727963666080e0
    below = 5.2264952788528545610e3
    below = below * r + 2.8729085735721942674e4
    below = below * r + 3.9307895800092710610e4
    below = below * r + 2.1213794301586595867e4
    below = below * r + 5.3941960214247511077e3
    below = below * r + 6.8718700749205790830e2
    below = below * r + 4.2313330701600911252e1
    below = below * r + 1.0
    return q * above / below


@jit_inline
def outer_normal(tail: float) -> float:
    """Return the quantile of 1 - `tail`, for a tail from 1.4e-11 to 0.075 (`to_normals`)."""
    r = np.sqrt(logarithm(1.0 / tail)) - 1.6
    above = 7.74545014278341407640e-4
    above = above * r + 2.27238449892691845833e-2
    above = above * r + 2.41780725177450611770e-1
    above = above * r + 1.27045825245236838258e0
    above = above * r + 3.64784832476320460504e0
    above = above * r + 5.76949722146069140550e0
    above = above * r + 4.63033784615654529590e0
    above = above * r + 1.42343711074968357734e0
    below = 1.05075007164441684324e-9
    below = below * r + 5.47593808499534494600e-4
    below = below * r + 1.51986665636164571966e-2
    below = below * r + 1.48103976427480074590e-1
    below = below * r + 6.89767334985100004550e-1
    below = below * r + 1.67638483018380384940e0
    below = below * r + 2.05319162663775882187e0
    below = below * r + 1.0
    return above / below


@jit
def to_normals(
    points: np.ndarray, bits: int, outside: np.ndarray, draws: np.ndarray, normals: np.ndarray
) -> None:
    """Fill `normals` (float64) with the quantiles of the middles of `points` (uint32).

    Both have a row a dimension; `normals` may have more columns. A point is a number of steps of
    2^-bits, with at most 32 bits. The central form is computed for every point and the outer one
    for those that need it, one after the other in `outside` (float64) and `draws` (int64), work of
    a row's length: so no loop branches. Source: Wichura, Algorithm AS 241, Appl. Statist. 37
    (1988); of its three forms the third begins at tails of 1.4e-11, which no point reaches.
    """
    step = 0.5 ** np.float64(bits)
    for i in range(np.uint64(points.shape[0])):
        for draw in range(np.uint64(points.shape[1])):
            q = (np.float64(points[i, draw]) + 0.5) * step - 0.5
            normals[i, draw] = central_normal(np.float64(q))
        count = np.uint64(0)
        for draw in range(np.uint64(points.shape[1])):
            q = (np.float64(points[i, draw]) + 0.5) * step - 0.5
            outside[count], draws[count] = q, draw
            count += np.uint64(abs(q) > 0.425)
        for n in range(count):
            q = outside[n]
            outer = outer_normal(np.float64(0.5 - abs(q)))
            outside[n] = outer if q > 0.0 else -outer
        for n in range(count):
            normals[i, draws[n]] = outside[n]


@jit
def turn_planes(
    edges: np.ndarray, cosine: np.ndarray, sine: np.ndarray, first: np.ndarray, second: np.ndarray
) -> None:
    """Turn the planes of `first[team]` and `second[team]`, float64 of shape (teams, draws).

    `cosine` and `sine` have shape (nodes, teams); draws `edges[k]` to `edges[k + 1] - 1` belong
    to node k.
    """
    for node in range(edges.size - 1):
        for team in range(np.uint64(first.shape[0])):
            c, s = cosine[node, team], sine[node, team]
            for draw in range(np.uint64(edges[node]), np.uint64(edges[node + 1])):
                x, y = first[team, draw], second[team, draw]
                first[team, draw] = c * x - s * y
                second[team, draw] = s * x + c * y


@jit_inline
def transform_block(
    mean: np.ndarray,
    factor: np.ndarray,
    node: Integer,
    normals: np.ndarray,
    first: Integer,
    block: np.ndarray,
) -> None:
    """Fill `block[i, n]` with row i of `mean + factor @ z` for draw `first + n`.

    Two rows at a time share what is read of `normals`. Products are added in pairs, one after the
    other; where a row's last pair is beyond the diagonal it adds 0. Rows and `rank` are even.
    """
    some = range(np.uint64(DRAWS_AT_ONCE))
    for i in range(np.uint64(0), np.uint64(block.shape[0]), np.uint64(2)):
        j = i + ONE
        for n in some:
            block[i, n], block[j, n] = mean[node, i], mean[node, j]
        for k in range(np.uint64(0), min(j, np.uint64(factor.shape[2])), np.uint64(2)):
            w0, w1 = factor[node, i, k], factor[node, i, k + ONE]
            v0, v1 = factor[node, j, k], factor[node, j, k + ONE]
            for n in some:
                z0, z1 = normals[k, first + n], normals[k + ONE, first + n]
                block[i, n] = (block[i, n] + w0 * z0) + w1 * z1
                block[j, n] = (block[j, n] + v0 * z0) + v1 * z1


@jit
def transform_normals(
    edges: np.ndarray,
    mean: np.ndarray,
    factor: np.ndarray,
    normals: np.ndarray,
    block: np.ndarray,
    out: np.ndarray,
) -> None:
    """Fill `out[draw]` with `mean[node] + factor[node] @ normals[:, draw]`.

    `mean` is float64 of shape (nodes, dimensions); `factor`, lower triangular, of shape (nodes,
    dimensions, rank), an even rank; `normals` of shape (rank, draws + DRAWS_AT_ONCE), the last
    columns whatever they are; `out` has at least `dimensions` columns; `block` is work of shape
    (dimensions, DRAWS_AT_ONCE). Draws `edges[k]` to `edges[k + 1] - 1` belong to node k.
    """
    for node in range(edges.size - 1):
        last = np.uint64(edges[node + 1])
        for first in range(np.uint64(edges[node]), last, np.uint64(DRAWS_AT_ONCE)):
            transform_block(mean, factor, node, normals, first, block)
            for n in range(min(np.uint64(DRAWS_AT_ONCE), last - first)):
                for i in range(np.uint64(block.shape[0])):
                    out[first + n, i] = block[i, n]
