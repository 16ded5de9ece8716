"""What came true in the end, as far as the files and the rules settle it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast import tables
from forecast.arrays import RUNS_PER_REPLICATE
from forecast.backtest.baselines import equal_strengths, with_strengths
from forecast.lowering import lower
from forecast.plan import Outcome, Places, Plan, TableStage
from forecast.proof import prove
from forecast.simulate import simulate
from forecast.strength import fit

__all__ = ["Truth", "find_truth"]

Bool = NDArray[np.bool_]
Int64 = NDArray[np.int64]


@dataclass(slots=True)
class Truth:
    """Who reached what.

    Attributes
    ----------
    outcomes : mapping of str to bool, shape (teams,)
        Only outcomes of which every team's end is settled: those of an unfinished competition
        would otherwise be judged by the early successes alone.
    places : mapping of str to int64, shape (teams,)
        By complete table: 0 for the first place; -1 where lots, or half-time scores that are not
        known, would have to decide.
    points : mapping of str to int64, shape (teams,)
    """

    outcomes: dict[str, Bool] = field(default_factory=dict)
    places: dict[str, Int64] = field(default_factory=dict)
    points: dict[str, Int64] = field(default_factory=dict)


def find_truth(whole: Plan, brackets: Iterable[Plan]) -> Truth:
    """Read off the ends of a competition.

    Parameters
    ----------
    whole : Plan
        Everything known, from the first stage on: the tables count.
    brackets : iterable of Plan
        Everything known, each from a knockout stage whose ties are all listed.
    """
    truth = Truth()
    _read_tables(whole, truth)
    plans = [whole, *brackets]
    statuses = [_statuses(plan) for plan in plans]
    for outcome in whole.competition.outcomes:
        ends = [
            _settled(plan, status, outcome) for plan, status in zip(plans, statuses, strict=True)
        ]
        known = [end for end in ends if end is not None]
        if known:
            truth.outcomes[outcome.id] = known[0]
    return truth


def _settled(plan: Plan, statuses: Mapping[str, Int64], outcome: Outcome) -> Bool | None:
    """Return who reached an outcome by one plan, or None if that leaves it open."""
    status = statuses.get(outcome.id)
    if status is not None and (status != 0).all():
        reached: Bool = status > 0
        return reached
    return _entered(plan, outcome)


def _statuses(plan: Plan) -> Mapping[str, Int64]:
    """Return for each outcome a number a team: 1 certain, -1 impossible, 0 open."""
    sign = {"certain": 1, "impossible": -1, "open": 0}
    out: dict[str, Int64] = {
        outcome.id: np.zeros(len(plan.competition.teams), np.int64)
        for outcome in plan.competition.outcomes
    }
    for verdict in prove(plan):
        out[verdict.outcome][verdict.team] = sign[verdict.status]
    return out


def _entered(plan: Plan, outcome: Outcome) -> Bool | None:
    """Return who stood in the listed bracket, if its entrants are exactly the outcome."""
    if plan.bracket is None:
        return None
    stage = next(stage for stage in plan.competition.stages if stage.id == plan.start)
    if _slots(stage.entrants) != _slots(outcome.places):
        return None
    reached = np.zeros(len(plan.competition.teams), np.bool_)
    reached[[team for tie in plan.bracket for team in tie]] = True
    return reached


def _slots(places: Iterable[Places]) -> set[tuple[str, int]]:
    return {(span.stage, place) for span in places for place in range(span.first, span.last + 1)}


def _read_tables(plan: Plan, truth: Truth) -> None:
    """Note places and points of complete tables: the engine ranks them, lots and all."""
    known = with_strengths(plan, equal_strengths(plan))
    posterior = fit(known).posterior
    season = lower(known, posterior.first_half_share)
    counts = simulate(season, posterior, rng_seed=0, replicates=1)
    totals = {
        (stage, team): points
        for stage, team, points in tables.standings_table(plan)
        .select("stage", "team", "points")
        .iter_rows()
    }
    for stage in plan.competition.stages:
        matches = [match for match in plan.matches if match.stage == stage.id]
        complete = bool(matches) and all(match.played for match in matches)
        if not isinstance(stage, TableStage) or not complete:
            continue
        span = next(span for span in season.layout.stages if span.stage == stage.id)
        always = counts.occupancy[span.first : span.first + span.size] == RUNS_PER_REPLICATE
        truth.places[stage.id] = np.where(always.any(axis=0), always.argmax(axis=0), -1)
        points = [totals[stage.id, team] for team in plan.competition.teams]
        truth.points[stage.id] = np.array(points, np.int64)
