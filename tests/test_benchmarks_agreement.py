"""The comparison of the kernel with independent answers, at a small number of runs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, poisson

from benchmarks import agreement, enumeration, instructions, plain_numba, scalar_numba
from benchmarks.agreement import LADDER_BUGS, TIE_BUGS, Sums, compare, played
from benchmarks.shape import LADDER, season_from_arrays
from forecast.arrays import RUNS_PER_REPLICATE
from forecast.config import load
from forecast.lowering import lower
from forecast.strength import fit

ALPHA = 1e-8
"""Chance that one statistical check of this file, beside those of `agreement`, fails by chance."""

SMALL_RUNS = 2_000_000
LEAST_CHANCE = 1e-6
"""Results of a match that are left out: what is lost is a sixth of a standard error at most."""

TEAMS = 50


def agree(found):
    """Return whether every group agrees."""
    return all(each.holds for each in found.values())


def exact(season=enumeration.SEASON, **rules):
    return enumeration.exact(season, least_chance=LEAST_CHANCE, **rules)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    plan = load(enumeration.write_config(tmp_path_factory.mktemp("small")))
    posterior = fit(plan).posterior
    season = lower(plan, posterior.first_half_share)
    block = agreement.kernel_block(season, posterior)
    return season, played(block, SMALL_RUNS, workers=1)


def test_the_kernel_agrees_with_the_enumeration_in_every_group(small):
    season, kernel = small
    found = compare(kernel, exact(bins=season.bins), agreement.groups_of(season))
    assert {"cut 1 by lots", "cut 1 by first half", "points enough for 2"} <= found.keys()
    assert agree(found)


SEEN_EARLY = [*LADDER_BUGS.values(), TIE_BUGS["the last leg at the worse place"], {"level": 0.65}]


@pytest.mark.parametrize("bug", [*SEEN_EARLY, {"first_half_share": 0.9}], ids=str)
def test_a_bug_planted_in_the_enumeration_is_found(small, bug):
    season, kernel = small
    changes = {key: bug[key] for key in bug if key == "first_half_share"}
    rules = {key: bug[key] for key in bug if key not in changes}
    wrong = replace(enumeration.SEASON, **changes)
    chances = exact(wrong, bins=season.bins, **rules)
    assert not agree(compare(kernel, chances, agreement.groups_of(season)))


def test_the_enumeration_is_a_law():
    chances = exact(bins=7)
    places = chances[:9].reshape(3, 3)
    assert np.allclose(places.sum(axis=0), 1)
    assert np.allclose(places.sum(axis=1), 1)
    assert np.allclose(chances[9:27].reshape(9 - 3, 3).sum(axis=1), 1)
    assert np.allclose(chances[-16:].reshape(2, 8).sum(axis=1), 1)


def _season():
    rng = np.random.default_rng(2023)
    teams = np.arange(TEAMS)
    return season_from_arrays(
        np.tile(teams, 3),
        np.concatenate([(teams + step) % TEAMS for step in (1, 2, 3)]),
        intercept=0.2,
        home_advantage=0.35,
        attack=rng.normal(0, 0.3, TEAMS),
        defence=rng.normal(0, 0.3, TEAMS),
        first_half_share=0.45,
    )


def test_the_law_of_a_fixture_is_that_of_two_halves():
    season = _season()
    tables = scalar_numba.make_tables(season)
    chance = np.diff(tables.result[: tables.start[1], 0], prepend=0) / scalar_numba.STEPS
    gains = tables.result[: tables.start[1], 1]
    shift = scalar_numba.field_shifts(LADDER)
    goals = (gains >> shift["goals_for"]) & 63  # no field below it can be negative at home
    early_points = (gains >> shift["first_half_points"]) & 3
    rate = season.rate_at_home[season.home[0], season.away[0]]
    rival = season.rate_away[season.away[0], season.home[0]]
    for k in range(8):
        assert np.isclose(chance[goals == k].sum(), poisson.pmf(k, rate), atol=1e-12)
    level = sum(poisson.pmf(k, 0.45 * rate) * poisson.pmf(k, 0.45 * rival) for k in range(20))
    assert np.isclose(chance[early_points == 1].sum(), level, atol=1e-12)


RUNS = 20_000


def test_the_fast_and_the_plain_simulation_agree_on_the_places_of_the_table():
    fast, points, rungs = scalar_numba.simulate(
        scalar_numba.make_tables(_season()), runs=RUNS, rng_seed=1
    )
    plain = plain_numba.simulate(_season(), runs=RUNS, rng_seed=2)
    ours, theirs = fast[:TEAMS], plain[:TEAMS]
    pooled = (ours + theirs) / (2 * RUNS)
    seen = (ours + theirs) >= 100
    z = (ours - theirs)[seen] / np.sqrt(2 * RUNS * (pooled * (1 - pooled))[seen])
    assert np.abs(z).max() < norm.isf(ALPHA / (2 * z.size))
    assert points[:, 0].sum() == TEAMS * RUNS
    assert points[:, 1].sum() == 32 * RUNS
    assert rungs.sum() == RUNS
    for first, size in ((50, 32), (82, 16), (98, 8), (106, 4), (110, 2)):
        assert (fast[first : first + size].sum(axis=1) == RUNS).all()


def test_level_teams_come_in_every_order():
    order = np.zeros(6, np.int64)
    state = np.array([1], np.uint64)
    for _ in range(6_000):
        standings = np.array([64 + 2, 64 + 1, 64 + 0, 5], np.int64)
        scalar_numba._draw_lots(state, standings)
        assert standings[3] == 5
        first, second = standings[0] & 63, standings[1] & 63
        order[2 * first + (second > min({0, 1, 2} - {first}))] += 1
    assert abs(order - 1_000).max() < norm.isf(ALPHA / 12) * np.sqrt(6_000 * 5 / 36)


def _blocks(sd_of_common):
    """Return a block's cells: independent but for what they all share."""

    def block(number):
        rng = np.random.default_rng([7, number])
        common = sd_of_common * rng.normal()
        return np.rint(10_000 + 100 * (rng.normal(size=40) + common)).astype(np.int64)

    return block


@pytest.mark.parametrize("sd_of_common", [0.0, 2.0])
def test_what_differs_by_chance_alone_agrees_and_what_differs_by_more_does_not(sd_of_common):
    runs = 200 * RUNS_PER_REPLICATE
    one = played(_blocks(sd_of_common), runs, workers=2)
    two = Sums()
    shifted = Sums()
    for number in range(1_000, 1_200):
        two.add(_blocks(sd_of_common)(number))
        shifted.add(_blocks(sd_of_common)(number) + 80 * (1 + round(sd_of_common)))
    groups = {"all": np.ones(40, np.bool_)}
    assert compare(one, two, groups)["all"].holds
    assert not compare(one, shifted, groups)["all"].holds


def test_runs_that_were_kept_are_not_played_again(tmp_path):
    kept = tmp_path / "kept.npz"
    played(_blocks(0.0), 3 * RUNS_PER_REPLICATE, workers=2, kept=kept)
    more = played(_blocks(0.0), 5 * RUNS_PER_REPLICATE, workers=2, kept=kept)
    once = played(_blocks(0.0), 5 * RUNS_PER_REPLICATE, workers=1)
    assert more.blocks == once.blocks == 5
    assert (more.total == once.total).all()
    assert (more.squares == once.squares).all()
    assert (np.array(more.first) == np.array(once.first)).all()


CALLGRIND = """\
# callgrind format
summary: 1111

ob=(1) /usr/bin/python3
fl=(1) ???
fn=(1) main
0 100
cfn=(2)
cob=(2) ???
calls=1 0
0 11
+3 1000
ob=(2)
fn=(2)
0 5
* 6
"""


def test_instructions_are_counted_where_they_are_spent():
    found = instructions.instructions_by_object(CALLGRIND.splitlines())
    assert found == {"/usr/bin/python3": 1_100, "???": 11}
