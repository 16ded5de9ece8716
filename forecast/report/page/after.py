"""What a team's next result would mean: chances by win, draw and loss, or through and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from forecast.report.page.chances import Chances
from forecast.report.page.language import Language, lower_first
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
    """Return what follows from each team's next result, for its nearest outcome and the asked one.

    Outcomes that the result itself decides, as going through gives the next stage, say nothing.
    """
    if "next_results" not in stored.tables:
        return {}
    told = pl.DataFrame(
        [(team, outcome) for team in chances.teams for outcome in _told(chances, team)],
        schema={"team": pl.String, "outcome": pl.String},
        orient="row",
    )
    frame = stored.tables["next_results"].join(told, on=["team", "outcome"], how="semi")
    out_of_it = (pl.col("result") == "out") & (pl.col("hits") == 0)
    open_still = frame.filter(
        ~out_of_it,
        ((pl.col("hits") > 0) & (pl.col("hits") < pl.col("runs"))).any().over("team", "outcome"),
    )
    found: dict[str, dict[str, list[tuple[str, int, str]]]] = {}
    labels = stored.facts["outcomes"]
    order = {outcome: number for number, outcome in enumerate(chances.outcomes)}
    by_order = pl.col("outcome").replace_strict(order, return_dtype=pl.Int64)
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


def _told(chances: Chances, team: str) -> tuple[str, ...]:
    """Return the first outcome that the rules leave open for a team, and the asked one."""
    nearest = [o for o in chances.outcomes if not chances.by[team, o].proved][:1]
    return tuple(dict.fromkeys((*nearest, chances.asked)))


def _words(language: Language) -> Mapping[str, str]:
    say = language.say
    return {
        "win": say("With a win"),
        "draw": say("With a draw"),
        "loss": say("With a loss"),
        "through": say("If through"),
        "out": say("If out"),
    }
