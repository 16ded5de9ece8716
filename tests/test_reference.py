"""What compiled code reads through a reference is what the tuple holds."""

from copy import deepcopy
from typing import NamedTuple

import numba
import numpy as np
import pytest

from forecast.jit import Part, jit
from forecast.reference import Address, by_reference, signature


class Inner(NamedTuple):
    bytes_: np.ndarray
    flag: bool
    other_flag: bool


class Outer(NamedTuple):
    count: int
    matrix: np.ndarray
    inner: Inner
    large: np.uint64
    cube: np.ndarray
    masks: np.ndarray


def outer():
    return Outer(
        count=-3,
        matrix=np.arange(12.0).reshape(3, 4),
        inner=Inner(np.array([7, 250], np.uint8), flag=True, other_flag=False),
        large=np.uint64(2**62 + 1),
        cube=np.arange(24, dtype=np.int32).reshape(2, 3, 4),
        masks=np.array([True, False, True]),
    )


@jit
def read(fields, numbers, seen):
    inner = fields.inner
    numbers[0] = fields.count
    numbers[1] = inner.bytes_[0] + inner.bytes_[1]
    numbers[2] = 1 if inner.flag else 0
    numbers[3] = 1 if inner.other_flag else 0
    numbers[4] = fields.large
    numbers[5] = fields.cube.size + fields.cube[1, 2, 3]
    for i in range(fields.masks.size):
        numbers[6] += fields.masks[i]
    for i in range(fields.matrix.shape[0]):
        for j in range(fields.matrix.shape[1]):
            seen[i, j] = fields.matrix[i, j]


@jit
def write(fields):
    fields.inner.bytes_[1] = 9
    fields.matrix[2, 3] = -1.0


def test_every_kind_of_field_is_read():
    numbers, seen, fields = np.zeros(7, np.int64), np.zeros((3, 4)), outer()
    read(by_reference(fields), numbers, seen)
    assert numbers.tolist() == [-3, 257, 1, 0, 2**62 + 1, 24 + 23, 2]
    assert seen.tolist() == fields.matrix.tolist()


def test_a_reference_reads_like_the_tuple_and_writes_go_to_its_arrays():
    fields = outer()
    reference = by_reference(fields)
    write(reference)
    assert (reference.count, reference.inner.bytes_.tolist()) == (-3, [7, 9])
    assert fields.matrix[2, 3] == -1.0


def test_a_copy_refers_to_arrays_of_its_own_as_in_another_process():
    fields = outer()
    copied = deepcopy(by_reference(fields))
    write(copied)
    assert copied.inner.bytes_.tolist() == [7, 9]
    assert fields.inner.bytes_.tolist() == [7, 250]
    numbers, seen = np.zeros(7, np.int64), np.zeros((3, 4))
    read(copied, numbers, seen)
    assert numbers[1] == 16
    assert seen[2, 3] == -1.0


class Calls(NamedTuple):
    half: Address
    is_even: Address
    clear: Address


@Part
def half(number):
    return number // 2


@Part
def is_even(number):
    return number % 2 == 0


@Part
def clear(numbers):
    numbers[2] = 0


PARTS = (
    (half, signature(int, 0)),
    (is_even, signature(bool, 0)),
    (clear, signature(None, np.zeros(3, np.int64))),
)


@jit
def call(calls, numbers):
    numbers[0] = calls.half(numbers[0])
    numbers[1] = 1 if calls.is_even(numbers[1]) else -1
    calls.clear(numbers)


def test_functions_are_called_by_their_addresses():
    addresses = [Address(part.address(of), of, part.function) for part, of in PARTS]
    calls = by_reference(Calls(*addresses))
    for numbers, expected in (([84, 3, 7], [42, -1, 0]), ([5, 8, 7], [2, 1, 0])):
        found = np.array(numbers)
        call(calls, found)
        assert found.tolist() == expected
        inside = np.array(numbers)
        call.py_func(calls, inside)  # Python calls the functions themselves
        assert inside.tolist() == expected


def test_an_address_is_called_with_what_its_signature_has():
    addresses = [Address(0, of, part.function) for part, of in PARTS]
    with pytest.raises(numba.TypingError, match="No match"):
        call(by_reference(Calls(*addresses)), np.zeros((3, 3), np.int64))


class Pair(NamedTuple):
    x: int
    y: int


class Other(NamedTuple):
    y: int
    x: int


Other.__name__ = Other.__qualname__ = "Pair"


@numba.njit  # not cached: a class that cannot be found by its name is a new one in each process
def read_x(fields, numbers):
    numbers[0] = fields.x


def test_tuples_of_one_name_are_told_apart_by_the_order_of_their_fields():
    for kind in (Pair, Other):
        numbers = np.zeros(1, np.int64)
        read_x(by_reference(kind(x=1, y=2)), numbers)
        assert numbers[0] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        0.5,
        "text",
        None,
        2**63,
        (1, 2),
        np.zeros((3, 4)).T,
        np.zeros((3, 4))[:, 1:],
        np.frombuffer(bytes(8)),
        np.zeros(9, np.uint8)[1:].view(np.float64),
        np.zeros(2, ">f8"),
        np.array([None]),
    ],
    ids=[
        "float",
        "text",
        "nothing",
        "too large",
        "a plain tuple",
        "another order",
        "a part",
        "read-only",
        "not aligned",
        "foreign bytes",
        "objects",
    ],
)
def test_what_has_no_words_is_refused(wrong):
    with pytest.raises(TypeError, match="no reference to"):
        by_reference(outer()._replace(matrix=wrong))


def test_a_field_that_python_could_not_read_through_the_reference_is_refused():
    class Words(NamedTuple):
        words: int

    with pytest.raises(TypeError, match="a field words"):
        by_reference(Words(1))
