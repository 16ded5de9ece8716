"""One forecast in a process of its own, stage by stage; a child of `end_to_end`.

    python -m benchmarks.end_to_end_stages CONFIG OUT

Prints the CPU seconds of each stage as JSON, in order. They are those of `forecast run`, on one
thread; a library is imported by the first stage that needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

SPENT = {"interpreter": process_time()}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Note the CPU time of the body."""
    before = process_time()
    yield
    SPENT[name] = process_time() - before


def forecast(config: Path, out: Path) -> None:
    """Make one forecast without pages, and then its pages."""
    with stage("imports: command line, config"):
        from forecast.cli import main  # noqa: F401, PLC0415 (what is measured)
        from forecast.config import load  # noqa: PLC0415 (same)
        from forecast.plan import RUNS_PER_REPLICATE  # noqa: PLC0415 (same)
    with stage("config"):
        plan = load(config)
    with stage("imports: numba, with numpy"):
        import numba  # noqa: F401, PLC0415 (same)
    with stage("imports: polars"):
        import polars  # noqa: F401, ICN001, PLC0415 (same)
    with stage("imports: the rest"):
        from forecast import pipeline  # noqa: PLC0415 (same)
        from forecast.report import index, terminal  # noqa: F401, PLC0415 (same)
    with stage("imports: scipy.special"):
        import scipy.special  # noqa: F401, PLC0415 (same)
    with stage("fit"):
        fitted = pipeline.fit(plan)
    with stage("lower"):
        season = pipeline.lower(plan, fitted.posterior.first_half_share)
    seed = plan.simulation.rng_seed
    with stage("kernel: load, first replicate"):
        counts = pipeline.simulate(season, fitted.posterior, rng_seed=seed, replicates=1)
    left = -(-(plan.simulation.runs or 0) // RUNS_PER_REPLICATE) - 1
    with stage("kernel: the other replicates"):
        more = pipeline.simulate(
            season, fitted.posterior, rng_seed=seed, first=1, replicates=max(left, 1)
        )
        counts = pipeline.add(counts, more)
    with stage("proofs and tables"):
        pipeline.prove(plan)
        pipeline.tabulate(plan, season, fitted, counts)
    result = pipeline.run(plan, workers=1)  # to have something to write; not measured
    with stage("writing: what programs read"):
        result.write(out, report=False)
    with stage("writing: what people read, without drawing"):
        result.write(out, force=True)


if __name__ == "__main__":
    forecast(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(SPENT))
