"""Constants: how a Python value becomes an array, and the operation that holds it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework import contexts, convert, dtypes, quick
from ..framework.registry import op
from ..framework.shapes import Dimension, TensorShape, dims_of
from ..framework.tensor import Tensor

__all__ = ["constant"]

_INT32 = np.iinfo(np.int32)

const_op = op("Const() -> (output: dtype)", attrs=["value: tensor", "dtype: type"])


@const_op.shape
def _const_shape(call: Any) -> Any:
    return call.attrs["value"].shape


@const_op.bind
def _const_bind(op: Any) -> Any:
    value = op._attrs["value"]
    if value.ndim == 0:
        value = value[()]
    return lambda: value


@const_op.fold
def _const_fold(op: Any) -> Any:
    return op._attrs["value"]


# ---- from Python values to arrays


def _items(value: Any) -> Any:
    """Yields the leaves of nested lists, without recursion."""
    todo = [iter((value,))]
    while todo:
        for each in todo[-1]:
            if isinstance(each, (list, tuple)):
                todo.append(iter(each))
                break
            yield each
        else:
            todo.pop()


_UNREADABLE = (
    "Failed to convert elements of {} to Tensor. Consider casting elements to a supported type: numbers, text, bools, numpy "
    "arrays, or lists of these, all of one kind."
)


def natural_dtype(value: Any) -> dtypes.DType:
    """Returns the dtype that a plain value takes: float32, int32 (int64 when it does not fit), bool, string, or the array's own.

    Raises:
      TypeError: it has none.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return dtypes.of_array(value)  # type: ignore[arg-type]
    if any(isinstance(each, (np.ndarray, np.generic)) for each in _items(value)):
        return _narrowed(np.array(value))
    found: dtypes.DType | None = None
    for each in _items(value):
        kind = _leaf_dtype(each)
        if kind is None:
            raise TypeError(_UNREADABLE.format(repr(value)))
        if found is None or found is kind:
            found = kind
        elif {found, kind} <= _WIDENING:
            found = max(found, kind, key=_ORDER.index)
        else:
            raise TypeError(_UNREADABLE.format(repr(value)))
    return dtypes.float32 if found is None else found


def _narrowed(array: np.ndarray) -> dtypes.DType:
    """Returns the dtype of a list with numpy numbers in it: numpy's choice, but float32 for float64 and int32 where it fits."""
    if array.dtype == np.float64:
        return dtypes.float32
    if array.dtype == np.int64 and (not array.size or _INT32.min <= array.min() <= array.max() <= _INT32.max):
        return dtypes.int32
    return dtypes.of_array(array)


_ORDER = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.complex128]
_WIDENING = frozenset(_ORDER)


def _leaf_dtype(value: Any) -> dtypes.DType | None:
    kind = type(value)
    if kind is float:
        return dtypes.float32
    if kind is bool:
        return dtypes.bool_
    if isinstance(value, (np.ndarray, np.generic)):
        return dtypes.of_array(value)  # type: ignore[arg-type]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return None
    if isinstance(value, int):
        return dtypes.int32 if _INT32.min <= value <= _INT32.max else dtypes.int64
    if isinstance(value, (str, bytes)):
        return dtypes.string
    if isinstance(value, complex):
        return dtypes.complex128
    if isinstance(value, float):
        return dtypes.float32
    if isinstance(value, Dimension) and value.value is not None:
        return dtypes.int32
    return None


def make_array(value: Any, dtype: dtypes.DType | None = None) -> np.ndarray:
    """Returns `value` as a new array of `dtype`, or of the dtype that it suggests.

    Raises:
      TypeError: an element is not of that dtype ("Expected int32, but got 1.5 of type 'float'.").
      ValueError: None, or lists of different lengths.
    """
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, Tensor):
        raise TypeError(
            f"Expected any non-tensor type, but got a tensor instead. {value!r} is one already: use it as it is."
        )
    if isinstance(value, (np.ndarray, np.generic)):
        return _array_from_numpy(np.asarray(value), dtype)
    if isinstance(value, TensorShape):
        value = value.as_list()
    if any(each is None for each in _items(value)):
        raise ValueError("None values not supported.")
    if dtype is None:
        dtype = natural_dtype(value)
    else:
        _check_items(value, dtype)
    if dtype is dtypes.string:
        return _string_array(value)
    try:
        plain = _without_dimensions(value)
        wide = np.array(plain) if dtype.is_integer else np.array(plain, dtype=dtype.as_numpy_dtype)
        return wide.astype(dtype.as_numpy_dtype)
    except (OverflowError, ValueError) as error:
        raise ValueError(str(error)) from None


def _without_dimensions(value: Any) -> Any:
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_without_dimensions(each) for each in value]
    return value


def _array_from_numpy(array: np.ndarray, dtype: dtypes.DType | None) -> np.ndarray:
    if array.dtype.kind in "SUO":
        if array.dtype.kind == "O" and not all(isinstance(each, (str, bytes)) for each in array.flat):
            return make_array(array.tolist(), dtype)
        return _string_array(array)
    own = dtypes.of_array(array)
    if dtype is None or dtype is own:
        return np.array(array, dtype=own.as_numpy_dtype)
    if dtype is dtypes.string and not array.size:
        return np.empty(array.shape, object)
    if dtype is dtypes.string:
        raise TypeError(f"Expected binary or unicode string, got {array.flat[0] if array.size else array}")
    return array.astype(dtype.as_numpy_dtype)


def _check_items(value: Any, dtype: dtypes.DType) -> None:
    """Refuses elements that would change their kind: a float for an int, a number for text."""
    for each in _items(value):
        if isinstance(each, (np.ndarray, np.generic)):
            kind = each.dtype.kind
            fits = (
                dtype is dtypes.string
                if kind in "SUO"
                else dtype.is_bool
                if kind == "b"
                else not dtype.is_bool and dtype is not dtypes.string and (kind in "iu" or not dtype.is_integer)
            )
        elif isinstance(each, bool):
            fits = dtype is not dtypes.string
        elif isinstance(each, (int, Dimension)):
            fits = dtype.is_integer or dtype.is_floating or dtype.is_complex or dtype.is_quantized
        elif isinstance(each, float):
            fits = dtype.is_floating or dtype.is_complex
        elif isinstance(each, complex):
            fits = dtype.is_complex
        elif isinstance(each, (str, bytes)):
            fits = dtype is dtypes.string
        else:
            fits = False
        if not fits:
            shown = each if isinstance(each, str) else repr(each)
            raise TypeError(f"Expected {dtype.name}, but got {shown} of type '{type(each).__name__}'.")


def _string_array(value: Any) -> np.ndarray:
    plain = np.array(value.tolist() if isinstance(value, np.ndarray) else value, dtype=object)
    result = np.empty(plain.shape, dtype=object)
    result.reshape(-1)[:] = [each.encode() if isinstance(each, str) else each for each in plain.flat]
    return result


# ---- the operation


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str = "Const", verify_shape: bool = False
) -> Tensor:
    """Returns a tensor that always has this value.

    Args:
      value: a number, text, bool, numpy array, or nested lists of these.
      dtype: element type; by default float32, int32 (int64 for large ones), bool or string as the value suggests; arrays keep
        theirs.
      shape: a value with fewer elements is filled up with its last one.
      name: name of the operation.
      verify_shape: refuse a value whose shape is not `shape`.

    Raises:
      TypeError: the elements do not have one dtype, or not the one asked for.
      ValueError: `value` is None, or has more elements than `shape`.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    array = plain_array(value, wanted)
    if array is not None and array.ndim and shape is not None:
        array = None
    elif array is not None and shape is not None:
        dims = dims_of(shape)
        array = None if dims is None or None in dims or verify_shape else np.full(dims, array)  # type: ignore[arg-type]
    if array is not None:
        kind = dtypes.of_array(array) if wanted is None else wanted
        return quick.constant(contexts.default_graph(), const_op, array, kind, name)
    dims = None if shape is None else dims_of(shape)
    if dims is not None and 0 in dims and None not in dims and _is_plain(value):
        # TensorFlow does not look at a Python value of which nothing is kept.
        array = np.zeros(dims, (dtypes.float32 if wanted is None else wanted).as_numpy_dtype)  # type: ignore[arg-type]
    else:
        array = make_array(value, wanted)
    if shape is not None:
        array = _with_shape(array, dims, verify_shape)
    kind = (dtypes.of_array(array) if wanted is None else wanted).base_dtype
    return quick.constant(contexts.default_graph(), const_op, array, kind, name)


_SCALARS: dict[Any, Any] = {
    (float, None): np.float32,
    (int, None): np.int32,
    (bool, None): np.bool_,
    (bool, dtypes.bool_._number): np.bool_,
}
for _each in (dtypes.float16, dtypes.float32, dtypes.float64):
    _SCALARS[float, _each._number] = _SCALARS[int, _each._number] = _each.as_numpy_dtype
for _each in (dtypes.int32, dtypes.int64):
    _SCALARS[int, _each._number] = _each.as_numpy_dtype


def plain_array(value: Any, dtype: dtypes.DType | None) -> np.ndarray | None:
    """Returns a number, a bool, or a flat list of numbers as an array, where no rule of `make_array` could refuse or change it; else
    None.
    """
    if type(value) is list or type(value) is tuple:
        return _vector(value, dtype)
    kind = _SCALARS.get((type(value), None if dtype is None else dtype._number))
    if kind is None or (type(value) is int and not -0x8000_0000 <= value < 0x8000_0000):
        return None
    return np.array(value, dtype=kind)


def _vector(value: Any, dtype: dtypes.DType | None) -> np.ndarray | None:
    kinds = set(map(type, value))
    if len(kinds) != 1 or len(value) > 64:
        return None
    kind = kinds.pop()
    found = _SCALARS.get((kind, None if dtype is None else dtype._number))
    if found is None or (kind is int and not -0x8000_0000 <= min(value) <= max(value) < 0x8000_0000):
        return None
    return np.array(value, dtype=found)


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, (np.ndarray, np.generic, Tensor))


def _with_shape(array: np.ndarray, dims: Any, verify_shape: bool) -> np.ndarray:
    if dims is None or None in dims:
        raise ValueError(f"A constant needs a known shape, got {dims}.")
    if verify_shape and array.shape != dims:
        raise TypeError(f"Expected Tensor's shape: {dims}, but got {array.shape}.")
    count = int(np.prod(dims, dtype=np.int64))
    if array.size == count:
        return array.reshape(dims)
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count:d}, but got {array.size:d}.")
    if not array.size:
        return _string_array(np.full(dims, b"", object)) if array.dtype.kind == "O" else np.zeros(dims, array.dtype)
    flat = array.reshape(-1)
    return np.concatenate([flat, np.full(count - array.size, flat[-1], dtype=array.dtype)]).reshape(dims)


def _constant_conversion(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    return constant(value, dtype=dtype, name=name or "Const")


def _shape_conversion(value: TensorShape, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    sizes = value.as_list() if value.ndims is not None else None
    if sizes is None or None in sizes:
        raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
    if dtype is not None and dtypes.as_dtype(dtype) not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert TensorShape to dtype {dtypes.as_dtype(dtype).name}: use int32 or int64.")
    large = any(size > _INT32.max for size in sizes)  # type: ignore[operator]
    chosen = dtype or (dtypes.int64 if large else dtypes.int32)
    return constant(np.array(sizes, dtype=np.int64), dtype=chosen, name=name or "shape_as_tensor")


def _dimension_conversion(value: Dimension, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    if value.value is None:
        raise ValueError(f"Cannot convert unknown Dimension to a Tensor: {value}")
    return constant(value.value, dtype=dtype or dtypes.int32, name=name or "shape_as_tensor")


convert.set_natural_dtype(natural_dtype)
convert.register_tensor_conversion_function(object, _constant_conversion, 200)
convert.register_tensor_conversion_function(TensorShape, _shape_conversion, 100)
convert.register_tensor_conversion_function(Dimension, _dimension_conversion, 100)
