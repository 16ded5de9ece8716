"""What the compiled functions hand to each other: scalars as numba sees them, and work arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "PLACE",
    "TEAM",
    "CommonWork",
    "Factors",
    "Flag",
    "Integer",
    "LadderWork",
    "NeedsTally",
    "NeedsWork",
    "Scale",
    "TableWork",
    "Tally",
    "Thresholds",
    "TieWork",
]

Integer = int | np.integer[Any]
Flag = bool | np.bool_
Scale = tuple[np.float32, np.float32, np.float32]

TEAM = np.uint32(0xFFFF)
"""Low bits of an occupant, `occupants[slot, run]` (uint32): its team; above them its place in the
last table, so that of two the better place is the smaller number."""

PLACE = np.uint32(0x10000)
"""So much more is an occupant one place further down."""


class Factors(NamedTuple):
    """One draw of strengths as factors: a side's rate is `scoring[team] * conceding[rival]`.

    Attributes
    ----------
    scoring, conceding : float64, shape (teams,)
        `scoring` holds the intercept: goals per 90 min against an average rival.
    home : float
        Multiplies the rate of a side at home.
    roots : uint64, shape (teams,)
        Square roots of `scoring` and `conceding` as float32, in the high and the low half.
    goal_model : int
        The law of the goals, a `GOALS_…`.
    shape : float
        The law's number beyond the rates; 0 for Poisson goals.
    """

    scoring: np.ndarray
    conceding: np.ndarray
    home: float
    roots: np.ndarray
    goal_model: Integer
    shape: float


class Thresholds(NamedTuple):
    """What a side's random byte in a run is compared with: below bar k, it has k + 1 goals or more.

    Attributes
    ----------
    bar : int8, shape (sides * MAX_THRESHOLDS,)
        Thresholds less 128, falling from 255 to 0; those of 256 hold for any byte, are in `least`
        and stand here as 0. Flat: bar k of SIDES_AT_ONCE sides, then their bar k + 1, and behind
        their last one the next sides (`rates.first_bar`). A side has at least
        THRESHOLDS_AT_ONCE bars, and bars up to the first multiple of COMPARED_AT_ONCE after its
        last threshold above 0; those beyond hold what another tile left there. Thresholds 256, 200,
        9, 0 are bars 0 (so that no byte is below it), 200, 9, 0, each less 128, with `least` 1 and
        `most` 3.
    least, most : int32 and uint8, shape (sides,)
        Number of thresholds of 256, and of all above 0: the least and the most goals. What makes
        goals of other kinds (`add_common`, `redraw_low_scores`) raises the most.
    """

    bar: np.ndarray
    least: np.ndarray
    most: np.ndarray


class CommonWork(NamedTuple):
    """Work arrays of the goals that are common to both sides, an entry a fixture and more.

    Attributes
    ----------
    rate : float64
    threshold : Thresholds
    words : uint64
    goals : uint8, shape (fixtures, TILE)
    """

    rate: np.ndarray
    threshold: Thresholds
    words: np.ndarray
    goals: np.ndarray


class LadderWork(NamedTuple):
    """Work arrays of the exact ladder, an entry a place.

    Attributes
    ----------
    values : int64
        A rung's value of the team in that place.
    split : int64
        The rung between a place and the next.
    """

    values: np.ndarray
    split: np.ndarray


class NeedsTally(NamedTuple):
    """What the sampled tiles of a replicate add up to; all uint32.

    Attributes
    ----------
    given : shape (events, 2)
        Runs in which the home side won or went through, and in which there was a draw.
    joint : shape (events, 2, 2, outcomes)
        Those of them in which each of the two sides reached each outcome.
    sampled : shape (teams, outcomes)
        Runs in which a team reached an outcome.
    margins : shape (tables, bands, points * margins)
        Teams by their band, and by points and goal difference.
    """

    given: np.ndarray
    joint: np.ndarray
    sampled: np.ndarray
    margins: np.ndarray


class Tally(NamedTuple):
    """What one replicate adds up; see `Counts`.

    Attributes
    ----------
    occupancy : uint32, shape (slots, teams)
    outcomes : uint32, shape (outcomes, teams)
    products : uint32, shape (outcomes, teams)
    points : int64, shape (1 + cuts, bins)
    rungs : int64, shape (cuts, rungs)
    tiles : int64, shape (3,)
        Tiles ranked without keys; those in which some pairing would be beyond `MAX_RATE`; those
        sampled.
    needs : NeedsTally
        Of the tiles that are sampled, one of `SAMPLED_TILES`.
    """

    occupancy: np.ndarray
    outcomes: np.ndarray
    products: np.ndarray
    points: np.ndarray
    rungs: np.ndarray
    tiles: np.ndarray
    needs: NeedsTally


class NeedsWork(NamedTuple):
    """Work arrays of a sampled tile.

    Attributes
    ----------
    reached : uint64, shape (teams, outcomes)
        A bit a run.
    cell : uint32, shape (teams, TILE)
        Where a team is counted in `NeedsTally.margins`.
    points, margin : int32, shape (TILE,)
        Of one team.
    """

    reached: np.ndarray
    cell: np.ndarray
    points: np.ndarray
    margin: np.ndarray


class TableWork(NamedTuple):
    """Work arrays of a table.

    Attributes
    ----------
    counters : uint8, shape (8 * TILE,)
    keys : `key_type`, shape (TILE * teams, up to a multiple of BLOCK,)
        Row by row: of teams, then of places.
    bins : uint32, shape (TILE,)
        Points of the teams in one place, as rows of the points bins from the table's first on.
    near : uint8, shape (TILE,)
        The same from some bin on, and 255 for all that are far.
    found : uint8, shape ((most bins of a table + BINS_AT_ONCE) * TILE,)
        How many places had each bin, run by run.
    found_words : uint64
        The same bytes, eight in a word; never given to a function together with `found`, since
        compiled code takes arguments for arrays that do not overlap.
    total : int64, shape (most bins of a table,)
    ladder : LadderWork
    """

    counters: np.ndarray
    keys: np.ndarray
    bins: np.ndarray
    near: np.ndarray
    found: np.ndarray
    found_words: np.ndarray
    total: np.ndarray
    ladder: LadderWork


class TieWork(NamedTuple):
    """Work arrays of a tie.

    Attributes
    ----------
    roots : float32, shape (2 * TILE,)
        Where the chart is read.
    cells : uint32, shape (2 * TILE,)
        Its words there, the low half and the high half.
    chance : float32, shape (TILE,)
    extra, strict : float32, shape (TILE,)
        Chance when level; chance without what is level, before that the other host's `extra`.
    random : uint32, shape (TILE,)
    wins : uint8, shape (TILE,)
    """

    roots: np.ndarray
    cells: np.ndarray
    chance: np.ndarray
    extra: np.ndarray
    strict: np.ndarray
    random: np.ndarray
    wins: np.ndarray
