"""What was known on the day of a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.config.documents import Document
from forecast.config.match_rows import MatchRow
from forecast.config.models import AfterRound, ForecastFile
from forecast.config.problems import Problems, nearest, show
from forecast.plan import Match

__all__ = ["Day", "View", "as_match", "find_day"]


@dataclass(frozen=True, slots=True)
class View:
    """A day and a start instead of those of a config: a past forecast made again.

    `after` is (stage, round), for competitions without dates; without it and `date` everything is
    known.
    """

    date: date | None = None
    after: tuple[str, int] | None = None
    start: str | None = None

    def of(self, said: ForecastFile) -> ForecastFile:
        """Return what a forecast would say."""
        as_of = AfterRound(stage=self.after[0], round=self.after[1]) if self.after else self.date
        return said.model_copy(update={"as_of": as_of, "start": self.start})


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the last round that is known and its day; neither: everything is known."""

    date: date | None
    stage: int | None = None
    round: int | None = None

    @property
    def needs_dates(self) -> bool:
        """Whether only a date tells if a row is known."""
        return self.date is not None and self.stage is None

    def knows(self, row: MatchRow, order: Mapping[str, int]) -> bool:
        """Return whether a row was known."""
        if self.stage is not None:
            number = order[row.stage]
            in_time = row.round is not None and self.round is not None and row.round <= self.round
            return number < self.stage or (number == self.stage and in_time)
        return self.date is None or (row.date is not None and row.date <= self.date)


def find_day(
    document: Document[ForecastFile],
    rows: Sequence[MatchRow],
    order: Mapping[str, int],
    *,
    rules_need_date: bool,
    problems: Problems,
) -> Day | None:
    """Return the day of a forecast, or None after noting why there is none."""
    assert document.model is not None
    as_of = document.model.as_of
    if not isinstance(as_of, AfterRound):
        return Day(as_of)
    known = [stage for stage in order if order[stage] >= 0]
    if as_of.stage not in known:
        found = f"{show(as_of.stage)}{nearest(as_of.stage, known)}"
        path = ("as_of", "stage")
        document.note(problems, path, found=found, allowed="a stage of the competition")
        return None
    rounds = {row.round for row in rows if row.stage == as_of.stage and row.round is not None}
    if as_of.round not in rounds:
        allowed = f"a round that matches.csv gives to {as_of.stage}" if rounds else "a date"
        document.note(problems, ("as_of", "round"), found=show(as_of.round), allowed=allowed)
        return None
    undated = Day(None, order[as_of.stage], as_of.round)
    last = max((row.date for row in rows if row.date and undated.knows(row, order)), default=None)
    if last is None and rules_need_date:
        allowed = "a round with a dated row, since rules of this competition have a from"
        document.note(problems, ("as_of",), found="a round without dates", allowed=allowed)
        return None
    return Day(last, order[as_of.stage], as_of.round)


def as_match(
    row: MatchRow, teams: Mapping[str, int], *, known: bool, winner: int | None = None
) -> Match:
    """Return a row as a match of the plan; one that is not known keeps only its fixture."""
    goals = row.goals if known else None
    return Match(
        stage=row.stage,
        round=row.round,
        leg=row.leg,
        date=row.date,
        home=teams[row.home],
        away=teams[row.away],
        neutral=row.neutral,
        home_goals=goals[0] if goals else None,
        away_goals=goals[1] if goals else None,
        half_time=row.half_time if known else None,
        winner=winner,
        awarded=row.awarded and known,
        line=row.line,
        extra_time=row.extra_time if known else None,
    )
