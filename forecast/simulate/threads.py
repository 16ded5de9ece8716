"""The executor: replicates are the blocks, threads that have let go of the GIL play them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import GOALS_BIVARIATE_POISSON, MARGIN, Counts, Posterior, Season
from forecast.counts import add, from_tally
from forecast.kernel.bench import Bench, make_bench
from forecast.kernel.season import play_replicate
from forecast.kernel.types import NeedsTally, Tally
from forecast.reference import by_reference
from forecast.simulate.compiling import Compiling, begin_compiling
from forecast.simulate.draws import draws
from forecast.workers import first_done

__all__ = ["play", "play_strengths", "simulate"]


def empty_tally(season: Season) -> Tally:
    """Return a tally of zeros."""
    layout, teams = season.layout, season.teams
    rungs = max((len(cut.rungs) for cut in layout.cuts), default=0)
    return Tally(
        occupancy=np.zeros((season.slots, teams), np.uint32),
        outcomes=np.zeros((len(layout.outcomes), teams), np.uint32),
        products=np.zeros((len(layout.outcomes), teams), np.uint32),
        points=np.zeros((1 + len(layout.cuts), season.bins), np.int64),
        rungs=np.zeros((len(layout.cuts), rungs), np.int64),
        tiles=np.zeros(3, np.int64),
        needs=empty_needs(season),
    )


def empty_needs(season: Season) -> NeedsTally:
    """Return the part of a tally that is counted on sampled tiles."""
    layout, events = season.layout, len(season.layout.events)
    outcomes = len(layout.outcomes)
    band = season.program.needs.band
    cells = max((bins.size for bins in layout.points), default=0) * (2 * MARGIN + 1)
    return NeedsTally(
        given=np.zeros((events, 2), np.uint32),
        joint=np.zeros((events, 2, 2, outcomes), np.uint32),
        sampled=np.zeros((season.teams, outcomes), np.uint32),
        margins=np.zeros((band.shape[0], band.max(initial=0) + 1, cells), np.uint32),
    )


class Workplace(threading.local):
    """The work arrays of one thread, kept while it plays competitions of one size.

    A thread of `simulate` ends with its call, and they with it.
    """

    sizes: dict[str, int] | None = None
    bench: Bench
    compiling: Compiling

    def prepare(self, season: Season) -> None:
        """Have work arrays for replicates of a season, and begin to compile its kernel."""
        program, fixtures = season.program, season.program.fixtures.home.size
        sizes = {
            "teams": season.teams,
            "slots": season.slots,
            "spare": program.knockouts.spare_count,
            "fixtures": fixtures,
            "commons": fixtures if program.goal_model == GOALS_BIVARIATE_POISSON else 0,
            "outcomes": len(season.layout.outcomes),
            "points": max((bins.size for bins in season.layout.points), default=0),
        }
        if sizes != self.sizes:
            self.bench, self.sizes = by_reference(make_bench(**sizes)), sizes
            tally = by_reference(empty_tally(season))
            self.compiling = begin_compiling(program, self.bench, tally)


WORKPLACE = Workplace()


def play_strengths(
    season: Season, strengths: NDArray[np.float64], *, rng_seed: int, replicate: int
) -> Counts:
    """Simulate one tile for every row of `strengths`, shape (draws, 2 + 2 * teams)."""
    WORKPLACE.prepare(season)
    program, bench, tally = season.program, WORKPLACE.bench, by_reference(empty_tally(season))
    parts = WORKPLACE.compiling.parts(program, bench, tally)
    key = np.uint64(rng_seed), np.uint64(replicate)
    play_replicate(program, strengths, *key, bench, tally, parts)
    return from_tally(season, tally)


def play(season: Season, posterior: Posterior, *, rng_seed: int, replicate: int) -> Counts:
    """Simulate one replicate."""
    WORKPLACE.prepare(season)  # before the draws, which are compiled too
    strengths = draws(posterior, rng_seed=rng_seed, replicate=replicate)
    return play_strengths(season, strengths, rng_seed=rng_seed, replicate=replicate)


def simulate(
    season: Season,
    posterior: Posterior,
    *,
    rng_seed: int,
    replicates: int,
    first: int = 0,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Counts:
    """Simulate replicates `first` to `first + replicates - 1`.

    Parameters
    ----------
    season : Season
    posterior : Posterior
    rng_seed : int
        Key of every random stream; 0 to 2^63 - 1.
    replicates, first : int
        Counts of disjoint ranges add up to those of their union.
    workers : int
        Threads; the counts do not depend on it.
    progress : callable, optional
        Called in this thread with the number of replicates done so far.
    """
    total: Counts | None = None
    waiting = iter(range(first, first + replicates))
    running: set[Future[Counts]] = set()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="forecast")
    try:
        for done in range(replicates):
            while len(running) <= workers and (replicate := next(waiting, None)) is not None:
                running.add(
                    pool.submit(play, season, posterior, rng_seed=rng_seed, replicate=replicate)
                )
            finished = first_done(running)
            running.remove(finished)
            counts = finished.result()
            total = counts if total is None else add(total, counts)
            if progress is not None:
                progress(done + 1)
    finally:
        # Not waiting lets a signal end the program in the middle of a block, or of compiling.
        pool.shutdown(wait=False, cancel_futures=True)
    assert total is not None
    return total
