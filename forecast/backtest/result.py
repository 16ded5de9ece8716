"""A finished replay: its tables, its files, and what they were made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast.backtest.bootstrap import INTERVALS
from forecast.backtest.frames import match_frame, outcome_frame, place_frame
from forecast.backtest.replaying import Progress, Replayed, replay, replicates_of
from forecast.backtest.summary import (
    coverage_table,
    difference_table,
    reliability_table,
    round_table,
    score_table,
)
from forecast.config import Overrides, View, load
from forecast.plan import RUNS_PER_REPLICATE
from forecast.report.files import csv_bytes, document_bytes, json_bytes, parquet_bytes
from forecast.report.folder import PROVENANCE, Folder
from forecast.report.provenance import Effort, Stopwatch, provenance
from forecast.workers import available_workers

__all__ = ["Backtest", "backtest", "hash_of"]


REPLAY_RUNS = 100_000
"""Runs a forecast, rounded up to whole replicates, unless the command line says otherwise: a replay
makes dozens of forecasts, whose errors are far below what one season can tell of their worth."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """One replay, scored.

    `matches`, `outcomes` and `places` have a row a forecast; the other tables sum them up.
    """

    replayed: Replayed
    matches: pl.DataFrame
    outcomes: pl.DataFrame
    places: pl.DataFrame
    rounds: pl.DataFrame
    scores: pl.DataFrame
    differences: pl.DataFrame
    reliability: pl.DataFrame
    coverage: pl.DataFrame
    effort: Effort

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be replayed, in sentences."""
        return self.replayed.notes

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """All tables by the name of their file."""
        return {
            "scores": self.scores,
            "differences": self.differences,
            "rounds": self.rounds,
            "reliability": self.reliability,
            "coverage": self.coverage,
            "matches": self.matches,
            "outcomes": self.outcomes,
            "places": self.places,
        }

    def publish(
        self,
        folder: Folder,
        *,
        config_hash: str,
        pictures: Mapping[str, bytes],
        force: bool = False,
    ) -> None:
        """Write all files into a claimed folder."""
        files: dict[str, bytes] = dict(pictures)
        for name, frame in self.tables.items():
            files[f"{name}.csv"] = csv_bytes(frame)
            files[f"{name}.parquet"] = parquet_bytes(frame)
        plan = self.replayed.plans[0]
        head = {
            "schema_version": 1,
            "competition": {"id": plan.competition.id, "name": plan.competition.name},
            "models": list(self.replayed.models),
            "notes": list(self.notes),
            "intervals": INTERVALS,
        }
        files["backtest.json"] = document_bytes(head, self.tables)
        document = provenance(plan, self.effort, counts=None, files=files)
        del document["tiles"], document["config"]
        document |= {
            "config_hash": config_hash,
            "inputs": self._inputs(),
            "runs": replicates_of(plan) * RUNS_PER_REPLICATE,
            "replicates": replicates_of(plan),
            "blocks": {"first": 0, "count": replicates_of(plan)},
            "configs": {each.id: json.loads(each.source.resolved) for each in self.replayed.plans},
            "models": {each.id: each.source.config_hash for each in self.replayed.plans},
            "moments": [step.moment.before for step in self.replayed.steps],
        }
        folder.publish({**files, PROVENANCE: json_bytes(document)}, force=force)

    def _inputs(self) -> list[dict[str, str]]:
        """Return the files that any model was read from."""
        read = {each: None for plan in self.replayed.plans for each in plan.source.inputs}
        return [{"name": name, "sha256": digest} for name, digest in read]


def _for_replay(overrides: Overrides | None) -> Overrides:
    said = overrides or Overrides()
    return Overrides(runs=said.runs or REPLAY_RUNS, rng_seed=said.rng_seed)


def hash_of(paths: Sequence[Path], overrides: Overrides) -> str:
    """Return the hash of everything that can change a number of a replay of these configs."""
    plans = [load(path, _for_replay(overrides), view=View()) for path in paths]
    said = [f"{plan.id} {plan.source.config_hash}" for plan in plans]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def backtest(
    paths: Sequence[Path | str],
    overrides: Overrides | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Replay one competition and score every forecast; nothing is written.

    Parameters
    ----------
    paths : sequence of Path or str
        Configs of one competition, a model each; their as_of and start do not matter.
    overrides : Overrides, optional
        `runs` a forecast, by default `REPLAY_RUNS`, and `rng_seed` instead of that of the config.
    workers : int, optional
        Threads, by default all cores of this process; no number depends on it.
    progress : callable, optional
        Told (forecasts done, forecasts to do).

    Raises
    ------
    ConfigError
        If a config is wrong, or nothing in it can be scored.
    ModelError
        If a fit does not settle.
    """
    clock = Stopwatch.start()
    threads = workers or available_workers()
    with clock.step("replay"):
        replayed = replay(
            [Path(path) for path in paths],
            _for_replay(overrides),
            workers=threads,
            progress=progress,
        )
    with clock.step("score"):
        frames = {
            "matches": match_frame(replayed),
            "outcomes": outcome_frame(replayed),
            "places": place_frame(replayed),
        }
        scored = {
            "rounds": round_table(frames["matches"]),
            "scores": score_table(frames),
            "differences": difference_table(frames, replayed.models),
            "reliability": reliability_table(frames, replayed.models),
            "coverage": coverage_table(frames["places"], replayed.models),
        }
    return Backtest(replayed=replayed, effort=clock.effort(threads), **frames, **scored)
