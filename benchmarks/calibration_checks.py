"""What the observed seasons prove: means over seasons, their errors, and the bounds they must keep.

Every check compares a number with what an exact posterior would give, and nothing is granted to
the approximations of the fit; only `low` and `high`, which are no quantiles but the points of a
Beta, are granted `BETA`. Seasons are independent, the
teams of one season are not, so errors come from the spread between seasons. All checks of one run
share one chance of a false alarm, `ALPHA`; each gets an equal part of it, its level:

- a mean over teams and seasons: Student's t of the season means, at a tenth of the level, since
  they are only nearly normal;
- one number a season: exact. The mean rank by Hoeffding's lemma for a uniform number, whose
  variance is 1/12; the share inside an interval by the binomial;
- evenness of ranks over ten equal bins: Hotelling's T² of the season's shares, which is chi-square
  with the covariance estimated from seasons; with one number a season n times the relative entropy,
  which exceeds x with a chance below exp(-x) (e x / k)^k for k + 1 bins (Agrawal, IEEE Transactions
  on Information Theory 2020;66:6297);
- sums of rare events over the seasons: Bennett's inequality, with the variance and the largest
  season that were seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from benchmarks.calibration_seasons import Observation

__all__ = ["ALPHA", "Check", "check"]

Float64 = NDArray[np.float64]

ALPHA = 1e-6
"""Chance that a run of all checks fails though nothing is wrong."""

RESERVE = 10
"""What a quantile is too small by, at most, where the law is only nearly known."""

WIDTHS = (0.5, 0.9)
"""Of the central intervals whose coverage is checked."""

SEASONS_A_BIN = 10
MOST_BINS = 10

GROUPS = 5
"""Of forecasts, by their probability; each group has the same sum of p (1 - p)."""

SEEN = 0.02
"""Intervals of rarer outcomes, or surer ones, end below what simulation can tell from 0 or 1."""

TAIL = 0.05
BETA = 0.03
"""What the share of true chances below `low`, or above `high`, may be off by: the measured 0.02
and what a competition of another shape may add."""


@dataclass(frozen=True, slots=True)
class Check:
    """One number, what is expected of it, and the range that it must keep.

    `error` is the standard error of `observed` from the spread between seasons; it is None where
    `observed` is itself a test statistic.
    """

    subject: str
    measure: str
    observed: float
    expected: float
    error: float | None
    lowest: float
    highest: float

    @property
    def holds(self) -> bool:
        """Whether it is in its range."""
        return self.lowest <= self.observed <= self.highest


@dataclass(frozen=True, slots=True)
class Measure:
    """One number a season and entry, to be held at `level`.

    Attributes
    ----------
    subject, measure : str
    values : float64, shape (seasons, entries)
        NaN for an entry that does not count.
    expected : float
    allowed : float
        What the mean may be off by.
    """

    subject: str
    measure: str
    values: Float64
    expected: float
    allowed: float = 0.0

    def judged(self, level: float) -> Check:
        """Hold the mean."""
        means = np.nanmean(self.values, axis=1)
        seasons, error = len(means), float(means.std(ddof=1) / np.sqrt(len(means)))
        if self.values.shape[1] > 1:
            reach = float(stats.t.isf(level / RESERVE / 2.0, seasons - 1)) * error + self.allowed
            low, high = self.expected - reach, self.expected + reach
        elif self.measure == "mean rank":
            reach = float(np.sqrt(2.0 / 12.0 * np.log(2.0 / level) / seasons))
            low, high = self.expected - reach, self.expected + reach
        else:
            law = stats.binom(seasons, self.expected)
            low, high = (
                float(law.ppf(tail)) / seasons for tail in (level / 2.0, 1.0 - level / 2.0)
            )
        return Check(
            self.subject, self.measure, float(means.mean()), self.expected, error, low, high
        )


@dataclass(frozen=True, slots=True)
class Evenness:
    """Ranks that should be even, float64 from 0 to 1, shape (seasons, entries)."""

    subject: str
    ranks: Float64

    def judged(self, level: float) -> Check:
        """Hold the statistic."""
        seasons, entries = self.ranks.shape
        bins = max(2, min(MOST_BINS, seasons // SEASONS_A_BIN))
        cells = (self.ranks * bins).astype(np.int64)
        shares = np.array([np.bincount(row, minlength=bins) for row in cells]) / entries
        free = bins - 1
        mean = shares.mean(axis=0)
        if entries == 1:
            statistic, most = seasons * entropy(mean), most_entropy(free, level)
        else:
            apart = mean[:-1] - 1.0 / bins
            covariance = np.cov(shares[:, :-1], rowvar=False).reshape(free, free)
            statistic = seasons * float(apart @ np.linalg.solve(covariance, apart))
            ratio = (seasons - 1) * free / (seasons - free)
            most = ratio * float(stats.f.isf(level / RESERVE, free, seasons - free))
        return Check(self.subject, "evenness", statistic, float(free), None, 0.0, most)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over entries and seasons that should be zero; `sums` has one entry a season.

    Shown as a mean over all `entries` that it adds up.
    """

    subject: str
    measure: str
    sums: Float64
    entries: int

    def judged(self, level: float) -> Check:
        """Hold the mean of all entries."""
        variance, jump = float((self.sums**2).sum()), float(np.abs(self.sums).max())
        mean, error = float(self.sums.sum()) / self.entries, float(np.sqrt(variance)) / self.entries
        reach = bennett(variance, jump, level / 2.0) / self.entries
        return Check(self.subject, self.measure, mean, 0.0, error, -reach, reach)


def entropy(shares: Float64) -> float:
    """Return the relative entropy of shares to even ones."""
    seen = shares[shares > 0]
    return float((seen * np.log(seen * len(shares))).sum())


def most_entropy(free: int, level: float) -> float:
    """Return x with exp(-x) (e x / free)^free = level."""

    def excess(x: float) -> float:
        return -x + free * (1.0 + np.log(x / free)) - float(np.log(level))

    return float(optimize.brentq(excess, free, free + 1e3))


def bennett(variance: float, jump: float, level: float) -> float:
    """Return what a sum of independent numbers up to `jump` exceeds with a chance below `level`."""

    def excess(x: float) -> float:
        u = jump * x / variance
        return variance / jump**2 * ((1.0 + u) * np.log1p(u) - u) + float(np.log(level))

    most = np.sqrt(-2.0 * variance * np.log(level)) - jump * np.log(level)
    return float(optimize.brentq(excess, 0.0, most))


def of_ranks(observations: Sequence[Observation]) -> Iterator[Measure | Evenness]:
    """List what is measured of the ranks."""
    for as_of, quantities in observations[0].ranks.items():
        for name in quantities:
            ranks = np.array([seen.ranks[as_of][name] for seen in observations])
            subject = f"{as_of}: {name}"
            yield Measure(subject, "mean rank", ranks, 0.5)
            for width in WIDTHS:
                inside = np.abs(ranks - 0.5) < width / 2.0
                yield Measure(
                    subject, f"inside {100 * width:.0f} %", inside.astype(np.float64), width
                )
            yield Evenness(subject, ranks)


def groups(p: Float64) -> Iterator[NDArray[np.bool_]]:
    """Part forecasts by their probability so that each group says equally much."""
    order = np.argsort(p, axis=None)
    weight = np.cumsum((p * (1.0 - p)).ravel()[order])
    part = np.empty(p.size, np.int64)
    part[order] = np.minimum((GROUPS * weight / weight[-1]).astype(np.int64), GROUPS - 1)
    for group in range(GROUPS):
        yield part.reshape(p.shape) == group


def of_chances(observations: Sequence[Observation]) -> Iterator[Total | Measure]:
    """List what is measured of the forecasts."""
    for name in observations[0].chances:
        all_of = [seen.chances[name] for seen in observations]
        p, true, low, high, reached = (
            np.array([getattr(one, key) for one in all_of], np.float64)
            for key in ("p", "true", "low", "high", "reached")
        )
        for group in groups(p):
            subject, entries = f"{name}: p = {p[group].mean():.3f}", int(group.sum())
            for measure, apart in (
                ("outcome less p", reached - p),
                ("true chance less p", true - p),
                ("outcome less true chance", reached - true),
            ):
                yield Total(subject, measure, (group * apart).sum(axis=1), entries)
        yield from of_intervals(name, p, {"below low": true < low, "above high": true > high})


def of_intervals(
    name: str, p: Float64, tails: Mapping[str, NDArray[np.bool_]]
) -> Iterator[Measure]:
    """List what is measured of `low` and `high`, where they can be told from 0 and 1."""
    seen = (p >= SEEN) & (p <= 1.0 - SEEN)
    with_any = seen.any(axis=1)
    cells = {measure: np.where(seen, beyond, np.nan)[with_any] for measure, beyond in tails.items()}
    for measure, values in cells.items():
        yield Measure(f"{name}: low to high", measure, values, TAIL, BETA)
    inside = 1.0 - sum(cells.values())
    yield Measure(f"{name}: low to high", "inside", inside, 1.0 - 2.0 * TAIL, BETA)


def of_shapes(observations: Sequence[Observation]) -> Iterator[Total]:
    """List what is measured of a goal model's shape: its mean and its variance are right."""
    for name in observations[0].shapes:
        error, variance = np.array([seen.shapes[name] for seen in observations]).T
        subject, seasons = f"{name}: shape", len(error)
        yield Total(subject, "truth less mean", error, seasons)
        yield Total(subject, "its square less variance", error**2 - variance, seasons)


def check(observations: Sequence[Observation]) -> list[Check]:
    """Judge all that was observed."""
    measures = [*of_ranks(observations), *of_shapes(observations), *of_chances(observations)]
    return [measure.judged(ALPHA / len(measures)) for measure in measures]
