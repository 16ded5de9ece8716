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
from forecast.kernel.parts import PARTS
from forecast.lowering import lower
from forecast.reference import by_reference
from forecast.simulate import compiling
from forecast.simulate.threads import WORKPLACE, empty_tally, play_strengths

CUP = "configs/copa_peru_2023/pre_tournament.toml"


@pytest.fixture(scope="module")
def season():
    return lower(fc.load(CUP), 0.45)


@pytest.fixture(scope="module")
def arrays(season):
    WORKPLACE.prepare(season)
    return season.program, WORKPLACE.bench, by_reference(empty_tally(season))


@pytest.fixture
def nothing_cached(monkeypatch):
    """Let the process start that helps to compile, though all is in the cache of these tests."""
    monkeypatch.setattr(Part, "is_cached", lambda *_: False)


@pytest.mark.usefixtures("nothing_cached")
def test_the_helper_leaves_what_it_compiles_where_this_process_looks(tmp_path, monkeypatch, arrays):
    folder = tmp_path / "forecast" / Path(jit._FOLDER).name
    monkeypatch.setattr(jit, "_FOLDER", str(folder))
    monkeypatch.setenv("FORECAST_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiling, "HELPED", ("count_needs",))
    found = compiling.signatures(*arrays)
    helper = compiling.start_helper(found)
    assert helper.wait(100) == 0
    compiling.finish(helper)
    made = Part(PARTS.count_needs.function)._make(found.count_needs)
    made.compile()
    assert made.cache_hits == 1
    assert len(list(folder.rglob("parts.count_needs-*.nbi"))) == 1


@pytest.mark.usefixtures("nothing_cached")
@pytest.mark.parametrize("helper", ["none", "fails", "stays"])
def test_without_the_help_of_another_process_this_one_has_all_parts(
    helper, tmp_path, monkeypatch, arrays, season
):
    program = tmp_path / "python"
    if helper != "none":
        program.write_text("#!/bin/sh\n" + {"fails": "exit 1", "stays": "exec sleep 100"}[helper])
        program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(compiling, "PATIENCE", 0.1)
    begun = compiling.Compiling(*arrays)
    assert (begun._helper is None) == (helper == "none")
    addresses = [part.address for part in begun.parts(*arrays).fields]
    assert all(addresses)
    assert begun._helper is None or begun._helper.poll() is not None
    monkeypatch.setattr(WORKPLACE, "compiling", begun)
    strengths = np.zeros((1, 2 + 2 * season.teams))
    assert play_strengths(season, strengths, rng_seed=1, replicate=0).occupancy.sum() > 0


PARENT = f"""
import os
from forecast import jit
from forecast.jit import Part
from forecast.config import load
from forecast.lowering import lower
from forecast.simulate.threads import WORKPLACE
Part.is_cached = lambda *_: False
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
    """It would compile for ten seconds and more: its cache is empty, unlike that of its parent."""
    said = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", PARENT], capture_output=True, text=True, check=True,
        env={**os.environ, "FORECAST_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    helper, began = int(said.stdout), time.monotonic()
    while is_running(helper) and time.monotonic() < began + 60:
        time.sleep(0.05)
    assert not is_running(helper)
    assert not list(tmp_path.rglob("parts.*.nbi"))


@pytest.mark.usefixtures("nothing_cached")
def test_code_that_nobody_else_would_find_is_compiled_alone(tmp_path, monkeypatch, arrays):
    monkeypatch.setattr(jit, "_FOLDER", str(tmp_path))
    assert compiling.start_helper(compiling.signatures(*arrays)) is None
