"""Matches to come, with their chances as averages over strength draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from forecast.report.page.chances import whole_percent
from forecast.report.page.language import Language
from forecast.report.page.rules import stage_name
from forecast.report.stored import Stored

__all__ = ["Fixture", "fixtures_of"]

_LAST = 1000
"""Behind every round, which has at most three digits."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match left; chances and the likeliest score are those of its 90 minutes."""

    stage: str
    round: int | None
    date: date | None
    day: str
    home: str
    away: str
    neutral: bool
    home_wins: str
    draws: str
    away_wins: str
    score: str
    leverage: float | None
    stake: str
    staked: str | None


def fixtures_of(stored: Stored, language: Language, *, asked: str) -> tuple[Fixture, ...]:
    """Return all matches left, a stage and a round after the other, dated ones first in each.

    Their leverage is on the `asked` outcome, in percentage points for `stake`, of team `staked`.
    """
    column = f"leverage_{asked}"
    stages = [stage["id"] for stage in stored.facts["stages"]]
    rows = sorted(
        stored.tables["matches"].iter_rows(named=True),
        key=lambda row: (
            stages.index(row["stage"]),
            row["round"] or _LAST,
            row["date"] or date.max,
        ),
    )
    return tuple(
        Fixture(
            stage=stage_name(stored.facts, row["stage"], language),
            round=row["round"],
            date=row["date"],
            day=language.day(row["date"], "d MMM") if row["date"] else "",
            home=row["home"],
            away=row["away"],
            neutral=row["neutral"],
            home_wins=whole_percent(row["p_home"], language),
            draws=whole_percent(row["p_draw"], language),
            away_wins=whole_percent(row["p_away"], language),
            score=f"{row['likeliest_home_goals']}–{row['likeliest_away_goals']}",
            leverage=row.get(column),
            stake=language.points(row.get(column)),
            staked=row.get(f"team_{column}"),
        )
        for row in rows
    )
