"""Knockout ties as matches.csv lists them: their legs, their hosts, and who won them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forecast.config.fixtures import RowChecker
from forecast.config.match_rows import MatchRow
from forecast.config.problems import show
from forecast.plan import KnockoutStage

__all__ = ["fits", "group_ties", "tie_winner"]

Totals = tuple[int, int]


def group_ties(rows: Iterable[MatchRow]) -> list[list[MatchRow]]:
    """Return the rows of each pair of teams, pairs by their first row, rows by leg."""
    ties: dict[frozenset[str], list[MatchRow]] = {}
    for row in rows:
        ties.setdefault(frozenset((row.home, row.away)), []).append(row)
    return [sorted(tie, key=lambda row: row.leg or 0) for tie in ties.values()]


def fits(tie: Sequence[MatchRow], legs: int) -> bool:
    """Return whether the rows of a tie are its legs: all of them, the hosts exchanged."""
    if legs == 1:
        return len(tie) == 1 and tie[0].leg in {None, 1}
    return [row.leg for row in tie] == [1, 2] and tie[0].home == tie[1].away


def tie_winner(
    tie: Sequence[MatchRow], stage: KnockoutStage, checker: RowChecker, *, known: Sequence[bool]
) -> str | None:
    """Return who is known to have won a tie, or None; contradictions are noted.

    `tie` fits the rules of `stage`; a row that is not known says nothing.
    """
    for row in tie[:-1]:
        _check_early_leg(row, checker)
    last = tie[-1]
    stated = _stated(last, checker) if known[-1] else None
    if not all(known) or any(row.goals is None for row in tie):
        return stated
    level = _totals(tie, extra_time=False)
    if last.extra_time and level[0] != level[1] and "away_goals" not in stage.level:
        found = "a score after extra time, though the tie was not level before it"
        checker.note(last, "home_goals_et", found=found, allowed="a blank")
    by_score = _by_score(tie, stage)
    if stated and by_score and stated != by_score:
        found = f"{show(stated)}, though the score says {show(by_score)}"
        column = "winner" if last.winner else "home_pens"
        checker.note(last, column, found=found, allowed="the winner by the score, or a blank")
    return by_score or stated


def _check_early_leg(row: MatchRow, checker: RowChecker) -> None:
    """Note what only the last leg can decide."""
    extras = (
        ("home_goals_et", row.extra_time),
        ("home_pens", row.shoot_out),
        ("winner", row.winner),
    )
    for column, value in extras:
        if value is not None:
            allowed = "a blank in the first of two legs"
            checker.note(row, column, found="a value", allowed=allowed)


def _stated(row: MatchRow, checker: RowChecker) -> str | None:
    """Return the winner by the column `winner` or by the shoot-out."""
    by_pens = None
    if row.shoot_out:
        by_pens = row.home if row.shoot_out[0] > row.shoot_out[1] else row.away
    if row.winner and row.winner not in {row.home, row.away}:
        allowed = f"{show(row.home)}, {show(row.away)} or a blank"
        checker.note(row, "winner", found=show(row.winner), allowed=allowed)
        return by_pens
    if row.winner and by_pens and row.winner != by_pens:
        found = f"{show(row.winner)}, though {show(by_pens)} won the shoot-out"
        checker.note(row, "winner", found=found, allowed="the winner of the shoot-out, or a blank")
    return row.winner or by_pens


def _totals(tie: Sequence[MatchRow], *, extra_time: bool) -> Totals:
    """Return the goals of both sides of the first row's order over all legs."""
    first = tie[0].home
    totals = [0, 0]
    for row in tie:
        goals = (row.extra_time if extra_time else None) or row.goals or (0, 0)
        side = 0 if row.home == first else 1
        totals[side] += goals[0]
        totals[1 - side] += goals[1]
    return totals[0], totals[1]


def _by_score(tie: Sequence[MatchRow], stage: KnockoutStage) -> str | None:
    """Return the winner on aggregate, or on away goals if that is a rung."""
    one, two = _totals(tie, extra_time=True)
    first, second = tie[0].home, tie[0].away
    if one == two and "away_goals" in stage.level and not tie[-1].extra_time:
        assert tie[0].goals is not None
        assert tie[1].goals is not None
        one = 0 if tie[1].neutral else tie[1].goals[1]
        two = 0 if tie[0].neutral else tie[0].goals[1]
    if one == two:
        return None
    return first if one > two else second
