"""What is left of a plan: the matches that it simulates, listed or not."""

from __future__ import annotations

from forecast.plan import Plan, Stage, TableStage

__all__ = ["left_of", "listed_left", "size_of"]


def size_of(plan: Plan, stage: Stage) -> int:
    """Return how many teams a stage ranks."""
    if stage.id == plan.start and plan.bracket is not None:
        return 2 * len(plan.bracket)
    return sum(places.last - places.first + 1 for places in stage.entrants)


def listed_left(plan: Plan) -> tuple[int, ...]:
    """Return the numbers of the listed matches that the forecast simulates.

    They are those not played in the stages from the start on, without the legs of a tie whose
    winner is known although its scores are not.
    """
    settled = _settled_ties(plan)
    simulated = {stage.id for stage in _simulated_stages(plan)}
    return tuple(
        number
        for number, match in enumerate(plan.matches)
        if not match.played and match.stage in simulated and match.tie not in settled
    )


def left_of(plan: Plan, stage: Stage) -> int:
    """Return how many matches of a stage are to come; legs of a tie need not be listed."""
    if stage not in _simulated_stages(plan):
        return 0
    matches = [match for match in plan.matches if match.stage == stage.id]
    if isinstance(stage, TableStage):
        return sum(not match.played for match in matches)
    settled = {tie for tie in _settled_ties(plan) if tie[0] == stage.id}
    played = sum(match.played and match.tie not in settled for match in matches)
    return stage.legs * (size_of(plan, stage) // 2 - len(settled)) - played


def _simulated_stages(plan: Plan) -> tuple[Stage, ...]:
    stages = plan.competition.stages
    ids = [stage.id for stage in stages]
    return stages[ids.index(plan.start) if plan.start else 0 :]


def _settled_ties(plan: Plan) -> set[tuple[str, frozenset[int]]]:
    return {match.tie for match in plan.matches if match.winner is not None}
