"""Draws of strengths from scrambled Sobol points.

One replicate is one independently scrambled set of 512 points, whose coordinates become standard
normals, which a node's Cholesky factor turns into strengths. Within a set the points fill the
space evenly, which removes most of the variance between draws; between sets they are independent,
which gives the errors.

Sobol points are best in single coordinates and in pairs of early ones, so the coordinates are dealt
out with care. What moves a team up or down is attack and defence together: that sum has one of its
two coordinates to itself (`turns`), and an early one. Which early one changes by lot from replicate
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
from forecast.kernel.draw import (
    DRAWS_AT_ONCE,
    fill_points,
    to_normals,
    transform_normals,
    turn_planes,
)
from forecast.simulate.sobol import INDEX_BITS, directions_of

__all__ = ["draws"]

UInt32 = NDArray[np.uint32]
Float64 = NDArray[np.float64]

BITS = 30
"""Of a coordinate; the middles of its steps keep the points inside the open unit interval."""


def sobol_points(order: NDArray[np.int64], rng: np.random.Generator) -> UInt32:
    """Return a scrambled Sobol set, shape (dimensions, draws), in steps of 2^-BITS.

    Its coordinates are those of the sequence in the given order.

    The scrambling is scipy's, a random lower triangular matrix over GF(2) and a shift; scipy would
    build the direction numbers again for every set, in twenty times the time.
    """
    dimensions = order.size
    shift = rng.integers(0, 1 << BITS, dimensions, np.uint32)
    noise = rng.integers(0, 1 << BITS, (dimensions, INDEX_BITS), np.uint32)
    leading = np.uint32(1) << (BITS - 1 - np.arange(INDEX_BITS, dtype=np.uint32))
    columns = leading | (noise & (leading - np.uint32(1)))
    points = np.empty((dimensions, DRAWS_PER_REPLICATE), np.uint32)
    fill_points(directions_of(dimensions)[order], columns, shift, points)
    return points


def draws(posterior: Posterior, *, rng_seed: int, replicate: int) -> Float64:
    """Return the strengths of one replicate, shape (draws, 2 + 2 * teams), a row a tile.

    A goal model with a shape has one more entry a row, the shape of the draw's node.
    """
    nodes, dimensions, rank = posterior.factor.shape
    if nodes == 1 and rank == 0:
        known = np.repeat(posterior.mean, DRAWS_PER_REPLICATE, axis=0)
        return (
            known if posterior.shape is None else np.insert(known, dimensions, posterior.shape, 1)
        )
    rng = np.random.default_rng([rng_seed, replicate])
    points = sobol_points(deal_coordinates(rank, rng), rng)
    normals = np.zeros((rank, DRAWS_PER_REPLICATE + DRAWS_AT_ONCE))
    work = np.empty(DRAWS_PER_REPLICATE), np.empty(DRAWS_PER_REPLICATE, np.int64)
    to_normals(points, BITS, *work, normals)
    edges = node_edges(posterior.weights, rng.random())
    middle = (FIRST_TEAM + dimensions) // 2
    turn_planes(edges, *turns(posterior.factor), normals[FIRST_TEAM:middle], normals[middle:])
    out = np.empty((DRAWS_PER_REPLICATE, dimensions + (posterior.shape is not None)))
    block = np.empty((dimensions, DRAWS_AT_ONCE))
    transform_normals(edges, posterior.mean, posterior.factor, normals, block, out)
    if posterior.shape is not None:
        out[:, dimensions] = np.repeat(posterior.shape, np.diff(edges))
    return out


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


def turns(factor: Float64) -> tuple[Float64, Float64]:
    """Return by which cosine and sine to turn the plane of each team's two coordinates.

    Both have shape (nodes, teams); `factor` has shape (nodes, dimensions, dimensions). Afterwards
    the first of the two coordinates moves attack plus defence, as far as they are the team's own,
    and the second leaves that sum alone.
    """
    middle = (FIRST_TEAM + factor.shape[1]) // 2
    attack, defence = np.arange(FIRST_TEAM, middle), np.arange(middle, factor.shape[1])
    by_first = factor[:, attack, attack] + factor[:, defence, attack]
    by_second = factor[:, defence, defence]
    length = np.sqrt(by_first**2 + by_second**2)
    cosine = np.divide(by_first, length, out=np.ones_like(length), where=length > 0)
    sine = np.divide(by_second, length, out=np.zeros_like(length), where=length > 0)
    return cosine, sine


def node_edges(weights: Float64, shift: float) -> NDArray[np.int64]:
    """Return where each node's draws begin, and their number at the end.

    Draw t belongs to the node at `(t + shift) / draws` of the cumulated weights, so on average
    over `shift`, uniform in [0, 1), a node has exactly its share.
    """
    inner = np.ceil(np.cumsum(weights)[:-1] * DRAWS_PER_REPLICATE - shift).astype(np.int64)
    edges = np.zeros(weights.size + 1, np.int64)
    edges[1:-1] = np.clip(inner, 0, DRAWS_PER_REPLICATE)
    edges[-1] = DRAWS_PER_REPLICATE
    return edges
