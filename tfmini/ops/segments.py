"""Sums of rows by number: segments, histograms, and the dense form of rows given apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.tensor import Tensor
from .shape_functions import NUMBERS, merge, with_rank

__all__ = ["bincount", "segment_mean", "segment_sum", "unsorted_segment_sum"]

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
    from .gathering import gather
    from .joining import concat
    from .math import maximum
    from .select import where_v2
    from .shaping import reshape

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
    from .gathering import gather

    return gather(dy, op._inputs[1]), None


@segment_mean_op.gradient
def _segment_mean_gradient(op: Any, dy: Any) -> Any:
    from .array import ones, rank, shape
    from .division import divide
    from .gathering import gather
    from .joining import concat
    from .shaping import expand_dims

    data, segments = op._inputs
    data_rank = rank(data)
    own = shape(segments)
    more = ones(expand_dims(data_rank - 1, 0), dtype=own._dtype.base_dtype)
    counted = ones(concat([own, more], 0), dtype=dy.dtype.base_dtype)
    scaled = divide(dy, segment_sum(counted, segments))
    return gather(scaled, segments), None


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Returns the sums of runs of rows; `segment_ids` is a vector that never decreases."""
    return raw.SegmentSum(data, segment_ids, name=name)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """Returns the means of runs of rows; `segment_ids` is a vector that never decreases."""
    return raw.SegmentMean(data, segment_ids, name=name)


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
