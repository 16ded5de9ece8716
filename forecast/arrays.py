"""What crosses the rooms' borders as numbers: the compiled season, the strengths, the counts.

Places are 1-based in plans and tables; here they are slots, 0-based rows of one long list: first
the teams themselves in the order of the plan, then the places of every stage, stage by stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CHART_SIZE",
    "CHART_STEPS",
    "DRAWS_PER_REPLICATE",
    "EXTRA_TIME",
    "FIRST_TEAM",
    "GOALS_BIVARIATE_POISSON",
    "GOALS_DIXON_COLES",
    "GOALS_NEGATIVE_BINOMIAL",
    "GOALS_POISSON",
    "LADDER_ADDITIVE",
    "LADDER_FIRST_HALF",
    "LADDER_HEAD_TO_HEAD",
    "LADDER_LOTS",
    "LADDER_OPPONENTS",
    "LEVEL_AWAY_GOALS",
    "LEVEL_BETTER_PLACE",
    "LEVEL_EXTRA_TIME",
    "LEVEL_NONE",
    "LEVEL_PENALTIES",
    "MARGIN",
    "MAX_RATE",
    "NARROW_TEAMS",
    "NEUTRAL",
    "PAIRING_DRAWN",
    "PAIRING_FIXED",
    "PAIRING_RESEED",
    "RUNS_PER_REPLICATE",
    "SAMPLED_TILES",
    "STRATA",
    "STREAM_VERSION",
    "TILE",
    "UNKNOWN",
    "Counts",
    "Cut",
    "Event",
    "Fixtures",
    "Knockouts",
    "Layout",
    "Needs",
    "OutcomeSlots",
    "PointsBins",
    "Posterior",
    "Program",
    "Season",
    "StageSlots",
    "Tables",
    "key_type",
]

STREAM_VERSION = 4
"""Of the definition of the random streams: what each word is, and what it decides."""

TILE = 64
"""Runs that share one draw of all strengths and one random stream."""

DRAWS_PER_REPLICATE = 512
"""Draws of one scrambled Sobol set; a power of two."""

STRATA = 256
"""Orders of strata that fixtures and ties take in turn; a power of two."""

RUNS_PER_REPLICATE = TILE * DRAWS_PER_REPLICATE

SAMPLED_TILES = 32
"""Of so many tiles of a replicate one is sampled for what costs too much on all."""

MARGIN = 30
"""Goal difference beyond which, either way, a margin counts as this one."""

NARROW_TEAMS = 128
"""Most teams of which 32 bits sort a table: neighbours that they leave level, and that the exact
ladder has to settle, grow with the square of the teams."""

FIRST_TEAM = 2
"""Index of the first attack in a row of strengths; before it intercept and home advantage."""

MAX_RATE = 40.0
"""Goals per 90 min at which a rate is held, in a tie the sum over its legs at that many times it,
unless it is played leg by leg; a tile in which any pairing could be beyond it is counted as
capped."""

EXTRA_TIME = 1.0 / 3.0
"""Of a match: thirty minutes beside ninety."""

(
    GOALS_POISSON,
    GOALS_DIXON_COLES,
    GOALS_BIVARIATE_POISSON,
    GOALS_NEGATIVE_BINOMIAL,
) = range(4)
"""The law of the goals, given both rates and its shape."""

LADDER_ADDITIVE, LADDER_OPPONENTS, LADDER_FIRST_HALF, LADDER_LOTS, LADDER_HEAD_TO_HEAD = range(5)
"""How a rung of a table's ladder is computed."""

LEVEL_NONE, LEVEL_AWAY_GOALS, LEVEL_BETTER_PLACE, LEVEL_PENALTIES, LEVEL_EXTRA_TIME = range(5)
"""The rungs that decide a level tie; `LEVEL_NONE` fills the end of a row."""

PAIRING_FIXED, PAIRING_DRAWN, PAIRING_RESEED = range(3)
"""How the sides of a round meet: as its slots say, dealt from pots, or sorted by place."""

CHART_STEPS = 28
CHART_SIZE = 9 * CHART_STEPS + 1
"""The chart of tie chances covers rates up to 81, a two-legged tie at `MAX_RATE`."""

UNKNOWN = -1
"""In place of a row, a winner, goals or a host that there is not, or that nobody knows yet."""

NEUTRAL = -2
"""Entry of `Knockouts.listed_host`: a neutral venue."""

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
UInt8 = NDArray[np.uint8]
Keys = NDArray[np.uint32] | NDArray[np.uint64]
UInt64 = NDArray[np.uint64]
Float64 = NDArray[np.float64]


def key_type(teams: int) -> type[np.uint32 | np.uint64]:
    """Return the type of the sort keys of so many teams."""
    return np.uint32 if teams <= NARROW_TEAMS else np.uint64


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is known of the strengths: a mixture of normals, one a node of hyperparameters.

    A row of strengths has `2 + 2 * teams` log-rates: intercept, home advantage, the attacks, the
    defences. A draw is `mean[node] + factor[node] @ z` with `z` standard normal and the node
    drawn by `weights`. Strengths that are simply known have one node and no column in `factor`.

    Attributes
    ----------
    weights : float64, shape (nodes,)
        Posterior probability of each node; they sum to 1.
    mean : float64, shape (nodes, 2 + 2 * teams)
    factor : float64, shape (nodes, 2 + 2 * teams, rank)
        Lower Cholesky factor of each node's covariance; `rank` is 0 or `2 + 2 * teams`.
    first_half_share : float
        Chance that a goal falls in the first half.
    shape : float64, shape (nodes,), or None
        The goal model's number beyond the rates; a draw then has one more entry, the last.
    """

    weights: Float64
    mean: Float64
    factor: Float64
    first_half_share: float
    shape: Float64 | None = None


@dataclass(frozen=True, slots=True)
class StageSlots:
    """Slots `first` to `first + size - 1` of one stage; places of it are shown if `published`."""

    stage: str
    first: int
    size: int
    published: bool


@dataclass(frozen=True, slots=True)
class OutcomeSlots:
    """The slots that make up one outcome; a team reaches at most one of them in a run."""

    id: str
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """The line below `place` (1-based) of a table stage, and the rungs that can decide it."""

    stage: str
    place: int
    rungs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointsBins:
    """Rows `first` to `first + size - 1` of `Counts.points`: totals from `lowest` upwards."""

    stage: str
    lowest: int
    first: int
    size: int


@dataclass(frozen=True, slots=True)
class Event:
    """A match left whose result is counted: its number in the plan, and whether it is of a tie.

    A tie has no draw: its result is who goes through.
    """

    match: int
    tie: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of the counts mean; the only bridge between slots and names."""

    stages: tuple[StageSlots, ...]
    outcomes: tuple[OutcomeSlots, ...]
    cuts: tuple[Cut, ...]
    points: tuple[PointsBins, ...]
    events: tuple[Event, ...]


class Fixtures(NamedTuple):
    """The fixtures left to play in all tables, and supposed ones, which are of no team's list.

    A *side* is one team in one fixture: side `2 f` is the home team of fixture f, side `2 f + 1`
    its rival.

    Attributes
    ----------
    home, away : int64, shape (fixtures,)
        Teams.
    neutral : bool, shape (fixtures,)
    """

    home: Int64
    away: Int64
    neutral: Bool


class Tables(NamedTuple):
    """Everything about the table stages.

    A table row is `table * teams + team`. The eight counters of a team are wins, draws, goals for
    and goals against; first of its home sides, then of its away sides. Lists of lists are flat,
    list i being `values[start[i] : start[i + 1]]`.

    Attributes
    ----------
    side_start, side_list : int64
        Sides left to play of each table row, those at home first.
    side_away : int64, shape (table rows,)
        Where in `side_list` the sides away begin.
    side_rival : int64
        The team across each side of that list.
    met_start, met_rival : int64
        Rivals of each table row in played matches.
    met_goals : int64, shape (met, 2)
        Its goals and the rival's in each of them.
    rival_start, rival_list : int64
        Rivals of each table row over all its matches, played or not.
    hidden_start, hidden_list : int64
        For each table row its sides among the played matches without a half-time score;
        side `2 h` is home in row h of `hidden_goals`.
    hidden_goals : int64, shape (hidden, 2)
    half_constant : int64, shape (table rows,)
        First-half points from known half-time scores.
    first_half_threshold : uint64
        First-half share in units of 2^-32.
    rung_count, packed_count : int64, shape (tables,)
        Rungs of each ladder; how many leading ones are packed into the sort key.
    rung_kind : int64, shape (tables, rungs)
        One of `LADDER_…`.
    rung_weight : int64, shape (tables, rungs, 8)
        A rung's value is its constant plus these weights times the counters; head to head it is
        the constant, too, for every match between level teams. The first rung of a block of
        additive ones has those of the whole block: all its rungs as one value.
    rung_constant : int64, shape (tables, rungs, teams)
    rung_block : int64, shape (tables, rungs)
        The rung after the block that a rung belongs to, of additive or head-to-head rungs; those
        of the sort key begin one.
    block_shift : int64, shape (tables, rungs)
        Lowest bit of an additive rung's field in the value of its block.
    rung_shift : `key_type`, shape (tables, rungs)
        Lowest bit of a packed rung's field in the sort key.
    key_weight : `key_type`, shape (tables, 8)
    key_constant : `key_type`, shape (tables, teams)
        The packed rungs as one linear form in points, away points, goals for, goals against; then
        wins, away wins, away goals for and away goals against. Points are all those of the matches
        left. The team's index is in the low `key_bits` bits.
    key_others : bool, shape (tables,)
        Whether any of the last four has a weight.
    key_bits : int
    key_goals : int64, shape (tables,)
        The key is exact while no team has more goals than so many a match, for or against, at
        home or away.
    points_weight : int64, shape (tables, 8)
    points_constant : int64, shape (tables, teams)
    points_value : int64, shape (tables, 3)
        Win, draw, loss.
    points_bin : int64, shape (tables,)
        What to add to a total of points to get its row in the points bins.
    points_rung : int64, shape (tables,)
        Packed rung that holds the points, or `UNKNOWN`.
    points_field : `key_type`, shape (tables, 2)
        Shift and mask of that rung's field; its value counts from the first row of the bins.
    points_first, points_last : int64, shape (tables,)
        First row of the table in the points bins, and the one after its last.
    cut_table, cut_place : int64, shape (cuts,)
    """

    side_start: Int64
    side_list: Int64
    side_away: Int64
    side_rival: Int64
    met_start: Int64
    met_rival: Int64
    met_goals: Int64
    rival_start: Int64
    rival_list: Int64
    hidden_start: Int64
    hidden_list: Int64
    hidden_goals: Int64
    half_constant: Int64
    first_half_threshold: np.uint64
    rung_count: Int64
    packed_count: Int64
    rung_kind: Int64
    rung_weight: Int64
    rung_constant: Int64
    rung_block: Int64
    block_shift: Int64
    rung_shift: Keys
    key_weight: Keys
    key_others: Bool
    key_constant: Keys
    key_bits: int
    key_goals: Int64
    points_weight: Int64
    points_constant: Int64
    points_value: Int64
    points_bin: Int64
    points_rung: Int64
    points_field: Keys
    points_first: Int64
    points_last: Int64
    cut_table: Int64
    cut_place: Int64


class Knockouts(NamedTuple):
    """Everything about the knockout stages.

    Attributes
    ----------
    tie_first, tie_count : int64, shape (knockouts,)
        The ties of a stage in the numbering of all ties.
    tie_slot : int64, shape (ties, 2)
        The two slots that meet, spare ones unless the pairing is fixed.
    pairing : int64, shape (knockouts,)
        One of `PAIRING_…`.
    entrant_start, entrant_list : int64
        Slots that enter a round whose pairing is not fixed, a flat list of lists.
    entrant_pot : int64, shape (entrants,)
        Where the pot of an entrant begins, counted from the first entrant of the round.
    spare_slot, spare_count : int
        Rows after all slots, in which the sides of such a round are put in order.
    legs : int64, shape (knockouts,)
    neutral : bool, shape (knockouts,)
    host_lots : bool, shape (knockouts,)
        Whether lots, not the better place, decide who hosts the last leg.
    level : int64, shape (knockouts, 3)
        Ladder for a level tie, `LEVEL_…`.
    by_legs : bool, shape (knockouts,)
        Whether a tie hangs on more than its aggregate and extra time, so that it is played leg by
        leg.
    any_listed : bool, shape (knockouts,)
        Whether matches.csv lists a tie of the round of which something is known.
    listed_row : int64, shape (knockouts, teams)
        Row of the tie that matches.csv lists for the team in this round, or `UNKNOWN`.
    listed_teams : int64, shape (listed, 2)
    listed_winner : int64, shape (listed,)
        0 or 1 for a settled tie, or `UNKNOWN`.
    listed_goals : int64, shape (listed, 2, 2)
        Goals in each leg of each team, or `UNKNOWN`.
    listed_host : int64, shape (listed, 2)
        0 or 1, `UNKNOWN` or `NEUTRAL`, a leg.
    listed_extra : bool, shape (listed,)
        Whether extra time is known to have left the tie level.
    series_terms : int64
        Terms that a Poisson series needs, by four times its rate.
    chart : uint64, shape (2, CHART_SIZE²)
        P(X > Y) + P(X = Y) / 2 and P(X > Y) for Poisson X and Y, by the square roots of their
        rates in steps of `1 / CHART_STEPS`; each at four corners, 16 bits a corner, so that one
        look-up is enough: lowest (i, j), then (i, j + 1), (i + 1, j), (i + 1, j + 1).
    """

    tie_first: Int64
    tie_count: Int64
    tie_slot: Int64
    pairing: Int64
    entrant_start: Int64
    entrant_list: Int64
    entrant_pot: Int64
    spare_slot: int
    spare_count: int
    legs: Int64
    neutral: Bool
    host_lots: Bool
    level: Int64
    by_legs: Bool
    any_listed: Bool
    listed_row: Int64
    listed_teams: Int64
    listed_winner: Int64
    listed_goals: Int64
    listed_host: Int64
    listed_extra: Bool
    series_terms: Int64
    chart: UInt64


class Needs(NamedTuple):
    """What is counted on sampled tiles: matches with their teams, and margins at the cuts.

    Attributes
    ----------
    event_side : int64, shape (events,)
        The home side of a match of a table, or `UNKNOWN` for a tie.
    event_slots : int64, shape (events, 2)
        First slot and number of those of the winners of a tie's stage.
    event_teams : int64, shape (events, 2)
        Home and away.
    band : int64, shape (tables, teams)
        How many cuts lie below each place.
    margin_known : int64, shape (tables, teams)
        Goal difference of the played matches.
    """

    event_side: Int64
    event_slots: Int64
    event_teams: Int64
    band: Int64
    margin_known: Int64


class Program(NamedTuple):
    """A competition as the arrays that the kernel plays: a straight-line program over slots.

    Attributes
    ----------
    stage_is_table : bool, shape (stages,)
    stage_slot : int64, shape (stages,)
        First slot of a stage.
    stage_index : int64, shape (stages,)
        Which table, or which knockout, the stage is.
    entry_places : bool
        Whether a table gives its places to the occupants of all slots before it, since a round may
        draw on those.
    outcome_start, outcome_list : int64
        Slots of each outcome, a flat list of lists.
    counted : int64
        Slots whose occupants are counted. The losers of a tie follow from its sides and winner, so
        they are only counted where an outcome asks for them or the sides are in spare rows.
    strata : uint8, shape (STRATA, 2, TILE)
        For each half of a tile the multiples of 8 below 256 in some order; in the second row with
        their five leading bits reversed, so that the pairs of a fixture's sides are even, too.
    fixtures : Fixtures
    tables : Tables
    knockouts : Knockouts
    needs : Needs
    goal_model : int
        A `GOALS_…`; other than Poisson, a draw of strengths ends with the model's shape.
    """

    stage_is_table: Bool
    stage_slot: Int64
    stage_index: Int64
    entry_places: bool
    outcome_start: Int64
    outcome_list: Int64
    counted: Int64
    strata: UInt8
    fixtures: Fixtures
    tables: Tables
    knockouts: Knockouts
    needs: Needs
    goal_model: int


@dataclass(frozen=True, slots=True)
class Season:
    """A compiled competition: the program, what its rows mean, and its sizes."""

    program: Program
    layout: Layout
    teams: int
    slots: int
    bins: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted over whole replicates; every field is a sum, so counts add in any order.

    Attributes
    ----------
    replicates : int
        Each has `RUNS_PER_REPLICATE` runs.
    occupancy, occupancy_squares : int64, shape (slots, teams)
        Runs in which a team finished in a slot; and the sum over replicates of the squares of
        their hits, for errors.
    outcomes, outcome_squares : int64, shape (outcomes, teams)
        The same for outcomes.
    products : int64, shape (outcomes, teams)
        Sum over tiles of hits in the first half of the runs times hits in the second.
    points : int64, shape (bins, 1 + cuts)
        Column 0: how often a total of points was reached, over all teams; column 1 + c: how often
        it was enough to finish above cut c (zero for bins of another stage than the cut's).
    rungs : int64, shape (cuts, most rungs of any cut)
        Which rung of the ladder separated the two teams at each cut.
    given, given_squares : int64, shape (events, 3)
        On sampled tiles, how often a match ended as a home win, a draw, an away win; and the sum
        over replicates of the squares.
    joint, joint_squares, joint_given : int64, shape (events, 3, 2, outcomes)
        Those of them in which the home team, and the away team, reached each outcome; the squares,
        and the products with `given`.
    margins : int64, shape (tables, bands, points, 2 * MARGIN + 1)
        Teams on sampled tiles by cuts below their place, points from the least of the bins, and
        goal difference from -MARGIN.
    sampled_tiles : int
    exact_tiles : int
        Tiles whose scores could leave a packed field, ranked by the slower exact ladder.
    capped_tiles : int
        Tiles in whose draw some team would be beyond `MAX_RATE` against some other, whether they
        meet or not.
    """

    replicates: int
    occupancy: Int64
    occupancy_squares: Int64
    outcomes: Int64
    outcome_squares: Int64
    products: Int64
    points: Int64
    rungs: Int64
    given: Int64
    given_squares: Int64
    joint: Int64
    joint_squares: Int64
    joint_given: Int64
    margins: Int64
    sampled_tiles: int
    exact_tiles: int
    capped_tiles: int

    @property
    def runs(self) -> int:
        """Number of simulated tournaments."""
        return self.replicates * RUNS_PER_REPLICATE
