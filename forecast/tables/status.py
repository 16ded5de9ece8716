"""What the rules decide, as a table, and as an oracle that the counts must not contradict."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecast.arrays import Counts, Layout
from forecast.plan import Plan
from forecast.proof import Verdict
from forecast.tables.checks import BrokenCountsError
from forecast.tables.schemas import STATUS, conform

__all__ = ["check_status", "status_table"]


def status_table(plan: Plan, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """One row a team and outcome, in the order of `outcomes`; schema `STATUS`."""
    teams = plan.competition.teams
    rows = [(teams[v.team], v.outcome, v.status) for v in verdicts]
    return conform(pl.DataFrame(rows, schema=STATUS, orient="row"), STATUS)


def check_status(layout: Layout, counts: Counts, verdicts: Sequence[Verdict]) -> None:
    """Check that no run did what the rules exclude.

    Raises
    ------
    BrokenCountsError
        If a team reached an outcome that is impossible for it, or missed a certain one.
    """
    rows = {outcome.id: row for row, outcome in enumerate(layout.outcomes)}
    allowed = {"certain": (counts.runs, counts.runs), "impossible": (0, 0)}
    for verdict in verdicts:
        hits = int(counts.outcomes[rows[verdict.outcome], verdict.team])
        least, most = allowed.get(verdict.status, (0, counts.runs))
        if not least <= hits <= most:
            raise BrokenCountsError(
                f"counts contradict the rules: {verdict.outcome} is {verdict.status} for team "
                f"{verdict.team}, found {hits} hits in {counts.runs} runs"
            )
