"""Two seasons on the same random numbers, replicate by replicate, and how far their hits differ."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from forecast.arrays import Posterior, Season
from forecast.counts import Pair
from forecast.simulate.threads import play
from forecast.workers import first_done

__all__ = ["simulate_pair"]

Int64 = NDArray[np.int64]


def simulate_pair(
    seasons: tuple[Season, Season],
    posteriors: tuple[Posterior, Posterior],
    *,
    rng_seed: int,
    replicates: int,
    first: int = 0,
    workers: int,
    progress: Callable[[int], None] | None = None,
) -> Pair:
    """Simulate two seasons of one competition with the same random numbers.

    Parameters are those of `simulate`, two of what differs; the result does not depend on
    `workers`.
    """

    def both(replicate: int) -> tuple[Int64, Int64]:
        one, two = (
            play(season, posterior, rng_seed=rng_seed, replicate=replicate).outcomes
            for season, posterior in zip(seasons, posteriors, strict=True)
        )
        return one, two

    sums = np.zeros((5, len(seasons[0].layout.outcomes), seasons[0].teams), np.int64)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="forecast")
    try:
        waiting = [pool.submit(both, each) for each in range(first, first + replicates)]
        for done, future in enumerate(waiting, 1):
            one, two = first_done([future]).result()
            sums += np.stack([one, two, one**2, two**2, (two - one) ** 2])
            if progress is not None:
                progress(done)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return Pair(replicates, *sums)
