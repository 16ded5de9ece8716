"""What crosses the rooms' borders as numbers: the compiled season, the strengths, the counts.

Places are 1-based in plans and tables; here they are slots, 0-based rows of one long list: first
the teams themselves in the order of the plan, then the places of every stage, stage by stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DRAWS_PER_REPLICATE",
    "FIRST_TEAM",
    "RUNS_PER_REPLICATE",
    "TILE",
    "Counts",
    "Cut",
    "Layout",
    "OutcomeSlots",
    "PointsBins",
    "Posterior",
    "StageSlots",
]

TILE = 64
"""Runs that share one draw of all strengths and one random stream."""

DRAWS_PER_REPLICATE = 512
"""Draws of one scrambled Sobol set; a power of two."""

RUNS_PER_REPLICATE = TILE * DRAWS_PER_REPLICATE

FIRST_TEAM = 2
"""Index of the first attack in a row of strengths; before it intercept and home advantage."""

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]
Float64 = NDArray[np.float64]


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
    """

    weights: Float64
    mean: Float64
    factor: Float64
    first_half_share: float


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
class Layout:
    """What the rows of the counts mean; the only bridge between slots and names."""

    stages: tuple[StageSlots, ...]
    outcomes: tuple[OutcomeSlots, ...]
    cuts: tuple[Cut, ...]
    points: tuple[PointsBins, ...]


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
    tile_hits : int64, shape (outcomes, teams, TILE + 1)
        Number of tiles in which the team reached the outcome in exactly h of the TILE runs.
    points : int64, shape (bins, 1 + cuts)
        Column 0: how often a total of points was reached, over all teams; column 1 + c: how often
        it was enough to finish above cut c (zero for bins of another stage than the cut's).
    rungs : int64, shape (cuts, most rungs of any cut)
        Which rung of the ladder separated the two teams at each cut.
    exact_tiles : int
        Tiles whose scores could leave a packed field, ranked by the slower exact ladder.
    """

    replicates: int
    occupancy: Int64
    occupancy_squares: Int64
    outcomes: Int64
    outcome_squares: Int64
    tile_hits: Int64
    points: Int64
    rungs: Int64
    exact_tiles: int

    @property
    def runs(self) -> int:
        """Number of simulated tournaments."""
        return self.replicates * RUNS_PER_REPLICATE
