"""The two baselines against each other, and each rule of theirs against an exact answer."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm, skellam

from benchmarks import plain_numba, vectorised_numpy
from benchmarks.shape import KNOCKOUT_PLACES, LADDER, season_from_arrays

TEAMS = 50
RUNS = 20_000
ALPHA = 1e-8
"""Chance that one statistical check of this file, of eight, fails without a fault."""


def _season(**changes):
    rng = np.random.default_rng(2023)
    teams = np.arange(TEAMS)
    season = season_from_arrays(
        np.tile(teams, 3),
        np.concatenate([(teams + step) % TEAMS for step in (1, 2, 3)]),
        intercept=0.2,
        home_advantage=0.35,
        attack=rng.normal(0, 0.3, TEAMS),
        defence=rng.normal(0, 0.3, TEAMS),
        first_half_share=0.45,
    )
    return replace(season, **changes)


@pytest.fixture(scope="module")
def by_numba():
    return plain_numba.simulate(_season(), runs=RUNS, rng_seed=1)


@pytest.fixture(scope="module")
def by_numpy():
    return vectorised_numpy.simulate(_season(), runs=RUNS, rng_seed=2)


def _disagreement(ours, theirs):
    """Return the worst cell and the mean over cells, each as a part of its limit.

    Given the hits of both samples together, `pooled` of 2 RUNS, the first sample's are
    hypergeometric. So Hoeffding bounds the difference of every cell, however rare, and
    E difference² = pooled (2 RUNS - pooled) / (2 RUNS - 1) exactly: difference² over that has
    mean 1. The mean over cells has an sd of 0.020 over 25 pairs of rng_seeds; the limit takes
    sqrt(2) / (TEAMS - 1) = 0.029, which counts the table's degrees of freedom only.
    """
    pooled = ours + theirs
    rarer = np.minimum(pooled, 2 * RUNS - pooled)
    seen = rarer > 0
    difference = (ours - theirs)[seen]
    bound = np.sqrt(2 * rarer[seen] * math.log(2 * pooled.size / ALPHA))
    expected_square = (pooled * (2 * RUNS - pooled))[seen] / (2 * RUNS - 1)
    excess = abs(np.mean(difference**2 / expected_square) - 1)
    limit = norm.isf(ALPHA / 2) * math.sqrt(2) / (TEAMS - 1)
    return np.max(np.abs(difference) / bound), excess / limit


def test_the_baselines_agree_on_every_place(by_numba, by_numpy):
    worst, mean = _disagreement(by_numba, by_numpy)
    assert worst < 1
    assert mean < 1


def _one_leg(rng, team, rival, rate_at_home, rate_away):
    goals = rng.poisson(rate_at_home[team, rival])
    return vectorised_numpy._wins(rng, goals, rng.poisson(rate_away[rival, team]))


def _without_goal_difference(columns):
    return _RANK((columns[0], *columns[2:]))


_RANK = vectorised_numpy._rank


@pytest.mark.parametrize(
    ("name", "wrong"), [("_wins_tie", _one_leg), ("_rank", _without_goal_difference)]
)
def test_a_wrong_rule_is_found_by_the_same_comparison(by_numba, monkeypatch, name, wrong):
    monkeypatch.setattr(vectorised_numpy, name, wrong)
    hits = vectorised_numpy.simulate(_season(), runs=RUNS, rng_seed=2)
    assert max(_disagreement(by_numba, hits)) > 1


@pytest.mark.parametrize("baseline", ["by_numba", "by_numpy"])
def test_every_place_is_taken_once_a_run_and_rounds_feed_each_other(baseline, request):
    hits = request.getfixturevalue(baseline)
    assert hits.dtype == np.int64
    assert hits.shape == (TEAMS + KNOCKOUT_PLACES, TEAMS)
    assert (hits.sum(axis=1) == RUNS).all()
    assert (hits[:TEAMS].sum(axis=0) == RUNS).all()
    qualified = hits[:32].sum(axis=0)
    first = TEAMS
    for size in (32, 16, 8, 4, 2):
        assert (hits[first : first + size].sum(axis=0) == qualified).all()
        qualified = hits[first : first + size // 2].sum(axis=0)
        first += size


def _knockout_by_numba(order, rate):
    tally = np.zeros((KNOCKOUT_PLACES, TEAMS), np.int64)
    plain_numba._play_knockout(order, rate, rate, tally)
    return tally.argmax(axis=1).tolist()


def _knockout_by_numpy(order, rate):
    season = SimpleNamespace(rate_at_home=rate, rate_away=rate)
    rng = np.random.default_rng(1)
    rounds = vectorised_numpy._play_knockout(rng, season, order[:32, None])
    return np.concatenate(rounds)[:, 0].tolist()


@pytest.mark.parametrize("knockout_of", [_knockout_by_numba, _knockout_by_numpy])
def test_the_bracket_folds_and_winner_k_takes_place_k(knockout_of):
    teams = np.arange(TEAMS)
    rate = np.where(teams[:, None] < teams, 50.0, 0.0)  # the lower number wins but for e^-50
    for rng_seed in range(10):
        order = np.random.default_rng(rng_seed).permutation(TEAMS)
        entrants, expected = order[:32].tolist(), []
        while len(entrants) > 1:
            ties = [(entrants[k], entrants[-1 - k]) for k in range(len(entrants) // 2)]
            entrants = [min(tie) for tie in ties]
            expected += entrants + [max(tie) for tie in ties]
        assert knockout_of(order, rate) == expected


def _rank_both(table):
    """Return the orders of one table [team, rung] by both baselines."""
    order = np.empty(len(table), np.int64)
    plain_numba._rank(table, order)
    return order, vectorised_numpy._rank(tuple(table.T[:, :, None]))[:, 0]


@pytest.mark.parametrize("rung", range(len(LADDER)), ids=LADDER)
def test_a_rung_decides_what_is_level_above_it(rung):
    rng = np.random.default_rng(rung)
    deciding = rng.permutation(TEAMS)
    table = np.full((TEAMS, len(LADDER)), 5)
    table[:, rung] = deciding
    table[:, rung + 1 :] = -deciding[:, None]
    for order in _rank_both(table):
        assert (order == np.argsort(-deciding)).all()


def test_the_ladder_sorts_like_tuples():
    rng = np.random.default_rng(5)
    for _ in range(50):
        table = rng.integers(-1, 2, (TEAMS, len(LADDER)))
        table[:, -1] = rng.permutation(TEAMS)
        expected = sorted(range(TEAMS), key=lambda team: tuple(table[team]), reverse=True)
        for order in _rank_both(table):
            assert order.tolist() == expected


def _exact_means(season):
    """Return each team's expected [team, rung] without lots: points and goals are additive."""
    means = np.zeros((season.teams, len(LADDER) - 1))
    for host, guest in zip(season.home, season.away, strict=True):
        rates = season.rate_at_home[host, guest], season.rate_away[guest, host]
        early = tuple(season.first_half_share * rate for rate in rates)
        means[host] += [*_gain(*rates), 0, 0, 0, _gain(*early)[0]]
        means[guest] += [*_gain(*rates[::-1]), *_gain(*rates[::-1]), _gain(*early[::-1])[0]]
    return means


def _gain(rate, rival_rate):
    win, draw = skellam.sf(0, rate, rival_rate), skellam.pmf(0, rate, rival_rate)
    return 3 * win + draw, rate - rival_rate, rate


def _tables_by_numba(season, runs):
    tables = np.empty((runs, season.teams, len(LADDER)), np.int64)
    rates = season.rate_at_home, season.rate_away
    for table in tables:
        plain_numba._play_table(season.home, season.away, *rates, season.first_half_share, table)
    return tables[:, :, :-1]


def _tables_by_numpy(season, runs):
    incidence = [vectorised_numpy._incidence(side, TEAMS) for side in (season.home, season.away)]
    rng = np.random.default_rng(3)
    columns = vectorised_numpy._play_table(rng, season, *incidence, runs)
    return np.stack(columns[:-1]).transpose(2, 1, 0)


def _worst_mean(tables, season):
    """Return the worst |z| of the mean standings, as a part of its limit."""
    se = tables.std(axis=0) / math.sqrt(len(tables))
    z = (tables.mean(axis=0) - _exact_means(season)) / se
    return np.abs(z).max() / norm.isf(ALPHA / (2 * z.size))


@pytest.mark.parametrize("tables_of", [_tables_by_numba, _tables_by_numpy])
def test_the_mean_of_every_standing_is_exact(tables_of):
    plain_numba.simulate(_season(), runs=0, rng_seed=4)  # starts numba's stream
    tables = tables_of(_season(), 5_000)
    assert _worst_mean(tables, _season()) < 1
    for change in ({"home_advantage": 0.45}, {"first_half_share": 0.55}):
        assert _worst_mean(tables, _season(**change)) > 1


def _wins_by_numba(rule, rates, runs):
    plain_numba.simulate(_season(), runs=0, rng_seed=4)  # starts numba's stream
    return sum(getattr(plain_numba, rule)(3, 17, *rates) for _ in range(runs))


def _wins_by_numpy(rule, rates, runs):
    rng = np.random.default_rng(4)
    team, rival = np.full(runs, 3), np.full(runs, 17)
    return getattr(vectorised_numpy, rule)(rng, team, rival, *rates).sum()


@pytest.mark.parametrize("wins_of", [_wins_by_numba, _wins_by_numpy])
@pytest.mark.parametrize("rule", ["_wins_tie", "_wins_final"])
def test_a_tie_is_won_with_its_exact_probability(rule, wins_of):
    at_home, away = _season().rate_at_home, _season().rate_away
    goals, conceded = away[3, 17], away[17, 3]
    rates = (away,)
    if rule == "_wins_tie":
        goals, conceded = goals + at_home[3, 17], conceded + at_home[17, 3]
        rates = at_home, away
    p = skellam.sf(0, goals, conceded) + skellam.pmf(0, goals, conceded) / 2
    hits = wins_of(rule, rates, RUNS)
    assert abs(hits - RUNS * p) < math.sqrt(RUNS * math.log(2 / ALPHA) / 2)  # Hoeffding


@pytest.mark.parametrize("simulate", [plain_numba.simulate, vectorised_numpy.simulate])
def test_threads_count_what_they_count_alone(simulate):
    def hits(rng_seed):
        return simulate(_season(), runs=2_500, rng_seed=rng_seed)

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(hits, (1, 2)))
    assert (together[0] == hits(1)).all()
    assert (together[1] == hits(2)).all()
    assert (together[0] != together[1]).any()


def test_numpy_plays_a_last_slice_that_is_narrower():
    hits = vectorised_numpy.simulate(_season(), runs=250, rng_seed=1, runs_at_once=100)
    assert (hits.sum(axis=1) == 250).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"away": [1, 2]}, "equally long lists of teams"),
        ({"defence": [0.0] * 49}, "equally long lists of log-rates"),
        ({"attack": [0.0] * 31, "defence": [0.0] * 31}, "31 teams given"),
        ({"away": [50]}, "teams 0 to 49"),
    ],
)
def test_a_season_refuses_arrays_that_do_not_fit(change, message):
    arrays = {"home": [0], "away": [1], "attack": [0.0] * 50, "defence": [0.0] * 50} | change
    with pytest.raises(ValueError, match=message):
        season_from_arrays(
            arrays.pop("home"),
            arrays.pop("away"),
            intercept=0.0,
            home_advantage=0.0,
            first_half_share=0.45,
            **arrays,
        )
