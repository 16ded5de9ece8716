"""What a forecast has to beat: forecasts from the same results that know less about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ModelError
from forecast.plan import GivenStrengths, Match, Plan, StrengthPlan

__all__ = ["equal_strengths", "running_shares", "unpenalised", "with_strengths"]

Float64 = NDArray[np.float64]

USUAL_HOME, USUAL_AWAY, USUAL_MATCHES = 1.5, 1.2, 10
"""Goals of a home and an away side, worth this many matches beside the known ones: before the
first match something has to be said."""

RIDGE = 0.1
"""Precision of every coefficient of the unpenalised fit, a standard deviation of 3 on the log
scale: none at all has no maximum as soon as a team has not scored. Less of it scores worse."""

MOST_STEPS = 200
CLOSE_ENOUGH = 1e-10


def known_results(plan: Plan) -> tuple[Match, ...]:
    """Return what strengths are fitted to."""
    return tuple(match for match in plan.matches if match.played and not match.awarded)


def running_shares(plan: Plan) -> Float64:
    """Return the shares of home wins, draws and away wins so far, shape (3,).

    One of each is added, so that nothing is impossible and before the first match all are equal.
    """
    counts = np.ones(3)
    for match in known_results(plan):
        counts[np.sign(_margin(match)) * -1 + 1] += 1
    shares: Float64 = counts / counts.sum()
    return shares


def _margin(match: Match) -> int:
    assert match.home_goals is not None
    assert match.away_goals is not None
    return match.home_goals - match.away_goals


def equal_strengths(plan: Plan) -> GivenStrengths:
    """Return one strength for all teams: the mean goals of home and away sides so far."""
    home = [match.home_goals or 0 for match in known_results(plan) if not match.neutral]
    away = [match.away_goals or 0 for match in known_results(plan) if not match.neutral]
    matches = len(home) + USUAL_MATCHES
    rate_home = (sum(home) + USUAL_HOME * USUAL_MATCHES) / matches
    rate_away = (sum(away) + USUAL_AWAY * USUAL_MATCHES) / matches
    level = (0.0,) * len(plan.competition.teams)
    return GivenStrengths(
        intercept=float(np.log(rate_away)),
        home_advantage=float(np.log(rate_home / rate_away)),
        attack=level,
        defence=level,
    )


def unpenalised(plan: Plan) -> GivenStrengths:
    """Return the strengths of largest likelihood, the usual model without any shrinkage.

    Raises
    ------
    ModelError
        If Newton's method does not settle.
    """
    teams = len(plan.competition.teams)
    design, goals = _sides(known_results(plan), teams)
    row = _maximum(design, goals)
    return GivenStrengths(
        intercept=float(row[0]),
        home_advantage=float(row[1]),
        attack=tuple(row[2 : 2 + teams].tolist()),
        defence=tuple(row[2 + teams :].tolist()),
    )


def _sides(matches: Sequence[Match], teams: int) -> tuple[Float64, Float64]:
    """Return one row of the design and the goals for each side of each match."""
    design = np.zeros((2 * len(matches), 2 + 2 * teams))
    goals = np.zeros(2 * len(matches))
    for number, match in enumerate(matches):
        sides = (
            (match.home, match.away, match.home_goals, not match.neutral),
            (match.away, match.home, match.away_goals, False),
        )
        for row, (scorer, conceder, scored, at_home) in enumerate(sides, 2 * number):
            design[row, [0, 2 + scorer, 2 + teams + conceder]] = 1.0, 1.0, -1.0
            design[row, 1] = at_home
            goals[row] = scored or 0
    return design, goals


def _maximum(design: Float64, goals: Float64) -> Float64:
    """Maximise the Poisson likelihood less the ridge, by damped Newton steps."""

    def loss(row: Float64) -> float:
        log_rates = design @ row
        with np.errstate(over="ignore"):
            rates = np.exp(log_rates).sum()
        return float(rates - goals @ log_rates + 0.5 * RIDGE * row @ row)

    row = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        rates = np.exp(design @ row)
        slope = design.T @ (rates - goals) + RIDGE * row
        bend = (design.T * rates) @ design + RIDGE * np.eye(len(row))
        step = np.linalg.solve(bend, slope)
        if slope @ step < CLOSE_ENOUGH:
            return row
        before = loss(row)
        while loss(row - step) > before and slope @ step > CLOSE_ENOUGH:
            step = step / 2.0
        row = row - step
    raise ModelError("The unpenalised strengths of the comparison could not be fitted.")


def with_strengths(plan: Plan, given: GivenStrengths) -> Plan:
    """Return the plan with strengths that are given instead of fitted."""
    share = plan.strength.first_half_share
    return replace(plan, strength=StrengthPlan("given", "none", share, given))
