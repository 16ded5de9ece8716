"""The random streams are a definition: the same seed gives the same counts, on any processor.

A change of these numbers is a new `stream_version` and a line in the changelog. Make them again:

    uv run python tests/test_golden_counts.py
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forecast.arrays import STREAM_VERSION
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate.threads import play_strengths

CONFIG = Path(__file__).parents[1] / "configs/copa_peru_2023/pre_tournament.toml"
GOLDEN = Path(__file__).parent / "golden/counts.json"
TILES = 24


def strengths(teams):
    """Return draws of strengths from integers alone, some of them wild."""
    steps = np.arange(TILES * (2 + 2 * teams)).reshape(TILES, -1)
    rows = ((steps * 7919) % 1021 - 510) / 1021.0
    rows[:, 0], rows[:, 1] = 0.2, 0.25
    rows[-1, 2:] *= 6.0
    return rows


def counted():
    """Return what is counted of the shipped season, as sums that hang on every number."""
    season = lower(load(CONFIG), 0.45)
    counts = play_strengths(season, strengths(season.teams), rng_seed=2023, replicate=1)
    fields = ("occupancy", "outcomes", "products", "points", "rungs")
    sums = {}
    for name in fields:
        values = getattr(counts, name).ravel()
        places = np.arange(1, values.size + 1)
        sums[name] = [int(values.sum()), int(values @ places), int(values**2 @ places)]
    return {
        "stream_version": STREAM_VERSION,
        "champion": counts.outcomes[-1].tolist(),
        "rungs": counts.rungs.tolist(),
        "exact_tiles": counts.exact_tiles,
        "capped_tiles": counts.capped_tiles,
        "sums": sums,
    }


def test_counts_are_the_golden_ones():
    assert counted() == json.loads(GOLDEN.read_text("utf-8"))


@pytest.mark.slow
def test_counts_are_the_same_without_avx512(tmp_path):
    """Compiled for an x86-64 processor of 2013, whose vectors are half as wide."""
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
        "FORECAST_CACHE_DIR": str(tmp_path),
    }
    command = [sys.executable, __file__, "--show"]
    shown = subprocess.run(  # noqa: S603 (our own interpreter and file)
        command, env=environment, check=True, capture_output=True, text=True
    )
    assert json.loads(shown.stdout) == json.loads(GOLDEN.read_text("utf-8"))


if __name__ == "__main__":
    text = json.dumps(counted(), indent=1) + "\n"
    if "--show" in sys.argv:
        sys.stdout.write(text)
    else:
        GOLDEN.write_text(text, encoding="utf-8")
