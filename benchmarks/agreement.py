"""The kernel against an independent simulation and an exact enumeration, at 400 million runs each.

    uv run python -m benchmarks.agreement [--runs N] [--workers N] [--plain FILE] [--json FILE]

The shipped season before the tournament, its strengths frozen at their posterior mean, is played by
the kernel and by `benchmarks.scalar_numba`, which share no code; a small competition with all eight
rungs is played by the kernel and enumerated by `benchmarks.enumeration`. Compared is every place of
the table and of each round, every total of points, how often it was enough, and the rung that
decided each cut, of which the first half and lots are shown by themselves. Then each planted bug is
put into the other side, and must be found.

z is a difference over its standard error. Both errors come from the means of blocks of 32,768 runs
(a replicate of the kernel), since runs of a tile are correlated. The limit of the worst |z| is
Bonferroni's; that of the mean z² is Laurent's and Massart's (Annals of Statistics 28, 2000, lemma
1) for the correlation of the cells that the first blocks show. Either fails by chance once in a
million.
Half an hour of two cores; `--plain FILE` keeps what the independent simulation found, for the next
kernel.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks import enumeration, scalar_numba
from benchmarks.shape import LADDER
from benchmarks.throughput import CONFIG, peer_season
from forecast.arrays import RUNS_PER_REPLICATE, Posterior, Season
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate.threads import play
from forecast.strength import fit

RUNS = 400_000_000
BUG_RUNS = 40_000_000
ALPHA = 1e-6
LEAST_HITS = 1_000
"""A cell in which both sides together have fewer is too far from a normal, and left out."""

CORRELATED = 512
"""Blocks from which the correlation of the cells is estimated."""


def swapped(one: str, two: str) -> tuple[str, ...]:
    """Return the ladder with two rungs in each other's place."""
    return tuple({one: two, two: one}.get(rung, rung) for rung in LADDER)


LADDER_BUGS = {
    "goals for before goal difference": {"ladder": swapped("goal_difference", "goals_for")},
    "away goals before their difference": {
        "ladder": swapped("away_goal_difference", "away_goals_for")
    },
    "lots always to the same team": {"draw_lots": False},
}
TIE_BUGS = {
    "penalties won by 0.51 of the better": {"level": 0.51},
    "the last leg at the worse place": {"worse_hosts": True},
}
WRONG_SHARE = 0.9
"""Of goals in the first half, instead of 0.45; what 0.5 would change is too rare to be seen."""

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Groups = dict[str, NDArray[np.bool_]]


@dataclass(slots=True)
class Sums:
    """What blocks of runs added up to, cell by cell."""

    blocks: int = 0
    total: Int64 | int = 0
    squares: Int64 | int = 0
    first: list[Int64] = field(default_factory=list)

    def add(self, cells: Int64) -> None:
        """Add one block."""
        self.blocks += 1
        self.total = self.total + cells
        self.squares = self.squares + cells**2
        if len(self.first) < CORRELATED:
            self.first.append(cells)

    def mean(self) -> Float64:
        """Return the hits of a block."""
        return self.total / self.blocks

    def variance(self) -> Float64:
        """Return the variance of that mean."""
        return (self.squares / self.blocks - self.mean() ** 2) / (self.blocks - 1)

    def write(self, path: Path) -> None:
        """Write everything to a file, whole or not at all."""
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **asdict(self))
        part.replace(path)

    def sample(self) -> Float64:
        """Return how far the first blocks are from the mean, scaled to its variance."""
        return (np.array(self.first) - self.mean()) / math.sqrt(self.blocks)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one group of cells agreed; `mean_square` should be near 1."""

    cells: int
    mean_square: float
    mean_square_limit: float
    worst_z: float
    worst_z_limit: float

    @property
    def holds(self) -> bool:
        """Whether nothing is beyond what chance allows."""
        return self.mean_square < self.mean_square_limit and self.worst_z < self.worst_z_limit

    def text(self) -> str:
        """Return the figures as a line."""
        return (
            f"{self.cells:5} cells  mean z² {self.mean_square:9.3f} "
            f"(limit {self.mean_square_limit:6.3f})  worst |z| {self.worst_z:7.2f} "
            f"(limit {self.worst_z_limit:.2f})  {'agrees' if self.holds else 'DIFFERS'}"
        )


def in_threads(
    block: Callable[[int], Int64], numbers: Iterable[int], workers: int
) -> Iterator[Int64]:
    """Yield the cells of each block, in order; few of them wait at any time."""
    with ThreadPoolExecutor(workers) as pool:
        left = iter(numbers)
        waiting = [pool.submit(block, number) for number in islice(left, 2 * workers)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [pool.submit(block, number) for number in islice(left, 1)]


def played(
    block: Callable[[int], Int64], runs: int, *, workers: int, kept: Path | None = None
) -> Sums:
    """Add up the blocks of so many runs; those in a file are taken from there, and it grows."""
    sums = Sums()
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            sums = Sums(int(file["blocks"]), file["total"], file["squares"], list(file["first"]))
    for cells in in_threads(block, range(sums.blocks, -(-runs // RUNS_PER_REPLICATE)), workers):
        sums.add(cells)
        if kept is not None and sums.blocks % CORRELATED == 0:
            sums.write(kept)
    if kept is not None:
        sums.write(kept)
    return sums


def kernel_block(season: Season, posterior: Posterior) -> Callable[[int], Int64]:
    """Return a function that plays a replicate and returns its cells."""

    def block(number: int) -> Int64:
        counts = play(season, posterior, rng_seed=11, replicate=number)
        occupancy = counts.occupancy[season.teams :]
        return np.concatenate([each.ravel() for each in (occupancy, counts.points, counts.rungs)])

    return block


def plain_block(tables: scalar_numba.Tables, bins: int) -> Callable[[int], Int64]:
    """Return a function that plays a block and returns its cells, in the order of the kernel's."""

    def block(number: int) -> Int64:
        occupancy, points, rungs = scalar_numba.simulate(
            tables, runs=RUNS_PER_REPLICATE, rng_seed=number
        )
        return np.concatenate([occupancy.ravel(), points[:bins].ravel(), rungs])

    return block


def groups_of(season: Season) -> Groups:
    """Return which cells belong together."""
    layout, teams = season.layout, season.teams
    kinds = []
    for stage in layout.stages:
        kinds += [f"places of {stage.stage}"] * (stage.size * teams)
    kinds += [
        "points reached",
        *(f"points enough for {c.place}" for c in layout.cuts),
    ] * season.bins
    for cut in layout.cuts:
        special = {"first_half_points": "first half", "lots": "lots"}
        kinds += [f"cut {cut.place} by {special.get(rung, 'other rungs')}" for rung in cut.rungs]
    names = np.array(kinds)
    every = {"all": np.ones(names.size, np.bool_)}
    return every | {name: names == name for name in dict.fromkeys(kinds)}


def compare(kernel: Sums, other: Sums | Float64, groups: Groups) -> dict[str, Agreement]:
    """Compare the kernel, group by group, with another simulation or with exact chances."""
    if isinstance(other, Sums):
        difference = kernel.mean() - other.mean()
        error = np.sqrt(kernel.variance() + other.variance())
        both = min(len(kernel.first), len(other.first))
        sample = kernel.sample()[:both] - other.sample()[:both]
        hits = np.minimum(kernel.total, other.total)
    else:
        difference = kernel.mean() - other * RUNS_PER_REPLICATE
        error, sample = np.sqrt(kernel.variance()), kernel.sample()
        hits = other * RUNS_PER_REPLICATE * kernel.blocks
    usual = (hits >= LEAST_HITS) & (error > 0)
    return {
        name: agreement(difference[use] / error[use], sample[:, use] / error[use])
        for name, cells in groups.items()
        if (use := usual & cells).any()
    }


def agreement(z: Float64, sample: Float64) -> Agreement:
    """Return how some cells agree; `sample` (blocks, cells) has the correlation of z."""
    squares, largest = correlation(sample)
    x = math.log(1 / ALPHA)
    return Agreement(
        cells=z.size,
        mean_square=float(np.mean(z**2)),
        mean_square_limit=float(1 + 2 * (math.sqrt(squares * x) + largest * x) / z.size),
        worst_z=float(np.abs(z).max()),
        worst_z_limit=float(norm.isf(ALPHA / (2 * z.size))),
    )


def correlation(sample: Float64) -> tuple[float, float]:
    """Return the sum of the squares of a correlation matrix, and its largest eigenvalue.

    `sample` has shape (blocks, cells) and variances of 1. The first is estimated without bias from
    the products of different blocks; the second is overestimated, which loosens a limit a little.
    """
    inner = sample @ sample.T
    blocks = len(inner)
    between = np.sum(inner**2) - np.sum(np.diag(inner) ** 2)
    return between / (blocks * (blocks - 1)), np.linalg.eigvalsh(inner)[-1] / blocks


def compare_shipped(runs: int, workers: int, plain_file: Path | None) -> dict[str, Agreement]:
    """Compare the kernel with the independent simulation on the shipped season, then with bugs."""
    plan = load(CONFIG)
    fitted = fit(plan).posterior
    mean = fitted.weights @ fitted.mean
    posterior = Posterior(
        np.ones(1), mean[None], np.zeros((1, mean.size, 0)), fitted.first_half_share
    )
    season, plain = lower(plan, posterior.first_half_share), peer_season(plan)
    kernel = played(kernel_block(season, posterior), runs, workers=workers)
    tables = scalar_numba.make_tables(plain)
    other = played(plain_block(tables, season.bins), runs, workers=workers, kept=plain_file)
    groups = groups_of(season)
    found = compare(kernel, other, groups)
    every = {"all": groups["all"]}
    wrong = {name: scalar_numba.make_tables(plain, **bug) for name, bug in LADDER_BUGS.items()}
    share = replace(plain, first_half_share=WRONG_SHARE)
    wrong[f"first half with {share.first_half_share} of goals"] = scalar_numba.make_tables(share)
    for name, tables in wrong.items():
        bugged = played(plain_block(tables, season.bins), min(runs, BUG_RUNS), workers=workers)
        found[f"bug: {name}"] = compare(kernel, bugged, every)["all"]
    return found


def compare_small(runs: int, workers: int) -> dict[str, Agreement]:
    """Compare the kernel with the enumeration of the small competition, then with bugs."""
    with tempfile.TemporaryDirectory() as folder:
        plan = load(enumeration.write_config(Path(folder)))
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    kernel = played(kernel_block(season, posterior), runs, workers=workers)
    groups, chances = groups_of(season), enumeration.exact(bins=season.bins)
    found = compare(kernel, chances, groups)
    every = {"all": groups["all"]}
    share = replace(enumeration.SEASON, first_half_share=WRONG_SHARE)
    bugs = {
        name: {"season": enumeration.SEASON} | bug for name, bug in (LADDER_BUGS | TIE_BUGS).items()
    }
    bugs[f"first half with {share.first_half_share} of goals"] = {"season": share}
    for name, bug in bugs.items():
        wrong = enumeration.exact(bins=season.bins, **bug)
        found[f"bug: {name}"] = compare(kernel, wrong, every)["all"]
    return found


def show(title: str, found: dict[str, Agreement]) -> bool:
    """Print what was found; return whether the groups agree and no bug does."""
    print(title)
    for name, each in found.items():
        print(f"  {name:45} {each.text()}")
    return all(each.holds != name.startswith("bug: ") for name, each in found.items())


def main() -> int:
    """Compare, print, write JSON if asked; exit with 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--plain", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    runs, workers = arguments.runs, arguments.workers
    small = compare_small(runs, workers)
    good = show(f"the kernel v exact enumeration, {runs:,} runs", small)
    shipped = compare_shipped(runs, workers, arguments.plain)
    good &= show(f"the kernel v an independent simulation, {runs:,} runs each", shipped)
    if arguments.json:
        groups = {"exact": small, "independent": shipped}
        found = {k: {name: asdict(each) for name, each in v.items()} for k, v in groups.items()}
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
