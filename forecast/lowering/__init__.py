"""From a plan to the arrays that the kernel plays: names become integers, places become slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast.arrays import Layout, Program, Season, Tables
from forecast.lowering.bracket import lower_knockouts
from forecast.lowering.ladder import lower_ladders, sorting_network
from forecast.lowering.matches import lower_matches
from forecast.lowering.slots import assign_slots, lower_outcomes, played_stages, table_cuts
from forecast.plan import ENTRY, Plan, TableStage

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lower"]


def carries_places(plan: Plan, tables: Sequence[TableStage]) -> bool:
    """Return whether a round may draw from slots before the last table, so that places move."""
    drawn = {places.stage for s in plan.competition.stages[1:] for places in s.entrants}
    return plan.start is not None or len(tables) > 1 or ENTRY in drawn


def lower(plan: Plan, first_half_share: float) -> Season:
    """Compile a plan.

    Parameters
    ----------
    plan : Plan
    first_half_share : float
        Chance that a goal falls in the first half, from the fit or the config.
    """
    competition = plan.competition
    stages = played_stages(plan)
    spans = assign_slots(plan, stages)
    tables = [stage for stage in stages if isinstance(stage, TableStage)]
    index = [
        sum(isinstance(s, TableStage) == isinstance(stage, TableStage) for s in stages[:k])
        for k, stage in enumerate(stages)
    ]
    cuts = table_cuts(plan, stages, spans)
    matches = lower_matches(plan, tables)
    ladders, bins = lower_ladders(plan, tables, matches)
    outcomes = lower_outcomes(plan, spans)
    teams = len(competition.teams)
    table_ids = [table.id for table in tables]
    high, low = sorting_network(teams)
    tables_part = Tables(
        **matches.arrays,
        **ladders,
        first_half_threshold=np.uint64(round(first_half_share * 2**32)),
        network_first=np.array(high, np.int64),
        network_second=np.array(low, np.int64),
        cut_table=np.array([table_ids.index(cut.stage) for cut in cuts], np.int64),
        cut_place=np.array([cut.place for cut in cuts], np.int64),
    )
    program = Program(
        stage_is_table=np.array([isinstance(s, TableStage) for s in stages], np.bool_),
        stage_slot=np.array([spans[s.id].first for s in stages], np.int64),
        stage_index=np.array(index, np.int64),
        entry_places=carries_places(plan, tables),
        outcome_start=np.cumsum([0, *(len(o.slots) for o in outcomes)], dtype=np.int64),
        outcome_list=np.array([slot for o in outcomes for slot in o.slots], np.int64),
        fixtures=matches.fixtures,
        tables=tables_part,
        knockouts=lower_knockouts(plan, stages, spans),
    )
    layout = Layout(
        stages=tuple(spans[stage.id] for stage in stages),
        outcomes=outcomes,
        cuts=cuts,
        points=bins,
    )
    last = layout.stages[-1]
    return Season(
        program=program,
        layout=layout,
        teams=teams,
        slots=last.first + last.size,
        bins=sum(b.size for b in bins),
    )
