"""A plan said back in plain words."""

from __future__ import annotations

from forecast.plan import Plan

__all__ = ["describe"]


def describe(plan: Plan) -> str:
    """Return a plan in plain words: what is simulated, and from which day."""
    day = f"as of {plan.as_of}" if plan.as_of else "with every row known"
    return f"{plan.id}: {plan.competition.name}, {day}"
