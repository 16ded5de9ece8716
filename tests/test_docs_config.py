"""docs/config.md: its example loads, and it names every key, column and tie-break there is."""

import re
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from forecast.config import load
from forecast.config.match_rows import COLUMNS
from forecast.config.models import (
    BUILT_IN_TIE_BREAKS,
    AdjustmentFile,
    AfterRound,
    CompetitionFile,
    CovariateFile,
    EarlierFile,
    ForecastFile,
    KnockoutChange,
    KnockoutFile,
    OutcomeFile,
    PointsFile,
    SimulationFile,
    StrengthFile,
    TableChange,
    TableFile,
)
from forecast.plan import KnockoutStage, Places, TableStage

PAGE = (Path(__file__).parents[1] / "docs" / "config.md").read_text("utf-8")

SECTIONS = {
    ForecastFile: "## The forecast file",
    AfterRound: "### `as_of`",
    StrengthFile: "### `[strength]`",
    CovariateFile: "### `[[strength.covariate]]`",
    EarlierFile: "### `earlier`",
    SimulationFile: "### `[simulation]`",
    CompetitionFile: "## The competition file",
    PointsFile: "### Points",
    TableFile: "### A table",
    AdjustmentFile: "### Adjustments",
    TableChange: "### A change of a table",
    KnockoutFile: "### A knockout",
    KnockoutChange: "### A change of a knockout",
    OutcomeFile: "### Outcomes",
}
"""Where the table of a model's keys stands."""


def files_of_the_page():
    """Return the fenced blocks that a line with the name of a file introduces."""
    found = re.findall(
        r"^`([a-z_]+\.(?:csv|toml))`[^\n]*:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    )
    return dict(found)


def section(heading):
    """Return the text below a heading, up to the next one."""
    assert PAGE.count(f"\n{heading}\n") == 1, heading
    return re.split(r"^#", PAGE.split(f"\n{heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def fragment(heading):
    """Return the one block of TOML below a heading."""
    (found,) = re.findall(r"^```toml\n(.*?)^```$", section(heading), re.MULTILINE | re.DOTALL)
    return found


def rows(text):
    """Return the first cells of the rows of tables that are one word in backticks."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def models_below(kind, seen):
    """Collect the models that an annotation reaches, with their words of choice."""
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind in seen:
            return set()
        seen.append(kind)
        parts = [field.annotation for field in kind.model_fields.values()]
    else:
        parts = [part for part in get_args(kind) if part is not None]
    return set().union(*(models_below(part, seen) for part in parts), set())


def reachable():
    """Return all models of the two files, and all words that their keys choose from."""
    seen = []
    words = models_below(ForecastFile, seen) | models_below(CompetitionFile, seen)
    return seen, words


def keys_of(model):
    return [field.alias or name for name, field in model.model_fields.items()]


@pytest.fixture
def folder(tmp_path):
    for name, text in files_of_the_page().items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_example_loads_as_the_page_says(folder):
    plan = load(folder / "forecast.toml")
    assert plan.warnings == ()
    assert plan.id == "valley-cup-2026-after-round-2"
    assert str(plan.as_of) == "2026-04-12"
    assert len(plan.competition.teams) == 6
    assert [match.played for match in plan.matches] == [True] * 6 + [False] * 9
    pairs = {frozenset((match.home, match.away)) for match in plan.matches}
    assert len(pairs) == 15  # each club meets each other once
    league, final = plan.competition.stages
    assert isinstance(league, TableStage)
    assert league.tie_breaks == ("points", "goal_difference", "goals_for", "lots")
    assert isinstance(final, KnockoutStage)
    assert (final.entrants, final.legs, final.neutral) == ((Places("league", 1, 2),), 1, True)
    assert final.level == ("extra_time", "penalties")
    assert {outcome.id: outcome.places for outcome in plan.competition.outcomes} == {
        "finalist": (Places("league", 1, 2),),
        "champion": (Places("final", 1, 1),),
    }


def test_the_example_starts_at_the_final_once_its_row_is_there(folder):
    (row,) = re.findall(r"^```csv\n(final,.*\n)```$", PAGE, re.MULTILINE)
    with (folder / "matches.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    plan = load(folder / "before_final.toml")
    teams = plan.competition.teams
    assert [(teams[home], teams[away]) for home, away in plan.bracket] == [("Delta", "Aldea")]
    assert plan.start == "final"
    assert [outcome.id for outcome in plan.competition.outcomes] == ["champion"]


def test_the_fragments_of_the_page_fit_into_the_example(folder):
    ladder = 'tie_breaks = ["points", "goal_difference", "goals_for"]\n'
    ties = 'level = ["extra_time", "penalties"]\n'
    rules = (folder / "competition.toml").read_text("utf-8")
    adjustments, of_table, of_knockout = map(
        fragment, ("### Adjustments", "### A change of a table", "### A change of a knockout")
    )
    rules = rules.replace(ladder, f"{ladder}{adjustments}\n{of_table}\n")
    rules = rules.replace(ties, f"{ties}\n{of_knockout}\n")
    (folder / "competition.toml").write_text(rules, "utf-8")
    forecast = (folder / "forecast.toml").read_text("utf-8").replace("round = 2", "round = 5")
    forecast = forecast.replace("[simulation]", f"{fragment('### Given strengths')}\n[simulation]")
    (folder / "forecast.toml").write_text(forecast, "utf-8")
    names = (folder / "teams.csv").read_text("utf-8").split()[1:]
    lines = ["team,attack,defence", *(f"{name},0.1,-0.1" for name in names)]
    (folder / "strengths.csv").write_text("\n".join(lines), "utf-8")
    plan = load(folder / "forecast.toml")
    league, final = plan.competition.stages
    assert league.tie_breaks == ("points", "head_to_head_points", "goal_difference", "lots")
    assert [(given.team, given.points) for given in league.adjustments] == [(5, -3)]
    assert (final.legs, final.neutral) == (1, True)
    assert plan.strength.given.home_advantage == 0.25


def test_every_model_of_the_two_files_has_a_section():
    models, _ = reachable()
    assert set(models) == set(SECTIONS)


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_key_has_a_row_in_its_section(model):
    assert sorted(rows(section(SECTIONS[model]))) == sorted(keys_of(model))


def test_every_word_that_a_key_chooses_from_is_named():
    _, words = reachable()
    assert {"drawn", "given", "better_place"} <= words  # the walk found them
    assert not [word for word in words if f"`{word}`" not in PAGE]


def test_every_column_of_matches_has_a_row():
    assert rows(section("## matches.csv")) == list(COLUMNS)


def test_every_built_in_tie_break_has_a_row():
    assert rows(section("### Tie-breaks")) == list(BUILT_IN_TIE_BREAKS)


def test_every_link_within_the_docs_has_its_heading():
    for file, anchor in re.findall(r"\]\(([a-z_]*(?:\.md)?)#([a-z-]+)\)", PAGE):
        text = (Path(__file__).parents[1] / "docs" / file).read_text("utf-8") if file else PAGE
        heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        anchors = [re.sub(r"[^a-z_ -]", "", head.lower()).replace(" ", "-") for head in heads]
        assert anchor in anchors, (file, anchor)
