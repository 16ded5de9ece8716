"""The whole flow as one call: plan, fit, simulation, tables, files."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast import tables
from forecast.arrays import (
    DRAWS_PER_REPLICATE,
    MAX_RATE,
    Counts,
    Posterior,
    Season,
)
from forecast.config import with_runs
from forecast.counts import add
from forecast.lowering import lower
from forecast.plan import Plan
from forecast.proof import Verdict, prove
from forecast.report.completing import complete
from forecast.report.facts import calibration, facts
from forecast.report.files import json_bytes
from forecast.report.folder import PROVENANCE, Folder, claim
from forecast.report.history import record
from forecast.report.package import data_files, table_files
from forecast.report.provenance import Effort, Stopwatch, provenance
from forecast.report.stored import CALIBRATION, Stored
from forecast.simulate import simulate, simulate_enough
from forecast.strength import Fit, fit
from forecast.tabulate import strengths_of, tabulate
from forecast.workers import available_workers

__all__ = [
    "Fitted",
    "Result",
    "fit_strengths",
    "run",
]

Progress = Callable[[int, int], None]
"""Told (replicates done, replicates to do)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Strengths of a plan, before any simulation."""

    plan: Plan
    fit: Fit
    strengths: pl.DataFrame
    effort: Effort

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the fit, in sentences; the weightiest first."""
        return self.fit.notes

    def publish(self, folder: Folder, *, force: bool = False) -> None:
        """Write the strengths and their provenance into a claimed folder."""
        files = table_files({"strengths": self.strengths})
        document = provenance(self.plan, self.effort, counts=None, files=files)
        folder.publish({**files, PROVENANCE: json_bytes(document)}, force=force)


@dataclass(frozen=True, slots=True)
class Result:
    """One forecast: its tables, and what they were made from.

    `fit.notes` are sentences about its limits. Schemas of the frames are in
    `forecast.tables.schemas`.
    """

    plan: Plan
    fit: Fit
    counts: Counts
    outcomes: pl.DataFrame
    places: pl.DataFrame
    points: pl.DataFrame
    tie_breaks: pl.DataFrame
    matches: pl.DataFrame
    strengths: pl.DataFrame
    standings: pl.DataFrame
    results: pl.DataFrame
    margins: pl.DataFrame
    next_results: pl.DataFrame
    status: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    effort: Effort

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits the forecast, in sentences; the weightiest first."""
        return (*self.fit.notes, *self._capped_note(), *self._undecided_note())

    def _capped_note(self) -> Iterator[str]:
        if not self.counts.capped_tiles:
            return
        share = self.counts.capped_tiles / (self.counts.replicates * DRAWS_PER_REPLICATE)
        yield (
            f"In {100 * share:.2g} % of the draws of strengths some team would score more than "
            f"{MAX_RATE:.0f} goals a match against another; rates are held there."
        )

    def _undecided_note(self) -> Iterator[str]:
        undecided = sum(verdict.undecided for verdict in self.verdicts)
        if undecided:
            yield (
                f"{undecided} of {len(self.verdicts)} lines of status are open without a proof: "
                "the solver came to its limit, or a tie-break that it does not follow decides."
            )

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """All tables by the name of their file."""
        return {
            "outcomes": self.outcomes,
            "places": self.places,
            "points": self.points,
            "tie_breaks": self.tie_breaks,
            "matches": self.matches,
            "strengths": self.strengths,
            "standings": self.standings,
            "results": self.results,
            "margins": self.margins,
            "next_results": self.next_results,
            "status": self.status,
        }

    def write(self, out: Path | str, *, force: bool = False, report: bool = True) -> Path:
        """Write `out/<id>/`, which appears whole or not at all, and return it.

        A folder that already holds the same forecast is left as it is, unless `force`; pages that
        it lacks are added. Without `report` only what programs read is written. If pictures cannot
        be drawn, or the history cannot be read, the pages do without, and a warning says why.

        Raises
        ------
        OutputError
            If the folder holds something else, or the disk refuses.
        """
        with claim(Path(out), self.plan.id) as folder:
            if not force and folder.holds(self.plan.source.config_hash):
                _, fault = complete(folder, self.plan, report=report)
            else:
                fault = self.publish(folder, force=force, report=report)
            if fault:
                warnings.warn(fault, stacklevel=2)
            return folder.path

    def publish(self, folder: Folder, *, force: bool = False, report: bool = True) -> str | None:
        """Write all files into a claimed folder; without `report` those that programs read.

        Returns what the page lacks and why: pictures, or the earlier forecasts.
        """
        fault = None
        if report:
            from forecast.report.pictures.drawing import DRAWER  # noqa: PLC0415 (pages only)

            DRAWER.begin()  # loads its renderer while other files are made
        head = facts(self.plan, self.counts, notes=self.notes)
        files = data_files(head, self.tables, desk=report)
        past = calibration(self.plan)
        files[CALIBRATION] = json_bytes(past)
        document = provenance(self.plan, self.effort, counts=self.counts, files=files)
        document["proof"] = {
            status: sum(verdict.status == status for verdict in self.verdicts)
            for status in ("certain", "impossible", "open")
        } | {"undecided": sum(verdict.undecided for verdict in self.verdicts)}
        if report:
            from forecast.report.pages import reader_files, with_files  # noqa: PLC0415 (templates)

            stored = Stored(head, document, self.tables, calibration=past)
            made, fault = reader_files(stored, out=folder.out)
            document = with_files(document, files, made)
            files |= made
        folder.publish({**files, PROVENANCE: json_bytes(document)}, force=force)
        record(folder.out, self.plan, self.outcomes, self.status)
        return fault


def run(
    plan: Plan,
    *,
    runs: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Fit, simulate and tabulate one forecast; nothing is written.

    Parameters
    ----------
    plan : Plan
    runs : int, optional
        Instead of what the plan says; rounded up to whole replicates, at least 16.
    workers : int, optional
        Threads, by default all cores of this process; no number depends on it.
    progress : callable, optional
        Told (replicates done, replicates to do); the latter grows while a `target_error` is sought.

    Raises
    ------
    ModelError
        If the fit does not settle, or `target_error` is out of reach.
    BrokenCountsError
        If the counts contradict themselves or the proofs: a bug of ours.
    """
    plan = plan if runs is None else with_runs(plan, runs)
    clock = Stopwatch.start()
    threads = workers or available_workers()
    with clock.step("fit"):
        fitted = fit(plan)
    with clock.step("lower"):
        season = lower(plan, fitted.posterior.first_half_share)
    with clock.step("simulate"):
        counts = _simulated(plan, season, fitted.posterior, workers=threads, progress=progress)
    with clock.step("prove"):
        verdicts = prove(plan)
        tables.check_status(season.layout, counts, verdicts)
    with clock.step("tables"):
        frames = tabulate(plan, season, fitted, counts)
    return Result(
        plan=plan,
        fit=fitted,
        counts=counts,
        status=tables.status_table(plan, verdicts),
        verdicts=verdicts,
        effort=clock.effort(threads),
        **frames,
    )


def fit_strengths(plan: Plan) -> Fitted:
    """Fit the strengths of a plan without simulating it.

    Raises
    ------
    ModelError
        If the fit does not settle.
    """
    clock = Stopwatch.start()
    with clock.step("fit"):
        fitted = fit(plan)
        strengths = strengths_of(plan, fitted)
    return Fitted(plan=plan, fit=fitted, strengths=strengths, effort=clock.effort(workers=1))


def _simulated(
    plan: Plan, season: Season, posterior: Posterior, *, workers: int, progress: Progress | None
) -> Counts:
    """Simulate what the plan asks for."""

    def extend(first: int, goal: int) -> Counts:
        if progress:
            progress(first, goal)  # the first call of all compiles, which takes its time
        return simulate(
            season,
            posterior,
            rng_seed=plan.simulation.rng_seed,
            first=first,
            replicates=goal - first,
            workers=workers,
            progress=(lambda done: progress(first + done, goal)) if progress else None,
        )

    return simulate_enough(plan, extend, add=add, worst_error=_worst_error)


def _worst_error(counts: Counts) -> float:
    errors = tables.standard_error(
        hits=counts.outcomes, squares=counts.outcome_squares, replicates=counts.replicates
    )
    return float(errors.max(initial=0.0))
