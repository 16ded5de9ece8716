"""What a team's next result would mean: chances by win, draw and loss, or through and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language
from forecast.report.page.news import lower_first
from forecast.report.percent import share
from forecast.report.stored import Stored

__all__ = ["After", "after_results"]

_RESULTS = ("win", "draw", "loss", "through", "out")


@dataclass(frozen=True, slots=True)
class After:
    """A result of the next match, and the chances after it: label, hits, text."""

    result: str
    chances: tuple[tuple[str, int, str], ...]


def after_results(
    stored: Stored, chances: Chances, language: Language
) -> Mapping[str, tuple[After, ...]]:
    """Return for each team what follows from its next result, for the first outcome and the asked.

    Outcomes that the result itself decides, as going through gives the next stage, say nothing.
    """
    if "next_results" not in stored.tables:
        return {}
    told = tuple(dict.fromkeys((*_nearest(chances), chances.asked)))
    frame = stored.tables["next_results"].filter(pl.col("outcome").is_in(told))
    out_of_it = (pl.col("result") == "out") & (pl.col("hits") == 0)
    open_still = frame.filter(
        ~out_of_it,
        ((pl.col("hits") > 0) & (pl.col("hits") < pl.col("runs"))).any().over("team", "outcome"),
    )
    found: dict[str, dict[str, list[tuple[str, int, str]]]] = {}
    labels = stored.facts["outcomes"]
    by_order = pl.col("outcome").replace_strict(told, range(len(told)), return_dtype=pl.Int64)
    for team, outcome, result, hits, runs, error in (
        open_still.sort(by_order, maintain_order=True)
        .select("team", "outcome", "result", "hits", "runs", "std_error")
        .iter_rows()
    ):
        text = language.percent(share(hits, runs=runs, std_error=error))
        label = lower_first(language.label(labels[outcome], outcome))
        found.setdefault(team, {}).setdefault(result, []).append((label, hits, text))
    words = _words(language)
    return {
        team: tuple(
            After(words[result], tuple(results[result])) for result in _RESULTS if result in results
        )
        for team, results in found.items()
    }


def _nearest(chances: Chances) -> tuple[str, ...]:
    """Return the first outcome that somebody's rules leave open."""
    return next(
        ((o,) for o in chances.outcomes if not all(chances.by[t, o].proved for t in chances.teams)),
        (),
    )


def _words(language: Language) -> Mapping[str, str]:
    say = language.say
    return {
        "win": say("With a win"),
        "draw": say("With a draw"),
        "loss": say("With a loss"),
        "through": say("If through"),
        "out": say("If out"),
    }
