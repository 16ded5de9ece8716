"""What a forecast is: frozen descriptions, validated and resolved as of one day.

`config` is the only writer of these types; everything behind it reads them. A plan holds what was
known as of its date and nothing later: rules after their changes, scores up to that day. Teams
are integers from here on, indices into `Competition.teams`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = [
    "ENTRY",
    "HISTORY_FOLDER",
    "LEAST_REPLICATES",
    "MAX_GOALS",
    "MAX_TEAMS",
    "RUNS_PER_REPLICATE",
    "Adjustment",
    "Competition",
    "Covariate",
    "EarlierStages",
    "GivenStrengths",
    "GoalModelName",
    "KnockoutStage",
    "Match",
    "Outcome",
    "Places",
    "Plan",
    "PointsRule",
    "Record",
    "Simulation",
    "Source",
    "Stage",
    "StrengthPlan",
    "TableStage",
]

HISTORY_FOLDER = "history"
"""The folder of all past forecasts, beside those of forecasts: no forecast has this id."""

ENTRY = "teams"
"""The name of the list of all teams, as an entrant of a stage."""

MAX_TEAMS = 1_000
MAX_GOALS = 99
"""A played match with more goals by one side is refused."""

RUNS_PER_REPLICATE = 32_768
"""512 draws of one scrambled Sobol set, 64 runs each."""

LEAST_REPLICATES = 16
"""An error estimated from the means of fewer replicates is itself too uncertain."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places `first` to `last` (1-based, inclusive) of an earlier stage, or of `ENTRY`."""

    stage: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Points for a match in a table."""

    win: int
    draw: int
    loss: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points given to or taken from a team by a ruling."""

    team: int
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class TableStage:
    """A stage that ranks its entrants by `tie_breaks`, of which the last is always `lots`."""

    id: str
    entrants: tuple[Places, ...]
    tie_breaks: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, slots=True)
class KnockoutStage:
    """A stage of ties; the winner of tie k takes place k, its loser place `ties + k`.

    `level` is the ladder of a tie that is level on aggregate; its last rung always decides. If
    the pairing is `drawn`, `entrants` are the pots, and `pots` holds for both sides of each tie,
    tie by tie, the index of the pot that its team is drawn from.
    """

    id: str
    entrants: tuple[Places, ...]
    pairing: Literal["fold", "adjacent", "reseed", "drawn"]
    legs: Literal[1, 2]
    neutral: bool
    second_leg_host: Literal["better_place", "lots"]
    level: tuple[Literal["away_goals", "better_place", "extra_time", "penalties"], ...]
    pots: tuple[int, ...] = ()


Stage = TableStage | KnockoutStage


@dataclass(frozen=True, slots=True)
class Outcome:
    """A set of places with a name: reaching any of them is the outcome."""

    id: str
    label: Mapping[str, str]
    places: tuple[Places, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """One fixture; `home_goals is None` if it is not played, or not known, as of the plan's day.

    Goals are after 90 minutes, `half_time` is (home, away) after 45, `extra_time` after 120.
    `winner` settles a tie: from its column, or from extra time or a shoot-out. `awarded` results
    count in the table but say nothing about strength. `line` is the row in matches.csv. A
    `supposed` result counts as a known one, but the random numbers of its match are left unused,
    so that all others stay as they were.
    """

    stage: str
    round: int | None
    leg: int | None
    date: date | None
    home: int
    away: int
    neutral: bool
    home_goals: int | None
    away_goals: int | None
    half_time: tuple[int, int] | None
    winner: int | None
    awarded: bool
    line: int
    supposed: bool = False
    extra_time: tuple[int, int] | None = None

    @property
    def played(self) -> bool:
        """Whether the score is known."""
        return self.home_goals is not None

    @property
    def tie(self) -> tuple[str, frozenset[int]]:
        """What the legs of a tie have in common: their stage and the two teams."""
        return self.stage, frozenset((self.home, self.away))


@dataclass(frozen=True, slots=True)
class Competition:
    """Rules and teams as of the plan's day.

    `team_columns` holds the further columns of teams.csv, a text a team, in the order of `teams`;
    those used as tie-breaks are known to be integers.
    """

    id: str
    name: str
    teams: tuple[str, ...]
    team_columns: Mapping[str, tuple[str, ...]]
    points: PointsRule
    stages: tuple[Stage, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class GivenStrengths:
    """Strengths from a table instead of a fit; log-rates, one entry a team."""

    intercept: float
    home_advantage: float
    attack: tuple[float, ...]
    defence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Covariate:
    """A number known of every team before the first match.

    Its value times one coefficient is added to a team's attack and to its defence (log-rates);
    the coefficient is normal with `mean` and `sd`. `values` are in the order of the teams.
    """

    column: str
    values: tuple[float, ...]
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class EarlierStages:
    """Results of earlier stages, which count with a `weight` in the fit and nowhere else.

    `matches` are (home, away, home goals, away goals); teams from the number of the competition's
    teams on are those of `clubs`, which are in earlier stages alone.
    """

    clubs: tuple[str, ...]
    matches: tuple[tuple[int, int, int, int], ...]
    weight: float


GoalModelName = Literal["poisson", "dixon_coles", "bivariate_poisson", "negative_binomial"]


@dataclass(frozen=True, slots=True)
class StrengthPlan:
    """How strengths are found. `given` is there exactly if the model is `given`.

    `first_half_share` is the chance that a goal falls in the first half, used as it is by `given`;
    else known half-time scores move it (`strength.fitting`). Everything after `given` is
    information beyond the results, off unless the config asks for it: `groups` are columns of the
    teams whose members share strength, `half_life` is in days.
    """

    model: GoalModelName | Literal["given"]
    uncertainty: Literal["posterior", "none"]
    first_half_share: float
    given: GivenStrengths | None
    groups: tuple[str, ...] = ()
    covariates: tuple[Covariate, ...] = ()
    earlier: EarlierStages | None = None
    half_life: float | None = None

    @property
    def goals(self) -> GoalModelName:
        """The law of the goals; given strengths are those of Poisson goals."""
        return "poisson" if self.model == "given" else self.model

    @property
    def knows_teams(self) -> bool:
        """Whether teams differ before the first result of the competition."""
        return bool(self.covariates or self.earlier)

    @property
    def is_plain(self) -> bool:
        """Whether goals are Poisson and nothing is known but the results."""
        beyond = self.groups or self.covariates or self.earlier or self.half_life
        return self.goals == "poisson" and not beyond


@dataclass(frozen=True, slots=True)
class Simulation:
    """How much to simulate: `runs`, or enough for `target_error`; exactly one is not None."""

    runs: int | None
    target_error: float | None
    rng_seed: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plan came from.

    `resolved` is the canonical JSON of the whole resolved config, labels and all, `config_hash` the
    SHA-256 of it and of the data files: of everything that can change a number. `inputs` are
    (name as written in the config, SHA-256) of every file read.
    """

    path: str
    resolved: str
    config_hash: str
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Scores of past forecasts of the competition: a JSON document, kept as it was written.

    `model` is the entry in it with the strengths of this forecast, if there is one; `out_of_date`
    says what has changed since it was written, `worse` what was clearly better than that entry.
    """

    text: str
    model: str | None
    out_of_date: tuple[str, ...]
    worse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One forecast, ready to be fitted and simulated.

    `matches` holds every fixture of the stages that the forecast uses, scores as known on
    `as_of`; `after` is (stage, round) if they are known up to a round instead of a day. With
    `start`, the first simulated stage, `bracket` lists its ties as (home of the first leg, its
    rival) in bracket order; without it both are None. `record` changes no number of a forecast, so
    it is not part of the hash.
    """

    id: str
    as_of: date | None
    competition: Competition
    matches: tuple[Match, ...]
    start: str | None
    bracket: tuple[tuple[int, int], ...] | None
    strength: StrengthPlan
    simulation: Simulation
    warnings: tuple[str, ...]
    source: Source
    record: Record | None = None
    after: tuple[str, int] | None = None

    @property
    def dated(self) -> str:
        """Up to when results are known, in words."""
        day = f"as of {self.as_of}" if self.as_of else ""
        last = "after round {1} of {0}".format(*self.after) if self.after else ""
        return ", ".join(part for part in (day, last) if part) or "as of all known results"
