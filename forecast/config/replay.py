"""The days on which a competition could have been forecast, and the matches that came next.

A replay reads one config again and again, each time through a `View` of an earlier day: what was
known then is decided where it always is, when the config is read. Here are only the days.

A round begins on its first day, so a forecast of it is made as of the day before. Where a row is
dated out of turn, a match brought forward does not begin its round: days up to the middle of the
round before do not count. Matches are told apart by their own dates, not by their rounds: a
postponed match is next for the last forecast before it was played.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from forecast.config.day import View
from forecast.config.inputs import Inputs, read_inputs
from forecast.config.match_rows import MatchRow
from forecast.config.models import KnockoutFile, TableFile
from forecast.config.problems import Problems

__all__ = ["Moment", "Replay", "find_moments"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One forecast of a replay: what was known, and the rows of matches.csv played next.

    `before` names what comes next, such as "league_phase, round 2".
    """

    before: str
    view: View
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Replay:
    """All moments of a competition in order of time.

    `scores` holds the goals after 90 minutes of every match that was played and not awarded, by
    its line; `starts` the knockout stages.
    """

    competition: Path
    moments: tuple[Moment, ...]
    scores: dict[int, tuple[int, int]]
    starts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Matches that are played together: a round of a table, or a leg of a knockout."""

    name: str
    stage: str
    round: int | None
    start: str | None
    rows: tuple[MatchRow, ...]

    @property
    def days(self) -> list[date]:
        """The days of the rows that have one, in order."""
        return sorted(row.date for row in self.rows if row.date is not None)


def find_moments(path: Path | str) -> Replay:
    """Read a config with everything known and return when it could have been forecast.

    Its own `as_of` and `start` do not matter.

    Raises
    ------
    ConfigError
        If it cannot be read even so.
    """
    problems = Problems()
    inputs = read_inputs(Path(path), problems, View())
    problems.raise_any()
    tables = [stage.id for stage in inputs.rules.stage if isinstance(stage, TableFile)]
    starts = tuple(stage.id for stage in inputs.rules.stage if isinstance(stage, KnockoutFile))
    undated = any(row.goals and row.date is None for row in inputs.rows if row.stage in tables)
    groups = list(_groups(inputs))
    moments = _by_round(groups) if undated else _by_day(groups, inputs.rows)
    return Replay(
        competition=(inputs.forecast.path.parent / inputs.said.competition).resolve(),
        moments=tuple(moments),
        scores={row.line: row.goals for row in inputs.rows if row.goals and not row.awarded},
        starts=starts,
    )


def _groups(inputs: Inputs) -> Iterator[_Group]:
    """Yield rounds and legs, stage by stage."""
    for stage in inputs.rules.stage:
        rows = [row for row in inputs.rows if row.stage == stage.id]
        if isinstance(stage, TableFile):
            yield from _rounds(stage.id, rows)
            continue
        for leg in (1, 2):
            legs = tuple(row for row in rows if (row.leg or 1) == leg)
            name = f"{stage.id}, leg {leg}" if any(row.leg == 2 for row in rows) else stage.id
            if legs:
                yield _Group(name, stage.id, None, stage.id, legs)


def _rounds(stage: str, rows: Sequence[MatchRow]) -> Iterator[_Group]:
    """Yield the rounds of a table; without their numbers, days until a team plays again."""
    if all(row.round is not None for row in rows):
        for number in sorted({row.round for row in rows if row.round is not None}):
            of_round = tuple(row for row in rows if row.round == number)
            yield _Group(f"{stage}, round {number}", stage, number, None, of_round)
        return
    seen: set[str] = set()
    held: list[MatchRow] = []
    number = 1
    for day in sorted({row.date for row in rows if row.date is not None}):
        today = [row for row in rows if row.date == day]
        playing = {name for row in today for name in (row.home, row.away)}
        if seen & playing:
            yield _Group(f"{stage}, matchday {number}", stage, None, None, tuple(held))
            seen, held, number = set(), [], number + 1
        seen |= playing
        held += today
    if held:
        yield _Group(f"{stage}, matchday {number}", stage, None, None, tuple(held))


def _by_day(groups: Sequence[_Group], rows: Iterable[MatchRow]) -> Iterator[Moment]:
    """Yield a moment on the eve of each group, with the matches up to the next eve."""
    played = [row for row in rows if row.goals and row.date]
    eves: list[tuple[date, _Group]] = []
    for earlier, group in pairwise([None, *groups]):
        assert group is not None
        eve = _eve(group, earlier)
        if eve and (not eves or eve > eves[-1][0]):
            eves.append((eve, group))
    last = max((row.date for row in played if row.date), default=date.min)
    for (eve, group), until in zip(eves, [*(eve for eve, _ in eves[1:]), last], strict=True):
        lines = frozenset(row.line for row in played if row.date and eve < row.date <= until)
        if lines:
            yield Moment(group.name, View(date=eve, start=group.start), lines)


def _eve(group: _Group, earlier: _Group | None) -> date | None:
    """Return the day before a group begins."""
    days = group.days
    if earlier and earlier.stage == group.stage and earlier.days:
        middle = earlier.days[len(earlier.days) // 2]
        days = [day for day in days if day > middle] or days
    return days[0] - timedelta(days=1) if days else None


def _by_round(groups: Sequence[_Group]) -> Iterator[Moment]:
    """Yield a moment after each round of the tables but the last, where days are not known."""
    rounds = [group for group in groups if group.round is not None]
    for earlier, group in pairwise(rounds):
        lines = frozenset(row.line for row in group.rows if row.goals)
        if lines and earlier.round is not None:
            yield Moment(group.name, View(after=(earlier.stage, earlier.round)), lines)
