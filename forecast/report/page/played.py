"""What was played: the latest results, and the table as it stands with its cuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from forecast.report.page.chances import Chance, Chances
from forecast.report.page.clubs import Club, Standing, standings_of
from forecast.report.page.cut import Cut
from forecast.report.page.language import Language
from forecast.report.page.rules import stage_name
from forecast.report.stored import Stored

__all__ = ["Line", "Played", "Round", "played_of"]

_MOST_RESULTS = 32
"""Results on the page, at most; the file has all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table as it stands; `last` if a cut is below it, `chances` are of the cuts."""

    place: int
    name: str
    anchor: str | None
    standing: Standing
    last: bool
    chances: tuple[Chance, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of a stage and its results: home, score, away, and what there is to add."""

    name: str
    results: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Played:
    """The latest results by round, the outcomes of the cuts, and the table."""

    rounds: tuple[Round, ...]
    outcomes: tuple[str, ...]
    table: tuple[Line, ...]
    more: str


def played_of(
    stored: Stored,
    chances: Chances,
    *,
    cuts: Sequence[Cut],
    clubs: Sequence[Club],
    language: Language,
) -> Played | None:
    """Return what was played, or None if no result is known."""
    if "results" not in stored.tables or stored.tables["results"].is_empty():
        return None
    results = _in_order(stored)
    standings = standings_of(stored, language)
    links = {club.name: club.anchor for club in clubs}
    ends = {cut.place for cut in cuts}
    hidden = max(results.height - _MOST_RESULTS, 0)
    outcomes = tuple(
        cut.outcome
        for cut in sorted(cuts, key=lambda cut: cut.place)
        if cut.outcome in chances.outcomes and cut.outcome is not None
    )
    return Played(
        rounds=tuple(_rounds(stored, results.tail(_MOST_RESULTS), language)),
        outcomes=outcomes,
        table=tuple(
            Line(
                place=place,
                name=team,
                anchor=links.get(team),
                standing=standing,
                last=place in ends and place < len(standings),
                chances=tuple(chances.by[team, outcome] for outcome in outcomes),
            )
            for place, (team, standing) in enumerate(standings.items(), start=1)
        ),
        more=language.count(
            "%(number)s earlier result is in results.csv.",
            "%(number)s earlier results are in results.csv.",
            hidden,
        )
        if hidden
        else "",
    )


def _in_order(stored: Stored) -> pl.DataFrame:
    """Return all results by stage, round and day, whatever the order of matches.csv."""
    stages = {stage["id"]: number for number, stage in enumerate(stored.facts["stages"])}
    number = pl.col("stage").replace_strict(stages)
    results = stored.tables["results"]
    return results.sort(number, "round", "date", nulls_last=True, maintain_order=True)


def _rounds(stored: Stored, results: pl.DataFrame, language: Language) -> Iterator[Round]:
    """Yield the results of a round together, the latest round first."""
    rows = results.reverse().iter_rows(named=True)
    for (stage, number), together in groupby(rows, key=lambda row: (row["stage"], row["round"])):
        name = stage_name(stored.facts, stage, language)
        if number is not None:
            name = language.say("%(stage)s, round %(round)s", stage=name, round=number)
        found = [_result(row, language) for row in together]
        yield Round(name, tuple(reversed(found)))


def _result(row: Mapping[str, object], language: Language) -> tuple[str, str, str, str]:
    added = [language.say("awarded")] if row["awarded"] else []
    if row["winner"] is not None:
        added.append(language.say("through: %(team)s", team=row["winner"]))
    score = f"{row['home_goals']}–{row['away_goals']}"
    return str(row["home"]), score, str(row["away"]), ", ".join(added)
