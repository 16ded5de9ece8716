"""The shipped Champions League: the final table is the real one, and draws keep to the rules."""

from pathlib import Path

import numpy as np
import pytest

from forecast.arrays import TILE
from forecast.config import load
from forecast.lowering import lower
from forecast.proof import prove
from forecast.simulate.threads import play_strengths

FOLDER = Path(__file__).parents[1] / "configs" / "uefa_champions_league_2024_25"
LAST_RIVALS = {9: 23, 10: 23, 11: 21, 12: 21, 13: 19, 14: 19, 15: 17, 16: 17}
"""Place → the first of the two places that it may meet in the play-offs."""

FIRST_RIVALS = {1: 15, 2: 15, 3: 13, 4: 13, 5: 11, 6: 11, 7: 9, 8: 9}
"""Place → the first of the two seeded places of the play-offs that lead to it."""


def play(name, tiles=1):
    plan = load(FOLDER / f"{name}.toml")
    season = lower(plan, 0.45)
    rows = np.zeros((tiles, 2 + 2 * season.teams))
    rows[:, 0] = 0.3
    counts = play_strengths(season, rows, rng_seed=1, replicate=0)
    places = {}
    for stage in season.layout.stages:
        places[stage.stage] = counts.occupancy[stage.first : stage.first + stage.size]
    return plan, places


@pytest.fixture(scope="module")
def finished():
    return play("after_round_8")


def test_the_final_table_is_settled_without_lots(finished):
    _, places = finished
    assert sorted(places["league_phase"].ravel().tolist()) == [0] * 35 * 36 + [TILE] * 36


def bracket(name, seeded):
    plan = load(FOLDER / f"{name}.toml")
    teams = plan.competition.teams
    return [(seeded[teams[one]], seeded[teams[two]]) for one, two in plan.bracket]


def test_the_final_table_has_the_places_that_the_knockout_shows(finished):
    plan, places = finished
    place = places["league_phase"].argmax(axis=0) + 1
    seeded = {team: int(place[k]) for k, team in enumerate(plan.competition.teams)}
    visitors = {}
    for visitor, host in bracket("before_playoff", seeded):
        assert visitor - LAST_RIVALS[host] in {0, 1}
        visitors |= {visitor: host, host: host}
    assert sorted(visitors) == list(range(9, 25))
    hosts = []
    for visitor, host in bracket("before_round_of_16", seeded):
        assert visitors[visitor] - FIRST_RIVALS[host] in {0, 1}
        hosts.append(host)
    assert sorted(hosts) == list(range(1, 9))


def test_the_draws_put_the_two_places_of_each_pot_into_either_half(finished):
    plan, places = finished
    holders = places["league_phase"].argmax(axis=1)
    reached = places["round_of_16"][:8] + places["round_of_16"][8:]
    assert len(plan.competition.stages) == 6
    for place, team in enumerate(holders[:8], 1):
        first, second = np.flatnonzero(reached[:, team])
        assert second - first == 4, place


def test_a_start_at_the_play_offs_seats_each_team_once_and_the_first_eight_for_certain(finished):
    league = finished[1]["league_phase"]
    _, places = play("before_playoff", tiles=4)
    reached = places["round_of_16"].sum(axis=0)
    assert (reached[league.argmax(axis=1)[:8]] == 4 * TILE).all()
    assert reached.max() == 4 * TILE
    assert (reached[league.argmax(axis=1)[24:]] == 0).all()
    statuses = {(v.team, v.outcome): v.status for v in prove(load(FOLDER / "before_playoff.toml"))}
    certain = {team for (team, outcome), status in statuses.items() if status == "certain"}
    assert certain == set(league.argmax(axis=1)[:8].tolist())
