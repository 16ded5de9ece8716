"""What a start must not import, and what must be set before an import."""

import subprocess
import sys


def modules_after(code):
    """Return the modules of a new process that ran `code`."""
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_threads_of_the_linear_algebra_are_limited_before_numpy_is_imported():
    code = "import os; os.environ.pop('OPENBLAS_NUM_THREADS', None)\nimport forecast.cli"
    assert "numpy" not in modules_after(code)
    assert "numpy" in modules_after(
        f"{code}\nassert os.environ['OPENBLAS_NUM_THREADS'] == '1'\nimport forecast.pipeline"
    )


def test_a_forecast_imports_neither_statistics_nor_optimisers_of_scipy():
    code = (
        "import forecast as fc\n"
        "plan = fc.load('configs/copa_peru_2023/pre_tournament.toml')\n"
        "fc.run(plan, runs=1)"
    )
    assert not {"scipy.stats", "scipy.optimize"} & modules_after(code)


def test_the_peak_of_memory_is_that_of_a_process_alone():
    """What `getrusage` says begins with the peak of the process that started this one."""
    code = "from forecast.bench import peak_memory_mb; print(peak_memory_mb())"
    peak = subprocess.check_output([sys.executable, "-c", code], text=True)  # noqa: S603 (same)
    start = f"subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    large = f"import subprocess, sys, numpy; x = numpy.ones(80_000_000); {start}"
    child = subprocess.check_output([sys.executable, "-c", large], text=True)  # noqa: S603 (same)
    assert float(child) < float(peak) + 100
