"""Certain, impossible or open: against every way a season can end, the twin, and the press."""

import csv
import itertools
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from competitions import knockout, make_plan, match, outcome, plans, strengths, table
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_builders import cup_plan, fixture
from test_proof_tables import played_out
from twin import play_replicate

from forecast.arrays import DRAWS_PER_REPLICATE, TILE
from forecast.config import load
from forecast.lowering import lower
from forecast.plan import Adjustment, Places
from forecast.proof import Proof, Verdict, prove
from forecast.proof.words import decided_lines, proof_lines
from forecast.simulate.threads import play_strengths
from forecast.tables import BrokenCountsError, check_status, status_table

ROOT = Path(__file__).parents[1]
PRESS = Path(__file__).parent / "data" / "copa_peru_2023_after_round_5.csv"


def statuses(plan):
    teams = plan.competition.teams
    return {(teams[v.team], v.outcome): v.status for v in prove(plan)}


@st.composite
def cups(draw):
    """Draw a league ranked by points alone and rounds after it, with up to three matches left."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    matches = []
    for number in range(7):
        m = match("league", *rng.sample(range(5), 2))
        if number >= draw(st.integers(0, 3)):
            m = replace(m, home_goals=rng.randint(0, 2), away_goals=rng.randint(0, 2))
        matches.append(m)
    pairing = rng.choice(("fold", "adjacent"))
    stages = [
        table("league", 5, "points"),
        knockout("first", Places("league", 2, 3)),
        knockout("last", Places("league", 1, 1), Places("first", 1, 1), pairing=pairing),
    ]
    first = rng.randint(1, 5)
    outcomes = [
        outcome("some", Places("league", first, rng.randint(first, 5))),
        outcome("plays", Places("first", 1, 2), Places("league", 1, 1)),
        outcome("final", Places("last", 1, 2)),
        outcome("beaten", Places("last", 2, 2), Places("first", 2, 2)),
        outcome("champion", Places("last", 1, 1)),
    ]
    return make_plan(stages, matches, 5, outcomes=outcomes)


def all_ends(plan):
    """Yield who reached each outcome in every completion, order of level teams, and bracket."""
    left = sum(not m.played for m in plan.matches)
    orders = set()
    for scores in itertools.product(((0, 0), (1, 0), (0, 1)), repeat=left):
        standings = played_out(plan, scores)
        for order in itertools.permutations(range(5)):
            points = [standings[team] for team in order]
            if points == sorted(points, reverse=True):
                orders.add(order)
    for order, won, title in itertools.product(orders, (0, 1), (0, 1)):
        seats = {("league", place): team for place, team in enumerate(order, 1)}
        pair = order[1], order[2]
        seats["first", 1], seats["first", 2] = pair[won], pair[1 - won]
        pair = order[0], seats["first", 1]
        seats["last", 1], seats["last", 2] = pair[title], pair[1 - title]
        yield {
            o.id: {seats[p.stage, n] for p in o.places for n in range(p.first, p.last + 1)}
            for o in plan.competition.outcomes
        }


@settings(max_examples=60, deadline=None)
@given(cups())
def test_a_line_is_decided_exactly_if_every_end_of_the_season_agrees(plan):
    ends = list(all_ends(plan))
    for verdict in prove(plan):
        reached = {verdict.team in end[verdict.outcome] for end in ends}
        expected = {(True,): "certain", (False,): "impossible"}.get(tuple(reached), "open")
        assert verdict.status == expected, verdict
        assert not verdict.undecided


@st.composite
def tournaments(draw):
    plan = draw(plans())
    return plan, draw(strengths(len(plan.competition.teams)))


def check_tournament(plan, rows):
    seen = play_replicate(plan, 0.45, rows, 1, 0)
    runs = TILE * len(rows)
    for verdict in prove(plan):
        hits = seen.outcomes[verdict.outcome, verdict.team]
        least, most = {"certain": (runs, runs), "impossible": (0, 0)}.get(verdict.status, (0, runs))
        assert least <= hits <= most, verdict


@settings(max_examples=80)
@given(tournaments())
def test_no_tournament_of_the_twin_does_what_is_excluded(tournament):
    check_tournament(*tournament)


@pytest.mark.slow
@settings(max_examples=300)
@given(tournaments())
def test_no_tournament_of_the_twin_does_what_is_excluded_at_length(tournament):
    check_tournament(*tournament)


def after_round_5(*, unseen):
    """Return the table that the press printed, with round 6 to come; `unseen` for the rest."""
    plan = load(ROOT / "configs" / "copa_peru_2023" / "pre_tournament.toml")
    with PRESS.open(encoding="utf-8") as file:
        printed = {row["team"]: row for row in csv.DictReader(file)}
    teams = plan.competition.teams
    points = [int(printed[team]["points"]) if team in printed else unseen for team in teams]
    rulings = tuple(Adjustment(team, given, "printed") for team, given in enumerate(points))
    first, *rest = plan.competition.stages
    first = replace(first, tie_breaks=("points", "lots"), adjustments=rulings)
    return replace(
        plan,
        competition=replace(plan.competition, stages=(first, *rest)),
        matches=tuple(m for m in plan.matches if m.round == 6),
    ), {team for team, row in printed.items() if row["through"] == "1"}


@pytest.mark.parametrize("unseen", [0, 5])
def test_the_eleven_clubs_that_the_press_had_through_are_through(unseen):
    """Whatever the eleven clubs had that it did not print: at most the five points above them."""
    plan, marked = after_round_5(unseen=unseen)
    assert len(marked) == 11
    proof = Proof(plan)
    qualified = plan.competition.outcomes[0]
    hows = {}
    for verdict in proof.verdicts():
        if (verdict.outcome, verdict.status) == ("qualified", "certain"):
            (case,) = proof.cases(verdict.team, qualified)
            hows[plan.competition.teams[verdict.team]] = case.missing[0].how
        assert not verdict.undecided
    assert {team for team, how in hows.items() if how == "points"} == marked
    # Eight clubs more had nine points: 32 rivals could reach them, but not all at once.
    assert sum(how == "solver" for how in hows.values()) == 8
    assert len(hows) == 19


CHAMPIONS_LEAGUE = ROOT / "configs" / "uefa_champions_league_2024_25"
OUT_AFTER_ROUND_7 = {
    "Bologna FC 1909", "AC Sparta Praha", "RB Leipzig", "Girona FC", "FK Crvena Zvezda",
    "SK Sturm Graz", "FC Red Bull Salzburg", "ŠK Slovan Bratislava", "BSC Young Boys",
}  # fmt: skip


@pytest.mark.parametrize(
    ("rounds", "outcome", "status", "teams"),
    [
        (6, "top_24", "certain", {"Liverpool FC", "FC Barcelona"}),
        (7, "top_8", "certain", {"Liverpool FC", "FC Barcelona"}),
        (7, "round_of_16", "certain", {"Liverpool FC", "FC Barcelona"}),
        (7, "top_24", "impossible", OUT_AFTER_ROUND_7),
        (7, "champion", "impossible", OUT_AFTER_ROUND_7),
    ],
)
def test_the_champions_league_is_decided_where_the_press_had_it_decided(
    rounds, outcome, status, teams
):
    """Sports Illustrated, 12 December 2024; Diário do Grande ABC, 22 January 2025."""
    plan = load(CHAMPIONS_LEAGUE / f"after_round_{rounds}.toml")
    verdicts = prove(plan)
    assert not any(verdict.undecided for verdict in verdicts)
    names = plan.competition.teams
    found = {names[v.team] for v in verdicts if (v.outcome, v.status) == (outcome, status)}
    assert found == teams


def test_a_bracket_decides_what_its_settled_ties_do():
    won = fixture("final", home=2, away=3, winner=3)
    lines = statuses(cup_plan([won], "final", ((2, 3),)))
    assert {outcome for _, outcome in lines} == {"finalist", "champion"}
    champion = {team: status for (team, name), status in lines.items() if name == "champion"}
    assert list(champion.values()) == ["impossible", "impossible", "impossible", "certain"]
    open_tie = fixture("final", home=2, away=3)
    lines = statuses(cup_plan([open_tie], "final", ((2, 3),)))
    champion = [status for (_, name), status in lines.items() if name == "champion"]
    assert champion == ["impossible", "impossible", "open", "open"]


def test_the_table_of_lines_is_in_the_order_of_the_outcomes():
    plan = cup_plan([fixture()])
    frame = status_table(plan, prove(plan))
    assert frame.columns == ["team", "outcome", "status"]
    assert frame.height == 8
    assert frame["team"].to_list()[::2] == list(plan.competition.teams)


def test_counts_that_contradict_a_proof_are_refused():
    plan = make_plan(
        [table("league", 2, "points")],
        [match("league", 0, 1, home_goals=1, away_goals=0)],
        2,
        outcomes=[outcome("first", Places("league", 1, 1))],
    )
    season = lower(plan, 0.45)
    counts = play_strengths(season, np.zeros((DRAWS_PER_REPLICATE, 6)), rng_seed=1, replicate=0)
    verdicts = prove(plan)
    assert [v.status for v in verdicts] == ["certain", "impossible"]
    check_status(season.layout, counts, verdicts)
    for wrong in (Verdict(0, "first", "impossible", False), Verdict(1, "first", "certain", False)):
        with pytest.raises(BrokenCountsError, match="contradict the rules"):
            check_status(season.layout, counts, [wrong])


def test_a_proof_reads_as_an_argument_with_its_numbers():
    plan, _ = after_round_5(unseen=5)
    qualified = plan.competition.outcomes[0]

    def text(team):
        return "\n".join(proof_lines(plan, plan.competition.teams.index(team), qualified))

    assert "ADA ends with at least 10 points." in text("ADA")
    assert "28 rivals can have as many, level ones counted; 32 would have to." in text("ADA")
    assert "at most 30 rivals end with as many points as Maristas" in text("Maristas")
    lines = text("Castle FC").splitlines()
    assert lines[0] == "Castle FC, qualified: open."
    assert "Castle FC can end in places 1 to 32" in lines[2]
    assert sum(" Castle FC" in line and "-" in line for line in lines) == 2  # its match, twice
    assert sum(line.endswith("<") for line in lines) == 2
    said = "\n".join(decided_lines(plan, prove(plan)))
    assert said.startswith("Decided by the rules, qualified: certain for ")
    assert "impossible for nobody; open for 31" in said
