"""Whole replicates for the runs that are asked for; doublings alone for an error."""

from dataclasses import replace

import pytest
from strength_builders import make_plan

from forecast.arrays import RUNS_PER_REPLICATE
from forecast.errors import ModelError
from forecast.plan import LEAST_REPLICATES, Simulation
from forecast.simulate import simulate_enough


def simulated(simulation, errors=()):
    """Return the replicates that are played in each part, when these errors are found in turn."""
    left = iter(errors)
    return simulate_enough(
        replace(make_plan(2), simulation=simulation),
        lambda first, goal: [range(first, goal)],
        add=lambda one, other: one + other,
        worst_error=lambda _: next(left),
    )


@pytest.mark.parametrize(
    ("runs", "replicates"),
    [
        (1, LEAST_REPLICATES),
        (LEAST_REPLICATES * RUNS_PER_REPLICATE, LEAST_REPLICATES),
        (LEAST_REPLICATES * RUNS_PER_REPLICATE + 1, LEAST_REPLICATES + 1),
        (1_000_000, 31),
    ],
)
def test_runs_are_rounded_up_to_whole_replicates(runs, replicates):
    assert simulated(Simulation(runs, None, 1)) == [range(replicates)]


def test_an_error_is_looked_at_when_the_replicates_have_doubled_and_only_then():
    parts = simulated(Simulation(None, 0.01, 1), [0.03, 0.02, 0.0101, 0.01])
    assert parts == [range(16), range(16, 32), range(32, 64), range(64, 128)]


def test_an_error_that_is_met_at_once_takes_the_least_replicates():
    assert simulated(Simulation(None, 0.01, 1), [0.001]) == [range(LEAST_REPLICATES)]


def test_an_error_out_of_reach_is_said_with_what_was_tried():
    with pytest.raises(ModelError, match=r"found 0\.01, but 134,217,728 runs.* an error of 0\.02"):
        simulated(Simulation(None, 0.01, 1), [0.02] * 99)
