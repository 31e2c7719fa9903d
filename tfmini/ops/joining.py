"""Joining tensors and taking them apart: stack and unstack, concat and split; and lists that hold tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import rank, shape, shape_n
from .constant import constant
from .control_flow_context import output_context
from .placeholders import identity
from .shape_functions import merge, several, with_rank

__all__ = ["concat", "pack", "parallel_stack", "stack", "unpack", "unstack"]

# ---- stack and unstack

pack_op = op("Pack(values: N * T) -> (output: T)", attrs=["N: int >= 1", "T: type", "axis: int = 0"])
unpack_op = op("Unpack(value: T) -> (output: num * T)", attrs=["num: int >= 0", "T: type", "axis: int = 0"])


@pack_op.shape
def _pack_shape(call: Any) -> Dims:
    count = len(call.shapes)
    result = call.shapes[count - 1]
    for index in reversed(range(count - 1)):
        try:
            result = merge(call.shapes[index], result)
        except ValueError as error:
            raise ValueError(f"{error}\n\tFrom merging shape {index} with other shapes.") from None
    if result is None:
        return None
    axis = call.attrs["axis"]
    if not -len(result) - 1 <= axis <= len(result):
        raise ValueError(f"Invalid axis: {axis}; must be in [{-len(result) - 1},{len(result) + 1})")
    if axis < 0:
        axis += len(result) + 1
    return (*result[:axis], count, *result[axis:])


@pack_op.kernel
def _pack_kernel(*values: Any, axis: int) -> Any:
    first = np.shape(values[0])
    for index, each in enumerate(values):
        if np.shape(each) != first:
            raise KernelError(
                InvalidArgumentError,
                f"Shapes of all inputs must match: values[0].shape = {dims_text(first)} != values[{index}].shape = "
                f"{dims_text(np.shape(each))}",
            )
    if isinstance(values[0], bytes):
        return np.array(values, dtype=object)
    return np.stack(values, axis=axis) if first else np.array(values)


@pack_op.gradient
def _pack_gradient(op: Any, dy: Any) -> Any:
    return unstack(dy, num=op._attrs["N"], axis=op._attrs["axis"])


@unpack_op.shape
def _unpack_shape(call: Any) -> Any:
    dims = call.shapes[0]
    count, axis = call.attrs["num"], call.attrs["axis"]
    if dims is None:
        return [None] * count
    if not -len(dims) <= axis < len(dims):
        raise ValueError(f"Invalid axis: {axis}; must be in [{-len(dims)},{len(dims)})")
    axis %= len(dims)
    if dims[axis] is not None and dims[axis] != count:
        raise ValueError(f"Dimension must be {count} but is {dims[axis]}")
    return [dims[:axis] + dims[axis + 1 :]] * count


@unpack_op.kernel
def _unpack_kernel(value: Any, *, num: int, axis: int) -> Any:
    if value.shape[axis] != num:
        raise KernelError(
            InvalidArgumentError, f"Input shape axis {axis} must equal {num}, got shape {dims_text(value.shape)}"
        )
    return several(list(np.moveaxis(value, axis, 0)) if axis else list(value))


@unpack_op.gradient
def _unpack_gradient(op: Any, *dy: Any) -> Any:
    return stack(list(dy), axis=op._attrs["axis"])


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Returns tensors of one shape `[...]` joined along a new dimension at `axis`.

    Raises:
      ValueError: the static shapes differ, or the axis is out of range.
    """
    if axis == 0:
        try:
            return convert.convert_to_tensor(values, name=name)
        except (TypeError, ValueError, NotImplementedError):
            # A list that is no constant and cannot pack itself: packed below, where the error is clearer.
            values = list(values)
    first = convert.convert_to_tensor(values[0], name=name)._dims
    if first is not None and not -len(first) - 1 <= axis <= len(first):
        raise ValueError(f"Argument `axis` = {axis} not in range [{-len(first) - 1}, {len(first) + 1})")
    return raw.Pack(values, axis=axis, name=name)


pack = stack
parallel_stack = stack


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """Returns the slices of `value` along `axis`, as a list of tensors.

    Args:
      value: a tensor of rank 1 or more.
      num: how many slices; by default the static size of that dimension.
      axis: the dimension to take apart.
      name: name of the operation.

    Raises:
      ValueError: the axis is out of range, or `num` is neither given nor known.
    """
    if num is None:
        value = convert.convert_to_tensor(value)
        dims = value._dims
        if dims is not None:
            if not -len(dims) <= axis < len(dims):
                raise ValueError(f"Argument `axis` = {axis} not in range [{-len(dims)}, {len(dims)})")
            num = dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {value.get_shape()}")
    return raw.Unpack(value, num=num, axis=axis, name=name)


unpack = unstack

# ---- concat

concat_op = op(
    "ConcatV2(values: N * T, axis: Tidx) -> (output: T)",
    attrs=["N: int >= 2", "T: type", "Tidx: {int32, int64} = int32"],
)
concat_offset_op = op(
    "ConcatOffset(concat_dim: int32, shape: N * shape_type) -> (offset: N * shape_type)",
    attrs=["N: int >= 2", "shape_type: {int32, int64} = int32"],
)


@concat_op.shape
def _concat_shape(call: Any) -> Dims:
    shapes = call.shapes[:-1]
    known = call.constant(len(shapes))
    ranks: set[int] = set()
    for each in shapes:
        if each is not None and ranks and len(each) not in ranks:
            if ranks == {0}:
                break
            raise ValueError(f"Shape must be rank {min(ranks)} but is rank {len(each)}")
        if each is not None:
            ranks.add(len(each))
    if known is None:
        return (None,) * ranks.pop() if ranks else None
    if known.ndim:
        raise ValueError(f"Shape must be rank 0 but is rank {known.ndim}")
    axis = int(known)
    if not ranks:
        return None
    if any(each == () for each in shapes):
        raise ValueError("Can't concatenate scalars (use tf.stack instead)")
    for each in shapes:
        if each is not None and not -len(each) <= axis < len(each):
            least = axis + 1 if axis >= 0 else -axis
            raise ValueError(f"Shape must be at least rank {least} but is rank {len(each)}")
    before: Dims = None
    after: Dims = None
    total: int | None = 0
    rank = next(len(each) for each in shapes if each is not None)
    for each in shapes:
        if each is None:
            total = None
            continue
        with_rank(each, rank)
        where = axis % len(each)
        size = each[where]
        total = None if total is None or size is None else total + size
        if before is None or after is None:
            before, after = each[:where], each[where + 1 :]
        else:
            # The parts before and after the axis are compared by themselves, which the numbers in the message show.
            before, after = merge(before, each[:where]), merge(after, each[where + 1 :])
    assert before is not None
    assert after is not None
    return (*before, total, *after)


@concat_op.kernel
def _concat_kernel(*inputs: Any, out: Any = None) -> Any:
    values, axis = inputs[:-1], int(inputs[-1])
    try:
        return np.concatenate(values, axis=axis, out=out)
    except ValueError:
        _refuse_concat(values, axis)
        raise


def _refuse_concat(values: Any, axis: int) -> None:
    """Raises KernelError for values that cannot be joined."""
    first = np.shape(values[0])
    if not -len(first) <= axis < max(len(first), 1):
        raise KernelError(
            InvalidArgumentError,
            f"ConcatOp : Expected concatenating dimensions in the range [{-len(first)}, {len(first)}), but got {axis}",
        )
    axis %= max(len(first), 1)
    for index, each in enumerate(values):
        own = np.shape(each)
        if len(own) != len(first):
            raise KernelError(
                InvalidArgumentError,
                f"ConcatOp : Ranks of all input tensors should match: shape[0] = {dims_text(first)} vs. "
                f"shape[{index}] = {dims_text(own)}",
            )
        for position, (a, b) in enumerate(zip(first, own, strict=True)):
            if position != axis and a != b:
                raise KernelError(
                    InvalidArgumentError,
                    f"ConcatOp : Dimension {position} in both shapes must be equal: shape[0] = {dims_text(first)} vs. "
                    f"shape[{index}] = {dims_text(own)}",
                )


@concat_offset_op.shape
def _concat_offset_shape(call: Any) -> Any:
    return [with_rank(each, 1) for each in call.shapes[1:]]


@concat_offset_op.kernel
def _concat_offset_kernel(axis: Any, *shapes: Any) -> Any:
    where = int(axis)
    result = []
    start = 0
    for each in shapes:
        offset = np.zeros_like(each)
        offset[where] = start
        start += int(each[where])
        result.append(offset)
    return tuple(result)


concat_offset_op.no_gradient()


@concat_op.gradient
def _concat_gradient(op: Any, dy: Any) -> Any:
    values, axis = op._inputs[:-1], op._inputs[-1]
    if isinstance(dy, IndexedSlices):
        return [*_concat_gradient_of_rows(values, axis, dy), None]
    if axis._op._definition.name == "Const" and output_context(dy._op) is not output_context(axis._op):
        # A constant of its own need not enter the loop, or the branch, in which the gradient is computed.
        axis = constant(static_value(axis), dtype=axis._dtype)
    where = axis % rank(values[0])
    sizes = _shapes_of(values)
    if len(sizes) > 16:
        from .shaping import squeeze
        from .slicing import slice
        from .splitting import split

        lengths = squeeze(slice(stack(sizes, axis=1), [where, 0], [1, -1]))
        return [*split(dy, lengths, where), None]
    from .slicing import slice

    offsets = raw.ConcatOffset(where, sizes)
    return [*(slice(dy, begin, size) for begin, size in zip(offsets, sizes, strict=True)), None]


def _shapes_of(values: Any) -> list[Tensor]:
    sizes = []
    for each in values:
        found = shape(each)
        if found._op._definition.name != "Const":
            return shape_n(list(values))
        sizes.append(found)
    return sizes


def _concat_gradient_of_rows(values: Any, axis: Tensor, dy: IndexedSlices) -> list[Any]:
    """Returns the parts of a gradient that is given as rows, for a concat along dimension 0."""
    from .compare import logical_and
    from .gathering import gather
    from .select import where
    from .shaping import squeeze

    dimension = axis % rank(values[0])
    known = static_value(axis)
    if known is None:
        raise ValueError("Can only compute IndexedSlices gradient with statically-known concat_dim")
    if int(known) != 0:
        raise ValueError("The gradient of a concat with rows given apart is supported along dimension 0 only.")
    parts = []
    sizes = [shape(each) for each in values]
    start = constant(0, dtype=dy.indices.dtype)
    for each in sizes:
        length = gather(each, dimension)
        if length.dtype != dy.indices.dtype:
            length = raw.Cast(length, DstT=dy.indices.dtype)
        end = start + length
        chosen = squeeze(where(logical_and(dy.indices >= start, dy.indices < end)), axis=[1])
        indices = gather(dy.indices, chosen) - start
        parts.append(IndexedSlices(gather(dy.values, chosen), indices, each))
        start = end
    return parts


def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """Returns tensors joined along their dimension `axis`; all other sizes must agree.

    Raises:
      ValueError: the static shapes do not fit.
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        graph = op_scope(name, "concat")
        with graph:
            convert.convert_to_tensor(axis, name="concat_dim", dtype=dtypes.int32).get_shape().assert_has_rank(0)
            return identity(values[0], name=name)
    return raw.ConcatV2(list(values), axis, name=name)
