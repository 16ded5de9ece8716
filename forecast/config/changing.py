"""A plan changed after it was read, with the hash that its config would have had."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from forecast.config.loading import Overrides
from forecast.config.supposed import Supposed
from forecast.plan import KnockoutStage, Match, Plan, Source

__all__ = ["with_results", "with_runs"]


def with_runs(plan: Plan, runs: int) -> Plan:
    """Return the plan that `load` gives for the same config with another number of runs.

    The hash of a config covers its runs, so that a folder never passes for a larger forecast.
    """
    Overrides(runs=runs)  # refuses what a config may not say
    simulation = replace(plan.simulation, runs=runs, target_error=None)
    return replace(
        plan, simulation=simulation, source=_said(plan.source, "simulation", asdict(simulation))
    )


def with_results(plan: Plan, results: Iterable[Supposed]) -> Plan:
    """Return the plan in which matches left have supposed results, as if they were known.

    They count in the table or the tie, and the fit learns from them like from any other result.
    """
    matches = list(plan.matches)
    for result in results:
        home_goals, away_goals = result.goals
        matches[result.match] = replace(
            matches[result.match], home_goals=home_goals, away_goals=away_goals, supposed=True
        )
    for stage in plan.competition.stages:
        if isinstance(stage, KnockoutStage):
            _settle(stage, matches)
    said = [(m.line, m.home_goals, m.away_goals) for m in matches if m.supposed]
    source = _said(plan.source, "supposed", said)
    return replace(plan, matches=tuple(matches), source=source)


def _settle(stage: KnockoutStage, matches: list[Match]) -> None:
    """Note the winner of every tie that supposed results have completed, unless it is level."""
    ties: dict[frozenset[int], list[int]] = {}
    for number, match in enumerate(matches):
        if match.stage == stage.id:
            ties.setdefault(frozenset((match.home, match.away)), []).append(number)
    for rows in ties.values():
        tie = sorted((matches[row] for row in rows), key=lambda match: match.leg or 0)
        if len(tie) != stage.legs or not any(match.supposed for match in tie):
            continue
        ahead = _ahead(tie)
        if ahead:
            last = max(rows, key=lambda row: matches[row].leg or 0)
            home, away = tie[0].home, tie[0].away
            matches[last] = replace(matches[last], winner=home if ahead > 0 else away)


def _ahead(tie: list[Match]) -> int:
    """Return by how much the first home team leads on aggregate; 0 if a score is not known."""
    total = 0
    for match in tie:
        if match.home_goals is None or match.away_goals is None:
            return 0
        margin = match.home_goals - match.away_goals
        total += margin if match.home == tie[0].home else -margin
    return total


def _said(source: Source, key: str, value: object) -> Source:
    """Return the source of a config that says something else under one key."""
    said = json.loads(source.resolved)
    said[key] = value
    resolved = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    data = [digest for _, digest in source.inputs[2:]]  # the two TOML files are in `resolved`
    config_hash = hashlib.sha256("\n".join([resolved, *data]).encode()).hexdigest()
    return replace(source, resolved=resolved, config_hash=config_hash)
