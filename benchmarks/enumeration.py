"""Exact chances of a small competition, by enumeration of every score and half-time result.

Three teams meet once each, ranked by the eight rungs of the shipped season; then the first two play
three ties of different rules. `write_config` writes it as files, for the kernel; `exact` counts it
through, some 50 million combinations of results.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from benchmarks.scalar_numba import STEPS, Tables, make_tables
from benchmarks.shape import LADDER, Season

__all__ = ["SEASON", "exact", "write_config"]

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Law = tuple[Float64, Int64, Int64]

TEAMS = 3
CUTS = (1, 2)
LEAST_CHANCE = 1e-9
"""Rarer results of a match are left out: together they have a chance of about 1e-7."""

SEASON = Season(
    home=np.array([0, 1, 2]),
    away=np.array([1, 2, 0]),
    intercept=-0.2,
    home_advantage=0.15,
    attack=np.array([0.1, -0.1, 0.05]),
    defence=np.array([0.05, 0.0, -0.1]),
    first_half_share=0.45,
)

COMPETITION = f"""
schema_version = 1
id = "small"
name = "Small"
teams = "teams.csv"
matches = "matches.csv"
points = {{ win = 3, draw = 1, loss = 0 }}

[[stage]]
id = "league"
kind = "table"
entrants = ["teams"]
tie_breaks = {list(LADDER)}

[[stage]]
id = "two_legs"
kind = "knockout"
entrants = ["league:1-2"]
pairing = "fold"
legs = 2
second_leg_host = "better_place"
level = ["penalties"]

[[stage]]
id = "one_leg"
kind = "knockout"
entrants = ["league:1-2"]
pairing = "fold"
legs = 1
second_leg_host = "better_place"
level = ["better_place"]

[[stage]]
id = "away_goals"
kind = "knockout"
entrants = ["league:1-2"]
pairing = "fold"
legs = 2
second_leg_host = "better_place"
level = ["away_goals", "penalties"]

[[outcome]]
id = "first"
label = {{ en = "First" }}
places = ["league:1-1"]

[[outcome]]
id = "not_last"
label = {{ en = "Not last" }}
places = ["league:1-2"]
"""

FORECAST = f"""
schema_version = 1
id = "small"
competition = "competition.toml"

[strength]
model = "given"
uncertainty = "none"
table = "strengths.csv"
intercept = {SEASON.intercept}
home_advantage = {SEASON.home_advantage}
first_half_share = {SEASON.first_half_share}

[simulation]
runs = 1_000_000
rng_seed = 1
"""


def write_config(folder: Path) -> Path:
    """Write the competition as files; return its forecast config."""
    fixtures = zip(SEASON.home, SEASON.away, strict=True)
    strengths = zip(SEASON.attack, SEASON.defence, strict=True)
    files = {
        "competition.toml": COMPETITION,
        "forecast.toml": FORECAST,
        "teams.csv": "team\n" + "".join(f"T{k}\n" for k in range(TEAMS)),
        "matches.csv": "stage,round,date,home,away,home_goals,away_goals\n"
        + "".join(f"league,{n},,T{one},T{two},,\n" for n, (one, two) in enumerate(fixtures, 1)),
        "strengths.csv": "team,attack,defence\n"
        + "".join(f"T{k},{attack},{defence}\n" for k, (attack, defence) in enumerate(strengths)),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "forecast.toml"


def exact(
    season: Season = SEASON,
    *,
    bins: int,
    least_chance: float = LEAST_CHANCE,
    ladder: tuple[str, ...] = LADDER,
    draw_lots: bool = True,
    level: float = 0.5,
    worse_hosts: bool = False,
) -> Float64:
    """Return the expected hits of a run, cell by cell in the order of `agreement.kernel_block`.

    Parameters
    ----------
    season : Season
    bins : int
        Totals of points.
    least_chance : float
        Rarer results of a match are left out.
    ladder, draw_lots, level, worse_hosts
        What a planted bug changes: the order of rungs, lots against the order of the teams, the
        chance of a side in penalties, and who hosts the last leg.
    """
    tables = make_tables(season, ladder=ladder)
    laws = [likely(law, least_chance) for law in np.split(tables.result, tables.start[1:])]
    orders, points, rungs = enumerate_table(tables, laws, bins, draw_lots=draw_lots)
    places = np.zeros((TEAMS, TEAMS))
    pairs = np.zeros((TEAMS, TEAMS))
    for order, chance in orders.items():
        places[range(TEAMS), order] += chance
        pairs[order[0], order[1]] += chance
    rounds = [
        round_places(pairs, wins)
        for wins in tie_chances(season, level=level, worse_hosts=worse_hosts)
    ]
    return np.concatenate([places.ravel(), *rounds, points.ravel(), rungs.ravel()])


def enumerate_table(
    tables: Tables, laws: list[Law], bins: int, *, draw_lots: bool
) -> tuple[dict[tuple[int, ...], float], Float64, Float64]:
    """Return the chance of each order, of points [bin, reached or enough], of rungs [cut, rung]."""
    orders = dict.fromkeys(permutations(range(TEAMS)), 0.0)
    points, rungs = np.zeros((bins, 1 + len(CUTS))), np.zeros((len(CUTS), len(LADDER)))
    (second, *second_gains), (third, *third_gains) = laws[1:]
    for one, *gains in zip(*laws[0], strict=True):
        standings = np.zeros((TEAMS, second.size, third.size), np.int64)
        standings += tables.begin[:, None, None] - np.arange(TEAMS)[:, None, None]
        for side, fixture in enumerate((tables.home, tables.away)):
            standings[fixture[0]] += gains[side]
            standings[fixture[1]] += second_gains[side][:, None]
            standings[fixture[2]] += third_gains[side]
        chance = one * np.multiply.outer(second, third)
        totals = standings >> tables.shift[0]
        for total in totals:
            points[:, 0] += counted(total, chance, bins)
        for order, part in shares(standings, chance, draw_lots=draw_lots).items():
            orders[order] += part.sum()
            for cut, place in enumerate(CUTS):
                above, below = standings[order[place - 1]], standings[order[place]]
                level = sum((above >> low) == (below >> low) for low in tables.shift)
                rungs[cut] += counted(level, part, len(LADDER))
                for team in order[:place]:
                    points[:, 1 + cut] += counted(totals[team], part, bins)
    return orders, points, rungs


def likely(law: Int64, least_chance: float) -> Law:
    """Return the chances of a fixture's results and what they add to each side's standings."""
    chance = np.diff(law[:, 0], prepend=0) / STEPS
    use = chance > least_chance
    return chance[use] / chance[use].sum(), law[use, 1], law[use, 2]


def counted(number: Int64, chance: Float64, size: int) -> Float64:
    """Return the chance of each number below `size`."""
    return np.bincount(number.ravel(), chance.ravel(), size)


def shares(standings: Int64, chance: Float64, *, draw_lots: bool) -> dict[tuple[int, ...], Float64]:
    """Return the chance of each order of the teams; level teams come in any order as likely."""
    if not draw_lots:
        standings = standings + np.arange(TEAMS)[:, None, None]
    possible = {
        order: (standings[order[0]] >= standings[order[1]])
        & (standings[order[1]] >= standings[order[2]])
        for order in permutations(range(TEAMS))
    }
    share = chance / sum(each.astype(np.int64) for each in possible.values())
    return {order: share * each for order, each in possible.items()}


def tie_chances(season: Season, *, level: float, worse_hosts: bool) -> list[Float64]:
    """Return for each round the chance [team, rival] that a team with the better place wins."""
    goals = np.arange(16)
    at_home, away = (
        poisson.pmf(goals, rates[:, :, None]) for rates in (season.rate_at_home, season.rate_away)
    )
    rounds = np.zeros((3, TEAMS, TEAMS))
    for one, two in permutations(range(TEAMS), 2):
        host, guest = (at_home[one, two], away[two, one])
        early_guest, early_host = (away[one, two], at_home[two, one])
        if worse_hosts:
            host, guest, early_guest, early_host = early_guest, early_host, host, guest
        chance = np.einsum("a,b,c,d->abcd", early_guest, early_host, host, guest)
        one_early, two_early, one_late, two_late = np.indices(chance.shape)
        ahead = np.sign(one_early + one_late - two_early - two_late)
        by_away = np.sign(two_late - one_early) if worse_hosts else np.sign(one_early - two_late)
        by_away_goals = np.where(ahead == 0, by_away, ahead)
        single = np.sign(one_late - two_late)
        values = np.array([0.0, level, 1.0])
        rounds[0, one, two] = (chance * values[1 + ahead]).sum()
        rounds[1, one, two] = (chance * (single >= 0)).sum()
        rounds[2, one, two] = (chance * values[1 + by_away_goals]).sum()
    return list(rounds)


def round_places(pairs: Float64, wins: Float64) -> Float64:
    """Return the chance of [place, team] of one tie, given [first, second] of the table."""
    won = (pairs * wins).sum(axis=1) + (pairs * (1 - wins)).sum(axis=0)
    entered = pairs.sum(axis=1) + pairs.sum(axis=0)
    return np.concatenate([won, entered - won])
