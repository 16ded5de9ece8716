"""Knockout rounds: who meets whom, by which rule, and what matches.csv already knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import (
    CHART_SIZE,
    CHART_STEPS,
    LEVEL_AWAY_GOALS,
    LEVEL_BETTER_PLACE,
    LEVEL_EXTRA_TIME,
    LEVEL_NONE,
    LEVEL_PENALTIES,
    NEUTRAL,
    UNKNOWN,
    Knockouts,
    StageSlots,
)
from forecast.kernel.chart import draw_chart
from forecast.lowering.pairing import lower_pairings
from forecast.plan import GoalModelName, KnockoutStage, Match, Plan, Stage

__all__ = ["lower_knockouts"]

SERIES_ERROR = 2.0**-40
MOST_TIE_RATE = 82
"""Goals over two legs of `MAX_RATE` each, and two more, beyond the last corner of the chart."""

LEVEL = {
    "away_goals": LEVEL_AWAY_GOALS,
    "better_place": LEVEL_BETTER_PLACE,
    "extra_time": LEVEL_EXTRA_TIME,
    "penalties": LEVEL_PENALTIES,
}


def series_terms() -> list[int]:
    """Return, for rates 0, 1/4, 1/2, …, the terms after which a Poisson tail is below 2^-40."""
    needed = []
    for quarter in range(4 * MOST_TIE_RATE + 2):
        rate = quarter / 4
        probability, tail, terms = np.exp(-rate), 1.0, 0
        while tail > SERIES_ERROR and (terms <= rate or probability > SERIES_ERROR / 1e3):
            tail -= probability
            terms += 1
            probability *= rate / terms
        needed.append(terms)
    return needed


@cache  # it is the same for every forecast of a batch
def tie_chances() -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return `Knockouts.series_terms` and `chart`."""
    terms = np.array(series_terms(), np.int64)
    chart = np.empty((2, CHART_SIZE**2), np.uint64)
    rate = (np.arange(CHART_SIZE + 1) / CHART_STEPS) ** 2
    draw_chart(rate, terms, np.empty((rate.size, rate.size), np.uint64), chart)
    return terms, chart


@dataclass(slots=True)
class ListedTie:
    """A tie with rows in matches.csv; `teams` in the order of its first row."""

    teams: tuple[int, int]
    winner: int = UNKNOWN
    extra: bool = False
    goals: list[list[int]] = field(default_factory=lambda: [[UNKNOWN] * 2, [UNKNOWN] * 2])
    host: list[int] = field(default_factory=lambda: [UNKNOWN, UNKNOWN])


def add_row(tie: ListedTie, stage: KnockoutStage, match: Match) -> None:
    """Put one row into its tie; a row whose leg the rule does not have only names the teams."""
    home = tie.teams.index(match.home)
    if match.winner is not None:
        tie.winner = tie.teams.index(match.winner)
    if stage.legs == 2 and match.leg is None:
        return
    leg = 0 if stage.legs == 1 or match.leg is None else match.leg - 1
    tie.host[leg] = NEUTRAL if match.neutral else home
    if match.home_goals is not None and match.away_goals is not None:
        tie.goals[leg][home] = match.home_goals
        tie.goals[leg][1 - home] = match.away_goals
        tie.extra |= match.extra_time is not None


def add_return_leg(tie: ListedTie) -> None:
    """Let the leg without a row be at home to the side that travels in the other leg."""
    for leg, other in ((0, 1), (1, 0)):
        if tie.host[leg] == UNKNOWN and tie.host[other] >= 0:
            tie.host[leg] = 1 - tie.host[other]


def goes_by_legs(stage: KnockoutStage, model: GoalModelName) -> bool:
    """Return whether a tie of a stage hangs on more than aggregate and extra time in Poisson goals.

    Goals common to both sides of a leg leave the aggregate's difference alone.
    """
    if model in {"dixon_coles", "negative_binomial"}:
        return True
    drawn_host = stage.legs == 1 and stage.second_leg_host == "lots" and not stage.neutral
    away_goals = stage.legs == 2 and stage.level[0] == "away_goals"
    rare = "extra_time" in stage.level and stage.level[-2:] != ("extra_time", "penalties")
    return drawn_host or away_goals or rare


def says_nothing(tie: ListedTie, stage: KnockoutStage, model: GoalModelName) -> bool:
    """Return whether a listed tie is what the rule alone would give, to be simulated as such."""
    known = tie.winner != UNKNOWN or any(goals != UNKNOWN for leg in tie.goals for goals in leg)
    hosts = tie.host[: stage.legs]
    extra_time = "extra_time" in stage.level  # at the ground of the last leg
    if known or stage.level[0] == "away_goals" or extra_time or goes_by_legs(stage, model):
        return not known and all(host == UNKNOWN for host in hosts)
    by_rule = all(host in {UNKNOWN, NEUTRAL} for host in hosts) if stage.neutral else False
    each_once = stage.legs == 2 and not stage.neutral and sorted(hosts) == [0, 1]
    return by_rule or each_once or all(host == UNKNOWN for host in hosts)


def listed_ties(plan: Plan, stage: KnockoutStage) -> list[ListedTie]:
    """Return what matches.csv knows of a stage beyond its rule."""
    if plan.start is None:
        return []
    ties: dict[frozenset[int], ListedTie] = {}
    for match in plan.matches:
        if match.stage == stage.id:
            teams = (match.home, match.away)
            add_row(ties.setdefault(frozenset(teams), ListedTie(teams)), stage, match)
    if stage.legs == 2 and not stage.neutral:
        for tie in ties.values():
            add_return_leg(tie)
    return [tie for tie in ties.values() if not says_nothing(tie, stage, plan.strength.goals)]


def lower_knockouts(
    plan: Plan, stages: Sequence[Stage], spans: Mapping[str, StageSlots]
) -> Knockouts:
    """Return the knockout stages."""
    knockouts = [stage for stage in stages if isinstance(stage, KnockoutStage)]
    listed = [listed_ties(plan, stage) for stage in knockouts]
    rows = [tie for some in listed for tie in some]
    listed_row = np.full((len(knockouts), len(plan.competition.teams)), UNKNOWN, np.int64)
    free = 0
    for k, some in enumerate(listed):
        for tie in some:
            listed_row[k, list(tie.teams)] = free
            free += 1
    level = np.full((len(knockouts), 3), LEVEL_NONE, np.int64)
    for k, stage in enumerate(knockouts):
        rungs = [rung for rung in stage.level if stage.legs == 2 or rung != "away_goals"]
        level[k, : len(rungs)] = [LEVEL[rung] for rung in rungs]
    terms, chart = tie_chances()
    return Knockouts(
        **lower_pairings(plan, knockouts, spans),
        legs=np.array([stage.legs for stage in knockouts], np.int64),
        neutral=np.array([stage.neutral for stage in knockouts], np.bool_),
        host_lots=np.array([stage.second_leg_host == "lots" for stage in knockouts], np.bool_),
        level=level,
        by_legs=np.array(
            [goes_by_legs(stage, plan.strength.goals) for stage in knockouts], np.bool_
        ),
        any_listed=np.array([bool(some) for some in listed], np.bool_),
        listed_row=listed_row,
        listed_teams=np.array([tie.teams for tie in rows], np.int64).reshape(-1, 2),
        listed_winner=np.array([tie.winner for tie in rows], np.int64),
        listed_goals=np.array([tie.goals for tie in rows], np.int64).reshape(-1, 2, 2),
        listed_host=np.array([tie.host for tie in rows], np.int64).reshape(-1, 2),
        listed_extra=np.array([tie.extra for tie in rows], np.bool_),
        series_terms=terms,
        chart=chart,
    )
