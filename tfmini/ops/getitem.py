"""`tensor[key]`: what a key of Python becomes in the graph."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import Dimension
from ..framework.slots import slots
from ..framework.tensor import Tensor
from .constant import constant
from .joining import stack
from .slicing import MASKS, strided_slice

_INDEX_ERROR = "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid indices"


def _check_index(index: Any) -> None:
    if isinstance(index, (int, np.integer, Dimension)):
        return
    dtype = getattr(index, "dtype", None)
    good = False
    if dtype is not None:
        kind = dtypes.as_dtype(dtype).base_dtype
        dims = getattr(index, "_dims", None) if isinstance(index, Tensor) else getattr(index, "shape", None)
        good = kind in (dtypes.int16, dtypes.int32, dtypes.int64) and not (dims and len(dims) == 1)
    if not good:
        raise TypeError(f"{_INDEX_ERROR}, got {index!r}")


def _is_open(value: Any) -> bool:
    return value is None or (isinstance(value, Dimension) and value.value is None)


def _slice_dtype(part: Any) -> Any:
    kinds = [each._dtype.base_dtype for each in (part.start, part.stop, part.step) if isinstance(each, Tensor)]
    return next((kind for kind in (dtypes.int64, dtypes.int32, dtypes.int16) if kind in kinds), None)


def getitem(tensor: Any, key: Any, var: Any = None) -> Tensor:
    """Returns `tensor[key]`; a boolean key selects as `boolean_mask` does.

    When `tensor` is the value of a variable `var`, the result can be assigned to: `v[1:3].assign(value)`.

    Raises:
      TypeError: a part of the key is none that TensorFlow knows.
    """
    tensor = convert.convert_to_tensor(tensor)
    if (
        isinstance(key, bool)
        or (isinstance(key, Tensor) and key._dtype.base_dtype is dtypes.bool_)
        or (isinstance(key, np.ndarray) and key.dtype == bool)
    ):
        from .select import boolean_mask

        return boolean_mask(tensor, key)
    if not isinstance(key, (list, tuple)):
        key = [key]
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    masks = dict.fromkeys(MASKS, 0)
    for index, part in enumerate(key):
        bit = 1 << index
        if isinstance(part, builtins.slice):
            kind = _slice_dtype(part)
            for given, bounds, default, mask in (
                (part.start, begin, 0, "begin_mask"),
                (part.stop, end, 0, "end_mask"),
                (part.step, strides, 1, None),
            ):
                if _is_open(given):
                    bounds.append(default if kind is None else constant(default, dtype=kind))
                    if mask:
                        masks[mask] |= bit
                else:
                    _check_index(given)
                    bounds.append(given)
        elif part is Ellipsis or part is None:
            begin.append(0)
            end.append(0)
            strides.append(1)
            masks["ellipsis_mask" if part is Ellipsis else "new_axis_mask"] |= bit
        else:
            _check_index(part)
            begin.append(part)
            end.append(part + 1)
            wide = isinstance(part, Tensor) and part._dtype.base_dtype in (dtypes.int16, dtypes.int64)
            strides.append(constant(1, dtype=part._dtype.base_dtype) if wide else 1)
            masks["shrink_axis_mask"] |= bit
    with op_scope(None, "strided_slice", [tensor, *begin, *end, *strides]) as scope:
        if begin:
            bounds = [stack(begin), stack(end), stack(strides)]
            if any(each._dtype.base_dtype is dtypes.int64 for each in bounds):
                bounds = [
                    each if each._dtype.base_dtype is dtypes.int64 else raw.Cast(each, DstT=dtypes.int64)
                    for each in bounds
                ]
        else:
            bounds = [constant([], dtype=dtypes.int32)] * 3
        first, last, step = bounds
        return strided_slice(tensor, first, last, step, **masks, var=var, name=scope)  # type: ignore[arg-type]


slots.getitem = getitem
