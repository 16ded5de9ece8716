"""What a fit has to tell its user, in plain sentences."""

from __future__ import annotations

from forecast.arrays import Posterior
from forecast.plan import Match, Plan

__all__ = ["notes"]

NO_RESULT = (
    "No result is known: every team has the same strength distribution and the forecast knows "
    "only the fixture list."
)


def notes(plan: Plan, known: tuple[Match, ...], posterior: Posterior) -> tuple[str, ...]:
    if not known:
        return (NO_RESULT,)
    return ()
