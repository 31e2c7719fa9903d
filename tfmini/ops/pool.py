"""Pooling: the operations with their shapes, kernels and gradients. `pooling` has the arithmetic, `windows` the geometry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from . import pooling
from .array import shape, zeros_like
from .placeholders import stop_gradient
from .shape_functions import REALS, merge, with_rank
from .windows import Axis, axes_of, channel, first, last, spatial, windows_shape

__all__: list[str] = []

_SIZES = ["ksize: list(int) >= 4", "strides: list(int) >= 4"]
_PADDING = 'padding: {"SAME", "VALID"}'
_PADDINGS = 'padding: {"SAME", "VALID", "EXPLICIT"}'
_EXPLICIT = "explicit_paddings: list(int) = []"
_FORMAT = 'data_format: {"NHWC", "NCHW"} = "NHWC"'
_FLOATS = "{half, bfloat16, float, double}"

max_pool_op = op(
    "MaxPool(input: T) -> (output: T)",
    attrs=[
        "T: {half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = float",
        *_SIZES,
        _PADDINGS,
        _EXPLICIT,
        'data_format: {"NHWC", "NCHW", "NCHW_VECT_C"} = "NHWC"',
    ],
)
max_pool_grad_op = op(
    "MaxPoolGrad(orig_input: T, orig_output: T, grad: T) -> (output: T)",
    attrs=[*_SIZES, _PADDINGS, _EXPLICIT, _FORMAT, f"T: {REALS} = float"],
)
max_pool_grad_grad_op = op(
    "MaxPoolGradGrad(orig_input: T, orig_output: T, grad: T) -> (output: T)",
    attrs=[*_SIZES, _PADDING, _FORMAT, f"T: {REALS}"],
)
max_pool_with_argmax_op = op(
    "MaxPoolWithArgmax(input: T) -> (output: T, argmax: Targmax)",
    attrs=[
        *_SIZES,
        "Targmax: {int32, int64} = int64",
        _PADDING,
        "include_batch_in_index: bool = false",
        f"T: {REALS}",
    ],
)
max_pool_grad_with_argmax_op = op(
    "MaxPoolGradWithArgmax(input: T, grad: T, argmax: Targmax) -> (output: T)",
    attrs=[*_SIZES, _PADDING, "include_batch_in_index: bool = false", "Targmax: {int32, int64}", f"T: {REALS}"],
)
avg_pool_op = op("AvgPool(value: T) -> (output: T)", attrs=[*_SIZES, _PADDING, _FORMAT, f"T: {_FLOATS}"])
avg_pool_grad_op = op(
    "AvgPoolGrad(orig_input_shape: int32, grad: T) -> (output: T)", attrs=[*_SIZES, _PADDING, _FORMAT, f"T: {_FLOATS}"]
)


# ---- shapes


def _windows(attrs: Any) -> list[int]:
    return [attrs["ksize"][place] for place in spatial(attrs.get("data_format", b"NHWC"))]


def _with_format(attrs: Any) -> Any:
    """Returns the attributes with a layout: some operations have only one."""
    return attrs if "data_format" in attrs else {**attrs, "data_format": b"NHWC"}


@avg_pool_op.shape
@max_pool_op.shape
def _pool_shape(call: Any) -> Dims:
    dims = with_rank(call.shapes[0], 4)
    attrs = _with_format(call.attrs)
    kind = "Max" if "Targmax" in attrs or "explicit_paddings" in attrs else "Avg"
    for name in ("strides", "ksize"):
        if len(attrs[name]) != 4:
            label = "stride" if name == "strides" else name
            raise ValueError(
                f"{kind}Pool requires the {label} attribute to contain 4 values, but got: {len(attrs[name])}"
            )
    place = channel(attrs["data_format"])
    depth = dims[place]
    if attrs["ksize"][place] != 1 and depth is not None:
        depth = -(-depth // attrs["strides"][place])
    return windows_shape(dims, _windows(attrs), depth, attrs)


@max_pool_with_argmax_op.shape
def _max_pool_with_argmax_shape(call: Any) -> list[Dims]:
    return [_pool_shape(call)] * 2


@max_pool_grad_op.shape
def _max_pool_grad_shape(call: Any) -> Dims:
    return with_rank(call.shapes[0], 4)


@max_pool_grad_with_argmax_op.shape
def _max_pool_grad_with_argmax_shape(call: Any) -> Dims:
    return with_rank(call.shapes[0], 4)


@max_pool_grad_grad_op.shape
def _max_pool_grad_grad_shape(call: Any) -> Dims:
    merge(with_rank(call.shapes[0], 4), with_rank(call.shapes[2], 4))
    return with_rank(call.shapes[1], 4)


@avg_pool_grad_op.shape
def _avg_pool_grad_shape(call: Any) -> Dims:
    return with_rank(call.constant_shape(0), 4)


# ---- kernels


def _prepare(op: Any) -> tuple[Any, Callable[[tuple[int, ...]], list[Axis]], int]:
    """Returns the layout, a function that gives the windows of pictures of a shape, and how many channels are pooled together."""
    attrs = _with_format(op._attrs)
    together = attrs["ksize"][channel(attrs["data_format"])]

    def axes(sizes: tuple[int, ...]) -> list[Axis]:
        if len(sizes) != 4:
            raise KernelError(InvalidArgumentError, f"tensor_in must be 4-dimensional, but got {dims_text(sizes)}")
        _check_windows(attrs)
        return axes_of(sizes, _windows(attrs), attrs)

    return attrs["data_format"], axes, together


def _check_windows(attrs: Any) -> None:
    place = channel(attrs["data_format"])
    together = attrs["ksize"][place]
    if attrs["ksize"][0] != 1 or attrs["strides"][0] != 1:
        raise KernelError(InvalidArgumentError, "Pooling is not yet supported on the batch dimension.")
    if together != 1 and (attrs["strides"][place] != together or any(size != 1 for size in _windows(attrs))):
        raise KernelError(
            InvalidArgumentError,
            "MaxPooling supports exactly one of pooling across depth or pooling across width/height, with equal window and stride.",
        )


@max_pool_op.bind
def _max_pool_bind(op: Any) -> Callable[..., Any]:
    data_format, axes, together = _prepare(op)

    def kernel(x: Any) -> Any:
        found = axes(x.shape)
        pictures = last(x, data_format)
        if together != 1:
            *shape_before, depth = pictures.shape
            if depth % together:
                raise KernelError(
                    InvalidArgumentError,
                    "Depthwise max pooling requires the depth window to evenly divide the input depth",
                )
            return first(pictures.reshape(*shape_before, depth // together, together).max(axis=-1), data_format)
        return first(pooling.greatest(pictures, *found), data_format)

    return kernel


@max_pool_grad_op.bind
def _max_pool_grad_bind(op: Any) -> Callable[..., Any]:
    data_format, axes, together = _prepare(op)

    def kernel(x: Any, y: Any, dy: Any) -> Any:
        if together != 1:
            raise KernelError(InvalidArgumentError, "MaxPoolingGrad is not yet supported on the depth dimension.")
        found = axes(x.shape)
        if y.shape != dy.shape:
            raise KernelError(
                InvalidArgumentError, f"Expected grad shape to be {dims_text(y.shape)}, but got {dims_text(dy.shape)}"
            )
        parts = [last(each, data_format) for each in (x, y, dy)]
        return first(pooling.to_greatest(*parts, *found), data_format)

    return kernel


@max_pool_grad_grad_op.bind
def _max_pool_grad_grad_bind(op: Any) -> Callable[..., Any]:
    data_format, axes, _ = _prepare(op)

    def kernel(x: Any, y: Any, values: Any) -> Any:
        parts = [last(each, data_format) for each in (x, y, values)]
        return first(pooling.at_greatest(*parts, *axes(x.shape)), data_format)

    return kernel


@max_pool_with_argmax_op.bind
def _max_pool_with_argmax_bind(op: Any) -> Callable[..., Any]:
    _, axes, _ = _prepare(op)
    kind = op._attrs["Targmax"].as_numpy_dtype
    whole = op._attrs["include_batch_in_index"]

    def kernel(x: Any) -> Any:
        found = axes(x.shape)
        y = pooling.greatest(x, *found)
        places = pooling.places_of_greatest(x, y, *found)
        if whole:
            places += (np.arange(x.shape[0]) * x[:1].size)[:, None, None, None]
        return y, places.astype(kind, copy=False)

    return kernel


@max_pool_grad_with_argmax_op.bind
def _max_pool_grad_with_argmax_bind(op: Any) -> Callable[..., Any]:
    whole = op._attrs["include_batch_in_index"]

    def kernel(x: Any, dy: Any, places: Any) -> Any:
        flat = places.astype(np.int64)
        if not whole:
            flat = flat + (np.arange(x.shape[0]) * x[:1].size)[:, None, None, None]
        if flat.size and (flat.min() < 0 or flat.max() >= x.size):
            raise KernelError(InvalidArgumentError, "Invalid input argmax: a place lies outside of the pictures.")
        dx = np.zeros(x.size, dy.dtype)
        np.add.at(dx, flat.reshape(-1), dy.reshape(-1))
        return dx.reshape(x.shape)

    return kernel


def _precise(x: Any) -> Any:
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


@avg_pool_op.bind
def _avg_pool_bind(op: Any) -> Callable[..., Any]:
    data_format, axes, _ = _prepare(op)

    def kernel(x: Any) -> Any:
        found = axes(x.shape)
        return first(pooling.means(_precise(last(x, data_format)), *found), data_format).astype(x.dtype, copy=False)

    return kernel


@avg_pool_grad_op.bind
def _avg_pool_grad_bind(op: Any) -> Callable[..., Any]:
    data_format, axes, _ = _prepare(op)

    def kernel(sizes: Any, dy: Any) -> Any:
        found = axes(tuple(int(each) for each in sizes))
        return first(pooling.to_means(_precise(last(dy, data_format)), *found), data_format).astype(
            dy.dtype, copy=False
        )

    return kernel


# ---- gradients


def _settings(op: Any, *more: str) -> dict[str, Any]:
    return {name: op._attrs[name] for name in ("ksize", "strides", "padding", *more)}


@max_pool_op.gradient
def _max_pool_gradient(op: Any, dy: Any) -> Any:
    settings = _settings(op, "explicit_paddings", "data_format")
    return raw.MaxPoolGrad(op._inputs[0], op._outputs[0], dy, **settings)


@max_pool_grad_op.gradient
def _max_pool_grad_gradient(op: Any, dz: Any) -> Any:
    x, y, _ = op._inputs
    first_slopes = zeros_like(x), zeros_like(y)
    return (*first_slopes, raw.MaxPoolGradGrad(x, y, dz, **_settings(op, "data_format")))


@max_pool_grad_grad_op.gradient
def _max_pool_grad_grad_gradient(op: Any, dz: Any) -> Any:
    x, y, _ = op._inputs
    first_slopes = zeros_like(x), zeros_like(y)
    return (*first_slopes, raw.MaxPoolGrad(x, y, dz, **_settings(op, "data_format")))


@max_pool_with_argmax_op.gradient
def _max_pool_with_argmax_gradient(op: Any, dy: Any, _: Any) -> Any:
    settings = _settings(op, "include_batch_in_index")
    return raw.MaxPoolGradWithArgmax(op._inputs[0], dy, op._outputs[1], **settings)


@avg_pool_op.gradient
def _avg_pool_gradient(op: Any, dy: Any) -> Any:
    return raw.AvgPoolGrad(shape(op._inputs[0]), dy, **_settings(op, "data_format"))


@avg_pool_grad_op.gradient
def _avg_pool_grad_gradient(op: Any, dz: Any) -> Any:
    return stop_gradient(op._inputs[0]), raw.AvgPool(dz, **_settings(op, "data_format"))
