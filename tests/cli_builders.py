"""A small competition on disk: four clubs meet once, the first two play a final."""

from __future__ import annotations

from itertools import combinations, count

CLUBS = ("ADA", "Unión Huaral", "[red]Bolívar[/red]", "Ñuñoa")

COMPETITION = """
schema_version = 1
id = "cup"
name = "Cup [bold]of[/bold] four"
teams = "teams.csv"
matches = "matches.csv"
points = { win = 3, draw = 1, loss = 0 }

[[stage]]
id = "league"
kind = "table"
entrants = ["teams"]
tie_breaks = ["points", "goal_difference", "lots"]

[[stage]]
id = "final"
kind = "knockout"
entrants = ["league:1-2"]
pairing = "fold"
legs = 1
venue = "neutral"
level = ["penalties"]

[[outcome]]
id = "finalist"
places = ["league:1-2"]

[[outcome]]
id = "champion"
places = ["final:1"]
"""

FORECAST = """
schema_version = 1
id = "{id}"
competition = "competition.toml"

[simulation]
runs = 1000
rng_seed = 7
"""

HEADER = "stage,round,leg,date,home,away,neutral,home_goals,away_goals"


def write_cup(folder, ids=("small",)):
    """Write a competition and forecasts of it; return the paths of the forecasts."""
    numbers = count(1)
    rows = [
        f"league,{next(numbers)},,2023-09-20,{home},{away},,,"
        for home, away in combinations(CLUBS, 2)
    ]
    rows[0] = f"league,1,,2023-09-10,{CLUBS[0]},{CLUBS[1]},,2,1"
    folder.mkdir(exist_ok=True)
    (folder / "matches.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    (folder / "teams.csv").write_text("\n".join(["team", *CLUBS]) + "\n", encoding="utf-8")
    (folder / "competition.toml").write_text(COMPETITION, encoding="utf-8")
    paths = [folder / f"{name}.toml" for name in ids]
    for name, path in zip(ids, paths, strict=True):
        path.write_text(FORECAST.format(id=name), encoding="utf-8")
    return paths
