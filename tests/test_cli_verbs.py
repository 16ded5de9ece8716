"""The verbs as a user meets them: what is written, said, and returned."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from cli_builders import CLUBS, write_cup

import forecast as fc
from forecast.arrays import RUNS_PER_REPLICATE
from forecast.cli.exits import exit_code
from forecast.cli.verbs import app
from forecast.config import Overrides, load
from forecast.errors import ModelError, OutputError

TABLES = (
    "outcomes", "places", "points", "tie_breaks", "matches", "strengths", "standings", "results",
    "margins", "next_results", "status",
)  # fmt: skip
PROGRAM = [sys.executable, "-m", "forecast"]

pytestmark = pytest.mark.usefixtures("former_signals")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A config and the folder that one run of it wrote."""
    folder = tmp_path_factory.mktemp("small")
    (config,) = write_cup(folder)
    assert forecast("run", config, "--out", folder / "out") == 0
    return config, folder / "out" / "small"


def forecast(*arguments):
    return exit_code(lambda: app([str(argument) for argument in arguments]))


def contents(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def data_files(folder):
    return {name: data for name, data in contents(folder).items() if name != "provenance.json"}


def test_run_writes_every_table_twice_and_nothing_else(small):
    _, folder = small
    expected = {f"{table}.{kind}" for table in TABLES for kind in ("csv", "parquet")}
    views = {f"{view}_wide.csv" for view in ("outcomes", "places")}
    texts = {f"excel/{name}" for name in expected | views if name.endswith(".csv")}
    documents = {
        "forecast.json",
        "calibration.json",
        "datapackage.json",
        "forecast.xlsx",
        "report.html",
        "provenance.json",
    }
    shown = ("chances", "social", "places", "points")
    pictures = {f"img/{name}.{kind}" for name in shown for kind in ("svg", "png")}
    every = expected | views | texts | documents | pictures | {"SHA256SUMS"}
    assert set(contents(folder)) == every
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        "history",
        "index.html",
        "small",
    ]
    for table in TABLES:
        rows = pl.read_parquet(folder / f"{table}.parquet")
        header, *lines = (folder / f"{table}.csv").read_text("utf-8").splitlines()
        assert (header.split(","), len(lines)) == (rows.columns, rows.height)


def test_run_writes_the_same_bytes_for_any_number_of_workers(small, tmp_path):
    config, folder = small
    assert forecast("run", config, "--out", tmp_path, "--workers", 3) == 0
    assert data_files(tmp_path / "small") == data_files(folder)


def test_the_document_for_programs_holds_all_tables(small):
    _, folder = small
    document = json.loads((folder / "forecast.json").read_bytes())
    outcomes = pl.read_parquet(folder / "outcomes.parquet")
    assert tuple(document["tables"]) == TABLES
    assert [row["hits"] for row in document["tables"]["outcomes"]] == outcomes["hits"].to_list()


def test_provenance_tells_what_was_run(small):
    config, folder = small
    said = json.loads((folder / "provenance.json").read_bytes())
    plan = load(config)
    assert (said["runs"], said["replicates"]) == (16 * RUNS_PER_REPLICATE, 16)
    assert said["config_hash"] == plan.source.config_hash
    assert said["config"] == json.loads(plan.source.resolved)
    assert {entry["name"] for entry in said["inputs"]} >= {"teams.csv", "matches.csv"}
    assert said["executor"] == "threads"
    assert set(said["versions"]) == {"python", "forecast", "numpy", "numba", "scipy", "polars"}


def test_the_same_config_again_is_said_and_nothing_is_written(small, capsys):
    config, folder = small
    before = contents(folder)
    assert forecast("run", config, "--out", folder.parent) == 0
    said = capsys.readouterr()
    assert "already holds this forecast" in said.err
    assert said.out == ""
    assert contents(folder) == before


def test_a_folder_with_altered_files_is_told_from_another_forecast(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    out = tmp_path / "out"
    run = ("run", config, "--out", out, "--no-report")
    assert forecast(*run) == 0
    (out / "small" / "places.csv").write_text("1,2,3", encoding="utf-8")
    assert forecast(*run) == 3
    assert "holds this forecast, but its files are not as they were" in capsys.readouterr().err
    assert forecast(*run, "--force") == 0
    assert forecast("fit", config, "--out", out) == 0
    (out / "small.fit" / "strengths.csv").write_text("1,2,3", encoding="utf-8")
    assert forecast("fit", config, "--out", out) == 3
    assert "holds this forecast, but its files are not as they were" in capsys.readouterr().err


def test_another_config_is_refused_until_forced(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    out = tmp_path / "out"
    run = ("run", config, "--out", out, "--no-report")
    assert forecast(*run) == 0
    before = contents(out / "small")
    assert forecast(*run, "--rng-seed", 8) == 3
    assert "--force" in capsys.readouterr().err
    assert contents(out / "small") == before
    assert forecast(*run, "--rng-seed", 8, "--force") == 0
    assert json.loads((out / "small/provenance.json").read_bytes())["rng_seed"] == 8
    assert sorted(path.name for path in out.iterdir()) == ["history", "index.html", "small"]


def test_run_prints_a_table_with_names_as_they_are(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    assert forecast("run", config, "--out", tmp_path / "out", "--no-report") == 0
    printed = capsys.readouterr().out
    assert "Cup [bold]of[/bold] four" in printed
    assert all(club in printed for club in CLUBS)
    assert "finalist" in printed


def test_fit_prints_and_writes_strengths_where_no_forecast_is(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    assert forecast("fit", config, "--out", tmp_path / "out") == 0
    assert "±" in capsys.readouterr().out
    folder = tmp_path / "out" / "small.fit"
    assert set(contents(folder)) == {
        "strengths.csv", "strengths.parquet", "provenance.json", "SHA256SUMS"
    }  # fmt: skip
    assert forecast("fit", config, "--out", tmp_path / "out") == 0
    said = capsys.readouterr()
    assert "already holds" in said.err
    assert "±" in said.out


def test_check_says_the_plan_and_writes_nothing(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert forecast("check", config) == 0
    assert "league" in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before


def test_check_proves_one_line_and_names_what_it_does_not_know(tmp_path, capsys):
    (config,) = write_cup(tmp_path)
    assert forecast("check", config, "--prove", "ADA", "champion") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("ADA, champion: open.\nIn league, places 1 to 2 can lead to it")
    assert forecast("check", config, "--prove", "ADO", "champion") == 2
    assert 'found "ADO" (did you mean "ADA"?)' in capsys.readouterr().err
    assert forecast("check", config, "--prove", "ADA", "title") == 2
    assert "allowed finalist or champion" in capsys.readouterr().err


def test_one_bad_config_of_a_batch_is_named_and_the_others_finish(tmp_path, capsys):
    first, bad, last = write_cup(tmp_path, ["first", "bad", "last"])
    bad.write_text("schema_version = 1\nid = 'bad'\n", encoding="utf-8")
    assert forecast("run", first, bad, last, "--out", tmp_path / "out", "--no-report") == 2
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["first", "history", "index.html", "last"]
    summary = capsys.readouterr().err.splitlines()[-3:]
    assert summary == [f"{first}: done", f"{bad}: failed (exit code 2)", f"{last}: done"]


def test_a_config_that_is_named_twice_runs_once(tmp_path, capsys):
    first, last = write_cup(tmp_path, ["first", "last"])
    out = ("--out", tmp_path / "out", "--no-report")
    assert forecast("run", tmp_path, first, tmp_path / "." / "last.toml", *out) == 0
    assert capsys.readouterr().err.splitlines()[-2:] == [f"{first}: done", f"{last}: done"]


def test_a_link_to_a_config_elsewhere_is_another_forecast(tmp_path, capsys):
    """The files that it names are looked up beside the link."""
    (first,) = write_cup(tmp_path / "one")
    (other,) = write_cup(tmp_path / "two")
    other.unlink()
    other.symlink_to(first)
    assert forecast("run", first, other, "--out", tmp_path / "out") == 2
    assert "nothing was run" in capsys.readouterr().err


def test_two_configs_of_one_id_are_refused_before_any_run(tmp_path, capsys):
    first, other = write_cup(tmp_path, ["first", "other"])
    other.write_bytes(first.read_bytes())
    assert forecast("run", first, other, "--out", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()
    assert "nothing was run" in capsys.readouterr().err


def test_a_missing_config_is_a_usage_error_without_traceback(tmp_path, capsys):
    assert forecast("run", tmp_path / "none.toml") == 2
    said = capsys.readouterr().err
    assert "none.toml" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "options",
    [
        ("--runs", "0"),
        ("--runs", "many"),
        ("--workers", "0"),
        ("--runs", "10", "--target-error", "0.01"),
        ("--target-error", "nan"),
        ("--unknown",),
    ],
)
def test_bad_options_are_usage_errors(tmp_path, options):
    (config,) = write_cup(tmp_path)
    assert forecast("run", config, "--out", tmp_path / "out", *options) == 2
    assert not (tmp_path / "out").exists()


def test_a_bug_of_ours_has_its_own_code_and_a_traceback(tmp_path, capsys, monkeypatch):
    (config,) = write_cup(tmp_path)
    monkeypatch.setattr("forecast.tables.check_counts", lambda *_: 1 / 0)
    assert forecast("run", config, "--out", tmp_path / "out") == 70
    said = capsys.readouterr().err
    assert "this is a bug of forecast" in said
    assert "Traceback" in said
    assert not (tmp_path / "out").exists()


def test_python_gives_the_same_numbers_and_the_same_folder(small, small_cup):
    config, folder = small
    result, written = small_cup.result, small_cup.folder
    assert result.outcomes.equals(pl.read_parquet(folder / "outcomes.parquet"))
    assert data_files(written) == data_files(folder)
    assert result.write(written.parent) == written
    with pytest.raises(OutputError, match="--force"):
        fc.run(fc.load(config, Overrides(rng_seed=9))).write(written.parent)


def test_runs_from_python_are_the_config_with_those_runs(small):
    config, _ = small
    result = fc.run(fc.load(config), runs=600_000, workers=1)
    assert result.counts.runs == 19 * RUNS_PER_REPLICATE
    assert result.plan.source == load(config, Overrides(runs=600_000)).source


def test_a_target_error_is_met_at_a_doubling_and_extends_the_same_replicates(small, monkeypatch):
    config, _ = small
    sixteen = fc.run(fc.load(config)).outcomes["std_error"].max()
    plan = load(config, Overrides(target_error=0.9 * sixteen))
    result = fc.run(plan)
    assert result.counts.replicates == 32
    assert result.outcomes["std_error"].max() <= 0.9 * sixteen
    assert result.outcomes.equals(fc.run(plan, runs=32 * RUNS_PER_REPLICATE).outcomes)
    monkeypatch.setattr("forecast.simulate.enough.MOST_REPLICATES", 16)
    with pytest.raises(ModelError, match="target_error"):
        fc.run(plan)


def finished(command, folder, **options):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(  # noqa: S603 (our own program)
        [str(part) for part in command], cwd=folder, timeout=120, check=False, **pipes
    )


def started(command, folder):
    return subprocess.Popen(  # noqa: S603 (our own program)
        [str(part) for part in command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


HEAVY = ("numpy", "scipy", "numba", "polars")


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("check", "small.toml")])
def test_help_and_check_import_nothing_heavy(tmp_path, arguments):
    write_cup(tmp_path)
    script = (
        "import sys\nfrom forecast.cli.exits import exit_code\nfrom forecast.cli.verbs import app\n"
        f"assert exit_code(lambda: app({list(arguments)!r})) == 0\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    done = finished([sys.executable, "-c", script], tmp_path)
    assert done.returncode == 0, done.stderr


def test_help_imports_no_more_than_typer_and_light_modules(tmp_path):
    """A count, not seconds: `typer` alone loads about 250 modules."""
    script = "import sys, forecast.cli\nprint(len(sys.modules), 'pydantic' in sys.modules)"
    loaded, pydantic = finished([sys.executable, "-c", script], tmp_path).stdout.split()
    assert int(loaded) < 400
    assert pydantic == b"False"


def test_a_reader_who_leaves_early_is_no_error(tmp_path):
    (config,) = write_cup(tmp_path)
    with started([*PROGRAM, "check", config], tmp_path) as process:
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_a_full_disk_behind_stdout_is_an_output_error(tmp_path):
    (config,) = write_cup(tmp_path)
    with Path("/dev/full").open("w") as full:
        done = finished([*PROGRAM, "check", config], tmp_path, stdout=full)
    assert done.returncode == 3
    assert done.stderr.startswith(b"stdout: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"TERM": "dumb", "NO_COLOR": "1"},
        {"COLUMNS": "20", "PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "1"},
    ],
)
def test_any_terminal_gets_the_table(tmp_path, environment, small):
    config, _ = small
    command = [*PROGRAM, "fit", config, "--out", tmp_path]
    done = finished(command, tmp_path, env={"PATH": "", **environment})
    assert done.returncode == 0, done.stderr
    assert b"A" in done.stdout
    assert b"\x1b" not in done.stdout


def test_a_signal_while_the_verbs_are_imported_leaves_no_traceback(tmp_path):
    code = """
import signal, sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
from forecast.cli import main
main()
"""
    done = finished([sys.executable, "-c", code], tmp_path)
    assert done.returncode == -signal.SIGINT  # of which shells make 130
    assert done.stderr == b""


STOPPED_IN = """
import signal, sys, time
from forecast.cli.exits import exit_code

class Callback:
    def __del__(self):  # what it raises is lost
        signal.raise_signal(signal.SIGTERM)
        for _ in range(1000):
            pass

def lose():
    Callback()
    time.sleep(30)

def tidy():
    try:
        signal.raise_signal(signal.SIGTERM)
        time.sleep(30)
    finally:
        time.sleep(2.5)
        print("tidied up", flush=True)

sys.exit(exit_code({}))
"""


@pytest.mark.parametrize(("program", "said"), [("lose", b""), ("tidy", b"tidied up\n")])
def test_what_a_signal_raised_is_raised_again_if_it_got_lost_and_only_then(tmp_path, program, said):
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 (our own text)
        [sys.executable, "-c", STOPPED_IN.format(program)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert time.monotonic() - began < 25
    assert done.returncode == 128 + signal.SIGTERM
    assert done.stdout == said
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("number", "after"),
    [
        (signal.SIGINT, 0.3),
        (signal.SIGTERM, 0.3),
        (signal.SIGINT, 2.0),
        (signal.SIGTERM, 2.0),
        (signal.SIGINT, 5.0),  # polars hears it first
    ],
)
def test_a_signal_stops_cleanly(tmp_path, number, after, monkeypatch):
    """So many seconds after the folder was claimed: before the simulation, in it, in a first one.

    Of that compiling alone takes longer.
    """
    (config,) = write_cup(tmp_path)
    if after > 2.0:
        monkeypatch.setenv("FORECAST_CACHE_DIR", str(tmp_path / "cache"))
    command = [*PROGRAM, "run", config, "--runs", "400000000", "--workers", "1", "--out", "out"]
    with started(command, tmp_path) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "out" / ".small.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(after)
        process.send_signal(number)
        stopped = time.monotonic()
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert time.monotonic() - stopped < 5
    assert output == b""
    assert errors.decode().startswith(f"stopped by {number.name}")
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "out").exists()
