"""What a forecast says about itself beside its tables: the head of `forecast.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from forecast.arrays import Counts
from forecast.left import left_of
from forecast.plan import ENTRY, Adjustment, Places, Plan, Stage
from forecast.strength import groups

__all__ = ["calibration", "facts"]


def facts(plan: Plan, counts: Counts, *, notes: Sequence[str]) -> dict[str, Any]:
    """Return the document that `forecast.json` begins with: data, never prose.

    A reader of it needs no config: rules as of the day and their later changes, what is played
    and what is left, labels, and what the numbers were made from.
    """
    teams = plan.competition.teams
    resolved = json.loads(plan.source.resolved)
    written = resolved["competition"]
    return {
        "schema_version": 1,
        "forecast_id": plan.id,
        "as_of": plan.as_of.isoformat() if plan.as_of else None,
        "after": dict(zip(("stage", "round"), plan.after, strict=True)) if plan.after else None,
        "competition": {
            "id": plan.competition.id,
            "name": plan.competition.name,
            "teams": len(teams),
            "points": asdict(plan.competition.points),
        },
        "outcomes": {outcome.id: dict(outcome.label) for outcome in plan.competition.outcomes},
        "outcome_places": {
            outcome.id: [_places(places) for places in outcome.places]
            for outcome in plan.competition.outcomes
        },
        "headline": written["headline"] or plan.competition.outcomes[-1].id,
        "sources": written["sources"],
        "start": plan.start,
        "bracket": [[teams[home], teams[away]] for home, away in plan.bracket or ()],
        "stages": [
            _stage(plan, stage, said)
            for stage, said in zip(plan.competition.stages, written["stage"], strict=True)
        ],
        "strength": _strength(plan, resolved["strength"]),
        "runs": counts.runs,
        "replicates": counts.replicates,
        "rng_seed": plan.simulation.rng_seed,
        "config_hash": plan.source.config_hash,
        "notes": list(notes),
        "warnings": list(plan.warnings),
    }


def calibration(plan: Plan) -> dict[str, Any]:
    """Return `calibration.json`: how past forecasts of the competition scored, if it was replayed.

    `model` names the entry of `record` that has the strengths of this forecast; `out_of_date` is
    why the record no longer fits, `worse` what did clearly better than that entry: often nothing.
    """
    record = plan.record
    return {
        "schema_version": 1,
        "forecast_id": plan.id,
        "replayed": record is not None,
        "model": record.model if record else None,
        "out_of_date": list(record.out_of_date) if record else [],
        "worse": list(record.worse) if record else [],
        "record": json.loads(record.text) if record else None,
    }


def _strength(plan: Plan, said: dict[str, Any]) -> dict[str, Any]:
    """Describe what strengths are made from; `said` is `[strength]` as it was resolved."""
    fitted = [match for match in plan.matches if match.played and not match.awarded]
    linked, idle = groups(fitted, teams=len(plan.competition.teams))
    return {
        "model": plan.strength.model,
        "uncertainty": plan.strength.uncertainty,
        "results": len(fitted),
        "knows_teams": plan.strength.knows_teams,
        "columns": [covariate.column for covariate in plan.strength.covariates],
        "column_labels": [covariate["label"] for covariate in said["covariate"]],
        "earlier_results": len(plan.strength.earlier.matches) if plan.strength.earlier else 0,
        "groups": linked,
        "teams_without_a_result": idle,
    }


def _stage(plan: Plan, stage: Stage, said: dict[str, Any]) -> dict[str, Any]:
    """Describe a stage: every rule in force, every change, and how far it is played."""
    matches = [match for match in plan.matches if match.stage == stage.id]
    ids = [each.id for each in plan.competition.stages]
    rules = {key: _plain(plan, value) for key, value in _fields(stage).items()}
    return {
        **rules,
        "kind": said["kind"],
        "label": said["label"],
        "simulated": plan.start is None or ids.index(stage.id) >= ids.index(plan.start),
        "matches_played": sum(match.played for match in matches),
        "matches_left": left_of(plan, stage),
        "changes": [_change(plan, change) for change in said["change"]],
    }


def _fields(stage: Stage) -> dict[str, Any]:
    """Return the fields of a stage as they are, nested descriptions included."""
    return {name: getattr(stage, name) for name in stage.__dataclass_fields__}


def _plain(plan: Plan, value: object) -> object:
    """Return a rule as JSON can say it, teams by name and places as in a config."""
    if isinstance(value, Places):
        return _places(value)
    if isinstance(value, Adjustment):
        return {**asdict(value), "team": plan.competition.teams[value.team]}
    if isinstance(value, tuple):
        return [_plain(plan, each) for each in value]
    return value


def _change(plan: Plan, change: dict[str, Any]) -> dict[str, Any]:
    """Return a change of rules with its day, and whether the forecast knows it."""
    in_force = plan.as_of is None or change["from"] <= plan.as_of.isoformat()
    said = {key: value for key, value in change.items() if value is not None}
    return {**said, "in_force": in_force}


def _places(places: Places) -> str:
    if places.stage == ENTRY:
        return ENTRY
    span = f"{places.first}" if places.first == places.last else f"{places.first}-{places.last}"
    return f"{places.stage}:{span}"
