"""`forecast report`: pages again from stored results, and clear refusals."""

import shutil

import pytest
from cli_builders import write_cup

from forecast.cli.exits import exit_code
from forecast.cli.verbs import app


def forecast(*arguments):
    return exit_code(lambda: app([str(argument) for argument in arguments]))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    (config,) = write_cup(folder)
    assert forecast("run", config, "--out", folder / "out", "--no-report") == 0
    return folder / "out" / "small"


@pytest.fixture
def folder(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "small")


@pytest.mark.usefixtures("undrawn")
def test_pages_can_be_left_out_and_made_later(folder, capsys):
    assert not (folder / "report.html").exists()
    assert forecast("report", folder) == 0
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n"
    assert '<html lang="es-PE">' in (folder / "report.html").read_text("utf-8")
    assert forecast("report", folder, "--lang", "en") == 0
    assert '<html lang="en">' in (folder / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("undrawn")
def test_a_run_still_knows_its_folder_after_its_pages_were_made_again(folder, kept, capsys):
    forecast("report", folder, "--lang", "en")
    config = kept.parent.parent / "small.toml"
    assert forecast("run", config, "--out", folder.parent) == 0
    assert "already holds" in capsys.readouterr().err


@pytest.mark.usefixtures("former_signals")
def test_running_again_adds_the_pages_that_were_left_out_and_simulates_nothing(
    folder, kept, tmp_path, small_cup, *, monkeypatch, capsys
):
    config = kept.parent.parent / "small.toml"
    monkeypatch.setattr("forecast.pipeline.run", lambda *_, **__: pytest.fail("it simulated"))
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    assert forecast("run", config, "--out", tmp_path, "--no-report") == 0
    assert not (folder / "report.html").exists()
    assert forecast("run", config, "--out", tmp_path) == 0
    assert "already holds this forecast, its pages were added" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == before
    names = ("report.html", "forecast.xlsx", "outcomes_wide.csv", "img/social.png")
    assert all((folder / name).is_file() for name in names)
    assert forecast("run", config, "--out", tmp_path) == 0
    assert "added" not in capsys.readouterr().err
    whole = small_cup.folder / "SHA256SUMS"
    assert (folder / "SHA256SUMS").read_bytes() == whole.read_bytes()


def test_a_run_that_was_stopped_before_its_history_keeps_it_when_run_again(folder, kept, tmp_path):
    config = kept.parent.parent / "small.toml"
    (there,) = (kept.parent / "history").rglob("*.parquet")
    assert forecast("run", config, "--out", tmp_path, "--no-report") == 0
    (again,) = (tmp_path / "history").rglob("*.parquet")
    assert folder.is_dir()
    assert again.relative_to(tmp_path) == there.relative_to(kept.parent)
    assert again.read_bytes() == there.read_bytes()


@pytest.mark.usefixtures("undrawn")
def test_one_bad_folder_stops_no_other(folder, tmp_path, capsys):
    assert forecast("report", tmp_path / "none", folder) == 2
    output = capsys.readouterr()
    assert output.err == f"{tmp_path / 'none'}: no such folder\n"
    assert output.out.endswith("report.html\n")


def test_a_damaged_folder_is_left_as_it_is(folder, capsys):
    (folder / "outcomes.parquet").write_bytes(b"PAR1")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert forecast("report", folder) == 2
    assert "outcomes.parquet: found another content" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_unknown_language_is_refused_first(folder, capsys):
    assert forecast("report", folder, "--lang", "xx") == 2
    assert capsys.readouterr().err == "--lang: found 'xx', allowed en, es\n"
