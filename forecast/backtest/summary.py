"""Mean scores, paired differences, reliability and coverage of a replay, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast.backtest.bootstrap import Mean, bootstrap_means
from forecast.backtest.replaying import EQUAL, SHARES, UNPENALISED, previous

__all__ = [
    "ALL",
    "coverage_table",
    "difference_table",
    "reliability_table",
    "round_table",
    "score_table",
]

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

ALL = "all"
"""The part of matches with any result known before; every outcome together."""

BINS = 10

_MEASURES = {
    "matches": ("log_loss", "rps", "brier"),
    "outcomes": ("log_loss", "brier"),
    "places": ("rps",),
}
_KEYS = {
    "matches": ("moment", "line"),
    "outcomes": ("moment", "team", "outcome"),
    "places": ("moment", "team", "stage"),
}
_PART = {"matches": "stage", "outcomes": "outcome", "places": "stage"}

_INTERVAL = {"mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
_SCORES = pl.Schema(
    {
        "what": pl.String,
        "part": pl.String,
        "source": pl.String,
        "measure": pl.String,
        "forecasts": pl.Int64,
        **_INTERVAL,
    }
)
_DIFFERENCES = pl.Schema(
    {
        "what": pl.String,
        "part": pl.String,
        "source": pl.String,
        "against": pl.String,
        "measure": pl.String,
        "forecasts": pl.Int64,
        "difference": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
)
_RELIABILITY = pl.Schema(
    {
        "what": pl.String,
        "source": pl.String,
        "from": pl.Float64,
        "to": pl.Float64,
        "forecasts": pl.Int64,
        "probability": pl.Float64,
        "frequency": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
)
_COVERAGE = pl.Schema(
    {
        "source": pl.String,
        "stage": pl.String,
        "of": pl.String,
        "level": pl.Float64,
        "forecasts": pl.Int64,
        "covered": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
)

Frames = Mapping[str, pl.DataFrame]


def _parts(what: str, frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield everything, then each stage or outcome; before the first result nothing is scored.

    Outcomes and places are forecasts before the first match, too.
    """
    scored = frame.filter(pl.col("known") > 0) if what == "matches" else frame
    yield ALL, scored
    for part in scored[_PART[what]].unique(maintain_order=True):
        yield part, scored.filter(pl.col(_PART[what]) == part)


def _wide(what: str, frame: pl.DataFrame, sources: Sequence[str]) -> tuple[Float64, Int64 | None]:
    """Return one row a forecast that all `sources` made, and its cluster.

    Columns are the measures of the first source, then of the next.
    """
    keys, measures = list(_KEYS[what]), list(_MEASURES[what])
    joined = frame.filter(pl.col("source") == sources[0]).select(*keys, *measures)
    joined = joined.rename({name: f"0 {name}" for name in measures})
    for number, source in enumerate(sources[1:], 1):
        other = frame.filter(pl.col("source") == source).select(*keys, *measures)
        other = other.rename({name: f"{number} {name}" for name in measures})
        joined = joined.join(other, on=keys, how="inner", maintain_order="left")
    values = joined.drop(keys).to_numpy()
    clusters = None if what == "matches" else joined["team"].rank("dense").to_numpy().astype(int)
    return values, clusters


def score_table(frames: Frames) -> pl.DataFrame:
    """One row a source, part and measure: the mean score and its interval."""
    rows = []
    for what, frame in frames.items():
        for part, scored in _parts(what, frame):
            for source in scored["source"].unique(maintain_order=True):
                values, clusters = _wide(what, scored, [source])
                for measure, mean in zip(
                    _MEASURES[what], bootstrap_means(values, clusters), strict=True
                ):
                    rows.append((what, part, source, measure, *_cells(mean)))
    return pl.DataFrame(rows, schema=_SCORES, orient="row")


def difference_table(frames: Frames, models: Sequence[str]) -> pl.DataFrame:
    """One row a pair of sources, part and measure: the mean paired difference and its interval.

    Below 0 the source is better than what it is compared with. Both are scored on the same
    forecasts, those that both made.
    """
    pairs = [(one, other) for one, other in combinations(models, 2)]
    for model in models:
        pairs += [(model, against) for against in (previous(model), SHARES, EQUAL, UNPENALISED)]
    rows = []
    for what, frame in frames.items():
        for part, scored in _parts(what, frame):
            for source, against in pairs:
                values, clusters = _wide(what, scored, [source, against])
                if not len(values):
                    continue
                own, others = np.split(values, 2, axis=1)
                means = bootstrap_means(own - others, clusters)
                for measure, mean in zip(_MEASURES[what], means, strict=True):
                    rows.append((what, part, source, against, measure, *_cells(mean)))
    return pl.DataFrame(rows, schema=_DIFFERENCES, orient="row")


def _cells(mean: Mean) -> tuple[object, ...]:
    return mean.size, mean.mean, mean.low, mean.high


def round_table(matches: pl.DataFrame) -> pl.DataFrame:
    """One row a moment and source: the mean scores of its matches."""
    return matches.group_by(
        "moment", "before", "as_of", "known", "source", maintain_order=True
    ).agg(pl.len().cast(pl.Int64).alias("matches"), pl.col(*_MEASURES["matches"]).mean())


def reliability_table(frames: Frames, models: Sequence[str]) -> pl.DataFrame:
    """One row a model and tenth of the probabilities: what was said and how often it came true.

    `matches` are the three ends of every match, `outcomes` every team and outcome. The interval
    (95 %, Jeffreys) treats forecasts as independent, which those of one team are not.
    """
    rows = []
    for what, frame in frames.items():
        if what == "places":
            continue
        scored = next(_parts(what, frame))[1]
        for model in models:
            own = scored.filter(pl.col("source") == model)
            p, happened = _said(what, own)
            rows += [(what, model, *cells) for cells in _bins(p, happened)]
    return pl.DataFrame(rows, schema=_RELIABILITY, orient="row")


def _said(what: str, frame: pl.DataFrame) -> tuple[Float64, Float64]:
    """Return probabilities and whether each came true."""
    if what == "outcomes":
        reached = frame["reached"].to_numpy().astype(np.float64)
        return frame["probability"].to_numpy(), reached
    margin = (frame["home_goals"] - frame["away_goals"]).to_numpy()
    happened = np.eye(3)[1 - np.sign(margin)]
    return frame.select("p_home", "p_draw", "p_away").to_numpy().ravel(), happened.ravel()


def _bins(p: Float64, happened: Float64) -> Iterator[tuple[object, ...]]:
    from scipy.special import betaincinv  # noqa: PLC0415 (scipy is slow to import)

    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    for number in np.unique(bins):
        chosen = bins == number
        size, hits = int(chosen.sum()), float(happened[chosen].sum())
        low, high = betaincinv(hits + 0.5, size - hits + 0.5, [0.025, 0.975])
        low, high = (0.0 if hits == 0 else low), (1.0 if hits == size else high)
        edges = number / BINS, (number + 1) / BINS
        yield (*edges, size, float(p[chosen].mean()), hits / size, float(low), float(high))


def coverage_table(places: pl.DataFrame, models: Sequence[str]) -> pl.DataFrame:
    """One row a model, table and level: how often the interval held the points, and the place."""
    rows = []
    for model in models:
        own = places.filter(pl.col("source") == model)
        for stage in own["stage"].unique(maintain_order=True):
            for column in ("points_in_50", "points_in_90", "place_in_50", "place_in_90"):
                open_still = own.filter(pl.col("stage") == stage, pl.col(column).is_not_null())
                if not open_still.height:
                    continue
                clusters = open_still["team"].rank("dense").to_numpy().astype(int)
                values = open_still.select(column).to_numpy()
                [mean] = bootstrap_means(values, clusters)
                name, _, level = column.partition("_in_")
                rows.append((model, stage, name, int(level) / 100, *_cells(mean)))
    return pl.DataFrame(rows, schema=_COVERAGE, orient="row")
