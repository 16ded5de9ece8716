"""Proofs in plain words, with the numbers that a reader can check by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from forecast.plan import MAX_GOALS, Outcome, Plan
from forecast.proof.paths import ANY, Paths, Slot
from forecast.proof.reach import Answer
from forecast.proof.standings import Score, Standings
from forecast.proof.verdicts import Proof, TableCase, Verdict

__all__ = ["decided_lines", "proof_lines"]

_MOST_NAMES = 12
"""Names of one line; more of them are counted."""

_NO_TEAM = "nobody"


def decided_lines(plan: Plan, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what the rules alone decide, a line an outcome."""
    teams = plan.competition.teams
    entered = {team for tie in plan.bracket or () for team in tie} or set(range(len(teams)))
    entered |= {verdict.team for verdict in verdicts if verdict.status != "impossible"}
    decided: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for verdict in verdicts:
        if verdict.team in entered:
            decided[verdict.outcome][verdict.status].append(teams[verdict.team])
    if all(verdict.status == "open" for verdict in verdicts):
        yield "Decided by the rules: nothing yet, every outcome is open to every team"
    else:
        for outcome, by_status in decided.items():
            if len(by_status["open"]) < len(entered):
                yield (
                    f"Decided by the rules, {outcome}: certain for {_names(by_status['certain'])}; "
                    f"impossible for {_names(by_status['impossible'])}; "
                    f"open for {len(by_status['open'])}"
                )
    if len(entered) < len(teams):
        out = len(teams) - len(entered)
        yield f"Decided by the rules: all is over for {out} teams in no tie from {plan.start} on"
    undecided = sum(verdict.undecided for verdict in verdicts)
    if undecided:
        yield f"Left open without a proof: {undecided} of {len(verdicts)} lines"


def proof_lines(plan: Plan, team: int, outcome: Outcome) -> Iterator[str]:
    """Yield why an outcome is certain, impossible or open for a team."""
    proof = Proof(plan)
    verdict = proof.verdict(team, outcome)
    name = plan.competition.teams[team]
    undecided = ", undecided by the proof" if verdict.undecided else ""
    yield f"{name}, {outcome.id}: {verdict.status}{undecided}."
    if plan.start is not None:
        yield from _bracket_lines(proof.paths, team)
    for case in proof.cases(team, outcome):
        yield from _table_lines(case, verdict, name, team)


def _table_lines(case: TableCase, verdict: Verdict, name: str, team: int) -> Iterator[str]:
    """Say what one table lets the team do; what matters for the verdict comes first."""
    standings = case.reach.standings
    yield (
        f"In {case.stage}, places {_spans(case.leading)} can lead to it, "
        f"places {_spans(case.missing)} can miss it."
    )
    matters = {
        "certain": case.missing,
        "impossible": case.leading,
        "open": (*case.leading, *(a for a in case.missing if a not in case.leading)),
    }[verdict.status]
    for answer in matters:
        yield from _answer_lines(standings, answer, name, team)


def _answer_lines(standings: Standings, answer: Answer, name: str, team: int) -> Iterator[str]:
    where = f"places {_span(answer)}"
    left = f"the {len(standings.left)} matches left"
    if answer.how == "completion":
        assert answer.scores is not None
        yield f"{name} can end in {where}: suppose these results of {left}."
        yield from _completion_lines(standings, answer.scores, team)
    elif answer.how == "played":
        span = standings.span(standings.values(standings.played), team)
        stays = f"place {span[0]}" if span[0] == span[1] else f"a place from {span[0]} to {span[1]}"
        cannot = "" if answer.can is None else f", so it cannot end in {where}"
        yield f"All matches are played: {name} has {stays}{cannot}."
        if answer.can is None:
            yield _hangs_on(standings)
    elif answer.how == "points":
        yield f"{name} cannot end in {where}, by points alone:"
        yield from _points_lines(standings, answer, name, team)
    elif answer.how == "solver":
        yield f"{name} cannot end in {where}:"
        yield f"  {_solver_sentence(answer, name, left)}"
    elif answer.how == "solver_goals":
        yield (
            f"{name} cannot end in {where}: HiGHS finds no results and goals of {left} "
            f"(0 to {MAX_GOALS} a side) that put it there."
        )
    else:
        yield f"Whether {name} can end in {where} is undecided."
        yield _hangs_on(standings)


def _hangs_on(standings: Standings) -> str:
    """Say why a question has no proof."""
    if standings.fair:
        return "  HiGHS was not asked, or ended at its limit of nodes; no completion was found."
    rung = standings.stage.tie_breaks[len(standings.ladder)]
    return f"  It hangs on {rung.replace('_', ' ')}, which the proof does not follow."


def _solver_sentence(answer: Answer, name: str, left: str) -> str:
    if answer.first > 1 and answer.rivals is not None and answer.rivals < answer.first - 1:
        return (
            f"whatever the results of {left}, at most {answer.rivals} rivals end with as many "
            f"points as {name} (HiGHS, level ones counted); {answer.first - 1} would have to."
        )
    return (
        f"whatever the results of {left}, at least {answer.rivals} rivals end with more points "
        f"than {name} (HiGHS); at most {answer.last - 1} may."
    )


def _points_lines(standings: Standings, answer: Answer, name: str, team: int) -> Iterator[str]:
    """List the rivals that a bound on points counts."""
    teams = standings.plan.competition.teams
    points = standings.points
    rivals = [u for u in range(len(teams)) if u != team]
    if answer.rivals is not None and answer.rivals < answer.first - 1:
        least = points[team][0]
        counted = sorted((u for u in rivals if points[u][1] >= least), key=lambda u: -points[u][1])
        yield f"  {name} ends with at least {least} points."
        yield (
            f"  {answer.rivals} rivals can have as many, level ones counted; "
            f"{answer.first - 1} would have to."
        )
        listed = [f"{teams[u]} at most {points[u][1]}" for u in counted]
    else:
        most = points[team][1]
        counted = sorted((u for u in rivals if points[u][0] > most), key=lambda u: -points[u][0])
        yield f"  {name} ends with at most {most} points."
        yield f"  {answer.rivals} rivals have more in any case; at most {answer.last - 1} may."
        listed = [f"{teams[u]} at least {points[u][0]}" for u in counted]
    yield f"  {', '.join(listed) or _NO_TEAM}"


def _completion_lines(standings: Standings, scores: Sequence[Score], team: int) -> Iterator[str]:
    """List the results of a completion and the table that they lead to, down to the team."""
    teams = standings.plan.competition.teams
    for match, score in zip(standings.left, scores, strict=True):
        yield f"  {teams[match.home]} {score[0]}-{score[1]} {teams[match.away]}"
    values = standings.values(standings.counters(scores))
    yield f"  then, by {', '.join(name.replace('_', ' ') for name in standings.ladder)}:"
    for other in sorted(range(len(teams)), key=lambda u: (values[u], u == team), reverse=True):
        first, last = standings.span(values, other)
        place = f"{first}" if first == last else f"{first} to {last}"
        mark = " <" if other == team else ""
        yield f"  {place}. {teams[other]}: {', '.join(map(str, values[other]))}{mark}"


def _bracket_lines(paths: Paths, team: int) -> Iterator[str]:
    """Follow a team through the ties that are known."""
    slot: Slot = (-1, team)
    if slot not in paths.steps:
        yield f"It is in no tie of {paths.plan.start}."
    while slot in paths.steps:
        number, tie = paths.steps[slot][0]
        stage, teams = paths.stages[number].id, paths.plan.competition.teams
        if tie == ANY:
            yield f"In {stage} its rival is drawn or found by place: open."
            return
        rivals = [paths.holder(other) for other in paths.pairs[number][tie] if other != slot]
        rival = "a rival not known yet" if rivals[0] is None else teams[rivals[0]]
        ends = paths.ends(number, tie, team)
        if len(ends) > 1:
            yield f"In {stage} it meets {rival}: open."
            return
        slot = ends[0]
        won = slot[1] < len(paths.pairs[number])
        yield f"In {stage} it {'won' if won else 'lost'} against {rival}."


def _span(answer: Answer) -> str:
    return f"{answer.first} to {answer.last}" if answer.first < answer.last else f"{answer.first}"


def _spans(answers: Iterable[Answer]) -> str:
    return " and ".join(_span(answer) for answer in answers) or "none"


def _names(names: Sequence[str]) -> str:
    if not names:
        return _NO_TEAM
    more = len(names) - _MOST_NAMES
    return f"{', '.join(names[:_MOST_NAMES])}{f' and {more} more' if more > 0 else ''}"
