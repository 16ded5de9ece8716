"""A forecast that begins at a knockout stage: its ties, and what was known of those after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from forecast.config.day import Day, as_match
from forecast.config.documents import Document
from forecast.config.fixtures import RowChecker, open_fixtures
from forecast.config.match_rows import MatchRow
from forecast.config.models import ForecastFile
from forecast.config.problems import Problems, show
from forecast.config.settled import Standings, last_table
from forecast.config.structure import Structure
from forecast.config.team_rows import Teams
from forecast.config.ties import fits, group_ties, tie_winner
from forecast.plan import ENTRY, KnockoutStage, Match, Places, PointsRule, Stage, TableStage

__all__ = ["Bracket", "resolve_start"]

Teamset = frozenset[str]


@dataclass(slots=True)
class Bracket:
    """The ties of the first stage, and the matches known from there on."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)


def resolve_start(
    document: Document[ForecastFile],
    stages: Sequence[Stage],
    rows: Sequence[MatchRow],
    *,
    structure: Structure,
    checker: RowChecker,
    changing: Collection[str],
    points: PointsRule,
) -> Bracket:
    """Return the bracket from `start` on; what is wrong or missing is noted.

    `changing` are the stages whose rules change after the day.
    """
    resolver = _Resolver(
        document,
        stages,
        rows,
        structure=structure,
        checker=checker,
        changing=changing,
        points=points,
    )
    return resolver.resolve()


class _Resolver:
    """One pass from the first stage to the last."""

    def __init__(
        self,
        document: Document[ForecastFile],
        stages: Sequence[Stage],
        rows: Sequence[MatchRow],
        *,
        structure: Structure,
        checker: RowChecker,
        changing: Collection[str],
        points: PointsRule,
    ) -> None:
        assert document.model is not None
        assert document.model.start is not None
        self.document = document
        self.start = document.model.start
        self.stages = stages
        self.rows = rows
        self.structure = structure
        self.checker = checker
        self.changing = changing
        self.points = points
        self.bracket = Bracket()
        self.possible: dict[str, list[Teamset]] = {}

    @property
    def teams(self) -> Teams:
        return self.checker.teams

    @property
    def day(self) -> Day:
        return self.checker.day

    @property
    def problems(self) -> Problems:
        return self.checker.problems

    def note(self, found: str, allowed: str) -> None:
        """Note a problem with `start`."""
        self.document.note(self.problems, ("start",), found=found, allowed=allowed)

    def resolve(self) -> Bracket:
        first = self.structure.order[self.start]
        for stage in self.stages[first:]:
            if isinstance(stage, TableStage):
                found = f"{show(self.start)}, though the table {stage.id} comes after it"
                self.note(found, "a stage that only knockout stages follow")
                return self.bracket
            before = self.problems.count
            rows = [row for row in self.rows if row.stage == stage.id]
            if stage.id == self.start:
                listed = self.first_stage(stage, rows)
            else:
                listed = self.later_stage(stage, rows)
            if self.problems.count > before:
                return self.bracket
            self.demand_places(stage, listed)
        return self.bracket

    def first_stage(self, stage: KnockoutStage, rows: Iterable[MatchRow]) -> int:
        """Read the listed ties of the first stage; return how many give their hosts."""
        ties = group_ties(rows)
        wanted = self.structure.sizes[stage.id] // 2
        if len(ties) != wanted:
            found = f"{show(stage.id)}, of which matches.csv lists {len(ties)} ties"
            self.note(found, f"a stage with all its ties listed, here {wanted}")
        seen: set[str] = set()
        possible: list[list[Teamset]] = [[], []]
        listed = 0
        for tie in ties:
            head = tie[0]
            for name in {head.home, head.away} & seen:
                found = f"{show(name)} in a second tie"
                self.checker.note(head, "home", found=found, allowed="each team in one tie")
            seen |= {head.home, head.away}
            self.bracket.pairs.append((self.teams.index[head.home], self.teams.index[head.away]))
            both = frozenset({head.home, head.away})
            known = [self.day.knows(row, self.structure.order) for row in tie]
            winner = self.settle(stage, tie, known)
            listed += self.agrees(stage, tie, known)
            self.place(possible, both, winner)
        self.possible[stage.id] = possible[0] + possible[1]
        return listed

    def counts(self, stage: KnockoutStage, row: MatchRow, *, was_known: bool) -> bool:
        """Return whether a row of a tie is a leg as it was known on the day.

        If the rule changed since, a row from after the day may have a venue that nobody could
        know; it only names the pair.
        """
        foreseen = row.neutral == stage.neutral or stage.id not in self.changing
        return was_known or foreseen

    def agrees(self, stage: KnockoutStage, tie: Sequence[MatchRow], known: Sequence[bool]) -> bool:
        """Return whether all rows of a tie are legs under the rule in force."""
        return fits(tie, stage.legs) and all(
            self.counts(stage, row, was_known=was) for row, was in zip(tie, known, strict=True)
        )

    def settle(
        self, stage: KnockoutStage, tie: Sequence[MatchRow], known: Sequence[bool]
    ) -> str | None:
        """Keep what was known of a tie and return its winner, if that was known too."""
        head = tie[0]
        if not (fits(tie, 1) or fits(tie, 2)):
            legs = ", ".join("blank" if row.leg is None else str(row.leg) for row in tie)
            allowed = "one row for a single match, or legs 1 and 2 with the hosts exchanged"
            self.checker.note(head, "leg", found=f"the legs {legs} of one tie", allowed=allowed)
            return None
        results = any(was and row.says_result for row, was in zip(tie, known, strict=True))
        if not fits(tie, stage.legs):
            if results:
                allowed = f"{stage.legs}, the rule in force on the day of the forecast"
                found = f"results of a tie of {len(tie)} leg{'s' * (len(tie) > 1)}"
                self.checker.note(head, "leg", found=found, allowed=allowed)
            return None
        winner = tie_winner(tie, stage, self.checker, known=known)
        self.keep(stage, tie, known, winner)
        return winner

    def keep(
        self,
        stage: KnockoutStage,
        tie: Sequence[MatchRow],
        known: Sequence[bool],
        winner: str | None,
    ) -> None:
        """Append the rows of a tie that count; its winner stands on the last one."""
        for row, was_known in zip(tie, known, strict=True):
            if not self.counts(stage, row, was_known=was_known):
                continue
            decided = winner is not None and row is tie[-1]
            self.bracket.matches.append(
                as_match(
                    row,
                    self.teams.index,
                    known=was_known,
                    winner=self.teams.index[winner] if decided and winner else None,
                )
            )

    @staticmethod
    def place(possible: list[list[Teamset]], both: Teamset, winner: str | None) -> None:
        """Append who may take the places of winner and loser of a tie."""
        won = both if winner is None else frozenset({winner})
        possible[0].append(won)
        possible[1].append(both if winner is None else both - won)

    def later_stage(self, stage: KnockoutStage, rows: Iterable[MatchRow]) -> int:
        """Read what was known of a later stage; return how many of its ties give their hosts."""
        entrants = self.entrants(stage)
        if entrants is None:
            return 0
        ties = self.structure.ties[self.structure.order[stage.id]]
        assert ties is not None
        pairs = [
            (
                frozenset[str]().union(*(entrants[k] for k in one)),
                frozenset[str]().union(*(entrants[k] for k in two)),
            )
            for one, two in ties
        ]
        winners: dict[int, str | None] = {}
        for tie in group_ties(rows):
            known = [self.is_later_known(row) for row in tie]
            if any(known):
                number = self.find_tie(stage, tie, pairs)
                if number is not None:
                    winners[number] = self.settle(stage, tie, known)
        possible: list[list[Teamset]] = [[], []]
        for number, (one, two) in enumerate(pairs):
            self.place(possible, one | two, winners.get(number))
        self.possible[stage.id] = possible[0] + possible[1]
        return len(winners)

    def is_later_known(self, row: MatchRow) -> bool:
        """Return whether a row after the first stage counts: a fixture set or played by the day."""
        dated = row.says_result or row.date is not None
        return dated and self.day.knows(row, self.structure.order)

    def entrants(self, stage: KnockoutStage) -> list[Teamset] | None:
        """Return who may stand in each entry of a stage, or None after noting a gap."""
        sets: list[Teamset] = []
        for places in stage.entrants:
            span = slice(places.first - 1, places.last)
            if places.stage == ENTRY:
                sets += [frozenset({name}) for name in self.teams.names[span]]
            elif places.stage in self.possible:
                sets += self.possible[places.stage][span]
            else:
                fault, holders = self.before(places)
                if fault:
                    found = f"{show(self.start)}, though {stage.id} takes places of {places.stage}"
                    self.note(f"{found}, {fault}", "a start that settles who enters later stages")
                    return None
                sets += holders
        return sets

    def before(self, places: Places) -> tuple[str, list[Teamset]]:
        """Return who may hold places of a stage before the start, after what forbids them."""
        stage = next(stage for stage in self.stages if stage.id == places.stage)
        if not isinstance(stage, TableStage):
            return "a knockout stage before the start", []
        fault = open_fixtures(self.rows, stage.id, self.structure, self.teams, self.day)
        if fault:
            return f"a table before the start: {fault}", []
        listed = {self.teams.names[team] for pair in self.bracket.pairs for team in pair}
        standings = Standings(stage, self.rows, self.teams, self.points)
        return standings.entrants(places, listed)

    def find_tie(
        self,
        stage: KnockoutStage,
        tie: Sequence[MatchRow],
        pairs: Sequence[tuple[Teamset, Teamset]],
    ) -> int | None:
        """Return the number of a listed tie in its bracket, or None after noting why not."""
        home, away = tie[0].home, tie[0].away
        for number, (one, two) in enumerate(pairs):
            if (home in one and away in two) or (home in two and away in one):
                if len(one) == len(two) == 1:
                    return number
                if stage.pairing in {"drawn", "reseed"}:
                    self.not_paired(stage, tie[0])
                    return None
                found = f"{show(home)} v {show(away)}, though the ties before are not decided"
                allowed = f"a row of {stage.id} only once the results before it are known"
                self.checker.note(tie[0], "home", found=found, allowed=allowed)
                return None
        found = f"{show(home)} v {show(away)}, who cannot meet in {stage.id}"
        allowed = "teams that meet by the bracket and the results before"
        self.checker.note(tie[0], "home", found=found, allowed=allowed)
        return None

    def not_paired(self, stage: KnockoutStage, row: MatchRow) -> None:
        """Note a known tie of a stage whose pairing the forecast would have to simulate."""
        found = f"{show(row.home)} v {show(row.away)}, known before {stage.id} is paired, which "
        found += "is simulated"
        allowed = f"start = {show(stage.id)} once its ties are known, or an earlier as_of"
        self.checker.note(row, "home", found=found, allowed=allowed)

    def demand_places(self, stage: KnockoutStage, listed: int) -> None:
        """Note a rule that asks for places of a table that is not complete."""
        by_place = not stage.neutral and stage.second_leg_host == "better_place"
        hosts = by_place and listed < self.structure.sizes[stage.id] // 2
        paired = stage.pairing == "reseed" and stage.id != self.start
        if not hosts and not paired and "better_place" not in stage.level:
            return
        rule = "its pairing" if paired else "its hosts" if hosts else "its level ties"
        table = last_table(self.stages, stage.id)
        if table is None:
            found = f"{show(self.start)}, though {stage.id} needs places of a table for {rule}"
            self.note(found, "such a rule only after a table stage")
            return
        fault = open_fixtures(self.rows, table, self.structure, self.teams, self.day)
        if fault:
            found = f"{show(self.start)}, though {stage.id} needs places of {table} for {rule}"
            allowed = f"a start after which no rule needs them, or every result of {table}"
            self.note(f"{found}: {fault}", allowed)
