"""Scores that the rest of the results make all but impossible: often slips of the pen.

A fit bends towards an absurd score and then finds it normal. So the scores that would be absurd
for a side of average strength are set aside, and judged by a fit to all others.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from forecast.arrays import FIRST_TEAM, Posterior
from forecast.plan import MAX_GOALS, Match
from forecast.strength.laplace import Results
from forecast.strength.mixture import find_nodes, spread_around

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["surprises"]

SURPRISING = 1e-6
"""Chance of as many goals or more; with 300 a season, one false alarm in 3,000 seasons."""


def surprises(teams: Sequence[str], known: Sequence[Match], posterior: Posterior) -> list[str]:
    """Return a sentence for every surprising score among the `known` matches.

    Parameters
    ----------
    posterior : Posterior
        Fitted to all of `known`.
    """
    intercept, home_advantage = (posterior.weights @ posterior.mean)[:FIRST_TEAM]
    usual = math.exp(intercept + max(home_advantage, 0.0))
    most = [max(match.home_goals or 0, match.away_goals or 0) for match in known]
    absurd = {goals for goals in set(most) if _chance(goals, usual) < SURPRISING}
    suspects = [match for match, goals in zip(known, most, strict=True) if goals in absurd]
    if not suspects:
        return []
    set_aside = {match.line for match in suspects}
    others = Results.of([m for m in known if m.line not in set_aside], teams=len(teams))
    without = spread_around(others, find_nodes(others), first_half_share=0.0)
    sentences = (_judge(teams, match, without) for match in suspects)
    return [sentence for sentence in sentences if sentence is not None]


def _chance(goals: int, rate: float) -> float:
    """Return the chance that a Poisson side scores `goals` or more, summed from the small end."""
    terms = range(goals, goals + 4 * MAX_GOALS)
    log_rate = math.log(rate)
    return math.fsum(math.exp(k * log_rate - rate - math.lgamma(k + 1)) for k in terms)


def _judge(teams: Sequence[str], match: Match, without: Posterior) -> str | None:
    """Return a sentence if either side's goals are surprising at its expected rate."""
    goals = (match.home_goals or 0, match.away_goals or 0)
    rates = (
        _expected_rate(without, match.home, match.away, at_home=not match.neutral),
        _expected_rate(without, match.away, match.home, at_home=False),
    )
    if all(_chance(k, rate) >= SURPRISING for k, rate in zip(goals, rates, strict=True)):
        return None
    return (
        f"A surprising score: {teams[match.home]} {goals[0]}-{goals[1]} {teams[match.away]} "
        f"(line {match.line} of the matches). The other results let one expect "
        f"{rates[0]:.1f}-{rates[1]:.1f}; if it is right, it is fitted as it is."
    )


def _expected_rate(posterior: Posterior, scorer: int, conceder: int, *, at_home: bool) -> float:
    """Return the mean of a side's rate: each node's is log-normal."""
    size = posterior.mean.shape[1]
    side = np.zeros(size)
    side[[0, FIRST_TEAM + scorer]] = 1.0
    side[1] = float(at_home)
    side[(size + FIRST_TEAM) // 2 + conceder] = -1.0
    variance = ((side @ posterior.factor) ** 2).sum(axis=1)
    return float(posterior.weights @ np.exp(posterior.mean @ side + variance / 2.0))
