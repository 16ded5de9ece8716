"""Ranking as a whole: a permutation, sorted like tuples, the same under other names, fair lots."""

import random
from dataclasses import replace

import numpy as np
import pytest
from competitions import COLUMNS, make_plan, match, outcome, table
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from twin import Twin, column
from twin_counts import assert_equal

from forecast.arrays import DRAWS_PER_REPLICATE, TILE
from forecast.lowering import lower
from forecast.plan import Places
from forecast.simulate.threads import play_strengths

ALPHA = 1e-8
"""Chance that one statistical check of this file, of four, fails without a fault."""

SCORES = {
    "all draws": [(k, k) for k in range(4)],
    "0 or 1": [(0, 0), (0, 1), (1, 0), (1, 1)],
    "15-0": [(15, 0), (0, 15), (15, 15), (16, 0)],
    "one result": [(2, 1)],
}


def finished_table(kind, teams, each, rng, *, halves=True):
    """Return the results of a table, and an outcome for each place so that each line is a cut."""
    matches = []
    for _ in range(teams * each // 2):
        home, away = rng.sample(range(teams), 2)
        goals = rng.choice(SCORES[kind])
        half = tuple(rng.randint(0, own) for own in goals) if halves else None
        matches.append(
            match("league", home, away, home_goals=goals[0], away_goals=goals[1], half_time=half)
        )
    return matches


def league_plan(matches, teams, ladder, columns=None):
    outcomes = [outcome(f"place{n}", Places("league", n, n)) for n in range(1, teams + 1)]
    league = table("league", teams, *ladder)
    return make_plan([league], matches, teams, outcomes=outcomes, columns=columns)


def play(plan, tiles=1, rows=None):
    teams = len(plan.competition.teams)
    rows = np.zeros((tiles, 2 + 2 * teams)) if rows is None else rows
    counts = play_strengths(lower(plan, 0.45), rows, rng_seed=7, replicate=0)
    return counts.occupancy[teams:], counts


LADDERS = st.permutations(COLUMNS).flatmap(
    lambda columns: st.integers(1, len(columns)).map(lambda n: tuple(columns[:n]))
)
SIZES = {
    "kind": st.sampled_from(sorted(SCORES)),
    "teams": st.integers(2, 9),
    "each": st.integers(0, 6),
    "number": st.integers(0, 2**32),
    "ladder": LADDERS,
}


@given(**SIZES, halves=st.booleans())
def test_any_ladder_sorts_any_table_like_tuples(  # noqa: PLR0917 (hypothesis passes by name)
    kind, teams, each, number, ladder, halves
):
    matches = finished_table(kind, teams, each, random.Random(number), halves=halves)
    rows = np.zeros((1, 2 + 2 * teams))
    counts = assert_equal(league_plan(matches, teams, ladder), 0.45, rows)
    table_rows = counts.occupancy[teams:]
    assert (table_rows.sum(axis=0) == TILE).all()
    assert (table_rows.sum(axis=1) == TILE).all()


@given(**SIZES)
def test_other_names_give_the_same_table_under_other_names(kind, teams, each, number, ladder):
    rng = random.Random(number)
    matches = finished_table(kind, teams, each, rng)
    named = rng.sample(range(teams), teams)
    renamed = [replace(m, home=named[m.home], away=named[m.away]) for m in matches]
    places, counts = play(league_plan(matches, teams, ladder))
    other_places, other_counts = play(league_plan(renamed, teams, ladder))
    assert (counts.rungs[:, : len(ladder)] == other_counts.rungs[:, : len(ladder)]).all()
    decided = counts.rungs[:, len(ladder)] == 0
    for place in range(teams):
        if decided[max(place - 1, 0) : place + 1].all():
            assert (places[place] == other_places[place][named]).all()


@given(**SIZES)
def test_a_further_rung_never_reorders_teams_that_were_separated(kind, teams, each, number, ladder):
    matches = finished_table(kind, teams, each, random.Random(number))
    shorter = league_plan(matches, teams, ladder[:-1])
    league = shorter.competition.stages[0]
    lines = {"league": [[] for _ in range(teams)]}
    for m in shorter.matches:
        Twin.enter(lines, m, (m.home_goals, m.away_goals), m.half_time)
    standings = [
        [column(name, team, lines["league"], shorter, league) for name in ladder[:-1]]
        for team in range(teams)
    ]
    places, _ = play(league_plan(matches, teams, ladder))
    for team, standing in enumerate(standings):
        above = sum(other > standing for other in standings)
        below = sum(other < standing for other in standings)
        assert places[above : teams - below, team].sum() == TILE


def unfairness(places):
    """Return the chi-square of place counts against fair lots, as a part of its limit.

    Of n teams in random order, (n - 1) / n times the usual sum has (n - 1)² degrees of freedom.
    """
    teams = len(places)
    expected = places.sum() / teams**2
    statistic = (teams - 1) / teams * ((places - expected) ** 2 / expected).sum()
    return statistic / chi2.isf(ALPHA, (teams - 1) ** 2)


@pytest.mark.parametrize("teams", [2, 5, 20])
def test_lots_are_fair(teams):
    places, counts = play(league_plan([], teams, ("points",)), tiles=DRAWS_PER_REPLICATE)
    assert counts.rungs[:, 1].sum() == counts.rungs.sum()
    assert unfairness(places) < 1


def test_lots_by_index_are_found_by_the_same_check():
    columns = {"drawn_number": ("0", "0", "0", "0", "1")}
    plan = league_plan([], 5, ("points", "drawn_number"), columns)
    assert unfairness(play(plan, tiles=DRAWS_PER_REPLICATE)[0]) > 1


def test_lots_of_five_bits_decided_by_index_are_found_by_the_same_check():
    lots = np.random.default_rng(1).integers(0, 32, (DRAWS_PER_REPLICATE * TILE, 5))
    order = np.argsort(lots, axis=1, kind="stable")
    places = np.array([np.bincount(order[:, place], minlength=5) for place in range(5)])
    assert unfairness(places) > 1


def test_lots_are_drawn_anew_in_every_table_and_between_teams_left_level():
    fixtures = [match("league", k, (k + 1) % 5) for k in range(5)]
    plan = league_plan(fixtures, 5, ("points", "wins"))
    places, counts = play(plan, tiles=DRAWS_PER_REPLICATE)
    assert counts.rungs[:, 2].sum() > 0.1 * counts.rungs.sum()
    assert unfairness(places) < 1
