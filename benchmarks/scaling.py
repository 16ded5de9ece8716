"""Cost of a run by the number of teams.

    uv run python -m benchmarks.scaling [--json FILE]

A table in which every team meets its three neighbours home and away, the ladder of the shipped
season, the first half in a knockout of two legs. Strengths are drawn anew every 64 runs; every
place, outcome, cut, point total and the spread over strengths is counted. Nanoseconds are CPU time
of one thread; the peak of memory is that of the process so far.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from forecast.bench import bench
from forecast.config import load

TEAMS = (10, 20, 36, 50, 100, 400)

COMPETITION = """
schema_version = 1
id = "scaling"
name = "Scaling"
teams = "teams.csv"
matches = "matches.csv"
points = {{ win = 3, draw = 1, loss = 0 }}

[[stage]]
id = "table"
kind = "table"
entrants = ["teams"]
tie_breaks = ["points", "goal_difference", "goals_for", "away_points", "away_goal_difference",
  "away_goals_for", "first_half_points", "lots"]

[[stage]]
id = "first_round"
kind = "knockout"
entrants = ["table:1-{qualified}"]
pairing = "fold"
legs = 2
second_leg_host = "better_place"
level = ["penalties"]

[[outcome]]
id = "qualified"
label = {{ en = "Qualified" }}
places = ["table:1-{qualified}"]
"""

FORECAST = """
schema_version = 1
id = "scaling-{teams}"
competition = "competition.toml"

[strength]
model = "poisson"

[simulation]
runs = 1_000_000
rng_seed = 1
"""


def write_config(folder: Path, teams: int) -> Path:
    """Write a competition of so many teams; return its forecast config."""
    names = [f"T{team:03}" for team in range(teams)]
    pairs = [(team, (team + step) % teams) for team in range(teams) for step in (1, 2, 3)]
    rows = [
        f"table,{leg},,{names[home]},{names[away]},,"
        for pair in pairs
        for leg, (home, away) in enumerate((pair, pair[::-1]), 1)
    ]
    header = "stage,round,date,home,away,home_goals,away_goals"
    (folder / "matches.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (folder / "teams.csv").write_text("\n".join(["team", *names]) + "\n", encoding="utf-8")
    competition = COMPETITION.format(qualified=2 * (teams // 4))
    (folder / "competition.toml").write_text(competition, encoding="utf-8")
    config = folder / "forecast.toml"
    config.write_text(FORECAST.format(teams=teams), encoding="utf-8")
    return config


def main() -> None:
    """Measure, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = []
    for teams in TEAMS:
        with tempfile.TemporaryDirectory() as folder:
            found = bench(load(write_config(Path(folder), teams)), workers=1)
        figures.append(
            {
                "teams": teams,
                "ns_per_run": found.ns_per_run,
                "ns_per_run_and_team": found.ns_per_run / teams,
                "draw_ns_per_run": found.draw_ns_per_run,
                "peak_memory_mb": found.peak_memory_mb,
            }
        )
        print("  ".join(f"{name} {value:,.1f}" for name, value in figures[-1].items()), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
