"""Knockout ties: one exact probability and one random word decide a tie.

The goals of independent Poisson sides add up over the legs, so a tie is won with probability
P(X > Y) + q P(X = Y), X and Y Poisson with the teams' rates summed over the legs and q the chance
in a level tie. It is rounded once, to 2^-32. Ties of which something is known, or whose level
ladder looks at single legs, are played leg by leg instead.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    LEVEL_AWAY_GOALS,
    LEVEL_BETTER_PLACE,
    LEVEL_NONE,
    LEVEL_PENALTIES,
    MAX_RATE,
    NEUTRAL,
    TILE,
    UNKNOWN,
    Program,
)
from forecast.jit import jit
from forecast.kernel.rates import exponential
from forecast.kernel.words import FOR_LEGS, FOR_TIES, fill_words, word

__all__ = ["play_knockout", "tie_thresholds"]

TEAM = 0xFFFF
"""Low bits of an occupant; above them its place in the last table, so less is better."""


@jit
def tie_thresholds(
    rate: np.ndarray, level: np.ndarray, series_terms: np.ndarray, work: np.ndarray, threshold: np.ndarray
) -> None:
    """Fill `threshold[run]` (uint64, 0 to 2^32) with the first side's chance to win the tie.

    `rate` is float64 of shape (2, runs), goals over the whole tie; `level[run]` float64 the first
    side's chance when level; `work` float64 of shape (4, runs). The error before rounding is
    below 2^-39.
    """
    first, second = rate[0], rate[1]
    own, rival, below, total = work[0], work[1], work[2], work[3]
    highest = 0.0
    for run in range(first.size):
        own[run] = exponential(-first[run])
        rival[run] = exponential(-second[run])
        below[run] = 0.0
        total[run] = 0.0
        highest = max(highest, first[run])
    for k in range(series_terms[int(4.0 * highest) + 1]):
        inverse = 1.0 / (k + 1)
        for run in range(first.size):
            total[run] += own[run] * (below[run] + level[run] * rival[run])
            below[run] += rival[run]
            own[run] *= first[run] * inverse
            rival[run] *= second[run] * inverse
    for run in range(first.size):
        threshold[run] = np.uint64(min(total[run], 1.0) * 2.0**32 + 0.5)


@jit
def level_chance(program: Program, knockout: int, first: int, second: int) -> float:
    """Return the chance of occupant `first` in a tie that is level, whatever the legs were."""
    for rung in program.knockout_level[knockout]:
        if rung == LEVEL_BETTER_PLACE:
            return 1.0 if first < second else 0.0
    return 0.5


@jit
def is_plain(program: Program, knockout: int) -> bool:
    """Return whether only the aggregate and a fixed chance decide the ties of a round."""
    return program.knockout_legs[knockout] == 1 or program.knockout_level[knockout, 0] != LEVEL_AWAY_GOALS


@jit
def tie_rates(
    program: Program,
    knockout: int,
    occupants: np.ndarray,
    tie: int,
    factors: tuple,
    rate: np.ndarray,
    level: np.ndarray,
) -> None:
    """Fill the rates over the whole tie and the chances when level, for the runs of a tile."""
    scoring, conceding, home_factor = factors
    firsts = occupants[program.tie_slot[tie, 0]]
    seconds = occupants[program.tie_slot[tie, 1]]
    legs, neutral = program.knockout_legs[knockout], program.knockout_neutral[knockout]
    for run in range(TILE):
        one, two = np.int64(firsts[run] & TEAM), np.int64(seconds[run] & TEAM)
        factor_one = factor_two = 1.0
        if legs == 2:
            factor_one = factor_two = 2.0 if neutral else 1.0 + home_factor
        elif not neutral:
            factor_one = home_factor if firsts[run] < seconds[run] else 1.0
            factor_two = 1.0 if firsts[run] < seconds[run] else home_factor
        most = legs * MAX_RATE
        rate[0, run] = min(scoring[one] * conceding[two] * factor_one, most)
        rate[1, run] = min(scoring[two] * conceding[one] * factor_two, most)
        level[run] = level_chance(program, knockout, firsts[run], seconds[run])


@jit
def poisson_goals(rate: float, random: np.uint64) -> int:
    """Return a Poisson number by inversion of one random word (53 bits of it)."""
    chance = np.float64(random >> np.uint64(11)) * 2.0**-53
    probability = exponential(-rate)
    below = probability
    goals = 0
    while chance >= below and goals < 1000:
        goals += 1
        probability *= rate / goals
        below += probability
    return goals


@jit
def leg_host(program: Program, knockout: int, listed: int, leg: int, first_is_better: bool) -> int:
    """Return which side of the listed tie (0 or 1) is at home in a leg, or `NEUTRAL`."""
    if program.listed_host[listed, leg] != UNKNOWN:
        return program.listed_host[listed, leg]
    if program.knockout_neutral[knockout]:
        return NEUTRAL
    last = leg == program.knockout_legs[knockout] - 1
    return 0 if first_is_better == last else 1


@jit
def play_legs(
    program: Program,
    knockout: int,
    tie: int,
    key: np.uint64,
    run: int,
    sides: tuple,
    listed: int,
    factors: tuple,
) -> bool:
    """Play what is left of one tie goal by goal; return whether its first side goes through.

    `sides` are the two occupants, `listed` the row of the tie in matches.csv or `UNKNOWN`; a
    listed tie has its teams in the order of the row.
    """
    scoring, conceding, home_factor = factors
    first, second = sides
    one, two = np.int64(first & TEAM), np.int64(second & TEAM)
    base = 8 * (64 * tie + run)
    ahead, ahead_away = 0, 0
    for leg in range(program.knockout_legs[knockout]):
        own = rival = UNKNOWN
        if listed != UNKNOWN:
            host = leg_host(program, knockout, listed, leg, first < second)
            own, rival = program.listed_goals[listed, leg, 0], program.listed_goals[listed, leg, 1]
        elif program.knockout_neutral[knockout]:
            host = NEUTRAL
        else:
            host = 0 if (first < second) == (leg == program.knockout_legs[knockout] - 1) else 1
        if own == UNKNOWN:
            rate_one = scoring[one] * conceding[two] * (home_factor if host == 0 else 1.0)
            rate_two = scoring[two] * conceding[one] * (home_factor if host == 1 else 1.0)
            own = poisson_goals(min(rate_one, MAX_RATE), word(key, FOR_LEGS, base + 2 * leg))
            rival = poisson_goals(min(rate_two, MAX_RATE), word(key, FOR_LEGS, base + 2 * leg + 1))
        ahead += own - rival
        ahead_away += (own if host == 1 else 0) - (rival if host == 0 else 0)
    for rung in program.knockout_level[knockout]:
        if ahead != 0 or rung == LEVEL_NONE:
            break
        if rung == LEVEL_AWAY_GOALS and program.knockout_legs[knockout] == 2:
            ahead = ahead_away
        elif rung == LEVEL_BETTER_PLACE:
            ahead = 1 if first < second else -1
        elif rung == LEVEL_PENALTIES:
            ahead = 1 if word(key, FOR_LEGS, base + 7) >> np.uint64(63) == 0 else -1
    return ahead > 0


@jit
def listed_tie(program: Program, knockout: int, first: int, second: int) -> int:
    """Return the row of the tie between two teams in matches.csv, or `UNKNOWN`."""
    row = program.listed_row[knockout, first]
    return row if row != UNKNOWN and program.listed_row[knockout, second] == row else UNKNOWN


@jit
def settle_known(
    program: Program,
    knockout: int,
    tie: int,
    key: np.uint64,
    run: int,
    sides: tuple,
    factors: tuple,
    otherwise: bool,
) -> bool:
    """Return whether the first side goes through, by what matches.csv knows of the tie."""
    first, second = sides
    team = np.int64(first & TEAM)
    row = listed_tie(program, knockout, team, np.int64(second & TEAM))
    if row == UNKNOWN:
        return otherwise
    swapped = program.listed_teams[row, 0] != team
    if program.listed_winner[row] != UNKNOWN:
        return (program.listed_winner[row] == 0) != swapped
    if swapped:
        return not play_legs(program, knockout, tie, key, run, (second, first), row, factors)
    return play_legs(program, knockout, tie, key, run, sides, row, factors)


@jit
def play_knockout(
    program: Program,
    knockout: int,
    first_slot: int,
    key: np.uint64,
    factors: tuple,
    work: tuple,
    occupants: np.ndarray,
) -> None:
    """Play one round: winners fill the slots from `first_slot` on, their rivals the next ones.

    `occupants[slot, run]` is uint32, the place in the last table above the team's 16 bits.
    `work` is (rate, level, series, threshold, words), see `season`.
    """
    rate, level, series, threshold, words = work
    ties = program.tie_count[knockout]
    plain = is_plain(program, knockout)
    known = program.listed_row[knockout].max() != UNKNOWN
    for k in range(ties):
        tie = program.tie_first[knockout] + k
        firsts, seconds = occupants[program.tie_slot[tie, 0]], occupants[program.tie_slot[tie, 1]]
        winners, losers = occupants[first_slot + k], occupants[first_slot + ties + k]
        if plain:
            tie_rates(program, knockout, occupants, tie, factors, rate, level)
            tie_thresholds(rate, level, program.series_terms, series, threshold)
            fill_words(key, FOR_TIES, 32 * tie, words)
        for run in range(TILE):
            half = (words[run >> 1] >> np.uint64(32 * (run & 1))) & np.uint64(0xFFFFFFFF)
            wins = half < threshold[run]
            sides = (firsts[run], seconds[run])
            if not plain:
                wins = play_legs(program, knockout, tie, key, run, sides, UNKNOWN, factors)
            if known:
                wins = settle_known(program, knockout, tie, key, run, sides, factors, wins)
            winners[run] = firsts[run] if wins else seconds[run]
            losers[run] = seconds[run] if wins else firsts[run]
