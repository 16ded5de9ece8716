"""A plan said back in plain words, for the person who wrote the config."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from forecast.columns import HEAD_TO_HEAD
from forecast.config.problems import join_words
from forecast.left import left_of
from forecast.plan import (
    ENTRY,
    LEAST_REPLICATES,
    RUNS_PER_REPLICATE,
    KnockoutStage,
    Match,
    Places,
    Plan,
    Simulation,
    Stage,
    TableStage,
)

__all__ = ["describe"]

_PAIRING = {
    "fold": "first meets last, second meets last but one",
    "adjacent": "first meets second, third meets fourth",
    "reseed": "paired anew by place in the table before: the best meets the last, and so on",
    "drawn": "lots draw who meets whom, each draw equally likely",
}
_LEVEL = {
    "away_goals": "away goals",
    "better_place": "the better place in the table",
    "extra_time": "extra time (30 minutes at a third of the rates of the last match)",
    "penalties": "penalties (each side ½)",
}
_HOST = {
    "better_place": "the better-placed team hosts {}",
    "lots": "lots decide who hosts {}",
}
_MANY = 6
"""Teams with another number of matches than most; of more only the range is said."""

_VENUE = {"home": "at home grounds", "neutral": "on neutral ground"}


def describe(plan: Plan) -> str:
    """Return the competition and the forecast in plain words, a line a fact.

    The first line of a forecast that has no result to learn from says so.
    """
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    """Yield the lines."""
    if plan.strength.model != "given" and not any(match.played for match in plan.matches):
        more = " and what is known of the teams" if plan.strength.knows_teams else ""
        yield f"No result is known: this forecast knows only the fixture list{more}."
    yield f"{plan.id}: {plan.competition.name}, {plan.dated}"
    yield f"Teams: {len(plan.competition.teams)}"
    yield from _start(plan)
    stages = [stage.id for stage in plan.competition.stages]
    first = stages.index(plan.start) if plan.start is not None else 0
    written: list[dict[str, Any]] = json.loads(plan.source.resolved)["competition"]["stage"]
    for number, (stage, said) in enumerate(zip(plan.competition.stages, written, strict=True)):
        if number < first:
            known = sum(match.stage == stage.id and match.played for match in plan.matches)
            yield f"Stage {stage.id}: before the start, {_count(known, 'result')} known"
            continue
        yield f"Stage {stage.id}: {_enters(_joined(stage.entrants))}"
        yield from _indented(
            _table(plan, stage) if isinstance(stage, TableStage) else _knockout(plan, stage)
        )
        yield from _indented(_changes(plan, said["change"]))
        yield from _indented(_progress(plan, stage))
    for outcome in plan.competition.outcomes:
        labels = " / ".join(outcome.label.values())
        yield f"Outcome {outcome.id} ({labels}): {_enters(outcome.places)}"
    yield f"Strengths: {_strengths(plan)}"
    yield f"Simulation: {_simulation(plan.simulation)}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _start(plan: Plan) -> Iterator[str]:
    """Say where the forecast starts and with which ties."""
    if plan.bracket is None:
        return
    teams = plan.competition.teams
    yield f"Starts at {plan.start} with the ties listed in matches.csv:"
    for home, away in plan.bracket:
        yield f"  {teams[home]} v {teams[away]}"


def _enters(entrants: Sequence[Places]) -> str:
    """Say places in words."""
    return join_words(map(_places, entrants), last="and")


def _joined(entrants: Sequence[Places]) -> list[Places]:
    """Return the same places in as few ranges as they make, if any of them join."""
    joined: list[Places] = []
    for places in sorted(entrants, key=lambda each: (each.stage, each.first)):
        before = joined[-1] if joined else None
        if before and (before.stage, before.last + 1) == (places.stage, places.first):
            joined[-1] = Places(places.stage, before.first, places.last)
        else:
            joined.append(places)
    return joined if len(joined) < len(entrants) else list(entrants)


def _places(places: Places) -> str:
    if places.stage == ENTRY:
        return "all teams" if places.first == 1 else f"teams {places.first} to {places.last}"
    if places.first == places.last:
        return f"place {places.first} of {places.stage}"
    return f"places {places.first} to {places.last} of {places.stage}"


def _ladder(rungs: Sequence[str]) -> str:
    """Say a ladder of tie-breaks."""
    said = [
        f"{rung.removeprefix(HEAD_TO_HEAD)} among the level teams"
        if rung.startswith(HEAD_TO_HEAD)
        else rung
        for rung in rungs
    ]
    return ", then ".join(said).replace("_", " ")


def _table(plan: Plan, stage: TableStage) -> Iterator[str]:
    rule = plan.competition.points
    yield f"a table: {rule.win} points for a win, {rule.draw} for a draw, {rule.loss} for a loss"
    yield f"ranked by {_ladder(stage.tie_breaks)}"
    for given in stage.adjustments:
        yield f"{given.points:+d} points for {plan.competition.teams[given.team]}: {given.reason}"
    yield from _each(plan, stage)


def _each(plan: Plan, stage: TableStage) -> Iterator[str]:
    """Say how many matches a team has in the list, and which others: one may be missing there."""
    listed = [match for match in plan.matches if match.stage == stage.id]
    numbers = Counter(team for match in listed for team in (match.home, match.away))
    numbers.update(dict.fromkeys(_entering(stage), 0))
    if not numbers:
        return
    usual = Counter(numbers.values()).most_common(1)[0][0]
    others = sorted(number for number in numbers.values() if number != usual)
    said = f"{_count(usual, 'match', 'matches')} each"
    if not others:
        at_home = Counter(match.home for match in listed if not match.neutral)
        homes = {at_home[team] for team in numbers}
        said += f", {homes.pop()} at home" if len(homes) == 1 else ""
    elif len(others) <= _MANY:
        for number in dict.fromkeys(others):
            teams = [team for team in sorted(numbers) if numbers[team] == number]
            names = join_words([plan.competition.teams[team] for team in teams], last="and")
            said += f", {number} for {names}"
    else:
        said = f"{min(numbers.values())} to {max(numbers.values())} matches each"
    yield said


def _entering(stage: Stage) -> Iterator[int]:
    """Yield the teams that are in a stage whatever happens."""
    for places in stage.entrants:
        if places.stage == ENTRY:
            yield from range(places.first - 1, places.last)


def _knockout(plan: Plan, stage: KnockoutStage) -> Iterator[str]:
    if stage.id == plan.start:
        yield "a knockout of the listed ties"
    else:
        yield f"a knockout: {_PAIRING[stage.pairing]}"
        yield from _indented(_draws(stage))
    yield _legs(plan, stage)
    yield f"level ties go by {', then '.join(_LEVEL[rung] for rung in stage.level)}"


def _draws(stage: KnockoutStage) -> Iterator[str]:
    """Say which pots meet, and in how many ties."""
    pairs = list(zip(stage.pots[::2], stage.pots[1::2], strict=True))
    for one in dict.fromkeys(first for first, _ in pairs):
        rivals = [second for first, second in pairs if first == one]
        among = [
            "one another" if pot == one else _places(stage.entrants[pot])
            for pot in dict.fromkeys(rivals)
        ]
        ties = _count(len(rivals), "tie")
        yield f"{ties} of {_places(stage.entrants[one])} with {join_words(among)}"


def _legs(plan: Plan, stage: KnockoutStage) -> str:
    """Say how many matches a tie has, and where."""
    matches = "one match" if stage.legs == 1 else "two legs"
    if stage.neutral:
        return f"{matches} on neutral ground"
    last = "it" if stage.legs == 1 else "the second"
    unless = ", unless matches.csv lists the hosts" if plan.start is not None else ""
    return f"{matches}; {_HOST[stage.second_leg_host].format(last)}{unless}"


def _changes(plan: Plan, changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say which rules changed and whether that counts yet."""
    for change in sorted(changes, key=lambda change: str(change["from"])):
        said = {key: value for key, value in change.items() if value is not None and key != "from"}
        rules = ", ".join(_rule(key, value) for key, value in said.items())
        counts = plan.as_of is None or str(change["from"]) <= plan.as_of.isoformat()
        state = "in force" if counts else "not known yet, so not used"
        yield f"changed on {change['from']} ({state}): {rules}"


def _rule(key: str, value: Any) -> str:  # noqa: ANN401 (a value of JSON)
    """Say one changed rule."""
    if key == "legs":
        return "one match" if value == 1 else "two legs"
    if key == "venue":
        return _VENUE[value]
    if key == "second_leg_host":
        return _HOST[value].format("the second leg")
    if key == "level":
        return f"level ties go by {', then '.join(_LEVEL[rung] for rung in value)}"
    return f"ranked by {_ladder(value)}"


def _progress(plan: Plan, stage: Stage) -> Iterator[str]:
    """Say what is played and what is left of a stage."""
    matches = [match for match in plan.matches if match.stage == stage.id]
    played, left = sum(match.played for match in matches), left_of(plan, stage)
    overdue = sum(_is_overdue(plan, match) for match in matches)
    if left:
        yield f"{_count(played, 'match', 'matches')} played, {left} left"
    elif matches and isinstance(stage, TableStage):
        yield f"all {_count(played, 'match', 'matches')} played: only lots can still move a place"
    elif matches:
        yield f"{_count(played, 'match', 'matches')} played, none left"
    if overdue:
        yield f"{_count(overdue, 'match', 'matches')} dated by then, but not known: simulated"


def _is_overdue(plan: Plan, match: Match) -> bool:
    in_time = plan.as_of and match.date and match.date <= plan.as_of
    return bool(in_time) and not match.played and match.winner is None


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _strengths(plan: Plan) -> str:
    """Say what strengths are fitted to."""
    if plan.strength.given is not None:
        return "given in a table, not fitted"
    spread = "with" if plan.strength.uncertainty == "posterior" else "without"
    spread = f"{''.join(_beyond(plan))}{spread}"
    played = [match for match in plan.matches if match.played]
    if not played:
        return f"no result to fit them to: the prior alone, {spread} its uncertainty"
    awarded = sum(match.awarded for match in played)
    fitted = _count(len(played) - awarded, "result")
    without = f" ({awarded} awarded left out)" if awarded else ""
    return f"fitted to {fitted}{without}, {spread} their uncertainty"


_GOALS = {
    "dixon_coles": "goals by Dixon and Coles, ",
    "bivariate_poisson": "bivariate Poisson goals, ",
    "negative_binomial": "negative binomial goals, ",
}


def _beyond(plan: Plan) -> Iterator[str]:
    """Say what the fit uses beyond Poisson goals and the results."""
    strength = plan.strength
    yield _GOALS.get(strength.goals, "")
    if strength.groups:
        yield f"shared strength by {' and '.join(strength.groups)}, "
    for covariate in strength.covariates:
        yield f"moved by {covariate.column}, "
    if strength.earlier:
        count = _count(len(strength.earlier.matches), "earlier result")
        yield f"{count} at weight {strength.earlier.weight:g}, "
    if strength.half_life:
        yield f"results halved every {strength.half_life:g} days, "


def _simulation(simulation: Simulation) -> str:
    """Say how many runs there will be: whole replicates."""
    if simulation.runs is None:
        least = LEAST_REPLICATES * RUNS_PER_REPLICATE
        effort = f"at least {least:,} runs, doubled until no error is above "
        return f"{effort}{simulation.target_error:g}; rng_seed {simulation.rng_seed}"
    replicates = max(LEAST_REPLICATES, -(-simulation.runs // RUNS_PER_REPLICATE))
    total = replicates * RUNS_PER_REPLICATE
    asked = f" ({simulation.runs:,} asked for)" if total != simulation.runs else ""
    return f"{total:,} runs{asked} in {replicates} replicates; rng_seed {simulation.rng_seed}"
