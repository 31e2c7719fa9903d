"""Windows with holes: every so many pixels become a picture of its own, then the plain operation is applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..framework import convert, dtypes
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import shape
from .conv_functions import padding_of
from .joining import concat, stack
from .space import (
    batch_to_space_nd,
    required_space_to_batch_paddings,
    space_to_batch_nd,
)

__all__ = ["with_space_to_batch"]


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: Any,
    op: Callable[[Tensor, int, Any], Tensor],
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Returns `op(input, number of directions, padding)` with holes of `dilation_rate` in its windows.

    Args:
      input: `[n, sizes..., c]`.
      dilation_rate: int32 `[directions]`; all ones call `op` as it is.
      padding: `"SAME"`, `"VALID"`, or a list of pairs.
      op: what to do; with holes it is given `"VALID"`.
      filter_shape: shape of a window, needed for `"SAME"`.
      spatial_dims: positions of the directions.
      data_format: the layout.
    """
    x = convert.convert_to_tensor(input, name="input")
    rate: Any = convert.convert_to_tensor(dilation_rate, dtype=dtypes.int32, name="dilation_rate")
    number = rate._dims[0]
    known = static_value(rate)
    if known is not None and np.any(known < 1):
        raise ValueError(f"`dilation_rate` must be positive. Received: dilation_rate={known}")
    if known is not None and np.all(known == 1):
        return op(x, number, padding)
    firsts = data_format is not None and data_format.startswith("NC")
    places = list(spatial_dims) if spatial_dims is not None else list(range(1 + firsts, number + 1 + firsts))
    rates = rate if known is None else known
    padding, explicit = padding_of(padding)
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError(
                f"`filter_shape` must be specified for `padding='SAME'`. Received: filter_shape={filter_shape} and "
                f"padding={padding}"
            )
        window: Any = convert.convert_to_tensor(filter_shape, name="filter_shape")
        value = static_value(window)
        base: Any = None if value is None else _base_paddings(value, number, rates)
    elif padding == "VALID":
        base = np.zeros([number, 2], np.int32)
    elif padding == "EXPLICIT":
        pairs = np.array(explicit).reshape([number + 2, 2])
        base = pairs[2:] if firsts else pairs[1:-1]
    else:
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    sizes: Any = None if x._dims is None else [x._dims[place] for place in places]
    if sizes is None or None in sizes:
        whole = shape(x)
        sizes = stack([whole[place] for place in places])
    if base is None:
        base = _base_paddings(window, number, rates)
    paddings, crops = required_space_to_batch_paddings(input_shape=sizes, base_paddings=base, block_shape=rate)
    blocks = _adjusted(rate, 1, places)
    edges = _adjusted(paddings, 0, places)
    less = _adjusted(crops, 0, places)
    cut = space_to_batch_nd(x, blocks, edges)
    return batch_to_space_nd(op(cut, number, "VALID"), blocks, less)


def _base_paddings(window: Any, number: int, rate: Any) -> Any:
    more = (window[:number] - 1) * rate
    start = more // 2
    end = more - start
    return stack([[start[index], end[index]] for index in range(number)])


def _adjusted(tensor: Tensor, fill: int, places: Sequence[int]) -> Any:
    """Returns rows for all dimensions from the second to the last of `places`; those between get `fill`."""
    inner = tensor.get_shape().as_list()[1:]
    dtype = tensor._dtype.as_numpy_dtype
    known = static_value(tensor)
    rows: Any = tensor if known is None else known
    parts: list[Any] = []
    before = 0
    index = 0
    while index < len(places):
        first = index
        if places[index] > 1:
            parts.append(np.full([places[index] - 1 - before, *inner], fill, dtype=dtype))
        while index + 1 < len(places) and places[index + 1] == places[index] + 1:
            index += 1
        parts.append(rows[first : index + 1])
        before = places[index]
        index += 1
    return np.concatenate(parts) if known is not None else concat(parts, 0)
