"""The two TOML documents as pydantic models: what each key may hold.

The `description` of a key is what an error message names as allowed, and what the exported JSON
Schema shows in an editor; so it reads as "allowed …".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from forecast.config.problems import show
from forecast.plan import ENTRY, HISTORY_FOLDER

__all__ = [
    "BUILT_IN_TIE_BREAKS",
    "DEFAULT_RUNS",
    "LOTS",
    "MAX_RUNS",
    "TAGS",
    "Change",
    "CompetitionFile",
    "CovariateFile",
    "EarlierFile",
    "ForecastFile",
    "KnockoutFile",
    "TableFile",
    "name_fault",
]

LOTS = "lots"
BUILT_IN_TIE_BREAKS = (
    "points",
    "goal_difference",
    "goals_for",
    "wins",
    "away_points",
    "away_goal_difference",
    "away_goals_for",
    "away_wins",
    "first_half_points",
    "opponents_points",
    "opponents_goal_difference",
    "opponents_goals_for",
    "head_to_head_points",
    "head_to_head_goal_difference",
    "head_to_head_goals_for",
    LOTS,
)

DEFAULT_RUNS = 524_288
MAX_RUNS = 10**11
"""A day of a large cluster; more is a slip of the finger."""

TAGS = ("table", "knockout", "a date", "a round")
"""Names of the branches of unions, which pydantic puts into the place of an error."""

_NAME_LIMIT = 200
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@lru_cache(maxsize=4096)  # every row of matches.csv names two teams
def name_fault(text: str) -> str | None:
    """Return what forbids a text in names, or None: what no file, page or terminal can carry."""
    if not text.strip():
        return "an empty text"
    if len(text) > _NAME_LIMIT:
        return f"{len(text)} characters"
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} or character in _DIRECTIONS:
            return f"the control character U+{ord(character):04X}"
        if ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
            return f"the noncharacter U+{ord(character):04X}"
    return None


def formula_fault(text: str) -> str | None:
    """Return what forbids a text in a cell of a spreadsheet, which would calculate it, or None."""
    formula = text.startswith(_FORMULA_SIGNS)
    return f"{show(text)}, which begins like a formula" if formula else None


def _clean(text: str) -> str:
    fault = name_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def _no_device(text: str) -> str:
    if _DEVICES.fullmatch(text):
        raise ValueError("a name that Windows keeps for a device")
    return text


def _not_the_history(text: str) -> str:
    if text == HISTORY_FOLDER:
        raise ValueError("the name of the folder of all past forecasts")
    return text


def _not_entry(text: str) -> str:
    if text == ENTRY:
        raise ValueError("the name of the list of all teams")
    return text


Text = Annotated[
    str,
    Field(min_length=1, max_length=_NAME_LIMIT),
    AfterValidator(_clean),
]
FileName = Annotated[
    str,
    Field(min_length=1, max_length=1000, description="the path of a file, relative to this file"),
]
FolderId = Annotated[
    str,
    Field(pattern=r"^[a-z0-9-]{1,64}$", description="1 to 64 of a-z, 0-9 and -, no device name"),
    AfterValidator(_no_device),
]
StageId = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_-]{0,63}$",
        description='1 to 64 of a-z, 0-9, _ and -, a letter first, not "teams"',
    ),
    AfterValidator(_not_entry),
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
PlacesText = Annotated[
    str,
    Field(
        pattern=r"^(teams|[a-z][a-z0-9_-]{0,63}:[1-9][0-9]{0,3}(-[1-9][0-9]{0,3})?)$",
        description='places of an earlier stage as "stage:first-last" or "stage:place", or "teams"',
    ),
]
Version = Annotated[int, Field(ge=1, le=1, description="1, the version that this program reads")]
LogRate = Annotated[float, Field(ge=-10, le=10, description="a log-rate from -10 to 10")]


class _Document(BaseModel):
    """Strict: no other keys, no conversion between types, no infinite numbers."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class AfterRound(_Document):
    """A day named by the last round that is known."""

    stage: StageId
    round: Annotated[int, Field(ge=1, le=999, description="the number of a round, 1 to 999")]


def _kind_of_day(value: object) -> str:
    return "a round" if isinstance(value, dict | AfterRound) else "a date"


AsOf = Annotated[
    Annotated[date, Tag("a date")] | Annotated[AfterRound, Tag("a round")],
    Discriminator(_kind_of_day),
]


Labels = Annotated[
    dict[Language, Text],
    Field(description='a text for each language, such as { en = "Promoted" }'),
]


class CovariateFile(_Document):
    """A number known of every team that moves its attack and its defence."""

    column: Annotated[Text, Field(description="a column of teams.csv, or of `table`")]
    label: Labels = {}
    table: FileName | None = None
    value: Annotated[
        Text | None, Field(description="a text: 1 where the cell holds it, else 0")
    ] = None
    unit: Annotated[float, Field(gt=0, le=1e9, description="a number above 0")] = 1.0
    mean: Annotated[float, Field(ge=-2, le=2, description="a log-rate from -2 to 2")] = 0.0
    sd: Annotated[float, Field(gt=0, le=2, description="a log-rate above 0, at most 2")]


class EarlierFile(_Document):
    """Results of earlier stages, which count in the fit alone."""

    results: FileName
    weight: Annotated[
        float, Field(gt=0, le=1, description="a number above 0, at most 1: a full match")
    ]


class StrengthFile(_Document):
    """`[strength]` of a forecast."""

    model: Annotated[
        Literal["poisson", "dixon_coles", "bivariate_poisson", "negative_binomial", "given"],
        Field(
            description='"poisson", "dixon_coles", "bivariate_poisson", "negative_binomial" '
            'or "given"'
        ),
    ] = "poisson"
    uncertainty: Annotated[
        Literal["posterior", "none"] | None, Field(description='"posterior" or "none"')
    ] = None
    first_half_share: Annotated[
        float, Field(gt=0, lt=1, description="a number between 0 and 1, both excluded")
    ] = 0.45
    table: FileName | None = None
    intercept: LogRate | None = None
    home_advantage: LogRate | None = None
    groups: Annotated[
        list[Text], Field(max_length=8, description="a list of columns of teams.csv")
    ] = []
    covariate: Annotated[
        list[CovariateFile], Field(max_length=16, description="tables [[strength.covariate]]")
    ] = []
    earlier: EarlierFile | None = None
    half_life_days: Annotated[
        float | None, Field(gt=0, le=100_000, description="a number of days above 0")
    ] = None


class SimulationFile(_Document):
    """`[simulation]` of a forecast."""

    runs: Annotated[
        int | None,
        Field(ge=1, le=MAX_RUNS, description=f"an integer from 1 to {MAX_RUNS:,}"),
    ] = None
    target_error: Annotated[
        float | None, Field(ge=1e-5, le=0.1, description="a number from 0.00001 to 0.1")
    ] = None
    rng_seed: Annotated[int, Field(ge=0, lt=2**63, description="an integer from 0 to 2^63 - 1")]


class ForecastFile(_Document):
    """A forecast: which competition, as of which day, simulated how often."""

    schema_version: Version
    id: Annotated[FolderId, AfterValidator(_not_the_history)]
    competition: FileName
    as_of: Annotated[
        AsOf | None, Field(description="a date such as 2023-09-15, or { stage = …, round = … }")
    ] = None
    start: Annotated[StageId | None, Field(description="the id of a knockout stage")] = None
    strength: StrengthFile = StrengthFile()
    simulation: Annotated[
        SimulationFile, Field(description="a table [simulation] with at least rng_seed")
    ]


_POINTS = Field(ge=0, le=10, description="an integer from 0 to 10")


class PointsFile(_Document):
    """Points for a match in a table."""

    win: Annotated[int, _POINTS] = 3
    draw: Annotated[int, _POINTS] = 1
    loss: Annotated[int, _POINTS] = 0


class AdjustmentFile(_Document):
    """Points given to or taken from a team by a ruling."""

    team: Annotated[Text, Field(description="the name of a team")]
    points: Annotated[int, Field(ge=-100, le=100, description="an integer from -100 to 100")]
    from_: Annotated[date | None, Field(alias="from", description="a date")] = None
    reason: Annotated[Text, Field(description="a text of 1 to 200 characters")]


_ENTRANTS = Field(
    min_length=1, max_length=64, description="a list of places of earlier stages, at least one"
)
_LADDER = Field(min_length=1, max_length=32, description="a list of tie-breaks, points among them")
TieBreak = Annotated[str, Field(description="the name of a tie-break")]
_SINCE = Field(alias="from", description="a date")


class Change(_Document):
    """Rules that changed on a day."""

    from_: Annotated[date, _SINCE]


class TableChange(Change):
    """A rule of a table that changed on a day."""

    tie_breaks: Annotated[list[TieBreak], _LADDER]


class TableFile(_Document):
    """A stage that ranks its entrants."""

    id: StageId
    kind: Literal["table"]
    label: Labels = {}
    entrants: Annotated[list[PlacesText], _ENTRANTS]
    tie_breaks: Annotated[list[TieBreak], _LADDER]
    adjustments: Annotated[
        list[AdjustmentFile], Field(max_length=1000, description="a list of adjustments")
    ] = []
    change: Annotated[
        list[TableChange], Field(max_length=64, description="tables [[stage.change]]")
    ] = []


Pairing = Annotated[
    Literal["fold", "adjacent", "reseed", "drawn"],
    Field(description='"fold", "adjacent", "reseed" or "drawn"'),
]
Legs = Annotated[int, Field(ge=1, le=2, description="1 or 2")]
Venue = Annotated[Literal["home", "neutral"], Field(description='"home" or "neutral"')]
Host = Annotated[Literal["better_place", "lots"], Field(description='"better_place" or "lots"')]
Rung = Annotated[
    Literal["away_goals", "better_place", "extra_time", "penalties"],
    Field(description='"away_goals", "better_place", "extra_time" or "penalties"'),
]
Level = Annotated[
    list[Rung],
    Field(
        min_length=1, max_length=3, description='a list that ends in "better_place" or "penalties"'
    ),
]


class KnockoutChange(Change):
    """Rules of a knockout that changed on a day."""

    legs: Legs | None = None
    venue: Venue | None = None
    second_leg_host: Host | None = None
    level: Level | None = None


class KnockoutFile(_Document):
    """A stage of ties."""

    id: StageId
    kind: Literal["knockout"]
    label: Labels = {}
    entrants: Annotated[list[PlacesText], _ENTRANTS]
    pairing: Pairing
    legs: Legs
    venue: Venue = "home"
    second_leg_host: Host = "better_place"
    level: Level
    change: Annotated[
        list[KnockoutChange], Field(max_length=64, description="tables [[stage.change]]")
    ] = []


StageFile = Annotated[TableFile | KnockoutFile, Field(discriminator="kind")]


class OutcomeFile(_Document):
    """A set of places with a name."""

    id: StageId
    label: Labels = {}
    places: Annotated[list[PlacesText], _ENTRANTS]


class CompetitionFile(_Document):
    """A competition: its teams, stages and outcomes."""

    schema_version: Version
    id: FolderId
    name: Annotated[Text, Field(description="a text of 1 to 200 characters")]
    teams: FileName
    matches: FileName
    points: PointsFile = PointsFile()
    stage: Annotated[
        list[StageFile], Field(min_length=1, max_length=64, description="1 to 64 tables [[stage]]")
    ]
    outcome: Annotated[
        list[OutcomeFile],
        Field(min_length=1, max_length=64, description="1 to 64 tables [[outcome]]"),
    ]
    headline: Annotated[
        StageId | None, Field(description="the id of an outcome, which pages put first")
    ] = None
    sources: Annotated[
        list[Text], Field(max_length=64, description="a list of who published the data")
    ] = []
