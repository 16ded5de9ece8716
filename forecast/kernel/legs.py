"""Ties leg by leg: what matches.csv knows of them, and rounds that one chance cannot decide.

Each leg's rates are held at `MAX_RATE`, where a tie by its aggregate holds their sum.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import (
    EXTRA_TIME,
    GOALS_BIVARIATE_POISSON,
    GOALS_DIXON_COLES,
    GOALS_NEGATIVE_BINOMIAL,
    LEVEL_AWAY_GOALS,
    LEVEL_BETTER_PLACE,
    LEVEL_EXTRA_TIME,
    LEVEL_NONE,
    LEVEL_PENALTIES,
    MAX_RATE,
    NEUTRAL,
    UNKNOWN,
    Knockouts,
)
from forecast.jit import jit_inner
from forecast.kernel.goals import hold_rho
from forecast.kernel.rates import exponential, goalless
from forecast.kernel.types import TEAM, Factors, Flag, Integer
from forecast.kernel.words import FOR_LEGS, FOR_LEGS_COMMON, word

__all__ = ["play_legs", "settle_known"]

MOST_GOALS = 255

# Words of a tie: goals of both sides in leg 1, then in leg 2; then
EXTRA_WORDS = 4  # goals of both sides in extra time
HOST_WORD = 6
PENALTIES_WORD = 7


@jit_inner
def goals_of(rate: float, dispersion: float, random: np.uint64) -> Integer:
    """Return goals by inversion of the high 53 bits of one random word.

    They are Poisson, or negative binomial with a `dispersion` above 0.
    """
    chance = np.float64(random >> np.uint64(11)) * 2.0**-53
    probability = goalless(rate, dispersion)
    step = rate / (1.0 + dispersion * rate)
    more = dispersion * step
    below = probability
    goals = 0
    while chance >= below and goals < MOST_GOALS:
        goals += 1
        probability *= step / goals
        below += probability
        step += more
    return goals


@jit_inner
def rival_goals(own: Integer, rates: tuple[float, float], rho: float, random: np.uint64) -> Integer:
    """Return the goals of a side whose rival has `own`, as Dixon and Coles correlate them.

    `rates` are those of the rival and of the side; only whether it scores at all depends on `own`.
    """
    goals = goals_of(rates[1], 0.0, random)
    if own > 1 or goals > 1:
        return goals
    held = hold_rho(rho, rates[0], rates[1])
    tau = 1.0 - rates[0] * rates[1] * held if own == 0 else 1.0 + rates[1] * held
    chance = np.float64(random >> np.uint64(11)) * 2.0**-53
    return 1 if chance >= exponential(-rates[1]) * tau else 0


@jit_inner
def leg_host(
    knockouts: Knockouts, knockout: Integer, listed: Integer, leg: Integer, first_hosts_last: Flag
) -> Integer:
    """Return which side of a tie (0 or 1) is at home in a leg, or `NEUTRAL`."""
    if listed != UNKNOWN and knockouts.listed_host[listed, leg] != UNKNOWN:
        return knockouts.listed_host[listed, leg]
    if knockouts.neutral[knockout]:
        return NEUTRAL
    last = leg == knockouts.legs[knockout] - 1
    return 0 if first_hosts_last == last else 1


@jit_inner
def leg_rates(
    host: Integer, sides: tuple[np.uint32, np.uint32], factors: Factors
) -> tuple[float, float]:
    """Return the rates of both sides in a leg, goals per 90 min."""
    one, two = np.int64(sides[0] & TEAM), np.int64(sides[1] & TEAM)
    rate_one = factors.scoring[one] * factors.conceding[two] * (factors.home if host == 0 else 1.0)
    rate_two = factors.scoring[two] * factors.conceding[one] * (factors.home if host == 1 else 1.0)
    return min(rate_one, MAX_RATE), min(rate_two, MAX_RATE)


@jit_inner
def leg_goals(
    knockouts: Knockouts,
    listed: Integer,
    leg: Integer,
    host: Integer,
    sides: tuple[np.uint32, np.uint32],
    factors: Factors,
    words: tuple[np.uint64, np.uint64],
    common_word: np.uint64,
) -> tuple[Integer, Integer]:
    """Return the goals of both sides in a leg: known, or drawn with a random word each.

    Those common to both (bivariate Poisson) have a third.
    """
    if listed != UNKNOWN and knockouts.listed_goals[listed, leg, 0] != UNKNOWN:
        return knockouts.listed_goals[listed, leg, 0], knockouts.listed_goals[listed, leg, 1]
    rates, shape = leg_rates(host, sides, factors), factors.shape
    dispersion = shape if factors.goal_model == GOALS_NEGATIVE_BINOMIAL else 0.0
    own = goals_of(rates[0], dispersion, words[0])
    if factors.goal_model == GOALS_DIXON_COLES:
        return own, rival_goals(own, rates, shape, words[1])
    common: Integer = 0
    if factors.goal_model == GOALS_BIVARIATE_POISSON:
        common = goals_of(shape, 0.0, common_word)
    return own + common, goals_of(rates[1], dispersion, words[1]) + common


@jit_inner
def extra_time_ahead(
    key: np.uint64,
    base: Integer,
    host: Integer,
    sides: tuple[np.uint32, np.uint32],
    factors: Factors,
) -> Integer:
    """Return by how many goals the first side wins extra time at the ground of the last leg.

    Its sides are independent: common goals cancel, and the low scores of Dixon and Coles are
    those of 90 minutes.
    """
    rate_one, rate_two = leg_rates(host, sides, factors)
    dispersion = factors.shape if factors.goal_model == GOALS_NEGATIVE_BINOMIAL else 0.0
    words = (word(key, FOR_LEGS, base + EXTRA_WORDS), word(key, FOR_LEGS, base + EXTRA_WORDS + 1))
    own = goals_of(rate_one * EXTRA_TIME, dispersion, words[0])
    return own - goals_of(rate_two * EXTRA_TIME, dispersion, words[1])


@jit_inner
def settle_level(
    knockouts: Knockouts,
    knockout: Integer,
    listed: Integer,
    key: np.uint64,
    base: Integer,
    away_ahead: Integer,
    host: Integer,
    sides: tuple[np.uint32, np.uint32],
    factors: Factors,
) -> Flag:
    """Return whether the first side goes through when the aggregate is level.

    `base` is the tie's first word in this run, `host` that of the last leg.
    """
    for rung in knockouts.level[knockout]:
        if rung == LEVEL_NONE:
            break
        if rung == LEVEL_AWAY_GOALS and knockouts.legs[knockout] == 2 and away_ahead != 0:
            return away_ahead > 0
        if rung == LEVEL_BETTER_PLACE:
            return sides[0] < sides[1]
        if rung == LEVEL_EXTRA_TIME and not (listed != UNKNOWN and knockouts.listed_extra[listed]):
            ahead = extra_time_ahead(key, base, host, sides, factors)
            if ahead != 0:
                return ahead > 0
        if rung == LEVEL_PENALTIES:
            break
    return word(key, FOR_LEGS, base + PENALTIES_WORD) >> np.uint64(63) == 0


@jit_inner
def play_legs(
    knockouts: Knockouts,
    knockout: Integer,
    tie: Integer,
    key: np.uint64,
    run: Integer,
    sides: tuple[np.uint32, np.uint32],
    listed: Integer,
    factors: Factors,
) -> Flag:
    """Play what is left of one tie goal by goal; return whether its first side goes through.

    `sides` are the two occupants, `listed` the row of the tie in matches.csv or `UNKNOWN`; a
    listed tie has its teams in the order of the row.
    """
    base = 8 * (64 * tie + run)
    first_hosts_last = sides[0] < sides[1]
    if knockouts.host_lots[knockout]:
        first_hosts_last = word(key, FOR_LEGS, base + HOST_WORD) >> np.uint64(63) == 0
    ahead = away_ahead = np.int64(0)
    host: Integer = np.int64(NEUTRAL)
    for leg in range(knockouts.legs[knockout]):
        host = leg_host(knockouts, knockout, listed, leg, first_hosts_last)
        words = (word(key, FOR_LEGS, base + 2 * leg), word(key, FOR_LEGS, base + 2 * leg + 1))
        common = word(key, FOR_LEGS_COMMON, 2 * (64 * tie + run) + leg)
        own, rival = leg_goals(knockouts, listed, leg, host, sides, factors, words, common)
        ahead += own - rival
        away_ahead += (own if host == 1 else 0) - (rival if host == 0 else 0)
    if ahead != 0:
        return ahead > 0
    return settle_level(knockouts, knockout, listed, key, base, away_ahead, host, sides, factors)


@jit_inner
def listed_tie(knockouts: Knockouts, knockout: Integer, first: Integer, second: Integer) -> Integer:
    """Return the row of the tie between two teams in matches.csv, or `UNKNOWN`."""
    row = knockouts.listed_row[knockout, first]
    return row if row != UNKNOWN and knockouts.listed_row[knockout, second] == row else UNKNOWN


@jit_inner
def settle_known(
    knockouts: Knockouts,
    knockout: Integer,
    tie: Integer,
    key: np.uint64,
    run: Integer,
    sides: tuple[np.uint32, np.uint32],
    factors: Factors,
    otherwise: Flag,
) -> Flag:
    """Return whether the first side goes through, by what matches.csv knows of the tie."""
    first, second = sides
    team = np.int64(first & TEAM)
    row = listed_tie(knockouts, knockout, team, np.int64(second & TEAM))
    if row == UNKNOWN:
        return otherwise
    swapped = knockouts.listed_teams[row, 0] != team
    if knockouts.listed_winner[row] != UNKNOWN:
        return (knockouts.listed_winner[row] == 0) != swapped
    if swapped:
        return not play_legs(knockouts, knockout, tie, key, run, (second, first), row, factors)
    return play_legs(knockouts, knockout, tie, key, run, sides, row, factors)
