"""Functions for convolutions that are one operation each, and how their arguments are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.tensor import Tensor
from . import conv
from .shaping import one_of

__all__ = [
    "conv2d",
    "conv2d_backprop_filter",
    "conv2d_backprop_input",
    "conv2d_transpose",
    "depthwise_conv2d_native",
    "depthwise_conv2d_native_backprop_filter",
    "depthwise_conv2d_native_backprop_input",
]

_LOADED_FOR_ITS_OPERATIONS = conv

# ---- arguments


def sequence(value: Any, directions: int, channel_index: int, name: str) -> list[int]:
    """Returns one number a dimension from one number, one a direction, or one a dimension.

    Raises:
      ValueError: there are more or fewer.
    """
    if value is None:
        return [1] * (directions + 2)
    values = list(value) if np.ndim(value) else [value]
    if len(values) == directions + 2:
        return values
    if len(values) == 1:
        values = values * directions
    elif len(values) != directions:
        raise ValueError(
            f"{name} should be of length 1, {directions} or {directions + 2}. Received: {name}={value} of length {len(values)}"
        )
    return [1, 1, *values] if channel_index == 1 else [1, *values, 1]


def padding_of(padding: Any, length: int = 4) -> tuple[Any, list[int]]:
    """Returns the attributes `padding` and `explicit_paddings` from an argument: a name, or a list of pairs.

    Raises:
      ValueError: it is neither.
    """
    if padding == "EXPLICIT":
        raise ValueError(
            "'EXPLICIT' is not a valid value for `padding`. To use explicit padding, `padding` must be a list."
        )
    if not isinstance(padding, (list, tuple)):
        return padding, []
    explicit: list[int] = []
    for index, pair in enumerate(padding):
        if not isinstance(pair, (list, tuple)):
            raise ValueError(
                "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. "
                f"Received: padding={padding} with element at index {index} of type {type(pair)}"
            )
        if len(pair) != 2:
            raise ValueError(
                "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. "
                f"Received: padding={padding} with element at index {index} of size {len(pair)}"
            )
        explicit.extend(pair)
    if len(padding) != length:
        raise ValueError(
            f"When padding is a list, it must be of size {length}. Received: padding={padding} of size {len(padding)}"
        )
    return "EXPLICIT", explicit


_ONES = (1, 1, 1, 1)


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Returns pictures convolved with a filter (a cross-correlation: the filter is not turned over).

    Args:
      input: `[n, h, w, c]`, or `[n, c, h, w]` with `data_format="NCHW"`.
      filter: `[rows, columns, c, outputs]`.
      strides: one number, one for each direction, or four.
      padding: `"SAME"`, `"VALID"`, or a list of four pairs.
      use_cudnn_on_gpu: kept as an attribute.
      data_format: the layout.
      dilations: gaps between the elements of a window, as `strides`.
      name: name of the operation.
      filters: newer name of `filter`.

    Returns:
      Tensor `[n, h', w', outputs]` in the same layout.

    Raises:
      ValueError: the shapes do not fit, or an argument is not well formed.
    """
    filter = one_of("filters", filters, "filter", filter)
    padding, explicit = padding_of(padding)
    data_format = "NHWC" if data_format is None else data_format
    index = 1 if data_format.startswith("NC") else 3
    settings = {
        "strides": sequence(strides, 2, index, "strides"),
        "padding": padding,
        "use_cudnn_on_gpu": use_cudnn_on_gpu,
        "explicit_paddings": explicit,
        "data_format": data_format,
        "dilations": sequence(dilations, 2, index, "dilations"),
    }
    dims = getattr(input, "shape", None)
    count = getattr(dims, "ndims", None) if not isinstance(dims, tuple) else len(dims)
    if count is not None and count > 4:
        from .conv_forms import over_batches

        return over_batches(input, lambda x: raw.Conv2D(x, filter, **settings), 3, name)
    return raw.Conv2D(input, filter, **settings, name=name)


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns the gradient of a filter of shape `filter_sizes` from that of `conv2d`."""
    padding, explicit = padding_of(padding)
    return raw.Conv2DBackpropFilter(
        input,
        filter_sizes,
        out_backprop,
        strides=strides,
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Returns the gradient of pictures of shape `input_sizes` from that of `conv2d`."""
    filter = one_of("filters", filters, "filter", filter)
    padding, explicit = padding_of(padding)
    return raw.Conv2DBackpropInput(
        input_sizes,
        filter,
        out_backprop,
        strides=strides,
        padding=padding,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the transpose of `conv2d`: what its gradient does with pictures, often called deconvolution.

    Args:
      value: `[n, h, w, c]`.
      filter: `[rows, columns, outputs, c]`.
      output_shape: the shape of the result, four integers.
      strides: as for `conv2d`; the result is larger by them.
      padding: as for `conv2d`.
      data_format: the layout.
      name: name of the operation.
      input, filters: newer names of `value` and `filter`.
      dilations: as for `conv2d`.
    """
    value = one_of("input", input, "value", value)
    filter = one_of("filters", filters, "filter", filter)
    with (
        op_scope(name, "conv2d_transpose", [value, filter, output_shape]) as outer,
        op_scope(outer, "conv2d_transpose", [value, filter, output_shape]) as scope,
    ):
        data_format = "NHWC" if data_format is None else data_format
        index = 1 if data_format.startswith("NC") else 3
        steps = sequence(strides, 2, index, "strides")
        gaps = sequence(dilations, 2, index, "dilations")
        padding, explicit = padding_of(padding)
        return raw.Conv2DBackpropInput(
            output_shape,
            filter,
            value,
            strides=steps,
            padding=padding,
            explicit_paddings=explicit,
            data_format=data_format,
            dilations=gaps,
            name=scope,
        )


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns each channel convolved with its own filters; the operation behind `depthwise_conv2d`.

    Args:
      input: `[n, h, w, c]`.
      filter: `[rows, columns, c, k]`.
      strides, dilations: four numbers.
      padding: as for `conv2d`.
      data_format: the layout.
      name: name of the operation.

    Returns:
      Tensor `[n, h', w', c * k]`.
    """
    padding, explicit = padding_of(padding)
    return raw.DepthwiseConv2dNative(
        input,
        filter,
        strides=strides,
        padding=padding,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def depthwise_conv2d_native_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns the gradient of pictures of shape `input_sizes` from that of `depthwise_conv2d_native`."""
    padding, explicit = padding_of(padding)
    return raw.DepthwiseConv2dNativeBackpropInput(
        input_sizes,
        filter,
        out_backprop,
        strides=strides,
        padding=padding,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )


def depthwise_conv2d_native_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns the gradient of a filter of shape `filter_sizes` from that of `depthwise_conv2d_native`."""
    padding, explicit = padding_of(padding)
    return raw.DepthwiseConv2dNativeBackpropFilter(
        input,
        filter_sizes,
        out_backprop,
        strides=strides,
        padding=padding,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=list(dilations),
        name=name,
    )
