"""The fit as its users meet it: what may not matter does not, and odd results are survived."""

from dataclasses import replace

import numpy as np
import pytest
from strength_builders import GivenStrengths, make_match, make_plan, season

from forecast.arrays import Posterior
from forecast.plan import TableStage
from forecast.strength import fit, summarise

NO_RESULT = (
    "No result is known: every team has the same strength distribution and the forecast knows "
    "only the fixture list."
)


def a_season(teams=8, rounds=5, seed=3):
    rng = np.random.default_rng(seed)
    row = rng.normal(scale=0.35, size=2 + 2 * teams)
    row[:2] = 0.3, 0.25
    return season(rng, teams=teams, rounds=rounds, row=row)


def covariances(posterior):
    return posterior.factor @ posterior.factor.transpose(0, 2, 1)


def equal_fits(one, other, tolerance=0.0):
    for name in ("weights", "mean", "factor"):
        ours, theirs = getattr(one.posterior, name), getattr(other.posterior, name)
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= tolerance


def test_shapes_and_weights():
    found = fit(make_plan(8, a_season()))
    posterior = found.posterior
    assert posterior.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert posterior.mean.shape == (15, 18)
    assert posterior.factor.shape == (15, 18, 18)
    assert posterior.mean.dtype == posterior.factor.dtype == posterior.weights.dtype == np.float64
    assert found.matches_used == 20


def test_the_same_plan_gives_the_same_bits():
    equal_fits(fit(make_plan(8, a_season())), fit(make_plan(8, a_season())))


def test_awarded_and_unplayed_matches_change_nothing():
    matches = a_season()
    awarded = make_match(0, 1, (3, 0), awarded=True, half_time=(3, 0), line=90)
    both = fit(make_plan(8, [*matches, awarded, make_match(2, 3, line=91)]))
    without = fit(make_plan(8, matches))
    equal_fits(both, without)
    assert both.matches_used == without.matches_used
    assert both.posterior.first_half_share == without.posterior.first_half_share


def test_relabelled_teams_keep_their_strengths():
    matches = a_season()
    new = np.random.default_rng(8).permutation(8)
    moved = [replace(m, home=int(new[m.home]), away=int(new[m.away])) for m in matches]
    before, after = fit(make_plan(8, matches)).posterior, fit(make_plan(8, moved)).posterior
    rows = np.concatenate([[0, 1], 2 + new, 10 + new])
    assert after.mean[:, rows] == pytest.approx(before.mean, abs=1e-7)
    moved_back = covariances(after)[:, rows][:, :, rows]
    assert moved_back == pytest.approx(covariances(before), abs=1e-7)


def test_the_order_of_the_matches_does_not_matter():
    matches = a_season()
    forwards, backwards = fit(make_plan(8, matches)), fit(make_plan(8, matches[::-1]))
    equal_fits(forwards, backwards, 1e-9)


def test_teams_with_mirrored_results_are_equally_strong():
    matches = [
        make_match(0, 1, (2, 1), line=2),
        make_match(1, 0, (2, 1), line=3),
        make_match(0, 2, (1, 0), line=4),
        make_match(1, 2, (1, 0), line=5),
    ]
    mean = summarise(fit(make_plan(3, matches)).posterior).mean
    assert mean[2] == pytest.approx(mean[3], abs=1e-8)
    assert mean[5] == pytest.approx(mean[6], abs=1e-8)
    assert mean[2] > mean[4]
    assert mean[5] > mean[7]


def test_a_home_advantage_needs_a_home():
    neutral = [replace(match, neutral=True) for match in a_season()]
    found = summarise(fit(make_plan(8, neutral)).posterior)
    assert found.mean[1] == pytest.approx(0.2, abs=1e-9)
    assert found.sd[1] == pytest.approx(0.2, abs=1e-9)


def test_a_team_without_a_result_stays_at_the_centre_and_the_least_certain():
    matches = a_season()
    found = summarise(fit(make_plan(9, matches)).posterior)
    assert found.mean[[10, 19]] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found.sd[10] == found.sd[2:11].max()
    assert found.sd[19] == found.sd[11:].max()


def test_more_results_mean_less_spread():
    few, many = (
        summarise(fit(make_plan(8, a_season(rounds=rounds))).posterior) for rounds in (3, 60)
    )
    assert many.sd.mean() < 0.6 * few.sd.mean()


def test_many_results_find_the_truth():
    rng = np.random.default_rng(12)
    row = rng.normal(scale=0.3, size=2 + 2 * 10)
    row[:2] = 0.3, 0.25
    found = summarise(fit(make_plan(10, season(rng, teams=10, rounds=400, row=row))).posterior)
    for columns in (slice(2, 12), slice(12, 22)):
        truth, mean = row[columns], found.mean[columns]
        assert mean - mean.mean() == pytest.approx(truth - truth.mean(), abs=0.2)
    assert found.mean[1] == pytest.approx(0.25, abs=0.12)


ODD = {
    "one match": (2, [make_match(0, 1, (2, 1))]),
    "one absurd match": (2, [make_match(0, 1, (99, 0))]),
    "no goal at all": (4, [make_match(i % 4, (i + 1) % 4, (0, 0), line=i) for i in range(40)]),
    "a team without goals for": (3, [make_match(0, i % 2 + 1, (0, 2), line=i) for i in range(12)]),
    "separable": (
        5,
        [
            make_match(i, j, (9, 0) if i < j else (0, 9), line=9 * i + j)
            for i in range(5)
            for j in range(5)
            if i != j
        ],
    ),
    "always 1-1": (6, [make_match(i % 6, (i + 1) % 6, (1, 1), line=i) for i in range(300)]),
    "all 99": (3, [make_match(i % 3, (i + 1) % 3, (99, 99), line=i) for i in range(30)]),
    "one team missing": (5, [make_match(0, 1, (1, 0)), make_match(2, 3, (0, 4), line=3)]),
}


@pytest.mark.parametrize(("teams", "matches"), ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize(
    "model", ["poisson", "dixon_coles", "bivariate_poisson", "negative_binomial"]
)
def test_odd_results_give_sane_strengths(teams, matches, model):
    found = fit(make_plan(teams, matches, model=model))
    summary = summarise(found.posterior)
    assert np.isfinite(summary.mean).all()
    assert np.abs(summary.mean).max() < 5.0
    assert (summary.sd > 0.0).all()
    assert summary.sd.max() < 3.0
    assert abs(found.hyperparameters.correlation) < 1.0


def test_summary_is_the_mean_and_spread_of_draws():
    posterior = fit(make_plan(8, a_season())).posterior
    rng = np.random.default_rng(0)
    nodes = rng.choice(15, size=40_000, p=posterior.weights)
    normals = rng.standard_normal((40_000, 18))
    draws = posterior.mean[nodes] + np.array(
        [factor @ z for factor, z in zip(posterior.factor[nodes], normals, strict=True)],
    )
    summary = summarise(posterior)
    # 5.5 standard errors: 36 comparisons at a chance of 4e-8 each
    assert np.abs(draws.mean(axis=0) - summary.mean).max() < 5.5 * summary.sd.max() / 200
    assert draws.std(axis=0) == pytest.approx(summary.sd, rel=5.5 * 0.9 / 200)


def test_without_uncertainty_the_posterior_mean_is_the_truth():
    matches = a_season()
    whole, point = (fit(make_plan(8, matches, uncertainty=kind)) for kind in ("posterior", "none"))
    assert point.posterior.factor.shape == (1, 18, 0)
    assert point.posterior.mean[0] == pytest.approx(summarise(whole.posterior).mean)
    assert point.hyperparameters == whole.hyperparameters
    assert (summarise(point.posterior).sd == 0.0).all()


def test_given_strengths_are_taken_as_they_are():
    given = GivenStrengths(0.3, 0.2, attack=(0.5, -0.5), defence=(0.1, 0.0))
    found = fit(make_plan(2, [make_match(0, 1, (9, 0))], given=given, share=0.4))
    assert isinstance(found.posterior, Posterior)
    assert found.posterior.mean.tolist() == [[0.3, 0.2, 0.5, -0.5, 0.1, 0.0]]
    assert found.posterior.factor.shape == (1, 6, 0)
    assert found.posterior.weights.tolist() == [1.0]
    assert found.posterior.first_half_share == 0.4
    assert (found.matches_used, found.notes, found.hyperparameters) == (0, (), None)


def test_the_first_half_share_is_a_beta_mean():
    matches = [
        make_match(0, 1, (3, 2), half_time=(1, 1), line=2),
        make_match(1, 0, (0, 1), half_time=(0, 1), line=3),
        make_match(0, 1, (5, 5), line=4),
    ]
    share = fit(make_plan(2, matches, share=0.4)).posterior.first_half_share
    assert share == pytest.approx((0.4 * 100 + 3) / (100 + 6))


def test_without_half_times_the_first_half_share_is_the_configs():
    plan = make_plan(2, [make_match(0, 1, (3, 2))], share=0.4)
    found = fit(plan)
    assert found.posterior.first_half_share == pytest.approx(0.4, abs=1e-15)
    assert not any("first half" in note for note in found.notes)  # which nothing here depends on
    table = TableStage("league", (), ("points", "first_half_points", "lots"), ())
    ranked = replace(plan, competition=replace(plan.competition, stages=(table,)))
    assert any("the config's, 0.4." in note for note in fit(ranked).notes)


def test_the_first_note_without_results_says_so():
    assert fit(make_plan(4, [make_match(0, 1)])).notes[0] == NO_RESULT
    awarded = make_match(0, 1, (3, 0), awarded=True)
    assert fit(make_plan(4, [awarded])).notes[0] == NO_RESULT
    assert NO_RESULT not in fit(make_plan(2, [make_match(0, 1, (1, 1))])).notes


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(0, 1), (2, 3), (3, 4)], "the 2 groups of teams:"),
        ([(0, 1), (1, 2)], "the 3 groups of teams, 2 of them a single team without a result:"),
        ([(0, 1), (2, 3), (1, 2), (4, 0)], None),
    ],
)
def test_groups_that_never_met_are_counted(pairs, said):
    matches = [make_match(*pair, (1, 1), line=2 + i) for i, pair in enumerate(pairs)]
    about = [note for note in fit(make_plan(5, matches)).notes if "groups of teams" in note]
    assert len(about) == (said is not None)
    assert said is None or said in about[0]


def test_an_absurd_score_is_named():
    matches = a_season()
    assert not any("surprising" in note for note in fit(make_plan(8, matches)).notes)
    matches[6] = replace(matches[6], away_goals=19)
    found = [note for note in fit(make_plan(8, matches)).notes if "surprising" in note]
    one = matches[6]
    assert len(found) == 1
    assert f"team-{one.home} {one.home_goals}-19 team-{one.away} (line 8 of" in found[0]


def test_a_single_absurd_result_is_named():
    notes = fit(make_plan(2, [make_match(0, 1, (0, 19))])).notes
    assert sum("surprising" in note for note in notes) == 1


def test_high_scores_of_a_known_giant_do_not_surprise():
    matches = [make_match(0, 1 + i % 3, (11 + i % 4, 0), line=i) for i in range(24)]
    matches += [make_match(1 + i % 3, 1 + (i + 1) % 3, (1, 1), line=50 + i) for i in range(24)]
    found = fit(make_plan(4, [*matches, make_match(0, 1, (13, 0), line=99)]))
    assert summarise(found.posterior).mean[2] > 1.0
