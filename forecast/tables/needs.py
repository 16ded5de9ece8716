"""What each club needs, and which match matters most: conditional chances from sampled tiles."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast.arrays import MARGIN, Counts, Layout
from forecast.plan import Match, Plan
from forecast.tables.schemas import MARGINS, NEXT_RESULTS, conform, with_leverage

__all__ = ["leverage_table", "margin_table", "next_result_table"]

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

HOME, AWAY = 0, 2
"""Rows of `Counts.given`."""

_RESULTS = (("win", "draw", "loss"), ("loss", "draw", "win"))
"""What a home win, a draw and an away win are to the home team and to its rival."""

_IN_A_TIE = {"win": "through", "loss": "out"}


def conditional_chances(counts: Counts) -> tuple[Float64, Float64]:
    """Return the chance of each outcome given each result, and its simulation error.

    Both have the shape of `Counts.joint`, nan where a result never happened. The chance is a ratio
    of two sums over replicates, Σ j / Σ c; its error is that of the sum of j - p c, which is exact
    but for the noise in Σ c. Where an outcome always or never went with a result, replicates show
    no spread, and the error is that of one run more of either kind: large if the runs are few.
    """
    given = counts.given[:, :, np.newaxis, np.newaxis].astype(np.float64)
    squares = counts.given_squares[:, :, np.newaxis, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = counts.joint / given
        residual = counts.joint_squares - 2 * chance * counts.joint_given + chance**2 * squares
        scale = counts.replicates / (counts.replicates - 1)
        error = np.sqrt(scale * np.maximum(residual, 0.0)) / given
        likely = (counts.joint + 1) / (given + 2)
        alike = (counts.joint == 0) | (counts.joint == given)
        error = np.where(alike, np.sqrt(likely * (1 - likely) / given), error)
        error[~np.isfinite(error)] = np.nan
    return chance, error


def next_result_table(plan: Plan, layout: Layout, counts: Counts) -> pl.DataFrame:
    """One row a team with a match left, outcome, and result of its next match; `NEXT_RESULTS`.

    The next match is the first by stage, round, leg and date. A result that did not happen on the
    sampled tiles has no row.
    """
    teams, stages = plan.competition.teams, [stage.id for stage in plan.competition.stages]
    chance, error = conditional_chances(counts)

    def when(event: int) -> tuple[object, ...]:
        match = plan.matches[layout.events[event].match]
        day = match.date.toordinal() if match.date else 10**9
        return stages.index(match.stage), match.round or 10**9, match.leg or 0, day, match.line

    ahead: dict[int, int] = {}
    for event in sorted(range(len(layout.events)), key=when):
        match = plan.matches[layout.events[event].match]
        for team in (match.home, match.away):
            ahead.setdefault(team, event)
    rows = []
    for team, event in sorted(ahead.items()):
        found = layout.events[event]
        match = plan.matches[found.match]
        side = 0 if match.home == team else 1
        for k, outcome in enumerate(layout.outcomes):
            for row in (0, 1, 2) if side == 0 else (2, 1, 0):
                runs = int(counts.given[event, row])
                if runs == 0:
                    continue
                result = _RESULTS[side][row]
                rows.append(
                    {
                        "team": teams[team],
                        "outcome": outcome.id,
                        "stage": match.stage,
                        "round": match.round,
                        "home": teams[match.home],
                        "away": teams[match.away],
                        "result": _IN_A_TIE[result] if found.tie else result,
                        "hits": int(counts.joint[event, row, side, k]),
                        "runs": runs,
                        "probability": chance[event, row, side, k],
                        "std_error": error[event, row, side, k],
                    }
                )
    return conform(pl.DataFrame(rows, schema=NEXT_RESULTS, orient="row"), NEXT_RESULTS)


def leverage_table(
    matches: pl.DataFrame,
    fixtures: tuple[Match, ...],
    plan: Plan,
    layout: Layout,
    counts: Counts,
) -> pl.DataFrame:
    """Append what hangs on each match left: `leverage_<outcome>`, its error, and whose it is.

    It is the difference that the result makes to the team with more at stake: the larger of
    |P(outcome | home win) - P(outcome | away win)| of its two teams; in a tie, of going through
    and going out. The error is the sum of those of both chances, more than it can be. All are
    null where a result never happened on the sampled tiles.
    """
    chance, error = conditional_chances(counts)
    event_of = {plan.matches[found.match].line: e for e, found in enumerate(layout.events)}
    events = np.array([event_of.get(match.line, -1) for match in fixtures], np.int64)
    known = events >= 0
    gap = np.full((len(fixtures), 2, len(layout.outcomes)), np.nan)
    bound = gap.copy()
    gap[known] = np.abs(chance[events[known], HOME] - chance[events[known], AWAY])
    bound[known] = error[events[known], HOME] + error[events[known], AWAY]
    side = np.where(gap[:, 0] >= gap[:, 1], 0, 1)[:, np.newaxis]
    columns = {}
    for k, outcome in enumerate(layout.outcomes):
        for beginning, values in (("", gap), ("error_", bound)):
            name = f"{beginning}leverage_{outcome.id}"
            chosen = np.take_along_axis(values, side, axis=1)[:, 0, k]
            columns[name] = pl.Series(name, chosen, pl.Float64, nan_to_null=True)
    pairs = [(plan.competition.teams[m.home], plan.competition.teams[m.away]) for m in fixtures]
    for k, outcome in enumerate(layout.outcomes):
        there = columns[f"leverage_{outcome.id}"].is_not_null()
        sides = zip(pairs, side[:, 0, k], there, strict=True)
        names = [pair[at] if seen else None for pair, at, seen in sides]
        columns[f"team_leverage_{outcome.id}"] = pl.Series(names, dtype=pl.String)
    frame = matches.with_columns(**columns)
    return conform(frame, with_leverage([outcome.id for outcome in layout.outcomes]))


def margin_table(layout: Layout, counts: Counts) -> pl.DataFrame:
    """One row a cut, total of points and goal difference that was reached; schema `MARGINS`.

    `reached` counts teams on the sampled tiles, `enough` those of them above the cut. A goal
    difference beyond `MARGIN` either way counts as that. `std_error` is an upper bound: runs of
    one tile share strengths, so it takes no more teams for independent than there are tiles.
    """
    parts = []
    tables = {bins.stage: t for t, bins in enumerate(layout.points)}
    for bins in layout.points:
        lines = sorted(cut.place for cut in layout.cuts if cut.stage == bins.stage)
        for number, place in enumerate(lines):
            cells = counts.margins[tables[bins.stage], :, : bins.size]
            reached = cells.sum(axis=0)
            # A place is above the cut if that cut, and so every lower one, lies below it.
            enough = cells[len(lines) - number :].sum(axis=0)
            part = _margins_of_cut(bins.lowest, reached, enough, tiles=counts.sampled_tiles)
            names = pl.lit(bins.stage).alias("stage"), pl.lit(place, pl.Int64).alias("cut")
            parts.append(part.select(*names, pl.all()))
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=MARGINS)
    return conform(frame, MARGINS)


def _margins_of_cut(lowest: int, reached: Int64, enough: Int64, *, tiles: int) -> pl.DataFrame:
    """Return the rows of one cut from teams by points and margin."""
    points, margin = reached.nonzero()
    teams, above = reached[points, margin], enough[points, margin]
    independent = np.minimum(teams, tiles)
    likely = (above + 1) / (teams + 2)  # so that no count gives an error of 0
    return pl.DataFrame(
        {
            "points": lowest + points,
            "goal_difference": margin - MARGIN,
            "reached": teams,
            "enough": above,
            "probability": above / teams,
            "std_error": np.sqrt(likely * (1 - likely) / independent),
        }
    )
