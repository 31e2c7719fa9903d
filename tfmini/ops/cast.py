"""Casts between element types, and complex numbers taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import KernelError, UnimplementedError
from ..framework import convert, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .shape_functions import unchanged

__all__ = [
    "bitcast",
    "cast",
    "conj",
    "real",
    "saturate_cast",
    "to_bfloat16",
    "to_double",
    "to_float",
    "to_int32",
    "to_int64",
]

cast_op = op("Cast(x: SrcT) -> (y: DstT)", attrs=["SrcT: type", "DstT: type", "Truncate: bool = false"])
cast_op.shape(unchanged)


_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def _type_text(x: Any) -> str:
    return "string" if isinstance(x, bytes) or x.dtype.kind == "O" else _NAMES.get(x.dtype.name, x.dtype.name)


@cast_op.kernel
def _cast_kernel(x: Any, *, DstT: Any) -> Any:
    wanted = DstT.as_numpy_dtype
    if isinstance(x, bytes) or x.dtype.kind == "O" or DstT is dtypes.string:
        raise KernelError(
            UnimplementedError, f"Cast {_type_text(x)} to {_NAMES.get(DstT.name, DstT.name)} is not supported"
        )
    if isinstance(x, np.generic):
        return np.asarray(x).astype(wanted)[()]
    return x.astype(wanted)


@cast_op.gradient
def _cast_gradient(op: Any, dy: Any) -> Any:
    source, target = op._inputs[0]._dtype.base_dtype, dy.dtype.base_dtype
    if all(each.is_floating or each.is_complex for each in (source, target)):
        return cast(dy, source)
    return None


def cast(x: Any, dtype: Any, name: str | None = None) -> Tensor:
    """Returns `x` with elements of type `dtype`; `x` itself when it has that type.

    Args:
      x: a tensor; a float becomes an integer by dropping its fraction.
      dtype: the new element type.
      name: name of the operation.
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    if (isinstance(x, Tensor) or hasattr(x, "_handle")) and x.dtype == wanted:
        return x
    with op_scope(name, "Cast", [] if isinstance(x, IndexedSlices) else [x]) as scope:
        if isinstance(x, IndexedSlices):
            return IndexedSlices(cast(x.values, wanted, name=scope), x.indices, x.dense_shape)  # type: ignore[return-value]
        x = convert.convert_to_tensor(x, name="x")
        return x if x._dtype == wanted else raw.Cast(x, DstT=wanted, name=scope)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """Returns `value` cast to `dtype`, with numbers outside its range put to its ends."""
    with op_scope(name, "saturate_cast", [value]) as scope:
        value = convert.convert_to_tensor(value, name="value")
        wanted = dtypes.as_dtype(dtype).base_dtype
        own = value._dtype.base_dtype
        least, greatest = _common_range(own, wanted)
        value = raw.ClipByValue(
            value,
            convert.convert_to_tensor(least, dtype=own),
            convert.convert_to_tensor(greatest, dtype=own),
            name="clamp",
        )
        return cast(value, wanted, name=scope)


def _common_range(own: dtypes.DType, wanted: dtypes.DType) -> tuple[Any, Any]:
    """Returns the least and the greatest number of type `own` that `wanted` can hold."""
    kind = own.as_numpy_dtype
    wide = np.promote_types(kind, wanted.as_numpy_dtype)
    least = kind(np.maximum(own.min, wanted.min))
    if np.array(least, dtype=wide) < np.array(wanted.min, dtype=wide):
        least = np.nextafter(least, kind(0), dtype=kind)
    greatest = kind(np.minimum(float(own.max), float(wanted.max)))
    if np.array(greatest, dtype=wide) > np.array(wanted.max, dtype=wide):
        greatest = np.nextafter(greatest, kind(0), dtype=kind)
    return least, greatest


def to_float(x: Any, name: str = "ToFloat") -> Tensor:
    """Returns `x` cast to float32."""
    return cast(x, dtypes.float32, name=name)


def to_double(x: Any, name: str = "ToDouble") -> Tensor:
    """Returns `x` cast to float64."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x: Any, name: str = "ToInt32") -> Tensor:
    """Returns `x` cast to int32."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x: Any, name: str = "ToInt64") -> Tensor:
    """Returns `x` cast to int64."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x: Any, name: str = "ToBFloat16") -> Tensor:
    """Returns `x` cast to bfloat16."""
    return cast(x, dtypes.bfloat16, name=name)


# ---- bits

_BITS = (
    "{bfloat16, float16, float32, float64, int64, int32, uint8, uint16, uint32, uint64, int8, int16, complex64, complex128, "
    "qint8, quint8, qint16, quint16, qint32}"
)
bitcast_op = op("Bitcast(input: T) -> (output: type)", attrs=[f"T: {_BITS}", f"type: {_BITS}"], aliases=0)


@bitcast_op.shape
def _bitcast_shape(call: Any) -> Any:
    dims = call.shapes[0]
    own, wanted = call.attrs["T"].size, call.attrs["type"].size
    if dims is None or own == wanted:
        return dims
    if own > wanted:
        return (*dims, own // wanted)
    if not dims or dims[-1] not in (None, wanted // own):
        raise ValueError(f"Cannot bitcast due to shape. {dims[-1] if dims else 0} does not match {wanted // own}")
    return dims[:-1]


@bitcast_op.kernel
def _bitcast_kernel(x: Any, *, type: Any) -> Any:
    source = np.asarray(x)
    wanted = np.dtype(type.as_numpy_dtype)
    if source.dtype.itemsize > wanted.itemsize:
        return np.ascontiguousarray(source)[..., np.newaxis].view(wanted)
    if source.dtype.itemsize < wanted.itemsize:
        return np.ascontiguousarray(source).view(wanted)[..., 0]
    result = source.view(wanted)
    return result if result.ndim else result[()]


bitcast_op.no_gradient()


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """Returns the bits of `input` read as another element type."""
    return raw.Bitcast(input, type=type, name=name)


# ---- complex numbers

conj_op = op("Conj(input: T) -> (output: T)", attrs=["T: {complex64, complex128, variant} = complex64"])
conj_op.shape(unchanged)
conj_op.kernel(np.conjugate)
conj_op.gradient(lambda op, dy: conj(dy))

_COMPLEX_PARTS = ["T: {complex64, complex128} = complex64", "Tout: {float32, float64} = float32"]
real_op = op("Real(input: T) -> (output: Tout)", attrs=_COMPLEX_PARTS)
real_op.shape(unchanged)
real_op.kernel(lambda x: np.real(x).copy())


@real_op.gradient
def _real_gradient(op: Any, dy: Any) -> Any:
    return cast(dy, op._inputs[0]._dtype.base_dtype)


def conj(x: Any, name: str | None = None) -> Tensor:
    """Returns the complex conjugate; a real tensor is its own, and no operation is added for it."""
    if isinstance(x, Tensor) and (x._dtype.is_floating or x._dtype.is_integer):
        return x
    with op_scope(name, "Conj", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        if x._dtype.is_complex:
            return raw.Conj(x, name=scope)
        if x._dtype.is_floating or x._dtype.is_integer:
            return x
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x._dtype!r}.")


def real(input: Any, name: str | None = None) -> Tensor:
    """Returns the real part; a real tensor itself."""
    with op_scope(name, "Real", [input]) as scope:
        input = convert.convert_to_tensor(input, name="input")
        if input._dtype.is_complex:
            return raw.Real(input, Tout=input._dtype.real_dtype, name=scope)
        return input
