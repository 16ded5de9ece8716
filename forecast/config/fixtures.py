"""Rows of matches.csv against the competition: which stages, which teams, each fixture once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from forecast.config.day import Day
from forecast.config.match_rows import MatchFile, MatchRow
from forecast.config.problems import Problems, nearest, show
from forecast.config.structure import Structure
from forecast.config.team_rows import Teams

__all__ = ["RowChecker", "open_fixtures"]


class RowChecker:
    """Notes what is wrong with rows, now that stages, teams and day are known."""

    def __init__(self, file: MatchFile, teams: Teams, day: Day, problems: Problems) -> None:
        self.file = file
        self.teams = teams
        self.day = day
        self.problems = problems

    def note(self, row: MatchRow, column: str, *, found: str, allowed: str) -> None:
        """Note a problem with a cell."""
        self.problems.add(self.file.file.shown, row.line, column, found=found, allowed=allowed)

    def check(
        self, rows: Iterable[MatchRow], *, tables: Collection[str], simulated: Collection[str]
    ) -> None:
        """Check the rows that the forecast uses.

        `tables` are the table stages; `simulated` those where a winner without a score counts.
        """
        first: dict[tuple[object, ...], MatchRow] = {}
        for row in rows:
            self.check_teams(row)
            if row.stage in tables:
                self.check_table_row(row)
            if row.goals is not None or (row.winner and row.stage in simulated):
                self.check_dated(row)
            fixture = (row.stage, row.round, row.leg, row.home, row.away)
            same = first.setdefault(fixture, row)
            if same is not row:
                agree = "another result than" if same.goals != row.goals else "again, as"
                found = (
                    f"the fixture {show(row.home)} v {show(row.away)} {agree} on line {same.line}"
                )
                self.note(row, "home", found=found, allowed="each fixture once")

    def check_teams(self, row: MatchRow) -> None:
        """Note unknown teams, and a team that plays itself."""
        for column, name in (("home", row.home), ("away", row.away)):
            if name not in self.teams.index:
                found = f"{show(name)}{nearest(name, self.teams.names)}"
                self.note(row, column, found=found, allowed="a team of the competition")
        if row.home == row.away:
            self.note(row, "away", found="the home team", allowed="another team")

    def check_table_row(self, row: MatchRow) -> None:
        """Note what only a knockout has."""
        extras = (
            ("home_goals_et", row.extra_time),
            ("home_pens", row.shoot_out),
            ("winner", row.winner),
        )
        for column, value in extras:
            if value is not None:
                self.note(row, column, found="a value", allowed="a blank in a table stage")

    def check_dated(self, row: MatchRow) -> None:
        """Note a result of which nobody can say whether it was known."""
        if self.day.needs_dates and row.date is None:
            allowed = "a date for every result, since as_of is a date"
            self.note(row, "date", found="a blank", allowed=allowed)

    def check_all_play(self, rows: Iterable[MatchRow], stages: Sequence[str]) -> None:
        """Note teams without a fixture in a table."""
        playing = {stage: set[str]() for stage in stages}
        for row in rows:
            if row.stage in playing:
                playing[row.stage] |= {row.home, row.away}
        for stage, names in playing.items():
            for name, line in zip(self.teams.names, self.teams.lines, strict=True):
                if name not in names:
                    found = f"{show(name)} without a fixture in {stage}"
                    file = self.teams.file.shown
                    self.problems.add(file, line, "team", found=found, allowed="at least one")


def open_fixtures(
    rows: Iterable[MatchRow], stage: str, structure: Structure, teams: Teams, day: Day
) -> str | None:
    """Return why the places of a table are not settled on a day, or None if they are."""
    listed = [row for row in rows if row.stage == stage]
    idle = set(teams.names).difference(*({row.home, row.away} for row in listed))
    if idle:
        return f"{len(idle)} of its teams have no fixture"
    left = sum(row.goals is None or not day.knows(row, structure.order) for row in listed)
    return f"{left} of its {len(listed)} results are not known" if left else None
