"""What a forecast was made of; the only file that knows the time of day."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from time import perf_counter

from forecast.arrays import DRAWS_PER_REPLICATE, STREAM_VERSION, Counts
from forecast.plan import Plan

__all__ = ["Effort", "Stopwatch", "provenance"]

_LIBRARIES = ("forecast", "numpy", "numba", "scipy", "polars")


@dataclass(frozen=True, slots=True)
class Effort:
    """How a forecast was computed: what changes from run to run while its numbers do not.

    `elapsed` is in seconds, a step each.
    """

    started: datetime
    workers: int
    elapsed: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Seconds of each step since a start."""

    started: datetime
    elapsed: dict[str, float]

    @classmethod
    def start(cls) -> Stopwatch:
        """Return a watch that starts now."""
        return cls(datetime.now(UTC), {})

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long the body takes."""
        before = perf_counter()
        yield
        self.elapsed[name] = perf_counter() - before

    def effort(self, workers: int) -> Effort:
        """Return what was noted so far."""
        return Effort(self.started, workers, dict(self.elapsed))


@cache
def _versions() -> dict[str, str]:
    """Return the version of each library, which a batch asks for only once."""
    return {library: version(library) for library in _LIBRARIES}


def provenance(
    plan: Plan, effort: Effort, *, counts: Counts | None, files: Mapping[str, bytes]
) -> dict[str, object]:
    """Return the document for `provenance.json`, without `counts` that of a fit alone."""
    source = plan.source
    replicates = counts.replicates if counts else 0
    return {
        "schema_version": 1,
        "forecast_id": plan.id,
        "config_hash": source.config_hash,
        "config": json.loads(source.resolved),
        "inputs": [{"name": name, "sha256": digest} for name, digest in source.inputs],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "rng_seed": plan.simulation.rng_seed,
        "stream_version": STREAM_VERSION,
        "runs": counts.runs if counts else 0,
        "replicates": replicates,
        "blocks": {"first": 0, "count": replicates},
        "tiles": {
            "all": replicates * DRAWS_PER_REPLICATE,
            "ranked_exactly": counts.exact_tiles if counts else 0,
            "with_a_capped_rate": counts.capped_tiles if counts else 0,
        },
        "executor": "threads",
        "workers": effort.workers,
        "versions": {
            "python": platform.python_version(),
            **_versions(),
        },
        "started": effort.started.isoformat(timespec="seconds"),
        "elapsed_seconds": {step: round(seconds, 3) for step, seconds in effort.elapsed.items()},
    }
