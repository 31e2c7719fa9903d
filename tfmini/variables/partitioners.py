"""Partitioners: functions that say how a variable is cut into parts.

A partitioner is called with `shape` and `dtype` and returns the number of parts for each axis; only one axis may have more than
one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..framework import dtypes
from ..framework.shapes import TensorShape

__all__ = ["fixed_size_partitioner", "min_max_variable_partitioner", "variable_axis_size_partitioner"]


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Callable[..., list[int]]:
    """Returns a partitioner that cuts `axis` into `num_shards` parts, or into single rows when there are fewer."""

    def partitioner(shape: TensorShape, **_: Any) -> list[int]:
        parts = [1] * len(shape)
        parts[axis] = min(num_shards, sizes_of(shape)[axis])
        return parts

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Callable[..., list[int]]:
    """Returns a partitioner that keeps each part under `max_shard_bytes`, with at most `max_shards` parts.

    Raises:
      ValueError: a size is not positive. The partitioner raises it for a shape that is not full.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError(
            "Both max_shard_bytes and bytes_per_string_element must be positive. "
            f"Currently, max_shard_bytes is {max_shard_bytes} andbytes_per_string_element is {bytes_per_string_element}"
        )
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        if not isinstance(shape, TensorShape):
            raise ValueError(f"shape is not a TensorShape: {shape}")
        if not shape.is_fully_defined():
            raise ValueError(f"shape is not fully defined: {shape}")
        element_size = _element_size(dtype, bytes_per_string_element)
        sizes = sizes_of(shape)
        per_slice = math.prod(sizes) / sizes[axis] * element_size
        slices_per_part = max(1, math.floor(max_shard_bytes / per_slice))
        count = math.ceil(sizes[axis] / slices_per_part)
        parts = [1] * len(sizes)
        parts[axis] = min(max_shards, count) if max_shards else count
        return parts

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1, axis: int = 0, min_slice_size: int = 256 << 10, bytes_per_string_element: int = 16
) -> Callable[..., list[int]]:
    """Returns a partitioner that makes as many parts of at least `min_slice_size` bytes as possible, at most `max_partitions`."""

    def partitioner(shape: TensorShape, dtype: Any) -> list[int]:
        if axis >= len(shape):
            raise ValueError(f"Cannot partition variable along axis {axis} when shape is only {shape}")
        count: Any = shape.num_elements()
        sizes = sizes_of(shape)
        total = count * _element_size(dtype, bytes_per_string_element)
        parts = [1] * len(sizes)
        parts[axis] = max(1, min(sizes[axis], max_partitions, math.ceil(total / min_slice_size)))
        return parts

    return partitioner


def sizes_of(shape: TensorShape) -> list[int]:
    """Returns the sizes of a full shape."""
    return [int(size) for size in shape.as_list() if size is not None]


def _element_size(dtype: Any, bytes_per_string_element: int) -> int:
    base = dtypes.as_dtype(dtype).base_dtype
    return bytes_per_string_element if base == dtypes.string else base.size
