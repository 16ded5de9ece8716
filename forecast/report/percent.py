"""The one formatter of chances: no digit that the simulation does not support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FINE", "Share", "frequency", "percent", "share"]

FINE = 0.001
"""A standard error below a tenth of a point supports one decimal."""


@dataclass(frozen=True, slots=True)
class Share:
    """A chance as it is shown: `percent` with its decimals, as a bound if there is a mark."""

    mark: Literal["", "<", ">"]
    percent: float
    decimals: Literal[0, 1]

    def __str__(self) -> str:
        """Return it in the notation of data and terminals, as `42.1 %` or `<1 %`."""
        return f"{self.mark}{self.percent:.{self.decimals}f} %"


def percent(hits: int, *, runs: int, std_error: float) -> str:
    """Return `hits / runs` for readers, as `42 %`, `42.1 %`, `<1 %` or `>99.9 %`."""
    return str(share(hits, runs=runs, std_error=std_error))


def share(hits: int, *, runs: int, std_error: float) -> Share:
    """Return how `hits / runs` is shown.

    One decimal is shown if the standard error is under 0.1 point. No count gives 0 % or 100 %,
    which only the rules can prove: zero hits in N runs say "below 3 / N" (the 95 % bound of the
    rule of three), rounded up to a printed bound, and so for no miss in N runs.
    """
    misses = runs - hits
    if hits == 0:
        return _bound(runs)
    if misses == 0:
        return _mirrored(_bound(runs))
    fine = std_error < FINE
    least = Share("<", 0.1, 1) if fine else Share("<", 1, 0)
    if 100 * hits < least.percent * runs:
        return least
    if 100 * misses < least.percent * runs:
        return _mirrored(least)
    return Share("", 100 * hits / runs, 1 if fine else 0)


def frequency(hits: int, *, runs: int) -> tuple[int, int]:
    """Return a chance as "k of n" for readers: of a hundred, beyond one of them of a thousand.

    With one n for nearly all, a greater chance never reads as a smaller one. Chances beyond one of
    a thousand, which nobody can picture, give (0, 1000) or (1000, 1000).
    """
    rare = min(hits, runs - hits)
    many = 100 if 100 * rare >= runs else 1000
    few = round(many * rare / runs) if 1000 * rare >= runs else 0
    return (few, many) if rare == hits else (many - few, many)


def _bound(runs: int) -> Share:
    """3 / N in per cent, rounded up: to 0.1, to 1, or to a whole number."""
    if runs >= 3_000:
        return Share("<", 0.1, 1)
    return Share("<", min(-(-300 // runs), 100), 0)


def _mirrored(bound: Share) -> Share:
    return Share(">", 100 - bound.percent, bound.decimals)
