"""The kernel's code means the same to Python as to the compiler, so that a debugger may walk it."""

import json
import os
import subprocess
import sys
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from cli_builders import write_cup

from forecast.config import load
from forecast.lowering import bracket, lower
from forecast.simulate.threads import play_strengths

SHIPPED = Path(__file__).parents[1] / "configs"

SHAPES = {
    "poisson": [],
    "dixon_coles": [0.05],
    "bivariate_poisson": [0.2],
    "negative_binomial": [0.3],
}
"""Of each goal model, its law's number beyond the rates."""


def counted(config):
    """Return all that is counted of one tile."""
    plan = load(config)
    season = lower(plan, 0.45)
    teams = (np.arange(2 * season.teams) * 7919 % 1021 - 510) / 1021.0
    strengths = np.array([[0.2, 0.25, *teams, *SHAPES[plan.strength.goals]]])
    counts = play_strengths(season, strengths, rng_seed=2023, replicate=1)
    names = ("occupancy", "outcomes", "products", "points", "rungs")
    return {name: getattr(counts, name).tolist() for name in names}


def in_plain_python(configs, chart=""):
    """Return the same of each config from one process that compiles nothing.

    `chart` is a file with the chart of ties, which Python takes longest to draw.
    """
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, __file__, str(chart), *map(str, configs)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_a_tile_is_the_same_in_plain_python_under_every_goal_model(tmp_path):
    configs = write_cup(tmp_path, [goals.replace("_", "-") for goals in SHAPES])
    for goals, config in zip(SHAPES, configs, strict=True):
        with config.open("a", encoding="utf-8") as file:
            file.write(f'\n[strength]\nmodel = "{goals}"\n')
    compiled = [counted(config) for config in configs]
    np.save(tmp_path / "chart.npy", bracket.tie_chances()[1])
    assert in_plain_python(configs, tmp_path / "chart.npy") == compiled
    assert all(one != other for one, other in pairwise(compiled))


@pytest.mark.slow
def test_a_tile_of_the_shipped_seasons_is_the_same_in_plain_python():
    names = ("copa_peru_2023", "uefa_champions_league_2024_25")
    configs = [SHIPPED / name / "pre_tournament.toml" for name in names]
    assert in_plain_python(configs) == [counted(config) for config in configs]


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # numpy's, where integers wrap around on purpose
    _, drawn, *asked = sys.argv
    if drawn:
        bracket.draw_chart = lambda *given: np.copyto(given[-1], np.load(drawn))
    sys.stdout.write(json.dumps([counted(Path(config)) for config in asked]))
