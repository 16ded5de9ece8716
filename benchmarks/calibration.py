"""Simulation-based calibration: the strengths and chances must be as uncertain as they say.

    uv run python -m benchmarks.calibration [--model MODEL …] [--seasons N] [--json FILE]

Seasons of the shape of the Copa Perú are drawn from the model itself, hyperparameters included,
fitted as of half of them and of all of them, and forecast as of half. If the fit were the exact
posterior, the truth would be equally likely to fall anywhere among its draws, and of all outcomes
forecast at 30 % three in ten would come true (Talts et al., arXiv:1804.06788). The exit code is 1
if a check fails; `calibration_checks` has the bounds and where they come from.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy; small matrices want one thread

from benchmarks.calibration_checks import ALPHA, Check, check
from benchmarks.calibration_oracle import GOALS
from benchmarks.calibration_seasons import observe, shape, simulated

SEASONS = 200
LEAST_SEASONS = 20
RNG_SEED = 2023


def calibrate(model: str, *, seasons: int, rng_seed: int) -> list[Check]:
    """Observe seasons of one model and judge them."""
    plan = shape(model)
    seen = []
    for season in range(seasons):
        seen.append(observe(simulated(plan, rng_seed=rng_seed, season=season)))
        print(f"\r{model}: {season + 1} of {seasons} seasons", end="", file=sys.stderr)
    print(file=sys.stderr)
    return check(seen)


def table(checks: Sequence[Check]) -> str:
    """Return the checks with a line a subject, numbers with their errors."""
    lines: dict[str, list[str]] = {}
    for one in checks:
        cells = lines.setdefault(one.subject, [])
        mark = "" if one.holds else " !"
        digits = 5 if "variance" in one.measure else 3
        if one.error is None:
            cells.append(f"{one.measure} {one.observed:5.1f} (at most {one.highest:.0f}){mark}")
        else:
            cells.append(f"{one.measure} {one.observed:.{digits}f} ± {one.error:.{digits}f}{mark}")
    width = max(map(len, lines))
    return "\n".join(f"{subject:{width}}  {'   '.join(row)}" for subject, row in lines.items())


def verdict(model: str, checks: Sequence[Check]) -> str:
    """Say which checks fail."""
    bad = [one for one in checks if not one.holds]
    if not bad:
        return f"{model}: all {len(checks)} checks hold (chance of a false alarm {ALPHA:.0e})"
    rows = (
        f"  {one.subject}: {one.measure}: found {one.observed:.4f}, allowed {one.lowest:.4f} to "
        f"{one.highest:.4f}"
        for one in bad
    )
    return "\n".join([f"{model}: {len(bad)} of {len(checks)} checks fail", *rows])


def enough(text: str) -> int:
    """Parse a number of seasons."""
    seasons = int(text)
    if seasons < LEAST_SEASONS:
        raise argparse.ArgumentTypeError(f"found {text}, allowed {LEAST_SEASONS} or more")
    return seasons


def main() -> int:
    """Calibrate, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=sorted(GOALS), default=sorted(GOALS))
    parser.add_argument("--seasons", type=enough, default=SEASONS)
    parser.add_argument("--rng-seed", type=int, default=RNG_SEED)
    parser.add_argument("--json", type=Path)
    said = parser.parse_args()
    document, failed = {}, False
    for model in said.model:
        start = process_time()
        checks = calibrate(model, seasons=said.seasons, rng_seed=said.rng_seed)
        failed |= not all(one.holds for one in checks)
        print(f"{table(checks)}\n{verdict(model, checks)}", flush=True)
        document[model] = {
            "seasons": said.seasons,
            "rng_seed": said.rng_seed,
            "alpha": ALPHA,
            "cpu_seconds": process_time() - start,
            "checks": [{**asdict(one), "holds": one.holds} for one in checks],
        }
    if said.json:
        said.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
