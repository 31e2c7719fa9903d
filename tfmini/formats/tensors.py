"""Arrays as `TensorProto`, and back.

A number alone stands in a typed field (`float_val`), several numbers as the bytes of the array, text and bools item by item. An
array in which one number is repeated through strides of zero, as a filled constant is, is written as that one number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework import dtypes
from ..framework.shapes import Dims, dims_of
from .messages import message

_CONTENT = frozenset(
    (
        dtypes.float16,
        dtypes.float32,
        dtypes.float64,
        dtypes.int8,
        dtypes.int16,
        dtypes.int32,
        dtypes.int64,
        dtypes.uint8,
        dtypes.uint16,
        dtypes.qint8,
        dtypes.quint8,
        dtypes.qint16,
        dtypes.quint16,
        dtypes.qint32,
        dtypes.uint32,
        dtypes.uint64,
    )
)
_FIELDS = {
    "float32": "float_val",
    "float64": "double_val",
    "int64": "int64_val",
    "bool": "bool_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "string": "string_val",
    "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
    "float16": "half_val",
    "bfloat16": "half_val",
}


def shape_proto(dims: Dims) -> Any:
    """Returns a plain shape as a `TensorShapeProto`."""
    proto = message("TensorShapeProto")()
    fill_shape(proto, dims)
    return proto


def fill_shape(proto: Any, dims: Dims) -> None:
    """Writes a plain shape into a `TensorShapeProto`."""
    if dims is None:
        proto.unknown_rank = True
        return
    proto.SetInParent()  # a scalar's shape is an empty message, which is there
    for size in dims:
        proto.dim.add(size=-1 if size is None else size)


def dims_of_proto(proto: Any) -> Dims:
    """Returns the plain shape of a `TensorShapeProto`."""
    if proto.unknown_rank:
        return None
    return tuple(None if dim.size == -1 else int(dim.size) for dim in proto.dim)


def make_tensor_proto(
    values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False
) -> Any:
    """Returns `values` as a `TensorProto`.

    Args:
      values: a number, text, numpy array, or nested lists of these.
      dtype: element type; by default the one that the values suggest.
      shape: the shape to write; fewer values are allowed, the last one then stands for the rest.
      verify_shape: refuse values of another shape.
      allow_broadcast: a single value may fill any shape.

    Raises:
      TypeError: the values do not have that type, or (with `verify_shape`) that shape. ValueError: there are too many values.
    """
    if isinstance(values, message("TensorProto")):
        return values
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    array = _array(values, wanted)
    dims: Any = array.shape if shape is None else dims_of(shape)
    if dims is None or None in dims:
        raise ValueError(f"A TensorProto needs a known shape, got {shape}.")
    count = int(np.prod(dims, dtype=np.int64))
    if verify_shape and tuple(dims) != array.shape:
        raise TypeError(f"Expected Tensor's shape: {tuple(dims)}, but got {array.shape}.")
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}.")
    proto = message("TensorProto")(dtype=(wanted or dtypes.of_array(array)).as_datatype_enum)
    fill_shape(proto.tensor_shape, dims)
    _fill_values(proto, array, wanted or dtypes.of_array(array), array.size == count)
    return proto


def tensor_proto(array: np.ndarray, dtype: dtypes.DType) -> Any:
    """Returns the value of a constant, as the engine keeps it, as a `TensorProto`."""
    array = np.asarray(array)
    proto = message("TensorProto")(dtype=dtype.base_dtype.as_datatype_enum)
    fill_shape(proto.tensor_shape, array.shape)
    if array.size > 1 and not any(array.strides):
        _fill_values(proto, array.reshape(-1)[:1], dtype.base_dtype, False)
    else:
        _fill_values(proto, array, dtype.base_dtype, True)
    return proto


def _array(values: Any, dtype: dtypes.DType | None) -> np.ndarray:
    if isinstance(values, (str, bytes)) or dtype is dtypes.string:
        return np.array(values, dtype=object)
    if isinstance(values, (np.ndarray, np.generic)):
        array = np.asarray(values)
        return array if dtype is None else array.astype(dtype.as_numpy_dtype)
    array = np.array(values)
    if dtype is None:
        dtype = _natural(array)
    if dtype.is_integer and array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"Expected {dtype.name}, but got {values!r} of type '{type(values).__name__}'.")
    return array.astype(dtype.as_numpy_dtype)


def _natural(array: np.ndarray) -> dtypes.DType:
    if array.dtype.kind in "SUO":
        return dtypes.string
    if array.dtype == np.float64:
        return dtypes.float32
    if array.dtype == np.int64 and (not array.size or (array.min() >= -(2**31) and array.max() < 2**31)):
        return dtypes.int32
    return dtypes.of_array(array)


def _fill_values(proto: Any, array: np.ndarray, dtype: dtypes.DType, complete: bool) -> None:
    if complete and array.size > 1 and dtype in _CONTENT:
        proto.tensor_content = array.tobytes()
        return
    field = getattr(proto, _FIELDS.get(dtype.name, "int_val"))
    flat = array.reshape(-1)
    if dtype is dtypes.string:
        field.extend(each.encode() if isinstance(each, str) else bytes(each) for each in flat)
    elif dtype.is_complex:
        field.extend(part for each in flat.tolist() for part in (each.real, each.imag))
    elif dtype in (dtypes.float16, dtypes.bfloat16):
        field.extend(flat.view(np.uint16).tolist())
    else:
        field.extend(flat.tolist())


def make_ndarray(tensor: Any) -> np.ndarray:
    """Returns the values of a `TensorProto` as an array; text as an array of bytes objects.

    Raises:
      TypeError: the element type has no values, such as `resource`.
    """
    dtype = dtypes.as_dtype(tensor.dtype)
    if dtype in (dtypes.resource, dtypes.variant):
        raise TypeError(f"Unsupported tensor type: {tensor.dtype}")
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype=dtype.as_numpy_dtype).copy().reshape(shape)
    count = int(np.prod(shape, dtype=np.int64))
    values: Any = list(getattr(tensor, _FIELDS.get(dtype.name, "int_val")))
    if dtype.is_complex:
        values = [complex(real, imaginary) for real, imaginary in zip(values[::2], values[1::2], strict=True)]
    if len(values) < count:
        nothing: Any = b"" if dtype is dtypes.string else 0
        values.extend([values[-1] if values else nothing] * (count - len(values)))
    if dtype in (dtypes.float16, dtypes.bfloat16):
        return np.array(values, dtype=np.uint16).view(dtype.as_numpy_dtype).reshape(shape)
    if dtype is dtypes.string:
        array = np.empty(count, dtype=object)
        array[:] = values
        return array.reshape(shape)
    return np.array(values, dtype=dtype.as_numpy_dtype).reshape(shape)
