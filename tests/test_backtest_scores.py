"""Scores against numbers worked out by hand, and against what every proper score must do."""

import numpy as np
import pytest

from forecast.backtest.bootstrap import bootstrap_means
from forecast.backtest.scores import (
    binary_scores,
    coverage,
    ranked_probability,
    three_way_scores,
)


def test_three_way_scores_by_hand():
    p = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    scores = three_way_scores(p, np.array([0, 1, 2]))
    assert scores["log_loss"] == pytest.approx(-np.log([0.5, 0.3, 0.2]))
    # (0.5 - 1)² + (0.8 - 1)² = 0.29; 0.5² + 0.2² = 0.29; 0.5² + 0.8² = 0.89, each halved
    assert scores["rps"] == pytest.approx([0.145, 0.145, 0.445])
    # 0.25 + 0.09 + 0.04; 0.25 + 0.49 + 0.04; 0.25 + 0.09 + 0.64
    assert scores["brier"] == pytest.approx([0.38, 0.78, 0.98])


def test_a_certain_forecast_scores_nothing_and_a_false_one_is_finite():
    p = np.array([[1.0, 0.0, 0.0]])
    for score in three_way_scores(p, np.array([0])).values():
        assert score == pytest.approx([0.0])
    wrong = three_way_scores(p, np.array([2]))
    assert np.isfinite(wrong["log_loss"]).all()
    assert wrong["rps"] == pytest.approx([1.0])
    assert wrong["brier"] == pytest.approx([2.0])


def test_the_ranked_score_knows_that_a_draw_is_nearer():
    p = np.array([[1.0, 0.0, 0.0]] * 2)
    to_a_draw, to_an_away_win = three_way_scores(p, np.array([1, 2]))["rps"]
    assert to_a_draw < to_an_away_win


@pytest.mark.parametrize("measure", ["log_loss", "rps", "brier"])
def test_nobody_gains_by_saying_other_than_the_truth(measure):
    truth = np.array([0.45, 0.27, 0.28])
    rng = np.random.default_rng(3)
    for other in rng.dirichlet(5 * truth, 200):
        expected = [
            truth @ [three_way_scores(p[np.newaxis], np.array([k]))[measure][0] for k in range(3)]
            for p in (truth, other)
        ]
        assert expected[0] <= expected[1] + 1e-12


def test_binary_scores_by_hand():
    scores = binary_scores(np.array([0.9, 0.9]), np.array([True, False]))
    assert scores["log_loss"] == pytest.approx([-np.log(0.9), -np.log(0.1)])
    assert scores["brier"] == pytest.approx([0.01, 0.81])


def test_ranked_probability_of_a_place_by_hand():
    p = np.array([[0.2, 0.5, 0.3], [0.0, 0.0, 1.0]])
    # second place: (0.2 - 0)² + (0.7 - 1)²; third place, foreseen
    assert ranked_probability(p, np.array([1, 2])) == pytest.approx([(0.04 + 0.09) / 2, 0.0])


def test_three_places_score_like_three_ends_of_a_match():
    p = np.random.default_rng(1).dirichlet(np.ones(3), 50)
    result = np.arange(50) % 3
    assert ranked_probability(p, result) == pytest.approx(three_way_scores(p, result)["rps"])


def test_coverage_by_hand():
    p = np.full((5, 10), 0.1)
    # the central half goes from 0.25 to 0.75: half of the third and eighth value lies inside
    values = np.array([1, 2, 4, 7, 9])
    assert coverage(p, values, 0.5) == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_a_perfect_forecast_covers_exactly_its_level(level):
    p = np.random.default_rng(2).dirichlet(np.ones(7), 20)
    for row in p:
        inside = coverage(np.tile(row, (7, 1)), np.arange(7), level)
        assert row @ inside == pytest.approx(level)


def test_counting_the_whole_end_of_an_interval_would_be_found_out():
    row = np.array([0.2, 0.3, 0.3, 0.2])
    counted = coverage(np.tile(row, (4, 1)), np.arange(4), 0.5) > 0
    assert row @ counted > 0.5


def test_a_certain_forecast_says_nothing_about_coverage_and_a_false_one_is_not_covered():
    assert np.isnan(coverage(np.array([[0.0, 1.0]]), np.array([1]), 0.9)).all()
    never_seen = np.array([[0.6, 0.4, 0.0]])
    assert coverage(never_seen, np.array([2]), 0.9) == pytest.approx([0.0])


def test_bootstrap_intervals_are_the_same_every_time():
    values = np.random.default_rng(5).normal(size=(60, 2))
    assert bootstrap_means(values) == bootstrap_means(values)


def test_bootstrap_intervals_are_those_of_the_normal_law_for_many_values():
    size = 4000
    values = np.random.default_rng(6).normal(1.0, 2.0, (size, 1))
    [mean] = bootstrap_means(values)
    half = 1.96 * values.std() / np.sqrt(size)
    assert mean.mean == pytest.approx(values.mean())
    # 10,000 resamples leave a quantile an error of about 0.02 standard deviations
    assert mean.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert mean.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_copies_of_a_team_do_not_narrow_an_interval():
    values = np.random.default_rng(7).normal(size=(30, 1))
    copied, teams = np.repeat(values, 8, axis=0), np.repeat(np.arange(30), 8)
    [once], [clustered] = bootstrap_means(values), bootstrap_means(copied, teams)
    [naive] = bootstrap_means(copied)
    assert clustered.low == pytest.approx(once.low)
    assert clustered.high == pytest.approx(once.high)
    assert naive.high - naive.low < 0.5 * (once.high - once.low)


def test_one_cluster_has_no_interval():
    [mean] = bootstrap_means(np.ones((3, 1)), np.zeros(3, int))
    assert (mean.mean, mean.low, mean.high) == (1.0, None, None)
