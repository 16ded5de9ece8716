"""What readers open: the page of a forecast, made by a run or again from its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecast.report.files import json_bytes
from forecast.report.folder import PROVENANCE, claim
from forecast.report.history import read_history
from forecast.report.page.language import DEFAULT_LANGUAGE, language
from forecast.report.page.render import page_bytes
from forecast.report.stored import Stored, read_stored, read_verified

__all__ = ["PAGE", "reader_files", "render_again"]

PAGE = "report.html"


def reader_files(stored: Stored, *, out: Path, lang: str = DEFAULT_LANGUAGE) -> dict[str, bytes]:
    """Return the files for readers of a forecast in OUT, by name.

    They follow from what is stored in its folder and in the history of OUT, and from nothing
    else: no clock, no config, no random number.
    """
    history = read_history(out, stored.facts["competition"]["id"])
    return {PAGE: page_bytes(stored, history, pictures=(), language=language(lang))}


def render_again(folder: Path, *, lang: str) -> Path:
    """Make the files for readers again from a forecast's folder, and return its page.

    The folder is replaced as a whole; whatever else is in it stays.

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
        stored = read_stored(folder)
        made = reader_files(stored, out=folder.parent, lang=lang)
        kept = _kept(folder, stored)
        document = with_files(stored.provenance, kept, made)
        held.publish({**kept, **made, PROVENANCE: json_bytes(document)}, force=True)
    return folder / PAGE


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
        if name not in {PAGE, PROVENANCE}
    }
