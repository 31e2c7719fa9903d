"""Sequences of numbers: range, linspace, cumulative sums and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.tensor import Tensor
from .shape_functions import NUMBERS, with_rank

__all__ = ["cumprod", "cumsum", "lin_space", "linspace", "range"]

range_op = op(
    "Range(start: Tidx, limit: Tidx, delta: Tidx) -> (output: Tidx)",
    attrs=["Tidx: {bfloat16, float16, float32, float64, int8, int16, int32, int64, uint16, uint32, uint64} = int32"],
)


@range_op.shape
def _range_shape(call: Any) -> Dims:
    for dims in call.shapes:
        with_rank(dims, 0)
    values = [call.constant(index) for index in (0, 1, 2)]
    if any(each is None for each in values):
        return (None,)
    start, limit, delta = (each[()] for each in values)  # type: ignore[index]
    if delta > 0 and start > limit:
        raise ValueError(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise ValueError(f"Requires start >= limit when delta < 0: {start}/{limit}")
    if delta == 0:
        raise ValueError("Requires delta != 0")
    return (len(np.arange(start, limit, delta)),)


@range_op.kernel
def _range_kernel(start: Any, limit: Any, delta: Any) -> Any:
    if delta == 0:
        raise KernelError(InvalidArgumentError, f"Requires delta != 0: {delta}")
    if delta > 0 and start > limit:
        raise KernelError(InvalidArgumentError, f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise KernelError(InvalidArgumentError, f"Requires start >= limit when delta < 0: {start}/{limit}")
    kind = np.asarray(start).dtype
    if kind.kind in "iu":
        return np.arange(int(start), int(limit), int(delta), dtype=kind)
    count = int(np.ceil(abs((limit - start) / delta)))
    return _float_steps(start, delta, count, kind)


def _float_steps(start: Any, delta: Any, count: int, kind: Any) -> Any:
    """TensorFlow adds `delta` again and again in the element type, so rounding errors add up as they do there."""
    steps = np.full(count, delta, dtype=kind)
    if count:
        steps[0] = start
    return np.add.accumulate(steps, dtype=kind)


range_op.no_gradient()


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """Returns `start, start + delta, ...` up to, but without, `limit`; with one argument, from 0 to it.

    Args:
      start, limit, delta: scalars.
      dtype: element type; by default the widest of the three.
      name: name of the operation.
    """
    from .cast import cast

    if limit is None:
        start, limit = 0, start
    with op_scope(name, "Range", [start, limit, delta]) as scope:
        parts = [
            each if isinstance(each, Tensor) else convert.convert_to_tensor(each, dtype=dtype, name=label)
            for each, label in ((start, "start"), (limit, "limit"), (delta, "delta"))
        ]
        if dtype is None:
            kinds = [each._dtype.base_dtype for each in parts]
            if any(each not in _WIDTH for each in kinds):
                raise AssertionError
            wanted = max(kinds, key=_WIDTH.index)
        else:
            wanted = dtypes.as_dtype(dtype)
        parts = [cast(each, wanted) for each in parts]
        return raw.Range(*parts, name=scope)


_WIDTH = [dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64]

lin_space_op = op(
    "LinSpace(start: T, stop: T, num: Tidx) -> (output: T)",
    attrs=["T: {bfloat16, float16, float32, float64}", "Tidx: {int32, int64} = int32"],
)


@lin_space_op.shape
def _lin_space_shape(call: Any) -> Dims:
    for dims in call.shapes:
        with_rank(dims, 0)
    count = call.constant(2)
    if count is None:
        return (None,)
    if count <= 0:
        raise ValueError(f"Requires num > 0: {int(count)}")
    return (int(count),)


@lin_space_op.kernel
def _lin_space_kernel(start: Any, stop: Any, num: Any) -> Any:
    count = int(num)
    if count <= 0:
        raise KernelError(InvalidArgumentError, f"Requires num > 0: {count}")
    kind = np.asarray(start).dtype
    if count == 1:
        return np.array([start], dtype=kind)
    step = kind.type((stop - start) / kind.type(count - 1))
    result = kind.type(start) + step * np.arange(count, dtype=kind)
    result[-1] = stop
    return result.astype(kind)


lin_space_op.no_gradient()


def lin_space(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """Returns `num` numbers from `start` to `stop`, both included, at equal distances."""
    return raw.LinSpace(start, stop, num, name=name)


linspace = lin_space

# ---- cumulative sums and products

_CUMULATIVE = ["exclusive: bool = false", "reverse: bool = false", f"T: {NUMBERS}", "Tidx: {int32, int64} = int32"]
cumsum_op = op("Cumsum(x: T, axis: Tidx) -> (out: T)", attrs=_CUMULATIVE)
cumprod_op = op("Cumprod(x: T, axis: Tidx) -> (out: T)", attrs=_CUMULATIVE)


@cumprod_op.shape
@cumsum_op.shape
def _cumulative_shape(call: Any) -> Dims:
    return call.shapes[0]


def _cumulative(ufunc: np.ufunc, x: Any, axis: Any, exclusive: bool, reverse: bool) -> Any:
    where = int(axis)
    if not -x.ndim <= where < x.ndim:
        raise KernelError(
            InvalidArgumentError, f"ScanOp: Expected scan axis in the range [{-x.ndim}, {x.ndim}), but got {where}"
        )
    if reverse:
        x = np.flip(x, where)
    result = ufunc.accumulate(x, axis=where, dtype=x.dtype)
    if exclusive:
        result = np.roll(result, 1, axis=where)
        first = [slice(None)] * x.ndim
        first[where] = slice(0, 1)
        result[tuple(first)] = ufunc.identity
    return np.ascontiguousarray(np.flip(result, where)) if reverse else result


@cumsum_op.kernel
def _cumsum_kernel(x: Any, axis: Any, *, exclusive: bool, reverse: bool) -> Any:
    return _cumulative(np.add, x, axis, exclusive, reverse)


@cumprod_op.kernel
def _cumprod_kernel(x: Any, axis: Any, *, exclusive: bool, reverse: bool) -> Any:
    return _cumulative(np.multiply, x, axis, exclusive, reverse)


@cumsum_op.gradient
def _cumsum_gradient(op: Any, dy: Any) -> Any:
    attrs = op._attrs
    return cumsum(dy, op._inputs[1], exclusive=attrs["exclusive"], reverse=not attrs["reverse"]), None


@cumprod_op.gradient
def _cumprod_gradient(op: Any, dy: Any) -> Any:
    from .math import div_no_nan

    x, axis = op._inputs
    attrs = op._attrs
    product = cumprod(x, axis, exclusive=attrs["exclusive"], reverse=attrs["reverse"])
    out = cumsum(product * dy, axis, exclusive=attrs["exclusive"], reverse=not attrs["reverse"])
    return div_no_nan(out, x), None


def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """Returns the sums of the elements up to each place along `axis`.

    Args:
      x: a numeric tensor.
      axis: the dimension along which to add.
      exclusive: leave the element itself out.
      reverse: add from the end.
      name: name of the operation.
    """
    with op_scope(name, "Cumsum", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        return raw.Cumsum(x, axis, exclusive=exclusive, reverse=reverse, name=scope)


def cumprod(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """Returns the products of the elements up to each place along `axis`; the arguments are those of `cumsum`."""
    with op_scope(name, "Cumprod", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        return raw.Cumprod(x, axis, exclusive=exclusive, reverse=reverse, name=scope)
