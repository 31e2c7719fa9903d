"""Element types, with TensorFlow's names, numbers and reference forms.

A reference type (`float32_ref`) is the type of a tensor that may be written through. It differs from its base type under
`==`; `base_dtype` gives the base.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

_REF_OFFSET = 100


class DType:
    """The type of the elements of a tensor."""

    __slots__ = ("_name", "_np", "_number", "is_ref")

    _np: Any

    def __init__(self, number: int, name: str, numpy_type: Any) -> None:
        self._number = number
        self._name = name
        if numpy_type is not None:
            self._np = numpy_type
        self.is_ref = number > _REF_OFFSET

    def __getattr__(self, name: str) -> Any:
        """Called for the numpy type of bfloat16, the one that comes from another package: few programs need it."""
        if name != "_np":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        import ml_dtypes

        self._np = ml_dtypes.bfloat16
        return self._np

    @property
    def name(self) -> str:
        """The name, such as `"float32"`; references end in `_ref`."""
        return self._name

    @property
    def as_datatype_enum(self) -> int:
        """The number of the type in TensorFlow's protocol buffers."""
        return self._number

    @property
    def as_numpy_dtype(self) -> Any:
        """The numpy scalar type (`numpy.float32`); `object` for strings."""
        return self._np

    @property
    def base_dtype(self) -> DType:
        """This type without the reference."""
        return _BY_NUMBER[self._number - _REF_OFFSET] if self.is_ref else self

    @property
    def real_dtype(self) -> DType:
        """The type of the real part: `float32` for `complex64`; other types give themselves."""
        base = self.base_dtype
        if base is complex64:
            return float32
        if base is complex128:
            return float64
        return self

    @property
    def _is_ref_dtype(self) -> bool:
        return self.is_ref

    @property
    def _as_ref(self) -> DType:
        return self if self.is_ref else _BY_NUMBER[self._number + _REF_OFFSET]

    @property
    def is_floating(self) -> bool:
        return self.base_dtype in _FLOATING

    @property
    def is_integer(self) -> bool:
        return self.base_dtype in _INTEGER

    @property
    def is_complex(self) -> bool:
        return self.base_dtype in (complex64, complex128)

    @property
    def is_bool(self) -> bool:
        return self.base_dtype is bool_

    @property
    def is_quantized(self) -> bool:
        return self.base_dtype in _QUANTIZED

    @property
    def is_numpy_compatible(self) -> bool:
        return self.base_dtype not in (resource, variant)

    @property
    def is_unsigned(self) -> bool:
        return self.base_dtype in (uint8, uint16, uint32, uint64)

    @property
    def size(self) -> int:
        """Bytes of one element; 1 for types that have no fixed size, as in TensorFlow."""
        base = self.base_dtype
        return 1 if base in (string, resource, variant) else np.dtype(base._np).itemsize

    @property
    def min(self) -> Any:
        """The least finite value. Raises TypeError for types without an order."""
        return self._limit("min")

    @property
    def max(self) -> Any:
        """The greatest finite value. Raises TypeError for types without an order."""
        return self._limit("max")

    def _limit(self, which: str) -> Any:
        base = self.base_dtype
        if base is bool_:
            return which == "max"
        if base.is_floating:
            if base is bfloat16:
                import ml_dtypes

                return getattr(ml_dtypes.finfo(base._np), which)
            return getattr(np.finfo(base._np), which)
        if base.is_integer:
            return getattr(np.iinfo(base._np), which)
        raise TypeError(f"Cannot find {which}imum value of {self!r}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The range of values that images of this type use."""
        if self.base_dtype is bool_:
            return False, True
        if self.is_floating:
            return 0, 1
        return 0, self.max

    def is_compatible_with(self, other: Any) -> bool:
        """Says whether a tensor of type `other` may stand where this type is wanted; a reference may stand for its base."""
        other = as_dtype(other)
        return self._number in (other._number, other.base_dtype._number)

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        if other is None:
            return False
        if not isinstance(other, DType):
            try:
                other = as_dtype(other)
            except TypeError:
                return False
        return self._number == other._number

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self._number

    def __int__(self) -> int:
        return self._number

    def __str__(self) -> str:
        return f"<dtype: {self._name!r}>"

    def __repr__(self) -> str:
        return "tf." + self._name

    def __reduce__(self) -> Any:
        return as_dtype, (self._name,)


# ---- the types


_BY_NUMBER: dict[int, DType] = {}
_BY_NAME: dict[str, DType] = {}


def _define(number: int, name: str, numpy_type: Any) -> DType:
    base = DType(number, name, numpy_type)
    reference = DType(number + _REF_OFFSET, name + "_ref", numpy_type)
    for each in (base, reference):
        _BY_NUMBER[each._number] = each
        _BY_NAME[each._name] = each
    return base


float32 = _define(1, "float32", np.float32)
float64 = _define(2, "float64", np.float64)
int32 = _define(3, "int32", np.int32)
uint8 = _define(4, "uint8", np.uint8)
int16 = _define(5, "int16", np.int16)
int8 = _define(6, "int8", np.int8)
string = _define(7, "string", np.object_)
complex64 = _define(8, "complex64", np.complex64)
int64 = _define(9, "int64", np.int64)
bool_ = _define(10, "bool", np.bool_)
qint8 = _define(11, "qint8", np.int8)
quint8 = _define(12, "quint8", np.uint8)
qint32 = _define(13, "qint32", np.int32)
bfloat16 = _define(14, "bfloat16", None)
qint16 = _define(15, "qint16", np.int16)
quint16 = _define(16, "quint16", np.uint16)
uint16 = _define(17, "uint16", np.uint16)
complex128 = _define(18, "complex128", np.complex128)
float16 = _define(19, "float16", np.float16)
resource = _define(20, "resource", np.object_)
variant = _define(21, "variant", np.object_)
uint32 = _define(22, "uint32", np.uint32)
uint64 = _define(23, "uint64", np.uint64)

half = float16
double = float64

_FLOATING = frozenset((float16, float32, float64, bfloat16))
_INTEGER = frozenset((int8, int16, int32, int64, uint8, uint16, uint32, uint64))
_QUANTIZED = frozenset((qint8, quint8, qint16, quint16, qint32))

_BY_NAME["half"] = float16
_BY_NAME["float"] = float32
_BY_NAME["double"] = float64
_BY_NAME["half_ref"] = float16._as_ref
_BY_NAME["float_ref"] = float32._as_ref
_BY_NAME["double_ref"] = float64._as_ref

QUANTIZED_DTYPES = _QUANTIZED

_BY_NUMPY: dict[Any, DType] = {
    np.dtype(each._np): each
    for each in (
        float16,
        float32,
        float64,
        int8,
        int16,
        int32,
        int64,
        uint8,
        uint16,
        uint32,
        uint64,
        complex64,
        complex128,
        bool_,
    )
}
_BY_PYTHON: dict[Any, DType] = {float: float32, int: int32, bool: bool_, str: string, bytes: string, object: string}


def as_dtype(type_value: Any) -> DType:
    """Returns the `DType` for a DType, a name, an enum number, a numpy type or a Python type.

    Raises:
      TypeError: nothing of that kind is an element type.
    """
    if isinstance(type_value, DType):
        return type_value
    return _convert(type_value)


def _convert(value: Any) -> DType:
    try:
        return _convert_hashable(value)
    except TypeError as error:
        if str(error).startswith("Cannot convert"):
            raise
        raise TypeError(f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType.") from None


@functools.lru_cache(maxsize=256)
def _convert_hashable(value: Any) -> DType:
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]
    if isinstance(value, type) and value in _BY_PYTHON:
        return _BY_PYTHON[value]
    if isinstance(value, int) and not isinstance(value, bool) and value in _BY_NUMBER:
        return _BY_NUMBER[value]
    if value is not None:
        try:
            kind = np.dtype(value)
        except TypeError:
            kind = None
        if kind is not None:
            if kind in _BY_NUMPY:
                return _BY_NUMPY[kind]
            if kind.name == "bfloat16":
                return bfloat16
            if kind.kind in "SUO":
                return string
    raise TypeError(f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType.")


def of_array(array: np.ndarray) -> DType:
    """Returns the element type of a numpy array. Raises TypeError when TensorFlow has no such type."""
    found = _BY_NUMPY.get(array.dtype)
    return found if found is not None else as_dtype(array.dtype)
