"""Compiled code on disk: found again, and made again if its files were cut short."""

import os
import subprocess
import sys

import pytest

from forecast.jit import cache_folder

DAMAGES = [(kind, kept) for kind in ("nbi", "nbc") for kept in (0.0, 0.5, 0.99)]
"""Which file of a function is cut short, and how much of it is left."""

NAMES = [f"doubled_{number}" for number in range(len(DAMAGES))]

CODE = "from forecast.jit import jit\n" + "".join(
    f"\n@jit\ndef {name}(x):\n    return 2 * x\n" for name in NAMES
)

CALL = f"""
import sys, counted
for name in {NAMES}:
    function = getattr(counted, name)
    print(function(21), sum(function.stats.cache_hits.values()))
print("numba.np.arraymath" in sys.modules, "scipy.linalg" in sys.modules)
"""


def said_by(code, folder):
    """Return the output and the errors of a process of its own, whose cache is in the folder."""
    environment = {**os.environ, "FORECAST_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", code],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr


@pytest.fixture
def compute(tmp_path):
    """The functions of a module of its own, called in a process of its own.

    Returns the line of each, what was imported, and what was said.
    """
    (tmp_path / "counted.py").write_text(CODE, encoding="utf-8")

    def run():
        (*answers, imported), errors = said_by(CALL, tmp_path)
        return answers, imported, errors

    return run


def test_a_file_of_the_cache_that_was_cut_short_is_said_and_made_again(compute, tmp_path):
    """Each function loses another file; the last call imports nothing that only compiling needs."""
    made, loaded = ["42 0"] * len(NAMES), ["42 1"] * len(NAMES)
    assert compute() == (made, "True True", "")
    for name, (kind, kept) in zip(NAMES, DAMAGES, strict=True):
        (path,) = (tmp_path / "cache").rglob(f"counted.{name}-*.{kind}")
        content = path.read_bytes()
        path.write_bytes(content[: int(kept * len(content))])
    answers, _, said = compute()
    assert answers == made
    assert said.count("is damaged; it is deleted and made again") == len(NAMES)
    assert "Traceback" not in said
    assert compute() == (loaded, "False False", "")


MIXED = """
from counted import doubled
for x in (21, 1.5):
    print(doubled(x))
"""


def test_code_of_another_signature_is_not_run(tmp_path):
    """Two processes that first save code of one function at once may both take the first number."""
    (tmp_path / "counted.py").write_text(CODE.replace("doubled_0", "doubled"), encoding="utf-8")
    assert said_by(MIXED, tmp_path) == (["42", "3.0"], "")
    one, two = sorted((tmp_path / "cache").rglob("counted.doubled-*.nbc"))
    one.write_bytes(two.read_bytes())
    answers, said = said_by(MIXED, tmp_path)
    assert answers == ["42", "3.0"]
    assert said.count("is damaged; it is deleted and made again") == 1
    assert said_by(MIXED, tmp_path) == (["42", "3.0"], "")


def test_without_a_home_code_is_kept_in_a_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("FORECAST_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user without one
    folder = cache_folder()
    assert folder.is_dir()
    assert folder.is_absolute()
    assert not list(tmp_path.iterdir())
    folder.rmdir()


def test_the_folder_of_compiled_code_may_be_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECAST_CACHE_DIR", ".")
    assert cache_folder().parent.resolve() == tmp_path / "forecast"
