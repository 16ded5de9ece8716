"""How the numbers were made, and what they cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from forecast.report.page.language import Language
from forecast.report.page.rules import changes, model, places_in_words, stage_lines
from forecast.report.stored import Stored

__all__ = ["Change", "Method", "method_of"]


_FEW = 30
"""Matches; a score over fewer says little."""

_LEAST_CAPPED = 0.001
"""A share of draws; what is rarer no printed chance can show."""

_BESIDE_RESULTS = ("covariate", "earlier", "groups")
"""What `[strength]` may say of clubs beside the results of the competition."""

_SIMPLE = "running shares"
"""The simple rule of a replay: the shares of results so far, for every match."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of rules: its day, and what it says and means here, in sentences."""

    day: str
    says: str


@dataclass(frozen=True, slots=True)
class Method:
    """The method box; `rules` are stages with their sentences, `outcomes` labels with places."""

    model: str
    effort: str
    error: str
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    changes: tuple[Change, ...]
    outcomes: tuple[tuple[str, str], ...]
    past: str
    better: str
    sources: str
    limits: tuple[str, ...]
    made: tuple[tuple[str, str], ...]


def method_of(stored: Stored, language: Language) -> Method:
    """Return the method box of a forecast."""
    facts = stored.facts
    say = language.say
    return Method(
        model=model(facts, language),
        effort=say("%(runs)s tournaments were simulated.", runs=language.integer(facts["runs"])),
        error=_error(stored, language),
        rules=tuple(
            (", ".join(name for name, _ in alike), lines)
            for lines, alike in groupby(stage_lines(facts, language), key=itemgetter(1))
        ),
        changes=tuple(
            Change(day=day, says=_changed(facts, stages, says, language, in_force=in_force))
            for day, stages, in_force, says in changes(facts, language)
        ),
        outcomes=tuple(
            (
                language.label(facts["outcomes"][name], name),
                places_in_words(facts, places, language),
            )
            for name, places in facts["outcome_places"].items()
        ),
        past=_past(stored, language),
        better=_better(stored, language),
        sources=_sources(facts, language),
        limits=tuple(_limits(stored, language)),
        made=(
            (say("Program"), f"forecast {stored.provenance['versions']['forecast']}"),
            (say("Random seed"), str(facts["rng_seed"])),
            (say("Config (SHA-256)"), facts["config_hash"]),
        ),
    )


def _changed(
    facts: Mapping[str, Any], stages: str, says: str, language: Language, *, in_force: bool
) -> str:
    """Say a change of rules, and whether this forecast could know it."""
    said = language.say("New rule for %(stages)s: %(says)s.", stages=stages, says=says)
    if in_force:
        known = language.say("This forecast plays by it.")
        return f"{said} {known}"
    day = language.day(date.fromisoformat(facts["as_of"]))
    later = language.say(
        "That was decided later: on %(day)s, the day of this forecast, nobody knew it, so the old "
        "rule is played here.",
        day=day,
    )
    return f"{said} {later}"


def _sources(facts: Mapping[str, Any], language: Language) -> str:
    """Name those who published the fixtures and results."""
    names = facts.get("sources")  # a forecast made before sources were kept has none
    if not names:
        return ""
    return language.say("Fixtures and results were taken from: %(names)s.", names="; ".join(names))


def _error(stored: Stored, language: Language) -> str:
    """Say the largest simulation error of any printed chance."""
    worst = stored.tables["outcomes"]["std_error"].max()
    assert isinstance(worst, float)
    text = "0.1" if worst < 0.001 else language.signed(100 * worst, 1).lstrip("+")
    return language.say(
        "The luck of the simulation moves a chance by about %(points)s points at most (standard "
        "error), and by less with more tournaments.",
        points=text,
    )


def _past(stored: Stored, language: Language) -> str:
    """Say how replayed forecasts of this competition scored, and whether that is still of today."""
    found = stored.calibration
    if found is None or not found["replayed"]:
        return language.say(
            "This competition was not replayed, so how past forecasts did is not known."
        )
    said = [_scores(found, language)]
    if found.get("out_of_date"):  # a forecast made before this was kept does not know
        said.append(
            language.say(
                "That test no longer fits: since then data, rules, strengths or the program "
                "changed."
            )
        )
    return " ".join(said)


def _better(stored: Stored, language: Language) -> str:
    """Say which other model of the replay named the clubs of the headline better, and by how much.

    Only if the record warns of it: `worse` is empty if too little was seen.
    """
    found, headline = stored.calibration, stored.facts["headline"]
    if found is None or not found.get("worse") or headline not in stored.facts["outcomes"]:
        return ""
    own = found["model"]
    ahead = {
        row["source"] if row["against"] == own else row["against"]: row
        for row in found["record"]["differences"]
        if (row["what"], row["part"], row["measure"]) == ("outcomes", headline, "brier")
        if own == (row["source"] if row["difference"] > 0 else row["against"])
        if row["low"] is not None and row["low"] * row["high"] > 0
    }
    models = {each["id"]: each["strength"] for each in found["record"]["models"]}
    name = max(ahead.keys() & models, key=lambda each: abs(ahead[each]["difference"]), default=None)
    if name is None:
        return language.say(
            "In that test another way to forecast erred less; calibration.json says which."
        )
    other = language.say("the model “%(name)s”", name=name)
    bare = {key: value for key, value in models[own].items() if key not in _BESIDE_RESULTS}
    if models[name] == bare:
        other = language.say("the same forecast from results alone")
    return language.say(
        "At telling who reaches “%(outcome)s”, %(other)s erred by %(points)s less in that test "
        "(Brier score, from 0 to 1). That is one season and %(reached)s clubs.",
        outcome=language.label(stored.facts["outcomes"][headline], headline),
        other=other,
        points=language.decimal(abs(ahead[name]["difference"])),
        reached=found["record"]["reached"][headline],
    )


def _scores(found: Mapping[str, Any], language: Language) -> str:
    """Say the scores of replayed forecasts beside those of a simple rule."""
    rows = {
        row["source"]: row
        for row in found["record"]["scores"]
        if row["what"] == "matches" and row["measure"] == "log_loss"
    }
    ours, simple = rows.get(found["model"]), rows.get(_SIMPLE)
    if ours is None or simple is None:
        return language.say("Scores of replayed forecasts are in calibration.json.")
    said = language.count(
        "Made again with only what was known on each day, the forecast was tested on %(number)s "
        "match that followed. Its error was %(ours)s; that of a simple rule, which repeats how "
        "often home, draw and away had come so far, %(simple)s. Less is better (log loss).",
        "Made again with only what was known on each day, the forecast was tested on %(number)s "
        "matches that followed. Its error was %(ours)s a match; that of a simple rule, which "
        "repeats how often home, draw and away had come so far, %(simple)s. Less is better (log "
        "loss).",
        ours["forecasts"],
        ours=language.decimal(ours["mean"]),
        simple=language.decimal(simple["mean"]),
    )
    if ours["forecasts"] >= _FEW:
        return said
    few = language.say("So few matches prove little.")
    return f"{said} {few}"


def _limits(stored: Stored, language: Language) -> Iterator[str]:
    say = language.say
    tiles = stored.provenance["tiles"]
    capped = tiles["with_a_capped_rate"] / tiles["all"]
    if capped >= _LEAST_CAPPED:
        yield say(
            "In %(share)s of the draws of strengths some pairing would score absurdly often; there "
            "averages are held at 40 goals a match.",
            share=f"{100 * capped:.2g}%",
        )
    undecided = stored.provenance.get("proof", {}).get("undecided", 0)
    if undecided:
        yield language.count(
            "%(number)s line is called open although no proof was found either way.",
            "%(number)s lines are called open although no proof was found either way.",
            undecided,
        )
    yield say("Injuries, suspensions, line-ups, weather and motivation are not in the model.")
    yield say("Numbers are rounded, so columns may not add up; the files hold the whole counts.")
