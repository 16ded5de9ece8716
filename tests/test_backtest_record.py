"""Past scores stay with their competition, and warn of what they found worse."""

import json

import pytest
from cli_builders import write_cup

from forecast.cli import main
from forecast.config import load
from forecast.errors import ConfigError


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


def a_record(difference, low, high, *, measure="log_loss", against="plain", matches=126):
    return {
        "schema_version": 1,
        "models": [
            {"id": "plain", "strength": {"model": "poisson"}},
            {"id": "frozen", "strength": {"model": "poisson", "uncertainty": "none"}},
        ],
        "differences": [
            {
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
