"""The bracket of a forecast that starts in a knockout, from its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

import polars as pl

from forecast.config.pots import pair_places
from forecast.report.page.language import Language
from forecast.report.percent import share
from forecast.report.pictures.bracket import BracketStage, Row, in_bracket_order
from forecast.report.stored import Stored

__all__ = ["bracket_stages", "captions"]

_MOST_ROWS = 4
"""Teams in a tie; the file has all."""

_PAIRED = frozenset({"fold", "adjacent"})
"""Pairings that are known before the stage."""


def bracket_stages(stored: Stored, language: Language) -> tuple[BracketStage, ...]:
    """Return the stages from the start on, as far as pairs are known; none without a start."""
    facts = stored.facts
    ids = [stage["id"] for stage in facts["stages"]]
    if facts["start"] is None:
        return ()
    first, *later = facts["stages"][ids.index(facts["start"]) :]
    stages = [first, *takewhile(_paired, later)]
    ties = [len(facts["bracket"])]
    found = [_stage(stored, stages[0], ties[0], ((),) * ties[0], language)]
    for before, stage in pairwise(stages):
        entrants = [place for text in stage["entrants"] for place in _places(text)]
        feeders = [
            _feeders(pair, entrants, before["id"], ties[-1])
            for pair in pair_places(len(entrants), stage["pairing"])
        ]
        found.append(_stage(stored, stage, len(feeders), feeders, language))
        ties.append(len(feeders))
    return tuple(found)


def captions(stages: Sequence[BracketStage], language: Language) -> list[list[str]]:
    """Return a caption for each tie, by stage: its number, and whose winners meet."""
    found: list[list[str]] = []
    numbers: list[dict[int, int]] = []
    for column, stage in enumerate(stages):
        ties = in_bracket_order(stages) if column == 0 else range(len(stage.ties))
        begun = 1 + sum(len(each) for each in numbers)
        numbers.append({tie: number for number, tie in enumerate(ties, begun)})
        found.append(
            [
                _caption(number, [numbers[-2][each] for each in stage.feeders[tie]], language)
                for tie, number in sorted(numbers[-1].items())
            ]
        )
    return found


def _caption(number: int, fed: Sequence[int], language: Language) -> str:
    if len(fed) == 2:
        one, other = sorted(fed)
        return language.say(
            "Tie %(number)s: winners of %(one)s and %(other)s", number=number, one=one, other=other
        )
    return language.say("Tie %(number)s", number=number)


def _paired(stage: Mapping[str, Any]) -> bool:
    return stage["kind"] == "knockout" and stage["pairing"] in _PAIRED


def _stage(
    stored: Stored,
    stage: Mapping[str, Any],
    ties: int,
    feeders: Sequence[tuple[int, ...]],
    language: Language,
) -> BracketStage:
    """Return a stage; the winner of tie k takes place k."""
    frame = stored.tables["places"].filter(pl.col("hits") > 0, stage=stage["id"])
    frame = frame.with_columns(error=pl.col("std_error").max())
    rows: dict[int, list[Row]] = {place: [] for place in range(1, ties + 1)}
    for team, place, hits, runs, error in (
        frame.filter(pl.col("place") <= ties)
        .sort("hits", descending=True)
        .select("team", "place", "hits", "runs", "error")
        .iter_rows()
    ):
        text = language.percent(share(hits, runs=runs, std_error=error))
        rows[place].append(Row(team, hits / runs, text))
    return BracketStage(
        name=language.label(stage["label"], stage["id"]),
        ties=tuple(tuple(each[:_MOST_ROWS]) for each in rows.values()),
        feeders=tuple(feeders),
    )


def _feeders(
    pair: tuple[int, int], entrants: Sequence[tuple[str, int]], before: str, ties: int
) -> tuple[int, ...]:
    """Return the ties of the stage before whose winners meet; losers and byes have no line."""
    sides = [entrants[each] for each in pair]
    return tuple(place - 1 for stage, place in sides if stage == before and place <= ties)


def _places(text: str) -> list[tuple[str, int]]:
    stage, _, span = text.partition(":")
    first, _, last = span.partition("-")
    return [(stage, place) for place in range(int(first), int(last or first) + 1)]
