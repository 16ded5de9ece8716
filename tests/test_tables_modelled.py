"""Strengths and fixtures: what the goal model says, team by team and match by match."""

from datetime import date

import numpy as np
import pytest
from tables_builders import TEAMS, cup_plan, fixture

from forecast.arrays import Posterior
from forecast.strength import expected, summarise
from forecast.tables import fixtures_left, match_table, strength_table

STRENGTHS = np.array([0.3, 0.25, 0.4, 0.1, 0.0, -0.2, 0.2, 0.1, -0.1, -0.3])


def test_strengths_split_a_row_into_teams_and_shared_terms():
    factor = np.diag(np.arange(1.0, 11.0) / 10)[np.newaxis]
    posterior = Posterior(np.ones(1), STRENGTHS[np.newaxis], factor, 0.44)
    frame = strength_table(cup_plan(), summarise(posterior), first_half_share=0.44)
    assert frame.row(1) == (
        TEAMS[1], 0.1, pytest.approx(0.4), 0.1, pytest.approx(0.8), 0.3, pytest.approx(0.1), 0.25,
        pytest.approx(0.2), 0.44,
    )  # fmt: skip
    assert frame.height == 4


def test_fixtures_left_are_those_that_the_forecast_simulates():
    played = fixture(home_goals=1, away_goals=0)
    left = fixture(home=2, away=3, line=3)
    settled = (
        fixture("final", leg=1, line=4),
        fixture("final", leg=2, home=1, away=0, winner=1, line=5),
    )
    plan = cup_plan([played, left, *settled])
    assert fixtures_left(plan) == (left,)


def test_with_a_start_only_its_stage_and_later_ones_have_fixtures_left():
    tie = fixture("final", line=3)
    plan = cup_plan([fixture(home=2, away=3), tie], start="final", bracket=((0, 1),))
    assert fixtures_left(plan) == (tie,)


def test_matches_carry_rates_and_probabilities_of_their_teams():
    fixtures = (fixture(), fixture(home=3, away=0, neutral=True, round=None, date=None))
    chances = expected(
        STRENGTHS[np.newaxis],
        home=np.array([0, 3]),
        away=np.array([1, 0]),
        neutral=np.array([False, True]),
    )
    frame = match_table(cup_plan(fixtures), fixtures, chances)
    first, second = frame.rows(named=True)
    assert (first["home"], first["away"], first["round"]) == (TEAMS[0], TEAMS[1], 1)
    assert first["date"] == date(2023, 9, 20)
    assert first["rate_home"] == pytest.approx(np.exp(0.3 + 0.25 + 0.4 - 0.1))
    assert first["rate_away"] == pytest.approx(np.exp(0.3 + 0.1 - 0.2))
    assert first["p_home"] + first["p_draw"] + first["p_away"] == pytest.approx(1)
    assert (second["round"], second["date"], second["neutral"]) == (None, None, True)
    assert second["rate_home"] == pytest.approx(np.exp(0.3 - 0.2 - 0.2))


def test_no_fixture_left_is_an_empty_table():
    nothing = np.zeros(0, np.int64)
    chances = expected(STRENGTHS[np.newaxis], home=nothing, away=nothing, neutral=nothing > 0)
    assert match_table(cup_plan(), (), chances).height == 0
