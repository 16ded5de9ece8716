"""Named tuples of arrays that compiled code reads through one pointer.

Numba hands a named tuple over field by field, seven numbers and more an array: a function of a
`Program` would have six hundred arguments, and every line that names it would copy them all, which
made a quarter of what compiling took. Here the fields are words of eight bytes, one after the other
as numba lays out arrays. Compiled code reads a field where it names one, and has a tuple in the
tuple as a reference again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import extending
from numba.core import cgutils, types
from numba.core.typing import templates

__all__ = ["Address", "by_reference", "signature"]

T = TypeVar("T")

_TYPE_OF: Any = numba.typeof  # numba's functions have no types, nor has what they are called with
_NUMBA: Any = extending
_TYPES: Any = types
_CODE: Any = cgutils
_SIGNATURE: Any = templates.signature

_NOT_FOR_PYTHON: Any = None

WORD = ir.IntType(64)


class AddressType(types.ExternalFunctionPointer):
    """Numba's type of the addresses of functions with one signature."""

    def __init__(self, signature: Any) -> None:  # noqa: ANN401 (numba's)
        super().__init__(signature, get_pointer=_NOT_FOR_PYTHON)

    def __reduce__(self) -> tuple[object, ...]:
        """Be made anew from the signature, where numba would write down a class of its own."""
        return AddressType, (self.sig,)


class Address:
    """Where the compiled code of a function begins; Python calls the function itself."""

    def __init__(self, address: int, signature: object, function: Callable[..., Any]) -> None:
        self.address = address
        self.type = AddressType(signature)
        self.function = function

    def __call__(self, *arguments: object) -> Any:  # noqa: ANN401 (what any function returns)
        """Return what the function does."""
        return self.function(*arguments)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an address means nothing in another process")


class Reference:
    """A named tuple, its words, and where they are; attributes are those of the tuple."""

    def __init__(self, fields: tuple[Any, ...]) -> None:
        self.fields = fields
        self.words = np.array(words_of(fields), np.int64)
        self.address: int = self.words.ctypes.data
        self.type = reference_type(signature_of(fields))
        if hidden := vars(self).keys() & set(fields._fields):  # type: ignore[attr-defined] # a named tuple
            raise TypeError(f"no reference to a tuple with a field {min(hidden)}: it has its own")

    def __getattr__(self, name: str) -> object:
        return getattr(self.fields, name)

    def __reduce__(self) -> tuple[object, ...]:
        """Be made anew in another process, where arrays have other addresses."""
        return by_reference, (self.fields,)


def by_reference(fields: T) -> T:
    """Return what compiled code reads a named tuple through, and Python as if it were the tuple.

    Parameters
    ----------
    fields : named tuple
        Of arrays (numbers or booleans, C order, aligned, writeable), integers below 2^63, booleans,
        addresses, and such tuples. What is in an array may change.

    Raises
    ------
    TypeError
        If a field is anything else, or has the name of an attribute of `Reference`.
    """
    return cast("T", Reference(cast("tuple[Any, ...]", fields)))


def words_of(value: Any) -> list[int]:  # noqa: ANN401 (a field of any tuple)
    """Return the words of a value: those of a tuple are its fields', one after the other."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [word for field in value for word in words_of(field)]
    if isinstance(value, np.ndarray) and is_plain(value):
        owners = 0, 0  # which code without reference counts never looks at
        size = value.size, value.itemsize
        return [*owners, *size, value.ctypes.data, *value.shape, *value.strides]
    if isinstance(value, Address):
        return [value.address]
    if isinstance(value, int | np.integer) and -(2**63) <= int(value) < 2**63:
        return [int(value)]
    raise TypeError(f"no reference to this {type(value).__name__}: see by_reference")


def is_plain(array: np.ndarray) -> bool:
    """Return whether compiled code may read and write an array as it lies in memory."""
    return array.flags.carray and array.dtype.isnative and array.dtype.kind in "biuf"


def word_count(kind: types.Type) -> int:
    """Return how many words a value of a type has."""
    if isinstance(kind, types.NamedTuple):
        return sum(word_count(field) for field in kind.types)
    return 5 + 2 * kind.ndim if isinstance(kind, types.Array) else 1


def signature_of(value: Any) -> Any:  # noqa: ANN401 (same)
    """Return what decides the type of a value: found in no time, while types are slow to make."""
    if isinstance(value, Address | Reference):
        return value.type
    if isinstance(value, tuple):
        return type(value), *map(signature_of, value)
    return (value.dtype, value.ndim) if isinstance(value, np.ndarray) else type(value)


@cache
def type_of(signature: Any) -> types.Type:  # noqa: ANN401 (same)
    """Return numba's type of the values with a signature."""
    if isinstance(signature, types.Type):
        return signature
    if isinstance(signature, type):
        return cast("types.Type", _TYPE_OF(signature(0)))
    first, *fields = signature
    if isinstance(first, np.dtype):
        return cast("types.Type", types.Array(numba.from_dtype(first), fields[0], "C"))
    return cast("types.Type", _TYPES.NamedTuple([type_of(field) for field in fields], first))


def signature(returns: type | None, *values: object) -> Any:  # noqa: ANN401 (same)
    """Return numba's signature of a function of such values: arrays, references, numbers, tuples.

    It returns a number or a boolean of a Python type, or nothing.
    """
    result = types.none if returns is None else type_of(returns)
    return _SIGNATURE(result, *(type_of(signature_of(value)) for value in values))


class ReferenceType(types.Type):
    """Numba's type of the references to named tuples of one type."""

    def __init__(self, fields: types.Type) -> None:
        self.fields: Any = fields
        self.hash = hash(fields)  # numba asks for it in every call, and it goes down to every array
        super().__init__(name=f"Reference({fields})")

    @property
    def key(self) -> object:
        """What makes two types one: of two tuples with one name, the order of fields may differ."""
        return self.fields

    def __hash__(self) -> int:
        return self.hash

    def __reduce__(self) -> tuple[object, ...]:
        """Be made anew, for hashes of texts are others in another process."""
        return ReferenceType, (self.fields,)


@cache
def reference_type(signature: Any) -> ReferenceType:  # noqa: ANN401 (same)
    """Return the type of the references to named tuples with a signature."""
    return ReferenceType(type_of(signature))


def typeof_reference(reference: Reference, _context: object) -> ReferenceType:
    """Return the type of a reference."""
    return reference.type


def unbox_reference(_kind: ReferenceType, reference: object, c: Any) -> object:  # noqa: ANN401 (same)
    """Write the code that takes the address out of a Python object."""
    address = c.pyapi.object_getattr_string(reference, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    failed = _CODE.is_not_null(c.builder, c.pyapi.err_occurred())
    return _NUMBA.NativeValue(pointer, is_error=failed)


class FieldTypes(templates.AttributeTemplate):
    """The types of what compiled code reads through a reference."""

    key = ReferenceType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override] # noqa: ANN401 (same)
        """Return the type of a field; a tuple in the tuple is a reference again."""
        field = kind.fields.types[kind.fields.fields.index(name)]
        return ReferenceType(field) if isinstance(field, types.NamedTuple) else field


def read_field(context: Any, builder: Any, kind: Any, pointer: Any, name: str) -> object:  # noqa: ANN401 (same)
    """Write the code that reads a field.

    Loads are invariant: the words, other than what is in the arrays, never change.
    """
    i = kind.fields.fields.index(name)
    field, first = kind.fields.types[i], sum(map(word_count, kind.fields.types[:i]))
    words = builder.bitcast(pointer, WORD.as_pointer())
    at = builder.gep(words, [WORD(first)], inbounds=True)
    if isinstance(field, types.NamedTuple):
        return builder.bitcast(at, pointer.type)
    truth = isinstance(field, types.Boolean)
    as_read = WORD if truth else context.get_value_type(field)
    value = builder.load(builder.bitcast(at, as_read.as_pointer()))
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return _CODE.is_not_null(builder, value) if truth else value


_NUMBA.register_model(ReferenceType)(_NUMBA.models.OpaqueModel)
_NUMBA.register_model(AddressType)(_NUMBA.models.ExternalFuncPointerModel)
_NUMBA.typeof_impl.register(Reference)(typeof_reference)
_NUMBA.unbox(ReferenceType)(unbox_reference)
_NUMBA.infer_getattr(FieldTypes)
_NUMBA.lower_getattr_generic(ReferenceType)(read_field)
