"""Convolutions that are built from several operations: of sequences, with holes, over more batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import TensorShape, is_full
from ..framework.tensor import Tensor
from .array import shape
from .conv_functions import conv2d, conv2d_transpose, sequence
from .holes import with_space_to_batch
from .joining import concat
from .shaping import expand_dims, one_of, reshape, squeeze
from .space import (
    batch_to_space,
    space_to_batch,
)

__all__ = [
    "atrous_conv2d",
    "atrous_conv2d_transpose",
    "conv1d",
    "conv1d_transpose",
    "convolution",
]

_LAST = (None, "NHWC", "NHC", "NWC", "NDHWC")


def over_batches(x: Any, build: Callable[[Tensor], Tensor], inner: int, name: str | None) -> Tensor:
    """Returns `build` applied to `x` with all dimensions before the last `inner` as one, which are put back afterwards."""
    with op_scope(name, "squeeze_batch_dims", [x]):
        x = convert.convert_to_tensor(x, name="input")
        dims: Any = x._dims
        assert dims is not None
        inside: Any = dims[-inner:] if is_full(dims[-inner:]) else shape(x)[-inner:]
        batch: Any = list(dims[:-inner]) if is_full(dims[:-inner]) else shape(x)[:-inner]
        if isinstance(inside, tuple):
            flat = reshape(x, [-1, *inside])
        else:
            flat = reshape(x, concat(([-1], inside), axis=-1))
        y = build(flat)
        after: Any = y._dims[-inner:] if y._dims is not None else None
        if not is_full(after):
            after = shape(y)[-inner:]
        else:
            after = list(after)
        result = reshape(y, concat((batch, after), axis=-1))
        made = result.get_shape().as_list()[-inner:]
        result.set_shape(TensorShape(dims[:-inner]).concatenate(TensorShape(made)))
        return result


# ---- sequences


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns sequences convolved with a filter, as pictures of one row.

    Args:
      value: `[n, w, c]`, or `[n, c, w]` with `data_format="NCW"`.
      filters: `[elements, c, outputs]`.
      stride: one number.
      padding: `"SAME"` or `"VALID"`.
      use_cudnn_on_gpu: kept as an attribute.
      data_format: the layout.
      name: name of the scope.
      input: newer name of `value`.
      dilations: one number.

    Raises:
      ValueError: the shapes do not fit, or there is no such layout.
    """
    value = one_of("input", input, "value", value)
    with op_scope(name, "conv1d", [value, filters]) as scope:
        if data_format in (None, "NHWC", "NWC"):
            layout, start, index = "NHWC", -3, 2
        elif data_format in ("NCHW", "NCW"):
            layout, start, index = "NCHW", -2, 1
        else:
            raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
        settings = {
            "strides": [1, *sequence(stride, 1, index, "stride")],
            "dilations": [1, *sequence(dilations, 1, index, "dilations")],
            "padding": padding,
            "use_cudnn_on_gpu": use_cudnn_on_gpu,
            "data_format": layout,
        }
        value = expand_dims(value, start)
        filters = expand_dims(filters, 0)
        if value._dims is None or len(value._dims) <= 4:
            result = raw.Conv2D(value, filters, **settings, name=scope)
        else:
            result = over_batches(value, lambda x: raw.Conv2D(x, filters, **settings), 3, scope)
        return squeeze(result, [start])


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns the transpose of `conv1d`.

    Args:
      input: `[n, w, c]`.
      filters: `[elements, outputs, c]`.
      output_shape: three integers.
      strides, dilations: one number each.
      padding: `"SAME"` or `"VALID"`.
      data_format: `"NWC"` or `"NCW"`.
      name: name of the scope.
    """
    with op_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        if data_format in (None, "NWC"):
            layout, start, index = "NHWC", 1, 2
        elif data_format == "NCW":
            layout, start, index = "NCHW", 2, 1
        else:
            raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
        steps = [1, *sequence(strides, 1, index, "stride")]
        gaps = [1, *sequence(dilations, 1, index, "dilations")]
        input = expand_dims(input, start)
        filters = expand_dims(filters, 0)
        sizes = output_shape if isinstance(output_shape, Tensor) else list(output_shape)
        sizes = concat([sizes[:start], [1], sizes[start:]], 0)
        result = raw.Conv2DBackpropInput(
            sizes, filters, input, strides=steps, padding=padding, data_format=layout, dilations=gaps, name=scope
        )
        return squeeze(result, start)


# ---- one direction or two, with and without holes


def convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns sequences or pictures convolved with a filter, one direction or two as the filter's rank says.

    Args:
      input: `[n, sizes..., c]`, or `[n, c, sizes...]` when `data_format` begins with `NC`.
      filter: `[sizes..., c, outputs]`.
      padding: `"SAME"`, `"VALID"`, or a list of pairs.
      strides, dilation_rate: one number for each direction; only one of them may be greater than 1.
      name: name of the scope.
      data_format: the layout.
      filters, dilations: newer names of `filter` and `dilation_rate`.

    Raises:
      ValueError: the shapes do not fit, or an argument is not well formed.
    """
    filter = one_of("filters", filters, "filter", filter)
    gaps = one_of("dilations", dilations, "dilation_rate", dilation_rate)
    if convert.graph_element(filter) is None:
        with op_scope(None, "convolution_internal", [filter, input]):
            filter = convert.convert_to_tensor(filter, name="filters")
    if convert.graph_element(input) is None:
        with op_scope(None, "convolution_internal", [filter, input]):
            input = convert.convert_to_tensor(input, name="input")
    ranks = [each.get_shape().ndims for each in (input, filter)]
    if not any(ranks):
        raise ValueError(
            "When `num_spatial_dims` is not set, one of `input.shape.rank` or `filters.shape.rank` must be known. Received: "
            f"input.shape={input.get_shape()} of rank {ranks[0]} and filters.shape={filter.get_shape()} of rank {ranks[1]}"
        )
    number = (ranks[1] or ranks[0]) - 2
    batches = ranks[0] - number - 1 if ranks[0] else 1
    if number not in (1, 2):
        raise ValueError(f"`num_spatial_dims` must be 1, 2, or 3. Received: num_spatial_dims={number}.")
    index = batches + number if data_format in _LAST else batches
    holes = gaps is not None
    gaps = sequence(gaps, number, index, "dilations")
    steps = sequence(strides, number, index, "strides")
    with op_scope(name, "convolution", [input, filter]) as scope:
        if not (holes and any(gap != 1 for gap in gaps)):
            if number == 1:
                return conv1d(
                    input, filter, steps, padding=padding, data_format=data_format, dilations=gaps, name=scope
                )
            settings = {"strides": steps, "padding": padding, "dilations": gaps, "data_format": data_format}
            if ranks[0] is None or ranks[0] < 5:
                return raw.Conv2D(input, filter, **settings, name=scope)
            return over_batches(input, lambda x: raw.Conv2D(x, filter, **settings), 3, scope)
        steps, gaps = (steps[2:], gaps[2:]) if index == 1 else (steps[1:-1], gaps[1:-1])
        if any(step > 1 for step in steps):
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={np.array(steps)} and dilation_rate={np.array(gaps)}"
            )

        def plain(x: Tensor, _: int, edges: Any) -> Tensor:
            if number == 1:
                return conv1d(x, filter, steps[0], padding=edges, data_format=data_format or "NWC", name=scope)
            whole = [1, 1, *steps] if data_format == "NCHW" else [1, *steps, 1]
            return conv2d(x, filter, whole, edges, data_format=data_format or "NHWC", name=scope)

        places = range(batches, number + batches) if data_format in _LAST else range(batches + 1, number + batches + 1)
        return with_space_to_batch(
            input,
            np.array(gaps, np.int32),
            padding,
            plain,
            filter_shape=filter.get_shape(),
            spatial_dims=places,
            data_format=data_format,
        )


def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: Any, name: str | None = None) -> Tensor:
    """Returns pictures `[n, h, w, c]` convolved with a filter whose elements are `rate` pixels apart."""
    return convolution(value, filters, padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name)


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """Returns the transpose of `atrous_conv2d`.

    Args:
      value: `[n, h, w, c]`.
      filters: `[rows, columns, outputs, c]`, of known size.
      output_shape: four integers.
      rate: distance of the elements of the filter.
      padding: `"SAME"` or `"VALID"`.
      name: name of the scope.

    Raises:
      ValueError: the rate is less than one, or there is no such padding.
    """
    with op_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]):
        value = convert.convert_to_tensor(value, name="value")
        filters = convert.convert_to_tensor(filters, name="filters")
        if rate < 1:
            raise ValueError(f"`rate` cannot be less than one. Received: rate={rate}")
        if rate == 1:
            return conv2d_transpose(value, filters, output_shape, strides=[1, 1, 1, 1], padding=padding)
        convert.convert_to_tensor(output_shape, name="output_shape")
        if padding == "SAME":
            window: Any = filters.get_shape().as_list() if is_full(filters._dims) else shape(filters)
            rows, columns = window[0], window[1]
            rows_reached = rows + (rows - 1) * (rate - 1)
            columns_reached = columns + (columns - 1) * (rate - 1)
            down, across = rows_reached - 1, columns_reached - 1
            top = down // 2
            bottom = down - top
            left = across // 2
            right = across - left
        elif padding == "VALID":
            top = bottom = left = right = 0
        else:
            raise ValueError(f"`padding` must be either 'VALID' or 'SAME'. Received: padding={padding}")
        height = output_shape[1] + top + bottom
        width = output_shape[2] + left + right
        more_down = (rate - height % rate) % rate
        more_across = (rate - width % rate) % rate
        cut = space_to_batch(value, paddings=[[0, more_down], [0, more_across]], block_size=rate)
        wanted = [
            rate * rate * output_shape[0],
            (height + more_down) // rate,
            (width + more_across) // rate,
            output_shape[3],
        ]
        made = raw.Conv2DBackpropInput(wanted, filters, cut, strides=[1, 1, 1, 1], padding="VALID", data_format="NHWC")
        crops = [[top, bottom + more_down], [left, right + more_across]]
        return batch_to_space(made, crops=crops, block_size=rate)
