"""Declaring operations that work element by element."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework import contexts
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import OpDef, op
from .shape_functions import FLOATS_AND_COMPLEX, broadcast, unchanged

SIGNED = "{bfloat16, float16, float32, float64, int8, int16, int32, int64, complex64, complex128}"
ARITHMETIC = "{bfloat16, float16, float32, float64, uint8, int8, uint16, int16, int32, uint32, uint64, int64, complex64, complex128}"
ORDERED = "{bfloat16, float16, float32, float64, int8, uint8, int16, uint16, int32, uint32, int64, uint64}"
FRACTIONS = "{float16, bfloat16, float32, float64, complex64, complex128}"


def unary(name: str, types: str, kernel: Callable[..., Any] | str) -> OpDef:
    """Declares `name(x) -> y`."""
    definition = op(f"{name}(x: T) -> (y: T)", attrs=[f"T: {types}"])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition


def unary_gradient(name: str, kernel: Callable[..., Any] | str) -> OpDef:
    """Declares `name(y, dy) -> z`, the gradient of a function in terms of its result."""
    definition = op(f"{name}(y: T, dy: T) -> (z: T)", attrs=[f"T: {FLOATS_AND_COMPLEX}"])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition


def binary(name: str, types: str, kernel: Callable[..., Any] | str) -> OpDef:
    """Declares `name(x, y) -> z` with broadcasting."""
    definition = op(f"{name}(x: T, y: T) -> (z: T)", attrs=[f"T: {types}"])
    definition.shape(broadcast)
    definition.kernel(kernel)
    return definition


def after(dy: Any) -> Any:
    """Orders what a gradient computes after `dy`, so that it is not computed (and kept) early."""
    return contexts.default_graph().control_dependencies([dy.op if isinstance(dy, IndexedSlices) else dy])


# ---- kernels that several files share

_BITS: dict[Any, Any] = {np.dtype(np.float32): np.dtype(np.int32), np.dtype(np.float64): np.dtype(np.int64)}


def choose(condition: Any, x: Any, y: Any) -> Any:
    """Returns `x` where `condition` holds, else `y`; the three broadcast together.

    On large arrays of floats the bits in which both differ are kept or dropped: no branch waits for a condition that cannot be foreseen, and a NaN on the
    side that is not taken does no harm.
    """
    if (
        isinstance(condition, np.ndarray)
        and condition.size >= 4096
        and isinstance(x, np.ndarray)
        and isinstance(y, np.ndarray)
        and x.shape == y.shape == condition.shape
        and x.dtype == y.dtype
        and x.dtype in _BITS
    ):
        bits = _BITS[x.dtype]
        ours, theirs = x.view(bits), y.view(bits)
        changed = np.bitwise_xor(ours, theirs)
        np.multiply(changed, condition, out=changed)
        np.bitwise_xor(changed, theirs, out=changed)
        return changed.view(x.dtype)
    result = np.where(condition, x, y)
    return result if result.ndim else result[()]


_UNSIGNED: dict[Any, Any] = {np.dtype(f"int{bits}"): np.dtype(f"uint{bits}") for bits in (16, 32, 64)}


def within(indices: Any, limit: int) -> bool:
    """Says whether all indices are in `[0, limit)`. One look at the greatest does, since negative numbers are huge without sign."""
    if not isinstance(indices, np.ndarray) or not indices.ndim:
        return 0 <= int(indices) < limit
    kind = _UNSIGNED.get(indices.dtype)
    if not indices.size:
        return True
    if kind is None:
        return bool(indices.min() >= 0 and indices.max() < limit)
    return bool(np.maximum.reduce(indices.view(kind), axis=None) < limit)


@functools.lru_cache(maxsize=256)
def row_starts(rows: int, columns: int) -> np.ndarray:
    """Returns the flat places at which the rows of a matrix begin. Do not write into it: it is kept."""
    return np.arange(rows) * columns


@functools.lru_cache(maxsize=256)
def ones_of(count: int, dtype: Any) -> np.ndarray:
    """Returns a vector of ones, for sums by products. Do not write into it: it is kept."""
    return np.ones(count, dtype)


def row_max(x: np.ndarray) -> np.ndarray:
    """Returns the greatest element of each row `[..., 1]`; of short rows by their places, which numpy finds faster."""
    if x.ndim == 2 and 0 < x.shape[1] <= 64 and x.flags.c_contiguous:
        rows, columns = x.shape
        return x.take(x.argmax(axis=1) + row_starts(rows, columns))[:, np.newaxis]
    return x.max(axis=-1, keepdims=True)


def row_sum(x: np.ndarray) -> np.ndarray:
    """Returns the sum of each row `[..., 1]`; of matrices as a product, which is faster than adding along short rows."""
    if x.ndim == 2:
        return np.dot(x, ones_of(x.shape[1], x.dtype))[:, np.newaxis]
    return x.sum(axis=-1, keepdims=True, dtype=x.dtype)
