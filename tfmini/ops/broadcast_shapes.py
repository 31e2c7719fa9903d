"""Broadcasting on purpose, and the shapes that it gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.constant_value import constant_value
from ..framework.registry import op, raw
from ..framework.shapes import Dims, broadcast_dims, dims_text
from ..framework.tensor import Tensor
from .array import shape
from .shaping import reshape

__all__ = ["broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to"]

# ---- broadcast

broadcast_to_op = op(
    "BroadcastTo(input: T, shape: Tidx) -> (output: T)", attrs=["T: type", "Tidx: {int32, int64} = int32"], aliases=0
)


@broadcast_to_op.shape
def _broadcast_to_shape(call: Any) -> Dims:
    wanted = call.constant_shape(1)
    dims = call.shapes[0]
    if wanted is None or dims is None:
        return wanted
    if len(dims) > len(wanted):
        raise ValueError(f"Shape must be at most rank {len(wanted)} but is rank {len(dims)}")
    broadcast_dims(dims, wanted)
    return wanted


@broadcast_to_op.kernel
def _broadcast_to_kernel(x: Any, shape: Any) -> Any:
    sizes = tuple(shape.tolist())
    try:
        return np.broadcast_to(x, sizes)
    except ValueError:
        raise KernelError(
            InvalidArgumentError,
            f"Incompatible shapes: {dims_text(np.shape(x))} vs. {dims_text(sizes)}",
        ) from None


@broadcast_to_op.gradient
def _broadcast_to_gradient(op: Any, dy: Any) -> Any:
    from .constant import constant
    from .reduction import reduce_sum

    x, wanted = op._inputs
    kind = wanted._dtype.base_dtype
    x_shape = shape(x, out_type=kind)
    known = constant_value(wanted)
    if known is not None:
        wanted = constant(known.tolist(), dtype=kind)
    _, axes = raw.BroadcastGradientArgs(wanted, x_shape)
    return reshape(reduce_sum(dy, axis=axes, keepdims=True), x_shape), None


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns `input` repeated along its dimensions of size 1 so that it has `shape`."""
    return raw.BroadcastTo(input, shape, name=name)


broadcast_args_op = op("BroadcastArgs(s0: T, s1: T) -> (r0: T)", attrs=["T: {int32, int64} = int32"])


@broadcast_args_op.shape
def _broadcast_args_shape(call: Any) -> Dims:
    first, second = call.shapes
    if first is None or second is None or first[0] is None or second[0] is None:
        return (None,)
    return (max(first[0], second[0]),)


@broadcast_args_op.kernel
def _broadcast_args_kernel(first: Any, second: Any) -> Any:
    try:
        return np.array(np.broadcast_shapes(tuple(first.tolist()), tuple(second.tolist())), dtype=first.dtype)
    except ValueError:
        raise KernelError(
            InvalidArgumentError, f"Incompatible shapes: {first.tolist()} vs. {second.tolist()}"
        ) from None


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """Returns the shape that two shapes, given as vectors, broadcast to."""
    return raw.BroadcastArgs(shape_x, shape_y)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """Returns the static shape that two static shapes broadcast to. Raises ValueError when they do not."""
    from ..framework.shapes import TensorShape, dims_of

    try:
        return TensorShape(broadcast_dims(dims_of(shape_x), dims_of(shape_y)))
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}.") from None
