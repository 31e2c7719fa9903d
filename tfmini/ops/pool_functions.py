"""Functions for pooling that are one operation each."""

from __future__ import annotations

from typing import Any

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.tensor import Tensor
from . import pool
from .conv_functions import padding_of, sequence
from .shaping import expand_dims, one_of, squeeze

__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool_with_argmax",
]

_LOADED_FOR_ITS_OPERATIONS = pool


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """Returns the greatest element of each window.

    Args:
      value: `[n, h, w, c]`, or `[n, c, h, w]` with `data_format="NCHW"`.
      ksize: size of a window: one number, one for each direction, or four.
      strides: steps from one window to the next, as `ksize`.
      padding: `"SAME"`, `"VALID"`, or a list of four pairs.
      data_format: the layout.
      name: name of the operation.
      input: newer name of `value`.

    Raises:
      ValueError: the shapes do not fit, or an argument is not well formed.
    """
    value = one_of("input", input, "value", value)
    with op_scope(name, "MaxPool", [value]) as scope:
        data_format = "NHWC" if data_format is None else data_format
        index = 1 if data_format.startswith("NC") else 3
        sizes = sequence(ksize, 2, index, "ksize")
        steps = sequence(strides, 2, index, "strides")
        padding, explicit = padding_of(padding)
        if any(size == 0 for size in sizes):
            raise ValueError(f"`ksize` cannot be zero. Received: ksize={sizes}")
        return raw.MaxPool(
            value,
            ksize=sizes,
            strides=steps,
            padding=padding,
            explicit_paddings=explicit,
            data_format=data_format,
            name=scope,
        )


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NHWC", name: str | None = None
) -> Tensor:
    """Returns the greatest element of each window of pictures; the arguments are those of `max_pool`."""
    with op_scope(name, "MaxPool2d", [input]) as scope:
        return _max_pool_in(input, ksize, strides, padding, data_format, scope)


def _max_pool_in(input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None, scope: Any) -> Tensor:
    data_format = "NHWC" if data_format is None else data_format
    index = 1 if data_format.startswith("NC") else 3
    sizes = sequence(ksize, 2, index, "ksize")
    steps = sequence(strides, 2, index, "strides")
    padding, explicit = padding_of(padding)
    return raw.MaxPool(
        input,
        ksize=sizes,
        strides=steps,
        padding=padding,
        explicit_paddings=explicit,
        data_format=data_format,
        name=scope,
    )


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """Returns the mean of each window; padding does not count. The arguments are those of `max_pool`."""
    with op_scope(name, "AvgPool", [value]) as scope:
        value = one_of("input", input, "value", value)
        return _avg_pool_in(value, ksize, strides, padding, data_format, scope)


avg_pool2d = avg_pool


def _avg_pool_in(value: Any, ksize: Any, strides: Any, padding: str, data_format: str | None, scope: Any) -> Tensor:
    data_format = "NHWC" if data_format is None else data_format
    index = 1 if data_format.startswith("NC") else 3
    return raw.AvgPool(
        value,
        ksize=sequence(ksize, 2, index, "ksize"),
        strides=sequence(strides, 2, index, "strides"),
        padding=padding,
        data_format=data_format,
        name=scope,
    )


def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NWC", name: str | None = None
) -> Tensor:
    """Returns the greatest element of each window of sequences `[n, w, c]`, or `[n, c, w]` with `data_format="NCW"`."""
    with op_scope(name, "MaxPool1d", [input]) as scope:
        data_format = "NWC" if data_format is None else data_format
        index = 1 if data_format.startswith("NC") else 2
        sizes = [1, *sequence(ksize, 1, index, "ksize")]
        steps = [1, *sequence(strides, 1, index, "strides")]
        padding, explicit = padding_of(padding, 3)
        if padding == "EXPLICIT":
            explicit = [0, 0, *explicit]
        axis = 1 if data_format == "NWC" else 2
        result = raw.MaxPool(
            expand_dims(convert.convert_to_tensor(input), axis),
            ksize=sizes,
            strides=steps,
            padding=padding,
            explicit_paddings=explicit,
            data_format="NHWC" if data_format == "NWC" else "NCHW",
            name=scope,
        )
        return squeeze(result, axis)


def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NWC", name: str | None = None
) -> Tensor:
    """Returns the mean of each window of sequences `[n, w, c]`, or `[n, c, w]` with `data_format="NCW"`."""
    with op_scope(name, "AvgPool1D", [input]) as scope:
        data_format = "NWC" if data_format is None else data_format
        index = 1 if data_format.startswith("NC") else 2
        sizes = [1, *sequence(ksize, 1, index, "ksize")]
        steps = [1, *sequence(strides, 1, index, "strides")]
        axis = 1 if data_format == "NWC" else 2
        result = raw.AvgPool(
            expand_dims(convert.convert_to_tensor(input), axis),
            ksize=sizes,
            strides=steps,
            padding=padding,
            data_format="NHWC" if data_format == "NWC" else "NCHW",
            name=scope,
        )
        return squeeze(result, axis)


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> Any:
    """Returns the greatest element of each window, and its flat place in its picture (in the batch, when that is asked for).

    Args:
      input: `[n, h, w, c]`.
      ksize, strides: four numbers.
      padding: `"SAME"` or `"VALID"`.
      data_format: `"NHWC"`.
      Targmax: type of the places, int64 by default.
      name: name of the operation.
      output_dtype: newer name of `Targmax`.
      include_batch_in_index: count places through the whole batch.

    Raises:
      ValueError: another layout is asked for.
    """
    if data_format != "NHWC":
        raise ValueError(
            f"`data_format` values other  than 'NHWC' are not supported. Received: data_format={data_format}"
        )
    kind = one_of("output_dtype", output_dtype, "Targmax", Targmax)
    return raw.MaxPoolWithArgmax(
        input,
        ksize=ksize,
        strides=strides,
        padding=padding,
        Targmax=dtypes.int64 if kind is None else kind,
        include_batch_in_index=include_batch_in_index,
        name=name,
    )
