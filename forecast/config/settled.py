"""The places of a table that is played to its end: which team, or which level teams, hold each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from forecast.columns import OPPONENTS, column_weights
from forecast.config.match_rows import MatchRow
from forecast.config.problems import show
from forecast.config.team_rows import Teams
from forecast.plan import Places, PointsRule, Stage, TableStage

__all__ = ["Standings", "last_table"]

Column = Mapping[str, int]
"""A value for each team; more is better."""


def last_table(stages: Sequence[Stage], before: str) -> str | None:
    """Return the last table stage before a stage, or None."""
    found = None
    for stage in stages:
        if stage.id == before:
            break
        if isinstance(stage, TableStage):
            found = stage.id
    return found


class Standings:
    """A table of which every match has a score."""

    def __init__(
        self, stage: TableStage, rows: Sequence[MatchRow], teams: Teams, points: PointsRule
    ) -> None:
        self.stage = stage
        self.rows = [row for row in rows if row.stage == stage.id]
        self.teams = teams
        self.points = points

    def entrants(
        self, places: Places, listed: AbstractSet[str]
    ) -> tuple[str, list[frozenset[str]]]:
        """Return who may hold places, after why they cannot enter beside the listed teams."""
        holders = self.holders()[places.first - 1 : places.last]
        for place, names in enumerate(holders, places.first):
            for name in sorted(names & listed):
                may = "may" if len(names) > 1 else "does"
                return f"whose place {place} {show(name)} of the listed ties {may} hold", []
        return "", holders

    def holders(self) -> list[frozenset[str]]:
        """Return for each place the teams that may hold it.

        Teams that the columns leave level share their places. So do those that only a rung
        beyond sums of full-time results separates: hidden first halves are drawn anew in every
        run, as lots are.
        """
        columns = list(self.columns())
        keys = {name: tuple(column[name] for column in columns) for name in self.teams.names}
        ranked = sorted(self.teams.names, key=keys.__getitem__, reverse=True)
        groups = [frozenset(level) for _, level in groupby(ranked, key=keys.__getitem__)]
        return [level for level in groups for _ in level]

    def columns(self) -> Iterator[Column]:
        """Yield the leading rungs that are sums of full-time results or columns of the teams."""
        for name in self.stage.tie_breaks:
            if name in self.teams.columns:
                texts = zip(self.teams.names, self.teams.columns[name], strict=True)
                yield {team: int(text) for team, text in texts}
                continue
            own = name.removeprefix(OPPONENTS)
            weights = column_weights(own, self.points)
            if weights is None:
                return
            column = self.results(own, weights)
            yield column if own == name else self.of_rivals(column)

    def results(self, name: str, weights: Sequence[int]) -> Column:
        """Return a column of results; a match gives the points of a loss beside its weights."""
        column = dict.fromkeys(self.teams.names, 0)
        loss = self.points.loss if name in {"points", "away_points"} else 0
        for row in self.rows:
            assert row.goals is not None
            sides = (row.home, row.goals, 0), (row.away, row.goals[::-1], 4)
            for team, (own, rival), venue in sides:
                counts = (own > rival, own == rival, own, rival)
                column[team] += sum(map(int.__mul__, weights[venue : venue + 4], counts))
                column[team] += loss if venue or name == "points" else 0
        for given in self.stage.adjustments if name == "points" else ():
            column[self.teams.names[given.team]] += given.points
        return column

    def of_rivals(self, column: Column) -> Column:
        """Return the sum of a column over the rivals of all matches of each team."""
        summed = dict.fromkeys(column, 0)
        for row in self.rows:
            summed[row.home] += column[row.away]
            summed[row.away] += column[row.home]
        return summed
