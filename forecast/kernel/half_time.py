"""Points as if matches had ended at half-time: known, or full-time goals thinned one by one.

Goals that a law has in common to both sides are thinned for each by itself, like any others.
"""

from __future__ import annotations

import numpy as np

from forecast.arrays import Tables
from forecast.jit import jit_inline, jit_inner
from forecast.kernel.types import Integer
from forecast.kernel.words import FOR_HALVES, FOR_HIDDEN_HALVES, word

__all__ = ["first_half_points"]


@jit_inline
def first_half_goals(
    share: np.uint64,
    key: np.uint64,
    purpose: np.uint64,
    side: Integer,
    run: Integer,
    goals: Integer,
) -> Integer:
    """Return how many of a side's goals fell before half-time: each one with the share's chance."""
    early = np.int64(0)
    for goal in range(goals):
        chance = word(key, purpose, 128 * (64 * side + run) + goal) >> np.uint64(32)
        early += chance < share
    return early


@jit_inline
def half_time_points(
    value: np.ndarray,
    share: np.uint64,
    key: np.uint64,
    purpose: np.uint64,
    side: Integer,
    run: Integer,
    own: Integer,
    rival: Integer,
) -> Integer:
    """Return the points of one side for the score at half-time, given its score at full time.

    `value` is for a win, a draw and a loss, `share` that of the first half in units of 2^-32.
    """
    mine = first_half_goals(share, key, purpose, side, run, own)
    theirs = first_half_goals(share, key, purpose, side ^ 1, run, rival)
    if mine > theirs:
        return value[0]
    return value[1] if mine == theirs else value[2]


@jit_inner
def first_half_points(
    tables: Tables, table: Integer, team: Integer, key: np.uint64, run: Integer, goals: np.ndarray
) -> Integer:
    """Return a team's points if every match had ended at half-time."""
    row = table * tables.rung_constant.shape[2] + team
    points, value = tables.half_constant[row], tables.points_value[table]
    share = tables.first_half_threshold
    starts, sides = tables.side_start, tables.side_list
    for i in range(starts[row], starts[row + 1]):
        side = sides[i]
        own, rival = np.int64(goals[side, run]), np.int64(goals[side ^ 1, run])
        points += half_time_points(value, share, key, FOR_HALVES, side, run, own, rival)
    starts, sides, scores = tables.hidden_start, tables.hidden_list, tables.hidden_goals
    for i in range(starts[row], starts[row + 1]):
        side = sides[i]
        own, rival = scores[side >> 1, side & 1], scores[side >> 1, 1 - (side & 1)]
        points += half_time_points(value, share, key, FOR_HIDDEN_HALVES, side, run, own, rival)
    return points
