"""Cost of a run by the number of teams, of matches and of runs, and the memory of many runs.

    uv run python -m benchmarks.scaling

A table in which every team meets its next neighbours home and away, the ladder of the shipped
season, the first half in a knockout of two legs. Strengths are drawn anew every 64 runs.
Nanoseconds are CPU time of one thread; a peak of memory is that of a process of its own.
`benchmarks.throughput` has the speed by the number of workers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time, thread_time

from benchmarks.rows import Row, show
from forecast.arrays import RUNS_PER_REPLICATE
from forecast.bench import median_seconds, peak_memory_mb
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate import simulate
from forecast.simulate.threads import play
from forecast.strength import fit

TEAMS = (10, 20, 36, 50, 100, 400)
NEIGHBOURS = 3
MORE_NEIGHBOURS = (1, 6, 12, 24)
"""Of fifty teams, beside `NEIGHBOURS`."""

FIFTY = 50
REPLICATES = (16, 64, 256)
REPEATS = 5

MEASURE = "scaling"

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


def write_config(folder: Path, teams: int, neighbours: int) -> Path:
    """Write a competition of so many teams; return its forecast config."""
    names = [f"T{team:03}" for team in range(teams)]
    steps = range(1, neighbours + 1)
    pairs = [(team, (team + step) % teams) for team in range(teams) for step in steps]
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


def ns_per_run(teams: int, neighbours: int) -> float:
    """Return the CPU time of a run in ns."""
    with tempfile.TemporaryDirectory() as folder:
        plan = load(write_config(Path(folder), teams, neighbours))
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    play(season, posterior, rng_seed=1, replicate=0)  # compiles, or loads what is compiled
    seconds = median_seconds(
        lambda: play(season, posterior, rng_seed=1, replicate=0), thread_time, REPEATS
    )
    return seconds / RUNS_PER_REPLICATE * 1e9


def peak_memory(replicates: int) -> tuple[float, float]:
    """Simulate the fifty teams in this process; return its CPU ns a run and its peak in MB."""
    with tempfile.TemporaryDirectory() as folder:
        plan = load(write_config(Path(folder), FIFTY, NEIGHBOURS))
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    play(season, posterior, rng_seed=1, replicate=0)
    before = process_time()
    simulate(season, posterior, rng_seed=1, replicates=replicates)
    seconds = process_time() - before
    peak = peak_memory_mb()
    return seconds / (replicates * RUNS_PER_REPLICATE) * 1e9, peak


def by_runs(replicates: int) -> tuple[float, float]:
    """Return what `peak_memory` finds in a new process."""
    done = subprocess.run(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", "benchmarks.scaling", "--replicates", str(replicates)],
        check=True,
        capture_output=True,
        text=True,
    )
    ns, peak = json.loads(done.stdout)
    return ns, peak


def measure() -> list[Row]:
    """Measure everything that grows."""
    rows = []
    for teams in TEAMS:
        ns = ns_per_run(teams, NEIGHBOURS)
        rows += [
            Row(MEASURE, f"{teams} teams, {4 * NEIGHBOURS} matches each", ns, "ns CPU a run"),
            Row(MEASURE, f"{teams} teams", ns / teams, "ns CPU a run and team"),
        ]
    for neighbours in MORE_NEIGHBOURS:
        ns = ns_per_run(FIFTY, neighbours)
        rows.append(
            Row(MEASURE, f"{FIFTY} teams, {4 * neighbours} matches each", ns, "ns CPU a run")
        )
    for replicates in REPLICATES:
        ns, peak = by_runs(replicates)
        runs = f"{replicates * RUNS_PER_REPLICATE:,} runs"
        rows += [Row(MEASURE, runs, ns, "ns CPU a run"), Row(MEASURE, runs, peak, "MB at most")]
    return rows


def main() -> None:
    """Measure and print; with `--replicates`, what `by_runs` asks of a new process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, help=argparse.SUPPRESS)
    replicates = parser.parse_args().replicates
    if replicates is None:
        show(measure())
    else:
        print(json.dumps(peak_memory(replicates)))


if __name__ == "__main__":
    main()
