"""Past scores stay with their competition, and warn of what they found worse."""

import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli_builders import write_cup

import forecast
from forecast.backtest.frames import match_frame
from forecast.backtest.replaying import Forecasts, Replayed, Step
from forecast.backtest.truth import Truth
from forecast.cli import main
from forecast.config import find_configs, find_moments, load, rules_hash
from forecast.errors import ConfigError
from forecast.strength import fit
from forecast.tables import fixtures_left
from forecast.tabulate import match_forecasts

CONFIGS = Path(__file__).parents[1] / "configs"


def cli(*arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["forecast", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    return end.value.code


@pytest.fixture
def cup(tmp_path):
    folder = tmp_path / "cup"
    plain, frozen = write_cup(folder, ids=("plain", "frozen"))
    text = frozen.read_text("utf-8")
    frozen.write_text(f'{text}\n[strength]\nuncertainty = "none"\n', encoding="utf-8")
    return folder, plain, frozen


def a_record(
    difference,
    low,
    high,
    *,
    measure="log_loss",
    against="plain",
    matches=126,
    what="matches",
    part="all",
    reached=4,
):
    return {
        "schema_version": 1,
        "forecast_version": forecast.__version__,
        "rules": "",
        "inputs": [],
        "reached": {"finalist": 9, "champion": reached},
        "models": [
            {"id": "plain", "strength": {"model": "poisson"}},
            {"id": "frozen", "strength": {"model": "poisson", "uncertainty": "none"}},
        ],
        "scores": [],
        "differences": [
            {
                "what": what,
                "part": part,
                "source": "frozen",
                "against": against,
                "measure": measure,
                "forecasts": matches,
                "difference": difference,
                "low": low,
                "high": high,
            }
        ],
    }


def keep(folder, record):
    """Write a record that fits the files beside it."""
    record["rules"] = rules_hash(load(folder / "plain.toml").source.resolved)
    record["inputs"] += [
        {"name": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name in ("teams.csv", "matches.csv")
    ]
    (folder / "calibration.json").write_text(json.dumps(record), encoding="utf-8")


def test_strengths_that_were_found_worse_are_warned_of(cup):
    folder, plain, frozen = cup
    keep(folder, a_record(0.02, 0.01, 0.03))
    assert load(plain).warnings == ()
    [warning] = load(frozen).warnings
    assert "worse than the model plain: log loss higher by 0.0200" in warning
    assert "0.0100 to 0.0300) over 126 matches" in warning


def test_a_difference_counts_from_both_sides(cup):
    folder, plain, frozen = cup
    keep(folder, a_record(-0.02, -0.03, -0.01))
    [warning] = load(plain).warnings
    assert "worse than the model frozen" in warning
    assert load(frozen).warnings == ()


def test_a_baseline_may_be_the_better_one(cup):
    folder, _, frozen = cup
    keep(folder, a_record(0.02, 0.01, 0.03, measure="rps", against="running shares"))
    [warning] = load(frozen).warnings
    assert "worse than running shares: RPS" in warning


@pytest.mark.parametrize("interval", [(-0.01, 0.05), (0.0, 0.04), (None, None)])
def test_what_chance_can_explain_is_no_warning(cup, interval):
    folder, plain, frozen = cup
    keep(folder, a_record(0.02, *interval))
    assert load(plain).warnings == load(frozen).warnings == ()


def test_a_handful_of_matches_and_an_earlier_day_warn_nobody(cup):
    folder, _, frozen = cup
    keep(folder, a_record(0.02, 0.01, 0.03, matches=9))
    assert load(frozen).warnings == ()
    keep(folder, a_record(0.02, 0.01, 0.03, against="previous frozen"))
    assert load(frozen).warnings == ()


def test_only_the_outcome_that_pages_put_first_warns(cup):
    folder, _, frozen = cup
    keep(folder, a_record(0.02, 0.01, 0.03, what="outcomes", part="finalist", measure="brier"))
    assert load(frozen).warnings == ()
    keep(folder, a_record(0.02, 0.01, 0.03, what="outcomes", part="champion", measure="brier"))
    [warning] = load(frozen).warnings
    assert "worse than the model plain: Brier score of champion higher by 0.0200" in warning
    assert "over 126 forecasts of one season, in which 4 teams reached it." in warning


def test_an_outcome_that_hardly_anybody_reached_warns_nobody(cup):
    folder, _, frozen = cup
    said = {"what": "outcomes", "part": "champion", "measure": "brier"}
    keep(folder, a_record(0.02, 0.01, 0.03, **said, reached=3))
    assert load(frozen).warnings == ()


def test_a_record_of_other_data_is_out_of_date(cup, capsys):
    folder, plain, _ = cup
    keep(folder, a_record(0.02, 0.01, 0.03))
    assert load(plain).warnings == ()
    with (folder / "matches.csv").open("a", encoding="utf-8") as file:
        file.write("league,9,,2023-10-01,ADA,Unión Huaral,,,\n")
    [warning] = load(plain).warnings
    assert warning == (
        "The record of past scores no longer fits: matches.csv has changed. "
        "`forecast backtest CONFIG... --record` makes it anew."
    )
    assert cli("check", plain) == 0
    assert warning in " ".join(capsys.readouterr().err.split())


def test_a_record_of_other_rules_is_out_of_date_but_labels_are_no_rules(cup):
    folder, plain, _ = cup
    keep(folder, a_record(0.02, 0.01, 0.03))
    rules = (folder / "competition.toml").read_text("utf-8")
    labels = rules.replace('name = "Cup', 'name = "The Cup').replace(
        'id = "champion"', 'id = "champion"\nlabel = { en = "Winner" }'
    )
    (folder / "competition.toml").write_text(labels, encoding="utf-8")
    assert load(plain).warnings == ()
    lots = rules.replace('"goal_difference", ', "")
    (folder / "competition.toml").write_text(lots, encoding="utf-8")
    [warning] = load(plain).warnings
    assert "no longer fits: the rules have changed. " in warning


def test_a_record_of_other_strengths_or_another_version_is_out_of_date(cup):
    folder, plain, _ = cup
    text = plain.read_text("utf-8")
    record = a_record(0.02, 0.01, 0.03) | {"forecast_version": "0.0.1"}
    keep(folder, record)
    plain.write_text(f'{text}\n[strength]\nmodel = "dixon_coles"\n', encoding="utf-8")
    [warning] = load(plain).warnings
    assert "these strengths were not replayed, it is of version 0.0.1 of the program." in warning


@pytest.mark.parametrize("folder", ["copa_peru_2023", "uefa_champions_league_2024_25"])
def test_the_shipped_records_fit_their_configs(folder):
    for path in find_configs([CONFIGS / folder]):
        assert not [said for said in load(path).warnings if "no longer fits" in said], path


def scores_today(path):
    """Forecast the next matches of every moment again, as a replay does, and simulate nothing."""
    found = find_moments(path)
    steps = []
    for moment in found.moments:
        try:
            plan = load(path, view=moment.view)
        except ConfigError:
            continue  # a leg without a date, which a replay leaves out, too
        fixtures = tuple(m for m in fixtures_left(plan) if m.line in moment.lines)
        fitted = fit(plan)
        said = match_forecasts(plan, fixtures, fitted.posterior)
        p = zip(said.p_home, said.p_draw, said.p_away, strict=True)
        matches = {m.line: np.array(each) for m, each in zip(fixtures, p, strict=True)}
        step = Step(moment, plan, fitted.matches_used, {"today": Forecasts(matches)})
        steps.append(step)
    frame = match_frame(Replayed(found, (load(path),), tuple(steps), Truth(), ()))
    return (
        frame.filter(pl.col("known") > 0).select(pl.len(), pl.col("log_loss", "rps").mean()).row(0)
    )


@pytest.mark.parametrize(
    ("config", "model"),
    [
        ("copa_peru_2023/pre_tournament.toml", "copa-peru-2023-after-round-1"),
        ("copa_peru_2023/before_final.toml", "copa-peru-2023-before-final"),
        ("uefa_champions_league_2024_25/models/0_poisson.toml", "poisson"),
    ],
)
def test_the_shipped_records_are_what_the_fit_says_today(config, model):
    """A change of a prior, or of the fit, needs a new record: it would move these means."""
    path = CONFIGS / config
    record = json.loads((CONFIGS / Path(config).parts[0] / "calibration.json").read_bytes())
    kept = {
        row["measure"]: row
        for row in record["scores"]
        if (row["what"], row["source"]) == ("matches", model)
    }
    number, log_loss, rps = scores_today(path)
    assert number == kept["log_loss"]["forecasts"]
    assert [log_loss, rps] == pytest.approx(
        [kept[name]["mean"] for name in ("log_loss", "rps")], abs=2e-6
    )


def test_a_record_changes_no_number_and_no_hash(cup):
    folder, plain, _ = cup
    before = load(plain).source
    keep(folder, a_record(0.02, 0.01, 0.03))
    assert load(plain).source == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', "null"])
def test_a_broken_record_is_one_clear_line(cup, text):
    folder, plain, _ = cup
    (folder / "calibration.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(plain)
    [line] = str(error.value).splitlines()
    assert line.startswith(f"{folder / 'calibration.json'}:1: ")
    assert ": found " in line
    assert ", allowed a record" in line


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"scores": None}, {"scores": [{}]}])
def test_a_record_that_no_page_could_read_is_refused(cup, change):
    folder, plain, _ = cup
    keep(folder, {**a_record(0.02, 0.01, 0.03), **change})
    with pytest.raises(ConfigError, match=f"calibration.json:1: {next(iter(change))}.*allowed a"):
        load(plain)


def test_a_replay_keeps_its_record_and_forecasts_show_it(cup, tmp_path, capsys):
    folder, plain, frozen = cup
    out = tmp_path / "out"
    rows = (folder / "matches.csv").read_text("utf-8").splitlines()
    dated = [row.replace("2023-09-20", f"2023-09-{20 + k}") for k, row in enumerate(rows)]
    played = [row[:-3] + ",,0,1" if k in {2, 3} else row for k, row in enumerate(dated)]
    (folder / "matches.csv").write_text("\n".join(played) + "\n", encoding="utf-8")
    assert cli("backtest", plain, frozen, "--out", out, "--record") == 0
    assert "the record is kept" in capsys.readouterr().err
    record = json.loads((folder / "calibration.json").read_bytes())
    assert [model["id"] for model in record["models"]] == ["plain", "frozen"]
    assert {row["measure"] for row in record["differences"]} == {"log_loss", "rps", "brier"}
    assert cli("run", plain, frozen, "--out", out, "--no-report") == 0
    for name in ("plain", "frozen"):
        shown = json.loads((out / name / "calibration.json").read_bytes())
        assert (shown["replayed"], shown["model"]) == (True, name)
        assert shown["record"] == record


def test_a_forecast_without_a_record_says_that_it_was_never_replayed(cup, tmp_path):
    _, plain, _ = cup
    out = tmp_path / "out"
    assert cli("run", plain, "--out", out, "--no-report") == 0
    shown = json.loads((out / "plain" / "calibration.json").read_bytes())
    assert (shown["replayed"], shown["model"], shown["record"]) == (False, None, None)
