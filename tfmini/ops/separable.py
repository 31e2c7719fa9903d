"""Convolutions of each channel by itself, and pooling in one direction or two, with and without holes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.tensor import Tensor
from .array import shape
from .conv_functions import conv2d, depthwise_conv2d_native
from .holes import with_space_to_batch
from .pool_functions import avg_pool, max_pool
from .shaping import expand_dims, one_of, squeeze

__all__ = ["depthwise_conv2d", "pool", "separable_conv2d"]

# ---- each channel by itself


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns each channel convolved with its own filters.

    Args:
      input: `[n, h, w, c]`.
      filter: `[rows, columns, c, k]`.
      strides: four numbers.
      padding: as for `conv2d`.
      rate: distances of the elements of a window, one for each direction.
      name: name of the scope.
      data_format: the layout.
      dilations: newer name of `rate`.

    Returns:
      Tensor `[n, h', w', c * k]`.
    """
    rate = one_of("dilations", dilations, "rate", rate)
    with op_scope(name, "depthwise", [input, filter]) as scope:
        input = convert.convert_to_tensor(input, name="tensor_in")
        filter = convert.convert_to_tensor(filter, name="filter_in")

        def plain(x: Tensor, _: int, edges: Any) -> Tensor:
            return depthwise_conv2d_native(x, filter, strides, edges, data_format=data_format, name=scope)

        return with_space_to_batch(
            input,
            [1, 1] if rate is None else rate,
            padding,
            plain,
            filter_shape=shape(filter),
            data_format=data_format,
        )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns each channel convolved with its own filters, then all channels mixed at each pixel.

    Args:
      input: `[n, h, w, c]`.
      depthwise_filter: `[rows, columns, c, k]`.
      pointwise_filter: `[1, 1, c * k, outputs]`.
      strides: four numbers.
      padding: as for `conv2d`.
      rate: distances of the elements of a window, one for each direction.
      name: name of the scope.
      data_format: the layout.
      dilations: newer name of `rate`.
    """
    rate = one_of("dilations", dilations, "rate", rate)
    with op_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        input = convert.convert_to_tensor(input, name="tensor_in")
        depthwise_filter = convert.convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise_filter = convert.convert_to_tensor(pointwise_filter, name="pointwise_filter")
        mixing = pointwise_filter.get_shape().with_rank(4)
        mixing[0].assert_is_compatible_with(1)
        mixing[1].assert_is_compatible_with(1)

        def plain(x: Tensor, _: int, edges: Any) -> Tensor:
            return depthwise_conv2d_native(
                x, depthwise_filter, strides, edges, data_format=data_format, name="depthwise"
            )

        depthwise = with_space_to_batch(
            input,
            [1, 1] if rate is None else rate,
            padding,
            plain,
            filter_shape=shape(depthwise_filter),
            data_format=data_format,
        )
        return conv2d(
            depthwise,
            pointwise_filter,
            [1, 1, 1, 1],
            padding="VALID",
            data_format=data_format,
            name=scope,  # type: ignore[arg-type]
        )


# ---- pooling of sequences and pictures


def pool(
    input: Any,
    window_shape: Sequence[int],
    pooling_type: str,
    padding: str,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the greatest element or the mean of each window, in one direction or two.

    Args:
      input: `[n, sizes..., c]`, or `[n, c, sizes...]` when `data_format` begins with `NC`.
      window_shape: one number for each direction.
      pooling_type: `"MAX"` or `"AVG"`.
      padding: `"SAME"` or `"VALID"`.
      dilation_rate: distances of the elements of a window.
      strides: from one window to the next.
      name: name of the scope.
      data_format: the layout.
      dilations: newer name of `dilation_rate`.

    Raises:
      ValueError: an argument is not well formed, or two of them do not go together.
    """
    rate = one_of("dilations", dilations, "dilation_rate", dilation_rate)
    with op_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        x = convert.convert_to_tensor(input, name="input")
        number = len(window_shape)
        if not 1 <= number <= 3:
            raise ValueError(
                f"`len(window_shape)` must be 1, 2, or 3. Received: window_shape={window_shape} of length {number}"
            )
        x.get_shape().with_rank(number + 2)
        steps, gaps = _steps_and_gaps(number, strides, rate)
        if padding == "SAME" and np.any(gaps > 1):
            raise ValueError(
                "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. Received: "
                f"padding={padding} and dilation_rate={gaps}"
            )
        if np.any(steps > np.asarray(window_shape)):
            raise ValueError(
                "`strides` > `window_shape` not supported due to inconsistency between CPU and GPU implementations. Received: "
                f"strides={steps} and window_shape={window_shape}"
            )
        functions = {"MAX": max_pool, "AVG": avg_pool}
        if pooling_type not in functions or number == 3:
            raise ValueError(f"{number}-D {pooling_type} pooling is not supported.")
        firsts = data_format is not None and data_format.startswith("NC")
        before = [1, 1] if firsts else [1]
        behind = [] if firsts else [1]
        places = list(range(1 + firsts, number + 1 + firsts))
        sizes = [*before, *window_shape, *behind]
        moves = [*before, *[int(step) for step in steps], *behind]
        layout = data_format
        if number == 1:
            if data_format not in (None, "NWC", "NCW"):
                raise ValueError(f"data_format must be either 'NWC' or 'NCW'. Received: data_format={data_format}")
            layout = "NCHW" if firsts else "NHWC"
            sizes, moves = [1, *sizes], [1, *moves]

        def plain(part: Tensor, _: int, edges: Any) -> Tensor:
            if number == 1:
                part = expand_dims(part, places[0])
            result = functions[pooling_type](part, sizes, moves, edges, name=scope, data_format=layout)
            return squeeze(result, [places[0]]) if number == 1 else result

        return with_space_to_batch(x, gaps, padding, plain, filter_shape=window_shape, spatial_dims=places)


def _steps_and_gaps(number: int, strides: Any, rate: Any) -> tuple[np.ndarray, np.ndarray]:
    def numbers(value: Any, name: str) -> np.ndarray:
        if value is None:
            return np.ones(number, np.int32)
        if len(value) != number:
            raise ValueError(f"`len({name})` should be {number}. Received: {name}={value} of length {len(value)}")
        array = np.array(value, np.int32)
        if np.any(array < 1):
            raise ValueError(f"all values of `{name}` must be positive. Received: {name}={array}")
        return array

    gaps = numbers(rate, "dilation_rate")
    steps = numbers(strides, "strides")
    if np.any(steps > 1) and np.any(gaps > 1):
        raise ValueError(
            f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={steps} and "
            f"dilation_rate={gaps}"
        )
    return steps, gaps
