"""The one percent formatter: no digit that the simulation does not support."""

from __future__ import annotations

__all__ = ["percent"]

_FINE = 0.001
"""A standard error below a tenth of a point supports one decimal."""


def percent(hits: int, *, runs: int, std_error: float) -> str:
    """Return `hits / runs` for readers, as `42 %`, `42.1 %`, `<1 %` or `>99.9 %`.

    One decimal is shown if the standard error is under 0.1 point. No count gives 0 % or 100 %,
    which only the rules can prove: zero hits in N runs say "below 3 / N" (the 95 % bound of the
    rule of three), rounded up to a printed bound, and so for no miss in N runs.
    """
    misses = runs - hits
    if hits == 0:
        return f"<{_bound(runs)} %"
    if misses == 0:
        return f">{_complement(_bound(runs))} %"
    least, decimals = (0.001, 1) if std_error < _FINE else (0.01, 0)
    smallest = f"{100 * least:.{decimals}f}"
    if hits < least * runs:
        return f"<{smallest} %"
    if misses < least * runs:
        return f">{_complement(smallest)} %"
    return f"{100 * hits / runs:.{decimals}f} %"


def _bound(runs: int) -> str:
    """3 / N in per cent, rounded up: to 0.1, to 1, or to a whole number."""
    if runs >= 3_000:
        return "0.1"
    return str(min(-(-300 // runs), 100))


def _complement(bound: str) -> str:
    return "99.9" if bound == "0.1" else str(100 - int(bound))
