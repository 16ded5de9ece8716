"""A forecast's folder reads back as it was written, and says clearly when it cannot."""

import json
import shutil

import pytest

from forecast.errors import ConfigError
from forecast.report.facts import facts
from forecast.report.folder import PROVENANCE
from forecast.report.stored import read_stored


@pytest.fixture
def result(small_cup):
    return small_cup.result


@pytest.fixture
def folder(small_cup, tmp_path):
    return shutil.copytree(small_cup.folder, tmp_path / "copy")


def test_what_is_read_is_what_was_written(result, folder):
    stored = read_stored(folder)
    assert stored.facts == facts(result.plan, result.counts, notes=result.notes)
    assert stored.tables.keys() == result.tables.keys()
    assert all(stored.tables[name].equals(frame) for name, frame in result.tables.items())
    assert stored.provenance["config_hash"] == result.plan.source.config_hash


def test_facts_are_data_that_need_no_config(result):
    said = facts(result.plan, result.counts, notes=())
    league, final = said["stages"]
    assert (league["matches_played"], league["matches_left"]) == (1, 5)
    assert (final["matches_played"], final["matches_left"]) == (0, 1)  # though none is listed
    assert final["entrants"] == ["league:1-2"]
    assert said["headline"] == "champion"
    assert said["outcome_places"] == {"finalist": ["league:1-2"], "champion": ["final:1"]}


def test_standings_add_up_the_played_matches(result):
    first, *_, last = result.standings.rows(named=True)
    assert first == {
        "stage": "league", "team": "ADA", "played": 1, "wins": 1, "draws": 0, "losses": 0,
        "goals_for": 2, "goals_against": 1, "goal_difference": 1, "points": 3,
    }  # fmt: skip
    assert (last["team"], last["losses"], last["goal_difference"]) == ("Unión Huaral", 1, -1)


def refusal(folder):
    with pytest.raises(ConfigError) as caught:
        read_stored(folder)
    return str(caught.value)


def test_a_folder_that_is_no_forecast_is_refused(tmp_path):
    assert refusal(tmp_path / "none").endswith("none: no such folder")
    assert "found no forecast" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_damaged_provenance_is_refused(folder, content):
    (folder / PROVENANCE).write_bytes(content)
    assert "provenance.json: found" in refusal(folder)


@pytest.mark.parametrize("name", ["forecast.json", "outcomes.parquet"])
def test_a_changed_or_missing_file_is_named(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{name}: found another content" in refusal(folder)
    path.unlink()
    assert f"{name}: No such file" in refusal(folder)


def test_a_listed_file_outside_the_folder_is_not_read(folder):
    path = folder / PROVENANCE
    provenance = json.loads(path.read_bytes())
    provenance["files"]["../other.parquet"] = "0" * 64
    path.write_text(json.dumps(provenance), encoding="utf-8")
    assert "outside" in refusal(folder)


def test_an_older_forecast_is_refused_with_what_it_lacks(folder):
    path = folder / PROVENANCE
    provenance = json.loads(path.read_bytes())
    del provenance["files"]["standings.parquet"]
    path.write_text(json.dumps(provenance), encoding="utf-8")
    assert "without standings" in refusal(folder)
