"""The line index names the line on which each key of a TOML text stands."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.config.toml_lines import index_lines, key_text

TEXT = '''# a comment = 1
"quoted key" = 1
a.b . "c.d" = 2

[table]   # [not.a.table]
x = """
y = 3
"""
'z' = [
  1, # ]
  "]",
  { p = 1,  q = [
    2
  ] },
]

[[many]]
k = 1
[[many]]
k = 2
[many.sub]
l = {m = {n = 3}}
[[many.more]]
t = 2026-01-01 07:00:00
[[many.more]]
u = \'\'\'
v = 1\'\'\'
w = "\\" # \\u00e9"
"\\u0061" = 1
'''

LINES = {
    ("quoted key",): 2,
    ("a",): 3,
    ("a", "b", "c.d"): 3,
    ("table",): 5,
    ("table", "x"): 6,
    ("table", "z"): 9,
    ("table", "z", 0): 10,
    ("table", "z", 1): 11,
    ("table", "z", 2): 12,
    ("table", "z", 2, "q"): 12,
    ("table", "z", 2, "q", 0): 13,
    ("many",): 17,
    ("many", 0, "k"): 18,
    ("many", 1): 19,
    ("many", 1, "k"): 20,
    ("many", 1, "sub"): 21,
    ("many", 1, "sub", "l", "m", "n"): 22,
    ("many", 1, "more", 0, "t"): 24,
    ("many", 1, "more", 1, "u"): 26,
    ("many", 1, "more", 1, "w"): 28,
    ("many", 1, "more", 1, "a"): 29,
}


@pytest.mark.parametrize("path", LINES, ids=key_text)
def test_each_way_to_write_a_key_has_its_line(path):
    assert index_lines(TEXT).line(path) == LINES[path]


def test_a_missing_key_has_the_line_of_its_table():
    index = index_lines(TEXT)
    assert index.line(("many", 1, "sub", "missing")) == 21
    assert index.line(("missing",)) == 1


def test_a_key_path_reads_as_it_is_written_with_places_from_one():
    assert key_text(("stage", 1, "entrants", 0)) == "stage[2].entrants[1]"
    assert key_text(()) == "file"


def paths(value, path=()):
    """Yield every key path of parsed TOML."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*path, key)
            yield from paths(below, (*path, key))
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield (*path, number)
            yield from paths(below, (*path, number))


KEYS = st.one_of(
    st.text("abz_-9", min_size=1, max_size=4),
    st.text("a.b#[]= {}'", max_size=4).map(lambda key: f'"{key}"'),
    st.text('a."#[]= {}', max_size=4).map(lambda key: f"'{key}'"),
)
SCALARS = st.one_of(
    st.integers(-99, 99).map(str),
    st.sampled_from(["true", "1e3", "2026-01-01", "07:00:00", '"#]}"', "'[\"'", '""', "''"]),
    st.sampled_from(['"""\n]#"""', "'''\na = 1\n'''", '"\\"]"', '"""a"""""', '"""\\""""']),
)
BREAKS = st.sampled_from(["", " ", "\n", " # ],}\n", "\n\n"])


@st.composite
def lists(draw, values):
    items = draw(st.lists(values, max_size=3))
    return "[" + ",".join(draw(BREAKS) + item + draw(BREAKS) for item in items) + "]"


@st.composite
def inline_tables(draw, values):
    pairs = draw(st.lists(st.tuples(KEYS, values), max_size=3))
    return "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"


VALUES = st.recursive(SCALARS, lambda values: lists(values) | inline_tables(values), max_leaves=8)


@st.composite
def documents(draw):
    """Return a text and, by an oracle that writes and counts, the line of each pair's key."""
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["pair", "pair", "table", "array"]))
        dotted = ".".join(draw(st.lists(KEYS, min_size=1, max_size=3)))
        if kind == "pair":
            lines.append(f"{dotted} = {draw(VALUES)}")
        else:
            lines.append(f"[{dotted}]" if kind == "table" else f"[[{dotted}]]")
    return "\n".join(lines) + "\n"


@given(documents())
def test_every_key_of_a_valid_text_is_indexed_on_a_line_that_exists(text):
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    index = index_lines(text)
    assert set(paths(said)) <= set(index.lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in index.lines.values())


@given(documents(), st.integers(0, 3))
def test_blank_lines_before_a_text_move_every_key_down(text, blank):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    before, after = index_lines(text).lines, index_lines("\n" * blank + text).lines
    assert after == {path: line + blank for path, line in before.items()}
