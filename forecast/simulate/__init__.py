"""Replicates on threads: one Sobol set of strengths each, one tile of runs a draw."""

from forecast.simulate.draws import draws
from forecast.simulate.enough import simulate_enough
from forecast.simulate.pairs import simulate_pair
from forecast.simulate.threads import simulate

__all__ = ["draws", "simulate", "simulate_enough", "simulate_pair"]
