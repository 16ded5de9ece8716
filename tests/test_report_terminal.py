"""The table on the terminal: what a reader wants first, at any width, names as they are."""

import polars as pl
import pytest
from tables_builders import CUP_LAYOUT, TEAMS, count_cup, cup_plan, play_cup

from forecast import tables
from forecast.proof import Verdict
from forecast.report.terminal import SHOWN_TEAMS, outcome_lines, strength_lines
from forecast.strength import Summary

PLAN = cup_plan()
OUTCOMES = tables.outcome_table(PLAN, CUP_LAYOUT, count_cup(play_cup()), frozen=False)
NOTE = "No result is known."


def lines(frame=OUTCOMES, plan=PLAN, verdicts=()):
    return outcome_lines(plan, frame, verdicts, notes=(NOTE, "more"), where="out/cup/outcomes.csv")


def test_names_are_shown_as_they_are_and_escapes_are_spelled_out():
    text = lines()
    assert TEAMS[1] in text
    assert "Bolívar \\x1b[31m" in text
    assert "\x1b" not in text
    assert text.startswith(NOTE + "\nCup [bold]of[/bold] four (cup)\nas of 2023-09-15\n")


def test_teams_come_by_the_last_outcome():
    champions = OUTCOMES.filter(outcome="champion").sort("hits", descending=True)["team"]
    rows = lines().splitlines()[4:8]
    assert [row[:3] for row in rows] == [team[:3] for team in champions]


def test_what_the_rules_decide_is_no_percentage():
    verdicts = [
        Verdict(0, "champion", "certain", undecided=False),
        Verdict(1, "champion", "impossible", undecided=False),
        Verdict(2, "champion", "open", undecided=False),
    ]
    ends = {line[:3]: line.split()[-1] for line in lines(verdicts=verdicts).splitlines()[4:8]}
    assert [ends[team[:3]] for team in TEAMS[:3]] == ["certain", "out", "%"]


def test_a_column_has_the_decimals_of_its_largest_error():
    coarse = OUTCOMES.with_columns(
        std_error=pl.when(pl.col("team") == TEAMS[0]).then(0.002).otherwise(0.0001)
    )
    assert "." not in "".join(lines(coarse).splitlines()[4:8]).replace("Carlos A. Mannucci", "")


def many(count):
    names = [f"team {number}" for number in range(count)]
    return pl.DataFrame({"team": names, "hits": range(count)}).with_columns(
        outcome=pl.lit("champion"),
        runs=pl.lit(1000),
        std_error=pl.lit(0.01),
    )


def test_a_long_table_says_where_the_rest_is():
    plan = cup_plan()
    names = tuple(f"team {number}" for number in range(50))
    competition = type(plan.competition)(
        "cup", "Cup", names, {}, plan.competition.points, (), plan.competition.outcomes[1:]
    )
    text = lines(many(50), cup_plan(competition=competition))
    assert f"{50 - SHOWN_TEAMS} more teams in out/cup/outcomes.csv" in text
    assert "team 49" in text
    assert "team 33" not in text


def test_teams_without_a_hit_are_left_to_the_file():
    none = OUTCOMES.with_columns(hits=pl.when(pl.col("team") == TEAMS[2]).then(0).otherwise("hits"))
    text = lines(none)
    assert "Bolívar" not in text
    assert "1 more team in" in text


@pytest.mark.parametrize("width", [20, 30, 40, 80])
def test_a_narrow_terminal_keeps_the_last_outcome(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    rows = lines().splitlines()
    assert all(len(row) <= width for row in rows)
    assert "champion" in "".join(rows)
    assert ("too narrow for: fin" in " ".join(rows)) == (width < 30)


def test_strengths_come_best_first_with_their_spread():
    summary = Summary(
        mean=pl.Series([0.3, 0.2, 0.1, 0.5, -0.1, 0.0, 0.1, 0.4, 0.0, -0.2]).to_numpy(),
        sd=pl.Series([0.1] * 10).to_numpy(),
    )
    frame = tables.strength_table(PLAN, summary, first_half_share=0.44)
    text = strength_lines(PLAN, frame, notes=(NOTE,), where="out/cup.fit/strengths.csv")
    best = next(row for row in text.splitlines() if row.startswith("Unión"))
    assert best.split("  ")[-2:] == ["+0.50 ± 0.10", "+0.40 ± 0.10"]
    assert text.index("Unión") < text.index("ADA") < text.index("Carlos")
    assert "home advantage +0.20 ± 0.10" in text


def test_two_names_that_would_be_cut_alike_are_shown_whole(monkeypatch):
    names = ["Diablos Rojos (Huancavelica)", "Diablos Rojos (Juliaca)", "Sociedad Tiro 28"]
    frame = many(4).filter(pl.col("hits") > 0).with_columns(team=pl.Series(names))
    monkeypatch.setenv("COLUMNS", "24")
    rows = lines(frame).splitlines()
    first = rows.index(next(row for row in rows if row.startswith("Sociedad")))
    assert "…" in rows[first]
    told = "".join(row.split("  ")[0].replace(" ", "") for row in rows[first + 1 :])
    assert "DiablosRojos(Juliaca)DiablosRojos(Huancavelica)" in told
