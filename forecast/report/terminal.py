"""Compact tables for the terminal, whatever its width, colours and encoding."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.plan import Match, Plan
from forecast.proof import Verdict
from forecast.report.percent import percent
from forecast.report.text import shown
from forecast.tables import in_order, movement_table

__all__ = ["history_lines", "outcome_lines", "strength_lines", "what_if_lines"]

SHOWN_TEAMS = 16
"""Rows of a table on the terminal; the files have all of them."""

_LEAST_TEAM = 8
"""Width that a team's name keeps before another column is left out."""

_GAP = 2
"""Cells between two columns."""

_NARROWEST = 20
"""A narrower terminal wraps lines by itself."""

_UNBOUNDED = 10_000
"""Width for a pipe or a file: nothing is cut there."""


_PROVED = {"certain": "certain", "impossible": "out"}
"""Instead of a percentage, what the rules have decided."""


_MOVED = "moved: percentage points since the last forecast of an earlier day, ± simulation error"


_BESIDE = (
    "Beside each chance its change against the forecast without, in percentage points, with a "
    "simulation error"
)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of a table: a row starts with the name of a team, the rest are numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def outcome_lines(
    plan: Plan,
    outcomes: pl.DataFrame,
    verdicts: Sequence[Verdict],
    *,
    notes: Sequence[str],
    where: str,
) -> str:
    """Return the table of a run: the first teams by the last outcome, a column an outcome.

    Teams without any hit are left to the file. One column has one number of decimals, that of
    its largest error.

    Parameters
    ----------
    outcomes : polars.DataFrame
        Schema `OUTCOMES` of `forecast.tables`.
    verdicts : sequence of Verdict
        What the rules decide; it stands in the place of a percentage.
    notes : sequence of str
        What limits the forecast; the first is printed above the table.
    where : str
        The file with all rows.
    """
    names = [outcome.id for outcome in plan.competition.outcomes]
    names = [name for name in names if name in set(outcomes["outcome"])]
    proved = _proved(plan, verdicts)
    cells = {
        (team, outcome): proved.get((team, outcome), percent(hits, runs=runs, std_error=error))
        for team, outcome, hits, runs, error in outcomes.select(
            "team", "outcome", "hits", "runs", pl.col("std_error").max().over("outcome")
        ).iter_rows()
    }
    shown_teams = _ranked(outcomes, names)[:SHOWN_TEAMS]
    rows = tuple((team, *(cells[team, name] for name in names)) for team in shown_teams)
    title = [*notes[:1], f"{plan.competition.name} ({plan.id})", plan.dated]
    runs = f"{outcomes['runs'][0]:,} runs; rounded, so columns may not add up." if names else ""
    foot = [_more(len(plan.competition.teams) - len(rows), where), runs]
    return _rendered(_Grid(("team", *names), rows), title=title, foot=foot)


def strength_lines(plan: Plan, strengths: pl.DataFrame, *, notes: Sequence[str], where: str) -> str:
    """Return the strengths, best first, as mean ± standard deviation on the log scale."""
    ranked = strengths.sort(pl.col("attack") + pl.col("defence"), descending=True)
    rows = tuple(
        (team, _with_spread(attack, attack_sd), _with_spread(defence, defence_sd))
        for team, attack, attack_sd, defence, defence_sd in ranked.select(
            "team", "attack", "attack_sd", "defence", "defence_sd"
        ).iter_rows()
    )
    terms = strengths.row(0, named=True)
    shared = [
        f"{term.replace('_', ' ')} {_with_spread(terms[term], terms[f'{term}_sd'])}"
        for term in ("intercept", "home_advantage")
    ]
    title = [f"{plan.competition.name} ({plan.id})", plan.dated, *notes]
    said = ", ".join([*shared, f"first-half share {terms['first_half_share']:.2f}"])
    foot = [said, "±: spread over strengths, one standard deviation", where]
    return _rendered(_Grid(("team", "attack", "defence"), rows), title=title, foot=foot)


def history_lines(history: pl.DataFrame, outcome: str) -> str:
    """Return how the chances of one outcome moved: a row a team, a column a forecast.

    Parameters
    ----------
    history : polars.DataFrame
        Schema `HISTORY` of `forecast.tables`, of one competition, with the outcome in it.
    """
    chosen = history.filter(pl.col("outcome") == outcome)
    order = in_order(chosen)
    cells = {
        (team, config_hash): _PROVED.get(status, percent(hits, runs=runs, std_error=error))
        for team, config_hash, status, hits, runs, error in chosen.select(
            "team", "config_hash", "status", "hits", "runs", pl.col("std_error").max()
        ).iter_rows()
    }
    last = order.row(-1, named=True)["config_hash"]
    moved = movement_table(chosen, last)
    moves = {} if moved is None else {row["team"]: row for row in moved.iter_rows(named=True)}
    latest = pl.col("probability").filter(pl.col("config_hash") == last).sum()
    best = pl.col("probability").max()
    ranked = chosen.group_by("team", maintain_order=True).agg(latest=latest, best=best)
    ranked = ranked.sort("latest", "best", descending=True, maintain_order=True)
    shown_teams = ranked.filter(pl.col("best") > 0)["team"].to_list()[:SHOWN_TEAMS]
    rows = tuple(
        (
            team,
            *(cells.get((team, config_hash), "") for config_hash in order["config_hash"]),
            _moved(moves.get(team)),
        )
        for team in shown_teams
    )
    headers = [str(day) if day else "all known" for day in order["as_of"]]
    foot = [f"{header}: {name}" for header, name in zip(headers, order["forecast_id"], strict=True)]
    grid = _Grid(("team", *headers, "moved"), rows)
    return _rendered(grid, title=[outcome], foot=[*foot, _MOVED] if moves else foot)


def what_if_lines(
    plan: Plan, changes: pl.DataFrame, verdicts: Sequence[Verdict], results: Sequence[Match]
) -> str:
    """Return a forecast with results supposed, and how far each chance is from that without.

    The teams of those results come first, then those whose chances change most.

    Parameters
    ----------
    plan : Plan
        With the results supposed.
    changes : polars.DataFrame
        Schema `WHAT_IF` of `forecast.tables`.
    verdicts : sequence of Verdict
        What the rules decide once the results are known.
    """
    teams = plan.competition.teams
    playing = list(dict.fromkeys(teams[t] for m in results for t in (m.home, m.away)))
    most = changes.group_by("team", maintain_order=True).agg(pl.col("change").abs().max())
    moved = most.filter(pl.col("change") > 0).sort("change", descending=True, maintain_order=True)
    ranked = [*playing, *(team for team in moved["team"] if team not in playing)]
    proved = _proved(plan, verdicts)
    cells: dict[str, list[str]] = {team: [team] for team in teams}
    fine = changes.with_columns(pl.col("supposed_std_error").max().over("outcome"))
    for row in fine.iter_rows(named=True):
        error = row["supposed_std_error"]
        chance = percent(row["supposed_hits"], runs=row["runs"], std_error=error)
        chance = proved.get((row["team"], row["outcome"]), chance)
        cells[row["team"]].append(f"{chance} {_points(row['change'])}")
    names = list(dict.fromkeys(changes["outcome"]))
    rows = tuple(tuple(cells[team]) for team in ranked[:SHOWN_TEAMS])
    said = ", ".join(
        f"{teams[m.home]} {m.home_goals}-{m.away_goals} {teams[m.away]}" for m in results
    )
    most_error = 100 * max(changes["change_error"], default=0.0)
    hidden = len(teams) - len(rows)
    beside = f"{_BESIDE} of at most {most_error:.2f}."
    foot = [beside, f"{hidden} more teams change less, or not at all." if hidden else ""]
    title = [f"{plan.competition.name} ({plan.id})", plan.dated, f"Supposed: {said}"]
    return _rendered(_Grid(("team", *names), rows), title=title, foot=foot)


def _points(change: float) -> str:
    """Return a change of probability in percentage points, without a negative zero."""
    return f"{round(100 * change, 1) + 0.0:+.1f}"


def _proved(plan: Plan, verdicts: Iterable[Verdict]) -> Mapping[tuple[str, str], str]:
    """Return what stands for the chance of a team and outcome that the rules have decided."""
    teams = plan.competition.teams
    return {(teams[v.team], v.outcome): _PROVED[v.status] for v in verdicts if v.status in _PROVED}


def _moved(move: Mapping[str, float] | None) -> str:
    """Return a change of probability in points, with its simulation error."""
    if move is None:
        return ""
    return f"{_points(move['change'])} ± {100 * move['change_error']:.2f}"


def _ranked(outcomes: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Teams with a hit, by hits of the last outcome, then of the one before it, and so on."""
    if not names:
        return []
    wide = outcomes.pivot("outcome", index="team", values="hits", aggregate_function=None)
    by = [pl.col(name) for name in reversed(names)]
    hit = wide.filter(pl.any_horizontal(column > 0 for column in by))
    ranked: list[str] = hit.sort(by, descending=True, maintain_order=True)["team"].to_list()
    return ranked


def _with_spread(mean: float, sd: float) -> str:
    return f"{mean:+.2f} ± {sd:.2f}"


def _more(hidden: int, where: str) -> str:
    if hidden == 0:
        return f"all columns in {where}"
    return f"{hidden} more {'team' if hidden == 1 else 'teams'} in {where}"


def _rendered(grid: _Grid, *, title: Iterable[str], foot: Iterable[str]) -> str:
    console = _console()
    fitting, room = _columns_that_fit(grid, console.width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False)
    table.add_column("", max_width=room)
    for column in fitting:
        table.add_column(Text(shown(grid.headers[column])), justify="right", no_wrap=True)
    names = _names_in([row[0] for row in grid.rows], room)
    for name, row in zip(names, grid.rows, strict=True):
        table.add_row(name, *(Text(shown(row[c])) for c in fitting))
    left_out = [grid.headers[c] for c in range(1, len(grid.headers)) if c not in fitting]
    narrow = [f"too narrow for: {', '.join(left_out)}"] if left_out else []
    with console.capture() as captured:
        for line in title:
            console.print(Text(shown(line)))
        console.print(table)
        for line in [*narrow, *foot]:
            if line:
                console.print(Text(shown(line)))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _names_in(teams: Sequence[str], room: int) -> list[Text]:
    """Return names cut to so many cells; those that would then read alike take more lines."""
    cut = [Text(shown(team), no_wrap=True, overflow="ellipsis") for team in teams]
    for name in cut:
        name.truncate(room, overflow="ellipsis")
    often = Counter(name.plain for name in cut)
    return [
        Text(shown(team), overflow="fold") if often[name.plain] > 1 else name
        for team, name in zip(teams, cut, strict=True)
    ]


def _columns_that_fit(grid: _Grid, width: int) -> tuple[list[int], int]:
    """Return the last columns that fit beside a team's name, at least one, and its room."""
    room = width
    fitting: list[int] = []
    for column in reversed(range(1, len(grid.headers))):
        cells = [grid.headers[column], *(row[column] for row in grid.rows)]
        wide = max(Text(shown(cell)).cell_len for cell in cells) + _GAP
        if fitting and room - wide < _LEAST_TEAM:
            break
        room -= wide
        fitting.insert(0, column)
    return fitting, max(room, 1)


def _console() -> Console:
    """Return a console for stdout; a pipe gets plain text of any width, unless COLUMNS is set."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    width = max(Console(file=sys.stdout).width, _NARROWEST) if known else _UNBOUNDED
    return Console(file=sys.stdout, width=width, highlight=False, emoji=False, color_system=None)
