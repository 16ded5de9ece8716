"""Percentages for readers: no digit without support, no certainty without proof."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forecast.report.percent import frequency, percent

FINE, COARSE = 0.0009, 0.001


@pytest.mark.parametrize(
    ("hits", "runs", "std_error", "shown"),
    [
        (420, 1000, COARSE, "42 %"),
        (421, 1000, FINE, "42.1 %"),
        (425, 1000, COARSE, "42 %"),  # half to even, as Python rounds
        (9, 1000, COARSE, "<1 %"),
        (10, 1000, COARSE, "1 %"),
        (991, 1000, COARSE, ">99 %"),
        (990, 1000, COARSE, "99 %"),
        (9, 10_000, FINE, "<0.1 %"),
        (10, 10_000, FINE, "0.1 %"),
        (9991, 10_000, FINE, ">99.9 %"),
        (9990, 10_000, FINE, "99.9 %"),
        (0, 524_288, 0.0, "<0.1 %"),  # 3 / N is 0.0006 %
        (0, 3_000, 0.0, "<0.1 %"),
        (0, 2_999, 0.0, "<1 %"),
        (0, 100, 0.0, "<3 %"),
        (0, 64, 0.0, "<5 %"),  # 4.7 %, rounded up
        (0, 2, 0.0, "<100 %"),
        (100, 100, 0.0, ">97 %"),
        (524_288, 524_288, 0.0, ">99.9 %"),
    ],
)
def test_percent(hits, runs, std_error, shown):
    assert percent(hits, runs=runs, std_error=std_error) == shown


@given(st.integers(1, 10**7), st.floats(0, 1), st.sampled_from([FINE, COARSE]))
def test_what_is_shown_is_true_and_never_certain(runs, share, std_error):
    hits = round(share * runs)
    shown = percent(hits, runs=runs, std_error=std_error)
    mark, number = re.fullmatch(r"([<>]?)(\d+(?:\.\d)?) %", shown).groups()
    value = 100 * hits / runs
    if mark == "<":
        assert value < float(number)
    elif mark == ">":
        assert value > float(number)
    else:
        assert 0 < float(number) < 100
        assert abs(value - float(number)) <= (0.05 if "." in number else 0.5) + 1e-9


@given(st.integers(1, 10**6), st.floats(0, 1), st.sampled_from([FINE, COARSE]))
def test_hits_and_misses_mirror_each_other(runs, share, std_error):
    hits = round(share * runs)
    here = percent(hits, runs=runs, std_error=std_error)
    there = percent(runs - hits, runs=runs, std_error=std_error)
    if here[0] in "<>":
        assert there[0] == {"<": ">", ">": "<"}[here[0]]
        assert float(here[1:-2]) + float(there[1:-2]) == pytest.approx(100)


@pytest.mark.parametrize(
    ("hits", "runs", "k", "n"),
    [
        (27, 100, 27, 100),
        (50, 100, 50, 100),
        (307, 1000, 31, 100),
        (924, 1000, 92, 100),
        (993, 1000, 993, 1000),
        (6, 1000, 6, 1000),
        (999, 1_000_000, 0, 1000),
        (1_000, 1_000_000, 1, 1000),
        (0, 64, 0, 1000),
        (64, 64, 1000, 1000),
        (10, 1000, 1, 100),
        (990, 1000, 99, 100),
    ],
)
def test_frequency(hits, runs, k, n):
    assert frequency(hits, runs=runs) == (k, n)


@given(st.integers(1, 10**7), st.floats(0, 1))
def test_a_frequency_is_near_the_chance(runs, share):
    hits = round(share * runs)
    k, n = frequency(hits, runs=runs)
    assert n in {100, 1000}
    if k in {0, n}:
        assert min(hits, runs - hits) / runs < 0.001
    else:
        assert abs(k / n - hits / runs) <= 0.5 / n + 1e-9


@given(st.integers(1, 10**7), st.floats(0, 1), st.floats(0, 1))
@example(1000, 0.255, 0.307)  # both once "3 in 10"
@example(1000, 0.199, 0.241)  # once "1 in 5" and "2 in 10"
def test_frequencies_never_contradict_the_order_of_the_chances(runs, one, other):
    less, more = sorted((round(one * runs), round(other * runs)))
    (k, n), (j, m) = frequency(less, runs=runs), frequency(more, runs=runs)
    assert k * m <= j * n
    if 100 * (more - less) > 1.001 * runs:
        assert k * m < j * n
