"""How pooling is computed: one strided view for each element of a window, so that numpy works on whole pictures.

Pictures are `[n, h, w, c]`. Of equal greatest elements in a window the first one, row by row, counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .windows import Axis, edge, padded, tap, taps, trimmed

_BATCH_BYTES = 1 << 20


def _lowest(dtype: Any) -> Any:
    if dtype.kind in "iu":
        return np.iinfo(dtype).min
    return -np.inf


def greatest(x: Any, height: Axis, width: Axis) -> Any:
    """Returns the greatest element of each window."""
    x = padded(x, height, width, _lowest(x.dtype))
    (i, j), *others = taps(height, width)
    if not others:
        return np.ascontiguousarray(tap(x, i, j, height, width))
    i2, j2 = others[0]
    y = np.maximum(tap(x, i, j, height, width), tap(x, i2, j2, height, width))
    for i, j in others[1:]:
        np.maximum(y, tap(x, i, j, height, width), out=y)
    return y


def _pictures_at_once(x: Any) -> int:
    return max(1, _BATCH_BYTES // max(1, x[:1].nbytes))


def to_greatest(x: Any, y: Any, dy: Any, height: Axis, width: Axis) -> Any:
    """Returns the gradient of the pictures: that of a window goes to its first greatest element."""
    apart = height.stride >= height.window and width.stride >= width.window
    x = padded(x, height, width, _lowest(x.dtype))
    covered = (
        apart
        and height.stride == height.window
        and width.stride == width.window
        and x.shape[1:3] == (height.number * height.window, width.number * width.window)
    )
    dx = np.empty(x.shape, dy.dtype) if covered else np.zeros(x.shape, dy.dtype)
    step = _pictures_at_once(x)
    for start in range(0, x.shape[0], step):
        part = slice(start, start + step)
        _to_greatest(x[part], y[part], dy[part], dx[part], height, width, apart)
    return trimmed(dx, height, width)


def _to_greatest(x: Any, y: Any, dy: Any, dx: Any, height: Axis, width: Axis, apart: bool) -> None:
    here = np.empty(y.shape, np.bool_)
    free = np.ones(y.shape, np.bool_)
    part = np.empty(() if apart else dy.shape, dy.dtype)
    places = taps(height, width)
    for number, (i, j) in enumerate(places):
        target = tap(dx, i, j, height, width)
        np.equal(tap(x, i, j, height, width), y, out=here)
        if number:
            np.logical_and(here, free, out=here)
        if number + 1 < len(places):
            np.greater(free, here, out=free)  # free and not here
        if apart:
            np.multiply(dy, here, out=target)
        else:
            np.multiply(dy, here, out=part)
            np.add(target, part, out=target)


def at_greatest(x: Any, y: Any, values: Any, height: Axis, width: Axis) -> Any:
    """Returns, for each window, the element of `values` at the place of the first greatest element of `x`."""
    x = padded(x, height, width, _lowest(x.dtype))
    values = padded(values, height, width)
    result = np.zeros(y.shape, values.dtype)
    free = np.ones(y.shape, np.bool_)
    for i, j in taps(height, width):
        here = tap(x, i, j, height, width) == y
        here &= free
        free &= ~here
        np.copyto(result, tap(values, i, j, height, width), where=here)
    return result


def places_of_greatest(x: Any, y: Any, height: Axis, width: Axis) -> Any:
    """Returns the flat place (row, column, channel) in its picture of the first greatest element of each window, int64."""
    depth = x.shape[3]
    x = padded(x, height, width, _lowest(x.dtype))
    places = np.zeros(y.shape, np.int64)
    free = np.ones(y.shape, np.bool_)
    down = np.arange(height.number) * height.stride - height.before
    across = np.arange(width.number) * width.stride - width.before
    for i, j in taps(height, width):
        here = tap(x, i, j, height, width) == y
        here &= free
        free &= ~here
        flat = ((down + i)[:, None] * width.size + (across + j)) * depth
        np.copyto(places, flat[None, :, :, None] + np.arange(depth), where=here)
    return places


# ---- means


def _counts(height: Axis, width: Axis, dtype: Any) -> Any:
    """Returns how many elements of each window lie in the picture, `[down, across, 1]`, or one number when it is the same for all."""
    if not (height.before or height.after or width.before or width.after):
        return dtype.type(height.window * width.window)
    lengths = []
    for axis in (height, width):
        start = np.arange(axis.number) * axis.stride - axis.before
        lengths.append(np.minimum(start + axis.window, axis.size) - np.maximum(start, 0))
    return (lengths[0][:, None] * lengths[1]).astype(dtype)[:, :, None]


def means(x: Any, height: Axis, width: Axis) -> Any:
    """Returns the mean of each window; padding does not count."""
    counts = _counts(height, width, x.dtype)
    x = padded(x, height, width)
    (i, j), *others = taps(height, width)
    y = tap(x, i, j, height, width).copy()
    for i, j in others:
        np.add(y, tap(x, i, j, height, width), out=y)
    return np.divide(y, counts, out=y)


def to_means(dy: Any, height: Axis, width: Axis) -> Any:
    """Returns the gradient of the pictures whose means were taken."""
    shares = dy / _counts(height, width, dy.dtype)
    dx = np.zeros((dy.shape[0], *edge(height, width), dy.shape[3]), dy.dtype)
    for i, j in taps(height, width):
        target = tap(dx, i, j, height, width)
        np.add(target, shares, out=target)
    return trimmed(dx, height, width)
