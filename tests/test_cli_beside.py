"""Forecasts of a big batch in several processes: the same files and words, and one clean stop."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from cli_builders import write_cup

from forecast.cli import batch, beside
from forecast.cli.beside import side_by_side
from forecast.cli.exits import exit_code
from forecast.cli.verbs import app

PROGRAM = [sys.executable, "-m", "forecast"]

pytestmark = pytest.mark.usefixtures("former_signals")


def forecast(*arguments):
    return exit_code(lambda: app([str(argument) for argument in arguments]))


def data_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "provenance.json"
    }


def test_several_processes_write_and_say_what_one_does(tmp_path, capsys, monkeypatch):
    """A forecast that fails, here for another's folder, leaves the others alone."""
    # Names of one length: lines are as wide as the longest, and that has the path.
    alone, aside = tmp_path / "alone", tmp_path / "aside"
    for out in (alone, aside):
        (out / "c").mkdir(parents=True)
        (out / "c" / "mine.txt").write_text("mine", "utf-8")
    asked = ("run", *write_cup(tmp_path, ids=("a", "b", "c", "d")), "--no-report")
    code = forecast(*asked, "--workers", 1, "--out", alone)
    expected = capsys.readouterr()
    monkeypatch.setattr(batch, "MANY", 1)
    assert forecast(*asked, "--workers", 2, "--out", aside) == code == 3
    found = capsys.readouterr()
    assert found.out.replace(str(aside), str(alone)) == expected.out
    assert found.err.replace(str(aside), str(alone)) == expected.err
    assert expected.out.count("Cup") == 3
    assert expected.err.count("failed (exit code 3)") == 1
    assert data_files(aside) == data_files(alone)


def say_or_die(item):
    """Work of a process; the last item kills it, as a machine without memory would."""
    if item == "last":
        time.sleep(2)  # until the others are done
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.write(f"{item}\n")
    return 0, "done"


def test_what_a_killed_process_leaves_undone_is_told_from_what_is_done():
    items = ["one", "two", "three", "last"]
    *done, undone = side_by_side(say_or_die, items, processes=2)
    assert [said.output for said in done] == ["one\n", "two\n", "three\n"]
    assert undone is None


@pytest.mark.parametrize(
    ("forecasts", "asked", "processes"), [(8, None, 1), (16, 2, 2), (200, 3, 3), (17, 8, 2)]
)
def test_a_batch_gets_as_many_processes_as_it_is_worth(forecasts, asked, processes):
    assert batch._cores_for(forecasts, asked) == processes


class Interrupted(BaseException):
    pass


def test_a_signal_that_another_thread_takes_waits_until_all_processes_are_started():
    """The one who does not mask it: its handler would run here, in the middle of a start."""

    def stop(_number, _frame):
        raise Interrupted

    class Pool:
        started = 0

        def submit(self, *_):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.05)  # for the other thread to take it
            self.started += 1

    signal.signal(signal.SIGTERM, stop)
    pool, rest = Pool(), threading.Event()
    unmasked = threading.Thread(target=rest.wait)
    unmasked.start()
    try:
        with pytest.raises(Interrupted):
            beside._submitted(pool, print, range(3))
    finally:
        rest.set()
        unmasked.join()
    assert pool.started == 3
    assert signal.getsignal(signal.SIGTERM) is stop


def wait_for(out, locks):
    """Wait until the first forecast is there, and so many others have begun."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        begun = len(list(out.glob(".f*.lock")))
        if (out / "f00" / "outcomes.csv").exists() and begun >= locks:
            break
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("locks", "after"), [(0, 0.05), (0, 0.3), (2, 0.5)])
def test_a_signal_stops_all_processes_and_leaves_nothing_half_done(tmp_path, number, locks, after):
    """While they start, while they import, and in the middle of long simulations.

    SIGINT comes to all of them, as from a terminal, SIGTERM to the first one alone.
    """
    ids = [f"f{k:02d}" for k in range(17)]
    first, *others = write_cup(tmp_path, ids=ids)
    for path in others:
        long = path.read_text("utf-8").replace("runs = 1000", "runs = 4_000_000_000")
        path.write_text(long, "utf-8")
    out = tmp_path / "out"
    command = [*PROGRAM, "run", first, *others, "--no-report", "--workers", "2", "--out", out]
    with subprocess.Popen(  # noqa: S603 (our own program)
        list(map(str, command)),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        wait_for(out, locks)
        time.sleep(after)
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        stopped = time.monotonic()
        _, errors = process.communicate(timeout=60)
        assert time.monotonic() - stopped < 30
        assert process.returncode == 128 + number
    (stopping,) = errors.decode().splitlines()
    assert stopping.startswith(f"stopped by {number.name}")
    assert {path.name for path in out.iterdir()} <= {"f00", "history", "index.html"}
    assert (out / "f00" / "outcomes.csv").exists()
