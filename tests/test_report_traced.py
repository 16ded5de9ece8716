"""Every chance that a picture prints is a count of a long table, on paper and on a phone."""

import base64
import re

import polars as pl
import pytest
from cli_builders import write_cup
from page_reader import Page
from svg_reader import rows

import forecast as fc
from forecast.report.page.bands import bands
from forecast.report.pages import reader_files
from forecast.report.percent import percent
from forecast.report.stored import read_stored


class Pictures:
    """A forecast read back, and the lines of text of each of its pictures in English."""

    def __init__(self, folder):
        self.stored = read_stored(folder)
        files, fault = reader_files(self.stored, out=folder.parent, lang="en")
        assert fault is None
        self.lines = {
            name.removeprefix("img/").removesuffix(".svg"): rows(content)
            for name, content in files.items()
            if name.endswith(".svg")
        }
        page = Page(files["report.html"].decode())
        figures = [each for each in page.all("figure") if each["children"]]
        for figure in figures:
            name = figure["attributes"]["id"].removeprefix("picture-")
            (picture,) = [each for each in figure["children"] if each["tag"] == "picture"]
            source, image = picture["children"]
            assert drawn(image["attributes"]["src"]) == files[f"img/{name}.svg"]
            self.lines[f"{name}_phone"] = rows(drawn(source["attributes"]["srcset"]))

    def outcome(self, team, outcome):
        frame = self.stored.tables["outcomes"].filter(outcome=outcome)
        status = self.stored.tables["status"].filter(team=team, outcome=outcome)["status"][0]
        hits, runs = frame.filter(team=team).select("hits", "runs").row(0)
        shown = {"certain": "✓", "impossible": "✗"}.get(status)
        return shown or said(hits, runs, frame["std_error"].max())

    def spread(self, team):
        frame = self.stored.tables["outcomes"].filter(outcome="champion", team=team)
        ends = [
            "<1%" if end < 0.005 else ">99%" if end > 0.995 else f"{100 * end:.0f}%"
            for end in frame.select("low", "high").row(0)
        ]
        return " to ".join(ends)


def drawn(address):
    return base64.b64decode(address.removeprefix("data:image/svg+xml;base64,"))


def said(hits, runs, std_error):
    return percent(hits, runs=runs, std_error=std_error).replace(" ", "")


@pytest.fixture(scope="module")
def league(small_cup):
    return Pictures(small_cup.folder)


@pytest.fixture(scope="module")
def final(tmp_path_factory):
    (config,) = write_cup(tmp_path_factory.mktemp("config"))
    with (config.parent / "matches.csv").open("a", encoding="utf-8") as file:
        file.write("final,,,2023-10-01,ADA,Ñuñoa,1,,\n")
    config.write_text(config.read_text("utf-8").replace("[sim", 'start = "final"\n[sim'), "utf-8")
    result = fc.run(fc.load(config), workers=1)
    return Pictures(result.write(tmp_path_factory.mktemp("out"), report=False))


def test_the_heat_table_prints_the_outcomes(league):
    lines = [line for line in league.lines["chances"] if "%" in line[-1]]
    assert len(lines) == 4
    for team, *shown, spread in lines:
        assert shown == [league.outcome(team, name) for name in ("finalist", "champion")]
        assert spread == league.spread(team)
    assert ["2 places", "1 place", "champion"] in league.lines["chances"]


def test_the_picture_to_share_prints_the_outcomes(league):
    lines = [line for line in league.lines["social"] if "%" in line[-1]]
    assert len(lines) == 4
    for team, shown, spread in lines:
        assert shown == league.outcome(team, "champion")
        assert spread == league.spread(team)
    assert ["Chance, 1 place", "Range (9 in 10)"] in league.lines["social"]


def test_bands_on_a_phone_are_sums_of_places(league):
    header, *lines = league.lines["places_phone"]
    assert header == ["1", "2", "3", "4"]
    assert_bands(header, lines, league.stored.tables["places"])
    places = league.stored.tables["places"].with_columns(hits=pl.col("hits") + pl.col("runs") // 50)
    with pytest.raises(AssertionError):
        assert_bands(header, lines, places)


def assert_bands(header, lines, places):
    assert len(lines) == 4
    places = places.filter(stage="league")
    for team, *shown in lines:
        for band, text in zip(header, shown, strict=True):
            first, *last = map(int, band.split("–"))
            here = places.filter(pl.col("place").is_between(first, *(last or [first])), team=team)
            assert text == said(here["hits"].sum(), here["runs"][0], 1)


@pytest.mark.parametrize("name", ["points", "points_phone"])
def test_the_curve_prints_how_often_points_were_enough(league, name):
    axis = {f"{tick}%" for tick in range(0, 101, 10)}
    shown = [text for line in league.lines[name] for text in line if re.search("[0-9]%", text)]
    points = league.stored.tables["points"].filter(cut=2)
    common = points.filter(pl.col("reached") >= 0.001 * pl.col("reached").sum())
    told = common.filter(pl.col("probability").is_between(0.005, 0.995, closed="none"))
    expected = [said(row["enough"], row["reached"], 1) for row in told.iter_rows(named=True)]
    assert expected
    assert sorted(set(shown) - axis) == sorted(set(expected) - axis)


@pytest.mark.parametrize("name", ["bracket", "bracket_phone"])
def test_the_bracket_prints_how_often_a_tie_was_won(final, name):
    lines = [line for line in final.lines[name] if "%" in line[-1]]
    won = final.stored.tables["places"].filter(stage="final", place=1)
    error = won["std_error"].max()
    counted = {
        row["team"]: said(row["hits"], row["runs"], error)
        for row in won.filter(pl.col("hits") > 0).iter_rows(named=True)
    }
    assert dict(lines) == counted
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("places", "cuts"), [(50, [32]), (36, [8, 24]), (4, [2]), (20, []), (1, [])]
)
def test_bands_hold_every_place_once_and_cross_no_cut(places, cuts):
    found = bands(places, cuts)
    assert [place for band in found for place in band] == list(range(1, places + 1))
    assert all(band[0] > cut or band[-1] <= cut for band in found for cut in cuts)
    assert len(found) <= 6 + len(cuts)
    if places == 50:
        assert [band[-1] for band in found] == [8, 16, 24, 32, 41, 50]
