"""What every table and column means, in one place: for `datapackage.json`, the method sheet, docs.

A column is described once by its name, or as `table.column` where a table means something else by
it, or by the first words of its name where the rest is the id of an outcome (`leverage_…`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecast.tables.schemas import LEVERAGE, MAY_BE_NULL

__all__ = ["TABLES", "Field", "Table", "fields_of"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it holds, a row of what, and the columns that tell its rows apart."""

    description: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A column; `kind` is a type of the Frictionless Table Schema."""

    name: str
    kind: str
    description: str
    unit: str | None
    required: bool


TABLES: dict[str, Table] = {
    "outcomes": Table(
        "How often each team reached each outcome: one row a team and outcome.",
        ("team", "outcome"),
    ),
    "places": Table(
        "How often each team finished in each place: one row a stage, team and place.",
        ("stage", "team", "place"),
    ),
    "points": Table(
        "How often a total of points was reached and was enough: one row a table, total and cut.",
        ("stage", "points", "cut"),
    ),
    "tie_breaks": Table(
        "Which rung of the ladder decided each cut: one row a cut and rung.",
        ("stage", "cut", "rung"),
    ),
    "matches": Table("Every fixture left with its chances: one row a fixture."),
    "strengths": Table(
        "Strengths from the fit: one row a team, the shared terms repeated.", ("team",)
    ),
    "standings": Table(
        "The tables as they stand, results that are known alone: one row a stage and team.",
        ("stage", "team"),
    ),
    "results": Table("Every result that the forecast knows: one row a match."),
    "status": Table(
        "What the rules already prove, never the counts: one row a team and outcome.",
        ("team", "outcome"),
    ),
    "margins": Table(
        "How often points and goal difference were enough for each cut, on one of 32 draws of "
        "strengths: one row a cut, total and difference.",
        ("stage", "cut", "points", "goal_difference"),
    ),
    "next_results": Table(
        "The chance of each outcome given the result of the next match, on one of 32 draws of "
        "strengths: one row a team, outcome and result.",
        ("team", "outcome", "result"),
    ),
    "history": Table(
        "What is kept of every forecast: outcomes and status, one row a team and outcome.",
        ("team", "outcome"),
    ),
    "movement": Table(
        "How chances moved since the forecast before: one row a team and outcome.",
        ("team", "outcome"),
    ),
    "what_if": Table(
        "A forecast with results supposed beside the one without: one row a team and outcome.",
        ("team", "outcome"),
    ),
    "outcomes_wide": Table(
        "Outcomes for a spreadsheet: one row a team, best first by the last outcome, and a column "
        "an outcome.",
        ("team",),
    ),
    "places_wide": Table(
        "Places for a spreadsheet: one row a stage and team, and a column a place.",
        ("stage", "team"),
    ),
}

_RUNS, _SHARE, _LOG_RATE = "runs", "probability, 0 to 1", "log of goals per 90 min"

_COLUMNS: dict[str, tuple[str, str | None]] = {
    "forecast_id": ("The forecast, as its config calls it.", None),
    "as_of": (
        "The day up to which results were known; empty if all of them were, or if none has a day.",
        None,
    ),
    "team": ("The team, as in teams.csv.", None),
    "outcome": ("The outcome, as the competition calls it.", None),
    "stage": ("The stage of the competition.", None),
    "hits": ("In how many runs it happened: the truth behind the probability.", _RUNS),
    "runs": ("How many runs were simulated.", _RUNS),
    "probability": ("hits / runs.", _SHARE),
    "std_error": (
        "The error of the simulation, from replicates; it falls with more runs.",
        "probability",
    ),
    "low": (
        "Spread over strengths: in 5 % of their draws the chance is below this, whatever the runs.",
        _SHARE,
    ),
    "high": ("Spread over strengths: in 95 % of their draws the chance is below this.", _SHARE),
    "largest_std_error": ("Error of the simulation in the least certain cell.", "probability"),
    "place": ("The place, 1 is best; in a knockout winners come before losers.", None),
    "points": ("The total of points at the end of the table.", "points"),
    "cut": ("The last place that goes through; empty in a table without a cut.", None),
    "reached": ("How many teams, over all runs, reached this total.", "teams times runs"),
    "enough": ("How many of them finished above the cut.", "teams times runs"),
    "points.probability": ("enough / reached.", _SHARE),
    "rung": ("The column of the ladder that told the teams at the cut apart.", None),
    "tie_breaks.hits": ("In how many runs this rung decided the cut.", _RUNS),
    "round": ("The round of the stage.", None),
    "date": ("The day of the match, if it is known.", None),
    "home": ("The team at home; at a neutral venue the one named first.", None),
    "away": ("The team away; at a neutral venue the one named second.", None),
    "neutral": ("Whether the venue is neutral, so that nobody has the home advantage.", None),
    "rate_home": ("Goals that the home side can expect.", "goals per 90 min"),
    "rate_away": ("Goals that the away side can expect.", "goals per 90 min"),
    "p_home": ("Chance that the home side leads after 90 minutes.", _SHARE),
    "p_draw": ("Chance of a draw after 90 minutes.", _SHARE),
    "p_away": ("Chance that the away side leads after 90 minutes.", _SHARE),
    "likeliest_home_goals": ("Goals of the home side in the single likeliest score.", "goals"),
    "likeliest_away_goals": ("Goals of the away side in the single likeliest score.", "goals"),
    "attack": ("How much more than the average a team scores.", _LOG_RATE),
    "attack_sd": (
        "Spread over strengths: standard deviation of `attack`, whatever the runs.",
        _LOG_RATE,
    ),
    "defence": ("How much less than the average a team concedes.", _LOG_RATE),
    "defence_sd": ("Spread over strengths: standard deviation of `defence`.", _LOG_RATE),
    "intercept": ("The average rate of the competition; one number, repeated.", _LOG_RATE),
    "intercept_sd": ("Spread over strengths: standard deviation of `intercept`.", _LOG_RATE),
    "home_advantage": ("How much more a side scores at home; one number, repeated.", _LOG_RATE),
    "home_advantage_sd": (
        "Spread over strengths: standard deviation of `home_advantage`.",
        _LOG_RATE,
    ),
    "status": ("`certain`, `impossible` or `open`; proved from the rules, not counted.", None),
    "leg": ("The leg of a tie; empty in a table.", None),
    "home_goals": ("Goals of the home side after 90 minutes.", "goals"),
    "away_goals": ("Goals of the away side after 90 minutes.", "goals"),
    "winner": ("Who won the tie, on its last row, in stages that are forecast; else empty.", None),
    "awarded": ("Whether a ruling gave the score: it counts in the table, never in the fit.", None),
    "played": ("Matches played.", "matches"),
    "wins": ("Matches won.", "matches"),
    "draws": ("Matches drawn.", "matches"),
    "losses": ("Matches lost.", "matches"),
    "goals_for": ("Goals scored.", "goals"),
    "goals_against": ("Goals conceded.", "goals"),
    "goal_difference": ("Goals scored less goals conceded.", "goals"),
    "standings.points": ("Points so far, adjustments included.", "points"),
    "margins.goal_difference": (
        "Goals scored less goals conceded at the end; 30 stands for more, -30 for less.",
        "goals",
    ),
    "margins.probability": ("enough / reached.", _SHARE),
    "margins.std_error": (
        "At most the error of the simulation: as if the teams of one draw were one.",
        "probability",
    ),
    "result": (
        "Of the team's next match: `win`, `draw` or `loss`; of a tie, `through` or `out`.",
        None,
    ),
    "next_results.hits": ("In how many of these runs the outcome was reached.", _RUNS),
    "next_results.runs": ("In how many runs looked at the match had this result.", _RUNS),
    "config_hash": ("SHA-256 of all that can change a number of the forecast.", None),
    "previous_forecast_id": ("The forecast before.", None),
    "previous_as_of": ("Its day; empty as `as_of` is.", None),
    "previous_probability": ("What it said.", _SHARE),
    "change": ("The probability now, or with results supposed, less the other.", "probability"),
    "change_error": ("The error of the simulation in `change`.", "probability"),
    "supposed_hits": ("`hits` with the results supposed.", _RUNS),
    "supposed_probability": ("`probability` with the results supposed.", _SHARE),
    "supposed_std_error": ("`std_error` with the results supposed.", "probability"),
    "first_half_share": ("Share of goals that fall before half-time.", _SHARE),
}

_BEGINNINGS: dict[str, tuple[str, str | None]] = {
    "leverage_": (
        "What a home and an away win change in the chance of {}, for the team with more at stake.",
        "probability",
    ),
    "team_leverage_": ("The team with more at stake in the leverage on {}.", None),
    "error_leverage_": (
        "At most the error of the simulation in the leverage on {}.",
        "probability",
    ),
    "outcomes_wide.p_": ("Probability of the outcome {}.", _SHARE),
    "outcomes_wide.std_error_": ("Error of the simulation in the chance of {}.", "probability"),
    "places_wide.p_": (
        "Probability of the place in the name; empty if the stage has fewer.",
        _SHARE,
    ),
}
"""Beginning of a column, where the rest is an id → what it means, with `{}` for the id."""

_KINDS: dict[pl.DataType, str] = {
    pl.String(): "string",
    pl.Int64(): "integer",
    pl.Float64(): "number",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
}


def fields_of(table: str, schema: pl.Schema) -> tuple[Field, ...]:
    """Describe the columns of a table.

    Raises
    ------
    KeyError
        If a column has no description, which a test finds first.
    """
    return tuple(_field(table, name, kind) for name, kind in schema.items())


def _field(table: str, name: str, kind: pl.DataType) -> Field:
    description, unit = _meaning(table, name)
    wide = table.endswith("_wide")
    required = (
        name not in MAY_BE_NULL
        and not name.startswith(LEVERAGE)
        and not (wide and name not in TABLES[table].key)
    )
    return Field(name, _KINDS[kind], description, unit, required)


def _meaning(table: str, name: str) -> tuple[str, str | None]:
    full = f"{table}.{name}"
    found = _COLUMNS.get(full) or _COLUMNS.get(name)
    if found:
        return found
    for beginning, (description, unit) in _BEGINNINGS.items():
        text = full if "." in beginning else name
        if text.startswith(beginning):
            return description.format(text.removeprefix(beginning)), unit
    raise KeyError(f"{full}: no description in forecast/tables/meanings.py")
