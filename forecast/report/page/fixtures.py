"""Matches to come, with their chances as averages over strength draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.report.page.chances import whole_percent
from forecast.report.page.language import Language
from forecast.report.page.rules import stage_name
from forecast.report.percent import share
from forecast.report.stored import Stored

__all__ = ["Fixture", "fixtures_of"]

_LAST = 1000
"""Behind every round, which has at most three digits."""

_OPPOSITE = (("win", "loss"), ("through", "out"))
"""The results of a next match whose chances a leverage is the difference of."""

Match = tuple[object, ...]
"""Stage, round, home and away."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match left; chances and the likeliest score are those of its 90 minutes.

    `late` ones are dated by the day of the forecast, which does not know their score.
    """

    stage: str
    round: int | None
    day: str
    late: bool
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

    Their leverage is on the `asked` outcome, in percentage points for `stake`, of team `staked`:
    the larger difference of the two chances that the cards of both teams print, where they do.
    """
    column = f"leverage_{asked}"
    printed = _printed(stored, asked)
    as_of = stored.facts["as_of"]
    today = date.fromisoformat(as_of) if as_of else date.min
    stages = [stage["id"] for stage in stored.facts["stages"]]
    rows = sorted(
        stored.tables["matches"].iter_rows(named=True),
        key=lambda row: (
            stages.index(row["stage"]),
            row["round"] or _LAST,
            row["date"] or date.max,
        ),
    )
    found = []
    for row in rows:
        own = (row.get(column), row.get(f"team_{column}"))
        leverage, staked = _larger(row, printed, own)
        late = row["date"] is not None and row["date"] <= today
        found.append(
            _fixture(stored, row, late=late, leverage=leverage, staked=staked, language=language)
        )
    return tuple(found)


def _larger(
    row: Mapping[str, Any], printed: Mapping[Match, float], own: tuple[float | None, str | None]
) -> tuple[float | None, str | None]:
    """Return what hangs on a match, and for whom: `own`, unless the cards of both sides print it.

    If both print the same, the team of `own` is named.
    """
    sides = {team: printed.get((team, *_match(row))) for team in (row["home"], row["away"])}
    shown = {team: points for team, points in sides.items() if points is not None}
    if len(shown) < len(sides) or own[1] not in shown:
        return shown.get(own[1], own[0]) if own[1] else own[0], own[1]
    team = max(shown, key=lambda side: (round(100 * shown[side]), side == own[1]))
    return shown[team], team


def _fixture(
    stored: Stored,
    row: Mapping[str, Any],
    *,
    late: bool,
    leverage: float | None,
    staked: str | None,
    language: Language,
) -> Fixture:
    return Fixture(
        stage=stage_name(stored.facts, row["stage"], language),
        round=row["round"],
        day=_day(row["date"], late=late, language=language),
        late=late,
        home=row["home"],
        away=row["away"],
        neutral=row["neutral"],
        home_wins=whole_percent(row["p_home"], language),
        draws=whole_percent(row["p_draw"], language),
        away_wins=whole_percent(row["p_away"], language),
        score=f"{row['likeliest_home_goals']}–{row['likeliest_away_goals']}",
        leverage=leverage,
        stake=language.points(leverage),
        staked=staked,
    )


def _match(row: Mapping[str, Any]) -> Match:
    return row["stage"], row["round"], row["home"], row["away"]


def _printed(stored: Stored, asked: str) -> Mapping[Match, float]:
    """Return team and next match → the difference of the chances after it, as they are printed.

    Chances that are printed as a bound have none.
    """
    if "next_results" not in stored.tables:
        return {}
    found: dict[Match, dict[str, float]] = {}
    for row in stored.tables["next_results"].filter(outcome=asked).iter_rows(named=True):
        shown = share(row["hits"], runs=row["runs"], std_error=row["std_error"])
        if not shown.mark:
            after = found.setdefault((row["team"], *_match(row)), {})
            after[row["result"]] = round(shown.percent, shown.decimals) / 100
    return {
        match: abs(after[one] - after[other])
        for match, after in found.items()
        for one, other in _OPPOSITE
        if one in after and other in after
    }


def _day(day: date | None, *, late: bool, language: Language) -> str:
    if day is None:
        return ""
    said = language.day(day, "d MMM")
    return language.say("%(day)s (score not known here)", day=said) if late else said
