"""Two processes compile the kernel; what becomes of the other one changes nothing but the time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import forecast as fc
from forecast import jit
from forecast.jit import Part
from forecast.kernel.parts import PARTS, signatures
from forecast.lowering import lower
from forecast.reference import by_reference
from forecast.simulate import compiling
from forecast.simulate.threads import WORKPLACE, empty_tally, play_strengths

CUP = "configs/copa_peru_2023/pre_tournament.toml"


@pytest.fixture(scope="module")
def season():
    return lower(fc.load(CUP), 0.45)


def played(season):
    strengths = np.zeros((1, 2 + 2 * season.teams))
    return play_strengths(season, strengths, rng_seed=1, replicate=0)


@pytest.fixture(scope="module")
def arrays(season):
    """What the kernel is compiled for; it is compiled."""
    played(season)
    return season.program, WORKPLACE.bench, by_reference(empty_tally(season))


@pytest.fixture
def nothing_made(monkeypatch):
    """Let a helper start, though all is in the cache of these tests, on one core, too."""
    monkeypatch.setattr(Part, "is_made", lambda *_: False)
    monkeypatch.setattr(compiling, "available_workers", lambda: 2)


@pytest.mark.usefixtures("nothing_made")
def test_the_helper_leaves_what_it_compiles_where_this_process_looks(tmp_path, monkeypatch, arrays):
    folder = tmp_path / "forecast" / Path(jit._FOLDER).name
    monkeypatch.setattr(jit, "_FOLDER", str(folder))
    monkeypatch.setattr(compiling, "HELPED", ("count_needs",))
    wanted = signatures(*arrays)
    helper = compiling.start_helper(wanted)
    assert os.getpgid(helper.pid) != os.getpgrp()  # Ctrl-C is not for it
    assert helper.wait(100) == 0
    compiling.finish(helper)
    made = Part(PARTS.count_needs.function)._make(wanted.count_needs)
    made.compile()
    assert made.cache_hits == 1
    assert len(list(folder.rglob("parts.count_needs-*.nbi"))) == 1


def test_no_helper_starts_where_there_is_nothing_for_it_to_do(tmp_path, monkeypatch, arrays):
    wanted = signatures(*arrays)
    monkeypatch.setattr(compiling, "available_workers", lambda: 2)
    assert compiling.start_helper(wanted) is None  # all is cached
    monkeypatch.setattr(Part, "is_made", lambda *_: False)
    for module, name, value in (
        (compiling, "available_workers", lambda: 1),
        (jit, "_FOLDER", str(tmp_path)),  # which nobody else would find
        (sys, "executable", None),  # as in a program that Python is a part of
        (sys, "executable", ""),
        (sys, "executable", str(tmp_path / "missing")),
        (sys, "frozen", True),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(module, name, value, raising=False)
            assert compiling.start_helper(wanted) is None, (name, value)
    monkeypatch.setenv(compiling.IS_HELPER, "1")
    assert compiling.start_helper(wanted) is None


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("helper", ["exit 1", "exec sleep 100"])
def test_without_the_help_of_another_process_this_one_has_all_parts(
    helper, tmp_path, monkeypatch, arrays, season
):
    expected = played(season)
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{helper}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(compiling, "PATIENCE", 0.1)
    begun = compiling.Compiling(signatures(*arrays))
    assert all(part.address for part in begun.parts(*arrays).fields)
    assert begun._helper.poll() is not None
    monkeypatch.setattr(WORKPLACE, "compiling", begun)
    found = played(season)
    assert found.occupancy.tolist() == expected.occupancy.tolist()
    assert found.points.tolist() == expected.points.tolist()


@pytest.mark.usefixtures("nothing_made")
def test_this_process_does_its_half_before_it_waits(monkeypatch, arrays):
    done = []
    monkeypatch.setattr(compiling, "start_helper", lambda _: "helper")
    monkeypatch.setattr(compiling, "finish", lambda _: done.append("waited"))
    monkeypatch.setattr(compiling, "compile_replicate", lambda *_: done.append("play_replicate"))
    monkeypatch.setattr(compiling, "compile_part", lambda name, _: done.append(name) or 1)
    compiling.Compiling(signatures(*arrays)).parts(*arrays)
    assert done[:3] == ["play_table", "play_replicate", "waited"]
    assert sorted(done[3:]) == sorted(PARTS._fields)


@pytest.mark.usefixtures("nothing_made")
def test_the_helper_runs_nothing_of_the_current_folder(tmp_path, monkeypatch, arrays):
    (tmp_path / "random.py").write_text("open('run', 'w')\n", encoding="utf-8")
    (tmp_path / "forecast").mkdir()
    (tmp_path / "forecast" / "__init__.py").write_text("open('run', 'w')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compiling, "HELPED", ())
    helper = compiling.start_helper(signatures(*arrays))
    assert helper.wait(100) == 0
    compiling.finish(helper)
    assert not (tmp_path / "run").exists()


def test_a_failure_to_compile_is_told_each_time_and_not_kept(monkeypatch):
    """As when the disk is full: later calls have another chance."""
    tried = []

    class Refusing:
        address = 7

        def compile(self):
            tried.append(self)
            if len(tried) < 3:
                raise OSError("no space left")

    part = Part(lambda: None)
    monkeypatch.setattr(part, "_make", lambda _: Refusing())
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            part.address("signature")
    assert [part.address("signature") for _ in range(2)] == [7, 7]
    assert len(tried) == 3


PARENT = f"""
import os
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate import compiling
from forecast.simulate.threads import WORKPLACE
compiling.available_workers = lambda: 2
WORKPLACE.prepare(lower(load({CUP!r}), 0.45))
print(WORKPLACE.compiling._helper.pid, flush=True)
os._exit(0)
"""


def is_running(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
def test_the_helper_ends_with_the_process_that_it_helps(tmp_path):
    """It would compile for ten seconds and more, for their cache is empty."""
    said = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", PARENT], capture_output=True, text=True, check=True,
        env={**os.environ, "FORECAST_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    helper, began = int(said.stdout), time.monotonic()
    while is_running(helper) and time.monotonic() < began + 60:
        time.sleep(0.05)
    assert not is_running(helper)
    assert not list(tmp_path.rglob("parts.*.nbi"))


QUIET = f"""
import forecast as fc
from forecast.lowering import lower
from forecast.simulate import compiling
from forecast.simulate.threads import WORKPLACE
compiling.available_workers = lambda: 2
WORKPLACE.prepare(lower(fc.load({CUP!r}), 0.45))
assert WORKPLACE.compiling._helper.poll() is None
"""


def test_a_process_that_ends_without_a_run_ends_its_helper_in_silence(tmp_path):
    done = subprocess.run(  # noqa: S603 (same)
        [sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-c", QUIET],
        capture_output=True, text=True, check=True,
        env={**os.environ, "FORECAST_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
