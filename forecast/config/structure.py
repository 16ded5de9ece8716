"""What the stages of a competition mean together: sizes, who enters where, which places exclude."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from forecast.config.documents import Document
from forecast.config.models import (
    BUILT_IN_TIE_BREAKS,
    LOTS,
    CompetitionFile,
    KnockoutFile,
    OutcomeFile,
    TableFile,
)
from forecast.config.pots import Sides, pot_sides, tie_sources
from forecast.config.problems import Problems, join_words, nearest, show
from forecast.config.team_rows import Teams
from forecast.plan import ENTRY, Places

__all__ = ["Structure", "check_structure", "read_places"]

Slot = tuple[int, int]
"""A place as (number of the stage, 0-based place); stage -1 is the list of all teams."""


def read_places(text: str, *, teams: int) -> Places:
    """Return the places that a valid text names."""
    if text == ENTRY:
        return Places(ENTRY, 1, teams)
    stage, _, span = text.partition(":")
    first, _, last = span.partition("-")
    return Places(stage, int(first), int(last or first))


def size_of(places: Places) -> int:
    """Return how many places a range has."""
    return places.last - places.first + 1


@dataclass(slots=True)
class Structure:
    """Sizes and entrants of all stages; `order` gives the number of a stage."""

    teams: int
    order: dict[str, int] = field(default_factory=lambda: {ENTRY: -1})
    sizes: dict[str, int] = field(default_factory=dict)
    entrants: list[tuple[Places, ...]] = field(default_factory=list)
    sources: list[tuple[Slot, ...]] = field(default_factory=list)
    pots: list[tuple[int, ...]] = field(default_factory=list)
    ties: list[list[Sides] | None] = field(default_factory=list)
    known: dict[tuple[Slot, Slot], bool] = field(default_factory=dict)

    def add(
        self,
        stage: TableFile | KnockoutFile,
        entrants: Sequence[Places],
        pots: tuple[int, ...] = (),
    ) -> None:
        """Append a stage whose entrants are valid; `pots` as in `KnockoutStage`."""
        slots = tuple(slot for places in entrants for slot in self.slots(places))
        self.order[stage.id] = len(self.entrants)
        self.sizes[stage.id] = len(slots)
        self.entrants.append(tuple(entrants))
        self.sources.append(slots)
        self.pots.append(pots)
        sizes = [size_of(places) for places in entrants]
        pairing = stage.pairing if isinstance(stage, KnockoutFile) else None
        self.ties.append(tie_sources(pairing, pots, sizes) if pairing else None)

    def slots(self, places: Places) -> list[Slot]:
        """Return each place of a range."""
        stage = self.order[places.stage]
        return [(stage, place) for place in range(places.first - 1, places.last)]

    def feeders(self, slot: Slot) -> tuple[Slot, ...]:
        """Return the earlier places from which the team in a place may come."""
        stage, place = slot
        ties = self.ties[stage]
        if ties is None:
            return self.sources[stage]
        one, two = ties[place % len(ties)]
        return tuple(self.sources[stage][entrant] for entrant in dict.fromkeys(one + two))

    def may_share(self, one: Slot, two: Slot) -> bool:
        """Return whether one team can take both places in one run."""
        if one[0] == two[0]:
            return one == two
        early, late = sorted((one, two))
        answer = self.known.get((early, late))
        if answer is None:
            answer = any(self.may_share(early, source) for source in self.feeders(late))
            self.known[early, late] = answer
        return answer

    def shared(self, one: Places, two: Places) -> tuple[Slot, Slot] | None:
        """Return a pair of places, one of each range, that one team can take; or None."""
        for first in self.slots(one):
            for second in self.slots(two):
                if self.may_share(first, second):
                    return first, second
        return None


def check_structure(
    document: Document[CompetitionFile], teams: Teams, problems: Problems
) -> Structure | None:
    """Return the structure of a competition, or None after noting problems."""
    assert document.model is not None
    return _Checker(document, document.model, teams, problems).check()


class _Checker:
    """One pass over the stages and outcomes of a competition."""

    def __init__(
        self,
        document: Document[CompetitionFile],
        model: CompetitionFile,
        teams: Teams,
        problems: Problems,
    ) -> None:
        self.document = document
        self.model = model
        self.teams = teams
        self.problems = problems
        self.structure = Structure(len(teams.names))
        self.ids = [stage.id for stage in model.stage]

    def note(self, path: tuple[str | int, ...], found: str, allowed: str) -> None:
        self.document.note(self.problems, path, found=found, allowed=allowed)

    def check(self) -> Structure | None:
        before = self.problems.count
        self.check_ids("stage", self.ids)
        self.check_ids("outcome", [outcome.id for outcome in self.model.outcome])
        for number, stage in enumerate(self.model.stage):
            if not self.add_stage(number, stage):
                return None
        for number, outcome in enumerate(self.model.outcome):
            self.check_outcome(number, outcome)
        self.check_headline()
        return self.structure if self.problems.count == before else None

    def check_ids(self, kind: str, ids: Sequence[str]) -> None:
        for number, name in enumerate(ids):
            if name in ids[:number]:
                allowed = f"an id that no other {kind} has"
                self.note((kind, number, "id"), f"{show(name)} again", allowed)

    def add_stage(self, number: int, stage: TableFile | KnockoutFile) -> bool:
        """Check one stage and append it; false if later stages cannot be checked."""
        path = ("stage", number, "entrants")
        if isinstance(stage, TableFile):
            for keys, ladder in _ladders(number, stage):
                self.check_ladder(keys, ladder)
            self.check_adjustments(number, stage)
            if stage.entrants != [ENTRY]:
                found = join_words(map(show, stage.entrants), last="and")
                allowed = (
                    '["teams"]: all teams play in a table stage, since its fixtures are listed'
                )
                self.note(path, found, allowed)
                return False
        before = self.problems.count
        drawn = isinstance(stage, KnockoutFile) and stage.pairing == "drawn"
        texts = list(dict.fromkeys(stage.entrants)) if drawn else stage.entrants
        entrants = self.read_list(path, texts, earlier=self.ids[:number])
        if self.problems.count > before:
            return False
        count = sum(map(size_of, entrants))
        if isinstance(stage, KnockoutFile) and count % 2:
            self.note(path, f"{count} entrants", "an even number of entrants in a knockout")
            return False
        sizes = dict(zip(texts, map(size_of, entrants), strict=True))
        for text, size in sizes.items():
            named = stage.entrants.count(text)
            if drawn and named not in {1, size}:
                found = f"the pot {show(text)} {named} times"
                allowed = f"it once, or once for each of the {size} sides that it fills"
                self.note(path, found, allowed)
                return False
        self.structure.add(stage, entrants, pot_sides(stage.entrants, sizes) if drawn else ())
        return True

    def read_list(
        self, path: tuple[str | int, ...], texts: Sequence[str], *, earlier: Sequence[str]
    ) -> list[Places]:
        """Return the places of a list after noting those that do not exist or exclude."""
        listed: list[Places] = []
        for number, text in enumerate(texts):
            places = read_places(text, teams=len(self.teams.names))
            fault = self.place_fault(places, earlier)
            if fault is None:
                fault = self.overlap(places, listed)
                listed.append(places)
            if fault:
                self.note((*path, number), f"{show(text)}{fault[0]}", fault[1])
        return listed

    def place_fault(self, places: Places, earlier: Sequence[str]) -> tuple[str, str] | None:
        """Return what was found and is allowed if places do not exist."""
        known = [ENTRY, *earlier]
        if places.stage not in known:
            if places.stage in self.ids:
                return ", a stage that is not before this one", f"places of {join_words(known)}"
            return f"{nearest(places.stage, known)}", f"places of {join_words(known)}"
        size = self.structure.sizes.get(places.stage, self.structure.teams)
        if not places.first <= places.last <= size:
            return "", f"places from 1 to {size} of {places.stage}, the first not after the last"
        return None

    def overlap(self, places: Places, listed: Sequence[Places]) -> tuple[str, str] | None:
        """Return what was found and is allowed if a team could take two listed places."""
        for other in listed:
            shared = self.structure.shared(other, places)
            if shared is None:
                continue
            one, two = (self.words(slot) for slot in shared)
            if one == two:
                return f", which has {one} again", "each place once"
            allowed = "places of which a team takes at most one, or it would count twice"
            return f", though one team can take {one} and then {two}", allowed
        return None

    def words(self, slot: Slot) -> str:
        stage, place = slot
        return f"{ENTRY if stage < 0 else self.ids[stage]}:{place + 1}"

    def check_ladder(self, path: tuple[str | int, ...], ladder: Sequence[str]) -> None:
        """Note tie-breaks that do not exist, repeat, or stand behind lots."""
        columns = [*BUILT_IN_TIE_BREAKS, *self.teams.columns]
        for number, name in enumerate(ladder):
            fault = self.rung_fault(number, name, ladder, columns)
            if fault:
                self.note((*path, number), f"{show(name)}{fault[0]}", fault[1])
        if "points" not in ladder:
            self.note(path, "a ladder without points", "points among the tie-breaks")

    def rung_fault(
        self, number: int, name: str, ladder: Sequence[str], columns: Sequence[str]
    ) -> tuple[str, str] | None:
        """Return what was found and is allowed if one rung is wrong."""
        fault = None
        if name not in columns:
            words = join_words(BUILT_IN_TIE_BREAKS)
            fault = nearest(name, columns), f"{words}, or an integer column of {self.model.teams}"
        elif name in ladder[:number]:
            fault = " again", "each tie-break once"
        elif name == LOTS and number + 1 < len(ladder):
            fault = " before other tie-breaks", "lots as the last tie-break"
        elif name in self.teams.columns:
            fault = self.column_fault(name)
        return fault

    def column_fault(self, name: str) -> tuple[str, str] | None:
        """Return what was found and is allowed if a column of the teams cannot be a rung."""
        if name in BUILT_IN_TIE_BREAKS:
            return ", also a column of the teams", "a column with a name of its own"
        wrong = self.teams.integer_fault(name)
        if wrong is None:
            return None
        found = f", a column with {show(wrong[1])} on line {wrong[0]}"
        return found, "a column of integers of at most nine digits"

    def check_adjustments(self, number: int, stage: TableFile) -> None:
        for k, adjustment in enumerate(stage.adjustments):
            if adjustment.team not in self.teams.index:
                found = f"{show(adjustment.team)}{nearest(adjustment.team, self.teams.names)}"
                path = ("stage", number, "adjustments", k, "team")
                self.note(path, found, f"a team of {self.model.teams}")

    def check_outcome(self, number: int, outcome: OutcomeFile) -> None:
        path = ("outcome", number, "places")
        entered = [text.partition(":")[0] == ENTRY for text in outcome.places]
        for k, text in enumerate(outcome.places):
            if entered[k]:
                self.note((*path, k), show(text), "places of stages")
        if not any(entered):
            self.read_list(path, outcome.places, earlier=self.ids)

    def check_headline(self) -> None:
        outcomes = [outcome.id for outcome in self.model.outcome]
        headline = self.model.headline
        if headline is not None and headline not in outcomes:
            found = f"{show(headline)}{nearest(headline, outcomes)}"
            self.note(("headline",), found, f"an outcome: {join_words(outcomes)}")


def _ladders(
    number: int, stage: TableFile
) -> Iterator[tuple[tuple[str | int, ...], Sequence[str]]]:
    """Yield each ladder that a table ever has, and where it is written."""
    yield ("stage", number, "tie_breaks"), stage.tie_breaks
    for k, change in enumerate(stage.change):
        yield ("stage", number, "change", k, "tie_breaks"), change.tie_breaks
