"""What readers open: the page of a forecast, made by a run or again from its folder."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecast.errors import OutputError
from forecast.report.files import json_bytes
from forecast.report.folder import CHECKSUMS, PAGE, PROVENANCE, Folder, claim
from forecast.report.history import NO_HISTORY, read_history
from forecast.report.package import data_files
from forecast.report.page.figures import Figure, figures_of
from forecast.report.page.language import DEFAULT_LANGUAGE, language
from forecast.report.page.render import Image, Picture, page_bytes
from forecast.report.page.subject import subject_of
from forecast.report.pictures.drawing import DrawingError, Drawn, draw
from forecast.report.stored import Stored, read_stored, read_verified

__all__ = ["add_pages", "reader_files", "render_again"]

PICTURES = "img"


def reader_files(
    stored: Stored, *, out: Path, lang: str = DEFAULT_LANGUAGE
) -> tuple[dict[str, bytes], str | None]:
    """Return the files for readers of a forecast in OUT by name, and what they lack and why.

    They follow from what is stored in its folder and in the history of OUT, and from nothing
    else: no clock, no config, no random number. A forecast is not lost for a picture that cannot
    be drawn or a history that cannot be read.
    """
    faults = []
    try:
        history = read_history(out, stored.facts["competition"]["id"])
    except OutputError as error:
        history = NO_HISTORY
        faults.append(f"{error}; the page compares with no earlier forecast")
    subject = subject_of(stored, history, language(lang))
    figures = figures_of(subject)
    try:
        drawn = draw([chart for each in figures for chart in (each.chart, each.narrow) if chart])
    except DrawingError as error:
        drawn = {}
        faults.append(str(error))
    shown = [
        _picture(each, drawn)
        for each in figures
        if each.table is not None and each.chart.name in drawn
    ]
    files = {PAGE: page_bytes(subject, shown)}
    for name, picture in drawn.items():
        if picture.png:  # the others stand in the page alone
            files |= {f"{PICTURES}/{name}.svg": picture.svg, f"{PICTURES}/{name}.png": picture.png}
    return files, "; ".join(faults) or None


def _picture(figure: Figure, drawn: Mapping[str, Drawn]) -> Picture:
    assert figure.table is not None
    return Picture(
        id=f"picture-{figure.chart.name}",
        title=figure.title,
        description=figure.description,
        image=_image(drawn[figure.chart.name]),
        narrow=_image(drawn[figure.narrow.name]) if figure.narrow else None,
        table=figure.table,
    )


def _image(drawn: Drawn) -> Image:
    encoded = base64.b64encode(drawn.svg).decode()
    return Image(f"data:image/svg+xml;base64,{encoded}", drawn.width, drawn.height)


def render_again(folder: Path, *, lang: str) -> tuple[Path, str | None]:
    """Make the files for readers of a folder again; return its page, and what it lacks and why.

    The folder is replaced as a whole; other files in it stay, an empty folder or a link is refused.

    Raises
    ------
    ConfigError
        If it is no forecast, or damaged.
    OutputError
        If another process writes it, or the disk refuses.
    """
    folder = folder.resolve()
    read_stored(folder)  # refused before anything is made beside it
    with claim(folder.parent, folder.name) as held:
        fault = add_pages(held, lang=lang)
    return folder / PAGE, fault


def add_pages(folder: Folder, *, lang: str = DEFAULT_LANGUAGE) -> str | None:
    """Make what people open from a claimed folder; return what it lacks and why.

    Raises
    ------
    ConfigError
        If it is no forecast, or damaged.
    OutputError
        If the disk refuses.
    """
    stored = read_stored(folder.path)
    made, fault = reader_files(stored, out=folder.out, lang=lang)
    made |= data_files(stored.facts, stored.tables, desk=True)
    kept = _kept(folder.path, stored)
    document = with_files(stored.provenance, kept, made)
    folder.publish({**kept, **made, PROVENANCE: json_bytes(document)}, force=True)
    return fault


def with_files(
    provenance: Mapping[str, Any], kept: Mapping[str, bytes], made: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return provenance that lists the files that were `made` beside the `kept` ones it lists."""
    listed = {name: digest for name, digest in provenance["files"].items() if name in kept}
    made_now = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    return {**provenance, "files": {**listed, **made_now}}


def _kept(folder: Path, stored: Stored) -> dict[str, bytes]:
    """Return every file of the folder that is not made again, those of the run verified."""
    listed = stored.provenance["files"]
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    return {
        name: read_verified(folder, name, stored.provenance)
        if name in listed
        else (folder / name).read_bytes()
        for name in names
        if name not in {PROVENANCE, CHECKSUMS} and not (name in listed and _again(name))
    }


def _again(name: str) -> bool:
    """Return whether a file of the run is one that is made again, or was and now is not."""
    return name == PAGE or name.startswith(f"{PICTURES}/")
