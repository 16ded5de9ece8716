"""The sort of a tile's keys: by the zero-one principle for all inputs, and for large tables."""

import itertools

import numpy as np
import pytest

from forecast.arrays import TILE
from forecast.jit import jit
from forecast.kernel.sort import BLOCK, sort_keys

ROWS = BLOCK // TILE


@jit
def sort(keys):
    sort_keys(keys)


def is_sorted(inputs):
    """Sort the columns of `inputs`, TILE at a time; return whether all come out falling."""
    rows, columns = inputs.shape
    kind = np.uint64 if inputs.dtype == np.uint64 else np.uint32
    padded = np.zeros((-(-rows // ROWS) * ROWS, -(-columns // TILE) * TILE), kind)
    padded[:rows, :columns] = inputs
    for first in range(0, columns, TILE):
        keys = padded[:, first : first + TILE].ravel()
        sort(keys)
        padded[:, first : first + TILE] = keys.reshape(-1, TILE)
    expected = np.sort(inputs, axis=0)[::-1]
    return bool((padded[:rows, :columns] == expected).all() and not padded[rows:].any())


@pytest.mark.parametrize("rows", range(1, 13))
def test_all_zeros_and_ones_are_sorted_and_so_everything(rows):
    assert is_sorted(np.array(list(itertools.product((0, 1), repeat=rows))).T)


@pytest.mark.parametrize("blocks", range(2, 6))
def test_sorted_blocks_of_zeros_and_ones_are_merged_and_so_everything(blocks):
    counts = np.array(list(itertools.product(range(ROWS + 1), repeat=blocks)))
    ones = np.arange(ROWS) < counts[:, :, np.newaxis]
    assert is_sorted(ones.reshape(len(counts), -1).T)


@pytest.mark.parametrize("kind", [np.uint32, np.uint64])
@pytest.mark.parametrize("rows", [20, 50, 63, 64, 65, 400, 1000])
def test_keys_of_large_tables_are_sorted(rows, kind):
    random = np.random.default_rng(1)
    assert is_sorted(random.integers(0, np.iinfo(kind).max, (rows, TILE), kind, endpoint=True))
    assert is_sorted(random.integers(0, rows, (rows, TILE), kind))


def test_a_sort_that_leaves_out_a_block_is_found(monkeypatch):
    whole = sort
    monkeypatch.setattr("test_kernel_sort.sort", lambda keys: whole(keys[:BLOCK]))
    assert not is_sorted(np.array(list(itertools.product((0, 1), repeat=9))).T)
