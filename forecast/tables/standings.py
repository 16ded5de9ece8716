"""What was played: results as they are known, and the tables that they add up to."""

from __future__ import annotations

import polars as pl

from forecast.columns import column_weights
from forecast.plan import Plan, TableStage
from forecast.tables.schemas import RESULTS, STANDINGS, conform

__all__ = ["result_table", "standings_table"]


def result_table(plan: Plan) -> pl.DataFrame:
    """One row a match whose score is known, in the order of matches.csv; schema `RESULTS`."""
    teams = plan.competition.teams
    rows = [
        (
            match.stage,
            match.round,
            match.leg,
            match.date,
            teams[match.home],
            teams[match.away],
            match.home_goals,
            match.away_goals,
            None if match.winner is None else teams[match.winner],
            match.awarded,
        )
        for match in plan.matches
        if match.played
    ]
    return conform(pl.DataFrame(rows, schema=RESULTS, orient="row"), RESULTS)


def standings_table(plan: Plan) -> pl.DataFrame:
    """One row a simulated table stage and team; schema `STANDINGS`.

    Teams stand by points, goal difference and goals for, then in the order of the config. The
    whole ladder, which may need half-time scores or lots, is left to the simulation: rows of an
    unfinished table carry no place.
    """
    ids = [stage.id for stage in plan.competition.stages]
    first = ids.index(plan.start) if plan.start else 0
    tables = [each for each in plan.competition.stages[first:] if isinstance(each, TableStage)]
    parts = [_standings(plan, stage) for stage in tables]
    return conform(pl.concat(parts) if parts else pl.DataFrame(schema=STANDINGS), STANDINGS)


def _standings(plan: Plan, stage: TableStage) -> pl.DataFrame:
    teams = plan.competition.teams
    counted = [[0] * 8 for _ in teams]
    played = [0] * len(teams)
    for match in plan.matches:
        if match.stage == stage.id and match.home_goals is not None:
            assert match.away_goals is not None
            sides = (
                (0, match.home, match.home_goals, match.away_goals),
                (4, match.away, match.away_goals, match.home_goals),
            )
            for first, team, scored, conceded in sides:
                played[team] += 1
                counters = counted[team]
                counters[first] += scored > conceded
                counters[first + 1] += scored == conceded
                counters[first + 2] += scored
                counters[first + 3] += conceded
    rule = plan.competition.points
    weights = column_weights("points", rule)
    assert weights is not None
    adjusted = [0] * len(teams)
    for adjustment in stage.adjustments:
        adjusted[adjustment.team] += adjustment.points
    rows = [
        (
            stage.id,
            name,
            matches,
            wins := each[0] + each[4],
            draws := each[1] + each[5],
            matches - wins - draws,
            goals_for := each[2] + each[6],
            against := each[3] + each[7],
            goals_for - against,
            sum(w * c for w, c in zip(weights, each, strict=True)) + rule.loss * matches + extra,
        )
        for name, matches, each, extra in zip(teams, played, counted, adjusted, strict=True)
    ]
    frame = pl.DataFrame(rows, schema=STANDINGS, orient="row")
    by = ["points", "goal_difference", "goals_for"]
    return frame.sort(by, descending=True, maintain_order=True)
