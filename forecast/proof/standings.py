"""One table as integers: what is known, what is left, and who is where after any completion.

A completion gives every match left a score; no side scores more than `MAX_GOALS`. Places are
1-based. Teams that the columns below leave level share a span of places.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from forecast.columns import OPPONENTS, column_weights
from forecast.plan import Match, Plan, TableStage

__all__ = ["CLEAR", "Score", "Standings", "Values"]

Score = tuple[int, int]
"""Goals of the home side and of its rival."""

Values = tuple[int, ...]
"""A team's columns, in the order of the ladder; more is better."""

LOTS = "lots"

CLEAR = 9
"""Goals by which a match is won in a completion that is tried first: large, yet readable."""


class Standings:
    """A table stage of a plan.

    `ladder` holds its leading rungs that are sums of results or columns of teams.csv. `fair`
    tells that nothing but lots comes after them, so that teams they leave level can take any of
    their places; otherwise that is not said.
    """

    def __init__(self, plan: Plan, stage: TableStage) -> None:
        self.plan = plan
        self.stage = stage
        self.rule = plan.competition.points
        self.teams = len(plan.competition.teams)
        matches = [match for match in plan.matches if match.stage == stage.id]
        self.left = tuple(match for match in matches if not match.played)
        self.ladder = tuple(self._summable(stage.tie_breaks))
        self.fair = stage.tie_breaks[len(self.ladder)] == LOTS
        self.rivals: list[list[int]] = [[] for _ in range(self.teams)]
        self.own: list[list[int]] = [[] for _ in range(self.teams)]
        self.played = [[0] * 8 for _ in range(self.teams)]
        for match in matches:
            self.rivals[match.home].append(match.away)
            self.rivals[match.away].append(match.home)
            if match.home_goals is not None and match.away_goals is not None:
                _enter(self.played, match, (match.home_goals, match.away_goals))
        for number, match in enumerate(self.left):
            self.own[match.home].append(number)
            self.own[match.away].append(number)
        self.constants = [self._constants(name, matches) for name in self.ladder]

    def _summable(self, tie_breaks: Sequence[str]) -> Iterator[str]:
        for name in tie_breaks:
            own = name.removeprefix(OPPONENTS)
            listed = name in self.plan.competition.team_columns
            if not listed and column_weights(own, self.rule) is None:
                return
            yield name

    def _constants(self, name: str, matches: Sequence[Match]) -> list[int]:
        """Return what a column gives beside its weights: losses, rulings, or teams.csv."""
        if name in self.plan.competition.team_columns:
            return [int(text) for text in self.plan.competition.team_columns[name]]
        own = name.removeprefix(OPPONENTS)
        values = [0] * self.teams
        if own in {"points", "away_points"}:
            for match in matches:
                values[match.away] += self.rule.loss
                values[match.home] += self.rule.loss if own == "points" else 0
        if own == "points":
            for adjustment in self.stage.adjustments:
                values[adjustment.team] += adjustment.points
        return values

    def weights(self, name: str) -> tuple[int, ...]:
        """Return the weights of a column over the counters."""
        if name in self.plan.competition.team_columns:
            return (0,) * 8
        weights = column_weights(name.removeprefix(OPPONENTS), self.rule)
        assert weights is not None
        return weights

    def is_of_rivals(self, name: str) -> bool:
        """Return whether a column sums over the rivals."""
        return name.startswith(OPPONENTS) and name not in self.plan.competition.team_columns

    def counters(self, scores: Iterable[Score]) -> list[list[int]]:
        """Return the counters of all teams once the matches left have these scores."""
        out = [list(row) for row in self.played]
        for match, score in zip(self.left, scores, strict=True):
            _enter(out, match, score)
        return out

    def values(self, counters: Sequence[Sequence[int]]) -> list[Values]:
        """Return the columns of all teams."""
        columns = []
        for name, constants in zip(self.ladder, self.constants, strict=True):
            weights = self.weights(name)
            column = [
                constant + sum(w * count for w, count in zip(weights, row, strict=True) if w)
                for constant, row in zip(constants, counters, strict=True)
            ]
            if self.is_of_rivals(name):
                column = [sum(column[rival] for rival in rivals) for rivals in self.rivals]
            columns.append(column)
        return list(zip(*columns, strict=True)) if columns else [()] * self.teams

    def span(self, values: Sequence[Values], team: int) -> tuple[int, int]:
        """Return the first and the last place that a team shares with those level with it."""
        own = values[team]
        above = sum(other > own for other in values)
        return above + 1, above + sum(other == own for other in values)

    @cached_property
    def points(self) -> list[tuple[int, int]]:
        """The least and the most points that each team can end with."""
        gains = (self.rule.win, self.rule.draw, self.rule.loss)
        first = self.ladder.index("points")
        known = [row[first] for row in self.values(self.played)]
        low, high = min(gains) - self.rule.loss, max(gains) - self.rule.loss
        return [
            (points + low * len(own), points + high * len(own))
            for points, own in zip(known, self.own, strict=True)
        ]

    @cached_property
    def _sorted_points(self) -> tuple[list[int], list[int]]:
        return sorted(low for low, _ in self.points), sorted(high for _, high in self.points)

    def certainly_above(self, team: int) -> int:
        """Return how many rivals end with more points than the team can have."""
        most = self.points[team][1]
        return self.teams - bisect_right(self._sorted_points[0], most)

    def possibly_level(self, team: int) -> int:
        """Return how many rivals can have at least the fewest points of the team."""
        least = self.points[team][0]
        return self.teams - bisect_left(self._sorted_points[1], least) - 1

    @cached_property
    def ranks_by_points(self) -> bool:
        """Whether points come first."""
        return self.ladder[:1] == ("points",)

    @cached_property
    def _fillers(self) -> list[tuple[list[Score], list[list[int]], list[Values]]]:
        """Scores of all matches left, with the counters and columns that they lead to."""
        now = self.values(self.played)
        better = [now[match.home] >= now[match.away] for match in self.left]
        fillers: list[list[Score]] = [
            [(0, 0)] * len(self.left),
            [(1, 0) if home else (0, 1) for home in better],
            [(0, 1) if home else (1, 0) for home in better],
            [(1, 0)] * len(self.left),
            [(0, 1)] * len(self.left),
        ]
        made = []
        for scores in fillers if self.left else fillers[:1]:
            counters = self.counters(scores)
            made.append((scores, counters, self.values(counters)))
        return made

    def trials(self, team: int) -> Iterator[tuple[tuple[int, int], tuple[Score, ...]]]:
        """Yield completions at the edges of what can become of a team, each after its places.

        It wins, draws or loses all its matches, and the others end all drawn, or all won by one
        goal by the better or by the worse of the two so far, by the home side, or by its rival.
        """
        own = self.own[team]
        for scores, counters, values in self._fillers:
            for goals in ((CLEAR, 0), (0, CLEAR), (0, 0)) if own else ((0, 0),):
                trial = list(scores)
                for number in own:
                    trial[number] = goals if self.left[number].home == team else goals[::-1]
                changed = self._changed(own, scores, trial, counters, values)
                yield self.span(changed, team), tuple(trial)

    def _changed(
        self,
        numbers: Sequence[int],
        before: Sequence[Score],
        after: Sequence[Score],
        counters: Sequence[list[int]],
        values: Sequence[Values],
    ) -> Sequence[Values]:
        """Return the columns once some matches have other scores than those of `values`."""
        teams = {side for n in numbers for side in (self.left[n].home, self.left[n].away)}
        mine = list(counters)
        for team in teams:
            mine[team] = list(counters[team])
        for n in numbers:
            _enter(mine, self.left[n], before[n], times=-1)
            _enter(mine, self.left[n], after[n])
        if any(self.is_of_rivals(name) for name in self.ladder):
            return self.values(mine)
        changed = list(values)
        for team in teams:
            changed[team] = tuple(
                constants[team]
                + sum(w * count for w, count in zip(weights, mine[team], strict=True))
                for constants, weights in zip(self.constants, self._weights, strict=True)
            )
        return changed

    @cached_property
    def _weights(self) -> list[tuple[int, ...]]:
        return [self.weights(name) for name in self.ladder]


def _enter(counters: Sequence[list[int]], match: Match, score: Score, times: int = 1) -> None:
    """Count a match for both of its teams."""
    own, rival = score
    home, away = counters[match.home], counters[match.away]
    home[0] += times * (own > rival)
    away[4] += times * (rival > own)
    for row, first, scored, conceded in ((home, 0, own, rival), (away, 4, rival, own)):
        row[first + 1] += times * (own == rival)
        row[first + 2] += times * scored
        row[first + 3] += times * conceded
