"""The index lists every forecast that is there, whoever wrote it, and nothing else."""

import json
import shutil
import threading

import pytest
from page_reader import Page

from forecast.report import index as index_module
from forecast.report.disk import locked
from forecast.report.index import INDEX, write_index


@pytest.fixture
def out(small_cup, tmp_path):
    """Three forecasts: one whose day is not said, and two of different days."""
    shutil.copytree(small_cup.folder, tmp_path / "small")
    for name, day in (("early", "2023-09-10"), ("late", "2023-09-20")):
        shutil.copytree(small_cup.folder, tmp_path / name)
        change(tmp_path / name, as_of=day)
    return tmp_path


def change(folder, **facts):
    package = json.loads((folder / "datapackage.json").read_bytes())
    package["forecast"] |= facts
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")


def page(out):
    return Page((out / INDEX).read_text("utf-8"))


def listed(out):
    """Folders in the order of the page, by their first links."""
    rows = [row for row in page(out).all("tr") if row["children"][0]["tag"] == "th"]
    cells = [row["children"][1]["children"] for row in rows if row["children"][1]["tag"] == "td"]
    return [children[0]["attributes"]["href"].split("/")[1] for children in cells]


def test_the_latest_forecast_comes_first_and_every_link_leads_to_a_file(out):
    write_index(out)
    assert listed(out) == ["small", "late", "early"]
    links = [entry["attributes"]["href"] for entry in page(out).all("a")]
    assert len(links) == 15
    assert all((out / link).is_file() for link in links)


def test_the_index_speaks_the_language_that_is_asked_for(out):
    write_index(out, lang="en")
    assert page(out).all("html")[0]["attributes"]["lang"] == "en"
    assert page(out).all("h1")[0]["text"] == "Forecasts"
    write_index(out)
    assert page(out).all("h1")[0]["text"] == "Pronósticos"


def test_a_competition_has_a_section_of_its_own(out):
    change(out / "late", competition={"id": "b", "name": "Another"})
    write_index(out)
    assert [entry["text"] for entry in page(out).all("h2")] == [
        "Another", "Cup [bold]of[/bold] four",
    ]  # fmt: skip


BROKEN = {
    "no package": lambda folder: (folder / "datapackage.json").unlink(),
    "no JSON": lambda folder: (folder / "datapackage.json").write_bytes(b"\xff"),
    "a list": lambda folder: (folder / "datapackage.json").write_text("[]"),
    "another package": lambda folder: (folder / "datapackage.json").write_text("{}"),
    "a wrong day": lambda folder: change(folder, as_of="yesterday"),
    "a wrong number": lambda folder: change(folder, runs="many"),
    "no competition": lambda folder: change(folder, competition=None),
    "no strength": lambda folder: change(folder, strength=3),
    "labels of another kind": lambda folder: change(folder, outcomes=[]),
    "no table": lambda folder: (folder / "outcomes.parquet").unlink(),
    "half a table": lambda folder: (folder / "status.parquet").write_bytes(b"PAR1"),
    "another table": lambda folder: shutil.copy(
        folder / "points.parquet", folder / "outcomes.parquet"
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_damaged_is_left_out(out, how):
    BROKEN[how](out / "late")
    write_index(out)
    assert listed(out) == ["small", "early"]


def test_no_forecast_gives_no_index(tmp_path):
    (tmp_path / "photos").mkdir()
    write_index(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_forecast_without_a_page_offers_its_tables(out):
    for name in ("report.html", "forecast.xlsx"):
        (out / "late" / name).unlink()
    write_index(out)
    links = [entry["attributes"]["href"] for entry in page(out).all("a")]
    assert [link for link in links if "late" in link] == [
        "./late/outcomes.csv", "./late/outcomes.csv", "./late/forecast.json",
    ]  # fmt: skip


def test_names_make_no_element_attribute_or_link(out):
    """Every text is hostile, the name of a folder too."""
    write_index(out)
    plain = page(out)
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) {{7*7}}"
    for name in ("small", "late", "early"):
        change(
            out / name, competition={"id": "x", "name": evil}, outcomes={"champion": {"es": evil}}
        )
    (out / "late").rename(out / "javascript:alert(1)?<b>#'\"")
    write_index(out)
    hostile = page(out)
    assert [entry["tag"] for entry in hostile.elements] == [e["tag"] for e in plain.elements]
    assert [entry["attributes"].keys() for entry in hostile.elements] == [
        entry["attributes"].keys() for entry in plain.elements
    ]
    assert hostile.all("h2")[0]["text"] == evil
    assert all(a["attributes"]["href"].startswith("./") for a in hostile.all("a"))


def test_who_comes_last_lists_what_all_have_written(out, monkeypatch):
    """While one process has read the folders and not yet written, another brings a forecast."""
    reading, brought = threading.Event(), threading.Event()
    original = index_module._page

    def slow(entries, spoken):
        if len(entries) == 2:
            reading.set()
            brought.wait(10)
        return original(entries, spoken)

    monkeypatch.setattr(index_module, "_page", slow)
    (out / "late").rename(out / ".late")
    first = threading.Thread(target=write_index, args=(out,))
    first.start()
    assert reading.wait(10)
    (out / ".late").rename(out / "late")
    second = threading.Thread(target=write_index, args=(out,))
    second.start()
    second.join(0.2)
    assert second.is_alive(), "the second must wait for the first"
    brought.set()
    first.join(10)
    second.join(10)
    assert listed(out) == ["small", "late", "early"]
    assert not list(out.glob(".*"))


def test_a_lock_that_is_waited_for_is_taken(tmp_path):
    with locked(tmp_path / ".l", wait=True):
        pass
    assert not list(tmp_path.iterdir())


def test_a_page_of_somebody_else_stays_as_it_is(out):
    (out / INDEX).write_text("<h1>my own site</h1>", encoding="utf-8")
    said = write_index(out)
    assert said is not None
    assert "no forecast wrote that page" in said
    assert (out / INDEX).read_text("utf-8") == "<h1>my own site</h1>"
    (out / INDEX).unlink()
    assert write_index(out) is None
    assert write_index(out, lang="en") is None  # our own is replaced
