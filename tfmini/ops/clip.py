"""Clipping of values and of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..framework import contexts, convert, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .array import ones_like, rank, size
from .cast import cast
from .constant import constant
from .joining import stack
from .math import maximum, minimum
from .placeholders import identity
from .reduction import reduce_sum
from .select import where
from .sequences import range as sequence
from .shape_functions import NUMBERS, unchanged

__all__ = ["clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "global_norm"]

clip_by_value_op = op("ClipByValue(t: T, clip_value_min: T, clip_value_max: T) -> (output: T)", attrs=[f"T: {NUMBERS}"])
clip_by_value_op.shape(unchanged)
clip_by_value_op.kernel(lambda t, low, high: np.minimum(np.maximum(t, low), high))


@clip_by_value_op.gradient
def _clip_by_value_gradient(op: Any, dy: Any) -> Any:
    from .array import shape, zeros

    x, low, high = op._inputs
    nothing = zeros(shape(x), dtype=dy.dtype.base_dtype)
    below, above = raw.Less(x, low), raw.Greater(x, high)
    outside = raw.LogicalOr(below, above)
    return (
        raw.SelectV2(outside, nothing, dy),
        reduce_sum(raw.SelectV2(below, dy, nothing)),
        reduce_sum(raw.SelectV2(above, dy, nothing)),
    )


def _rows(t: Any) -> Any:
    return t.values if isinstance(t, IndexedSlices) else t


def _like(values: Tensor, t: Any) -> Any:
    return IndexedSlices(values, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else values


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Returns `t` with elements below `clip_value_min` or above `clip_value_max` put to these.

    Raises:
      ValueError: the limits have more elements than `t`.
    """
    with op_scope(name, "clip_by_value", [_rows(t), clip_value_min, clip_value_max]) as scope:
        values = convert.convert_to_tensor(_rows(t), name="t")
        low = minimum(values, clip_value_max)
        values.shape.assert_is_compatible_with(low.shape)
        result = maximum(low, clip_value_min, name=scope)
        values.shape.assert_is_compatible_with(result.shape)
        return _like(result, t)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Returns `t` scaled down to length `clip_norm` when it is longer.

    Args:
      t: a tensor or `IndexedSlices`.
      clip_norm: the greatest length, a scalar.
      axes: the dimensions that make up a vector, by default all.
      name: name of the operation.
    """
    with op_scope(name, "clip_by_norm", [_rows(t), clip_norm]) as scope:
        values = convert.convert_to_tensor(_rows(t), name="t")
        if np.isscalar(clip_norm):
            clip_norm = max(clip_norm, 0)  # type: ignore[type-var]
        else:
            clip_norm = cast(maximum(clip_norm, 0), values._dtype.base_dtype)
        squares = reduce_sum(values * values, axes, keepdims=True)
        positive = squares > 0
        safe = where(positive, squares, ones_like(squares))
        length = where(positive, raw.Sqrt(safe), squares)
        scaled = values * clip_norm
        values.shape.assert_is_compatible_with(scaled.shape)
        return _like(identity(scaled / maximum(length, clip_norm), name=scope), t)


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """Returns `t` scaled down so that its length divided by its number of elements is at most `clip_norm`."""
    with op_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert.convert_to_tensor(t, name="t")
        count = cast(size(t), dtypes.float32)
        inverse = raw.Rsqrt(reduce_sum(t * t, sequence(rank(t))))
        limited = t * clip_norm * minimum(inverse * count, constant(1.0) / clip_norm)
        return identity(limited, name=scope)


def _checked(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    return list(t_list)


def _as_tensors(t_list: list[Any]) -> list[Any]:
    return [
        None if t is None else convert.convert_to_tensor(_rows(t), name=f"t_{index}") for index, t in enumerate(t_list)
    ]


def _present(t_list: list[Any]) -> list[Any]:
    return [_rows(t) for t in t_list if t is not None]


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """Returns the length of all tensors of a list together; None among them is skipped.

    Raises:
      TypeError: `t_list` is no sequence.
    """
    t_list = _checked(t_list)
    with op_scope(name, "global_norm", _present(t_list)):
        halves = []
        for value in _as_tensors(t_list):
            if value is not None:
                with contexts.default_graph().colocate_with(value):
                    halves.append(raw.L2Loss(value))
        half = reduce_sum(stack(halves))
        return raw.Sqrt(half * constant(2.0, dtype=half._dtype.base_dtype), name="global_norm")


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Returns the tensors of a list, all scaled down by one factor when together they are longer than `clip_norm`; and that length.

    Args:
      t_list: tensors, `IndexedSlices` or None.
      clip_norm: the greatest length, a scalar.
      use_norm: the length, when it is known already.
      name: name of the scope.

    Raises:
      TypeError: `t_list` is no sequence.
    """
    t_list = _checked(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    with op_scope(name, "clip_by_global_norm", [*_present(t_list), clip_norm]) as scope:
        finite = clip_norm * minimum(1.0 / use_norm, constant(1.0, dtype=use_norm.dtype.base_dtype) / clip_norm)
        scale = finite + (use_norm - use_norm)
        clipped: list[Any] = []
        for index, value in enumerate(_as_tensors(t_list)):
            if value is None:
                clipped.append(None)
                continue
            with contexts.default_graph().colocate_with(value):
                clipped.append(identity(value * cast(scale, value._dtype.base_dtype), name=f"{scope}_{index}"))
        return [None if c is None else _like(c, t) for c, t in zip(clipped, t_list, strict=True)], use_norm
