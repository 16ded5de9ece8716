"""Counts to tidy tables: checked sums, fixed columns, an error with every probability."""

from forecast.tables.checks import BrokenCountsError, check_counts
from forecast.tables.comparing import what_if_table
from forecast.tables.counted import outcome_table, place_table, points_table, tie_break_table
from forecast.tables.history import history_table, in_order, movement_table
from forecast.tables.modelled import fixtures_left, match_table, strength_table
from forecast.tables.needs import leverage_table, margin_table, next_result_table
from forecast.tables.schemas import HISTORY
from forecast.tables.standings import result_table, standings_table
from forecast.tables.status import check_status, status_table
from forecast.tables.uncertainty import spread, standard_error

__all__ = [
    "HISTORY",
    "BrokenCountsError",
    "check_counts",
    "check_status",
    "fixtures_left",
    "history_table",
    "in_order",
    "leverage_table",
    "margin_table",
    "match_table",
    "movement_table",
    "next_result_table",
    "outcome_table",
    "place_table",
    "points_table",
    "result_table",
    "spread",
    "standard_error",
    "standings_table",
    "status_table",
    "strength_table",
    "tie_break_table",
    "what_if_table",
]
