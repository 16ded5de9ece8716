"""Draws of strengths from scrambled Sobol points.

One replicate is one independently scrambled set of 512 points, whose coordinates become standard
normals, which a node's Cholesky factor turns into strengths. Within a set the points fill the
space evenly, which removes most of the variance between draws; between sets they are independent,
which gives the errors.

Sobol points are best in single coordinates and in pairs of early ones, so the coordinates are dealt
out with care. What moves a team up or down is attack and defence together: that sum has one of its
two coordinates to itself (`turn`), and an early one. Which early one changes by lot from replicate
to replicate, since some pairs of coordinates are much less even than others and no two teams should
be stuck with one.

The node of hyperparameters is the coordinate `(t + shift) / 512` of point t, as in Hammersley sets.
So each node has consecutive points of the sequence, which are even again in every coordinate; a
Sobol coordinate for the node would scatter them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import DRAWS_PER_REPLICATE, FIRST_TEAM, Posterior
from forecast.kernel.draw import scramble_points, transform_normals
from forecast.simulate.sobol import INDEX_BITS, plain_points

__all__ = ["draws"]

Float64 = NDArray[np.float64]

BITS = 30
"""Of a coordinate; half a step of 2^-30 keeps the points inside the open unit interval."""


def sobol_points(order: NDArray[np.int64], rng: np.random.Generator) -> Float64:
    """Return a scrambled Sobol set, shape (dimensions, draws), inside (0, 1).

    Its coordinates are those of the sequence in the given order.

    The scrambling is scipy's, a random lower triangular matrix over GF(2) and a shift, applied to
    the finished points: scipy would build the direction numbers again for every set, in ten times
    the time.
    """
    dimensions = order.size
    shift = rng.integers(0, 1 << BITS, dimensions, np.uint32)
    noise = rng.integers(0, 1 << BITS, (dimensions, INDEX_BITS), np.uint32)
    leading = np.uint32(1) << (BITS - 1 - np.arange(INDEX_BITS, dtype=np.uint32))
    columns = leading | (noise & (leading - np.uint32(1)))
    points = np.empty((dimensions, DRAWS_PER_REPLICATE), np.uint32)
    scramble_points(plain_points(dimensions)[order], columns, shift, points)
    return (points.astype(np.float64) + 0.5) * 2.0**-BITS


def draws(posterior: Posterior, *, rng_seed: int, replicate: int) -> Float64:
    """Return the strengths of one replicate, shape (draws, 2 + 2 * teams), a row a tile.

    A goal model with a shape has one more entry a row, the shape of the draw's node.
    """
    from scipy.special import ndtri  # noqa: PLC0415 (slow to import, not needed by `check`)

    nodes, dimensions, rank = posterior.factor.shape
    if nodes == 1 and rank == 0:
        known = np.repeat(posterior.mean, DRAWS_PER_REPLICATE, axis=0)
        return (
            known if posterior.shape is None else np.insert(known, dimensions, posterior.shape, 1)
        )
    rng = np.random.default_rng([rng_seed, replicate])
    normals = ndtri(sobol_points(deal_coordinates(rank, rng), rng))
    edges = node_edges(posterior.weights, rng.random())
    out = np.empty((dimensions + (posterior.shape is not None), DRAWS_PER_REPLICATE))
    for k, (mean, factor) in enumerate(zip(posterior.mean, posterior.factor, strict=True)):
        mine = slice(edges[k], edges[k + 1])
        part = np.empty((dimensions, edges[k + 1] - edges[k]))
        transform_normals(mean, factor, turn(factor, normals[:, mine]), part)
        out[:dimensions, mine] = part
        if posterior.shape is not None:
            out[dimensions, mine] = posterior.shape[k]
    return np.ascontiguousarray(out.T)


def deal_coordinates(dimensions: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which coordinate of the sequence each coordinate of the draws is.

    The shared terms keep the first ones; the teams' sums have the next ones by lot, and the
    teams' other coordinates the last ones by lot.
    """
    order = np.arange(dimensions)
    first_other = (FIRST_TEAM + dimensions) // 2
    rng.shuffle(order[FIRST_TEAM:first_other])
    rng.shuffle(order[first_other:])
    return order


def turn(factor: Float64, points: Float64) -> Float64:
    """Return `points` with the plane of each team's two coordinates turned; their law is the same.

    Afterwards the first of the two moves attack plus defence, as far as they are the team's own,
    and the second leaves that sum alone. `points` has shape (dimensions, draws), `factor` is the
    node's, of shape (dimensions, dimensions).
    """
    middle = (FIRST_TEAM + len(factor)) // 2
    attack, defence = np.arange(FIRST_TEAM, middle), np.arange(middle, len(factor))
    by_first = factor[attack, attack] + factor[defence, attack]
    by_second = factor[defence, defence]
    length = np.sqrt(by_first**2 + by_second**2)
    cosine = np.divide(by_first, length, out=np.ones_like(length), where=length > 0)
    sine = np.divide(by_second, length, out=np.zeros_like(length), where=length > 0)
    turned = np.empty_like(points, order="C")
    turned[:FIRST_TEAM] = points[:FIRST_TEAM]
    first, second = points[FIRST_TEAM:middle], points[middle:]
    turned[FIRST_TEAM:middle] = cosine[:, None] * first - sine[:, None] * second
    turned[middle:] = sine[:, None] * first + cosine[:, None] * second
    return turned


def node_edges(weights: Float64, shift: float) -> list[int]:
    """Return where each node's draws begin, and their number at the end.

    Draw t belongs to the node at `(t + shift) / draws` of the cumulated weights, so on average
    over `shift`, uniform in [0, 1), a node has exactly its share.
    """
    inner = np.ceil(np.cumsum(weights)[:-1] * DRAWS_PER_REPLICATE - shift).astype(int)
    return [0, *np.clip(inner, 0, DRAWS_PER_REPLICATE).tolist(), DRAWS_PER_REPLICATE]
