"""Every team and outcome: certain, impossible or open, by the rules and never by counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from forecast.plan import Outcome, Plan
from forecast.proof.paths import Paths
from forecast.proof.reach import Answer, Reach
from forecast.proof.standings import Standings

__all__ = ["Proof", "TableCase", "Verdict", "prove"]

Status = Literal["certain", "impossible", "open"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of status.csv; `undecided` if it is open for want of a proof, not by one."""

    team: int
    outcome: str
    status: Status
    undecided: bool


@dataclass(frozen=True, slots=True)
class TableCase:
    """What the places of one table mean for an outcome, and what a team can do there.

    `leading` and `missing` answer whether the team can end in places that may lead to the
    outcome, and in places that may miss it; a span of places each.
    """

    stage: str
    reach: Reach
    leading: tuple[Answer, ...]
    missing: tuple[Answer, ...]

    @property
    def may(self) -> bool | None:
        """Whether the table lets the team reach the outcome."""
        return _any(self.leading)

    @property
    def may_miss(self) -> bool | None:
        """Whether the table lets the team miss the outcome."""
        return _any(self.missing)


class Proof:
    """All verdicts of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.paths = Paths(plan)
        self.reaches = {n: Reach(Standings(plan, table)) for n, table in self.paths.tables}

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return every line, team by team, outcomes in the order of the config."""
        spans = {o.id: self._spans(o) for o in self.plan.competition.outcomes}
        return tuple(
            self._verdict(team, outcome, spans[outcome.id])
            for team in range(len(self.plan.competition.teams))
            for outcome in self.plan.competition.outcomes
        )

    def verdict(self, team: int, outcome: Outcome) -> Verdict:
        """Return one line."""
        return self._verdict(team, outcome, self._spans(outcome))

    def cases(self, team: int, outcome: Outcome) -> tuple[TableCase, ...]:
        """Return what each table says of a line."""
        return tuple(self._cases(team, self._spans(outcome)))

    def _spans(self, outcome: Outcome) -> list[tuple[int, list[Span], list[Span]]]:
        """Return for each table the spans of places that may reach an outcome or may miss it."""
        fate = self.paths.fates(outcome)
        teams = len(self.plan.competition.teams)
        spans = []
        for number in self.reaches:
            fates = [fate((number, place)) for place in range(teams)]
            may = _spans([each.may for each in fates])
            miss = _spans([not each.must for each in fates])
            spans.append((number, may, miss))
        return spans

    def _cases(
        self, team: int, spans: Sequence[tuple[int, list[Span], list[Span]]]
    ) -> Iterator[TableCase]:
        for number, may, miss in spans:
            reach = self.reaches[number]
            yield TableCase(
                self.paths.stages[number].id,
                reach,
                tuple(reach.answer(team, *span) for span in may),
                tuple(reach.answer(team, *span) for span in miss),
            )

    def _verdict(
        self, team: int, outcome: Outcome, spans: Sequence[tuple[int, list[Span], list[Span]]]
    ) -> Verdict:
        """Return one line: a team enters by its own place and by every table."""
        entry = self.paths.fates(outcome, team if self.plan.start is not None else None)((-1, team))
        cases = list(self._cases(team, spans))
        may = _any_of([entry.may, *(case.may for case in cases)])
        misses = [not entry.must, *(case.may_miss for case in cases)]
        miss = None if None in misses and False not in misses else False not in misses
        status: Status = "open"
        if miss is False:
            status = "certain"
        elif may is False:
            status = "impossible"
        return Verdict(team, outcome.id, status, undecided=status == "open" and None in {may, miss})


Span = tuple[int, int]


def prove(plan: Plan) -> tuple[Verdict, ...]:
    """Return every line of status.csv, team by team, outcomes in the order of the config."""
    return Proof(plan).verdicts()


def _spans(flags: Sequence[bool]) -> list[Span]:
    """Return the spans of places (1-based) that are flagged."""
    spans = []
    for flag, group in groupby(enumerate(flags, 1), key=lambda pair: pair[1]):
        places = [place for place, _ in group]
        if flag:
            spans.append((places[0], places[-1]))
    return spans


def _any(answers: Sequence[Answer]) -> bool | None:
    return _any_of([answer.can for answer in answers])


def _any_of(known: Sequence[bool | None]) -> bool | None:
    """Return whether any is true, None if that hangs on what is not known."""
    return True if True in known else None if None in known else False
