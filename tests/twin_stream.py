"""What the twin shares with the kernel: the stream of random words, and integer thresholds.

The words are written anew, in Python's integers, from the definition of the stream. The
thresholds are the kernel's own; how they follow from rates is tested apart from the twin.
"""

from functools import cache

import numpy as np
from compiled import exponential, fill_thresholds, goals_of, rival_goals, tie_threshold
from compiled import tie_chance as kernel_chance

from forecast.kernel.rates import MAX_THRESHOLDS, SIDES_AT_ONCE
from forecast.kernel.types import Thresholds
from forecast.lowering.bracket import series_terms

SIDES, TIES, LOTS, HALVES, HIDDEN_HALVES, LEGS, STRATA, PAIRING, COMMON, LEGS_COMMON = range(10)
HALF = 32
GAMMA = 0x9E3779B97F4A7C15
WORD = 2**64
SERIES_TERMS = np.array(series_terms(), np.int64)


def mix(value):
    """Return the finaliser of SplitMix64."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) % WORD
    return value ^ (value >> 31)


def tile_key(rng_seed, replicate, tile):
    """Return the key of a tile's stream: three numbers, mixed in one after the other."""
    key = mix((rng_seed + GAMMA) % WORD)
    key = mix(((key ^ replicate) + GAMMA) % WORD)
    return mix(((key ^ tile) + GAMMA) % WORD)


def word(key, purpose, index):
    """Return a random word of a tile: element `purpose * 2^56 + index` of its SplitMix64 stream."""
    return mix((key + (purpose * 2**56 + index + 1) * GAMMA) % WORD)


@cache
def order(number):
    """Return the numbers 0 to 31 in an order of the stream definition, by size of their words."""
    return sorted(range(HALF), key=lambda k: word(0, STRATA, HALF * number + k))


def strata(key, number, half):
    """Return the strata of the runs in one half of a tile for a fixture or a tie."""
    return order(2 * ((key + number) % 256) + half)


def goal_thresholds(key, rates, *, purpose=SIDES, dispersion=0.0):
    """Return the kernel's integer thresholds of every side, for 1, 2, … goals."""
    filled = -(-len(rates) // SIDES_AT_ONCE) * SIDES_AT_ONCE
    rate, words = np.zeros(filled), np.empty(filled, np.uint64)
    rate[: len(rates)] = rates
    threshold = Thresholds(
        bar=np.empty(MAX_THRESHOLDS * filled, np.int8),
        least=np.empty(filled, np.int32),
        most=np.empty(filled, np.uint8),
    )
    work = np.empty(5 * SIDES_AT_ONCE)
    fill_thresholds(np.uint64(key), np.uint64(purpose), rate, dispersion, threshold, work, words)
    bars = threshold.bar.reshape(-1, MAX_THRESHOLDS, SIDES_AT_ONCE).transpose(0, 2, 1)
    return [
        [256] * least + [bar + 128 for bar in side[least:most]]
        for side, least, most in zip(
            bars.reshape(-1, MAX_THRESHOLDS).tolist(),
            threshold.least.tolist(),
            threshold.most.tolist(),
            strict=True,
        )
    ][: len(rates)]


def tie_chance(rate, rival_rate, level):
    """Return the kernel's integer chance, in 2^-32, of the first team of a tie."""
    return int(tie_threshold(rate, rival_rate, level, SERIES_TERMS))


def exact_chance(rate, rival_rate, level):
    """Return the same as a number between 0 and 1, not rounded."""
    return float(kernel_chance(rate, rival_rate, level, SERIES_TERMS))


def drawn_goals(rate, random, dispersion=0.0):
    """Return the kernel's number of goals for one random word."""
    return int(goals_of(rate, dispersion, np.uint64(random)))


def drawn_rival_goals(own, rates, rho, random):
    """Return the same of a side whose rival has `own` goals, correlated by Dixon and Coles."""
    return int(rival_goals(own, rates, rho, np.uint64(random)))


def low_threshold(own, rates, rho, uniform):
    """Return the threshold of one goal of a side whose rival has 0 or 1, by Dixon and Coles."""
    home, away = rates
    held = min(max(rho, -1.0 / max(rates)), 1.0 / max(home * away, 1.0))
    tau = 1.0 - home * away * held if own == 0 else 1.0 + away * held
    return int(max(256.0 - 256.0 * exponential(-away) * tau, 0.0) + uniform)


class Strengths:
    """One draw of all strengths as factors of rates."""

    def __init__(self, row):
        teams = (len(row) - 2) // 2
        self.home = exponential(row[1])
        self.scoring = [exponential(row[0] + attack) for attack in row[2 : 2 + teams]]
        self.conceding = [exponential(-defence) for defence in row[2 + teams : 2 + 2 * teams]]
        self.shape = row[-1] if len(row) % 2 else 0.0

    def rate(self, team, rival, factor=1.0):
        """Return the expected goals of a team against its rival."""
        return self.scoring[team] * self.conceding[rival] * factor
