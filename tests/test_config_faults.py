"""Every broken input is refused in one message with file, line and key; see tests/faults."""

import os
import re
import shutil
import threading
import time
import tomllib
from pathlib import Path

import pytest

from forecast.config import Overrides, find_configs, load
from forecast.errors import ConfigError

FAULTS = Path(__file__).parent / "faults"
CASES = tomllib.loads((FAULTS / "cases.toml").read_text(encoding="utf-8"))["case"]
SHAPE = re.compile(r"[^\n]+:\d+: [^\n]+?: found [^\n]+, allowed [^\n]+|… and \d+ more problems?")
MACROS = {"%5000": "x" * 5000, "%teams1001": "\n".join(f"Club {k}" for k in range(1001))}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(FAULTS / "base", tmp_path / "base")
    return tmp_path / "base"


def patch(folder, file, old, new):
    path = folder / file
    for macro, text in MACROS.items():
        new = new.replace(macro, text)
    if old == "%all":
        path.write_text(new, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(path):
    start = time.perf_counter()
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert time.perf_counter() - start < 10
    message = str(caught.value)
    assert caught.value.exit_code == 2
    assert all(SHAPE.fullmatch(line) for line in message.split("\n")), message
    return message


def test_the_base_of_all_cases_is_valid(folder):
    assert load(folder / "forecast.toml").id == "tiny"


def test_no_two_cases_share_a_name():
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_broken_input_is_refused_where_it_is_broken(folder, case):
    for file, old, new in case["patch"]:
        patch(folder, file, old, new)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    message = refused(folder / "forecast.toml")
    lines = message.replace(f"{folder}{os.sep}", "").replace(str(folder), "").split("\n")
    assert any(line.startswith(case["says"]) for line in lines), message
    assert before == {path: path.read_bytes() for path in folder.iterdir()}


def test_an_empty_file_lacks_what_is_required(folder):
    (folder / "forecast.toml").write_bytes(b"")
    message = refused(folder / "forecast.toml")
    for key in ("schema_version", "id", "competition", "simulation"):
        assert f"forecast.toml:1: {key}: found nothing" in message


BYTES = {
    "latin-1": (
        "id = 1\nname = Jaén\n".encode("latin-1"),
        ":2: file: found a byte that is not UTF-8 at offset 16",
    ),
    "NUL": (b"id = 1\n\x00", ":2: file: found a NUL byte at offset 7"),
    "over 1 MiB": (b"#" * (1 << 20) + b"\n", ":1: file: found more than 1,048,576 bytes"),
    "5,000 nested lists": (
        b"a = " + b"[" * 5000 + b"]" * 5000,
        "syntax: found lists or tables nested too deep",
    ),
    "a key of 20,000 parts": (
        b"b = 1\n" + b".".join([b"a"] * 20000) + b" = 1",
        ":2: syntax: found a very long dotted key",
    ),
    "a quoted key of 20,000 parts": (
        b".".join([b'"a"'] * 20000) + b" = 1",
        ":1: syntax: found a very long dotted key",
    ),
    "an integer of 5,000 digits": (
        b"a = 1\nb = " + b"9" * 5000,
        ":2: syntax: found a number that is too long",
    ),
}


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize("file", ["forecast.toml", "competition.toml"])
def test_bytes_that_are_no_toml_are_refused(folder, name, file):
    content, says = BYTES[name]
    (folder / file).write_bytes(content)
    message = refused(folder / "forecast.toml")
    assert f"{file}" in message
    assert says in message


@pytest.mark.parametrize("file", ["teams.csv", "matches.csv"])
@pytest.mark.parametrize("name", ["latin-1", "NUL"])
def test_bytes_that_are_no_text_are_refused(folder, name, file):
    content, says = BYTES[name]
    (folder / file).write_bytes(content)
    assert file + says in refused(folder / "forecast.toml")


MARKS = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "carriage returns": lambda text: text.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("file", ["forecast.toml", "competition.toml", "teams.csv", "matches.csv"])
def test_marks_of_other_systems_change_nothing(folder, file, mark):
    plain = load(folder / "forecast.toml")
    path = folder / file
    path.write_bytes(MARKS[mark](path.read_bytes()))
    marked = load(folder / "forecast.toml")
    assert (marked.matches, marked.competition) == (plain.matches, plain.competition)


IRREGULAR = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "too many levels": lambda path: path.symlink_to(path),
    "no such file": lambda _: None,
}


@pytest.mark.parametrize("says", IRREGULAR)
@pytest.mark.parametrize("file", ["forecast.toml", "competition.toml", "teams.csv", "matches.csv"])
def test_what_is_no_regular_file_is_never_opened(folder, file, says):
    (folder / file).unlink()
    IRREGULAR[says](folder / file)
    messages = []
    worker = threading.Thread(
        target=lambda: messages.append(refused(folder / "forecast.toml")), daemon=True
    )
    worker.start()
    worker.join(10)
    assert messages, f"{says} blocks"
    named = says == "no such file" and file != "forecast.toml"  # then where it is named is told
    assert (f'found "{file}", {says}' if named else f"{file}:1: file: found {says}") in messages[0]
    assert len(messages[0].splitlines()) == 1


def test_an_unreadable_file_is_refused(folder, monkeypatch):
    def denied(path, _flags):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)  # the file mode does not stop root
    assert "forecast.toml:1: file: found permission denied" in refused(folder / "forecast.toml")


@pytest.mark.parametrize("depth", [20, 100, 300, 450, 500, 700, 3000])
@pytest.mark.parametrize("brackets", [("[", "]"), ("{ a = ", " }")])
def test_nesting_of_any_depth_is_refused(folder, depth, brackets):
    value = brackets[0] * depth + "1" + brackets[1] * depth
    patch(folder, "forecast.toml", "rng_seed = 7", f"rng_seed = {value}")
    assert "forecast.toml:" in refused(folder / "forecast.toml")


def test_the_first_twenty_of_200_problems_are_shown_in_order_and_the_rest_counted(folder):
    rows = "".join(f"league,{k},,2026-03-01,Jaén,Lima,0,x,1\n" for k in range(1, 201))
    header = "stage,round,leg,date,home,away,neutral,home_goals,away_goals\n"
    (folder / "matches.csv").write_text(header + rows, encoding="utf-8")
    lines = refused(folder / "forecast.toml").split("\n")
    assert len(lines) == 21
    assert [int(line.split("matches.csv:")[1].split(":")[0]) for line in lines[:20]] == list(
        range(2, 22)
    )
    assert lines[20] == "… and 180 more problems"


def test_problems_of_all_files_come_in_one_message(folder):
    patch(folder, "forecast.toml", "runs = 1000", "rums = 1000")
    patch(folder, "competition.toml", "legs = 2", "legs = 3")
    patch(folder, "teams.csv", "Ica,1", "Lima,1")
    patch(folder, "matches.csv", "0,4,0", "0,4,x")
    message = refused(folder / "forecast.toml")
    assert [line.split(":")[0].rpartition(os.sep)[2] for line in message.split("\n")] == [
        "forecast.toml",
        "competition.toml",
        "teams.csv",
        "matches.csv",
    ]


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "null", "NaN", "1e5", "3-1", "2026-01-02", "{{7*7}}", "$\\frac{",
     "%n", "{0}", "مولودية", "北京", "⚽🏆", "mailto:a@b", "Zé‍ro"],
)  # fmt: skip
def test_strange_names_stay_text(folder, name):
    for file in ("teams.csv", "matches.csv"):
        text = (folder / file).read_text(encoding="utf-8").replace("Ica", name)
        (folder / file).write_text(text, encoding="utf-8")
    assert load(folder / "forecast.toml").competition.teams[3] == name


def test_a_note_can_hold_anything(folder):
    patch(folder, "matches.csv", ",awarded", ",\"=cmd|'x'!A0 \x1b[31m <b>\"")
    assert not any(match.awarded for match in load(folder / "forecast.toml").matches)


@pytest.mark.parametrize(
    "given",
    [{"runs": 0}, {"runs": 10**12}, {"runs": True}, {"target_error": float("nan")},
     {"target_error": 0.5}, {"rng_seed": -1}, {"rng_seed": 2**63},
     {"runs": 5, "target_error": 0.01}],
)  # fmt: skip
def test_overrides_are_checked_like_the_config(given):
    with pytest.raises(ConfigError, match=r"overrides: .*found .*, allowed .*"):
        Overrides(**given)


def test_a_folder_without_forecasts_is_refused(tmp_path, folder):
    (folder / "forecast.toml").unlink()
    for empty in (tmp_path, folder):
        with pytest.raises(ConfigError, match=r":1: folder: found no forecast config, allowed"):
            find_configs([empty])


def test_a_folder_means_its_forecasts_and_a_broken_file_is_left_to_load(folder):
    (folder / "broken.toml").write_text("competition = \n", encoding="utf-8")
    os.mkfifo(folder / "pipe.toml")
    found = find_configs([folder, folder / "forecast.toml"])
    assert [path.name for path in found] == ["broken.toml", "forecast.toml", "pipe.toml"]
    refused(folder / "broken.toml")


def test_a_thousand_teams_are_read_in_good_time(folder):
    names = [f"Club {k}" for k in range(1000)]
    rows = [
        f"league,{r},,2026-03-01,{names[k]},{names[(k + r) % 1000]},0,1,0"
        for r in range(1, 7)
        for k in range(1000)
    ]
    (folder / "teams.csv").write_text(
        "team,seed\n" + "".join(f"{name},1\n" for name in names), encoding="utf-8"
    )
    (folder / "matches.csv").write_text(
        "stage,round,leg,date,home,away,neutral,home_goals,away_goals\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )
    patch(folder, "competition.toml", 'team = "Jaén"', 'team = "Club 1"')
    start = time.perf_counter()
    assert len(load(folder / "forecast.toml").matches) == 6000
    assert time.perf_counter() - start < 5
