"""More elements around a tensor: padding with a value or with its mirror image."""

from __future__ import annotations

import builtins
import functools
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, TensorShape, dims_text, is_full
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import rank, shape
from .joining import stack
from .shape_functions import with_rank
from .shaping import reshape
from .slicing import slice

__all__ = ["pad"]

# ---- padding

_PAD = ["T: type", "Tpaddings: {int32, int64} = int32"]
pad_op = op("Pad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_PAD)
pad_v2_op = op("PadV2(input: T, paddings: Tpaddings, constant_values: T) -> (output: T)", attrs=_PAD)
_MIRROR = [*_PAD, 'mode: {"REFLECT", "SYMMETRIC"}']
mirror_pad_op = op("MirrorPad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_MIRROR)
mirror_pad_grad_op = op("MirrorPadGrad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_MIRROR)


@mirror_pad_op.shape
@pad_v2_op.shape
@pad_op.shape
def _pad_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    if dims is not None and call.shapes[1] is not None and call.shapes[1][0] is not None:
        with_rank(dims, call.shapes[1][0])
    known = call.constant(1)
    if known is None:
        if dims is not None:
            return (None,) * len(dims)
        rows = call.shapes[1]
        return None if rows is None or rows[0] is None else (None,) * rows[0]
    if dims is None:
        return (None,) * len(known)
    dims = with_rank(dims, len(known))
    return tuple(
        None if each is None else each + int(before) + int(after)
        for each, (before, after) in zip(dims, known.tolist(), strict=True)
    )


def _pad_widths(dims: tuple[int, ...], paddings: Any) -> list[Any]:
    widths = paddings.tolist()
    if len(widths) != len(dims):
        raise KernelError(
            InvalidArgumentError,
            f"The first dimension of paddings must be the rank of inputs{dims_text(np.shape(paddings))} {dims_text(dims)}",
        )
    for before, after in widths:
        if before < 0 or after < 0:
            raise KernelError(InvalidArgumentError, f"Paddings must be non-negative: {before} {after}")
    return widths


@functools.lru_cache(maxsize=4096)
def _frame(dims: tuple[int, ...], paddings: bytes, kind: str) -> tuple[tuple[int, ...], tuple[builtins.slice, ...]]:
    """Returns the shape with the edges, and where the middle lies. The same few numbers come in every step of a training."""
    widths = _pad_widths(dims, np.frombuffer(paddings, kind).reshape(-1, 2))
    shape = tuple(size + before + after for size, (before, after) in zip(dims, widths, strict=True))
    return shape, tuple(builtins.slice(before, before + size) for size, (before, _) in zip(dims, widths, strict=True))


def _padded(x: Any, paddings: Any, value: Any, out: Any = None) -> Any:
    shape, middle = _frame(np.shape(x), paddings.tobytes(), paddings.dtype.str)
    if out is not None:
        result = out
        result.fill(0 if value is None else value)
    else:
        result = np.full(shape, value, dtype=x.dtype) if value is not None else np.zeros(shape, dtype=x.dtype)
    result[middle] = x
    return result


pad_op.kernel(lambda x, paddings, *, out=None: _padded(x, paddings, None, out))
pad_v2_op.kernel(lambda x, paddings, value: _padded(x, paddings, value))


@mirror_pad_op.kernel
def _mirror_pad_kernel(x: Any, paddings: Any, *, mode: bytes) -> Any:
    return np.pad(x, _pad_widths(np.shape(x), paddings), mode="reflect" if mode == b"REFLECT" else "symmetric")


@mirror_pad_grad_op.shape
def _mirror_pad_grad_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    known = call.constant(1)
    if dims is None or known is None:
        return None if dims is None else (None,) * len(dims)
    return tuple(
        None if each is None else each - int(before) - int(after)
        for each, (before, after) in zip(dims, known.tolist(), strict=True)
    )


@mirror_pad_grad_op.kernel
def _mirror_pad_grad_kernel(dy: Any, paddings: Any, *, mode: bytes) -> Any:
    widths = paddings.tolist()
    style: Any = "reflect" if mode == b"REFLECT" else "symmetric"
    for axis, (before, after) in enumerate(widths):
        length = dy.shape[axis] - before - after
        places = np.pad(np.arange(length), (before, after), mode=style)
        total = np.zeros((length, *np.moveaxis(dy, axis, 0).shape[1:]), dtype=dy.dtype)
        np.add.at(total, places, np.moveaxis(dy, axis, 0))
        dy = np.moveaxis(total, 0, axis)
    return dy


mirror_pad_op.gradient(lambda op, dy: (raw.MirrorPadGrad(dy, op._inputs[1], mode=op._attrs["mode"]), None))
mirror_pad_grad_op.gradient(lambda op, dy: (raw.MirrorPad(dy, op._inputs[1], mode=op._attrs["mode"]), None))


@pad_v2_op.gradient
@pad_op.gradient
def _pad_gradient(op: Any, dy: Any) -> Any:
    x, paddings = op._inputs[:2]
    before = slice(paddings, [0, 0], stack([rank(x), 1]))
    begin = reshape(before, [-1])
    sizes = shape(x, out_type=begin._dtype.base_dtype)
    return [slice(dy, begin, sizes)] + [None] * (len(op._inputs) - 1)


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """Returns `tensor` with more elements before and after it along each dimension.

    Args:
      tensor: any tensor.
      paddings: `[rank, 2]`, how many elements before and after.
      mode: `"CONSTANT"`, `"REFLECT"` (mirrors without the edge) or `"SYMMETRIC"` (with it).
      name: name of the operation.
      constant_values: what to fill with, a scalar.

    Raises:
      ValueError: there is no such mode.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if not isinstance(constant_values, Tensor) and np.ndim(constant_values) == 0 and constant_values == 0:
            result = raw.Pad(tensor, paddings, name=name)
        else:
            result = raw.PadV2(tensor, paddings, constant_values, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = raw.MirrorPad(tensor, paddings, mode=mode, name=name)
    else:
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    source = result._op._inputs[0]._dims
    if source is not None and not is_full(result._dims):
        known = static_value(result._op._inputs[1])
        if known is not None:
            result.set_shape(
                TensorShape(
                    [None if s is None else s + int(a) + int(b) for s, (a, b) in zip(source, known, strict=True)]
                )
            )
    return result
