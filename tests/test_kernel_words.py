"""Random words: the published SplitMix64, and purposes that never share a word."""

import numpy as np
import pytest
import twin_stream
from compiled import mix, tile_key, word
from hypothesis import given
from hypothesis import strategies as st

from forecast.arrays import STRATA, TILE
from forecast.kernel import words
from forecast.plan import MAX_GOALS, MAX_TEAMS

WORDS = st.integers(0, 2**64 - 1)

PUBLISHED = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)
"""The first five numbers of the reference implementation for the seed 1234567."""


def test_the_words_of_purpose_0_are_the_published_splitmix64():
    out = np.empty(5, np.uint64)
    words.fill_words(np.uint64(1234567), words.FOR_SIDES, 0, out)
    assert out.tolist() == list(PUBLISHED)
    assert [int(word(np.uint64(1234567), words.FOR_SIDES, i)) for i in range(5)] == list(PUBLISHED)


@given(WORDS, st.integers(0, 6), st.integers(0, 2**40), st.integers(1, 9))
def test_words_are_the_same_function_of_key_purpose_and_index(key, purpose, index, length):
    out = np.empty(length, np.uint64)
    words.fill_words(np.uint64(key), np.uint64(purpose), index, out)
    expected = [twin_stream.word(key, purpose, index + i) for i in range(length)]
    assert out.tolist() == expected
    assert int(word(np.uint64(key), np.uint64(purpose), index)) == expected[0]


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**32), st.integers(0, 511))
def test_the_key_of_a_tile_hangs_on_rng_seed_replicate_and_tile(rng_seed, replicate, tile):
    numbers = (rng_seed, replicate, tile)
    key = int(tile_key(*map(np.uint64, numbers)))
    assert key == twin_stream.tile_key(*numbers)
    for k in range(3):
        other = [number + (i == k) for i, number in enumerate(numbers)]
        assert key != twin_stream.tile_key(*other)


MOST_SIDES = 2 * 5 * MAX_TEAMS * MAX_TEAMS
MOST_TIES = 64 * MAX_TEAMS // 2
MOST_INDEX = {
    "FOR_SIDES": MOST_SIDES,
    "FOR_TIES": MOST_TIES,
    "FOR_STRATA": STRATA * TILE,
    "FOR_LOTS": TILE * 64 * MAX_TEAMS,
    "FOR_HALVES": 128 * TILE * MOST_SIDES,
    "FOR_HIDDEN_HALVES": 128 * TILE * MOST_SIDES,
    "FOR_LEGS": 8 * TILE * MOST_TIES,
    "FOR_COMMON": MOST_SIDES // 2,
    "FOR_LEGS_COMMON": 2 * TILE * MOST_TIES,
}
"""More than any competition of 1,000 teams and 64 stages uses of a purpose."""


def test_purposes_have_ranges_of_their_own():
    purposes = [getattr(words, name) for name in MOST_INDEX]
    assert len(set(purposes)) == len(purposes)
    assert all(0 <= purpose < 256 for purpose in purposes)
    assert max(MOST_INDEX.values()) < 2**56
    assert MAX_GOALS < 128  # goals of a side in FOR_HALVES


@pytest.mark.parametrize("bit", [0, 1, 31, 32, 63])
def test_mix_is_a_bijection_in_which_a_bit_moves_half_of_all_bits(bit):
    values = np.random.default_rng(1).integers(0, 2**64, 4_000, np.uint64)
    mixed = [int(mix(value)) for value in values]
    assert len(set(mixed)) == len(set(values.tolist()))
    moved = [
        (one ^ int(mix(value ^ np.uint64(1 << bit)))).bit_count()
        for one, value in zip(mixed, values, strict=True)
    ]
    # 32 of 64 bits, each moved or not by chance: sd 4; six sd of the mean, as 2e-9 of the budget
    assert abs(np.mean(moved) - 32) < 6 * 4 / np.sqrt(len(moved))
