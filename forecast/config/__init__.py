"""The only reader of TOML and CSV: from files to one frozen, validated plan."""

from __future__ import annotations

from forecast.config.changing import with_results, with_runs
from forecast.config.day import View
from forecast.config.describe import describe
from forecast.config.finding import find_configs
from forecast.config.loading import Overrides, load
from forecast.config.record import RECORD, rules_hash, strength_said
from forecast.config.replay import Moment, Replay, find_moments
from forecast.config.supposed import read_results

__all__ = [
    "RECORD",
    "Moment",
    "Overrides",
    "Replay",
    "View",
    "describe",
    "find_configs",
    "find_moments",
    "load",
    "read_results",
    "rules_hash",
    "strength_said",
    "with_results",
    "with_runs",
]
