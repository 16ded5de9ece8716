"""What a fit has to tell its user, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.plan import TableStage
from forecast.strength.surprises import surprises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecast.arrays import Posterior
    from forecast.plan import Match, Plan

__all__ = ["groups", "notes"]

NO_RESULT = (
    "No result is known: every team has the same strength distribution and the forecast knows "
    "only the fixture list."
)


def notes(plan: Plan, known: Sequence[Match], posterior: Posterior) -> tuple[str, ...]:
    """Return what the user should know before trusting the strengths.

    Parameters
    ----------
    known : sequence of Match
        The matches that were fitted.
    posterior : Posterior
        Fitted to all of them.
    """
    teams = plan.competition.teams
    found = _groups(known, teams=len(teams)) if known else [_no_result(plan)]
    if _needs_first_halves(plan) and all(match.half_time is None for match in known):
        share = plan.strength.first_half_share
        found.append(
            "No half-time score is known: the chance that a goal falls in the first half is the "
            f"config's, {share:g}.",
        )
    return (*found, *surprises(teams, known, posterior))


def _needs_first_halves(plan: Plan) -> bool:
    """Return whether a table is ranked by results of first halves."""
    return any(
        isinstance(stage, TableStage) and "first_half_points" in stage.tie_breaks
        for stage in plan.competition.stages
    )


def groups(known: Sequence[Match], *, teams: int) -> tuple[int, int]:
    """Return how many groups of teams no known match links, and how many are a single team."""
    leader = list(range(teams))

    def find(team: int) -> int:
        while leader[team] != team:
            leader[team] = team = leader[leader[team]]
        return team

    for match in known:
        leader[find(match.home)] = find(match.away)
    idle = teams - len({team for match in known for team in (match.home, match.away)})
    return len({find(team) for team in range(teams)}), idle


def _no_result(plan: Plan) -> str:
    """Say what a forecast knows without a result of its competition."""
    strength = plan.strength
    if not strength.knows_teams:
        return NO_RESULT
    parts = [covariate.column for covariate in strength.covariates]
    if strength.earlier:
        parts.append(f"{len(strength.earlier.matches)} results of earlier stages")
    return (
        "No result of the competition is known: beside the fixture list the forecast knows of the "
        f"teams only {', '.join(parts)}."
    )


def _groups(known: Sequence[Match], *, teams: int) -> list[str]:
    """Say how many groups of teams no known match links."""
    count, idle = groups(known, teams=teams)
    if count == 1:
        return []
    without = f", {idle} of them a single team without a result" if idle else ""
    sentence = (
        f"No known match links the {count} groups of teams{without}: only the prior compares "
        "teams of different groups."
    )
    return [sentence]
