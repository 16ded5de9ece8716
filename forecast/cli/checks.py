"""What `check` says of a plan: the competition, what is decided, and the proof of one line."""

from __future__ import annotations

from forecast.config import describe
from forecast.config.problems import join_words, nearest, show
from forecast.errors import ConfigError
from forecast.plan import Plan
from forecast.proof import prove
from forecast.proof.words import decided_lines, proof_lines

__all__ = ["check_lines", "proof_of"]


def check_lines(plan: Plan) -> str:
    """Return the competition in plain words, and what the rules alone decide."""
    return "\n".join([describe(plan), *decided_lines(plan, prove(plan))])


def proof_of(plan: Plan, team: str, outcome: str) -> str:
    """Return why an outcome is certain, impossible or open for a team.

    Raises
    ------
    ConfigError
        If the competition has no such team or outcome.
    """
    teams = plan.competition.teams
    if team not in teams:
        raise ConfigError(
            f"{plan.id}: --prove: found {show(team)}{nearest(team, teams)}, "
            "allowed a team of the competition"
        )
    outcomes = {each.id: each for each in plan.competition.outcomes}
    if outcome not in outcomes:
        raise ConfigError(
            f"{plan.id}: --prove: found {show(outcome)}{nearest(outcome, outcomes)}, "
            f"allowed {join_words(outcomes)}"
        )
    return "\n".join(proof_lines(plan, teams.index(team), outcomes[outcome]))
