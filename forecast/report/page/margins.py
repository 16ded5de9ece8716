"""What a goal difference is worth at the cut, no finer than the counts can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from forecast.report.page.language import Language
from forecast.report.percent import share
from forecast.report.stored import Stored

__all__ = ["Cell", "Margins", "margins_of", "pooled"]

_APART = 2.0
"""Standard errors of their difference by which neighbouring rows differ, or they are one row."""

_FEWEST = 300
"""Cases that a share needs, to be known to within a few points."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Teams with a total of points and some goal differences: all, those above the cut, error.

    `std_error` is an upper bound, as in the table.
    """

    reached: int
    enough: int
    std_error: float

    @property
    def share(self) -> float:
        """The share of them above the cut."""
        return self.enough / self.reached

    def __add__(self, other: Cell) -> Cell:
        """Return both as one; errors of parts, weighted, bound that of the whole."""
        reached = self.reached + other.reached
        error = self.reached * self.std_error + other.reached * other.std_error
        return Cell(reached, self.enough + other.enough, error / reached)


Row = tuple[range, Mapping[int, Cell]]
"""Neighbouring goal differences, ascending, and a cell for each total of points."""


@dataclass(frozen=True, slots=True)
class Margins:
    """By goal differences and points in doubt: how many had enough, and their share, or None."""

    points: tuple[int, ...]
    rows: tuple[tuple[str, tuple[tuple[int, str] | None, ...]], ...]

    @property
    def gaps(self) -> bool:
        """Whether some cell is None."""
        return any(None in cells for _, cells in self.rows)


def margins_of(
    stored: Stored, stage: str, place: int, points: Sequence[int], language: Language
) -> Margins | None:
    """Return what goal difference is worth at totals of points that do not decide the cut."""
    if "margins" not in stored.tables or not points:
        return None
    frame = stored.tables["margins"].filter(pl.col("points").is_in(points), stage=stage, cut=place)
    found: dict[int, dict[int, Cell]] = {}
    columns = ("goal_difference", "points", "reached", "enough", "std_error")
    for margin, total, *counted in frame.select(columns).iter_rows():
        found.setdefault(margin, {})[total] = Cell(*counted)
    rows = pooled([(range(each, each + 1), found[each]) for each in sorted(found, reverse=True)])
    if len(rows) < 2:
        return None
    said = _named([differences for differences, _ in rows], language)
    cells = (tuple(_shown(row.get(total), language) for total in points) for _, row in rows)
    return Margins(points=tuple(points), rows=tuple(zip(said, cells, strict=True)))


def pooled(rows: Sequence[Row]) -> list[Row]:
    """Return rows, best first, after joining neighbours that the counts cannot tell apart.

    Two neighbours stay apart if in some column the better one was enough clearly more often, and
    in no column less often; so no column ever rises where goal difference falls.
    """
    found: list[Row] = []
    for row in rows:
        found.append(row)
        while len(found) > 1 and not _apart(found[-2][1], found[-1][1]):
            lower, upper = found.pop(), found.pop()
            found.append(_joined(upper, lower))
    return found


def _apart(better: Mapping[int, Cell], worse: Mapping[int, Cell]) -> bool:
    both = [(better[total], worse[total]) for total in better.keys() & worse.keys()]
    both = [(up, down) for up, down in both if min(up.reached, down.reached) >= _FEWEST]
    gaps = [
        (up.share - down.share, _APART * (up.std_error**2 + down.std_error**2) ** 0.5)
        for up, down in both
    ]
    return any(gap > least for gap, least in gaps) and all(gap >= 0 for gap, _ in gaps)


def _joined(upper: Row, lower: Row) -> Row:
    (high, above), (low, below) = upper, lower
    cells = dict(above)
    for total, cell in below.items():
        cells[total] = cells[total] + cell if total in cells else cell
    return range(low.start, high.stop), cells


def _named(spans: Sequence[range], language: Language) -> Iterator[str]:
    """Yield the goal differences of each row; the first and the last have no end."""
    for number, span in enumerate(spans):
        low, high = (language.signed(k, 0) if k else "0" for k in (span.start, span.stop - 1))
        if number == 0:
            yield language.say("%(margin)s or better", margin=low)
        elif number == len(spans) - 1:
            yield language.say("%(margin)s or worse", margin=high)
        elif len(span) == 1:
            yield low
        else:
            yield language.say("%(first)s to %(last)s", first=high, last=low)


def _shown(cell: Cell | None, language: Language) -> tuple[int, str] | None:
    if cell is None or cell.reached < _FEWEST:
        return None
    shown = share(cell.enough, runs=cell.reached, std_error=1)
    return cell.enough, language.percent(shown)
