"""Compiled code on disk: found again, and made again if its files were cut short."""

import os
import subprocess
import sys

import pytest

CODE = """
from forecast.jit import jit

@jit
def doubled(x):
    return 2 * x
"""


@pytest.fixture
def compute(tmp_path):
    """A function of a module of its own, called in a process of its own."""
    (tmp_path / "counted.py").write_text(CODE, encoding="utf-8")
    environment = {**os.environ, "FORECAST_CACHE_DIR": str(tmp_path / "cache")}
    call = (
        "import counted; print(counted.doubled(21), sum(counted.doubled.stats.cache_hits.values()))"
    )

    def run(afterwards=""):
        done = subprocess.run(  # noqa: S603 (our own code)
            [sys.executable, "-c", f"{call}; {afterwards}"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.split(), done.stderr

    return run


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_file_of_the_cache_that_was_cut_short_is_said_and_made_again(
    compute, tmp_path, kind, kept
):
    assert compute() == (["42", "0"], "")
    (path,) = (tmp_path / "cache").rglob(f"*.{kind}")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    answer, said = compute()
    assert answer == ["42", "0"]
    assert said.count("is damaged; it is deleted and made again") == 1
    assert "Traceback" not in said
    assert compute() == (["42", "1"], "")


def test_loading_imports_nothing_that_only_compiling_needs(compute):
    call = "import sys; print('numba.np.arraymath' in sys.modules, 'scipy.linalg' in sys.modules)"
    assert compute(call)[0][2:] == ["True", "True"]
    assert compute(call)[0][2:] == ["False", "False"]
