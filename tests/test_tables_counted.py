"""Tables of counts against the runs that were counted, one by one."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tables_builders import CUP_LAYOUT, LADDER, LOWEST, TEAMS, count_cup, cup_plan, play_cup

from forecast import tables
from forecast.arrays import RUNS_PER_REPLICATE, TILE
from forecast.tables import schemas
from forecast.tables.schemas import conform

PLAN = cup_plan()
PLAYED = play_cup()
COUNTS = count_cup(PLAYED)
RUNS = len(PLAYED.order)
MATCH_COLUMNS = (
    "stage round date home away neutral rate_home rate_away p_home p_draw p_away "
    "likeliest_home_goals likeliest_away_goals"
)
STRENGTH_COLUMNS = (
    "team attack attack_sd defence defence_sd intercept intercept_sd home_advantage "
    "home_advantage_sd first_half_share"
)


def share_and_error(reached):
    """Mean and standard error of a run-by-run indicator, from the means of its replicates."""
    means = reached.reshape(PLAYED.replicates, RUNS_PER_REPLICATE).mean(axis=1)
    return reached.mean(), means.std(ddof=1) / np.sqrt(len(means))


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        (
            schemas.OUTCOMES,
            "forecast_id as_of team outcome hits runs probability std_error low high",
        ),
        (schemas.PLACES, "forecast_id as_of stage team place hits runs probability std_error"),
        (schemas.POINTS, "stage points cut reached enough probability"),
        (schemas.TIE_BREAKS, "stage cut rung hits runs probability"),
        (schemas.MATCHES, MATCH_COLUMNS),
        (schemas.STRENGTHS, STRENGTH_COLUMNS),
    ],
)
def test_columns_are_those_of_the_contract(schema, columns):
    assert " ".join(schema.names()) == columns


def test_outcomes_have_a_row_a_team_and_outcome_with_share_and_error_of_the_runs():
    frame = tables.outcome_table(PLAN, CUP_LAYOUT, COUNTS, frozen=False)
    keys = frame.select("team", "outcome").rows()
    assert keys == [(team, outcome) for team in TEAMS for outcome in ("finalist", "champion")]
    for row in frame.iter_rows(named=True):
        team = TEAMS.index(row["team"])
        reached = PLAYED.champion == team
        if row["outcome"] == "finalist":
            reached = (PLAYED.order[:, :2] == team).any(axis=1)
        share, error = share_and_error(reached)
        assert (row["hits"], row["runs"]) == (reached.sum(), RUNS)
        assert row["probability"] == share
        assert row["std_error"] == pytest.approx(error, rel=1e-9)
        assert row["low"] < share < row["high"]
    assert frame["as_of"].unique().to_list() == [PLAN.as_of]


def test_places_are_one_based_and_have_share_and_error_of_the_runs():
    frame = tables.place_table(PLAN, CUP_LAYOUT, COUNTS)
    assert frame.height == 4 * 4 + 4 * 2
    for row in frame.filter(stage="league").iter_rows(named=True):
        reached = PLAYED.order[:, row["place"] - 1] == TEAMS.index(row["team"])
        share, error = share_and_error(reached)
        assert (row["hits"], row["probability"]) == (reached.sum(), share)
        assert row["std_error"] == pytest.approx(error, rel=1e-9)


def test_places_of_a_stage_that_is_not_published_are_left_out():
    hidden = replace(
        CUP_LAYOUT, stages=(replace(CUP_LAYOUT.stages[0], published=False), CUP_LAYOUT.stages[1])
    )
    assert set(tables.place_table(PLAN, hidden, COUNTS)["stage"]) == {"final"}
    nothing = replace(hidden, stages=hidden.stages[:1])
    assert tables.place_table(PLAN, nothing, COUNTS).height == 0


def test_points_tell_how_often_a_total_was_reached_and_was_enough():
    frame = tables.points_table(CUP_LAYOUT, COUNTS)
    assert frame["points"].to_list() == list(range(LOWEST, LOWEST + 22))
    for row in frame.iter_rows(named=True):
        reached = (PLAYED.points == row["points"]).sum()
        enough = (PLAYED.points[:, :2] == row["points"]).sum()
        assert (row["reached"], row["enough"], row["cut"]) == (reached, enough, 2)
        assert row["probability"] == enough / reached


def test_a_table_without_a_cut_still_shows_its_points():
    counts = replace(COUNTS, points=COUNTS.points[:, :1], rungs=COUNTS.rungs[:0])
    frame = tables.points_table(replace(CUP_LAYOUT, cuts=()), counts)
    assert frame["reached"].sum() == 4 * RUNS
    assert frame["cut"].null_count() == frame["enough"].null_count() == frame.height


def test_totals_that_nobody_reached_are_left_out():
    points = COUNTS.points.copy()
    points[0] = 0
    assert LOWEST not in tables.points_table(CUP_LAYOUT, replace(COUNTS, points=points))["points"]


def test_tie_breaks_tell_which_rung_decided_each_cut():
    frame = tables.tie_break_table(CUP_LAYOUT, COUNTS)
    assert frame["rung"].to_list() == list(LADDER)
    assert frame["hits"].to_list() == [(PLAYED.rung == rung).sum() for rung in range(3)]
    assert frame["probability"].sum() == pytest.approx(1)
    assert tables.tie_break_table(replace(CUP_LAYOUT, cuts=()), COUNTS).height == 0


def test_counts_of_real_runs_pass_the_sum_checks():
    tables.check_counts(CUP_LAYOUT, COUNTS)


def swapped_places(counts):
    """Two teams exchange one hit of one place: rows still sum to the runs, teams do not."""
    occupancy = counts.occupancy.copy()
    occupancy[4, :2] += (1, -1)
    return replace(counts, occupancy=occupancy)


def changed(name, index, by):
    def change(counts):
        array = getattr(counts, name).copy()
        array[index] += by
        return replace(counts, **{name: array})

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        changed("occupancy", (5, 2), 1),
        swapped_places,
        changed("outcomes", (1, 3), -1),
        changed("outcomes", (0, slice(0, 2)), (1, -1)),
        changed("products", (0, 0), TILE * RUNS),
        changed("products", (0, 0), -COUNTS.products[0, 0]),
        changed("points", (4, 0), 1),
        changed("points", (4, 1), 1),
        changed("points", (slice(0, 2), 1), (-COUNTS.points[0, 1] - 1, COUNTS.points[0, 1] + 1)),
        changed("rungs", (0, 1), 1),
        lambda counts: replace(counts, replicates=counts.replicates + 1),
        lambda counts: replace(counts, rungs=np.pad(counts.rungs - [[1, 0, 0]], ((0, 0), (0, 1)), constant_values=1)),  # noqa: E501 (one spoiled count a line)
    ],
)  # fmt: skip
def test_any_single_wrong_count_is_caught(spoil):
    with pytest.raises(tables.BrokenCountsError, match="do not add up"):
        tables.check_counts(CUP_LAYOUT, spoil(COUNTS))


def test_a_frame_with_another_column_a_gap_or_an_infinite_number_is_refused():
    good = tables.tie_break_table(CUP_LAYOUT, COUNTS)
    for bad in (
        good.rename({"rung": "step"}),
        good.with_columns(pl.col("hits").cast(pl.Int32)),
        good.with_columns(rung=pl.lit(None, dtype=pl.String)),
        good.with_columns(probability=pl.lit(float("nan"))),
    ):
        with pytest.raises(AssertionError):
            conform(bad, schemas.TIE_BREAKS)


def test_frozen_strengths_have_no_spread():
    frame = tables.outcome_table(PLAN, CUP_LAYOUT, COUNTS, frozen=True)
    assert frame["low"].equals(frame["probability"])
    assert frame["high"].equals(frame["probability"])
