"""Moving rows by number: stitch, partition, scatter, segment sums, unique elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.tensor import Tensor
from .shape_functions import NUMBERS, merge, several, with_rank

__all__ = [
    "bincount",
    "dynamic_partition",
    "dynamic_stitch",
    "scatter_nd",
    "segment_mean",
    "segment_sum",
    "setdiff1d",
    "unique",
    "unique_with_counts",
    "unsorted_segment_sum",
]

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
    from .slicing import gather

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


# ---- sums of rows

_SEGMENT = [f"T: {NUMBERS}", "Tindices: {int16, int32, int64}", "Tnumsegments: {int32, int64} = int32"]
unsorted_segment_sum_op = op(
    "UnsortedSegmentSum(data: T, segment_ids: Tindices, num_segments: Tnumsegments) -> (output: T)", attrs=_SEGMENT
)


@unsorted_segment_sum_op.shape
def _unsorted_segment_shape(call: Any) -> Dims:
    data, segments = call.shapes[0], call.shapes[1]
    if data is None or segments is None:
        return None
    merge(data[: len(segments)], segments)
    count = call.constant(2)
    return (None if count is None else int(count), *data[len(segments) :])


def add_rows(total: np.ndarray, places: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Adds `rows[i]` to `total[places[i]]` in place, also where a place occurs twice."""
    if total.ndim == 1:
        np.add.at(total, places, rows)
        return total
    width = int(np.prod(total.shape[1:]))
    flat = (places.astype(np.intp)[:, None] * width + np.arange(width)).reshape(-1)
    np.add.at(total.reshape(-1), flat, rows.reshape(-1))
    return total


@unsorted_segment_sum_op.kernel
def _unsorted_segment_sum_kernel(data: Any, segments: Any, count: Any) -> Any:
    places = np.asarray(segments).reshape(-1)
    tail = np.shape(data)[np.ndim(segments) :]
    rows = np.asarray(data).reshape(places.size, *tail)
    total = np.zeros((int(count), *tail), dtype=rows.dtype)
    if places.size and places.min() < 0:
        kept = places >= 0
        places, rows = places[kept], rows[kept]
    if places.size and places.max() >= int(count):
        wrong = int(np.flatnonzero(places >= int(count))[0])
        raise KernelError(
            InvalidArgumentError, f"segment_ids[{wrong}] = {places[wrong]} is out of range [0, {int(count)})"
        )
    return add_rows(total, places, rows)


@unsorted_segment_sum_op.gradient
def _unsorted_segment_sum_gradient(op: Any, dy: Any) -> Any:
    from .array import ones, ones_like, rank, shape, zeros_like
    from .compare import greater_equal
    from .joining import concat
    from .math import maximum
    from .select import where_v2
    from .shaping import reshape
    from .slicing import gather

    segments = op._inputs[1]
    rows = gather(dy, maximum(segments, zeros_like(segments)))
    kept = greater_equal(segments, 0)
    kept_shape = shape(kept)
    more = ones([rank(rows) - rank(kept)], dtype=kept_shape._dtype.base_dtype)
    kept = reshape(kept, concat([kept_shape, more], axis=0))
    kept = kept & ones_like(rows, dtype=dtypes.bool_)
    return where_v2(kept, rows, zeros_like(rows)), None, None


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """Returns `num_segments` rows: number s is the sum of the rows of `data` whose segment is s."""
    return raw.UnsortedSegmentSum(data, segment_ids, num_segments, name=name)


_SORTED = [f"T: {NUMBERS}", "Tindices: {int32, int64}"]
segment_sum_op = op("SegmentSum(data: T, segment_ids: Tindices) -> (output: T)", attrs=_SORTED)
segment_mean_op = op("SegmentMean(data: T, segment_ids: Tindices) -> (output: T)", attrs=_SORTED)


@segment_mean_op.shape
@segment_sum_op.shape
def _segment_shape(call: Any) -> Dims:
    with_rank(call.shapes[1], 1)
    data = call.shapes[0]
    return None if data is None else (None, *data[1:])


def _segment_sums(data: Any, segments: Any) -> tuple[Any, Any]:
    if segments.size and np.any(np.diff(segments) < 0):
        raise KernelError(InvalidArgumentError, "segment ids are not increasing")
    count = int(segments[-1]) + 1 if segments.size else 0
    total = np.zeros((count, *data.shape[1:]), dtype=data.dtype)
    return add_rows(total, segments, data), np.bincount(segments, minlength=count)


segment_sum_op.kernel(lambda data, segments: _segment_sums(data, segments)[0])


@segment_mean_op.kernel
def _segment_mean_kernel(data: Any, segments: Any) -> Any:
    total, counts = _segment_sums(data, segments)
    divisor = np.maximum(counts, 1).reshape(-1, *[1] * (data.ndim - 1)).astype(data.dtype)
    return (total / divisor).astype(data.dtype)


@segment_sum_op.gradient
def _segment_sum_gradient(op: Any, dy: Any) -> Any:
    from .slicing import gather

    return gather(dy, op._inputs[1]), None


@segment_mean_op.gradient
def _segment_mean_gradient(op: Any, dy: Any) -> Any:
    from .array import ones, rank, shape
    from .joining import concat
    from .math import divide
    from .shaping import expand_dims
    from .slicing import gather

    data, segments = op._inputs
    data_rank = rank(data)
    own = shape(segments)
    more = ones(expand_dims(data_rank - 1, 0), dtype=own._dtype.base_dtype)
    counted = ones(concat([own, more], 0), dtype=dy._dtype.base_dtype)
    scaled = divide(dy, segment_sum(counted, segments))
    return gather(scaled, segments), None


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Returns the sums of runs of rows; `segment_ids` is a vector that never decreases."""
    return raw.SegmentSum(data, segment_ids, name=name)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Returns the means of runs of rows; `segment_ids` is a vector that never decreases."""
    return raw.SegmentMean(data, segment_ids, name=name)


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
    from .slicing import gather_nd

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


bincount_op = op(
    "DenseBincount(input: Tidx, size: Tidx, weights: T) -> (output: T)",
    attrs=["Tidx: {int32, int64}", "T: {int32, int64, float32, float64}", "binary_output: bool = false"],
)
bincount_op.no_gradient()


@bincount_op.shape
def _bincount_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    size = call.constant(1)
    if dims is None:
        return None
    count = None if size is None else int(size)
    return (count,) if len(dims) < 2 else (dims[0], count)


@bincount_op.kernel
def _bincount_kernel(values: Any, size: Any, weights: Any, *, binary_output: bool) -> Any:
    count = int(size)
    flat = np.asarray(values).reshape(-1)
    if flat.size and flat.min() < 0:
        raise KernelError(InvalidArgumentError, "Input arr must be non-negative!")
    kept = flat < count
    amounts = None if weights.size == 0 else np.asarray(weights).reshape(-1)[kept]
    totals = np.bincount(flat[kept], weights=amounts, minlength=count)
    return (totals > 0 if binary_output else totals).astype(weights.dtype)


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Returns how often each of 0, 1, 2, ... occurs in `arr`, or the sums of their `weights`.

    Args:
      arr: integers, none of them negative.
      weights: what each element counts, by default 1.
      minlength, maxlength: least and greatest length of the result.
      dtype: element type of counts.
      name: name of the scope.
    """
    from .array import size
    from .cast import cast
    from .constant import constant
    from .reduction import reduce_max
    from .shaping import reshape

    with op_scope(name, "bincount"):
        arr = convert.convert_to_tensor(arr, name="arr")
        if weights is not None:
            weights = convert.convert_to_tensor(weights, name="weights")
        if not arr._dtype.is_integer:
            arr = cast(arr, dtypes.int32)
        kind = arr._dtype.base_dtype
        present = size(arr) > 0
        length: Any = cast(present, kind) * (reduce_max(arr) + 1)
        if minlength is not None:
            length = raw.Maximum(convert.convert_to_tensor(minlength, dtype=kind, name="minlength"), length)
        if maxlength is not None:
            length = raw.Minimum(convert.convert_to_tensor(maxlength, dtype=kind, name="maxlength"), length)
        if weights is not None:
            weights = reshape(weights, [-1])
        arr = reshape(arr, [-1])
        amounts = constant([], dtype=dtype) if weights is None else weights
        return raw.DenseBincount(arr, length, amounts)


# ---- rows given apart


def _slices_conversion(
    value: IndexedSlices, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for IndexedSlices with dtype {value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(f"Tensor conversion requested for IndexedSlices without dense_shape: {value}")
    return raw.UnsortedSegmentSum(value.values, value.indices, value.dense_shape[0], name=name)


convert.register_tensor_conversion_function(IndexedSlices, _slices_conversion, 100)
