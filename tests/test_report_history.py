"""The history of forecasts: written once, kept for good, read in the order of their days."""

import json
import os
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from cli_builders import write_cup
from tables_builders import cup_plan

import forecast as fc
from forecast.cli.exits import exit_code
from forecast.cli.past import draw_history, history_of
from forecast.cli.verbs import app
from forecast.errors import ConfigError, OutputError
from forecast.report import disk
from forecast.report.folder import PROVENANCE
from forecast.report.history import read_history, record
from forecast.report.terminal import history_lines
from forecast.tables import in_order, movement_table
from forecast.tables.schemas import OUTCOMES, STATUS

SHORT = 524_288


def kept(out, day, hits, *, name="cup", config_hash="a" * 64, status="open", runs=SHORT):
    """Record a forecast of two teams and one outcome, with hits per thousand of each."""
    plan = cup_plan()
    source = replace(plan.source, config_hash=config_hash)
    plan = replace(plan, id=name, as_of=day, source=source)
    teams = plan.competition.teams[: len(hits)]
    rows = [
        (name, day, team, "champion", count * runs // 1000, runs, count / 1000, 0.003, 0.0, 1.0)
        for team, count in zip(teams, hits, strict=True)
    ]
    outcomes = pl.DataFrame(rows, schema=OUTCOMES, orient="row")
    lines = pl.DataFrame([(t, "champion", status) for t in teams], schema=STATUS, orient="row")
    return record(out, plan, outcomes, lines)


def test_a_forecast_is_one_file_by_competition_id_and_hash(tmp_path):
    path = kept(tmp_path, date(2023, 9, 15), (500, 500))
    assert path == tmp_path / "history/competition=cup/forecast=cup" / f"{'a' * 16}.parquet"
    scanned = pl.scan_parquet(tmp_path / "history").collect()
    assert {"competition", "forecast", "probability", "status"} <= set(scanned.columns)


def test_a_file_is_never_written_again_and_other_numbers_stand_beside_it(tmp_path):
    path = kept(tmp_path, date(2023, 9, 15), (500, 500))
    pl.read_parquet(path).write_parquet(path, compression="snappy")  # as another version might
    before = path.read_bytes()
    assert kept(tmp_path, date(2023, 9, 15), (500, 500)) == path
    other = kept(tmp_path, date(2023, 9, 15), (100, 900))
    assert other.parent == path.parent
    assert other != path
    assert path.read_bytes() == before
    assert hits(tmp_path) == [(date(2023, 9, 15), 100 * SHORT // 1000)]
    assert kept(tmp_path, date(2023, 9, 15), (500, 500)) == path
    assert hits(tmp_path) == [(date(2023, 9, 15), 500 * SHORT // 1000)]  # the last that was kept


def test_a_damaged_file_does_not_stand_for_a_forecast(tmp_path):
    path = kept(tmp_path, date(2023, 9, 15), (500, 500))
    path.write_bytes(b"cut short")
    other = kept(tmp_path, date(2023, 9, 15), (500, 500))
    assert other != path
    assert pl.read_parquet(other).height == 2
    assert path.read_bytes() == b"cut short"


def holding(out, config_hash, name="cup"):
    """Let OUT hold the forecast of a config."""
    (out / name).mkdir(exist_ok=True)
    text = json.dumps({"config_hash": config_hash * 64, "files": {}})
    (out / name / PROVENANCE).write_text(text, encoding="utf-8")


def hits(out):
    history = read_history(out, "cup").filter(team=cup_plan().competition.teams[0])
    return history.sort("as_of").select("as_of", "hits").rows()


def test_of_forecasts_of_one_id_and_day_only_the_one_in_force_counts(tmp_path):
    """Whatever the order of their hashes; one of another day is another forecast."""
    first, second = date(2023, 9, 15), date(2023, 9, 20)
    for k, (config_hash, share) in enumerate((("b", 200), ("c", 300), ("a", 100))):
        path = kept(tmp_path, second, (share, 500), config_hash=config_hash * 64)
        os.utime(path, ns=(k, k))
    kept(tmp_path, first, (400, 500), config_hash="d" * 64)
    found = {"a": 100, "b": 200, "c": 300}
    assert hits(tmp_path) == [(first, 400 * SHORT // 1000), (second, 100 * SHORT // 1000)]
    for config_hash, share in found.items():
        holding(tmp_path, config_hash)
        assert hits(tmp_path)[1] == (second, share * SHORT // 1000)


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(OutputError, match="No space left"):
        kept(tmp_path, date(2023, 9, 15), (500, 500))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_is_no_forecast_is_named(tmp_path):
    path = kept(tmp_path, date(2023, 9, 15), (500, 500))
    path.with_name("zero.parquet").write_bytes(b"")
    with pytest.raises(OutputError, match=r"zero\.parquet: no file of a history"):
        read_history(tmp_path, "cup")


def test_forecasts_are_in_the_order_of_their_days(tmp_path):
    kept(tmp_path, None, (1, 1), name="all", config_hash="0" * 64)
    kept(tmp_path, date(2023, 9, 20), (1, 1), name="few", config_hash="b" * 64)
    kept(tmp_path, date(2023, 9, 20), (1, 1), name="aaa", config_hash="c" * 64, runs=2 * SHORT)
    kept(tmp_path, date(2023, 9, 15), (1, 1), name="zzz", config_hash="d" * 64)
    order = in_order(read_history(tmp_path, "cup"))
    assert order["forecast_id"].to_list() == ["zzz", "few", "aaa", "all"]


def test_forecasts_without_a_day_all_count(tmp_path):
    """They may know different rounds of a competition without dates."""
    for config_hash in "ab":
        kept(tmp_path, None, (500, 500), config_hash=config_hash * 64)
    assert len(hits(tmp_path)) == 2


def test_movement_is_the_difference_to_the_last_forecast_of_an_earlier_day(tmp_path):
    first, second = date(2023, 9, 15), date(2023, 9, 20)
    kept(tmp_path, first, (500, 500), config_hash="a" * 64)
    kept(tmp_path, second, (700,), config_hash="b" * 64)
    kept(tmp_path, second, (650,), name="other", config_hash="c" * 64)
    history = read_history(tmp_path, "cup")
    assert movement_table(history, "a" * 64) is None
    moved = movement_table(history, "b" * 64)
    assert moved is not None
    (row,) = moved.iter_rows(named=True)
    assert row["previous_as_of"] == first
    assert row["change"] == pytest.approx(0.2)
    assert row["change_error"] == pytest.approx(0.003 * 2**0.5)


def test_the_printed_history_has_a_column_a_forecast_and_marks_what_is_proved(tmp_path):
    kept(tmp_path, date(2023, 9, 15), (500, 250), config_hash="a" * 64)
    kept(tmp_path, date(2023, 9, 20), (1000,), config_hash="b" * 64, status="certain")
    lines = history_lines(read_history(tmp_path, "cup"), "champion").splitlines()
    assert lines[1].split() == ["2023-09-15", "2023-09-20", "moved"]
    assert lines[2].split()[1:] == ["50", "%", "certain", "+50.0", "±", "0.42"]
    assert lines[3].split()[-2:] == ["25", "%"]


def test_the_picture_has_a_line_a_team_and_is_replaced_whole(tmp_path):
    kept(tmp_path, date(2023, 9, 15), (500, 250), config_hash="a" * 64)
    kept(tmp_path, date(2023, 9, 20), (600, 150), config_hash="b" * 64)
    histories = history_of(tmp_path, outcome="champion", out=tmp_path)
    path = tmp_path / "champion.svg"
    path.write_text("old", encoding="utf-8")
    draw_history(histories, outcome="champion", path=path)
    drawn = path.read_text("utf-8")
    assert drawn.startswith("<svg")
    assert all(text in drawn for text in ("champion", "ADA", "2023-09-15", "2023-09-20"))
    assert "[red]" in drawn
    with pytest.raises(OutputError, match="nowhere"):
        draw_history(histories, outcome="champion", path=tmp_path / "nowhere" / "a.png")
    with pytest.raises(ConfigError, match="found 2 competitions"):
        draw_history({**histories, "other": histories["cup"]}, outcome="champion", path=path)


def test_a_forecast_whose_page_fails_leaves_no_history(tmp_path, monkeypatch):
    (config,) = write_cup(tmp_path / "cup")
    result = fc.run(fc.load(config), workers=1)

    def fail(*_, **__):
        raise RuntimeError("no page")

    with monkeypatch.context() as patched:
        patched.setattr("forecast.report.pages.reader_files", fail)
        with pytest.raises(RuntimeError, match="no page"):
            result.write(tmp_path / "out")
    assert not list((tmp_path).rglob("*.parquet"))
    result.write(tmp_path / "out", report=False)
    assert len(list((tmp_path / "out" / "history").rglob("*.parquet"))) == 1


@pytest.mark.parametrize("kind", ["cut short", "a link to nothing"])
def test_a_damaged_history_costs_the_comparison_and_not_the_forecast(tmp_path, kind):
    (config,) = write_cup(tmp_path / "cup")
    out = tmp_path / "out"
    damaged = out / "history" / "competition=cup" / "forecast=old" / "0.parquet"
    damaged.parent.mkdir(parents=True)
    if kind == "cut short":
        damaged.write_bytes(b"cut short")
    else:
        damaged.symlink_to("nowhere")
    result = fc.run(fc.load(config), workers=1)
    with pytest.warns(UserWarning, match=r"0\.parquet: .*earlier forecast"):
        result.write(out)
    assert (out / "small" / "report.html").exists()
    assert len(list((out / "history" / "competition=cup" / "forecast=small").iterdir())) == 1


@pytest.mark.usefixtures("former_signals")
def test_force_replaces_the_folder_and_never_the_history(tmp_path, capsys):
    (config,) = write_cup(tmp_path / "cup")
    out = tmp_path / "out"

    def forecast(*arguments):
        return exit_code(lambda: app([str(argument) for argument in arguments]))

    run = ("run", config, "--out", out, "--no-report")
    assert forecast(*run) == 0
    assert forecast(*run, "--rng-seed", "8", "--force") == 0
    assert forecast(*run, "--rng-seed", "8", "--force") == 0
    assert len(list((out / "history/competition=cup/forecast=small").iterdir())) == 2
    assert not list((out / "small").rglob("*history*"))
    capsys.readouterr()
    for source in (config, out):
        assert forecast("history", source, "--out", out, "--outcome", "champion") == 0
        assert "all known: small" in capsys.readouterr().out
    assert forecast("history", out, "--outcome", "champion", "--picture", tmp_path / "a.svg") == 2
    assert "found 0 days with a forecast of cup; allowed two" in capsys.readouterr().err
    assert forecast("history", out, "--outcome", "champions") == 2
    assert 'did you mean "champion"?' in capsys.readouterr().err
    assert forecast("history", config, "--out", tmp_path, "--outcome", "champion") == 2
    assert "found no forecast of it" in capsys.readouterr().err
