"""Baseline: the season in plain numba, one run after the other.

What a good engineer writes first: rates computed once, Poisson goals by `np.random.poisson`,
an insertion sort that compares down the ladder, and the knockout leg by leg. Its random stream is
numba's own, one a thread, so that any number of threads may call `simulate` with their own
`rng_seed`. The same code with numpy's `Generator`, which numba also compiles, takes 0.7 of the
time.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.shape import KNOCKOUT_PLACES, LADDER, QUALIFIED, Season

__all__ = ["simulate"]

RUNGS = len(LADDER)
(
    POINTS,
    GOAL_DIFFERENCE,
    GOALS_FOR,
    AWAY_POINTS,
    AWAY_GOAL_DIFFERENCE,
    AWAY_GOALS_FOR,
    FIRST_HALF_POINTS,
    LOTS,
) = range(RUNGS)

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def simulate(season: Season, *, runs: int, rng_seed: int) -> Int64:
    """Return in how many runs each team took each place; releases the GIL.

    Parameters
    ----------
    season : Season
    runs : int
    rng_seed : int
        Of this call's random stream, below 2**32; threads need different ones.

    Returns
    -------
    int64, shape (teams + 62, teams)
        Hits of the table's places, then of the knockout's, round by round.
    """
    occupancy: Int64 = _simulate(
        season.home,
        season.away,
        season.rate_at_home,
        season.rate_away,
        season.first_half_share,
        runs,
        rng_seed,
    )
    return occupancy


@numba.njit(nogil=True)
def _simulate(  # noqa: PLR0917 (numba has no keyword-only arguments)
    home: Int64,
    away: Int64,
    rate_at_home: Float64,
    rate_away: Float64,
    first_half_share: float,
    runs: int,
    rng_seed: int,
) -> Int64:
    np.random.seed(rng_seed)  # noqa: NPY002 (numba's own stream, one a thread)
    teams = rate_at_home.shape[0]
    occupancy = np.zeros((teams + KNOCKOUT_PLACES, teams), np.int64)
    standings = np.empty((teams, RUNGS), np.int64)
    order = np.empty(teams, np.int64)
    for _ in range(runs):
        _play_table(home, away, rate_at_home, rate_away, first_half_share, standings)
        _rank(standings, order)
        for place in range(teams):
            occupancy[place, order[place]] += 1
        _play_knockout(order, rate_at_home, rate_away, occupancy[teams:])
    return occupancy


@numba.njit(nogil=True)
def _play_table(  # noqa: PLR0917 (numba has no keyword-only arguments)
    home: Int64,
    away: Int64,
    rate_at_home: Float64,
    rate_away: Float64,
    first_half_share: float,
    out: Int64,
) -> None:
    out[:] = 0
    for team in range(out.shape[0]):
        out[team, LOTS] = np.random.randint(0, 2**53)  # noqa: NPY002 (as above)
    for match in range(home.size):
        host, guest = home[match], away[match]
        goals = np.random.poisson(rate_at_home[host, guest])  # noqa: NPY002 (as above)
        conceded = np.random.poisson(rate_away[guest, host])  # noqa: NPY002 (as above)
        out[host, POINTS] += _points(goals, conceded)
        out[host, GOAL_DIFFERENCE] += goals - conceded
        out[host, GOALS_FOR] += goals
        out[guest, POINTS] += _points(conceded, goals)
        out[guest, GOAL_DIFFERENCE] += conceded - goals
        out[guest, GOALS_FOR] += conceded
        out[guest, AWAY_POINTS] += _points(conceded, goals)
        out[guest, AWAY_GOAL_DIFFERENCE] += conceded - goals
        out[guest, AWAY_GOALS_FOR] += conceded
        goals_early = _first_half(goals, first_half_share)
        conceded_early = _first_half(conceded, first_half_share)
        out[host, FIRST_HALF_POINTS] += _points(goals_early, conceded_early)
        out[guest, FIRST_HALF_POINTS] += _points(conceded_early, goals_early)


@numba.njit(nogil=True)
def _points(goals: int, conceded: int) -> int:
    if goals > conceded:
        return 3
    return 1 if goals == conceded else 0


@numba.njit(nogil=True)
def _first_half(goals: int, first_half_share: float) -> int:
    early = 0
    for _ in range(goals):
        if np.random.random() < first_half_share:  # noqa: NPY002 (as above)
            early += 1
    return early


@numba.njit(nogil=True)
def _rank(standings: Int64, out: Int64) -> None:
    for team in range(out.size):
        slot = team
        while slot > 0 and _is_above(standings[team], standings[out[slot - 1]]):
            out[slot] = out[slot - 1]
            slot -= 1
        out[slot] = team


@numba.njit(nogil=True)
def _is_above(team: Int64, rival: Int64) -> bool:
    for rung in range(RUNGS):
        if team[rung] != rival[rung]:
            return bool(team[rung] > rival[rung])
    return False


@numba.njit(nogil=True)
def _play_knockout(order: Int64, rate_at_home: Float64, rate_away: Float64, tally: Int64) -> None:
    entrants = order[:QUALIFIED].copy()
    first_slot = 0
    left = QUALIFIED
    while left > 1:
        ties = left // 2
        for tie in range(ties):
            better, worse = entrants[tie], entrants[left - 1 - tie]
            if left == 2:
                wins = _wins_final(better, worse, rate_away)
            else:
                wins = _wins_tie(better, worse, rate_at_home, rate_away)
            winner, loser = (better, worse) if wins else (worse, better)
            tally[first_slot + tie, winner] += 1
            tally[first_slot + ties + tie, loser] += 1
            entrants[tie] = winner
        first_slot += left
        left = ties


@numba.njit(nogil=True)
def _wins_tie(team: int, rival: int, rate_at_home: Float64, rate_away: Float64) -> bool:
    """Whether `team` goes through after a leg at each ground; their order changes nothing."""
    goals = np.random.poisson(rate_at_home[team, rival])  # noqa: NPY002 (as above)
    conceded = np.random.poisson(rate_away[rival, team])  # noqa: NPY002 (as above)
    goals += np.random.poisson(rate_away[team, rival])  # noqa: NPY002 (as above)
    conceded += np.random.poisson(rate_at_home[rival, team])  # noqa: NPY002 (as above)
    return _wins(goals, conceded)


@numba.njit(nogil=True)
def _wins_final(team: int, rival: int, rate_away: Float64) -> bool:
    goals = np.random.poisson(rate_away[team, rival])  # noqa: NPY002 (as above)
    conceded = np.random.poisson(rate_away[rival, team])  # noqa: NPY002 (as above)
    return _wins(goals, conceded)


@numba.njit(nogil=True)
def _wins(goals: int, conceded: int) -> bool:
    if goals == conceded:
        return np.random.random() < 0.5  # noqa: NPY002 (as above)
    return goals > conceded
