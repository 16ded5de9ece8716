"""The points of scipy's Sobol sequence, from direction numbers of our own.

`uv run python tests/test_simulate_sobol.py` writes those numbers again.
"""

import numpy as np
from scipy.stats import qmc

from forecast.arrays import DRAWS_PER_REPLICATE, FIRST_TEAM
from forecast.plan import MAX_TEAMS
from forecast.simulate.sobol import DIRECTIONS, INDEX_BITS, plain_points

MOST = FIRST_TEAM + 2 * MAX_TEAMS


def points_of_scipy(dimensions):
    points = qmc.Sobol(dimensions, scramble=False).random(DRAWS_PER_REPLICATE)
    return (points.T * DRAWS_PER_REPLICATE).astype(np.uint32)


def test_the_points_are_scipys_in_every_dimension_that_a_forecast_may_have():
    assert (plain_points(MOST) == points_of_scipy(MOST)).all()


def test_fewer_dimensions_are_the_first_ones():
    assert (plain_points(1) == plain_points(MOST)[:1]).all()
    assert (plain_points(102) == plain_points(MOST)[:102]).all()


def write_directions():
    """Read them off the points whose Gray code has one bit set."""
    head = [line for line in DIRECTIONS.read_text("utf-8").splitlines() if line.startswith("#")]
    single = (2 << np.arange(INDEX_BITS)) - 1
    rows = points_of_scipy(MOST)[:, single]
    lines = [" ".join(str(number) for number in row) for row in rows]
    DIRECTIONS.write_text("\n".join([*head, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    write_directions()
