"""Every chance of a page as it is shown, and the order of the teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from forecast.report.page.language import Language
from forecast.report.percent import FINE, Share, frequency, share
from forecast.report.stored import Stored

__all__ = ["SHADES", "Chance", "Chances", "Move", "chances_of", "whole_percent"]

SHADES = 20
"""Steps of the heat shading, from none to full."""

_NOTICED = 2.0
"""A movement below this many of its standard errors is shown as none."""


@dataclass(frozen=True, slots=True)
class Move:
    """How a chance moved since the previous forecast, in percentage points; `way` -1, 0 or 1."""

    text: str
    way: int
    points: float


@dataclass(frozen=True, slots=True)
class Chance:
    """One line of `outcomes` as readers see it.

    `text` is a percentage, or the mark of a proved status, whose meaning `spoken` says. `spread`
    has the ends of its spread over strengths, `often` the chance as "k of n".
    """

    hits: int
    text: str
    spoken: str
    shade: int
    spread: str
    often: str
    move: Move | None

    @property
    def proved(self) -> bool:
        """Whether the rules, not counts, gave it."""
        return bool(self.spoken)


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances by team and outcome.

    `teams` stand by the asked outcome, then by the later ones, then by the earlier ones; those
    who can reach nothing are `out`. `outcomes` are in the order of the competition, `seats` says
    how many teams reach each, unless that differs between runs.
    """

    asked: str
    outcomes: tuple[str, ...]
    teams: tuple[str, ...]
    out: tuple[str, ...]
    by: Mapping[tuple[str, str], Chance]
    seats: Mapping[str, int]


def chances_of(
    stored: Stored,
    movement: pl.DataFrame | None,
    *,
    asked: str,
    language: Language,
    leaders: bool = False,
) -> Chances:
    """Return all chances of a forecast, or those of the `leaders` in what is asked alone.

    `movement` has schema `MOVEMENT`.
    """
    frame = stored.tables["outcomes"].with_columns(
        column_error=pl.col("std_error").max().over("outcome")
    )
    if leaders:
        most = pl.col("hits") == pl.col("hits").max()
        first = frame.filter(outcome=asked).filter(most)["team"]
        frame = frame.filter(pl.col("team").is_in(first.implode()))
    status = _status(stored)
    moves = _moves(movement, language)
    by = {
        (row["team"], row["outcome"]): _chance(
            row,
            status=status.get((row["team"], row["outcome"]), "open"),
            move=moves.get((row["team"], row["outcome"])),
            language=language,
        )
        for row in frame.iter_rows(named=True)
    }
    outcomes = tuple(name for name in stored.facts["outcomes"] if name in set(frame["outcome"]))
    everybody = tuple(dict.fromkeys(frame["team"]))
    out = tuple(t for t in everybody if all(status.get((t, o)) == "impossible" for o in outcomes))
    teams = _ordered([team for team in everybody if team not in set(out)], outcomes, asked, by)
    totals = frame.group_by("outcome").agg(pl.col("hits").sum()).rows()
    seats = {name: hits // stored.runs for name, hits in totals if hits % stored.runs == 0}
    return Chances(asked=asked, outcomes=outcomes, teams=teams, out=out, by=by, seats=seats)


def whole_percent(value: float, language: Language) -> str:
    """Return a probability that is no count, as `35%`, `<1%` or `>99%`."""
    if value < 0.005:
        return language.percent(Share("<", 1, 0))
    if value > 0.995:
        return language.percent(Share(">", 99, 0))
    return language.percent(Share("", 100 * value, 0))


def _ordered(
    teams: Sequence[str],
    outcomes: Sequence[str],
    asked: str,
    by: Mapping[tuple[str, str], Chance],
) -> tuple[str, ...]:
    first = outcomes.index(asked)
    keys = (asked, *outcomes[first + 1 :], *reversed(outcomes[:first]))
    return tuple(sorted(teams, key=lambda team: [-by[team, key].hits for key in keys]))


def _status(stored: Stored) -> Mapping[tuple[str, str], str]:
    if "status" not in stored.tables:
        return {}
    rows = stored.tables["status"].select("team", "outcome", "status").iter_rows()
    return {(team, outcome): status for team, outcome, status in rows}


def _moves(movement: pl.DataFrame | None, language: Language) -> Mapping[tuple[str, str], Move]:
    if movement is None:
        return {}
    rows = movement.select("team", "outcome", "change", "change_error").iter_rows()
    return {(team, name): _move(by, error, language) for team, name, by, error in rows}


def _move(change: float, error: float, language: Language) -> Move:
    decimals = 1 if error < FINE else 0
    points = round(100 * change, decimals)
    if points == 0 or abs(change) < _NOTICED * error:
        return Move("=", 0, 0.0)
    return Move(language.signed(points, decimals), 1 if points > 0 else -1, points)


def _chance(
    row: Mapping[str, object], *, status: str, move: Move | None, language: Language
) -> Chance:
    hits, runs = row["hits"], row["runs"]
    low, high, error = row["low"], row["high"], row["column_error"]
    assert isinstance(hits, int)
    assert isinstance(runs, int)
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert isinstance(error, float)
    marks = {
        "certain": ("✓", language.say("certain")),
        "impossible": ("✗", language.say("impossible")),
    }
    counted = language.percent(share(hits, runs=runs, std_error=error))
    text, spoken = marks.get(status, (counted, ""))
    return Chance(
        hits=hits,
        text=text,
        spoken=spoken,
        shade=round(SHADES * (hits / runs) ** 0.5),  # small chances stay visible
        spread=_spread(low, high, language),
        often=_often(hits, runs, language),
        move=move,
    )


def _spread(low: float, high: float, language: Language) -> str:
    """Return the ends of a spread, as `23% to 32%`, or once if they read alike."""
    first, last = whole_percent(low, language), whole_percent(high, language)
    return first if first == last else language.say("%(first)s to %(last)s", first=first, last=last)


def _often(hits: int, runs: int, language: Language) -> str:
    k, n = frequency(hits, runs=runs)
    if k == 0:
        return language.say("fewer than 1 in 1,000")
    if k == n:
        return language.say("all but fewer than 1 in 1,000")
    return language.say("%(k)s in %(n)s", k=k, n=language.integer(n))
