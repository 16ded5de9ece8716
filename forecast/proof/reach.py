"""Can a team end in some places of a table? Cheap and sound answers first, HiGHS last.

A *yes* is a completion, checked with the exact columns; a *no* is a bound on points, nothing left
to play, or what HiGHS proved over all results and goals. Whatever is neither is undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from forecast.proof.standings import Score, Standings, Values

__all__ = ["Answer", "Reach"]

Trial = tuple[tuple[int, int], tuple[Score, ...]]
"""The places that a team shares after a completion, and its scores."""

How = Literal["played", "points", "solver", "solver_goals", "completion", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a team can end in places `first` to `last`; `can` is None if that is undecided.

    Attributes
    ----------
    how : str
        What the answer rests on.
    rivals : int, optional
        With `points` and `solver` the bound on rivals: at most so many can reach the team's
        points if the places are too low for it, at least so many are above if too high.
    scores : tuple, optional
        With `completion` the scores of all matches left; with `unknown` those that came nearest.
    """

    first: int
    last: int
    can: bool | None
    how: How
    rivals: int | None = None
    scores: tuple[Score, ...] | None = None


class Reach:
    """Answers about one table, each found once."""

    def __init__(self, standings: Standings) -> None:
        self.standings = standings
        self.answer = cache(self._answer)
        self._tried: dict[int, tuple[list[Trial], Iterator[Trial]]] = {}

    def _answer(self, team: int, first: int, last: int) -> Answer:
        """Return whether a team can end in places `first` to `last`."""
        found = self._by_points(team, first, last) or self._by_trial(team, first, last)
        if found is None:
            found = self._by_solver(team, first, last)
        return found

    def _by_points(self, team: int, first: int, last: int) -> Answer | None:
        """Return a refusal by points alone; teams level on points may go either way."""
        if not self.standings.ranks_by_points or not self.standings.left:
            return None
        most = self.standings.possibly_level(team)
        if most < first - 1:
            return Answer(first, last, can=False, how="points", rivals=most)
        least = self.standings.certainly_above(team)
        if least > last - 1:
            return Answer(first, last, can=False, how="points", rivals=least)
        return None

    def _by_trial(self, team: int, first: int, last: int) -> Answer | None:
        """Return a completion among the trials; or, with nothing left, the final word."""
        overlaps = False
        for span, scores in self._trials(team):
            if self._fits(span, first, last):
                return Answer(first, last, can=True, how="completion", scores=scores)
            overlaps |= span[0] <= last and first <= span[1]
        if self.standings.left:
            return None
        return Answer(first, last, can=None if overlaps else False, how="played")

    def _trials(self, team: int) -> Iterator[Trial]:
        """Yield the trials of a team, each made once for all places that are asked about."""
        made, rest = self._tried.setdefault(team, ([], self.standings.trials(team)))
        yield from made
        for trial in rest:
            made.append(trial)
            yield trial

    def _fits(self, span: tuple[int, int], first: int, last: int) -> bool:
        """Return whether a team on a span of level places can take one from `first` to `last`."""
        if self.standings.fair:
            return span[0] <= last and first <= span[1]
        return first <= span[0] and span[1] <= last

    def _by_solver(self, team: int, first: int, last: int) -> Answer:
        """Ask HiGHS: for points alone, then for goals too."""
        from forecast.proof import solver  # noqa: PLC0415 (scipy is slow to import, rarely needed)

        standings = self.standings
        if solver.too_large(standings):
            return Answer(first, last, can=None, how="unknown")
        if standings.ranks_by_points and first > 1:
            solved = solver.most_at_least(standings, team)
            if solved.bound < first - 1:
                return Answer(first, last, can=False, how="solver", rivals=solved.bound)
            if self._confirms(solved.scores, team, first, last):
                return Answer(first, last, can=True, how="completion", scores=solved.scores)
        if standings.ranks_by_points and last < standings.teams:
            solved = solver.fewest_above(standings, team)
            if solved.bound > last - 1:
                return Answer(first, last, can=False, how="solver", rivals=solved.bound)
            if self._confirms(solved.scores, team, first, last):
                return Answer(first, last, can=True, how="completion", scores=solved.scores)
        return self._by_goals(team, first, last)

    def _by_goals(self, team: int, first: int, last: int) -> Answer:
        """Ask HiGHS for the whole ladder: level teams as it helps; then, if that matters, not."""
        from forecast.proof.solver import place_within  # noqa: PLC0415 (same)

        for strict in (False,) if self.standings.fair else (False, True):
            scores = place_within(self.standings, team, first=first, last=last, strict=strict)
            if scores == "none" and not strict:
                return Answer(first, last, can=False, how="solver_goals")
            if isinstance(scores, str):
                break
            if self._confirms(scores, team, first, last):
                return Answer(first, last, can=True, how="completion", scores=scores)
        return Answer(first, last, can=None, how="unknown")

    def _confirms(self, scores: tuple[Score, ...] | None, team: int, first: int, last: int) -> bool:
        """Return whether a completion puts the team where it was asked, by exact integers."""
        if scores is None:
            return False
        values: list[Values] = self.standings.values(self.standings.counters(scores))
        return self._fits(self.standings.span(values, team), first, last)
