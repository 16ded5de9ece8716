"""From a plan to the arrays that the kernel plays: names become integers, places become slots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecast.arrays import (
    GOALS_BIVARIATE_POISSON,
    GOALS_DIXON_COLES,
    GOALS_NEGATIVE_BINOMIAL,
    GOALS_POISSON,
    Cut,
    Layout,
    PointsBins,
    Program,
    Season,
    Tables,
)
from forecast.lowering.bracket import lower_knockouts
from forecast.lowering.ladder import lower_ladders
from forecast.lowering.matches import TableMatches, lower_matches
from forecast.lowering.needs import lower_needs
from forecast.lowering.slots import (
    assign_slots,
    counted_slots,
    lower_outcomes,
    played_stages,
    table_cuts,
)
from forecast.lowering.strata import strata
from forecast.plan import ENTRY, Plan, Stage, TableStage
from forecast.reference import by_reference

__all__ = ["lower"]

GOAL_MODELS = {
    "poisson": GOALS_POISSON,
    "dixon_coles": GOALS_DIXON_COLES,
    "bivariate_poisson": GOALS_BIVARIATE_POISSON,
    "negative_binomial": GOALS_NEGATIVE_BINOMIAL,
}


def carries_places(plan: Plan, tables: Sequence[TableStage]) -> bool:
    """Return whether a round may draw from slots before the last table, so that places move."""
    drawn = {places.stage for s in plan.competition.stages[1:] for places in s.entrants}
    return plan.start is not None or len(tables) > 1 or ENTRY in drawn


def lower_tables(
    plan: Plan,
    tables: Sequence[TableStage],
    matches: TableMatches,
    cuts: Sequence[Cut],
    *,
    first_half_share: float,
) -> tuple[Tables, tuple[PointsBins, ...]]:
    """Return the table stages, and the bins of their points."""
    ladders, bins = lower_ladders(plan, tables, matches)
    ids = [table.id for table in tables]
    lowered = Tables(
        **matches.arrays,
        **ladders,
        first_half_threshold=np.uint64(round(first_half_share * 2**32)),
        cut_table=np.array([ids.index(cut.stage) for cut in cuts], np.int64),
        cut_place=np.array([cut.place for cut in cuts], np.int64),
    )
    return lowered, bins


def stage_index(stages: Sequence[Stage]) -> list[int]:
    """Return for each stage how many of its kind come before it."""
    kinds = [isinstance(stage, TableStage) for stage in stages]
    return [kinds[:k].count(kind) for k, kind in enumerate(kinds)]


def lower(plan: Plan, first_half_share: float) -> Season:
    """Compile a plan.

    Parameters
    ----------
    plan : Plan
    first_half_share : float
        Chance that a goal falls in the first half, from the fit or the config.
    """
    stages = played_stages(plan)
    spans = assign_slots(plan, stages)
    tables = [stage for stage in stages if isinstance(stage, TableStage)]
    cuts = table_cuts(plan, stages, spans)
    outcomes = lower_outcomes(plan, spans)
    matches = lower_matches(plan, tables)
    lowered, bins = lower_tables(plan, tables, matches, cuts, first_half_share=first_half_share)
    needs, events = lower_needs(plan, stages, spans, matches, cuts)
    program = Program(
        stage_is_table=np.array([isinstance(s, TableStage) for s in stages], np.bool_),
        stage_slot=np.array([spans[s.id].first for s in stages], np.int64),
        stage_index=np.array(stage_index(stages), np.int64),
        entry_places=carries_places(plan, tables),
        outcome_start=np.cumsum([0, *(len(o.slots) for o in outcomes)], dtype=np.int64),
        outcome_list=np.array([slot for o in outcomes for slot in o.slots], np.int64),
        counted=np.array(counted_slots(stages, spans, outcomes), np.int64),
        strata=strata(),
        fixtures=matches.fixtures,
        tables=lowered,
        knockouts=lower_knockouts(plan, stages, spans),
        needs=needs,
        goal_model=GOAL_MODELS[plan.strength.goals],
    )
    shown = tuple(spans[stage.id] for stage in stages)
    return Season(
        program=by_reference(program),
        layout=Layout(stages=shown, outcomes=outcomes, cuts=cuts, points=bins, events=events),
        teams=len(plan.competition.teams),
        slots=shown[-1].first + shown[-1].size,
        bins=sum(b.size for b in bins),
    )
