"""Means and variances with weights, and what they can be made of."""

from __future__ import annotations

import math
from typing import Any

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.tensor import Tensor
from .array import rank, shape, zeros_like
from .cast import cast
from .constant import constant
from .division import div_no_nan
from .gathering import gather
from .math import add, multiply, subtract
from .nn import batch_normalization
from .reduction import reduce_prod, reduce_sum
from .shaping import one_of, squeeze

__all__ = [
    "batch_norm_with_global_normalization",
    "normalize_moments",
    "sufficient_statistics",
    "weighted_moments",
]


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, name: str | None = None, keep_dims: Any = None, keepdims: Any = None
) -> tuple[Tensor, Tensor]:
    """Returns means and variances of `x` over the dimensions `axes`, each element counted as often as its weight says.

    Args:
      x: floats.
      axes: list of dimensions.
      frequency_weights: numbers that broadcast to `x`.
      name: name of the scope.
      keep_dims, keepdims: keep the dimensions with size 1.
    """
    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with op_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert.convert_to_tensor(x, name="x")
        weights = convert.convert_to_tensor(frequency_weights, name="frequency_weights")
        short = x._dtype.base_dtype is dtypes.float16
        if short:
            x = cast(x, dtypes.float32)
        if weights._dtype.base_dtype is not x._dtype.base_dtype:
            weights = cast(weights, x._dtype.base_dtype)
        total = reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        spread = weights + zeros_like(x)
        number = reduce_sum(spread, axes, name="sum_of_weights", keepdims=True)
        mean = div_no_nan(total, number)
        squares = reduce_sum(weights * raw.SquaredDifference(x, mean), axes, name="weighted_distsq", keepdims=True)
        variance = div_no_nan(squares, number)
        if not keep:
            mean, variance = squeeze(mean, axis=axes), squeeze(variance, axis=axes)
        if short:
            mean, variance = cast(mean, dtypes.float16), cast(variance, dtypes.float16)
        return mean, variance


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keep_dims: Any = None, name: str | None = None, keepdims: Any = None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Returns what means and variances over `axes` can be made of, also from several parts of the data.

    Args:
      x: floats.
      axes: list of dimensions.
      shift: a number near the mean, subtracted for precision.
      keep_dims, keepdims: keep the dimensions with size 1.
      name: name of the scope.

    Returns:
      The number of elements, the sum, the sum of squares (both of what is left after the shift), and the shift.
    """
    axes = list(set(axes))
    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with op_scope(name, "sufficient_statistics", [x, shift]):
        x = convert.convert_to_tensor(x, name="x")
        kind = x._dtype.base_dtype
        sizes = None if x._dims is None else [x._dims[axis] for axis in axes]
        if sizes is not None and None not in sizes:
            count = constant(math.prod(size or 0 for size in sizes), dtype=kind)
        else:
            x_rank = rank(x)
            places = [axis + x_rank if axis < 0 else axis for axis in axes]
            count = reduce_prod(gather(cast(shape(x), kind), places), name="count")
        if shift is not None:
            shift = convert.convert_to_tensor(shift, name="shift")
            first, second = subtract(x, shift), raw.SquaredDifference(x, shift)
        else:
            first, second = x, raw.Square(x)
        total = reduce_sum(first, axes, keepdims=keep, name="mean_ss")
        squares = reduce_sum(second, axes, keepdims=keep, name="var_ss")
        return count, total, squares, shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance from what `sufficient_statistics` gave."""
    with op_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = raw.Reciprocal(counts, name="divisor")
        if shift is not None:
            moved = multiply(mean_ss, divisor, name="shifted_mean")
            mean = add(moved, shift, name="mean")
        else:
            moved = mean = multiply(mean_ss, divisor, name="mean")
        variance = subtract(multiply(variance_ss, divisor), raw.Square(moved), name="variance")
        return mean, variance


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: Any = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Tensor:
    """Returns `batch_normalization` of pictures; the oldest form. `gamma` counts only with `scale_after_normalization`."""
    return batch_normalization(
        one_of("input", input, "t", t),
        one_of("mean", mean, "m", m),
        one_of("variance", variance, "v", v),
        beta,
        gamma if scale_after_normalization else None,
        variance_epsilon,
        name,
    )
