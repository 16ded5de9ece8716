"""What the goal model says, before any simulation: strengths, and the matches left."""

from __future__ import annotations

import polars as pl

from forecast.arrays import FIRST_TEAM
from forecast.left import listed_left
from forecast.plan import Match, Plan
from forecast.strength import ExpectedMatches, Summary
from forecast.tables.schemas import MATCHES, STRENGTHS, conform

__all__ = ["fixtures_left", "match_table", "strength_table"]


def strength_table(plan: Plan, summary: Summary, *, first_half_share: float) -> pl.DataFrame:
    """One row a team, in the order of the config, the shared terms repeated; schema `STRENGTHS`.

    Attack and defence are log-rates relative to the average, for goals per 90 min.
    """
    teams = plan.competition.teams
    attacks = slice(FIRST_TEAM, FIRST_TEAM + len(teams))
    defences = slice(FIRST_TEAM + len(teams), None)
    frame = pl.DataFrame(
        {
            "team": pl.Series(teams, dtype=pl.String),
            "attack": summary.mean[attacks],
            "attack_sd": summary.sd[attacks],
            "defence": summary.mean[defences],
            "defence_sd": summary.sd[defences],
        }
    ).with_columns(
        intercept=pl.lit(float(summary.mean[0])),
        intercept_sd=pl.lit(float(summary.sd[0])),
        home_advantage=pl.lit(float(summary.mean[1])),
        home_advantage_sd=pl.lit(float(summary.sd[1])),
        first_half_share=pl.lit(float(first_half_share)),
    )
    return conform(frame, STRENGTHS)


def fixtures_left(plan: Plan) -> tuple[Match, ...]:
    """Return the listed matches that the forecast simulates, in the order of matches.csv."""
    return tuple(plan.matches[number] for number in listed_left(plan))


def match_table(plan: Plan, fixtures: tuple[Match, ...], expected: ExpectedMatches) -> pl.DataFrame:
    """One row a fixture; schema `MATCHES`.

    Parameters
    ----------
    fixtures : tuple of Match
    expected : ExpectedMatches
        Averages over strength draws, one entry a fixture; rates in goals per 90 min.
    """
    teams = plan.competition.teams
    frame = pl.DataFrame(
        {
            "stage": [match.stage for match in fixtures],
            "round": [match.round for match in fixtures],
            "date": [match.date for match in fixtures],
            "home": [teams[match.home] for match in fixtures],
            "away": [teams[match.away] for match in fixtures],
            "neutral": [match.neutral for match in fixtures],
            "rate_home": expected.rate_home,
            "rate_away": expected.rate_away,
            "p_home": expected.p_home,
            "p_draw": expected.p_draw,
            "p_away": expected.p_away,
            "likeliest_home_goals": expected.likeliest_home,
            "likeliest_away_goals": expected.likeliest_away,
        },
        schema=MATCHES,
    )
    return conform(frame, MATCHES)
