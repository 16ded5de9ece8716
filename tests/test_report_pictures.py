"""Pictures: the same bytes every time, whatever the names, and never the end of a forecast."""

import json
import os
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from datetime import date

import pytest
import vl_convert

from forecast.report.history import read_history
from forecast.report.page.figures import figures_of
from forecast.report.page.language import language
from forecast.report.page.subject import subject_of
from forecast.report.pages import reader_files
from forecast.report.pictures import drawing
from forecast.report.pictures.bracket import BracketStage, Row, bracket_chart, bracket_list
from forecast.report.pictures.canvas import HIGHLIGHTS, Label, canvas
from forecast.report.pictures.charts import Words, history_chart, places_chart, points_chart
from forecast.report.pictures.drawing import Chart, DrawingError, draw
from forecast.report.pictures.png import repacked
from forecast.report.pictures.tables import (
    PHONE,
    SOCIAL,
    Cell,
    ChancesRow,
    SocialRow,
    bands_chart,
    chances_chart,
    social_chart,
)
from forecast.report.stored import read_stored

GOOD = Chart("good", canvas(100, 50, labels=[Label(5, 25, "a", 90)]))

NAMES = (
    "<script>alert(1)</script>",
    "datum['p']",
    "{{7*7}} %n {0} $\\frac{",
    "</text></svg>",
    "العربية עברית 漢字 👩‍👩‍👧 é",
    "x" * 200,
    "",
    "null",
)
WORDS = Words(title="Title", subtitle=("of", NAMES[0]), x="x", y="y")


def chances():
    cell = Cell("1.0%", 0.01, "#ffffff")
    return [SocialRow(name, cell, "1% to 2%", None) for name in NAMES]


def bands():
    return [(name, [Cell("1%", 0.01, "#ffffff"), Cell("99%", 0.99, "#66aad1")]) for name in NAMES]


def social():
    return social_chart(chances(), heads=("a", "b", "c"), title="t", subtitle="s", source="r")


def charts():
    cells = [(name, place, 1 / 8) for name in NAMES for place in range(1, 9)]
    rows = tuple(Row(name, 0.5, "50%") for name in NAMES[:2])
    stages = [
        BracketStage("semi", (rows, rows), ((), ())),
        BracketStage("final", (rows,), ((0, 1),)),
    ]
    lines = {name: [(date(2026, 1, 1), 0.1), (date(2026, 2, 1), 0.2)] for name in NAMES}
    days = {date(2026, 1, 1): 'it\'s "1"', date(2026, 2, 1): "2"}
    return [
        Chart("places", places_chart(cells, teams=NAMES, places=8, cuts=[4], words=WORDS)),
        Chart("points", points_chart([(0, 0.0, "<1%"), (3, 0.5, "50%")], words=WORDS)),
        Chart("history", history_chart(lines, first=NAMES[:4], days=days, words=WORDS)),
        Chart(
            "narrow", history_chart(lines, first=NAMES[4:], days=days, words=WORDS, names_letters=6)
        ),
        Chart("bracket", bracket_chart(stages, title=NAMES[0], subtitle=NAMES[3])),
        Chart("social", social(), 1),
        Chart("list", bracket_list(stages, captions=[NAMES[:2], NAMES[2:]], width=PHONE), 0),
        Chart("bands", bands_chart(bands(), columns=["1–2", "3–4"], cuts=[1]), 0),
    ]


@pytest.fixture(scope="module")
def drawn():
    return draw(charts())


def test_any_name_is_drawn_as_text(drawn):
    assert drawn.keys() == {
        "places",
        "points",
        "history",
        "narrow",
        "bracket",
        "social",
        "list",
        "bands",
    }
    for picture in drawn.values():
        tree = ET.fromstring(picture.svg)  # noqa: S314 (our own drawing)
        assert not [each for each in tree.iter() if each.tag.endswith(("script", "image"))]
    texts = [each.text for each in ET.fromstring(drawn["bracket"].svg).iter() if each.text]  # noqa: S314
    assert {NAMES[0], NAMES[1]} <= {text.strip() for text in texts}


def test_no_name_of_a_column_or_on_a_phone_is_cut():
    """Every word of them is drawn, in lines that the column is wide enough for."""
    names = ["Clasifica a la fase final", "Octavos de final", "Campeón"]
    cells = [Cell("1.0%", 0.01, "#ffffff")] * 3
    spec = chances_chart(
        [ChancesRow("ADA", cells, "1% to 2%")],
        columns=[(name, "4 places") for name in names],
        spread="Range: Asciende",
        title="t",
        subtitle="s",
        source="r",
    )
    teams = ["Unión Santo Domingo", "FC Municipal Challhuahuacho", "ADA", "Sport Cáceres"]
    days = {date(2026, 1, 1): "1", date(2026, 2, 1): "2"}
    lines = {name: [(day, 0.2) for day in days] for name in teams}
    phone = history_chart(
        lines, first=teams, days=days, words=WORDS, width=150, names_width=112, names_letters=16
    )
    made = draw([Chart("chances", spec), Chart("history", phone, 0)])
    for name, words in (("chances", names), ("history", teams)):
        text = " ".join(ET.fromstring(made[name].svg).itertext())  # noqa: S314 (our own drawing)
        assert "…" not in text
        assert {word for each in words for word in each.split()} <= set(text.split())


def test_drawing_again_gives_the_same_bytes(drawn):
    """Whatever was drawn before: the renderer goes on counting its gradients."""
    assert b'id="gradient_0"' in drawn["places"].svg
    assert draw(charts()) == drawn
    drawing.DRAWER.end()
    assert draw(charts()[:1]) == {"places": drawn["places"]}


def unpacked(png):
    """Width, height, colour type and the pixels of a PNG of one filter, as the standard has it."""
    at, stored = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length :][:4]) == (zlib.crc32(name + content),)
        stored += content if name == b"IDAT" else b""
        at += 12 + length
    width, height, _, colour = struct.unpack(">IIBB", png[16:26])
    size = {2: 3, 6: 4}[colour]
    raw, rows = zlib.decompress(stored), []
    for y in range(height):
        line = raw[y * (1 + size * width) :][: 1 + size * width]
        row = bytearray(line[1:])
        assert line[0] in {0, 1}
        for k in range(size, len(row)) if line[0] else ():
            row[k] = (row[k] + row[k - size]) % 256
        rows.append([tuple(row[k : k + 3]) for k in range(0, len(row), size)])
    return width, height, colour, rows


def test_a_png_is_packed_again_without_the_loss_of_a_pixel(drawn):
    packed = drawn["bracket"].png
    loose = vl_convert.svg_to_png(drawn["bracket"].svg.decode(), scale=1.5)
    assert unpacked(loose)[2] == 6
    assert unpacked(packed)[2] == 2
    assert unpacked(loose)[3] == unpacked(packed)[3]
    assert len(packed) < 0.6 * len(loose)
    assert repacked(packed) == packed  # what is not as the renderer writes it stays


def test_the_picture_to_share_has_its_size(drawn):
    assert struct.unpack(">II", drawn["social"].png[16:24]) == SOCIAL


def test_pictures_for_phones_fit_them_and_have_no_file(drawn):
    assert drawn["list"].width == drawn["bands"].width == PHONE
    assert drawn["list"].png == drawn["bands"].png == b""


def test_sizes_are_those_of_the_svg(drawn):
    tree = ET.fromstring(drawn["bracket"].svg)  # noqa: S314
    size = (drawn["bracket"].width, drawn["bracket"].height)
    assert size == tuple(round(float(tree.get(side))) for side in ("width", "height"))


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_highlights_stand_out_on_white():
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in HIGHLIGHTS)


def test_a_renderer_that_dies_is_an_error_and_not_the_end():
    bad = canvas(100, 50, labels=[Label(5, 25, "a\x00b", 90)])
    with pytest.raises(DrawingError, match="could not be drawn: the renderer ended with code"):
        draw([Chart("bad", bad), Chart("broken", {"mark": 7})])
    assert draw([GOOD])["good"].width == 100


@pytest.mark.usefixtures("no_renderer")
def test_a_renderer_that_does_not_start_is_an_error():
    with pytest.raises(DrawingError, match=r"could not be drawn: .*nonexistent"):
        draw([GOOD])


def test_a_renderer_that_takes_too_long_is_ended(monkeypatch):
    drawing.DRAWER.end()
    monkeypatch.setattr(drawing, "_SECONDS", 0.01)
    with pytest.raises(DrawingError, match="ended with code -9"):
        draw([GOOD])


def test_a_renderer_that_was_killed_while_nobody_asked_is_replaced():
    first = draw([GOOD])
    child = drawing.DRAWER._process._process
    child.kill()
    child.wait()
    assert draw([GOOD]) == first


def test_ctrl_c_is_for_the_process_that_asks():
    draw([GOOD])
    assert os.getpgid(drawing.DRAWER._process._process.pid) != os.getpgid(0)


def test_a_renderer_runs_nothing_of_the_current_folder(tmp_path, monkeypatch):
    expected = draw([GOOD])
    drawing.DRAWER.end()
    (tmp_path / "forecast").mkdir()
    (tmp_path / "forecast" / "__init__.py").write_text("open('run', 'w')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert draw([GOOD]) == expected
    assert not (tmp_path / "run").exists()
    drawing.DRAWER.end()


def test_a_fork_draws_with_a_renderer_of_its_own():
    """Two that shared one would read each other's answers."""
    code = """
import os
from forecast.report.pictures import drawing
from forecast.report.pictures.canvas import Label, canvas

chart = drawing.Chart("a", canvas(100, 50, labels=[Label(5, 25, "a", 90)]))
drawing.draw([chart])
pid = drawing.DRAWER._process._process.pid
if (child := os.fork()) == 0:
    assert drawing.DRAWER._process is None
    drawing.draw([chart])
    assert drawing.DRAWER._process._process.pid != pid
    drawing.DRAWER.end()
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
drawing.draw([chart])
assert drawing.DRAWER._process._process.pid == pid
"""
    subprocess.run([sys.executable, "-X", "dev", "-c", code], check=True)  # noqa: S603 (our own code)


@pytest.fixture
def no_renderer(monkeypatch):
    drawing.DRAWER.end()
    monkeypatch.setattr(drawing.sys, "executable", "/nonexistent/python")


@pytest.fixture
def folder(small_cup):
    return small_cup.folder


def test_a_forecast_has_its_pictures_in_the_page_and_as_files(folder):
    names = {path.name for path in (folder / "img").iterdir()}
    assert names == {
        f"{n}.{k}" for n in ("chances", "social", "places", "points") for k in ("svg", "png")
    }
    page = (folder / "report.html").read_text("utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 2
    assert json.loads((folder / "provenance.json").read_bytes())["files"].keys() >= {
        "img/social.png"
    }


@pytest.mark.usefixtures("no_renderer")
def test_a_program_is_warned_of_missing_pictures(small_cup, tmp_path):
    with pytest.warns(UserWarning, match="pictures could not be drawn"):
        folder = small_cup.result.write(tmp_path)
    assert (folder / "report.html").exists()
    assert not (folder / "img").exists()


@pytest.mark.usefixtures("no_renderer")
def test_without_a_renderer_the_page_is_whole(folder):
    files, fault = reader_files(read_stored(folder), out=folder.parent)
    assert files.keys() == {"report.html"}
    assert b"<img" not in files["report.html"]
    assert fault.startswith("pictures could not be drawn")


def test_every_picture_says_what_it_shows(folder):

    stored = read_stored(folder)
    for lang in ("es", "en"):
        subject = subject_of(stored, read_history(folder.parent, "cup"), language(lang))
        for figure in figures_of(subject):
            assert figure.title
            assert figure.table is None or len(figure.description) > 20


@pytest.mark.parametrize("limit", [20, 60, 110, 200])
@pytest.mark.parametrize("size", [11, 13])
def test_no_letter_is_cut_in_two(limit, size):
    """A name of Arabic letters and emoji, in all places that an ellipsis can have."""
    name = "نادي الأهلي " + 12 * "😀" + " الرياضي"
    labels = [Label(0, 20 * k, name[k:], limit, size) for k in range(10)]
    spec = json.dumps(canvas(300, 220, labels=labels))
    assert "…" in vl_convert.vegalite_to_svg(spec)
