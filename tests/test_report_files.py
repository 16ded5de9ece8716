"""Bytes of files: fixed, unlocalised, and the same for the same frame."""

import json
import math
from datetime import date

import polars as pl

from forecast.report.files import csv_bytes, document_bytes, parquet_bytes
from forecast.report.text import shown

FRAME = pl.DataFrame(
    {
        "day": [date(2023, 9, 15), None],
        "team": ['Jaén, "el rojo"', "null"],
        "hits": [2**60, 0],
        "share": [1 / 3, -1e-9],
        "gap": [None, math.pi * 1e6],
        "neutral": [True, False],
    }
)


def test_csv_is_utf8_with_lf_six_decimals_iso_dates_and_empty_nulls():
    assert csv_bytes(FRAME).decode() == (
        "day,team,hits,share,gap,neutral\n"
        '2023-09-15,"Jaén, ""el rojo""",1152921504606846976,0.333333,,true\n'
        ",null,0,0.000000,3141592.653590,false\n"
    )


def test_parquet_is_the_frame_and_does_not_depend_on_its_chunks():
    chunks = pl.concat([FRAME[:1], FRAME[1:]], rechunk=False)
    assert chunks.n_chunks() == 2
    assert parquet_bytes(chunks) == parquet_bytes(FRAME)
    assert pl.read_parquet(parquet_bytes(FRAME)).equals(FRAME)


def test_an_empty_frame_has_a_header_and_an_empty_list():
    empty = FRAME.clear()
    assert csv_bytes(empty) == b"day,team,hits,share,gap,neutral\n"
    assert json.loads(document_bytes({}, {"none": empty})) == {"tables": {"none": []}}
    assert pl.read_parquet(parquet_bytes(empty)).equals(empty)


def test_the_document_is_json_with_fixed_decimals():
    head = {"name": 'Jaén "x" \\ \n', "runs": 5, "as_of": None}
    text = document_bytes(head, {"rows": FRAME}).decode()
    document = json.loads(text)
    assert {key: document[key] for key in head} == head
    first, second = document["tables"]["rows"]
    assert first == {
        "day": "2023-09-15", "team": 'Jaén, "el rojo"', "hits": 2**60, "share": 0.333333,
        "gap": None, "neutral": True,
    }  # fmt: skip
    assert second["share"] == 0
    assert '"share": 0.000000' in text
    assert "-0.0" not in text


def test_control_characters_are_shown_and_words_are_left_alone():
    assert shown("a\x1b[31mb\r\u202ec\x00\u2028") == "a\\x1b[31mb\\r\\u202ec\\x00\\u2028"
    plain = "Ñuñoa – 中国 عربي 👩‍🚀 [red]x[/red]\nnext"
    assert shown(plain) == plain
