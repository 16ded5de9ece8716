"""Settings and fixtures shared by all tests; hypothesis is derandomised: a run is a fact."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_builders import write_cup
from hypothesis import HealthCheck, settings

import forecast as fc

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy, as the command line does

settings.register_profile(
    "project",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("project")


@pytest.fixture
def former_signals():
    """Put back the handlers of signals that the command line replaces."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    former = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, former, strict=True):
        signal.signal(number, handler)


@dataclass(frozen=True)
class Written:
    """A forecast and the folder that it wrote."""

    result: fc.Result
    folder: Path


@pytest.fixture(scope="session")
def small_cup(tmp_path_factory):
    """The forecast of the cup of `cli_builders` with all its files, which are only read."""
    (config,) = write_cup(tmp_path_factory.mktemp("cup"))
    result = fc.run(fc.load(config), workers=1)
    return Written(result, result.write(tmp_path_factory.mktemp("out")))


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the pictures out, which a process of its own takes most of a second to draw."""
    monkeypatch.setattr("forecast.report.pages.draw", lambda _: {})
