"""Statistics of the elements: logarithms of sums of exponentials, variances, counts."""

from __future__ import annotations

from typing import Any

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import is_full
from ..framework.tensor import Tensor
from .cast import cast
from .placeholders import stop_gradient
from .reduction import reduce_max, reduce_mean, reduce_sum
from .shaping import one_of, reshape

__all__ = ["count_nonzero", "reduce_logsumexp", "reduce_std", "reduce_variance"]


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns `log(sum(exp(x)))`, computed so that large elements do not overflow; the arguments are those of `reduce_sum`."""
    axis = one_of("axis", axis, "reduction_indices", reduction_indices)
    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    from .math import add, subtract

    with op_scope(name, "ReduceLogSumExp", [input_tensor]) as scope:
        raw_max = reduce_max(input_tensor, axis=axis, keepdims=True)
        most = stop_gradient(raw.SelectV2(raw.IsFinite(raw_max), raw_max, 0))
        result = raw.Log(reduce_sum(raw.Exp(subtract(input_tensor, most)), axis=axis, keepdims=keep))
        if not keep:
            most = reshape(most, raw.Shape(result))
        result = add(result, most, name=scope)
        if axis is None and not keep and not is_full(result._dims):
            result.set_shape(())
        return result


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Returns the mean squared distance of the elements from their mean. Raises TypeError for integers."""
    with op_scope(name or "reduce_variance", "reduce_variance"):
        x = convert.convert_to_tensor(input_tensor)
        means = reduce_mean(x, axis=axis, keepdims=True)
        if means._dtype.is_integer:
            raise TypeError(f"Input must be either real or complex. Received integer type {means._dtype}.")
        return reduce_mean(raw.Square(x - means), axis=axis, keepdims=keepdims)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Returns the standard deviation of the elements."""
    with op_scope(name or "reduce_std", "reduce_std"):
        x = convert.convert_to_tensor(input_tensor)
        return raw.Sqrt(reduce_variance(x, axis=axis, keepdims=keepdims))


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: Any = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
    input: Any = None,
) -> Tensor:
    """Returns how many elements are not zero; the arguments are those of `reduce_sum`, `dtype` is the type of the counts."""
    from .array import zeros
    from .compare import not_equal

    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    x = one_of("input", input, "input_tensor", input_tensor)
    axis = one_of("axis", axis, "reduction_indices", reduction_indices)
    with op_scope(name, "count_nonzero", [x]):
        x = convert.convert_to_tensor(x, name="input")
        found = x if x._dtype.is_bool else not_equal(x, zeros([], dtype=x._dtype.base_dtype))
        return cast(reduce_sum(cast(found, dtypes.int64), axis=axis, keepdims=keep), dtype)
