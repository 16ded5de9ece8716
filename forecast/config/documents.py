"""TOML text to a validated document, or to problems with their lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forecast.config.files import TOML_LIMIT, InputFile, read_file
from forecast.config.models import TAGS, ForecastFile
from forecast.config.problems import Problems, join_words, nearest, printable, show
from forecast.config.toml_lines import KeyPath, LineIndex, index_lines, key_text

__all__ = ["Document", "parse_toml", "read_document"]

M = TypeVar("M", bound=BaseModel)

_DEEPEST_KEY = 16
_PART = r"(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_.-])(?:{_PART}\.[ \t]*+){{{_DEEPEST_KEY}}}")
"""`tomllib` takes time quadratic in the parts of a key, so long ones are refused unparsed."""

_LONG_INTEGER = re.compile(r"[0-9][0-9_]{4000}")
_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


@dataclass(frozen=True, slots=True)
class Document(Generic[M]):
    """A TOML file: its path and lines, what it said, and the model if that is valid."""

    path: Path
    file: InputFile
    lines: LineIndex
    said: Mapping[str, object]
    model: M | None

    def note(self, problems: Problems, path: KeyPath, *, found: str, allowed: str) -> None:
        """Note a problem with the value of a key."""
        line = self.lines.line(path)
        problems.add(self.file.shown, line, key_text(path), found=found, allowed=allowed)


def parse_toml(file: InputFile, problems: Problems) -> dict[str, Any] | None:
    """Return the tables of a TOML text, or None after noting why it has none."""
    text = file.text.replace("\r\n", "\n")
    deep = _DEEP_KEY.search(text)
    if deep:
        line = text.count("\n", 0, deep.start()) + 1
        allowed = f"at most {_DEEPEST_KEY} parts"
        problems.add(file.shown, line, "syntax", found="a very long dotted key", allowed=allowed)
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, found = _where(str(error), text)
    except RecursionError:
        line, found = 1, "lists or tables nested too deep"
    except ValueError:
        digits = _LONG_INTEGER.search(text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else 1
        found = "a number that is too long" if digits else "a value that cannot be read"
    problems.add(file.shown, line, "syntax", found=found, allowed="TOML")
    return None


def _where(message: str, text: str) -> tuple[int, str]:
    """Return line and words of an error of `tomllib`."""
    place = _AT_LINE.search(message)
    words = printable(message[: place.start()] if place else message)
    if place and place[1]:
        return int(place[1]), f"{words[:1].lower()}{words[1:]} (column {place[2]})"
    return text.rstrip("\n").count("\n") + 1, f"{words[:1].lower()}{words[1:]} at the end"


def read_document(path: Path, model: type[M], problems: Problems) -> Document[M] | None:
    """Return a TOML file read as `model`, or None if it is not even TOML."""
    file = read_file(path, limit=TOML_LIMIT, problems=problems)
    said = None if file is None else parse_toml(file, problems)
    if file is None or said is None:
        return None
    lines = _index(file)
    version = said.get("schema_version")
    if type(version) is int and version > 1:
        problems.add(
            file.shown,
            lines.line(("schema_version",)),
            "schema_version",
            found=show(version),
            allowed="1; a newer file needs a newer forecast",
        )
        return None
    if model is ForecastFile and "competition" not in said and "stage" in said:
        found, allowed = "a competition", "a forecast, which names a competition"
        problems.add(file.shown, lines.line(("stage",)), "stage", found=found, allowed=allowed)
        return None
    try:
        checked = model.model_validate(said)
    except ValidationError as error:
        _note_errors(error, model, file=file.shown, lines=lines, problems=problems)
        checked = None
    return Document(path, file, lines, said, checked)


def _index(file: InputFile) -> LineIndex:
    """Return the lines of keys; they are not known if lists are nested to the limit."""
    try:
        return index_lines(file.text.replace("\r\n", "\n"))
    except RecursionError:
        return LineIndex()


def _note_errors(
    error: ValidationError,
    model: type[BaseModel],
    *,
    file: str,
    lines: LineIndex,
    problems: Problems,
) -> None:
    """Note each error of pydantic in our words."""
    schema = model.model_json_schema()
    for detail in error.errors(include_url=False, include_context=False):
        path = _without_tags(detail["loc"])
        node = _node(schema, path)
        found, allowed = _words(detail, node=node, around=_node(schema, path[:-1]), path=path)
        problems.add(file, lines.line(path), _safe(path), found=found, allowed=allowed)


def _safe(path: KeyPath) -> str:
    """Return a key path that came from a file as printable text."""
    return key_text(tuple(part if isinstance(part, int) else printable(part) for part in path))


def _without_tags(place: tuple[str | int, ...]) -> KeyPath:
    """Return the place of an error without the names of union branches and of dict keys."""
    parts: list[str | int] = []
    for part in place:
        after_union = bool(parts) and (isinstance(parts[-1], int) or parts[-1] == "as_of")
        if part == "[key]" or (part in TAGS and after_union):
            continue
        parts.append(part)
    return tuple(parts)


def _words(
    detail: ErrorDetails, *, node: dict[str, Any], around: dict[str, Any], path: KeyPath
) -> tuple[str, str]:
    """Return what was found and what is allowed."""
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        known = list(around.get("properties", {}))
        return f"an unknown key{nearest(str(path[-1]), known)}", join_words(known)
    if kind in {"missing", "union_tag_not_found"}:
        return "nothing", _allowed(node) if kind == "missing" else 'kind "table" or "knockout"'
    if kind == "union_tag_invalid":
        tag = value.get("kind") if isinstance(value, dict) else value
        return f"kind {show(tag)}", '"table" or "knockout"'
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, "), _allowed(node)
    if kind == "too_long" and isinstance(value, list):
        return f"{len(value)} entries", _allowed(node)
    return show(value), _allowed(node)


def _allowed(node: Mapping[str, Any]) -> str:
    """Return the description of a key, or its type."""
    words = {"object": "a table", "array": "a list", "string": "a text", "boolean": "true or false"}
    kind = str(node.get("type", "a value"))
    return str(node.get("description") or words.get(kind, kind))


def _node(schema: dict[str, Any], path: KeyPath) -> dict[str, Any]:
    """Return the part of a JSON schema that describes a key; empty if there is none."""
    nodes = list(_resolved(schema, schema))
    description: str | None = schema.get("description")
    for part in path:
        below = [_step(node, part) for node in nodes]
        nodes = [deep for node in below if node for deep in _resolved(schema, node)]
        described = (node["description"] for node in below if "description" in node)
        description = next(described, None)
    merged: dict[str, Any] = {}
    for node in reversed(nodes):
        merged |= node | {"properties": merged.get("properties", {}) | node.get("properties", {})}
    return merged | ({"description": description} if description else {})


def _step(node: Mapping[str, Any], part: str | int) -> dict[str, Any]:
    """Return the description of one key or item of a node."""
    if isinstance(part, int):
        items: dict[str, Any] = node.get("items", {})
        return items
    named: dict[str, Any] = node.get("properties", {}).get(part, {})
    return named


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a node may be: itself, what it refers to, and the branches of a union."""
    if "$ref" in node:
        yield from _resolved(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    for branch in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _resolved(schema, branch)
    if "$ref" not in node and node.get("type") != "null":
        yield node
