"""Choosing elements by a condition: where, boolean masks, one-hot vectors, sequence masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, broadcast_dims, dims_text
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import shape, zeros, zeros_like
from .broadcasting import sum_to_inputs
from .constant import constant
from .elementwise import choose
from .gathering import gather
from .joining import concat
from .shape_functions import NUMBERS, merge, with_rank
from .shaping import expand_dims, reshape, squeeze

__all__ = ["boolean_mask", "one_hot", "sequence_mask", "where", "where_v2"]

# ---- one or the other

select_op = op("Select(condition: bool, t: T, e: T) -> (output: T)", attrs=["T: type"])
select_v2_op = op("SelectV2(condition: bool, t: T, e: T) -> (output: T)", attrs=["T: type"])


@select_op.shape
def _select_shape(call: Any) -> Dims:
    condition, x, y = call.shapes
    result = merge(x, y)
    if condition is not None and result is not None and condition != ():
        if len(condition) == 1 and len(result) > 1:
            merge(condition, result[:1])
        else:
            result = merge(condition, result)
    return result


@select_op.kernel
def _select_kernel(condition: Any, x: Any, y: Any) -> Any:
    if np.ndim(condition) == 0:
        _same_sizes(x, y)
        return x if condition else y
    if np.ndim(condition) == 1 and np.ndim(x) != 1:
        if not np.ndim(x):
            raise KernelError(InvalidArgumentError, "'then' must be at least a vector, but saw shape: []")
        if len(x) != len(condition):
            raise KernelError(
                InvalidArgumentError,
                f"Number of batches of 'then' must match size of 'cond', but saw: {len(x)} vs. {len(condition)}",
            )
        _same_sizes(x, y)
        return choose(condition.reshape(-1, *[1] * (np.ndim(x) - 1)), x, y)
    for index, each in ((1, x), (2, y)):
        if np.shape(each) != condition.shape:
            raise KernelError(
                InvalidArgumentError,
                "Inputs to operation {op} of type Select must have the same size and shape.  Input 0: "
                f"{dims_text(condition.shape)} != input {index}: {dims_text(np.shape(each))}",
            )
    return choose(condition, x, y)


def _same_sizes(x: Any, y: Any) -> None:
    if np.shape(x) != np.shape(y):
        sizes = f"{dims_text(np.shape(x))} vs. {dims_text(np.shape(y))}"
        raise KernelError(InvalidArgumentError, f"'then' and 'else' must have the same size.  but received: {sizes}")


@select_v2_op.shape
def _select_v2_shape(call: Any) -> Dims:
    condition, x, y = call.shapes
    return broadcast_dims(condition, broadcast_dims(x, y))


select_v2_op.kernel(choose)


@select_op.gradient
def _select_gradient(op: Any, dy: Any) -> Any:
    condition, x, _ = op._inputs
    nothing = zeros_like(x)
    return None, where(condition, dy, nothing), where(condition, nothing, dy)


@select_v2_op.gradient
def _select_v2_gradient(op: Any, dy: Any) -> Any:
    condition, x, y = op._inputs
    z = op._outputs[0]
    nothing = zeros([], dtype=dy.dtype.base_dtype)
    gx = where_v2(condition, dy, nothing)
    gy = where_v2(condition, nothing, dy)
    return None, sum_to_inputs(x, z, gx, None)[0], sum_to_inputs(y, z, gy, None)[0]


where_op = op("Where(input: T) -> (index: int64)", attrs=[f"T: {NUMBERS[:-1]}, bool}} = bool"])
where_op.no_gradient()


@where_op.shape
def _where_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    return (None, None if dims is None else len(dims))


@where_op.kernel
def _where_kernel(condition: Any) -> Any:
    if not np.ndim(condition):
        raise KernelError(InvalidArgumentError, "WhereOp : Unhandled input dimensions: 0")
    return np.argwhere(condition).astype(np.int64)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Returns elements of `x` where `condition` holds and of `y` elsewhere; alone, the places where it holds.

    Args:
      condition: bools of the shape of `x`, or a vector that chooses rows, or a scalar.
      x, y: tensors of one shape; both or neither.
      name: name of the operation.

    Raises:
      ValueError: only one of `x` and `y` is given.
    """
    if x is None and y is None:
        return _places(condition, name)
    if x is not None and y is not None:
        return raw.Select(condition, x, y, name=name)
    raise ValueError("x and y must both be non-None or both be None.")


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Returns what `where` returns, with all three inputs broadcast together."""
    if x is None and y is None:
        return _places(condition, name)
    if x is not None and y is not None:
        return raw.SelectV2(condition, x, y, name=name)
    raise ValueError("x and y must both be non-None or both be None.")


def _places(condition: Any, name: str | None) -> Tensor:
    with op_scope(name, "Where", [condition]) as scope:
        condition = convert.convert_to_tensor(condition, preferred_dtype=dtypes.bool_, name="condition")
        return raw.Where(condition, name=scope)


# ---- masks


def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask", axis: Any = None) -> Tensor:
    """Returns the slices of `tensor` where `mask` holds, as a tensor of one dimension less for each further one of the mask.

    Args:
      tensor: the tensor to choose from.
      mask: bools of known rank, whose shape is that of the dimensions of `tensor` from `axis` on.
      name: name of the scope.
      axis: the first dimension of the mask, 0 by default.

    Raises:
      ValueError: the mask is a scalar, its rank is unknown, or the shapes do not fit.
    """
    with op_scope(name, "boolean_mask", [tensor, mask]):
        tensor = convert.convert_to_tensor(tensor, name="tensor")
        mask = convert.convert_to_tensor(mask, name="mask")
        count = None if mask._dims is None else len(mask._dims)
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        if count is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  E.g. shape=[None] is ok, but "
                "shape=None is not."
            )
        axis = 0 if axis is None else axis
        known = static_value(axis) if isinstance(axis, Tensor) else axis
        own = tensor.get_shape()
        if known is not None:
            axis = int(known)
            own[axis : axis + count].assert_is_compatible_with(mask.get_shape())
        leading = raw.Prod(shape(tensor)[axis : axis + count], [0])
        tensor = reshape(tensor, concat([shape(tensor)[:axis], [leading], shape(tensor)[axis + count :]], 0))
        if known is not None:
            first = own[axis : axis + count].num_elements()
            tensor.set_shape(own[:axis].concatenate([first]).concatenate(own[axis + count :]))
        mask = reshape(mask, [-1])
        return gather(tensor, squeeze(where_v2(mask), axis=[1]), axis=axis)


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool_, name: str | None = None) -> Tensor:
    """Returns rows of `maxlen` elements that are true for the first `lengths[i]` ones."""
    with op_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert.convert_to_tensor(lengths)
        if maxlen is None:
            from .reduction import all_dimensions

            maxlen = raw.Max(lengths, all_dimensions(lengths, None))
            maxlen = raw.Maximum(constant(0, maxlen._dtype.base_dtype), maxlen)
        else:
            maxlen = convert.convert_to_tensor(maxlen)
        if maxlen._dims is not None and len(maxlen._dims):
            raise ValueError(
                f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen} with shape "
                f"'{maxlen.get_shape()}' instead"
            )
        kind = maxlen._dtype.base_dtype
        row = raw.Range(constant(0, kind), maxlen, constant(1, kind))
        matrix = raw.Cast(expand_dims(lengths, -1), DstT=kind)
        result = row < matrix
        if dtype is None or dtypes.as_dtype(dtype) is dtypes.bool_:
            return result
        return raw.Cast(result, DstT=dtypes.as_dtype(dtype))


# ---- one-hot vectors

one_hot_op = op(
    "OneHot(indices: TI, depth: int32, on_value: T, off_value: T) -> (output: T)",
    attrs=["axis: int = -1", "T: type", "TI: {uint8, int8, int32, int64} = int64"],
)
one_hot_op.no_gradient()


@one_hot_op.shape
def _one_hot_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    for index in (1, 2, 3):
        with_rank(call.shapes[index], 0)
    depth = call.constant(1)
    axis = call.attrs["axis"]
    if axis < -1:
        raise ValueError("axis must be >= -1")
    if dims is None:
        return None
    where = len(dims) if axis == -1 else axis
    return (*dims[:where], None if depth is None else int(depth), *dims[where:])


@one_hot_op.kernel
def _one_hot_kernel(indices: Any, depth: Any, on: Any, off: Any, *, axis: int) -> Any:
    count = int(depth)
    if count < 0:
        raise KernelError(InvalidArgumentError, f"depth must be non-negative, got: {count}")
    flat = np.asarray(indices).reshape(-1)
    kind = np.asarray(on).dtype
    result = np.full((flat.size, count), off, dtype=kind)
    inside = np.flatnonzero((flat >= 0) & (flat < count))
    result[inside, flat[inside]] = on
    result = result.reshape(*np.shape(indices), count)
    return result if axis in (-1, np.ndim(indices)) else np.ascontiguousarray(np.moveaxis(result, -1, axis))


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns, for each of `indices`, a vector of `depth` elements that is `on_value` there and `off_value` elsewhere.

    Args:
      indices: integers; one out of range gives a vector without an `on_value`.
      depth: the length of the vectors, a scalar.
      on_value, off_value: scalars, 1 and 0 by default.
      axis: where the new dimension goes, last by default.
      dtype: element type, that of the values or float32 by default.
      name: name of the operation.

    Raises:
      TypeError: the dtypes of the values and `dtype` differ.
    """
    values = [indices, depth, on_value, off_value]
    with op_scope(name, "one_hot", [each for each in values if each is not None]) as scope:
        wanted = None if dtype is None else dtypes.as_dtype(dtype)
        if on_value is not None:
            on_value = convert.convert_to_tensor(on_value, preferred_dtype=wanted)
        if off_value is not None:
            off_value = convert.convert_to_tensor(off_value, preferred_dtype=wanted)
        given = [each._dtype.base_dtype for each in (on_value, off_value) if each is not None]
        if wanted is None:
            wanted = given[0] if given else dtypes.float32
        else:
            for label, each in (("on_value", on_value), ("off_value", off_value)):
                if each is not None and each._dtype.base_dtype != wanted:
                    raise TypeError(
                        f"dtype {each._dtype.base_dtype} of {label} does not match dtype parameter {wanted}"
                    )
        if on_value is None:
            on_value = convert.convert_to_tensor(1, wanted, name="on_value")
        if off_value is None:
            off_value = convert.convert_to_tensor(0, wanted, name="off_value")
        if on_value._dtype.base_dtype != off_value._dtype.base_dtype:
            raise TypeError(
                f"dtype {on_value._dtype.base_dtype} of on_value does not match dtype {off_value._dtype.base_dtype} of off_value"
            )
        return raw.OneHot(indices, depth, on_value, off_value, axis=axis, name=scope)
