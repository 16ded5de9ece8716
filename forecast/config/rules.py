"""The rules of each stage in force on a day: what was planned, then every change up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.config.documents import Document
from forecast.config.models import LOTS, Change, CompetitionFile, KnockoutFile, TableFile
from forecast.config.problems import Problems, show
from forecast.config.structure import Structure
from forecast.config.team_rows import Teams
from forecast.config.toml_lines import KeyPath
from forecast.plan import Adjustment, KnockoutStage, Stage, TableStage

__all__ = ["check_rules", "has_dated_rules", "stages_on", "stages_that_change"]

_DECIDES = ("better_place", "penalties")


@dataclass(frozen=True, slots=True)
class _KnockoutRules:
    """What a change can alter; `level_written` says where the ladder stands."""

    legs: int
    venue: str
    host: str
    level: tuple[str, ...]
    level_written: KeyPath


def has_dated_rules(model: CompetitionFile) -> bool:
    """Return whether any rule depends on the day."""
    return any(
        stage.change
        or (isinstance(stage, TableFile) and any(given.from_ for given in stage.adjustments))
        for stage in model.stage
    )


def check_rules(document: Document[CompetitionFile], problems: Problems) -> None:
    """Note rules that contradict each other on any day, before or after each change."""
    assert document.model is not None
    for number, stage in enumerate(document.model.stage):
        _check_changes(document, number, stage, problems)
        if isinstance(stage, KnockoutFile):
            for rules in _states(number, stage):
                _check_level(document, rules, problems)


def _check_changes(
    document: Document[CompetitionFile],
    number: int,
    stage: TableFile | KnockoutFile,
    problems: Problems,
) -> None:
    """Note changes that change nothing, or share a day."""
    changes: Sequence[Change] = stage.change
    for k, change in enumerate(changes):
        path: KeyPath = ("stage", number, "change", k)
        if change.model_fields_set == {"from_"}:
            allowed = "at least one of legs, venue, second_leg_host and level"
            document.note(problems, path, found="no rule", allowed=allowed)
        if change.from_ in [earlier.from_ for earlier in changes[:k]]:
            found = f"{show(change.from_)} again"
            document.note(problems, (*path, "from"), found=found, allowed="one change a day")


def _states(
    number: int, stage: KnockoutFile, until: date | None = None
) -> Iterator[_KnockoutRules]:
    """Yield the planned rules, then those after each change up to a day, in order of time."""
    path: KeyPath = ("stage", number)
    rules = _KnockoutRules(
        stage.legs,
        stage.venue,
        stage.second_leg_host,
        tuple(stage.level),
        (*path, "level"),
    )
    yield rules
    for k, change in sorted(enumerate(stage.change), key=lambda pair: pair[1].from_):
        if until is not None and change.from_ > until:
            return
        here = (*path, "change", k)
        rules = _KnockoutRules(
            legs=change.legs or rules.legs,
            venue=change.venue or rules.venue,
            host=change.second_leg_host or rules.host,
            level=tuple(change.level) if change.level else rules.level,
            level_written=(*here, "level") if change.level else here,
        )
        yield rules


def _check_level(
    document: Document[CompetitionFile], rules: _KnockoutRules, problems: Problems
) -> None:
    """Note a ladder for level ties that does not end in the one rung that decides."""
    level = rules.level
    if len(set(level)) < len(level):
        path = rules.level_written
        document.note(problems, path, found="a rung twice", allowed="each rung once")
    elif level[-1] not in _DECIDES or any(rung in _DECIDES for rung in level[:-1]):
        found = f"a ladder that ends in {show(level[-1])}"
        if level[-1] in _DECIDES:
            found = f"{show(next(rung for rung in level if rung in _DECIDES))} before other rungs"
        allowed = "a ladder in which better_place or penalties comes last, and only one of them"
        document.note(problems, rules.level_written, found=found, allowed=allowed)
    if "away_goals" in level and (rules.legs == 1 or rules.venue == "neutral"):
        found = f"away_goals with legs = {rules.legs} and venue = {show(rules.venue)}"
        allowed = 'away_goals only with legs = 2 and venue = "home"'
        document.note(problems, rules.level_written, found=found, allowed=allowed)


def stages_that_change(model: CompetitionFile, *, after: date | None) -> frozenset[str]:
    """Return the stages with a change after a day; None is after every change."""
    return frozenset(
        stage.id
        for stage in model.stage
        if after is not None and any(change.from_ > after for change in stage.change)
    )


def stages_on(
    model: CompetitionFile, structure: Structure, teams: Teams, *, day: date | None
) -> tuple[Stage, ...]:
    """Return all stages with the rules in force on a day; None is after every change."""
    return tuple(
        _table_on(number, stage, structure, teams, day)
        if isinstance(stage, TableFile)
        else _knockout_on(number, stage, structure, day)
        for number, stage in enumerate(model.stage)
    )


def _table_on(
    number: int, stage: TableFile, structure: Structure, teams: Teams, day: date | None
) -> TableStage:
    ladder = stage.tie_breaks
    for change in sorted(stage.change, key=lambda change: change.from_):
        if day is None or change.from_ <= day:
            ladder = change.tie_breaks
    return TableStage(
        id=stage.id,
        entrants=structure.entrants[number],
        tie_breaks=tuple(ladder) if ladder[-1] == LOTS else (*ladder, LOTS),
        adjustments=tuple(
            Adjustment(teams.index[given.team], given.points, given.reason)
            for given in stage.adjustments
            if given.from_ is None or day is None or given.from_ <= day
        ),
    )


def _knockout_on(
    number: int, stage: KnockoutFile, structure: Structure, day: date | None
) -> KnockoutStage:
    *_, rules = _states(number, stage, day)
    return KnockoutStage(
        id=stage.id,
        entrants=structure.entrants[number],
        pairing=stage.pairing,
        pots=structure.pots[number],
        legs=2 if rules.legs == 2 else 1,
        neutral=rules.venue == "neutral",
        second_leg_host="lots" if rules.host == "lots" else "better_place",
        level=rules.level,  # type: ignore[arg-type] # the model allows only these rungs
    )
