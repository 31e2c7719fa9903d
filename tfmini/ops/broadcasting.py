"""Gradients of elementwise operations of two inputs: sums over the dimensions that were broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import dims_text, is_full
from ..framework.tensor import Tensor
from .array import shape
from .reduction import reduce_sum
from .shaping import reshape

broadcast_gradient_args_op = op(
    "BroadcastGradientArgs(s0: T, s1: T) -> (r0: T, r1: T)", attrs=["T: {int32, int64} = int32"]
)
broadcast_gradient_args_op.shape(lambda call: [(None,), (None,)])
broadcast_gradient_args_op.no_gradient()


@broadcast_gradient_args_op.kernel
def _broadcast_gradient_args_kernel(first: Any, second: Any) -> Any:
    x, y = first.tolist(), second.tolist()
    rank = max(len(x), len(y))
    x = [1] * (rank - len(x)) + x
    y = [1] * (rank - len(y)) + y
    x_axes, y_axes = [], []
    for axis, (a, b) in enumerate(zip(x, y, strict=True)):
        if a == b:
            # Both are 1: whoever has the dimension may be summed over it; TensorFlow names it for both.
            if a == 1:
                x_axes.append(axis)
                y_axes.append(axis)
        elif a == 1:
            x_axes.append(axis)
        elif b == 1:
            y_axes.append(axis)
        else:
            raise KernelError(
                InvalidArgumentError,
                f"Incompatible shapes: {dims_text(first.tolist())} vs. {dims_text(second.tolist())}",
            )
    return np.array(x_axes, dtype=first.dtype), np.array(y_axes, dtype=first.dtype)


def same_full_shape(*tensors: Any) -> bool:
    """Says whether all tensors have one shape that is known completely."""
    dims = tensors[0]._dims if isinstance(tensors[0], Tensor) else None
    return is_full(dims) and all(isinstance(each, Tensor) and each._dims == dims for each in tensors)


def _axes_known(x: Any, y: Any) -> tuple[list[int] | None, list[int] | None]:
    """Returns the dimensions that each was broadcast along, or two Nones when that depends on sizes not known yet."""
    if x is None or y is None:
        return None, None
    rank = max(len(x), len(y))
    x_axes: list[int] = []
    y_axes: list[int] = []
    for axis in range(rank):
        a = 1 if axis < rank - len(x) else x[axis - (rank - len(x))]
        b = 1 if axis < rank - len(y) else y[axis - (rank - len(y))]
        if a == 1 and b != 1:
            x_axes.append(axis)
        elif b == 1 and a != 1:
            y_axes.append(axis)
        elif a is None or b is None:
            return None, None
    return x_axes, y_axes


def _summed(gradient: Any, wanted: Tensor, axes: Any, needed: Any) -> Any:
    if gradient is None or not needed:
        return gradient
    return reshape(reduce_sum(gradient, axes, keepdims=True), wanted)


def sum_to_inputs(x: Tensor, y: Tensor, gx: Any, gy: Any) -> tuple[Any, Any]:
    """Returns the gradients `gx` and `gy`, which have the broadcast shape, in the shapes of `x` and `y`. Either may be None."""
    if gx is None and gy is None:
        return gx, gy
    x_shape, y_shape = shape(x), shape(y)
    x_axes: Any
    y_axes: Any
    x_axes, y_axes = _axes_known(x._dims, y._dims)
    if x_axes is None or y_axes is None:
        x_axes, y_axes = raw.BroadcastGradientArgs(x_shape, y_shape)
        x_needs = y_needs = True
    else:
        x_rank, y_rank = len(x._dims), len(y._dims)  # type: ignore[arg-type]
        x_needs = bool(x_axes) or x_rank < y_rank
        y_needs = bool(y_axes) or y_rank < x_rank
    return _summed(gx, x_shape, x_axes, x_needs), _summed(gy, y_shape, y_axes, y_needs)
