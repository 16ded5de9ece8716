"""A plan changed after it was read, with the hash that its config would have had."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from forecast.config.loading import Overrides
from forecast.plan import Plan

__all__ = ["with_runs"]


def with_runs(plan: Plan, runs: int) -> Plan:
    """Return the plan that `load` gives for the same config with another number of runs.

    The hash of a config covers its runs, so that a folder never passes for a larger forecast.
    """
    Overrides(runs=runs)  # refuses what a config may not say
    source = plan.source
    simulation = replace(plan.simulation, runs=runs, target_error=None)
    said = json.loads(source.resolved)
    said["simulation"] = asdict(simulation)
    resolved = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    data = [digest for _, digest in source.inputs[2:]]  # the two TOML files are in `resolved`
    config_hash = hashlib.sha256("\n".join([resolved, *data]).encode()).hexdigest()
    source = replace(source, resolved=resolved, config_hash=config_hash)
    return replace(plan, simulation=simulation, source=source)
