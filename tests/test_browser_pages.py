"""Pages of the shipped forecasts in a real browser: Debian's chromium, never one of playwright's.

`uv run --group browser pytest -m browser`; CHROMIUM names another executable, and SCREENSHOTS a
folder that keeps a picture of every page at every width.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_builders import write_cup

from forecast.report.page.language import catalogues

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREENSHOTS = os.environ.get("SCREENSHOTS")
CONFIGS = Path(__file__).parents[1] / "configs"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
WIDTHS = (360, 768, 1280)

FORECASTS = {
    "copa-peru-2023-pre-tournament": "copa_peru_2023/pre_tournament.toml",
    "copa-peru-2023-after-round-1": "copa_peru_2023/after_round_1.toml",
    "copa-peru-2023-before-quarter-finals": "copa_peru_2023/before_quarter_finals.toml",
    "copa-peru-2023-before-final": "copa_peru_2023/before_final.toml",
    "uefa-champions-league-2024-25-after-round-4": (
        "uefa_champions_league_2024_25/after_round_4.toml"
    ),
    "uefa-champions-league-2024-25-before-playoff": (
        "uefa_champions_league_2024_25/before_playoff.toml"
    ),
}
SPANISH = [f"{name}/report.html" for name in (*FORECASTS, "hostile")] + ["index.html"]
ENGLISH = ["copa-peru-2023-after-round-1/report.html", "index.html"]
PAGES = [("es", page) for page in SPANISH] + [("en", page) for page in ENGLISH]
SCROLLED = """[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)
.map(e => e.getAttribute('aria-labelledby') + ' ' + e.scrollWidth)"""
EVIL = "'\"><script>alert(1)</script><img src=http://a.test/x onerror=alert(1)> https://a.test"


def forecast(*arguments):
    command = [sys.executable, "-m", "forecast", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own program)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """All pages in Spanish under `es/`, some of them in English under `en/`."""
    folder = tmp_path_factory.mktemp("pages")
    (hostile,) = write_cup(folder / "cup", ids=["hostile"])
    for path in (folder / "cup").glob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("ADA", quoted(EVIL)), "utf-8")
    shipped = [CONFIGS / path for path in FORECASTS.values()]
    forecast("run", "--runs", 1, "--out", folder / "es", *shipped, hostile)
    forecast("run", "--runs", 1, "--out", folder / "en", shipped[1])
    forecast("report", "--lang", "en", folder / "en" / "copa-peru-2023-after-round-1")
    return folder


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser with a profile of its own, which asks nobody for anything."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not on a bare machine)

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=CHROMIUM, args=SWITCHES
        )
        yield context
        context.close()


class Visit:
    """A page that was opened, and all that it asked for or complained about."""

    def __init__(self, context, path, width):
        self.address = path.as_uri()
        self.asked, self.said = [], []
        self.page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(self.address)


@pytest.fixture
def visit(browser, out):
    visits = []

    def opened(language, page, width=1280):
        visits.append(Visit(browser, out / language / page, width))
        return visits[-1]

    yield opened
    for each in visits:
        each.page.close()


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_a_page_asks_nobody_says_nothing_and_fits_at_every_width(visit, language, page):
    for width in WIDTHS:
        seen = visit(language, page, width)
        outside = [address for address in seen.asked if not address.startswith("data:")]
        assert outside == [seen.address]
        assert seen.said == []
        wide = seen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide - width} px to the right of {width}: {widest(seen.page)}"
        if not page.startswith("hostile"):
            assert seen.page.evaluate(SCROLLED) == []
        if SCREENSHOTS:
            name = f"{language}-{page.replace('/', '-')}-{width}.png"
            seen.page.screenshot(path=Path(SCREENSHOTS) / name, full_page=True)


def widest(page):
    """Name the elements that stick out, for the message."""
    return page.evaluate(
        """() => [...document.body.querySelectorAll('*')].filter(e => !e.closest('.scroll *')
        && e.getBoundingClientRect().right > innerWidth).slice(0, 5)
        .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 30))"""
    )


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("language", "page"), PAGES)
def test_axe_finds_nothing(visit, language, page, width):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (same)

    found = Axe().run(visit(language, page, width).page).response["violations"]
    assert not [
        (rule["id"], rule["help"], [node["target"] for node in rule["nodes"]][:3]) for rule in found
    ]


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_a_page_prints_on_a4(visit, tmp_path, language, page):
    path = tmp_path / "page.pdf"
    seen = visit(language, page).page
    seen.pdf(path=path, prefer_css_page_size=True)
    printed = path.read_bytes()
    assert printed.startswith(b"%PDF-")
    assert printed.rstrip().endswith(b"%%EOF")
    seen.emulate_media(media="print")
    seen.set_viewport_size({"width": 703, "height": 1000})  # A4 less two margins of 12 mm, in px
    assert seen.evaluate("document.documentElement.scrollWidth") <= 703, widest(seen)


def test_a_phone_gets_pictures_of_its_own(visit):
    for width, narrow in ((360, True), (1280, False)):
        seen = visit("es", "copa-peru-2023-after-round-1/report.html", width)
        sizes = seen.page.evaluate(
            "[...document.querySelectorAll('figure img')].map(e => [e.naturalWidth, e.width])"
        )
        assert len(sizes) == 3
        assert all((drawn <= 336) == narrow and shown <= width for drawn, shown in sizes)


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_links_within_a_page_and_to_its_files_lead_somewhere(visit, out, language, page):
    seen = visit(language, page).page
    links = seen.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert links
    for link in links:
        target, _, anchor = link.partition("#")
        assert "://" not in link
        assert (out / language / page).parent.joinpath(target).exists()
        assert not anchor or seen.evaluate("id => !!document.getElementById(id)", anchor), link


def test_a_hostile_name_is_read_as_it_is(visit):
    seen = visit("es", "hostile/report.html")
    assert EVIL in seen.page.inner_text("body")
    assert seen.page.evaluate("document.scripts.length") == 0
    assert seen.said == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_checks_catch_a_page_that_breaks_them(browser, tmp_path, width):
    """A picture from another host, an error, text without contrast, and a table that sticks out."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (same)

    path = tmp_path / "bad.html"
    path.write_text(
        "<html><body><img src='http://127.0.0.1:9/x.png'><script>console.error('no')</script>"
        "<p style='color:#ddd;background:#fff;width:1300px'>pale</p></body></html>",
        encoding="utf-8",
    )
    seen = Visit(browser, path, width)
    assert [address for address in seen.asked if address != seen.address]
    assert "no" in seen.said
    assert seen.page.evaluate("document.documentElement.scrollWidth") > width
    found = {rule["id"] for rule in Axe().run(seen.page).response["violations"]}
    assert {"color-contrast", "html-has-lang", "image-alt"} <= found
    seen.page.close()


def test_both_languages_are_there():
    assert {language for language, _ in PAGES} == set(catalogues())
