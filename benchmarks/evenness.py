"""How even pairs of coordinates are in the draws of strengths, and the order that makes them so.

    uv run python -m benchmarks.evenness [--write]

The error of a product of two standard normals over one scrambled set, as a share of its variance
over as many independent draws, has a closed form. A scrambled point's binary digit number a is a
random affine combination of the first a rows of the coordinate's generator matrix, with row a in
it; a product of two digits' parts of the normals keeps its variance only where two combinations
agree, and then has it 512 times over. So with `marks[i, u]` the variance that coordinate i has in
the combination u, the share is 512 times the inner product of two rows of marks (Owen, Scrambled
net variance for integrals of smooth functions, Ann. Statist. 25, 1997; random linear scrambling
has the same variance).

In the sequence's own order one pair in fifty is five to eight times worse than independent draws.
`--write` puts the coordinates into an order in which the first ones are even with each other: 52
for 50 teams' sums and the shared terms, 50 for the teams' other coordinates, then the others.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from benchmarks.rows import NOTHING, Row, show
from forecast.arrays import DRAWS_PER_REPLICATE, FIRST_TEAM
from forecast.plan import MAX_TEAMS
from forecast.simulate.sobol import DIRECTIONS, INDEX_BITS, dimensions_of

MOST = FIRST_TEAM + 2 * MAX_TEAMS
TEAMS = 50
SUMS, ALL = FIRST_TEAM + TEAMS, FIRST_TEAM + 2 * TEAMS
ROUNDS = 30
"""At most so many passes over the choice; four are enough."""

MEASURE = "evenness"
UNIT = "of independent draws"

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def points_of_scipy(dimensions: int) -> NDArray[np.uint32]:
    """Return the plain points of the sequence, shape (dimensions, draws), in steps of 1 / draws."""
    points = qmc.Sobol(dimensions, scramble=False).random(DRAWS_PER_REPLICATE)
    return np.asarray(points.T * DRAWS_PER_REPLICATE, np.uint32)


def directions_of_scipy(dimensions: int) -> Int64:
    """Return the direction numbers: the points whose Gray code has one bit set."""
    return points_of_scipy(dimensions)[:, (2 << np.arange(INDEX_BITS)) - 1].astype(np.int64)


def digit_shares() -> list[float]:
    """Return the share of a standard normal's variance that each binary digit of its rank adds."""
    explained = [0.0]
    for digits in range(1, INDEX_BITS + 1):
        cells = 1 << digits
        density = norm.pdf(norm.ppf(np.arange(cells + 1) / cells))
        explained.append(float(np.sum(np.diff(density) ** 2) * cells))
    return np.diff(explained).tolist()


def marks(directions: Int64) -> Float64:
    """Return `marks`, shape (dimensions, draws), for direction numbers (dimensions, bits)."""
    out = np.zeros((len(directions), DRAWS_PER_REPLICATE))
    bits = np.arange(INDEX_BITS)
    every = np.arange(len(directions))[:, np.newaxis]
    spanned = np.zeros((len(directions), 1), np.int64)
    for digit, share in enumerate(digit_shares()):
        row = (((directions >> (INDEX_BITS - 1 - digit)) & 1) << bits).sum(axis=1)
        fresh = spanned ^ row[:, np.newaxis]
        out[every, fresh] += share / fresh.shape[1]
        spanned = np.concatenate([spanned, fresh], axis=1)
    return out


def pair_errors(directions: Int64) -> Float64:
    """Return for every pair its error beside that of independent draws; 0 with itself."""
    each = marks(directions)
    errors: Float64 = DRAWS_PER_REPLICATE * each @ each.T
    np.fill_diagonal(errors, 0.0)
    return errors


def choose(errors: Float64, taken: list[int], count: int) -> list[int]:
    """Return `count` more coordinates, even with each other and with those that are taken.

    One after the other the best is added; then each is changed for a better one while there is any.
    """
    chosen: list[int] = []
    cost = errors[:, taken].sum(axis=1)
    for _ in range(count):
        chosen.append(best(cost, taken + chosen))
        cost += errors[:, chosen[-1]]
    for _ in range(ROUNDS):
        before = list(chosen)
        for k, old in enumerate(before):
            cost -= errors[:, old]
            new = best(cost, taken + chosen[:k] + chosen[k + 1 :])
            chosen[k] = new if cost[new] < cost[old] else old
            cost += errors[:, chosen[k]]
        if chosen == before:
            break
    return chosen


def best(cost: Float64, banned: list[int]) -> int:
    """Return the cheapest coordinate that is not banned."""
    allowed = cost.copy()
    allowed[banned] = np.inf
    return int(np.argmin(allowed))


def even_order() -> list[int]:
    """Return all coordinates, 0-based, in the order that `--write` writes."""
    errors = pair_errors(directions_of_scipy(MOST))
    order = choose(errors, [], SUMS)
    order += choose(errors, order, ALL - SUMS)
    cost = errors[:, order].sum(axis=1)
    while len(order) < MOST:
        order.append(best(cost, order))
        cost += errors[:, order[-1]]
    return order


def write_directions() -> None:
    """Write all coordinates, each with its number in the sequence, below the file's head."""
    head = [line for line in DIRECTIONS.read_text("utf-8").splitlines() if line.startswith("#")]
    directions = directions_of_scipy(MOST)
    rows = [
        " ".join(str(number) for number in (k + 1, *directions[k].tolist())) for k in even_order()
    ]
    DIRECTIONS.write_text("\n".join([*head, *rows]) + "\n", "utf-8")


def measure() -> list[Row]:
    """Compare the first coordinates of the sequence with those in use."""
    directions = directions_of_scipy(MOST)
    rows = []
    for name, order in (("the sequence's order", np.arange(MOST)), ("in use", dimensions_of(MOST))):
        for what, some in (("sums of teams", order[:SUMS]), ("all coordinates", order[:ALL])):
            errors = pair_errors(directions[some])
            mean = float(errors.sum() / (some.size * (some.size - 1)))
            rows.append(Row(MEASURE, f"{name}: {what}, mean", mean, UNIT, NOTHING))
            worst = float(errors.max())
            rows.append(Row(MEASURE, f"{name}: {what}, worst pair", worst, UNIT, NOTHING))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        write_directions()
    else:
        show(measure())
