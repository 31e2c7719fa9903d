"""Sequences of numbers: range, linspace, cumulative sums and products, grids."""

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

__all__ = ["cumprod", "cumsum", "lin_space", "linspace", "meshgrid", "range"]

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


def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Tensor:
    """Returns `num` numbers from `start` to `stop`, both included, at equal distances, along a new dimension.

    Args:
      start, stop: tensors that broadcast together; their dtype is that of the result.
      num: how many, an integer.
      name: name of the scope.
      axis: where the new dimension goes.
    """
    from .array import shape, zeros_like
    from .broadcast_shapes import broadcast_dynamic_shape, broadcast_to
    from .cast import cast
    from .joining import concat
    from .select import where_v2
    from .shaping import expand_dims, reshape
    from .slicing import slice

    with op_scope(name, "linspace", [start, stop]):
        start = convert.convert_to_tensor(start, name="start")
        stop = convert.convert_to_tensor(stop, name="stop", dtype=start._dtype.base_dtype)
        count = convert.convert_to_tensor(num, name="num", preferred_dtype=dtypes.int32)
        if not count._dtype.is_integer:
            raise TypeError(
                f"Argument `tensor` (name: num) must be of type integer. Received `tensor` = {count} of dtype: {count._dtype}"
            )
        count = raw.Cast(count, DstT=dtypes.int32)
        cast(count, start._dtype.base_dtype)
        common = broadcast_dynamic_shape(shape(start), shape(stop))
        start, stop = broadcast_to(start, common), broadcast_to(stop, common)
        first, last = expand_dims(start, axis=axis), expand_dims(stop, axis=axis)
        sizes = shape(first)
        ndims = shape(sizes)[0]
        where_axis = where_v2(axis >= 0, axis, ndims + axis)
        inner = raw.Maximum(count - 2, 0)
        steps = raw.Maximum(count - 1, 1)
        delta = (last - first) / cast(steps, last._dtype.base_dtype)
        first, last = cast(first, delta._dtype.base_dtype), cast(last, delta._dtype.base_dtype)
        end = where_v2(count >= 0, steps, -1)
        places = cast(range(1, end, dtype=dtypes.int64), delta._dtype.base_dtype)
        mask = raw.Equal(where_axis, range(ndims))
        places = reshape(places, where_v2(mask, inner, 1))
        joined = concat((first, first + delta * places, last), axis=where_axis)
        begin = zeros_like(sizes)
        cut = concat((sizes[0:where_axis], reshape(count, [1]), sizes[where_axis + 1 :]), axis=0)
        return slice(joined, begin, cut)


lin_space = linspace

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
    from .division import div_no_nan

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


# ---- grids


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Returns the coordinates of the points of a grid: for each vector a tensor of the shape of the grid.

    Args:
      *args: the coordinates along each dimension, vectors.
      indexing: `"xy"` (the default) exchanges the first two dimensions of the result; `"ij"` does not.
      name: name of the scope.

    Raises:
      ValueError: there is no such indexing. TypeError: another keyword argument is given.
    """
    from .array import ones, size
    from .joining import stack
    from .shaping import reshape

    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    with op_scope(name, "meshgrid", args):
        count = len(args)
        if not count:
            return []
        output = []
        for index, x in enumerate(args):
            sizes = [1] * count
            sizes[index] = -1
            output.append(reshape(stack(x), tuple(sizes)))
        shapes = [size(x) for x in args]
        kind = convert.convert_to_tensor(args[0])._dtype.base_dtype
        if indexing == "xy" and count > 1:
            output[0] = reshape(output[0], (1, -1) + (1,) * (count - 2))
            output[1] = reshape(output[1], (-1, 1) + (1,) * (count - 2))
            shapes[0], shapes[1] = shapes[1], shapes[0]
        filled = ones(shapes, kind)
        return [x * filled for x in output]
