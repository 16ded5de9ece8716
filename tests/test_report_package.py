"""Files for desks: they say what the long tables say, and other people's programs can read them."""

import hashlib
import io
import json
import subprocess
from datetime import date
from pathlib import Path

import frictionless
import openpyxl
import polars as pl
import pytest

import forecast as fc
from forecast.report.files import csv_bytes
from forecast.report.folder import CHECKSUMS
from forecast.tables import schemas
from forecast.tables.document_keys import FORECAST_KEYS, PROVENANCE_KEYS
from forecast.tables.export_docs import DOCS, PLACES_OF_TABLES, docs_text, schema_of
from forecast.tables.meanings import TABLES, fields_of
from forecast.tables.wide import outcomes_wide, places_wide


@pytest.fixture
def result(small_cup):
    return small_cup.result


@pytest.fixture
def folder(small_cup):
    return small_cup.folder


def test_every_column_of_every_table_has_a_meaning(result):
    known = {name: table for name, table in vars(schemas).items() if isinstance(table, pl.Schema)}
    shown = {name.lower(): schema for name, schema in known.items() if not name.startswith("_")}
    shown |= {name: frame.schema for name, frame in result.tables.items()}
    assert set(result.tables) <= set(TABLES)
    for name, schema in shown.items():
        fields = fields_of(name, schema)
        assert [field.name for field in fields] == schema.names()
        assert all(field.description.endswith(".") for field in fields)
        assert set(TABLES[name].key) <= set(schema.names())


def test_a_column_without_a_meaning_is_named():
    with pytest.raises(KeyError, match=r"outcomes\.new: no description"):
        fields_of("outcomes", pl.Schema({"new": pl.Int64}))


def test_the_frictionless_validator_accepts_the_package(folder):
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
    assert {each["path"] for each in described} == {path.name for path in folder.glob("*.csv")}


@pytest.mark.parametrize(
    ("old", "new"), [("ADA,finalist,", "ADA,champion,"), ("ADA,finalist,", "ADA,finalist,x")]
)
def test_the_frictionless_validator_catches_a_broken_table(folder, tmp_path, old, new):
    """A row said twice, and a text for a number: keys and types are really checked."""
    for path in [*folder.glob("*.csv"), folder / "datapackage.json"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    broken = (tmp_path / "outcomes.csv").read_text("utf-8").replace(old, new)
    (tmp_path / "outcomes.csv").write_text(broken, "utf-8")
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_checksums_satisfy_sha256sum_and_name_every_file_that_has_no_clock(folder):
    lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {line.split("  ")[1] for line in lines} == found - {CHECKSUMS, "provenance.json"}
    check = ["sha256sum", "--check", "--strict", "--quiet", CHECKSUMS]
    subprocess.run(check, cwd=folder, check=True)  # noqa: S603 (a program of the system)


def test_outcomes_wide_is_the_long_table_laid_out(result):
    wide = outcomes_wide(result.outcomes)
    assert wide.columns == [
        "team", "p_finalist", "p_champion", "std_error_finalist", "std_error_champion",
    ]  # fmt: skip
    for row in result.outcomes.iter_rows(named=True):
        (there,) = wide.filter(team=row["team"]).iter_rows(named=True)
        assert there[f"p_{row['outcome']}"] == row["probability"]
        assert there[f"std_error_{row['outcome']}"] == row["std_error"]
    assert wide["p_champion"].is_sorted(descending=True)
    assert outcomes_wide(result.outcomes.clear()).columns == ["team"]


def test_places_wide_is_the_long_table_laid_out(result):
    wide = places_wide(result.places)
    assert wide.columns == ["stage", "team", "largest_std_error", "p_1", "p_2", "p_3", "p_4"]
    assert wide.height == 8
    for row in wide.iter_rows(named=True):
        long = result.places.filter(stage=row["stage"], team=row["team"]).sort("place")
        found = [row[f"p_{place}"] for place in range(1, 5)]
        assert found == long["probability"].to_list() + [None] * (4 - long.height)
        assert row["largest_std_error"] == long["std_error"].max()


def test_the_copies_for_excel_differ_by_the_mark_alone(folder):
    plain = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    marked = {path.name: path.read_bytes() for path in (folder / "excel").iterdir()}
    assert marked == {name: b"\xef\xbb\xbf" + content for name, content in plain.items()}


def rows_of(frame):
    """Cells as Excel has them: its numbers are floats, its dates have a time."""
    text = csv_bytes(frame)
    return [tuple(row.values()) for row in pl.read_csv(text, schema=frame.schema).to_dicts()]


def test_a_sheet_a_table_with_the_numbers_of_the_csv_and_one_that_explains(result, folder):
    book = openpyxl.load_workbook(folder / "forecast.xlsx")
    others = [name for name in result.tables if name not in {"outcomes", "places", "matches"}]
    assert book.sheetnames == ["outcomes", "places", "matches", *others, "method"]
    views = {"outcomes": outcomes_wide(result.outcomes), "places": places_wide(result.places)}
    for name, frame in {**result.tables, **views}.items():
        header, *rows = book[name].values
        assert list(header) == frame.columns
        cells = [tuple(c.date() if hasattr(c, "date") else c for c in row) for row in rows]
        assert cells == rows_of(frame)
    said = {tuple(row[:2]) for row in book["method"].values}
    assert ("config hash", result.plan.source.config_hash) in said
    assert {("matches", name) for name in result.matches.columns} <= said


def test_a_day_is_a_day_in_the_spreadsheet(folder):
    book = openpyxl.load_workbook(folder / "forecast.xlsx")
    cell = next(row for row in book["matches"].iter_rows(min_row=2))[2]
    assert cell.is_date
    assert cell.value.date() == date(2023, 9, 20)


def test_equal_runs_write_equal_bytes_but_for_provenance(result, folder, tmp_path):
    again = fc.run(result.plan, workers=2).write(tmp_path)
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    for name in files:
        if name.name != "provenance.json":
            assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_without_report_there_is_only_what_programs_read(result, tmp_path):
    folder = result.write(tmp_path, report=False)
    tables = {f"{name}.{kind}" for name in result.tables for kind in ("csv", "parquet")}
    documents = {"forecast.json", "calibration.json", "datapackage.json"}
    documents |= {"provenance.json", CHECKSUMS}
    assert {path.name for path in folder.iterdir()} == tables | documents
    assert frictionless.validate(str(folder / "datapackage.json")).valid


def test_the_workbook_has_no_date_of_its_making(folder):
    book = openpyxl.load_workbook(io.BytesIO((folder / "forecast.xlsx").read_bytes()))
    assert book.properties.created.year == 2000


def test_the_description_of_the_tables_is_that_of_the_code():
    written = (Path(__file__).parents[1] / DOCS).read_text("utf-8")
    assert written == docs_text(), "run python -m forecast.tables.export_docs"


def test_the_description_says_where_every_table_is(folder):
    long, sheets, wide, *elsewhere = PLACES_OF_TABLES
    assert sorted(name for names in PLACES_OF_TABLES for name in names) == sorted(TABLES)
    assert {path.stem for path in folder.glob("*.csv")} == {*long, *sheets, *wide}
    assert {path.stem for path in folder.glob("*.parquet")} == {*long, *sheets}
    document = json.loads((folder / "forecast.json").read_text("utf-8"))
    assert document["tables"].keys() == {*long, *sheets}
    book = openpyxl.load_workbook(folder / "forecast.xlsx")
    assert {*book.sheetnames} == {*long, *sheets, "method"}
    assert elsewhere == [("history",), ("movement",), ("what_if",)]
    assert [path.suffix for path in (folder.parent / "history").rglob("*.*")] == [".parquet"]


@pytest.mark.parametrize("table", ["matches", "outcomes_wide", "places_wide"])
def test_columns_of_an_outcome_or_a_place_are_described_by_their_pattern(result, folder, table):
    stands_for = {
        "<outcome>": [outcome.id for outcome in result.plan.competition.outcomes],
        "<place>": range(1, 5),
    }
    said = set()
    for column in schema_of(table):
        (mark,) = [mark for mark in stands_for if mark in column] or [""]
        said |= {column.replace(mark, str(each)) for each in stands_for[mark]} if mark else {column}
    header = (folder / f"{table}.csv").read_text("utf-8").splitlines()[0]
    assert set(header.split(",")) == said


def keys_of(document, listed):
    """Return the keys of a document, those within a key only where some of them are listed."""
    found = set()
    for key, value in document.items():
        parts = value if isinstance(value, list) else [value]
        first = f"{key}[]." if isinstance(value, list) else f"{key}."
        if any(each.startswith(first) for each in listed):
            found |= {f"{first}{inner}" for part in parts for inner in part}
        else:
            found.add(key)
    return found


@pytest.mark.parametrize(
    ("name", "listed"), [("forecast.json", FORECAST_KEYS), ("provenance.json", PROVENANCE_KEYS)]
)
def test_every_key_of_a_document_is_described(folder, name, listed):
    document = json.loads((folder / name).read_text("utf-8"))
    assert keys_of(document, listed) == set(listed)
    assert all(meaning.endswith(".") for meaning in listed.values())
