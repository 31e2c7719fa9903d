"""Moving rows by number: stitch, partition, scatter, segment sums, unique elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.tensor import Tensor
from .shape_functions import merge, several, with_rank

__all__ = ["dynamic_partition", "dynamic_stitch", "scatter_nd", "setdiff1d", "unique", "unique_with_counts"]

# ---- stitch and partition

_STITCH = ["N: int >= 1", "T: type"]
dynamic_stitch_op = op("DynamicStitch(indices: N * int32, data: N * T) -> (merged: T)", attrs=_STITCH)
parallel_dynamic_stitch_op = op("ParallelDynamicStitch(indices: N * int32, data: N * T) -> (merged: T)", attrs=_STITCH)


@parallel_dynamic_stitch_op.shape
@dynamic_stitch_op.shape
def _dynamic_stitch_shape(call: Any) -> Dims:
    count = call.attrs["N"]
    greatest: int | None = -1
    tail: Dims = None
    for index in range(count):
        indices, data = call.shapes[index], call.shapes[count + index]
        known = call.constant(index)
        if known is None:
            greatest = None
        elif greatest is not None and known.size:
            greatest = max(greatest, int(known.max()))
        if indices is not None and data is not None:
            tail = merge(tail, data[len(indices) :])
    if tail is None:
        return None
    return (None if greatest is None else greatest + 1, *tail)


@parallel_dynamic_stitch_op.kernel
@dynamic_stitch_op.kernel
def _dynamic_stitch_kernel(*inputs: Any) -> Any:
    count = len(inputs) // 2
    indices = [np.asarray(each) for each in inputs[:count]]
    data = [np.asarray(each) for each in inputs[count:]]
    length = max((int(each.max()) + 1 for each in indices if each.size), default=0)
    tail = data[0].shape[indices[0].ndim :]
    result = np.zeros((length, *tail), dtype=data[0].dtype)
    for where, rows in zip(indices, data, strict=True):
        result[where.reshape(-1)] = rows.reshape(-1, *tail)
    return result


@parallel_dynamic_stitch_op.gradient
@dynamic_stitch_op.gradient
def _dynamic_stitch_gradient(op: Any, dy: Any) -> Any:
    from .cast import cast
    from .gathering import gather

    count = len(op._inputs) // 2
    inputs = [cast(each, dtypes.int32) for each in op._inputs[:count]]
    dy = convert.convert_to_tensor(dy)
    return [None] * count + [gather(dy, each) for each in inputs]


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Returns a tensor whose row `indices[m][i]` is `data[m][i]`; of rows with one number the last wins."""
    return raw.DynamicStitch(indices, data, name=name)


dynamic_partition_op = op(
    "DynamicPartition(data: T, partitions: int32) -> (outputs: num_partitions * T)",
    attrs=["num_partitions: int >= 1", "T: type"],
)


@dynamic_partition_op.shape
def _dynamic_partition_shape(call: Any) -> Any:
    data, partitions = call.shapes
    count = call.attrs["num_partitions"]
    if data is None or partitions is None:
        return [None] * count
    merge(data[: len(partitions)], partitions)
    return [(None, *data[len(partitions) :])] * count


@dynamic_partition_op.kernel
def _dynamic_partition_kernel(data: Any, partitions: Any, *, num_partitions: int) -> Any:
    flat = np.asarray(partitions).reshape(-1)
    if flat.size and not (flat.min() >= 0 and flat.max() < num_partitions):
        wrong = int(np.flatnonzero((flat < 0) | (flat >= num_partitions))[0])
        raise KernelError(InvalidArgumentError, f"partitions[{wrong}] = {flat[wrong]} is not in [0, {num_partitions})")
    rows = np.asarray(data).reshape(flat.size, *np.shape(data)[np.ndim(partitions) :])
    return several([rows[flat == each] for each in range(num_partitions)])


def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[Tensor]:
    """Returns `num_partitions` tensors: row i of `data` goes to number `partitions[i]`."""
    return raw.DynamicPartition(data, partitions, num_partitions=num_partitions, name=name)


@dynamic_partition_op.gradient
def _dynamic_partition_gradient(op: Any, *dy: Any) -> Any:
    from .array import shape
    from .reduction import reduce_prod
    from .sequences import range as sequence
    from .shaping import reshape

    data, partitions = op._inputs
    count = op._attrs["num_partitions"]
    prefix = shape(partitions)
    numbers = reshape(sequence(reduce_prod(prefix)), prefix)
    places = dynamic_partition(numbers, partitions, count)
    gradient = raw.ParallelDynamicStitch(places, list(dy))
    return reshape(gradient, shape(data)), None


# ---- scatter

scatter_nd_op = op(
    "ScatterNd(indices: Tindices, updates: T, shape: Tindices) -> (output: T)",
    attrs=["T: type", "Tindices: {int16, int32, int64}", 'bad_indices_policy: string = ""'],
)
scatter_nd_op.shape(lambda call: call.constant_shape(2))


@scatter_nd_op.kernel
def _scatter_nd_kernel(indices: Any, updates: Any, shape: Any) -> Any:
    sizes = tuple(shape.tolist())
    depth = indices.shape[-1]
    total = np.zeros(sizes, dtype=updates.dtype)
    places = indices.reshape(-1, depth)
    for axis in range(depth):
        wrong = np.flatnonzero((places[:, axis] < 0) | (places[:, axis] >= sizes[axis]))
        if wrong.size:
            shown = ", ".join(str(each) for each in places[wrong[0]])
            raise KernelError(
                InvalidArgumentError,
                f"indices[{int(wrong[0])}] = [{shown}] does not index into shape {dims_text(sizes)}",
            )
    np.add.at(total, tuple(places.T), updates.reshape(-1, *sizes[depth:]))
    return total


@scatter_nd_op.gradient
def _scatter_nd_gradient(op: Any, dy: Any) -> Any:
    from .gathering import gather_nd

    return None, gather_nd(dy, op._inputs[0]), None


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns zeros of `shape` to which `updates[i]` is added at the place `indices[i]`."""
    return raw.ScatterNd(indices, updates, shape, name=name)


# ---- sets

unique_op = op("Unique(x: T) -> (y: T, idx: out_idx)", attrs=["T: type", "out_idx: {int32, int64} = int32"])
unique_with_counts_op = op(
    "UniqueWithCounts(x: T) -> (y: T, idx: out_idx, count: out_idx)",
    attrs=["T: type", "out_idx: {int32, int64} = int32"],
)
list_diff_op = op(
    "ListDiff(x: T, y: T) -> (out: T, idx: out_idx)", attrs=["T: type", "out_idx: {int32, int64} = int32"]
)


def _vector(dims: Dims) -> Dims:
    with_rank(dims, 1)
    return dims


unique_op.shape(lambda call: [(None,), _vector(call.shapes[0])])
unique_with_counts_op.shape(lambda call: [(None,), _vector(call.shapes[0]), (None,)])
list_diff_op.shape(lambda call: [(None,), (None,)])
for _each in (unique_op, unique_with_counts_op, list_diff_op):
    _each.no_gradient()


def _unique(x: Any) -> tuple[Any, Any, Any]:
    """Returns the elements in the order of their first appearance, the number of each element of `x`, and the counts."""
    values, first, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    number = np.empty_like(order)
    number[order] = np.arange(order.size)
    return values[order], number[inverse.reshape(-1)], counts[order]


@unique_op.kernel
def _unique_kernel(x: Any, *, out_idx: Any) -> Any:
    values, numbers, _ = _unique(x)
    return values, numbers.astype(out_idx.as_numpy_dtype)


@unique_with_counts_op.kernel
def _unique_with_counts_kernel(x: Any, *, out_idx: Any) -> Any:
    values, numbers, counts = _unique(x)
    return values, numbers.astype(out_idx.as_numpy_dtype), counts.astype(out_idx.as_numpy_dtype)


@list_diff_op.kernel
def _list_diff_kernel(x: Any, y: Any, *, out_idx: Any) -> Any:
    kept = ~np.isin(x, y)
    return x[kept], np.flatnonzero(kept).astype(out_idx.as_numpy_dtype)


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Returns the different elements of a vector, and for each element of it the number of its equal among them."""
    return tuple(raw.Unique(x, out_idx=out_idx, name=name))  # type: ignore[return-value]


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Returns what `unique` returns, and how often each element occurs."""
    return tuple(raw.UniqueWithCounts(x, out_idx=out_idx, name=name))  # type: ignore[return-value]


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Returns the elements of `x` that are not in `y`, and their places."""
    return tuple(raw.ListDiff(x, y, out_idx=index_dtype, name=name))  # type: ignore[return-value]
