"""A competition forecast again and again, each time with what was known then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast import tables
from forecast.backtest.baselines import (
    equal_strengths,
    known_results,
    running_shares,
    unpenalised,
    with_strengths,
)
from forecast.backtest.points import PointsChances, points_chances
from forecast.backtest.truth import Truth, find_truth
from forecast.config import Moment, Overrides, Replay, View, find_moments, load
from forecast.errors import ConfigError
from forecast.lowering import lower
from forecast.plan import RUNS_PER_REPLICATE, Match, Plan, TableStage
from forecast.simulate import draws, simulate
from forecast.strength import fit
from forecast.tabulate import match_forecasts

__all__ = [
    "EQUAL",
    "SHARES",
    "UNPENALISED",
    "Forecasts",
    "Progress",
    "Replayed",
    "Step",
    "previous",
    "replay",
    "replicates_of",
]

Float64 = NDArray[np.float64]

SHARES = "running shares"
EQUAL = "equal strengths"
UNPENALISED = "unpenalised Poisson"

Progress = Callable[[int, int], None]


def previous(model: str) -> str:
    """Return the name of what a model said one moment earlier. No id of a config has a space."""
    return f"previous {model}"


def replicates_of(plan: Plan) -> int:
    """Return how many replicates each forecast of a replay takes; an error needs two."""
    assert plan.simulation.runs is not None
    return max(2, -(-plan.simulation.runs // RUNS_PER_REPLICATE))


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What one source said at one moment.

    Attributes
    ----------
    matches : mapping of int to (3,) float64
        By line of matches.csv: chances of home win, draw and away win.
    outcomes : mapping of str to float64, shape (teams,)
    places : mapping of str to float64, shape (teams, places)
        By table.
    points : mapping of str to PointsChances
        By table; of models only, since nobody asks for the intervals of a baseline.
    """

    matches: Mapping[int, Float64]
    outcomes: Mapping[str, Float64] = field(default_factory=dict)
    places: Mapping[str, Float64] = field(default_factory=dict)
    points: Mapping[str, PointsChances] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One moment: the number of results that were known, and what each source said."""

    moment: Moment
    plan: Plan
    known: int
    forecasts: Mapping[str, Forecasts]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A whole replay; `plans` are those of the models with everything known.

    `notes` say what could not be replayed.
    """

    replay: Replay
    plans: tuple[Plan, ...]
    steps: tuple[Step, ...]
    truth: Truth
    notes: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The models by the ids of their configs."""
        return tuple(plan.id for plan in self.plans)

    @property
    def matches(self) -> dict[int, Match]:
        """Every match that some forecast knew of as a fixture, by its line."""
        return {match.line: match for step in self.steps for match in step.plan.matches}


def replay(
    paths: Sequence[Path],
    overrides: Overrides,
    *,
    workers: int,
    progress: Progress | None = None,
) -> Replayed:
    """Replay one competition with the model of each config.

    Parameters
    ----------
    paths : sequence of Path
        Configs of one competition that differ in `[strength]`; as_of and start do not matter.

    Raises
    ------
    ConfigError
        If a config is wrong, or there is nothing to score.
    ModelError
        If a fit does not settle.
    """
    plans = tuple(load(path, overrides, view=View()) for path in paths)
    found = find_moments(paths[0])
    notes: list[str] = []
    moments = [each for each in found.moments if _readable(paths[0], each.before, each.view, notes)]
    if not moments:
        raise ConfigError(
            f"{paths[0]}: found no played match to forecast, allowed a competition with matches "
            "that were played, and their dates or rounds"
        )
    engine = _Engine(workers, progress, goal=len(moments) * (len(paths) + 2))
    # Each moment also forecasts the matches of the one after it, whose previous forecast it is.
    after = [*(later.lines for later in moments[1:]), frozenset[int]()]
    steps = [
        _step(paths, overrides, moment, moment.lines | later, engine)
        for moment, later in zip(moments, after, strict=True)
    ]
    views = [View(start=start) for start in found.starts]
    brackets = [load(paths[0], view=view) for view in views if _readable(paths[0], "", view, [])]
    truth = find_truth(plans[0], brackets)
    return Replayed(found, plans, tuple(_with_previous(steps, plans)), truth, tuple(notes))


def _readable(path: Path, name: str, view: View, notes: list[str]) -> bool:
    """Return whether the competition can be forecast from a view; note why not."""
    try:
        load(path, view=view)
    except ConfigError as error:
        notes.append(f"{name} is not replayed: {str(error).splitlines()[0]}")
        return False
    return True


class _Engine:
    """Simulates forecasts and tells how far it is."""

    def __init__(self, workers: int, progress: Progress | None, *, goal: int) -> None:
        self.workers = workers
        self.progress = progress
        self.done = 0
        self.goal = goal

    def forecasts(self, plan: Plan, lines: Collection[int], *, points: bool) -> Forecasts:
        """Fit a plan and forecast the matches on `lines`, its outcomes, places and maybe points."""
        posterior = fit(plan).posterior
        fixtures = tuple(m for m in tables.fixtures_left(plan) if m.line in lines)
        expected = match_forecasts(plan, fixtures, posterior)
        chances_of = np.stack([expected.p_home, expected.p_draw, expected.p_away], axis=1)
        season = lower(plan, posterior.first_half_share)
        counts = simulate(
            season,
            posterior,
            rng_seed=plan.simulation.rng_seed,
            replicates=replicates_of(plan),
            workers=self.workers,
        )
        tables.check_counts(season.layout, counts)
        strengths = draws(posterior, rng_seed=plan.simulation.rng_seed, replicate=0)
        ranked = [s for s in plan.competition.stages if isinstance(s, TableStage)]
        spans = {span.stage: span for span in season.layout.stages}
        self.done += 1
        if self.progress:
            self.progress(self.done, self.goal)
        # Half a hit: no count of runs makes anything certain, so no log loss is infinite.
        chances = (counts.outcomes + 0.5) / (counts.runs + 1.0)
        tabled = ranked if plan.start is None else []
        return Forecasts(
            matches={m.line: p for m, p in zip(fixtures, chances_of, strict=True)},
            outcomes={o.id: chances[k] for k, o in enumerate(season.layout.outcomes)},
            places={
                s.id: counts.occupancy[spans[s.id].first :][: spans[s.id].size].T / counts.runs
                for s in tabled
            },
            points={
                s.id: points_chances(plan, s, strengths, rng_seed=plan.simulation.rng_seed)
                for s in tabled
                if points
            },
        )


def _step(
    paths: Sequence[Path],
    overrides: Overrides,
    moment: Moment,
    lines: Collection[int],
    engine: _Engine,
) -> Step:
    """Forecast one moment with every model and every baseline."""
    plans = [load(path, overrides, view=moment.view) for path in paths]
    plan = plans[0]
    said = {each.id: engine.forecasts(each, lines, points=True) for each in plans}
    shares = running_shares(plan)
    fixtures = said[plan.id].matches
    said[SHARES] = Forecasts(dict.fromkeys(fixtures, shares))
    for name, strengths in ((EQUAL, equal_strengths), (UNPENALISED, unpenalised)):
        said[name] = engine.forecasts(with_strengths(plan, strengths(plan)), lines, points=False)
    return Step(moment, plan, len(known_results(plan)), said)


def _with_previous(steps: Sequence[Step], plans: Sequence[Plan]) -> Iterator[Step]:
    """Yield each step with what the models said one step before."""
    earlier: Step | None = None
    for step in steps:
        added = {}
        if earlier is not None:
            added = {previous(plan.id): earlier.forecasts[plan.id] for plan in plans}
        yield Step(step.moment, step.plan, step.known, {**step.forecasts, **added})
        earlier = step
