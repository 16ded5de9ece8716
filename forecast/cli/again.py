"""What `report` does: pages made again, a folder after the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from forecast.cli.exits import failure_code
from forecast.cli.streams import emit, say
from forecast.report.index import write_index
from forecast.report.page.language import language
from forecast.report.pages import render_again
from forecast.report.text import shown

__all__ = ["report_again"]


def report_again(folders: Iterable[Path], *, lang: str) -> int:
    """Make the pages of every folder, and the index beside; print the paths of the pages.

    One bad folder stops no other.

    Returns the exit code: 0, or that of the first failure.

    Raises
    ------
    ConfigError
        If there is no such language.
    """
    language(lang)
    named = list(folders)
    codes = [_code(folder, lang) for folder in named]
    for out in sorted({folder.resolve().parent for folder in named}):
        if fault := write_index(out, lang=lang):
            say(f"warning: {fault}")
    return next((code for code in codes if code), 0)


def _code(folder: Path, lang: str) -> int:
    try:
        page, fault = render_again(folder, lang=lang)
    except Exception as error:  # noqa: BLE001 (one bad folder must not stop the others)
        return failure_code(error)
    if fault:
        say(f"warning: {fault}")
    emit(f"{shown(str(page))}\n")
    return 0
