"""How convolutions are computed: products of matrices over tiles of windows.

The windows of a few pictures at a time are copied into the rows of a matrix that fits the second cache, then one product with
the filter gives all their results. A view with strides makes the copy: along a row of a window its elements lie one behind the
other in memory, so they are moved in long runs. With fewer than four channels those runs are too short; then the elements of the
windows become the rows of the matrix.

All pictures here are `[n, h, w, c]`, filters `[h, w, channels in, channels out]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .windows import Axis, edge, padded, tap, taps, trimmed

_TILE_BYTES = 2 << 20
_FEW_CHANNELS = 4


def _views(x: Any, height: Axis, width: Axis) -> Any:
    """Returns the windows of padded pictures as a view `[n, down, across, window rows, window columns, channels]`."""
    n, _, _, channels = x.shape
    by_picture, by_row, by_column, by_channel = x.strides
    return as_strided(
        x,
        (n, height.number, width.number, height.window, width.window, channels),
        (
            by_picture,
            by_row * height.stride,
            by_column * width.stride,
            by_row * height.gap,
            by_column * width.gap,
            by_channel,
        ),
        writeable=False,
    )


def _in_runs(view: Any) -> Any:
    """Returns the view with columns and channels of a window as one dimension where they lie one behind the other."""
    *shape, columns, channels = view.shape
    *strides, by_column, by_channel = view.strides
    if by_column == channels * by_channel:
        return as_strided(view, (*shape, columns * channels), (*strides, by_channel), writeable=False)
    return view


def _tiles(n: int, rows: int, bytes_a_row: int) -> Iterator[tuple[slice, slice]]:
    """Yields (pictures, rows of windows) so that each tile is about as large as the cache likes."""
    a_picture = rows * bytes_a_row
    if a_picture <= 2 * _TILE_BYTES:
        step = max(1, _TILE_BYTES // max(1, a_picture))
        for start in range(0, n, step):
            yield slice(start, min(n, start + step)), slice(0, rows)
        return
    step = max(1, _TILE_BYTES // max(1, bytes_a_row))
    for picture in range(n):
        for start in range(0, rows, step):
            yield slice(picture, picture + 1), slice(start, min(rows, start + step))


def _for_tiles(
    x: Any, height: Axis, width: Axis, use: Callable[[Any, slice, slice], None], transposed: bool = False
) -> None:
    """Calls `use(columns, pictures, rows)` for each tile of the windows of padded pictures.

    `columns` is `[windows, elements of a window]` or, `transposed`, the other way round; it is overwritten by the next tile.
    """
    n, channels = x.shape[0], x.shape[3]
    elements = height.window * width.window * channels
    buffer = None
    view = _views(x, height, width)
    runs = view.transpose(3, 4, 5, 0, 1, 2) if transposed else _in_runs(view)
    for pictures, rows in _tiles(n, height.number, width.number * elements * x.itemsize):
        part = runs[:, :, :, pictures, rows] if transposed else runs[pictures, rows]
        if buffer is None:
            buffer = np.empty(part.size, x.dtype)
        columns = buffer[: part.size].reshape(part.shape)
        np.copyto(columns, part)
        use(columns.reshape(elements, -1) if transposed else columns.reshape(-1, elements), pictures, rows)


def _pointwise(height: Axis, width: Axis) -> bool:
    """Says whether each window is one element and every element a window: a product without any copy."""
    return height.window == width.window == height.stride == width.stride == 1 and edge(height, width) == (
        height.number,
        width.number,
    )


def forward(x: Any, w: Any, height: Axis, width: Axis, out: Any = None) -> Any:
    """Returns the convolution of pictures with a filter, `[n, windows down, windows across, channels out]`, in `out` if given."""
    n, channels = x.shape[0], x.shape[3]
    outputs = w.shape[3]
    y = np.empty((n, height.number, width.number, outputs), x.dtype) if out is None else out
    if not y.size or not w.size:
        y[...] = 0
        return y
    x = padded(np.ascontiguousarray(x), height, width)
    matrix = w.reshape(-1, outputs)
    if _pointwise(height, width):
        np.dot(x.reshape(-1, channels), matrix, out=y.reshape(-1, outputs))
        return y
    few = channels < _FEW_CHANNELS

    def use(columns: Any, pictures: slice, rows: slice) -> None:
        target = y[pictures, rows].reshape(-1, outputs)
        np.dot(columns.T if few else columns, matrix, out=target)

    _for_tiles(x, height, width, use, transposed=few)
    return y


def filter_gradient(x: Any, dy: Any, height: Axis, width: Axis, out: Any = None) -> Any:
    """Returns the gradient of a filter from pictures and the gradient of the convolution, in `out` if given."""
    channels, outputs = x.shape[3], dy.shape[3]
    result = np.empty((height.window, width.window, channels, outputs), x.dtype) if out is None else out
    dw = result.reshape(-1, outputs)
    dw[...] = 0
    if not dy.size or not dw.size:
        return result
    x = padded(np.ascontiguousarray(x), height, width)
    dy = np.ascontiguousarray(dy)
    if _pointwise(height, width):
        np.dot(x.reshape(-1, channels).T, dy.reshape(-1, outputs), out=dw)
        return result
    few = channels < _FEW_CHANNELS
    part = np.empty_like(dw)

    def use(columns: Any, pictures: slice, rows: slice) -> None:
        slope = dy[pictures, rows].reshape(-1, outputs)
        np.dot(columns if few else columns.T, slope, out=part)
        np.add(dw, part, out=dw)

    _for_tiles(x, height, width, use, transposed=few)
    return result


def input_gradient(w: Any, dy: Any, height: Axis, width: Axis, out: Any = None) -> Any:
    """Returns the gradient of the pictures from the filter and the gradient of the convolution, in `out` where that is easy."""
    channels, outputs = w.shape[2], w.shape[3]
    n = dy.shape[0]
    if not dy.size or not w.size or not height.size * width.size:
        return np.zeros((n, height.size, width.size, channels), dy.dtype)
    dy = np.ascontiguousarray(dy)
    if _pointwise(height, width):
        return np.dot(dy.reshape(-1, outputs), w.reshape(channels, outputs).T).reshape(
            n, height.size, width.size, channels
        )
    back = [_turned(axis) for axis in (height, width)]
    whole = all(axis.before >= 0 and axis.after >= 0 for axis in back)
    if height.stride == width.stride == 1 and channels >= _FEW_CHANNELS and whole:
        return forward(dy, np.ascontiguousarray(w[::-1, ::-1].transpose(0, 1, 3, 2)), back[0], back[1], out=out)
    dx = np.zeros((n, *edge(height, width), channels), dy.dtype)
    matrix = np.ascontiguousarray(w.reshape(-1, outputs).T)
    elements = matrix.shape[1]
    for pictures, _ in _tiles(n, 1, height.number * width.number * elements * dy.itemsize):
        slopes = dy[pictures]
        columns = np.dot(slopes.reshape(-1, outputs), matrix)
        columns = columns.reshape(*slopes.shape[:3], height.window, width.window, channels)
        for i, j in taps(height, width):
            target = tap(dx[pictures], i, j, height, width)
            np.add(target, columns[:, :, :, i, j], out=target)
    return trimmed(dx, height, width)


def _turned(axis: Axis) -> Axis:
    """Returns the windows of the convolution that leads back: of the results, with as much padding as gives the picture."""
    before = axis.reach - 1 - axis.before
    after = axis.size - axis.number - before + axis.reach - 1
    return Axis(axis.number, axis.window, 1, axis.gap, before, after, axis.size)


# ---- each channel with filters of its own


def depthwise(x: Any, w: Any, height: Axis, width: Axis) -> Any:
    """Returns each channel convolved with its own filters: `w` is `[h, w, channels, filters a channel]`."""
    n, channels, several = x.shape[0], w.shape[2], w.shape[3]
    y = np.zeros((n, height.number, width.number, channels, several), x.dtype)
    if y.size:
        x = padded(x, height, width)
        for i, j in taps(height, width):
            y += tap(x, i, j, height, width)[..., None] * w[i, j]
    return y.reshape(n, height.number, width.number, channels * several)


def depthwise_filter_gradient(x: Any, dy: Any, several: int, height: Axis, width: Axis) -> Any:
    """Returns the gradient of the filters of a depthwise convolution."""
    channels = x.shape[3]
    slopes = dy.reshape(*dy.shape[:3], channels, several)
    dw = np.empty((height.window, width.window, channels, several), x.dtype)
    x = padded(x, height, width)
    for i, j in taps(height, width):
        dw[i, j] = (tap(x, i, j, height, width)[..., None] * slopes).sum(axis=(0, 1, 2), dtype=x.dtype)
    return dw


def depthwise_input_gradient(w: Any, dy: Any, height: Axis, width: Axis) -> Any:
    """Returns the gradient of the pictures of a depthwise convolution."""
    channels, several = w.shape[2], w.shape[3]
    slopes = dy.reshape(*dy.shape[:3], channels, several)
    dx = np.zeros((dy.shape[0], *edge(height, width), channels), dy.dtype)
    for i, j in taps(height, width):
        target = tap(dx, i, j, height, width)
        target += (slopes * w[i, j]).sum(axis=-1, dtype=dy.dtype)
    return trimmed(dx, height, width)
