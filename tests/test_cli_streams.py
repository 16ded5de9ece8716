"""Sentences in a terminal are broken between words; in a file they are lines."""

import io
import os

import pytest

from forecast.cli.streams import fold

LADDER = "  ranked by points, then goal difference, then goals for, then away points, then lots"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    def of(columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        return Terminal()

    return of


@pytest.mark.parametrize("columns", [20, 40, 60, 84])
def test_lines_fit_a_terminal_and_lose_nothing(terminal, columns):
    text = f"Stage general_table: all teams\n{LADDER}\n\nend"
    lines = fold(text, terminal(columns)).split("\n")
    assert max(map(len, lines)) <= columns
    assert " ".join(lines).split() == text.split()


def test_what_follows_stands_further_in(terminal):
    assert fold(LADDER, terminal(40)).split("\n") == [
        "  ranked by points, then goal",
        "      difference, then goals for, then",
        "      away points, then lots",
    ]


def test_an_indented_line_keeps_its_indentation(terminal):
    assert (
        fold("    a_word_that_is_long and more", terminal(12)).split("\n")[0].startswith("    a_")
    )


@pytest.mark.parametrize("asked", [None, "0", "-3", "wide"])
@pytest.mark.parametrize(("own", "width"), [(42, 42), (0, 80)])
def test_the_width_is_that_of_the_stream(monkeypatch, asked, own, width):
    monkeypatch.delenv("COLUMNS", raising=False)
    if asked is not None:
        monkeypatch.setenv("COLUMNS", asked)
    monkeypatch.setattr(os, "get_terminal_size", lambda fd: {2: os.terminal_size((own, 24))}[fd])
    stream, other = Terminal(), Terminal()
    stream.fileno = lambda: 2
    assert len(LADDER) > 80
    folded = fold(LADDER, stream)
    monkeypatch.setenv("COLUMNS", str(width))
    assert folded == fold(LADDER, other)


def test_a_long_word_stays_whole(terminal):
    word = "configs/" + 9 * "a_long_name/"
    assert fold(f"see {word} there", terminal(40)).split("\n") == [
        "see",
        f"    {word}",
        "    there",
    ]


def test_files_keep_their_lines():
    assert fold(LADDER, io.StringIO()) == LADDER
