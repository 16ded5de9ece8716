"""Lowering on its own: who meets whom, slots, cuts and what is left out."""

from competitions import knockout, make_plan, match, outcome, table

from forecast.lowering import lower
from forecast.lowering.pairing import pair
from forecast.plan import ENTRY, Places


def test_fold_meets_first_and_last_and_adjacent_neighbours():
    assert pair([7, 3, 5, 9, 1, 0], "fold") == [(7, 0), (3, 1), (5, 9)]
    assert pair([7, 3, 5, 9, 1, 0], "adjacent") == [(7, 3), (5, 9), (1, 0)]


def cup(start=None, bracket=None, matches=()):
    stages = [
        table("league", 6, "points"),
        knockout("semi", Places("league", 2, 5), pairing="fold"),
        knockout("final", Places("semi", 1, 2), Places("league", 1, 1), Places("league", 6, 6)),
    ]
    outcomes = [
        outcome("title", Places("final", 1, 1)),
        outcome("money", Places("semi", 1, 2), Places("final", 4, 4)),
    ]
    return make_plan(stages, matches, 6, outcomes=outcomes, start=start, bracket=bracket)


def test_places_lie_end_to_end_behind_the_teams():
    season = lower(cup(), 0.45)
    slots = [(s.stage, s.first, s.size, s.published) for s in season.layout.stages]
    assert slots == [("league", 6, 6, True), ("semi", 12, 4, True), ("final", 16, 4, True)]
    assert season.slots == 20
    ties = season.program.knockouts.tie_slot.tolist()
    assert ties == [[7, 10], [8, 9], [12, 11], [13, 6]]
    assert [o.slots for o in season.layout.outcomes] == [(16,), (12, 13, 19)]


def test_a_cut_is_any_line_that_a_later_stage_or_outcome_draws_inside_a_table():
    cuts = [(cut.stage, cut.place, cut.rungs) for cut in lower(cup(), 0.45).layout.cuts]
    assert cuts == [("league", place, ("points", "lots")) for place in (1, 5)]


def finished(pairs=((0, 1), (2, 3), (4, 5))):
    return [match("league", *pair, home_goals=1, away_goals=0) for pair in pairs]


def no_byes(start, bracket, matches):
    stages = [
        table("league", 6, "points"),
        knockout("semi", Places("league", 1, 4)),
        knockout("final", Places("semi", 1, 2), neutral=True),
    ]
    outcomes = [outcome("title", Places("final", 1, 1))]
    return make_plan(stages, matches, 6, outcomes=outcomes, start=start, bracket=bracket)


def test_a_complete_table_before_the_start_is_played_but_neither_shown_nor_cut():
    season = lower(no_byes("semi", ((5, 0), (1, 2)), finished()), 0.45)
    slots = [(s.stage, s.first, s.size, s.published) for s in season.layout.stages]
    assert slots == [("league", 6, 6, False), ("semi", 12, 4, True), ("final", 16, 2, True)]
    assert season.program.knockouts.tie_slot.tolist() == [[5, 0], [1, 2], [12, 13]]
    assert season.layout.cuts == ()


def test_a_table_with_an_open_match_and_rounds_before_the_start_are_left_out():
    matches = [*finished(), match("league", 0, 2)]
    season = lower(no_byes("final", ((5, 0),), matches), 0.45)
    assert [(s.stage, s.first, s.size) for s in season.layout.stages] == [("final", 6, 2)]
    assert season.bins == 0
    assert season.program.fixtures.home.size == 0


def test_bins_reach_from_the_least_to_the_most_points_that_can_be_had():
    matches = [*finished(), match("league", 0, 1), match("league", 1, 0), match("league", 4, 5)]
    bins = lower(cup(matches=matches), 0.45).layout.points
    assert [(b.stage, b.lowest, b.first, b.size) for b in bins] == [("league", 0, 0, 10)]


def test_entrants_are_the_teams_themselves():
    first = knockout("first", Places(ENTRY, 1, 4), pairing="adjacent")
    plan = make_plan([first], [], 4, outcomes=[outcome("through", Places("first", 1, 2))])
    assert lower(plan, 0.45).program.knockouts.tie_slot.tolist() == [[0, 1], [2, 3]]
