"""`OUT/index.html`: all forecasts of a folder, made again from what is there whenever one comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import quote

import polars as pl

from forecast.report.disk import as_output_error, locked, replace_file
from forecast.report.folder import PROVENANCE
from forecast.report.page.chances import chances_of
from forecast.report.page.language import DEFAULT_LANGUAGE, Language, language
from forecast.report.page.news import headline, question
from forecast.report.page.render import environment, style
from forecast.report.stored import Stored
from forecast.report.text import shown

__all__ = ["INDEX", "write_index"]

INDEX = "index.html"
_LOCK = ".index.lock"
_OURS = b"default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What every index of ours has in its head, and hardly another page."""

_PACKAGE = "datapackage.json"
_TABLES = ("outcomes", "status")
_LINKS = (("report.html", "page"), ("forecast.xlsx", "Excel"), ("outcomes.csv", "CSV"),
          ("forecast.json", "JSON"))  # fmt: skip
"""File → what its link says; those that are there are offered."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One forecast on the index; `links` are (address, text), the first is the best to read."""

    competition: str
    name: str
    as_of: date | None
    headline: str
    runs: str
    links: tuple[tuple[str, str], ...]


def write_index(out: Path, *, lang: str = DEFAULT_LANGUAGE) -> str | None:
    """Write `OUT/index.html` over the forecasts that are in OUT now, unless there is none.

    Returns why it was not written if somebody else's page is there.

    Processes that write into one OUT take turns here, each after its forecasts are there, so that
    the last one lists them all. What is no forecast, or damaged, is left out.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    if not any(out.glob(f"*/{PROVENANCE}")):
        return None
    with locked(out / _LOCK, wait=True):
        if _is_foreign(out / INDEX):
            return f"{shown(str(out / INDEX))}: no forecast wrote that page, so it stays as it is"
        spoken = language(lang)
        entries = [entry for path in sorted(out.iterdir()) for entry in _entries(path, spoken)]
        if entries:
            replace_file(out / INDEX, _page(entries, spoken))
    return None


def _is_foreign(path: Path) -> bool:
    with as_output_error(path):
        return path.exists() and _OURS not in path.read_bytes()


def _entries(folder: Path, spoken: Language) -> Iterator[_Entry]:
    """Yield the entry of a folder if it holds a forecast that can be read."""
    if folder.name.startswith(".") or folder.is_symlink():
        return
    try:
        facts = json.loads((folder / _PACKAGE).read_bytes())["forecast"]
        tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
        stored = Stored(facts=facts, provenance={}, tables=tables)
        asked = question(stored)
        chances = chances_of(stored, None, asked=asked, language=spoken, leaders=True)
        yield _Entry(
            competition=str(facts["competition"]["name"]),
            name=folder.name,
            as_of=None if facts["as_of"] is None else date.fromisoformat(facts["as_of"]),
            headline=headline(stored, chances, spoken),
            runs=spoken.count("%(number)s run", "%(number)s runs", facts["runs"]),
            links=_links(folder),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, pl.exceptions.PolarsError):
        return


def _links(folder: Path) -> tuple[tuple[str, str], ...]:
    here = quote(folder.name)
    return tuple((f"./{here}/{name}", text) for name, text in _LINKS if (folder / name).is_file())


def _page(entries: list[_Entry], spoken: Language) -> bytes:
    """Return the page: a section a competition, the latest forecast first."""
    latest = sorted(entries, key=lambda entry: entry.as_of or date.max, reverse=True)
    ordered = sorted(latest, key=attrgetter("competition"))
    sections = [(name, list(some)) for name, some in groupby(ordered, attrgetter("competition"))]
    template = environment(spoken).get_template("index.html.j2")
    return template.render(language=spoken, style=style(), sections=sections).encode()
