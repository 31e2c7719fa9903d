"""Taking a tensor apart along a dimension: split."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.registry import op, raw
from ..framework.shapes import Dimension
from ..framework.tensor import Tensor
from .joining import concat
from .shape_functions import several

__all__ = ["split"]

# ---- split

_LONG_ROW = 64

split_op = op("Split(split_dim: int32, value: T) -> (output: num_split * T)", attrs=["num_split: int >= 1", "T: type"])
split_v_op = op(
    "SplitV(value: T, size_splits: Tlen, split_dim: int32) -> (output: num_split * T)",
    attrs=["num_split: int >= 1", "T: type", "Tlen: {int8, int32, int64} = int64"],
)


@split_op.shape
def _split_shape(call: Any) -> Any:
    dims = call.shapes[1]
    count = call.attrs["num_split"]
    known = call.constant(0)
    if known is None or dims is None:
        return [None if dims is None else (None,) * len(dims)] * count
    axis = int(known)
    if not -len(dims) <= axis < len(dims):
        raise ValueError(f"Dimension size, given by scalar input {axis} must be in range [-{len(dims)}, {len(dims)})")
    axis %= len(dims)
    size = dims[axis]
    if size is not None and size % count:
        raise ValueError(
            f"Dimension size must be evenly divisible by {count} but is {size}\n\tNumber of ways to split should evenly divide "
            "the split dimension"
        )
    return [(*dims[:axis], None if size is None else size // count, *dims[axis + 1 :])] * count


@split_op.kernel
def _split_kernel(axis: Any, value: Any, *, num_split: int) -> Any:
    where = int(axis)
    if not -value.ndim <= where < value.ndim:
        raise KernelError(
            InvalidArgumentError,
            f"-input rank(-{value.ndim}) <= split_dim < input rank ({value.ndim}), but got {where}",
        )
    size = value.shape[where]
    if size % num_split:
        raise KernelError(
            InvalidArgumentError,
            f"Number of ways to split should evenly divide the split dimension, but got split_dim {where} (size = {size}) "
            f"and num_split {num_split}",
        )
    return several(_parts(value, [size // num_split] * num_split, where))


def _parts(value: Any, lengths: list[int], axis: int) -> list[Any]:
    """Returns views: numpy works as fast on long rows of a larger array as on a copy of them. Short rows are copied."""
    axis %= value.ndim
    before = (builtins.slice(None),) * axis
    found, start = [], 0
    inner = math.prod(value.shape[axis + 1 :])
    for length in lengths:
        part = value[(*before, builtins.slice(start, start + length))]
        found.append(part if length * inner >= _LONG_ROW or not axis else np.ascontiguousarray(part))
        start += length
    return found


split_op.gradient(lambda op, *dy: (None, concat(list(dy), op._inputs[0])))


@split_v_op.shape
def _split_v_shape(call: Any) -> Any:
    dims = call.shapes[0]
    count = call.attrs["num_split"]
    known, sizes = call.constant(2), call.constant(1)
    if dims == ():
        raise ValueError("Can't split scalars")
    if known is None or dims is None:
        return [None if dims is None else (None,) * len(dims)] * count
    axis = int(known)
    if not -len(dims) <= axis < len(dims):
        raise ValueError(f"Shape must be at least rank {axis + 1 if axis >= 0 else -axis} but is rank {len(dims)}")
    axis %= len(dims)
    lengths: list[int | None] = [None] * count
    if sizes is not None:
        lengths = [None if each < 0 else int(each) for each in sizes.tolist()]
        total = dims[axis]
        given = sum(each for each in lengths if each is not None)
        if total is not None and None in lengths:
            lengths = [total - given if each is None else each for each in lengths]
        elif total is not None and given != total:
            raise ValueError(
                f"can't split axis of size {total} into pieces of size [{','.join(str(each) for each in lengths)}]"
            )
    return [(*dims[:axis], each, *dims[axis + 1 :]) for each in lengths]


@split_v_op.kernel
def _split_v_kernel(value: Any, sizes: Any, axis: Any, *, num_split: int) -> Any:
    where = int(axis)
    lengths = sizes.tolist()
    total = value.shape[where]
    if -1 in lengths:
        lengths[lengths.index(-1)] = total - sum(each for each in lengths if each != -1)
    if sum(lengths) != total or min(lengths) < 0:
        raise KernelError(
            InvalidArgumentError,
            "Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the "
            f"size of the input along split_dim if not fully specified.  Got: {sum(lengths)}",
        )
    return several(_parts(value, lengths, where))


split_v_op.gradient(lambda op, *dy: (concat(list(dy), op._inputs[2]), None, None))


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """Returns the parts of `value` along `axis`.

    Args:
      value: the tensor to cut.
      num_or_size_splits: into how many equal parts (a Python int), or the sizes of the parts.
      axis: the dimension to cut.
      num: the number of parts, when it cannot be told from the sizes.
      name: name of the operation.

    Raises:
      ValueError: the size is known and cannot be cut so.
    """
    if isinstance(num_or_size_splits, (int, np.integer, Dimension)):
        return raw.Split(axis, value, num_split=int(num_or_size_splits), name=name)
    sizes = convert.convert_to_tensor(num_or_size_splits)
    if sizes._dims == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    if num is None:
        num = sizes._dims[0] if sizes._dims else None
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {num_or_size_splits}")
    return raw.SplitV(value, sizes, axis, num_split=num, name=name)
