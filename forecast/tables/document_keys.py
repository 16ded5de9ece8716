"""What the keys of the JSON documents beside the tables mean, for docs.

A key within another is written after it and a point, a key of every element of a list after `[]`.
Keys that are ids, names of files or languages are not listed one by one.
"""

from __future__ import annotations

__all__ = ["FORECAST_KEYS", "PROVENANCE_KEYS"]

FORECAST_KEYS: dict[str, str] = {
    "schema_version": "1, the version of this format.",
    "forecast_id": "The forecast, as its config calls it.",
    "as_of": "The day of the forecast, or null, as in the column `as_of`.",
    "after": "`stage` and `round` if `as_of` of the config is a round, else null.",
    "competition.id": "The competition, as its config calls it.",
    "competition.name": "Its title.",
    "competition.teams": "How many teams it has.",
    "competition.points": "Points for a `win`, a `draw` and a `loss` in a table.",
    "outcomes": "Id of each outcome of the forecast → language → label.",
    "outcome_places": "Id of each outcome → its places, written as in a config.",
    "headline": "The outcome that pages put first; one before `start` is not in `outcomes`.",
    "sources": "Who published the data.",
    "start": "The knockout stage at which the simulation begins, or null.",
    "bracket": "With `start`, its ties in bracket order: home side of the first leg, its rival.",
    "stages[].id": "The stage, as the competition calls it.",
    "stages[].kind": "`table` or `knockout`.",
    "stages[].label": "Language → label.",
    "stages[].entrants": "Places that enter, written as in a config; if drawn, each pot once.",
    "stages[].tie_breaks": "Of a table: the ladder in force, `lots` last.",
    "stages[].adjustments": "Of a table: `team`, `points` and `reason` of each ruling in force.",
    "stages[].pairing": "Of a knockout: who meets whom, the word of the config.",
    "stages[].pots": "Of a drawn knockout: for each side of each tie the index in `entrants`.",
    "stages[].legs": "Of a knockout: matches of a tie, as of the day.",
    "stages[].neutral": "Of a knockout: whether all its matches are on neutral ground.",
    "stages[].second_leg_host": "Of a knockout: who hosts, the word of the config.",
    "stages[].level": "Of a knockout: the rungs that decide a level tie.",
    "stages[].simulated": "Whether it is simulated; false before `start`.",
    "stages[].matches_played": "Its matches with a known score.",
    "stages[].matches_left": "Its matches that are simulated; 0 before `start`.",
    "stages[].changes": (
        "Every change of its rules: `from`, the rules as in a config, and `in_force`."
    ),
    "strength.model": "The goal model, or `given`.",
    "strength.uncertainty": "`posterior` or `none`.",
    "strength.results": "How many known results are not awarded: what a fit learns from.",
    "strength.knows_teams": "Whether covariates or earlier results tell teams apart.",
    "strength.columns": "The columns of the covariates.",
    "strength.column_labels": "Their labels, each language → label.",
    "strength.earlier_results": "How many results of earlier stages are fitted.",
    "strength.groups": "How many groups of teams there are that no known result links.",
    "strength.teams_without_a_result": "How many teams have no known result.",
    "runs": "How many runs were simulated.",
    "replicates": "Sets of 32,768 runs, each with draws of its own.",
    "rng_seed": "Key of all randomness.",
    "config_hash": "SHA-256 of the resolved config and the data files.",
    "notes": "What limits the forecast, in sentences; the weightiest first.",
    "warnings": "Warnings about the config, in sentences, as `forecast check` prints them.",
    "tables": "Name → rows, each an object with a key a column; six decimals, null for missing.",
}
"""Key of `forecast.json` → what it says."""

PROVENANCE_KEYS: dict[str, str] = {
    "schema_version": "1, the version of this format.",
    "forecast_id": "The forecast, as its config calls it.",
    "config_hash": "SHA-256 of `config` and the data files; it names a file of the history.",
    "config": (
        "The forecast and the competition file as they were understood, with defaults and what the "
        "command line overrode, without names of files."
    ),
    "inputs": "Every file that was read: its `name` as written in the config, its `sha256`.",
    "files": (
        "Every file of the folder but this one and `SHA256SUMS`, by name: its SHA-256 as written."
    ),
    "rng_seed": "Key of all randomness.",
    "stream_version": "Which definition of the random streams: same version, same counts.",
    "runs": "How many runs were simulated.",
    "replicates": "Sets of 32,768 runs, each with draws of its own.",
    "blocks.first": "Number of the first replicate.",
    "blocks.count": "How many there are.",
    "tiles.all": "Draws of strengths; 64 runs share one.",
    "tiles.ranked_exactly": "Those whose scores could be too high for the fast way to rank them.",
    "tiles.with_a_capped_rate": (
        "Those in which a team would exceed 40 goals a match against some other."
    ),
    "executor": "How the work was spread: `threads`.",
    "workers": "How many threads; no number depends on it.",
    "versions": "Versions of `python`, `forecast`, `numpy`, `numba`, `scipy` and `polars`.",
    "started": "When the computation began, in UTC to the second. No other file has a time of day.",
    "elapsed_seconds": (
        "Seconds of each step: `fit`, `lower`, `simulate`, `prove`, `tables`; not of writing."
    ),
    "proof.certain": "Lines of `status` that are certain.",
    "proof.impossible": "Lines of `status` that are impossible.",
    "proof.open": "Lines of `status` that are open.",
    "proof.undecided": "Those of the open ones that are open for want of a proof.",
}
"""Key of `provenance.json` → what it says."""
