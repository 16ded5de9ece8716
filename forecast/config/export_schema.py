"""Writes the JSON Schemas of the two TOML documents: `python -m forecast.config.export_schema`.

Editors read them through the `#:schema` line at the top of a config.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from forecast.config.models import CompetitionFile, ForecastFile

__all__ = ["SCHEMAS", "schema_text"]

SCHEMAS: dict[str, type[BaseModel]] = {
    "forecast.schema.json": ForecastFile,
    "competition.schema.json": CompetitionFile,
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(model: type[BaseModel]) -> str:
    """Return the JSON Schema of a document as the text of its file."""
    schema = {"$schema": _DIALECT, **model.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    folder = Path("configs/schema")
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in SCHEMAS.items():
        (folder / name).write_text(schema_text(document), encoding="utf-8")
