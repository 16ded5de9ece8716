"""From the path of a forecast to its plan."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from forecast.config.bracket import Bracket, resolve_start
from forecast.config.day import View, as_match
from forecast.config.fixtures import open_fixtures
from forecast.config.inputs import Inputs, read_inputs
from forecast.config.models import DEFAULT_RUNS, MAX_RUNS, AfterRound, OutcomeFile
from forecast.config.problems import Problems, join_words, show
from forecast.config.record import read_record
from forecast.config.rules import stages_on, stages_that_change
from forecast.config.settled import Standings, last_table
from forecast.config.structure import read_places
from forecast.errors import ConfigError
from forecast.plan import (
    Competition,
    KnockoutStage,
    Match,
    Outcome,
    Plan,
    PointsRule,
    Simulation,
    Source,
    Stage,
    TableStage,
)

__all__ = ["Overrides", "load"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line may say instead of the config; `runs` or `target_error`, not both."""

    runs: int | None = None
    target_error: float | None = None
    rng_seed: int | None = None

    def __post_init__(self) -> None:
        if self.runs is not None and self.target_error is not None:
            raise ConfigError("overrides: found runs and target_error, allowed one of the two")
        _demand("runs", self.runs, 1, MAX_RUNS)
        _demand("target_error", self.target_error, 1e-5, 0.1)
        _demand("rng_seed", self.rng_seed, 0, 2**63 - 1)


def _demand(key: str, value: float | None, least: float, most: float) -> None:
    """Raise unless a number is in its range; nan is in none."""
    if value is not None and (isinstance(value, bool) or not least <= value <= most):
        raise ConfigError(
            f"overrides: {key}: found {show(value)}, allowed a number from {least} to {most}"
        )


def load(path: Path | str, overrides: Overrides | None = None, *, view: View | None = None) -> Plan:
    """Read one forecast with its competition, teams and matches, resolved as of its day.

    Parameters
    ----------
    path : Path or str
        A forecast config; the files that it names are relative to it.
    overrides : Overrides, optional
        Numbers of `[simulation]` that replace those of the file.
    view : View, optional
        A day and a start that replace those of the file: the same forecast made at another time.

    Raises
    ------
    ConfigError
        With one line a problem, `file:line: key: found …, allowed …`.
    """
    problems = Problems()
    inputs = read_inputs(Path(path), problems, view)
    simulation = _simulation(inputs, overrides or Overrides())
    stages = stages_on(inputs.rules, inputs.structure, inputs.teams, day=inputs.day.date)
    bracket = _bracket(inputs, stages, problems)
    outcomes, warnings = _outcomes(inputs, problems)
    source = _source(inputs, simulation, path=str(path))
    record, worse = read_record(
        inputs.competition.path, source.resolved, inputs.files[2:], problems
    )
    problems.raise_any()
    as_of = inputs.said.as_of
    odd = _strangers(inputs, stages, bracket) if bracket else ()
    return Plan(
        id=inputs.said.id,
        as_of=inputs.day.date,
        competition=_competition(inputs, stages, outcomes),
        matches=_matches(inputs, stages, bracket),
        start=inputs.said.start,
        bracket=tuple(bracket.pairs) if bracket else None,
        strength=inputs.strength,
        simulation=simulation,
        warnings=(*warnings, *odd, *_unused_results(inputs, stages), *worse),
        source=source,
        record=record,
        after=(as_of.stage, as_of.round) if isinstance(as_of, AfterRound) else None,
    )


def _unused_results(inputs: Inputs, stages: tuple[Stage, ...]) -> tuple[str, ...]:
    """Return a warning if results of knockout stages are known, but no start lets them count."""
    knockouts = {stage.id for stage in stages if isinstance(stage, KnockoutStage)}
    known = sum(
        row.stage in knockouts and row.says_result and inputs.day.knows(row, inputs.structure.order)
        for row in inputs.rows
    )
    if inputs.said.start is not None or not known:
        return ()
    results = "1 known result of a knockout stage does"
    if known > 1:
        results = f"{known} known results of knockout stages do"
    return (f"{results} not count: without `start` the bracket follows from the simulated table.",)


def _strangers(inputs: Inputs, stages: tuple[Stage, ...], bracket: Bracket) -> tuple[str, ...]:
    """Return a warning of listed teams that settled tables do not let in; a ruling may have."""
    stage = next(stage for stage in stages if stage.id == inputs.said.start)
    tables = {each.id: each for each in stages if isinstance(each, TableStage)}
    sources = {places.stage for places in stage.entrants}
    if sources - tables.keys() or any(
        open_fixtures(inputs.rows, source, inputs.structure, inputs.teams, inputs.day)
        for source in sources
    ):
        return ()
    entered: set[str] = set()
    for places in stage.entrants:
        standings = Standings(tables[places.stage], inputs.rows, inputs.teams, _points(inputs))
        entered = entered.union(*standings.holders()[places.first - 1 : places.last])
    names = [inputs.teams.names[team] for pair in bracket.pairs for team in pair]
    strangers = [name for name in names if name not in entered]
    if not strangers:
        return ()
    who, where = join_words(strangers, last="and"), join_words(sorted(sources), last="and")
    listed = f"{who}: in the listed ties of {stage.id}, though by the results of {where}"
    return (f"{listed} not among its teams.",)


def _simulation(inputs: Inputs, overrides: Overrides) -> Simulation:
    """Return how much to simulate: as overridden, as written, or by default."""
    said = inputs.said.simulation
    runs, target_error = said.runs, said.target_error
    if overrides.runs is not None or overrides.target_error is not None:
        runs, target_error = overrides.runs, overrides.target_error
    if runs is None and target_error is None:
        runs = DEFAULT_RUNS
    rng_seed = said.rng_seed if overrides.rng_seed is None else overrides.rng_seed
    return Simulation(runs, target_error, rng_seed)


def _competition(
    inputs: Inputs, stages: tuple[Stage, ...], outcomes: tuple[Outcome, ...]
) -> Competition:
    rules = inputs.rules
    return Competition(
        id=rules.id,
        name=rules.name,
        teams=inputs.teams.names,
        team_columns=inputs.teams.columns,
        points=_points(inputs),
        stages=stages,
        outcomes=outcomes,
    )


def _points(inputs: Inputs) -> PointsRule:
    points = inputs.rules.points
    return PointsRule(points.win, points.draw, points.loss)


def _bracket(inputs: Inputs, stages: tuple[Stage, ...], problems: Problems) -> Bracket | None:
    """Return the bracket of a forecast with `start`; without it only check the hosts."""
    if inputs.said.start is not None:
        return resolve_start(
            inputs.forecast,
            stages,
            inputs.rows,
            structure=inputs.structure,
            checker=inputs.checker,
            changing=stages_that_change(inputs.rules, after=inputs.day.date),
            points=_points(inputs),
        )
    for number, stage in enumerate(stages):
        if isinstance(stage, TableStage) or last_table(stages, stage.id) is not None:
            continue
        by_place = not stage.neutral and stage.second_leg_host == "better_place"
        if by_place or stage.pairing == "reseed" or "better_place" in stage.level:
            inputs.competition.note(
                problems,
                ("stage", number),
                found=f"{show(stage.id)}, with pairing, hosts or level ties by place and no table "
                "before it",
                allowed='venue = "neutral" or second_leg_host = "lots", no better_place in level '
                "and no reseed, or a table stage before it",
            )
    return None


def _outcomes(inputs: Inputs, problems: Problems) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Return the outcomes from `start` on, and a warning for each that reaches back before it.

    Those are left out, not refused: one competition serves forecasts with several starts.
    """
    order, start = inputs.structure.order, inputs.said.start
    first = order[start] if start is not None else 0
    kept: list[Outcome] = []
    warnings: list[str] = []
    for said in inputs.rules.outcome:
        outcome = _outcome(inputs, said)
        early = [order[places.stage] < first for places in outcome.places]
        if not any(early):
            kept.append(outcome)
        elif not all(early):
            warnings.append(
                f"The outcome {outcome.id} is left out: some of its places are in stages before "
                f"{start}, where this forecast starts."
            )
    if not kept:
        found = f"{show(start)}, which no outcome reaches"
        allowed = "a start with at least one outcome in it or after it"
        inputs.forecast.note(problems, ("start",), found=found, allowed=allowed)
    return tuple(kept), tuple(warnings)


def _outcome(inputs: Inputs, said: OutcomeFile) -> Outcome:
    places = tuple(read_places(text, teams=inputs.structure.teams) for text in said.places)
    label = dict(said.label) or {"en": said.id.replace("_", " ")}
    return Outcome(said.id, label, places)


def _matches(
    inputs: Inputs, stages: tuple[Stage, ...], bracket: Bracket | None
) -> tuple[Match, ...]:
    """Return the matches that the forecast uses, in the order of their file."""
    order, start = inputs.structure.order, inputs.said.start
    tables = {stage.id for stage in stages if not isinstance(stage, KnockoutStage)}
    matches = [
        as_match(row, inputs.teams.index, known=inputs.day.knows(row, order))
        for row in inputs.rows
        if (order[row.stage] < order[start] if start is not None else row.stage in tables)
    ]
    matches += bracket.matches if bracket else []
    return tuple(sorted(matches, key=lambda match: match.line))


def _source(inputs: Inputs, simulation: Simulation, *, path: str) -> Source:
    """Return what the plan was made from; names of files do not enter the hash."""
    files = inputs.files
    said = inputs.said.model_dump(mode="json", by_alias=True, exclude={"competition"})
    said["simulation"] = {
        "runs": simulation.runs,
        "target_error": simulation.target_error,
        "rng_seed": simulation.rng_seed,
    }
    for part in (said["strength"], *said["strength"]["covariate"]):
        part.pop("table")
    if said["strength"]["earlier"]:
        said["strength"]["earlier"].pop("results")
    said["competition"] = inputs.rules.model_dump(
        mode="json", by_alias=True, exclude={"teams", "matches"}
    )
    resolved = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    data = [file.sha256 for _, file in files[2:]]  # the two TOML files are in `resolved`
    digest = hashlib.sha256("\n".join([resolved, *data]).encode()).hexdigest()
    return Source(path, resolved, digest, tuple((name, file.sha256) for name, file in files))
