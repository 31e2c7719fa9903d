"""A training step of LeNet: two convolutions of 5 x 5 with pooling, two dense layers, Adam."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .by_hand import Adam, Flat, SoftmaxCrossEntropy
from .case import Case, Line, Work
from .training import step_by_hand, step_of

_BATCH = 64
_SHAPES = [(5, 5, 1, 32), (32,), (5, 5, 32, 64), (64,), (7 * 7 * 64, 1024), (1024,), (1024, 10), (10,)]
_RATE = 0.0005


def _data() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    random = np.random.RandomState(0)
    pictures, labels = random.rand(_BATCH, 28, 28, 1).astype(np.float32), random.randint(0, 10, _BATCH)
    start = []
    for shape in _SHAPES:
        scale = 0.1 if len(shape) == 1 else np.sqrt(2 / np.prod(shape[:-1]))
        start.append((random.randn(*shape) * scale).astype(np.float32))
    return pictures, labels, start


def _lenet(tf: Any) -> Work:
    pictures, wanted, start = _data()
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [_BATCH, 28, 28, 1])
        labels = tf.placeholder(tf.int64, [_BATCH])
        w1, b1, w2, b2, w3, b3, w4, b4 = (tf.Variable(each) for each in start)
        ones, halves = [1, 1, 1, 1], [1, 2, 2, 1]
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w1, ones, "SAME"), b1))
        h = tf.nn.max_pool(h, halves, halves, "SAME")
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, w2, ones, "SAME"), b2))
        h = tf.nn.max_pool(h, halves, halves, "SAME")
        h = tf.nn.relu(tf.matmul(tf.reshape(h, [_BATCH, 7 * 7 * 64]), w3) + b3)
        logits = tf.matmul(h, w4) + b4
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        train = tf.train.AdamOptimizer(_RATE).minimize(loss)
    return step_of(tf, graph, loss, train, {x: pictures, labels: wanted})


# ---- by hand


class _Convolution:
    """A 5 x 5 convolution with bias, ReLU and 2 x 2 pooling, and its gradients; all buffers are made once.

    The windows of a few pictures are copied into a matrix and multiplied while they are in the cache. The bias is added and the
    ReLU taken after the pooling, which gives the same and a quarter of the work.
    """

    def __init__(self, size: int, channels: int, outputs: int, pictures_a_tile: int) -> None:
        self.size, self.channels, self.outputs, self.step = size, channels, outputs, pictures_a_tile
        edge = size + 4
        self.padded = np.zeros((_BATCH, edge, edge, channels), np.float32)
        self.inside = self.padded[:, 2:-2, 2:-2]
        self.windows = self._windows(self.padded)
        self.rows = pictures_a_tile * size * size
        self.columns = np.empty((25 * channels, self.rows) if channels < 4 else (self.rows, 25 * channels), np.float32)
        self.y = np.empty((_BATCH, size, size, outputs), np.float32)
        self.pooled = np.empty((_BATCH, size // 2, size // 2, outputs), np.float32)
        self.active = np.empty_like(self.pooled, np.bool_)
        self.dy_padded = np.zeros((_BATCH, edge, edge, outputs), np.float32)
        self.dy = self.dy_padded[:, 2:-2, 2:-2]
        self.dy_tile = np.empty((self.rows, outputs), np.float32)
        self.back_windows = self._windows(self.dy_padded)
        self.back_step = max(1, pictures_a_tile // 2)
        self.back_columns = np.empty((self.back_step * size * size, 25 * outputs), np.float32)
        self.dx = np.empty((_BATCH, size, size, channels), np.float32)
        self.here, self.free = np.empty_like(self.active[:8]), np.empty_like(self.active[:8])
        self.part_dw = np.empty((25 * channels, outputs), np.float32)
        self.zero = np.array(0, np.float32)

    def _windows(self, padded: np.ndarray) -> np.ndarray:
        picture, row, column, channel = padded.strides
        channels = padded.shape[3]
        if channels < 4:
            shape = (5, 5, channels, _BATCH, self.size, self.size)
            return as_strided(padded, shape, (row, column, channel, picture, row, column), writeable=False)
        shape = (_BATCH, self.size, self.size, 5, 5 * channels)
        return as_strided(padded, shape, (picture, row, column, row, channel), writeable=False)

    def _tile(self, start: int) -> np.ndarray:
        """Copies the windows of a tile; returns them with a row a window."""
        if self.channels < 4:
            part = self.windows[:, :, :, start : start + self.step]
            np.copyto(self.columns.reshape(part.shape), part)
            return self.columns.T
        part = self.windows[start : start + self.step]
        np.copyto(self.columns.reshape(part.shape), part)
        return self.columns

    def forward(self, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        self.inside[...] = x
        matrix = w.reshape(-1, self.outputs)
        y, pooled = self.y, self.pooled
        for start in range(0, _BATCH, self.step):
            part = y[start : start + self.step]
            np.dot(self._tile(start), matrix, part.reshape(-1, self.outputs))
            target = pooled[start : start + self.step]
            np.maximum(part[:, ::2, ::2], part[:, ::2, 1::2], out=target)
            np.maximum(target, part[:, 1::2, ::2], out=target)
            np.maximum(target, part[:, 1::2, 1::2], out=target)
        result = np.add(pooled, b)
        np.maximum(result, self.zero, out=result)
        np.greater(result, self.zero, out=self.active)
        return result

    def backward(
        self, d: np.ndarray, w: np.ndarray, dw: np.ndarray, db: np.ndarray, ones: np.ndarray, back: bool
    ) -> Any:
        np.multiply(d, self.active, d)
        np.dot(ones[: d.size // self.outputs], d.reshape(-1, self.outputs), db)
        y, dy = self.y, self.dy
        for start in range(0, _BATCH, 8):
            part, slopes, goal = y[start : start + 8], d[start : start + 8], dy[start : start + 8]
            best, here, free = self.pooled[start : start + 8], self.here, self.free
            free[...] = True
            for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
                np.equal(part[:, i::2, j::2], best, out=here)
                np.logical_and(here, free, out=here)
                np.greater(free, here, out=free)
                np.multiply(slopes, here, out=goal[:, i::2, j::2])
        matrix = dw.reshape(-1, self.outputs)
        matrix[...] = 0
        for start in range(0, _BATCH, self.step):
            self.dy_tile.reshape(self.step, self.size, self.size, self.outputs)[...] = dy[start : start + self.step]
            np.dot(self._tile(start).T, self.dy_tile, self.part_dw)
            np.add(matrix, self.part_dw, matrix)
        if not back:
            return None
        turned = np.ascontiguousarray(w[::-1, ::-1].transpose(0, 1, 3, 2)).reshape(-1, self.channels)
        for start in range(0, _BATCH, self.back_step):
            windows = self.back_windows[start : start + self.back_step]
            np.copyto(self.back_columns.reshape(windows.shape), windows)
            np.dot(self.back_columns, turned, self.dx[start : start + self.back_step].reshape(-1, self.channels))
        return self.dx


def _lenet_by_hand() -> Work:
    x, labels, start = _data()
    parameters, slopes = Flat(_SHAPES, start), Flat(_SHAPES)
    w1, b1, w2, b2, w3, b3, w4, b4 = parameters.views
    dw1, db1, dw2, db2, dw3, db3, dw4, db4 = slopes.views
    adam = Adam(parameters, slopes, _RATE)
    first, second = _Convolution(28, 1, 32, 8), _Convolution(14, 32, 64, 4)
    h3, logits = np.empty((_BATCH, 1024), np.float32), np.empty((_BATCH, 10), np.float32)
    d3, mask = np.empty((_BATCH, 1024), np.float32), np.empty((_BATCH, 1024), np.bool_)
    d2 = np.empty((_BATCH, 7 * 7 * 64), np.float32)
    ones, zero = np.ones(_BATCH * 28 * 28, np.float32), np.array(0, np.float32)
    cross_entropy = SoftmaxCrossEntropy(_BATCH, 10)

    def step() -> Any:
        h1 = first.forward(x, w1, b1)
        h2 = second.forward(h1, w2, b2)
        flat = h2.reshape(_BATCH, -1)
        np.dot(flat, w3, h3)
        np.add(h3, b3, h3)
        np.maximum(h3, zero, out=h3)
        np.dot(h3, w4, logits)
        np.add(logits, b4, logits)
        loss = cross_entropy(logits, labels)
        np.dot(h3.T, logits, dw4)
        np.dot(ones[:_BATCH], logits, db4)
        np.dot(logits, w4.T, d3)
        np.greater(h3, zero, mask)
        np.multiply(d3, mask, d3)
        np.dot(flat.T, d3, dw3)
        np.dot(ones[:_BATCH], d3, db3)
        np.dot(d3, w3.T, d2)
        d1 = second.backward(d2.reshape(h2.shape), w2, dw2, db2, ones, True)
        first.backward(d1, w1, dw1, db1, ones, False)
        adam.step()
        return loss

    def reset() -> None:
        parameters.set(start)
        adam.reset()

    return step_by_hand(step, reset, lambda: parameters.views)


CASES = (
    Case(
        (Line("lenet", "training step: LeNet, Adam, batch 64", 0.7, 1.3),),
        _lenet,
        _lenet_by_hand,
        tolerance=1e-2,
    ),
)
