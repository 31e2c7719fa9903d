"""Normalization of batches in one operation, and normalization over neighbouring channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text, merge_size
from ..framework.tensor import Tensor
from .constant import constant
from .ordering import transpose
from .shape_functions import with_rank
from .windows import first, last

__all__ = [
    "fused_batch_norm",
    "local_response_normalization",
    "lrn",
]

_FORMATS = 'data_format: {"NHWC", "NCHW", "NDHWC", "NCDHW"} = "NHWC"'
_SHORT = "{half, bfloat16, float}"

fused_batch_norm_op = op(
    "FusedBatchNormV3(x: T, scale: U, offset: U, mean: U, variance: U) -> (y: T, batch_mean: U, batch_variance: U, "
    "reserve_space_1: U, reserve_space_2: U, reserve_space_3: U)",
    attrs=[
        f"T: {_SHORT}",
        "U: {bfloat16, float}",
        "epsilon: float = 0.0001",
        "exponential_avg_factor: float = 1.0",
        _FORMATS,
        "is_training: bool = true",
    ],
)
fused_batch_norm_grad_op = op(
    "FusedBatchNormGradV3(y_backprop: T, x: T, scale: float, reserve_space_1: U, reserve_space_2: U, reserve_space_3: U) -> "
    "(x_backprop: T, scale_backprop: U, offset_backprop: U, reserve_space_4: U, reserve_space_5: U)",
    attrs=[f"T: {_SHORT}", "U: {float}", "epsilon: float = 0.0001", _FORMATS, "is_training: bool = true"],
)


def _layout(attrs: Any, dims: Dims) -> tuple[int, int]:
    """Returns the rank of the pictures and the position of their channels."""
    data_format = attrs["data_format"]
    rank = len(data_format)
    with_rank(dims, rank)
    return rank, 1 if data_format.startswith(b"NC") else rank - 1


@fused_batch_norm_op.shape
def _fused_batch_norm_shape(call: Any) -> list[Dims]:
    dims = call.shapes[0]
    rank, place = _layout(call.attrs, dims)
    sizes = list(with_rank(dims, rank))
    channels = sizes[place]
    used = 3 if call.attrs["is_training"] and call.attrs["exponential_avg_factor"] == 1 else 5
    for each in call.shapes[1:used]:
        channels = merge_size(channels, with_rank(each, 1)[0])
    sizes[place] = channels
    return [tuple(sizes), *[(channels,)] * 4, None]


@fused_batch_norm_grad_op.shape
def _fused_batch_norm_grad_shape(call: Any) -> list[Dims]:
    dims = call.shapes[0]
    rank, place = _layout(call.attrs, dims)
    sizes = list(with_rank(dims, rank))
    channels = merge_size(sizes[place], with_rank(call.shapes[1], rank)[place])
    for each in call.shapes[2:5]:
        channels = merge_size(channels, with_rank(each, 1)[0])
    sizes[place] = channels
    return [tuple(sizes), (channels,), (channels,), (0,), (0,)]


def _channels_last(x: Any, data_format: bytes) -> Any:
    if data_format == b"NCDHW":
        return np.ascontiguousarray(x.transpose(0, 2, 3, 4, 1))
    return last(x, data_format)


def _in_layout(x: Any, data_format: bytes) -> Any:
    if data_format == b"NCDHW":
        return np.ascontiguousarray(x.transpose(0, 4, 1, 2, 3))
    return first(x, data_format)


def _rows(x: Any, data_format: bytes) -> tuple[Any, tuple[int, ...]]:
    """Returns pictures as rows of channels in float32, and the shape that they have with their channels last."""
    turned = _channels_last(x, data_format)
    return turned.reshape(-1, turned.shape[-1]).astype(np.float32, copy=False), turned.shape


def _column_sums(rows: Any) -> Any:
    return np.dot(np.ones(rows.shape[0], rows.dtype), rows)


@fused_batch_norm_op.kernel
def _fused_batch_norm_kernel(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any,
    variance: Any,
    *,
    epsilon: float,
    exponential_avg_factor: float,
    data_format: bytes,
    is_training: bool,
) -> Any:
    if x.ndim != len(data_format):
        raise KernelError(InvalidArgumentError, f"input must be {len(data_format)}-dimensional{dims_text(x.shape)}")
    rows, shape = _rows(x, data_format)
    number, channels = rows.shape
    for name, each in (("scale", scale), ("offset", offset)):
        if each.shape != (channels,):
            raise KernelError(
                InvalidArgumentError,
                f"{name} must have the same number of elements as the channels of x, got {each.size} and {channels}",
            )
    small = np.float32(epsilon)
    if is_training:
        own_mean = _column_sums(rows) / np.float32(max(number, 1))
        centered = np.subtract(rows, own_mean)
        own_variance = _column_sums(np.square(centered)) / np.float32(max(number, 1))
        factor = np.float32(exponential_avg_factor)
        fair = own_variance * np.float32(number / max(number - 1, 1))
        if factor == 1:
            new_mean, new_variance = own_mean, fair
        else:
            rest = np.float32(1) - factor
            new_mean, new_variance = rest * mean + factor * own_mean, rest * variance + factor * fair
    else:
        own_mean, own_variance = new_mean, new_variance = mean, variance
        centered = np.subtract(rows, own_mean)
    np.multiply(centered, scale / np.sqrt(own_variance + small), out=centered)
    np.add(centered, offset, out=centered)
    y = _in_layout(centered.reshape(shape).astype(x.dtype, copy=False), data_format)
    return y, new_mean, new_variance, own_mean, own_variance, np.zeros((), scale.dtype)


@fused_batch_norm_grad_op.kernel
def _fused_batch_norm_grad_kernel(
    dy: Any,
    x: Any,
    scale: Any,
    mean: Any,
    variance: Any,
    unused: Any,
    *,
    epsilon: float,
    data_format: bytes,
    is_training: bool,
) -> Any:
    slopes, shape = _rows(dy, data_format)
    rows, _ = _rows(x, data_format)
    inverse = np.float32(1) / np.sqrt(variance + np.float32(epsilon))
    centered = np.subtract(rows, mean)
    offset_slope = _column_sums(slopes)
    products = _column_sums(np.multiply(slopes, centered))
    scale_slope = products * inverse
    if is_training:
        number = np.float32(max(rows.shape[0], 1))
        np.multiply(centered, products * inverse * inverse / number, out=centered)
        np.subtract(slopes, centered, out=centered)
        np.subtract(centered, offset_slope / number, out=centered)
        np.multiply(centered, scale * inverse, out=centered)
    else:
        np.multiply(slopes, scale * inverse, out=centered)
    dx = _in_layout(centered.reshape(shape).astype(x.dtype, copy=False), data_format)
    none = np.zeros(0, np.float32)
    return dx, scale_slope, offset_slope, none, none.copy()


@fused_batch_norm_op.gradient
def _fused_batch_norm_gradient(op: Any, dy: Any, *_: Any) -> Any:
    x, scale = op._inputs[:2]
    attrs = op._attrs
    data_format, is_training = attrs["data_format"], attrs["is_training"]
    settings = {"epsilon": attrs["epsilon"], "data_format": data_format, "is_training": is_training}
    if is_training:
        kept = op._outputs[3:6]
        dx, d_scale, d_offset, _, _ = raw.FusedBatchNormGradV3(dy, x, scale, *kept, **settings)
        return dx, d_scale, d_offset, None, None
    orders = {b"NCHW": ([0, 2, 3, 1], [0, 3, 1, 2]), b"NCDHW": ([0, 2, 3, 4, 1], [0, 4, 1, 2, 3])}
    there, back = orders.get(data_format, (None, None))
    if there is not None:
        x, dy = transpose(x, there), transpose(dy, there)
        settings["data_format"] = b"NHWC" if len(data_format) == 4 else b"NDHWC"
    kept = [*op._inputs[3:5], op._outputs[5]]
    dx, d_scale, d_offset, _, _ = raw.FusedBatchNormGradV3(dy, x, scale, *kept, **settings)
    return (dx if back is None else transpose(dx, back)), d_scale, d_offset, None, None


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
    exponential_avg_factor: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns pictures with each channel normalized to mean 0 and variance 1, then scaled and moved.

    Args:
      x: `[n, h, w, c]`.
      scale, offset: `[c]`.
      mean, variance: `[c]`, what to normalize by when not training, or what to average with.
      epsilon: added to variances.
      data_format: the layout.
      is_training: normalize by the mean and variance of the batch.
      name: name of the operation.
      exponential_avg_factor: how much of the batch goes into the averages that are returned.

    Returns:
      The normalized pictures, the mean and the (unbiased) variance, averaged with the given ones.

    Raises:
      ValueError: mean and variance are needed and not given.
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError(
            "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or `exponential_avg_factor` != 1.0. "
            f"Received: `mean` {mean!r} and `variance` {variance!r}"
        )
    x = convert.convert_to_tensor(x, name="input")
    scale = convert.convert_to_tensor(scale, name="scale")
    offset = convert.convert_to_tensor(offset, name="offset")
    mean = constant([]) if mean is None else mean
    variance = constant([]) if variance is None else variance
    y, new_mean, new_variance, *_ = raw.FusedBatchNormV3(
        x,
        scale,
        offset,
        mean,
        variance,
        epsilon=epsilon,
        exponential_avg_factor=exponential_avg_factor,
        data_format=data_format,
        is_training=is_training,
        name=name,
    )
    return y, new_mean, new_variance


# ---- normalization over neighbouring channels

_LRN = ["depth_radius: int = 5", "bias: float = 1.0", "alpha: float = 1.0", "beta: float = 0.5", f"T: {_SHORT} = float"]
lrn_op = op("LRN(input: T) -> (output: T)", attrs=_LRN)
lrn_grad_op = op("LRNGrad(input_grads: T, input_image: T, output_image: T) -> (output: T)", attrs=_LRN)
lrn_op.shape(lambda call: with_rank(call.shapes[0], 4))


@lrn_grad_op.shape
def _lrn_grad_shape(call: Any) -> Dims:
    sizes = [with_rank(each, 4) for each in call.shapes]
    return tuple(merge_size(merge_size(a, b), c) for a, b, c in zip(*sizes, strict=True))


def _near(values: Any, radius: int) -> Any:
    """Returns the sums of each channel and up to `radius` neighbours on either side."""
    depth = values.shape[-1]
    ends = np.zeros((*values.shape[:-1], depth + 1), np.float64)
    np.cumsum(values, axis=-1, dtype=np.float64, out=ends[..., 1:])
    places = np.arange(depth)
    return ends[..., np.minimum(places + radius + 1, depth)] - ends[..., np.maximum(places - radius, 0)]


@lrn_op.kernel
def _lrn_kernel(x: Any, *, depth_radius: int, bias: float, alpha: float, beta: float) -> Any:
    if x.ndim != 4:
        raise KernelError(InvalidArgumentError, "in must be 4-dimensional")
    wide = x.astype(np.float64)
    return (wide * (bias + alpha * _near(wide * wide, depth_radius)) ** -beta).astype(x.dtype)


@lrn_grad_op.kernel
def _lrn_grad_kernel(dy: Any, x: Any, y: Any, *, depth_radius: int, bias: float, alpha: float, beta: float) -> Any:
    wide, slopes = x.astype(np.float64), dy.astype(np.float64)
    norms = bias + alpha * _near(wide * wide, depth_radius)
    through = _near(slopes * y / norms, depth_radius)
    return (slopes * norms**-beta - 2 * alpha * beta * wide * through).astype(x.dtype)


@lrn_op.gradient
def _lrn_gradient(op: Any, dy: Any) -> Any:
    settings = {name: op._attrs[name] for name in ("depth_radius", "bias", "alpha", "beta")}
    return raw.LRNGrad(dy, op._inputs[0], op._outputs[0], **settings)


def lrn(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Returns pictures with each element divided by `(bias + alpha * sum of squares of its channel's neighbours) ** beta`.

    Args:
      input: `[n, h, w, c]`.
      depth_radius: neighbours on either side.
      bias, alpha, beta: numbers of the formula (Krizhevsky, Sutskever and Hinton, 2012).
      name: name of the operation.
    """
    return raw.LRN(input, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta, name=name)


local_response_normalization = lrn
