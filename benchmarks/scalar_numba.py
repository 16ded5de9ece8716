"""An independent simulation, fast enough to check the kernel with hundreds of millions of runs.

One run after the other, and nothing shared with `forecast`: every fixture has one table with the
joint law of its scores and its half-time result, made with scipy and read by inversion; a team's
standings are one integer with a field a rung; an insertion sort; a shuffle of what stays level;
the exact chance of every tie. Random numbers are those of xorshift64* (Vigna, ACM Transactions on
Mathematical Software 42, 2016).
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from benchmarks.shape import KNOCKOUT_PLACES, LADDER, QUALIFIED, Season

__all__ = ["Tables", "make_tables", "simulate"]

GOALS = np.arange(30)
"""Of a side in a match; more have a chance below 1e-15 at the usual rates."""

LEAST_CHANCE = 1e-14
"""Rarer results of a match are left out."""

GUIDE_BITS = 8
"""Of a random number: they say where in a law the search begins."""

BITS = {
    "points": 6,
    "goal_difference": 9,
    "goals_for": 8,
    "away_points": 5,
    "away_goal_difference": 9,
    "away_goals_for": 7,
    "first_half_points": 6,
}
"""Of each field; a field of differences begins at half its range."""

TEAM_BITS = 6

STEPS = 2**53
"""Of a random number, and of chances that it is compared with."""

Int16 = NDArray[np.int16]
UInt64 = NDArray[np.uint64]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


class Tables(NamedTuple):
    """A season as the tables that a run reads.

    Attributes
    ----------
    start : int64, shape (fixtures,)
        First result of each fixture.
    result : int64, shape (results, 3)
        The results of the fixtures, in each the likeliest first: cumulated chance in units of
        1 / STEPS; what it adds to the standings of the home team, and of its rival.
    guide : int16, shape (fixtures, 2**GUIDE_BITS)
        The result with which the search begins, counted from the fixture's first.
    home, away : int64, shape (fixtures,)
    begin : int64, shape (teams,)
        Standings before the first match, the team's number in the low bits.
    shift : int64, shape (7,)
        Lowest bit of each rung's field, the first rung first.
    beats : int64, shape (teams, teams)
        Chance to win a tie of two legs, in units of 1 / STEPS.
    draw_lots : bool
    """

    start: Int64
    result: Int64
    guide: Int16
    home: Int64
    away: Int64
    begin: Int64
    shift: Int64
    beats: Int64
    draw_lots: bool


def make_tables(
    season: Season, *, ladder: tuple[str, ...] = LADDER, draw_lots: bool = True
) -> Tables:
    """Return the tables of a season; another `ladder`, or none of the lots, plants a bug."""
    shift = field_shifts(ladder)
    laws = [
        fixture_law(season.rate_at_home[host, guest], season.rate_away[guest, host], season, shift)
        for host, guest in zip(season.home, season.away, strict=True)
    ]
    steps = np.arange(2**GUIDE_BITS) * (STEPS >> GUIDE_BITS)
    middle = sum(
        1 << (BITS[name] - 1 + shift[name]) for name in BITS if name.endswith("difference")
    )
    return Tables(
        start=np.cumsum([0, *(len(law) for law in laws[:-1])]),
        result=np.concatenate(laws),
        guide=np.array([np.searchsorted(law[:, 0], steps, "right") for law in laws], np.int16),
        home=season.home,
        away=season.away,
        begin=middle + np.arange(season.teams),
        shift=np.array([shift[name] for name in ladder[:-1]]),
        beats=np.rint(tie_chances(season) * STEPS).astype(np.int64),
        draw_lots=draw_lots,
    )


def field_shifts(ladder: tuple[str, ...]) -> dict[str, int]:
    """Return the lowest bit of each rung's field; the last rung is lots."""
    shifts, low = {}, TEAM_BITS
    for name in reversed(ladder[:-1]):
        shifts[name] = low
        low += BITS[name]
    return shifts


def fixture_law(rate: float, rival_rate: float, season: Season, shift: dict[str, int]) -> Int64:
    """Return the results of a fixture as rows of `Tables.result`."""
    share = season.first_half_share
    own, rival = halves(rate, share), halves(rival_rate, share)
    fewer = np.cumsum(rival, axis=1) - rival  # fewer goals of the rival by half-time
    more = rival.sum(axis=1, keepdims=True) - fewer - rival
    chance = np.stack([own @ fewer.T, own @ rival.T, own @ more.T], axis=-1)
    goals, conceded, half = np.indices(chance.shape)
    order = np.argsort(-chance, axis=None)
    order = order[chance.ravel()[order] > LEAST_CHANCE]
    goals, conceded, half, chance = (
        each.ravel()[order] for each in (goals, conceded, half, chance)
    )
    edge = np.rint(np.cumsum(chance) / chance.sum() * STEPS).astype(np.int64)
    edge[-1] = STEPS
    early = np.array([3, 1, 0])
    home_gain = gain(goals, conceded, early[half], shift, away=False)
    away_gain = gain(conceded, goals, early[2 - half], shift, away=True)
    return np.stack([edge, home_gain, away_gain], axis=1)


def halves(rate: float, share: float) -> Float64:
    """Return the chance of [goals, goals by half-time] of one side: the halves are independent."""
    early, late = poisson.pmf(GOALS, rate * share), poisson.pmf(GOALS, rate * (1 - share))
    goals, by_half = np.meshgrid(GOALS, GOALS, indexing="ij")
    return np.where(goals >= by_half, early[by_half] * late[np.abs(goals - by_half)], 0.0)


def gain(
    goals: Int64, conceded: Int64, early_points: Int64, shift: dict[str, int], *, away: bool
) -> Int64:
    """Return what a result adds to the standings of one side."""
    points = 3 * (goals > conceded) + (goals == conceded)
    gains = {
        "points": points,
        "goal_difference": goals - conceded,
        "goals_for": goals,
        "away_points": away * points,
        "away_goal_difference": away * (goals - conceded),
        "away_goals_for": away * goals,
        "first_half_points": early_points,
    }
    return sum((gains[name] << shift[name] for name in shift), np.zeros(goals.size, np.int64))


def tie_chances(season: Season) -> Float64:
    """Return the chance of [team, rival] to win over two legs; a level tie is decided evenly."""
    rates = season.rate_at_home + season.rate_away
    chance = poisson.pmf(np.arange(80), rates[:, :, None])
    fewer = np.cumsum(chance, axis=2) - chance
    rival, rival_fewer = chance.transpose(1, 0, 2), fewer.transpose(1, 0, 2)
    beats: Float64 = (chance * (rival_fewer + 0.5 * rival)).sum(axis=2)
    return beats


def simulate(tables: Tables, *, runs: int, rng_seed: int) -> tuple[Int64, Int64, Int64]:
    """Return what so many runs led to; releases the GIL.

    Returns
    -------
    occupancy : int64, shape (teams + 62, teams)
        Hits of the table's places, then of the knockout's, round by round.
    points : int64, shape (64, 2)
        How often a total was reached, and how often it was enough for the knockout.
    rungs : int64, shape (8,)
        Which rung separated the last team of the knockout and the first that is out.
    """
    state = np.random.SeedSequence(rng_seed).generate_state(1, np.uint64)
    found: tuple[Int64, Int64, Int64] = _simulate(tables, runs, state)
    return found


@numba.njit(nogil=True)
def _simulate(tables: Tables, runs: int, state: UInt64) -> tuple[Int64, Int64, Int64]:
    teams = tables.begin.size
    occupancy = np.zeros((teams + KNOCKOUT_PLACES, teams), np.int64)
    points = np.zeros((64, 2), np.int64)
    rungs = np.zeros(tables.shift.size + 1, np.int64)
    standings = np.empty(teams, np.int64)
    order = np.empty(teams, np.int64)
    for _ in range(runs):
        _play_table(tables, state, standings)
        _sort(standings)
        if tables.draw_lots:
            _draw_lots(state, standings)
        for place in range(teams):
            order[place] = standings[place] & ((1 << TEAM_BITS) - 1)
            occupancy[place, order[place]] += 1
            total = standings[place] >> tables.shift[0]
            points[total, 0] += 1
            points[total, 1] += place < QUALIFIED
        rungs[_deciding_rung(tables, standings)] += 1
        _play_knockout(tables.beats, state, order, occupancy[teams:])
    return occupancy, points, rungs


@numba.njit(nogil=True)
def _random(state: UInt64) -> int:
    """Return a number below STEPS."""
    word = state[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    state[0] = word
    return np.int64((word * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11))


@numba.njit(nogil=True)
def _play_table(tables: Tables, state: UInt64, standings: Int64) -> None:
    standings[:] = tables.begin
    for fixture in range(tables.home.size):
        random = _random(state)
        entry = tables.guide[fixture, np.uint64(random >> (53 - GUIDE_BITS))]
        row = np.uint64(tables.start[fixture] + entry)
        while random >= tables.result[row, 0]:
            row += np.uint64(1)
        standings[np.uint64(tables.home[fixture])] += tables.result[row, 1]
        standings[np.uint64(tables.away[fixture])] += tables.result[row, 2]


@numba.njit(nogil=True)
def _sort(standings: Int64) -> None:
    """Sort from the highest to the lowest."""
    for i in range(1, standings.size):
        moving, place = standings[i], i
        while place > 0 and standings[place - 1] < moving:
            standings[place] = standings[place - 1]
            place -= 1
        standings[place] = moving


@numba.njit(nogil=True)
def _draw_lots(state: UInt64, standings: Int64) -> None:
    """Shuffle every group of teams that are level on all rungs."""
    first = 0
    for place in range(1, standings.size + 1):
        if place < standings.size and _level(standings[place], standings[first]):
            continue
        for i in range(place - 1, first, -1):
            other = first + _random(state) % (i + 1 - first)
            standings[i], standings[other] = standings[other], standings[i]
        first = place


@numba.njit(nogil=True)
def _level(one: int, two: int) -> bool:
    return one >> TEAM_BITS == two >> TEAM_BITS


@numba.njit(nogil=True)
def _deciding_rung(tables: Tables, standings: Int64) -> int:
    above, below = standings[QUALIFIED - 1], standings[QUALIFIED]
    for rung in range(tables.shift.size):
        if above >> tables.shift[rung] != below >> tables.shift[rung]:
            return rung
    return tables.shift.size


@numba.njit(nogil=True)
def _play_knockout(beats: Int64, state: UInt64, order: Int64, tally: Int64) -> None:
    entrants = order[:QUALIFIED].copy()
    first_slot = 0
    left = QUALIFIED
    while left > 1:
        ties = left // 2
        for tie in range(ties):
            better, worse = entrants[tie], entrants[left - 1 - tie]
            wins = _random(state) < beats[better, worse]
            winner, loser = (better, worse) if wins else (worse, better)
            tally[first_slot + tie, winner] += 1
            tally[first_slot + ties + tie, loser] += 1
            entrants[tie] = winner
        first_slot += left
        left = ties
