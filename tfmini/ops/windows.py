"""The geometry of windows that slide over pictures: what convolutions and pooling share.

A picture has the layout `NHWC` (batch, height, width, channels) or `NCHW`. Padding is `SAME` (as many windows as the stride
divides the picture into, zeros shared between both ends, the odd one at the end), `VALID` (none) or `EXPLICIT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.shapes import Dims


class Axis(NamedTuple):
    """The windows along one direction.

    Attributes:
      size: length of the picture.
      window: length of a window, gaps not counted.
      stride: from one window to the next.
      gap: from one element of a window to the next (dilation).
      before, after: padding.
      number: how many windows there are.
    """

    size: int
    window: int
    stride: int
    gap: int
    before: int
    after: int
    number: int

    @property
    def reach(self) -> int:
        """Length of a window, gaps counted."""
        return (self.window - 1) * self.gap + 1


def axis_of(size: int, window: int, stride: int, gap: int, padding: bytes, explicit: Sequence[int] = (0, 0)) -> Axis:
    """Returns the windows along one direction. Raises KernelError when there is no room for one."""
    reach = (window - 1) * gap + 1
    if padding == b"SAME":
        count = -(-size // stride)
        total = max(0, (count - 1) * stride + reach - size)
        return Axis(size, window, stride, gap, total // 2, total - total // 2, count)
    before, after = explicit if padding == b"EXPLICIT" else (0, 0)
    count = (size + before + after - reach) // stride + 1
    if count < 0:
        raise KernelError(
            InvalidArgumentError,
            f"Computed output size would be negative: {count} [input_size: {size}, effective_filter_size: {reach}, "
            f"stride: {stride}]",
        )
    return Axis(size, window, stride, gap, before, after, count)


def spatial(data_format: bytes, rank: int = 4) -> tuple[int, ...]:
    """Returns the positions of the directions in a layout of two or one directions."""
    return tuple(range(2, rank)) if data_format.startswith(b"NC") else tuple(range(1, rank - 1))


def channel(data_format: bytes, rank: int = 4) -> int:
    """Returns the position of the channels."""
    return 1 if data_format.startswith(b"NC") else rank - 1


def axes_of(sizes: Sequence[int], windows: Sequence[int], attrs: Any) -> list[Axis]:
    """Returns the windows along all directions, from a whole shape, the sizes of a window and the attributes of an operation."""
    data_format, padding = attrs["data_format"], attrs["padding"]
    explicit = attrs.get("explicit_paddings", ())
    dilations = attrs.get("dilations")
    found = []
    for place, window in zip(spatial(data_format), windows, strict=True):
        found.append(
            axis_of(
                sizes[place],
                window,
                attrs["strides"][place],
                dilations[place] if dilations else 1,
                padding,
                explicit[2 * place : 2 * place + 2] if padding == b"EXPLICIT" else (0, 0),
            )
        )
    return found


def static_count(
    size: int | None, window: int | None, stride: int, gap: int, padding: bytes, explicit: Sequence[int]
) -> int | None:
    """Returns the number of windows as far as it is known while the graph is built.

    Raises:
      ValueError: there is no room for a window, or the stride is not positive.
    """
    if stride <= 0:
        raise ValueError(f"Stride must be > 0, but got {stride}")
    if gap <= 0:
        raise ValueError(f"Dilation rate must be >= 1, but got {gap}")
    if size is None:
        return None
    if padding == b"SAME":
        return -(-size // stride)
    if window is None:
        return None
    reach = (window - 1) * gap + 1
    room = size + (sum(explicit) if padding == b"EXPLICIT" else 0)
    if room < reach:
        raise ValueError(f"Negative dimension size caused by subtracting {reach} from {room}")
    return (room - reach) // stride + 1


def laid_out(data_format: bytes, batch: Any, directions: Sequence[Any], channels: Any) -> tuple[Any, ...]:
    """Returns a shape in a layout."""
    if data_format.startswith(b"NC"):
        return (batch, channels, *directions)
    return (batch, *directions, channels)


def windows_shape(dims: Dims, windows: Sequence[int | None], channels: int | None, attrs: Any) -> Dims:
    """Returns the shape of one result a window, for a picture of shape `dims`."""
    assert dims is not None
    data_format, padding = attrs["data_format"], attrs["padding"]
    explicit = attrs.get("explicit_paddings", ())
    dilations = attrs.get("dilations") or (1,) * 4
    counts = [
        static_count(
            dims[place],
            window,
            attrs["strides"][place],
            dilations[place],
            padding,
            explicit[2 * place : 2 * place + 2],
        )
        for place, window in zip(spatial(data_format), windows, strict=True)
    ]
    return laid_out(data_format, dims[0], counts, channels)


# ---- layouts and edges of arrays


def last(x: Any, data_format: bytes) -> Any:
    """Returns a picture with its channels last."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if data_format == b"NCHW" else x


def first(y: Any, data_format: bytes) -> Any:
    """Returns a picture whose channels are last in the layout that is asked for."""
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2)) if data_format == b"NCHW" else y


def padded(x: Any, height: Axis, width: Axis, value: Any = 0) -> Any:
    """Returns pictures `[n, h, w, c]` with their edges; `x` itself when they have none."""
    if not (height.before or height.after or width.before or width.after):
        return x
    count, rows, columns, depth = x.shape
    shape = (count, rows + height.before + height.after, columns + width.before + width.after, depth)
    if value == 0:
        made = np.zeros(shape, x.dtype)
    else:
        made = np.full(shape, value, x.dtype)
    made[:, height.before : height.before + rows, width.before : width.before + columns] = x
    return made


def trimmed(x: Any, height: Axis, width: Axis) -> Any:
    """Returns pictures without the edges that `padded` gave them."""
    if not (height.before or height.after or width.before or width.after):
        return x
    return np.ascontiguousarray(
        x[:, height.before : height.before + height.size, width.before : width.before + width.size]
    )


def edge(height: Axis, width: Axis) -> tuple[int, int]:
    """Returns height and width of the pictures that `padded` makes."""
    return height.size + height.before + height.after, width.size + width.before + width.after


def tap(x: Any, i: int, j: int, height: Axis, width: Axis) -> Any:
    """Returns element (i, j) of all windows of pictures with their edges, a view `[n, windows down, windows across, c]`."""
    top, left = i * height.gap, j * width.gap
    return x[
        :,
        top : top + (height.number - 1) * height.stride + 1 : height.stride,
        left : left + (width.number - 1) * width.stride + 1 : width.stride,
    ]


def taps(height: Axis, width: Axis) -> list[tuple[int, int]]:
    """Returns the elements of a window, row by row."""
    return [(i, j) for i in range(height.window) for j in range(width.window)]
