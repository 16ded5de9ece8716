"""Texts of tests/faults/texts.toml through every surface: each is refused, or stays a text.

One competition has them all as names of teams, and is compared with the same competition whose
teams have plain names: whatever a name could add would be a difference.
"""

import csv
import io
import json
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import polars as pl
import pytest
from page_reader import Page

import forecast as fc
from forecast.config import load
from forecast.errors import ConfigError
from forecast.report.index import write_index
from forecast.report.terminal import outcome_lines, strength_lines
from forecast.report.text import shown

CASES = tomllib.loads((Path(__file__).parent / "faults/texts.toml").read_text("utf-8"))["text"]
MACROS = {"%200": "x" * 200, "%5000": "x" * 5000}
FORMULA_SIGNS = "=+-@\t\r"

COMPETITION = """
schema_version = 1
id = "cup"
name = {name}
teams = "teams.csv"
matches = "matches.csv"
points = {{ win = 3, draw = 1, loss = 0 }}
sources = [{name}]
[[stage]]
id = "league"
kind = "table"
entrants = ["teams"]
tie_breaks = ["points", "lots"]
[[outcome]]
id = "champion"
label = {{ es = {name}, en = {name} }}
places = ["league:1"]
[[outcome]]
id = "safe"
places = ["league:1-9"]
"""

FORECAST = """
schema_version = 1
id = "cup"
competition = "competition.toml"
[simulation]
runs = 1
rng_seed = 7
"""


def text_of(case):
    return MACROS.get(case["text"], case["text"])


ACCEPTED = [text_of(case) for case in CASES if "refused" not in case]
REFUSED = [case for case in CASES if "refused" in case]
PLAIN = [f"Club {number}" for number in range(len(ACCEPTED))]


def write_competition(folder, names, title):
    folder.mkdir(exist_ok=True)
    rows = [["stage", "round", "date", "home", "away", "home_goals", "away_goals"]]
    for k in range(len(names)):
        known = ["1", "0"] if k % 3 == 0 else ["", ""]
        rows.append(["league", "1", "2023-09-10", names[k - 1], names[k], *known])
    for file, lines in (("matches.csv", rows), ("teams.csv", [["team"], *([n] for n in names)])):
        with (folder / file).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
    competition = COMPETITION.format(name=json.dumps(title, ensure_ascii=False))
    (folder / "competition.toml").write_text(competition, "utf-8")
    (folder / "forecast.toml").write_text(FORECAST, "utf-8")
    return folder / "forecast.toml"


class Written:
    """A forecast on disk and its result."""

    def __init__(self, folder, names, title):
        self.result = fc.run(load(write_competition(folder, names, title)), workers=1)
        self.folder = self.result.write(folder / "out")
        write_index(folder / "out")

    def page(self, name):
        return Page((self.folder / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("hostile"), ACCEPTED, ACCEPTED[1])


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("plain"), PLAIN, "Plain cup")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: ascii(case["text"]))
def test_a_name_that_no_surface_can_carry_is_refused(tmp_path, case):
    path = write_competition(tmp_path / "cup", [*PLAIN, text_of(case)], "Cup")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert case["refused"] in str(caught.value)
    assert "teams.csv:" in str(caught.value)
    assert str(caught.value).isprintable() or "\n" in str(caught.value)


def test_the_terminal_gets_every_name_and_no_control_character(hostile):
    result = hostile.result
    strengths = strength_lines(result.plan, result.strengths, notes=(), where="x")
    outcomes = outcome_lines(
        result.plan, result.outcomes, result.verdicts, notes=(), where=ACCEPTED[1]
    )
    assert all(shown(name) in strengths for name in ACCEPTED)
    for line in (strengths + outcomes).splitlines():
        assert line.replace("\u200d", "").isprintable()


@pytest.mark.parametrize("folder", [".", "excel"])
def test_csv_carries_every_name_as_it_is_and_nothing_like_a_formula(hostile, folder):
    paths = sorted((hostile.folder / folder).glob("*.csv"))
    assert len(paths) > 8
    for path in paths:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        for column in ("team", "home", "away"):
            names = {row[column] for row in rows if column in row}
            assert names <= set(ACCEPTED)
            assert not [name for name in names if name[0] in FORMULA_SIGNS]
        if path.stem in {"outcomes", "outcomes_wide", "strengths"}:
            assert {row["team"] for row in rows} == set(ACCEPTED)


def test_parquet_and_json_carry_every_name_as_it_is(hostile):
    assert set(pl.read_parquet(hostile.folder / "outcomes.parquet")["team"]) == set(ACCEPTED)
    document = json.loads((hostile.folder / "forecast.json").read_bytes())
    assert {row["team"] for row in document["tables"]["outcomes"]} == set(ACCEPTED)
    assert document["competition"]["name"] == ACCEPTED[1]
    package = json.loads((hostile.folder / "datapackage.json").read_bytes())
    assert ACCEPTED[1] in package["title"]


def test_the_spreadsheet_holds_every_name_as_a_plain_text(hostile):
    book = openpyxl.load_workbook(hostile.folder / "forecast.xlsx")
    found = {cell.value for cell in book["outcomes"]["A"][1:]}
    assert found == set(ACCEPTED)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                assert cell.data_type != "f", cell.value
                assert cell.value not in ACCEPTED or cell.data_type == "s"


@pytest.mark.parametrize("name", ["report.html", "../index.html"])
def test_no_element_attribute_or_link_arises_from_a_name(hostile, plain, name):
    here, there = hostile.page(name), plain.page(name)
    assert [each["tag"] for each in here.elements] == [each["tag"] for each in there.elements]
    for one, other in zip(here.elements, there.elements, strict=True):
        assert one["attributes"].keys() == other["attributes"].keys()
        assert one["attributes"].get("href", "")[:6] == other["attributes"].get("href", "")[:6]
    read = here.all("body")[0]["text"]
    if name == "report.html":
        for text in ACCEPTED:
            assert " ".join(text.split()) in " ".join(read.split()), text


def shapes(path):
    """Tags and attributes of a drawing."""
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 (made here; a broken one must fail)
    return [(each.tag, frozenset(each.attrib)) for each in root.iter()]


def test_no_shape_of_a_picture_arises_from_a_name(hostile, plain):
    drawn = sorted(path.name for path in (plain.folder / "img").glob("*.svg"))
    assert drawn == sorted(path.name for path in (hostile.folder / "img").glob("*.svg"))
    assert drawn
    for name in drawn:
        here = set(shapes(hostile.folder / "img" / name))
        there = set(shapes(plain.folder / "img" / name))
        assert {tag for tag, _ in here} <= {tag for tag, _ in there}, name
        attributes = {key for _, keys in here for key in keys}
        assert not [key for key in attributes if key.lower().startswith("on") or "href" in key]


def test_every_picture_is_drawn(hostile):
    for path in (hostile.folder / "img").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG\r\n")
        assert path.stat().st_size > 1000
