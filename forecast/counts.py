"""Counts add: replicates become one small bundle of integers, in any order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import MARGIN, PAIRING_FIXED, TILE, Counts, Season
from forecast.kernel.types import Tally

__all__ = ["Pair", "add", "from_tally"]

Int64 = NDArray[np.int64]


Sums = TypeVar("Sums", Counts, "Pair")


@dataclass(frozen=True, slots=True)
class Pair:
    """Hits of all outcomes in two seasons, and the sum of the squares of their differences.

    Attributes
    ----------
    replicates : int
    first, second : int64, shape (outcomes, teams)
    first_squares, second_squares, difference_squares : int64, shape (outcomes, teams)
        Sums over replicates of the squares of the hits, and of (second - first) squared.
    """

    replicates: int
    first: Int64
    second: Int64
    first_squares: Int64
    second_squares: Int64
    difference_squares: Int64


def add(one: Sums, other: Sums) -> Sums:
    """Return the counts, or the pair, of both."""
    kind = type(one)
    return kind(**{f.name: getattr(one, f.name) + getattr(other, f.name) for f in fields(kind)})


def from_tally(season: Season, tally: Tally) -> Counts:
    """Return the counts of one replicate, whose squares are those of its own hits."""
    occupancy = with_losers(season, tally.occupancy.astype(np.int64))
    outcomes = tally.outcomes.astype(np.int64)
    return Counts(
        replicates=1,
        occupancy=occupancy,
        occupancy_squares=occupancy**2,
        outcomes=outcomes,
        outcome_squares=outcomes**2,
        products=tally.products.astype(np.int64),
        points=tally.points.T.copy(),
        rungs=tally.rungs.copy(),
        **needs_of(season, tally),
        sampled_tiles=int(tally.tiles[2]),
        exact_tiles=int(tally.tiles[0]),
        capped_tiles=int(tally.tiles[1]),
    )


def with_losers(season: Season, occupancy: Int64) -> Int64:
    """Return the occupancy of all slots: the loser of a tie is its side that did not win."""
    program, knockouts = season.program, season.program.knockouts
    out = occupancy.copy()
    out[: season.teams] = occupancy[program.counted[0]].sum() * np.eye(season.teams, dtype=np.int64)
    for k, first in enumerate(program.stage_slot[~program.stage_is_table].tolist()):
        if knockouts.pairing[k] == PAIRING_FIXED:
            tie, ties = knockouts.tie_first[k], knockouts.tie_count[k]
            sides = out[knockouts.tie_slot[tie : tie + ties]].sum(axis=1)
            out[first + ties : first + 2 * ties] = sides - out[first : first + ties]
    out[: season.teams] = 0
    return out


def needs_of(season: Season, tally: Tally) -> dict[str, Int64]:
    """Return the fields of `Counts` from sampled tiles; what is no home win or draw is a defeat.

    So is a run in which a listed tie does not come about: one is listed when both sides are sure.
    """
    needs = tally.needs
    teams = season.program.needs.event_teams
    given, joint = needs.given.astype(np.int64), needs.joint.astype(np.int64)
    all_given = np.full(len(teams), tally.tiles[2] * TILE, np.int64)
    all_joint = needs.sampled.astype(np.int64)[teams]
    given = np.stack([*given.T, all_given - given.sum(axis=1)], axis=1)
    joint = np.concatenate([joint, (all_joint - joint.sum(axis=1))[:, np.newaxis]], axis=1)
    tables, bands, cells = needs.margins.shape
    width = 2 * MARGIN + 1
    return {
        "given": given,
        "given_squares": given**2,
        "joint": joint,
        "joint_squares": joint**2,
        "joint_given": joint * given[:, :, np.newaxis, np.newaxis],
        "margins": needs.margins.astype(np.int64).reshape(tables, bands, cells // width, width),
    }
