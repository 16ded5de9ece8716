"""What a config may tell the fit beyond the results: read as it is written, refused with a line."""

from pathlib import Path

import pytest

from forecast.config import describe, load
from forecast.errors import ConfigError

COPA = Path(__file__).parents[1] / "configs" / "copa_peru_2023"

COMPETITION = """schema_version = 1
id = "cup"
name = "Cup"
teams = "teams.csv"
matches = "matches.csv"
[[stage]]
id = "league"
kind = "table"
entrants = ["teams"]
tie_breaks = ["points"]
[[outcome]]
id = "first"
places = ["league:1"]
"""
TEAMS = "team,region,rating,finish\nA,north,1500,winner\nB,north,1400,second\nC,south,1450,winner\n"
MATCHES = "stage,round,home,away,home_goals,away_goals\nleague,1,A,B,1,0\nleague,1,B,C,,\n"
EARLIER = """home,away,home_goals,away_goals,leg
A,Old Boys,3,1,1
Old Boys,C,0,0,2
A,C,,,1
A,C,9,1,agg
"""
RATINGS = "team,altitude_m\nA,100\nC,3000.5\nB,2000\n"


def write(folder, strength):
    files = {
        "competition.toml": COMPETITION,
        "teams.csv": TEAMS,
        "matches.csv": MATCHES,
        "earlier.csv": EARLIER,
        "ratings.csv": RATINGS,
        "forecast.toml": "schema_version = 1\nid = 'x'\ncompetition = 'competition.toml'\n"
        f"[simulation]\nrng_seed = 1\n[strength]\n{strength}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder / "forecast.toml"


def test_all_that_may_be_known_is_read_in_the_order_of_the_teams(tmp_path):
    said = """model = "negative_binomial"
groups = ["region"]
half_life_days = 90.0
earlier = { results = "earlier.csv", weight = 0.5 }
covariate = [
  { column = "rating", unit = 100.0, mean = 0.1, sd = 0.05 },
  { column = "finish", value = "winner", sd = 0.1 },
  { table = "ratings.csv", column = "altitude_m", sd = 0.2 },
]"""
    plan = load(write(tmp_path, said))
    strength = plan.strength
    assert (strength.goals, strength.groups, strength.half_life) == (
        "negative_binomial", ("region",), 90.0,
    )  # fmt: skip
    assert [c.values for c in strength.covariates] == [
        (15.0, 14.0, 14.5), (1.0, 0.0, 1.0), (100.0, 2000.0, 3000.5),
    ]  # fmt: skip
    assert [(c.mean, c.sd) for c in strength.covariates] == [(0.1, 0.05), (0.0, 0.1), (0.0, 0.2)]
    assert strength.earlier.clubs == ("Old Boys",)
    assert strength.earlier.matches == ((0, 3, 3, 1), (3, 2, 0, 0))
    assert not strength.is_plain
    assert [name for name, _ in plan.source.inputs[4:]] == ["ratings.csv", "earlier.csv"]
    line = next(text for text in describe(plan).split("\n") if text.startswith("Strengths"))
    for part in ("negative binomial", "region", "rating", "2 earlier results", "90 days"):
        assert part in line


def test_nothing_is_known_unless_it_is_asked_for(tmp_path):
    assert load(write(tmp_path, 'model = "poisson"')).strength.is_plain


def test_a_file_of_earlier_results_is_part_of_the_hash_but_its_name_is_not(tmp_path):
    path = write(tmp_path, 'earlier = { results = "earlier.csv", weight = 0.5 }')
    before = load(path).source.config_hash
    (tmp_path / "other.csv").write_text(EARLIER, "utf-8")
    path.write_text(path.read_text("utf-8").replace("earlier.csv", "other.csv"), "utf-8")
    assert load(path).source.config_hash == before
    (tmp_path / "other.csv").write_text(EARLIER.replace("3,1,1", "4,1,1"), "utf-8")
    assert load(path).source.config_hash != before


FAULTS = {
    'model = "poison"': "forecast.toml:7: strength.model: found",
    'groups = ["regin"]': 'groups[1]: found "regin" (did you mean "region"?)',
    'covariate = [{ column = "rting", sd = 0.1 }]': 'did you mean "rating"?',
    'covariate = [{ column = "region", sd = 0.1 }]': 'found "north" for "A", allowed a number',
    'covariate = [{ column = "region", value = "east", sd = 0.1 }]': "some teams have and others",
    'covariate = [{ column = "rating" }]': "sd: found nothing",
    'covariate = [{ table = "ratings.csv", column = "height", sd = 0.1 }]': "ratings.csv:1: header",
    'covariate = [{ table = "none.csv", column = "x", sd = 0.1 }]': "none.csv",
    'earlier = { results = "teams.csv", weight = 0.5 }': "header: found no column home",
    'earlier = { results = "earlier.csv", weight = 0.0 }': "weight: found 0",
    "half_life_days = -3.0": "half_life_days: found -3",
}


@pytest.mark.parametrize(("said", "problem"), FAULTS.items())
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path, said, problem):
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, said))
    assert problem in str(error.value)


def test_a_score_that_is_none_is_named_with_its_line(tmp_path):
    path = write(tmp_path, 'earlier = { results = "earlier.csv", weight = 0.5 }')
    (tmp_path / "earlier.csv").write_text(EARLIER.replace("Boys,3,1", "Boys,3,x"), "utf-8")
    with pytest.raises(ConfigError, match=r"earlier.csv:2: away_goals: found \"x\""):
        load(path)


def test_a_club_against_itself_is_named_with_its_line(tmp_path):
    path = write(tmp_path, 'earlier = { results = "earlier.csv", weight = 0.5 }')
    (tmp_path / "earlier.csv").write_text("home,away,home_goals,away_goals\nA, A,1,0\n", "utf-8")
    with pytest.raises(ConfigError, match=r"earlier.csv:2: away: found \"A\" against itself"):
        load(path)


def test_a_result_that_a_ruling_gave_says_nothing_of_strengths(tmp_path):
    path = write(tmp_path, 'earlier = { results = "earlier.csv", weight = 0.5 }')
    rows = "home,away,home_goals,away_goals,note\nA,B,1,0,\nB,A,3,0, Awarded by a ruling\n"
    (tmp_path / "earlier.csv").write_text(rows, "utf-8")
    assert load(path).strength.earlier.matches == ((0, 1, 1, 0),)


def test_a_second_row_of_a_team_is_refused(tmp_path):
    path = write(tmp_path, 'covariate = [{ table = "ratings.csv", column = "height", sd = 0.1 }]')
    (tmp_path / "ratings.csv").write_text("team,height\nA,1\nB,1\nC,1\nA,2\n", "utf-8")
    with pytest.raises(ConfigError, match=r'ratings.csv:5: team: found "A" again'):
        load(path)


def test_what_a_table_says_of_others_does_not_matter(tmp_path):
    path = write(tmp_path, 'covariate = [{ table = "ratings.csv", column = "height", sd = 0.1 }]')
    rows = "team,height,+/-\nA,1,\nB,1,\nC,2,\nZeta,2,\nZeta,3,\n,,source: x\n,,source: y\n"
    (tmp_path / "ratings.csv").write_text(rows, "utf-8")
    assert load(path).strength.covariates[0].values == (1.0, 1.0, 2.0)


def test_given_strengths_know_nothing_else(tmp_path):
    said = 'model = "given"\ntable = "s.csv"\nintercept = 0.1\nhome_advantage = 0.1\n'
    said += 'groups = ["region"]'
    with pytest.raises(ConfigError, match="only where strengths are fitted"):
        load(write(tmp_path, said))


def test_the_copa_peru_forecast_before_the_first_match_says_what_it_knows():
    plan = load(COPA / "pre_tournament.toml")
    assert len(plan.strength.earlier.matches) == 66
    assert len(plan.strength.earlier.clubs) == 58 - 2  # two clubs have aggregates only
    assert describe(plan).startswith("No result is known: this forecast knows only the fixture")
    assert "what is known of the teams" in describe(plan).split("\n")[0]
