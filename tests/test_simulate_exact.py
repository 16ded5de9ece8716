"""Frequencies of the kernel against exact enumeration over the scorelines of tiny competitions.

Each oracle has switches that plant a bug; the check that passes without must fail with it.
"""

import itertools
import math

import numpy as np
import pytest
from competitions import knockout, make_plan, match, outcome, table
from scipy.stats import poisson, t

from forecast.arrays import Posterior
from forecast.lowering import lower
from forecast.plan import Places
from forecast.simulate import simulate

ALPHA = 1e-8
"""Chance that one check of this file, of thirteen, fails without a fault."""

HOME = 1.10
ATTACK = (0.1, -0.1, 0.05, -0.2)
DEFENCE = (0.05, 0.0, -0.1, 0.1)
INTERCEPT = -0.1
SHARE = 0.4
GOALS = range(10)
"""A side has more goals with probability below 1e-6 at these rates of at most 1.22."""


def rate(team, rival, *, at_home, home=HOME):
    return math.exp(INTERCEPT + ATTACK[team] - DEFENCE[rival]) * (home if at_home else 1.0)


def chances(goals_rate, goals=GOALS):
    return [float(p) for p in poisson.pmf(goals, goals_rate)]


def frozen(teams):
    mean = np.zeros((1, 2 + 2 * teams))
    mean[0, :2] = INTERCEPT, math.log(HOME)
    mean[0, 2:] = ATTACK[:teams] + DEFENCE[:teams]
    return Posterior(np.ones(1), mean, np.zeros((1, mean.size, 0)), SHARE)


def play(plan, replicates):
    season = lower(plan, SHARE)
    return simulate(season, frozen(season.teams), rng_seed=11, replicates=replicates, workers=2)


def distance(counts, exact):
    """Return the worst |z| over teams and outcomes, as a part of its limit.

    The standard error is that between replicates, since the runs of a tile are correlated.
    """
    replicates = counts.replicates
    mean = counts.outcomes / replicates
    spread = counts.outcome_squares / replicates - mean**2
    se = np.sqrt(np.maximum(spread, 0) / (replicates - 1))
    expected = np.asarray(exact) * counts.runs / replicates
    certain = se == 0
    assert np.abs(mean - expected)[certain].max(initial=0.0) <= 1e-4 * counts.runs / replicates
    z = np.abs(mean - expected)[~certain] / se[~certain]
    return z.max() / t.isf(ALPHA / (2 * z.size), replicates - 1)


def shares(keys, *, lots_by_index=False):
    """Return the chance of each place for each team; level teams draw lots."""
    if lots_by_index:
        keys = [(*key, -team) for team, key in enumerate(keys)]
    places = np.zeros((len(keys), len(keys)))
    for team, key in enumerate(keys):
        above, level = sum(k > key for k in keys), sum(k == key for k in keys)
        places[above : above + level, team] = 1 / level
    return places


def places_of(stage, teams):
    return [outcome(f"{stage}{n}", Places(stage, n, n)) for n in range(1, teams + 1)]


# A table of three teams, of which the first has both its matches at home.

FIXTURES = ((0, 1), (0, 2), (1, 2))


def exact_table(*, swapped=False, home=HOME, away_win=3, lots_by_index=False):
    places = np.zeros((3, 3))
    scorelines = []
    for pair in FIXTURES:
        one, two = pair[::-1] if swapped else pair
        own = chances(rate(one, two, at_home=True, home=home))
        rival = chances(rate(two, one, at_home=False))
        likely = {}
        for goals, rival_goals in itertools.product(GOALS, GOALS):
            p = own[goals] * rival[rival_goals]
            points = (3, 0) if goals > rival_goals else (0, away_win)
            points = (1, 1) if goals == rival_goals else points
            change = [[0, 0], [0, 0], [0, 0]]
            change[one] = [points[0], goals - rival_goals]
            change[two] = [points[1], rival_goals - goals]
            key = tuple(map(tuple, change))
            likely[key] = likely.get(key, 0.0) + p
        scorelines.append(likely)
    for results in itertools.product(*(likely.items() for likely in scorelines)):
        p = math.prod(chance for _, chance in results)
        changes = [[change[team] for change, _ in results] for team in range(3)]
        keys = [tuple(map(sum, zip(*change, strict=True))) for change in changes]
        places += p * shares(keys, lots_by_index=lots_by_index)
    return places


@pytest.fixture(scope="module")
def table_counts():
    league = table("league", 3, "points", "goal_difference")
    fixtures = [match("league", *pair) for pair in FIXTURES]
    return play(make_plan([league], fixtures, 3, outcomes=places_of("league", 3)), 128)


def test_the_places_of_a_table_have_their_exact_chances(table_counts):
    assert distance(table_counts, exact_table()) < 1


@pytest.mark.parametrize(
    "bug", [{"swapped": True}, {"home": 1.09}, {"away_win": 2}, {"lots_by_index": True}], ids=str
)
def test_the_same_check_finds_a_planted_bug_of_tables(table_counts, bug):
    assert distance(table_counts, exact_table(**bug)) > 1


# A table of one match left, after one in which the second team led at half-time.


def gain(ahead):
    return 1 if ahead == 0 else 3 * (ahead > 0)


def exact_halves(share=SHARE):
    rates = rate(0, 1, at_home=True), rate(1, 0, at_home=False)
    parts = [chances(r * part) for part in (share, 1 - share) for r in rates]
    places = np.zeros((2, 2))
    for early, rival_early, late, rival_late in itertools.product(GOALS, repeat=4):
        p = parts[0][early] * parts[1][rival_early] * parts[2][late] * parts[3][rival_late]
        full, half = early + late - rival_early - rival_late, early - rival_early
        own = gain(half), gain(full)
        places += p * shares([own, (3 + gain(-half), gain(-full))])
    return places


def test_the_first_half_has_its_exact_chances():
    league = table("league", 2, "first_half_points", "points")
    known = match("league", 1, 0, home_goals=1, away_goals=1, half_time=(1, 0))
    fixtures = [known, match("league", 0, 1)]
    counts = play(make_plan([league], fixtures, 2, outcomes=places_of("league", 2)), 64)
    assert distance(counts, exact_halves()) < 1
    assert distance(counts, exact_halves(share=0.5)) > 1


# A tie of the first and the second of a finished table.

FINISHED = (match("league", 0, 1, home_goals=1, away_goals=0),)


def chance_if_level(level, host, *, home, lots, part):
    """Return the chance of team 0 once the aggregate, and away goals if they count, are level."""
    chance = 1.0 if level[-1] == "better_place" else lots
    if "extra_time" not in level:
        return chance
    own, rival = (
        chances(part * rate(team, 1 - team, at_home=host == team, home=home)) for team in (0, 1)
    )
    even = sum(p * q for p, q in zip(own, rival, strict=True))
    ahead = sum(own[goals] * sum(rival[:goals]) for goals in GOALS)
    return ahead + even * chance


def exact_tie(
    *, legs, level, first_leg=None, better_hosts_first=False, home=HOME, lots=0.5, part=1 / 3
):
    """Return the chance of team 0, the better place, which hosts the second leg."""
    chance = 0.0
    hosts = (0,) if legs == 1 else (1, 0)
    hosts = tuple(1 - host for host in hosts) if better_hosts_first else hosts
    if_level = chance_if_level(level, hosts[-1], home=home, lots=lots, part=part)
    sides = [
        chances(rate(team, 1 - team, at_home=host == team, home=home))
        for host in hosts
        for team in (0, 1)
    ]
    if first_leg:
        sides[:2] = [[float(g == goals) for g in GOALS] for goals in first_leg]
    for goals in itertools.product(GOALS, repeat=2 * legs):
        p = math.prod(side[g] for side, g in zip(sides, goals, strict=True))
        ahead = sum(goals[::2]) - sum(goals[1::2])
        if ahead == 0 and level[0] == "away_goals":
            ahead = sum(goals[2 * k + 1 - host] * (2 * host - 1) for k, host in enumerate(hosts))
        if ahead == 0:
            chance += p * if_level
        chance += p * (ahead > 0)
    return [[chance, 1 - chance]]


def play_tie(legs, level, first_leg=None, replicates=64, host="better_place"):
    league = table("league", 2, "points")
    final = knockout("final", Places("league", 1, 2), legs=legs, level=level, second_leg_host=host)
    matches, start, bracket = FINISHED, None, None
    if first_leg:
        leg = match("final", 1, 0, leg=1, home_goals=first_leg[1], away_goals=first_leg[0])
        matches, start, bracket = (*FINISHED, leg), "final", ((1, 0),)
    won = [outcome("won", Places("final", 1, 1))]
    plan = make_plan([league, final], matches, 2, outcomes=won, start=start, bracket=bracket)
    return play(plan, replicates)


TIES = [
    (1, ("penalties",), {"home": 1.09}),
    (2, ("penalties",), {"lots": 1.0}),
    (2, ("better_place",), {"lots": 0.5, "level": ("penalties",)}),
    (2, ("away_goals", "penalties"), {"lots": 1.0}),
    (2, ("away_goals", "better_place"), {"level": ("away_goals", "penalties")}),
]


@pytest.mark.parametrize(("legs", "level", "bug"), TIES, ids=str)
def test_a_tie_is_won_with_its_exact_chance(legs, level, bug):
    counts = play_tie(legs, level, replicates=256 if legs == 1 else 64)
    assert distance(counts, exact_tie(legs=legs, level=level)) < 1
    assert distance(counts, exact_tie(**{"legs": legs, "level": level} | bug)) > 1


EXTRA_TIME = ("extra_time", "penalties")


@pytest.mark.parametrize("legs", [1, 2])
def test_extra_time_has_its_exact_chances_at_the_ground_of_the_last_leg(legs):
    counts = play_tie(legs, EXTRA_TIME, replicates=256)
    assert distance(counts, exact_tie(legs=legs, level=EXTRA_TIME)) < 1
    for bug in ({"level": ("penalties",)}, {"part": 1.0}, {"better_hosts_first": True}):
        assert distance(counts, exact_tie(**{"legs": legs, "level": EXTRA_TIME} | bug)) > 1


@pytest.mark.parametrize("legs", [1, 2])
def test_the_host_of_the_last_leg_is_drawn_evenly(legs):
    rules = {"legs": legs, "level": EXTRA_TIME}
    either = [exact_tie(**rules, better_hosts_first=swapped) for swapped in (False, True)]
    counts = play_tie(**rules, host="lots", replicates=256)
    assert distance(counts, np.mean(either, axis=0)) < 1
    assert distance(counts, either[0]) > 1
    assert distance(counts, either[1]) > 1


def test_a_tie_whose_first_leg_is_known_has_its_exact_chance():
    level, first_leg = ("away_goals", "penalties"), (1, 2)
    counts = play_tie(2, level, first_leg)
    assert distance(counts, exact_tie(legs=2, level=level, first_leg=first_leg)) < 1
    for bug in ({"better_hosts_first": True}, {"level": ("penalties",)}, {"first_leg": (2, 1)}):
        wrong = {"legs": 2, "level": level, "first_leg": first_leg} | bug
        assert distance(counts, exact_tie(**wrong)) > 1


# A bracket of four: first v fourth, second v third, at the better place; a neutral final.


def beats(one, two, *, neutral, home=HOME):
    own = chances(rate(one, two, at_home=not neutral, home=home))
    rival = chances(rate(two, one, at_home=False))
    return sum(
        p * q * (1.0 if goals > rival_goals else 0.5 * (goals == rival_goals))
        for goals, p in enumerate(own)
        for rival_goals, q in enumerate(rival)
    )


def exact_bracket(*, ties=((0, 3), (1, 2)), home=HOME):
    """Return the chances of the title, of the final, and to lose it."""
    title, final = np.zeros(4), np.zeros(4)
    for tie in ties:
        p = beats(*tie, neutral=False, home=home)
        final[list(tie)] = p, 1 - p
    for one, two in itertools.product(*ties):
        p, win = final[one] * final[two], beats(one, two, neutral=True)
        title[one] += p * win
        title[two] += p * (1 - win)
    return [title, final, final - title]


def play_bracket(*entrants, replicates=64, **rules):
    league = table("league", 4, "points")
    semi = knockout("semi", *entrants, **rules)
    final = knockout("final", Places("semi", 1, 2), neutral=True)
    ranked = [match("league", j, k, home_goals=1, away_goals=0) for k in range(4) for j in range(k)]
    outcomes = [
        outcome("champion", Places("final", 1, 1)),
        outcome("finalist", Places("final", 1, 2)),
        outcome("beaten", Places("final", 2, 2)),
    ]
    return play(make_plan([league, semi, final], ranked, 4, outcomes=outcomes), replicates)


def test_a_bracket_of_four_has_its_exact_chances():
    counts = play_bracket(Places("league", 1, 4), replicates=256)
    assert distance(counts, exact_bracket()) < 1
    assert distance(counts, exact_bracket(ties=((0, 1), (2, 3)))) > 1
    assert distance(counts, exact_bracket(ties=((3, 0), (2, 1)))) > 1
    assert distance(counts, exact_bracket(home=1.09)) > 1


def test_entrants_in_any_order_are_paired_anew_by_place():
    entrants = [Places("league", place, place) for place in (4, 2, 1, 3)]
    counts = play_bracket(*entrants, pairing="reseed")
    assert distance(counts, exact_bracket()) < 1
    assert distance(counts, exact_bracket(ties=((3, 1), (0, 2)))) > 1
    assert distance(counts, exact_bracket(ties=((3, 2), (1, 0)))) > 1


def test_a_drawn_bracket_has_the_mean_of_its_draws():
    pots = Places("league", 1, 2), Places("league", 3, 4)
    counts = play_bracket(*pots, pairing="drawn", pots=(0, 1, 0, 1))
    seeded = [exact_bracket(ties=ties) for ties in (((0, 2), (1, 3)), ((0, 3), (1, 2)))]
    assert distance(counts, np.mean(seeded, axis=0)) < 1
    assert distance(counts, seeded[0]) > 1
    assert distance(counts, seeded[1]) > 1
    among_themselves = exact_bracket(ties=((0, 1), (2, 3)))
    assert distance(counts, np.mean([*seeded, among_themselves], axis=0)) > 1
