"""A finished forecast as its folder holds it: all that pages and pictures are made from."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from forecast.errors import ConfigError
from forecast.report.folder import PROVENANCE
from forecast.report.text import shown

__all__ = ["CALIBRATION", "DOCUMENT", "Stored", "read_stored", "read_verified"]

DOCUMENT = "forecast.json"
CALIBRATION = "calibration.json"

_FACTS = frozenset(
    {"forecast_id", "as_of", "competition", "outcomes", "outcome_places", "headline", "start"}
    | {"bracket", "stages", "strength", "runs", "replicates", "config_hash", "notes"}
)
"""What every page needs of `forecast.json`."""

_TABLES = frozenset({"outcomes", "places", "points", "tie_breaks", "matches", "standings"})


@dataclass(frozen=True, slots=True)
class Stored:
    """One forecast, made this minute or read from its folder: both give the same pages.

    `facts` is `forecast.json` without its tables (see `forecast.report.facts`), `provenance` is
    `provenance.json`, `calibration` is `calibration.json` if it is there, and `tables` holds
    every Parquet file of the folder by its name; schemas in `forecast.tables.schemas`.
    """

    facts: Mapping[str, Any]
    provenance: Mapping[str, Any]
    tables: Mapping[str, pl.DataFrame]
    calibration: Mapping[str, Any] | None = None

    @property
    def runs(self) -> int:
        """Simulated tournaments."""
        runs: int = self.facts["runs"]
        return runs


def read_stored(folder: Path) -> Stored:
    """Read a forecast's folder.

    Raises
    ------
    ConfigError
        If it holds no forecast, a file is missing or not as it was written, or the forecast is
        older than what pages need to know.
    """
    provenance = _provenance(folder)
    facts = _document(folder, provenance)
    facts.pop("tables")
    names = [name for name in provenance["files"] if name.endswith(".parquet")]
    tables = {
        name.removesuffix(".parquet"): pl.read_parquet(
            io.BytesIO(read_verified(folder, name, provenance))
        )
        for name in names
    }
    lacking = sorted(_FACTS - facts.keys()) + sorted(_TABLES - tables.keys())
    if lacking:
        raise ConfigError(
            f"{_named(folder, DOCUMENT)}: found an older forecast without {', '.join(lacking)}; "
            "allowed: a forecast of this version; run its config again with --force"
        )
    calibration = None
    if CALIBRATION in provenance["files"]:
        calibration = json.loads(read_verified(folder, CALIBRATION, provenance))
    return Stored(facts=facts, provenance=provenance, tables=tables, calibration=calibration)


def _provenance(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ConfigError(f"{shown(str(folder))}: no such folder")
    try:
        found = json.loads((folder / PROVENANCE).read_bytes())
    except FileNotFoundError:
        found = None
    except OSError as error:
        raise ConfigError(f"{_named(folder, PROVENANCE)}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{_named(folder, PROVENANCE)}: found {error}, allowed JSON as a run writes it"
        ) from error
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or DOCUMENT not in files:
        raise ConfigError(
            f"{shown(str(folder))}: found no forecast ({PROVENANCE} that lists {DOCUMENT}), "
            "allowed a folder that `forecast run` wrote"
        )
    assert isinstance(found, dict)
    return found


def _document(folder: Path, provenance: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(read_verified(folder, DOCUMENT, provenance))
    return document


def read_verified(folder: Path, name: str, provenance: Mapping[str, Any]) -> bytes:
    """Return a file of the folder after comparing it with what the run wrote.

    Raises
    ------
    ConfigError
        If it is missing, not as it was written, or outside the folder.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"{_named(folder, PROVENANCE)}: files: found {shown(name)!r} outside")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{_named(folder, name)}: {error.strerror or error}, allowed every file of the run"
        ) from error
    if hashlib.sha256(content).hexdigest() != provenance["files"][name]:
        raise ConfigError(
            f"{_named(folder, name)}: found another content than the run wrote (SHA-256), "
            "allowed the file as it was; run the config again with --force"
        )
    return content


def _named(folder: Path, name: str) -> str:
    return shown(str(folder / name))
