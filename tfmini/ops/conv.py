"""Convolutions of pictures: the operations with their shapes, kernels and gradients.

`convolving` has the arithmetic, `windows` the geometry, `conv_functions` and `conv_forms` what programs call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError, UnimplementedError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text, merge_size
from . import convolving
from .array import shape, shape_n
from .shape_functions import with_rank
from .windows import axes_of, channel, first, laid_out, last, windows_shape

__all__: list[str] = []

_FLOATS = "{half, bfloat16, float, double}"
_NUMBERS = "{half, bfloat16, float, double, int32}"
_PADDINGS = 'padding: {"SAME", "VALID", "EXPLICIT"}'
_EXPLICIT = "explicit_paddings: list(int) = []"
_FORMAT = 'data_format: {"NHWC", "NCHW"} = "NHWC"'
_DILATIONS = "dilations: list(int) = [1, 1, 1, 1]"
_CUDNN = "use_cudnn_on_gpu: bool = true"


def _attrs(types: str, *more: str) -> list[str]:
    return [f"T: {types}", "strides: list(int)", *more, _PADDINGS, _EXPLICIT, _FORMAT, _DILATIONS]


conv2d_op = op("Conv2D(input: T, filter: T) -> (output: T)", attrs=_attrs(_NUMBERS, _CUDNN))
conv2d_input_op = op(
    "Conv2DBackpropInput(input_sizes: int32, filter: T, out_backprop: T) -> (output: T)", attrs=_attrs(_NUMBERS, _CUDNN)
)
conv2d_filter_op = op(
    "Conv2DBackpropFilter(input: T, filter_sizes: int32, out_backprop: T) -> (output: T)",
    attrs=_attrs(_FLOATS, _CUDNN),
)
depthwise_op = op("DepthwiseConv2dNative(input: T, filter: T) -> (output: T)", attrs=_attrs(_FLOATS))
depthwise_input_op = op(
    "DepthwiseConv2dNativeBackpropInput(input_sizes: int32, filter: T, out_backprop: T) -> (output: T)",
    attrs=_attrs(_FLOATS),
)
depthwise_filter_op = op(
    "DepthwiseConv2dNativeBackpropFilter(input: T, filter_sizes: int32, out_backprop: T) -> (output: T)",
    attrs=_attrs(_FLOATS),
)


# ---- shapes


def _check_attrs(attrs: Any) -> None:
    if len(attrs["strides"]) != 4:
        raise ValueError(f"Conv2D requires the stride attribute to contain 4 values, but got: {len(attrs['strides'])}")
    if len(attrs["dilations"]) != 4:
        raise ValueError(
            f"Conv2D requires the dilation attribute to contain 4 values, but got: {len(attrs['dilations'])}"
        )


@conv2d_op.shape
def _conv2d_shape(call: Any) -> Dims:
    _check_attrs(call.attrs)
    dims, filters = with_rank(call.shapes[0], 4), with_rank(call.shapes[1], 4)
    depth, filter_depth = dims[channel(call.attrs["data_format"])], filters[2]
    if depth is not None and filter_depth is not None and (not filter_depth or depth % filter_depth):
        raise ValueError(f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})")
    return windows_shape(dims, filters[:2], filters[3], call.attrs)


@depthwise_op.shape
def _depthwise_shape(call: Any) -> Dims:
    dims, filters = with_rank(call.shapes[0], 4), with_rank(call.shapes[1], 4)
    depth = merge_size(dims[channel(call.attrs["data_format"])], filters[2])
    several = filters[3]
    outputs = None if depth is None or several is None else depth * several
    return windows_shape(dims, filters[:2], outputs, call.attrs)


@depthwise_filter_op.shape
@conv2d_filter_op.shape
def _filter_gradient_shape(call: Any) -> Dims:
    return with_rank(call.constant_shape(1), 4)


@depthwise_input_op.shape
@conv2d_input_op.shape
def _input_gradient_shape(call: Any) -> Dims:
    wanted = call.constant_shape(0)
    batch = with_rank(call.shapes[2], 4)[0]
    if wanted is not None and len(wanted) == 2:  # height and width only
        return laid_out(call.attrs["data_format"], batch, wanted, with_rank(call.shapes[1], 4)[2])
    return (batch, *with_rank(wanted, 4)[1:])


# ---- kernels


def _precise(*arrays: Any) -> list[Any]:
    """Returns short floats as float32: sums of many products need it."""
    return [each.astype(np.float32) if each.dtype.itemsize == 2 else each for each in arrays]


def _sizes(sizes: Any, attrs: Any, batch: int, filters: Sequence[int]) -> tuple[int, ...]:
    """Returns the whole shape of a picture from the input that names it."""
    found = tuple(int(each) for each in np.asarray(sizes).reshape(-1))
    if len(found) == 2:
        return laid_out(attrs["data_format"], batch, found, filters[2])
    if len(found) != 4:
        raise KernelError(InvalidArgumentError, f"input_sizes must be 4-dimensional, got: {len(found)}")
    return found


def _check_rank(array: Any, name: str) -> None:
    if array.ndim != 4:
        raise KernelError(InvalidArgumentError, f"{name} must be 4-dimensional: {dims_text(array.shape)}")


def _check_slope(shape_found: tuple[int, ...], attrs: Any, axes: Any, batch: int, outputs: int) -> None:
    wanted = laid_out(attrs["data_format"], batch, [axis.number for axis in axes], outputs)
    if shape_found != wanted:
        raise KernelError(
            InvalidArgumentError,
            f"The gradient has shape {dims_text(shape_found)}, the convolution gives {dims_text(wanted)}",
        )


def _given(result: Any, dtype: Any, data_format: bytes, out: Any) -> Any:
    """Returns a result in the layout and the element type that are wanted, in `out` when that is given."""
    if result is out:
        return out
    result = first(result, data_format).astype(dtype, copy=False)
    if out is None:
        return result
    np.copyto(out, result)
    return out


def _direct(out: Any, dtype: Any, data_format: bytes) -> Any:
    """Returns `out` when the arithmetic can write straight into it, else None."""
    return out if data_format == b"NHWC" and dtype.itemsize > 2 else None


def _attached(decl: Any, kernel: Callable[..., Any]) -> None:
    """Attaches a kernel that takes the attributes as its first argument and an array to fill as its last."""

    def whole(
        *arrays: Any,
        strides: Any,
        padding: bytes,
        explicit_paddings: Any,
        data_format: bytes,
        dilations: Any,
        out: Any = None,
    ) -> Any:
        attrs = {
            "strides": strides,
            "padding": padding,
            "explicit_paddings": explicit_paddings,
            "data_format": data_format,
            "dilations": dilations,
        }
        return kernel(attrs, *arrays, out)

    decl.kernel(whole)


def _conv2d_kernel(attrs: Any, x: Any, w: Any, out: Any) -> Any:
    _check_rank(x, "convolution input")
    _check_rank(w, "convolution filter")
    data_format = attrs["data_format"]
    depth, filter_depth = x.shape[channel(data_format)], w.shape[2]
    if not filter_depth or depth % filter_depth:
        raise KernelError(
            InvalidArgumentError, f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}"
        )
    axes = axes_of(x.shape, w.shape[:2], attrs)
    dtype = x.dtype
    x, w = _precise(last(x, data_format), w)
    groups = depth // filter_depth
    if groups == 1:
        y = convolving.forward(x, w, axes[0], axes[1], out=_direct(out, dtype, data_format))
    else:
        if w.shape[3] % groups:
            raise KernelError(
                InvalidArgumentError,
                f"output depth must be evenly divisible by number of groups: {w.shape[3]} vs {groups}",
            )
        parts = zip(np.split(x, groups, axis=3), np.split(w, groups, axis=3), strict=True)
        y = np.concatenate([convolving.forward(part, filters, *axes) for part, filters in parts], axis=3)
    return _given(y, dtype, data_format, out)


def _refuse_groups(depth: int, filter_depth: int) -> None:
    if depth != filter_depth:
        raise KernelError(
            UnimplementedError,
            "Gradients for grouped convolutions are not supported on CPU. Please file a feature request if you run into this "
            f"issue. Computed input depth {depth} doesn't match filter input depth {filter_depth}",
        )


def _conv2d_input_kernel(attrs: Any, sizes: Any, w: Any, dy: Any, out: Any) -> Any:
    _check_rank(w, "filter")
    _check_rank(dy, "out_backprop")
    data_format = attrs["data_format"]
    wanted = _sizes(sizes, attrs, dy.shape[0], w.shape)
    _refuse_groups(wanted[channel(data_format)], w.shape[2])
    axes = axes_of(wanted, w.shape[:2], attrs)
    _check_slope(dy.shape, attrs, axes, wanted[0], w.shape[3])
    dtype = dy.dtype
    w, dy = _precise(w, last(dy, data_format))
    dx = convolving.input_gradient(w, dy, axes[0], axes[1], out=_direct(out, dtype, data_format))
    return _given(dx, dtype, data_format, out)


def _conv2d_filter_kernel(attrs: Any, x: Any, sizes: Any, dy: Any, out: Any) -> Any:
    _check_rank(x, "input")
    _check_rank(dy, "out_backprop")
    data_format = attrs["data_format"]
    filters = [int(each) for each in np.asarray(sizes).reshape(-1)]
    _refuse_groups(x.shape[channel(data_format)], filters[2])
    axes = axes_of(x.shape, filters[:2], attrs)
    _check_slope(dy.shape, attrs, axes, x.shape[0], filters[3])
    dtype = dy.dtype
    x, dy = _precise(last(x, data_format), last(dy, data_format))
    dw = convolving.filter_gradient(x, dy, axes[0], axes[1], out=_direct(out, dtype, b"NHWC"))
    return _given(dw, dtype, b"NHWC", out)


def _depthwise_kernel(attrs: Any, x: Any, w: Any, out: Any) -> Any:
    _check_rank(x, "input")
    _check_rank(w, "filter")
    data_format = attrs["data_format"]
    depth = x.shape[channel(data_format)]
    if depth != w.shape[2]:
        raise KernelError(InvalidArgumentError, f"input and filter must have the same depth: {depth} vs {w.shape[2]}")
    axes = axes_of(x.shape, w.shape[:2], attrs)
    dtype = x.dtype
    x, w = _precise(last(x, data_format), w)
    return _given(convolving.depthwise(x, w, *axes), dtype, data_format, out)


def _depthwise_input_kernel(attrs: Any, sizes: Any, w: Any, dy: Any, out: Any) -> Any:
    data_format = attrs["data_format"]
    wanted = _sizes(sizes, attrs, dy.shape[0], w.shape)
    axes = axes_of(wanted, w.shape[:2], attrs)
    _check_slope(dy.shape, attrs, axes, wanted[0], w.shape[2] * w.shape[3])
    dtype = dy.dtype
    w, dy = _precise(w, last(dy, data_format))
    return _given(convolving.depthwise_input_gradient(w, dy, *axes), dtype, data_format, out)


def _depthwise_filter_kernel(attrs: Any, x: Any, sizes: Any, dy: Any, out: Any) -> Any:
    data_format = attrs["data_format"]
    filters = [int(each) for each in np.asarray(sizes).reshape(-1)]
    axes = axes_of(x.shape, filters[:2], attrs)
    _check_slope(dy.shape, attrs, axes, x.shape[0], filters[2] * filters[3])
    dtype = dy.dtype
    x, dy = _precise(last(x, data_format), last(dy, data_format))
    return _given(convolving.depthwise_filter_gradient(x, dy, filters[3], *axes), dtype, b"NHWC", out)


_attached(conv2d_op, _conv2d_kernel)
_attached(conv2d_input_op, _conv2d_input_kernel)
_attached(conv2d_filter_op, _conv2d_filter_kernel)
_attached(depthwise_op, _depthwise_kernel)
_attached(depthwise_input_op, _depthwise_input_kernel)
_attached(depthwise_filter_op, _depthwise_filter_kernel)


# ---- gradients: each of three operations is made of the two others


def _settings(op: Any) -> dict[str, Any]:
    names = ("strides", "padding", "explicit_paddings", "use_cudnn_on_gpu", "data_format", "dilations")
    return {name: op._attrs[name] for name in names if name in op._attrs}


@conv2d_op.gradient
def _conv2d_gradient(op: Any, dy: Any) -> Any:
    x, w = op._inputs
    settings = _settings(op)
    x_shape, w_shape = shape_n([x, w])
    return (
        raw.Conv2DBackpropInput(x_shape, w, dy, **settings),
        raw.Conv2DBackpropFilter(x, w_shape, dy, **settings),
    )


@conv2d_input_op.gradient
def _conv2d_input_gradient(op: Any, dz: Any) -> Any:
    _, w, dy = op._inputs
    settings = _settings(op)
    return None, raw.Conv2DBackpropFilter(dz, shape(w), dy, **settings), raw.Conv2D(dz, w, **settings)


@conv2d_filter_op.gradient
def _conv2d_filter_gradient(op: Any, dz: Any) -> Any:
    x, _, dy = op._inputs
    settings = _settings(op)
    return raw.Conv2DBackpropInput(shape(x), dz, dy, **settings), None, raw.Conv2D(x, dz, **settings)


@depthwise_op.gradient
def _depthwise_gradient(op: Any, dy: Any) -> Any:
    x, w = op._inputs
    settings = _settings(op)
    return (
        raw.DepthwiseConv2dNativeBackpropInput(shape(x), w, dy, **settings),
        raw.DepthwiseConv2dNativeBackpropFilter(x, shape(w), dy, **settings),
    )


@depthwise_input_op.gradient
def _depthwise_input_gradient(op: Any, dz: Any) -> Any:
    _, w, dy = op._inputs
    settings = _settings(op)
    return (
        None,
        raw.DepthwiseConv2dNativeBackpropFilter(dz, shape(w), dy, **settings),
        raw.DepthwiseConv2dNative(dz, w, **settings),
    )


@depthwise_filter_op.gradient
def _depthwise_filter_gradient(op: Any, dz: Any) -> Any:
    x, _, dy = op._inputs
    settings = _settings(op)
    return (
        raw.DepthwiseConv2dNativeBackpropInput(shape(x), dz, dy, **settings),
        None,
        raw.DepthwiseConv2dNative(x, dz, **settings),
    )
