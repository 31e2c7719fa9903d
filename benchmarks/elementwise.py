"""Ten million numbers in a variable, a few elementwise operations, one sum."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Line, Work, session

_SIZE = 10_000_000
_TILE = 1 << 16
_A, _B = 0.5, 0.25


def _x() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, _SIZE).astype(np.float32)


def _of(tf: Any, function: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        start = tf.placeholder(tf.float32, [_SIZE])
        x = tf.Variable(start)
        y = function(x)
    own = session(tf, graph)
    own.run(x.initializer, {start: _x()})
    return Work(lambda: own.run(y), check=lambda: [own.run(y)])


def _tanh(tf: Any) -> Work:
    return _of(tf, lambda x: tf.reduce_sum(tf.square(tf.tanh(_A * x + _B))))


def _polynomial(tf: Any) -> Work:
    return _of(tf, lambda x: tf.reduce_sum(tf.square(_A * x + _B) * x))


def _tanh_by_hand() -> Work:
    x = _x()
    work = np.empty(_TILE, np.float32)
    a, b = np.array(_A, np.float32), np.array(_B, np.float32)

    def run() -> Any:
        total = 0.0
        for start in range(0, _SIZE, _TILE):
            part = x[start : start + _TILE]
            t = work[: part.size]
            np.multiply(part, a, t)
            np.add(t, b, t)
            np.tanh(t, t)
            total += float(np.dot(t, t))
        return total

    return Work(run, check=lambda: [np.asarray(run(), np.float32)])


def _polynomial_by_hand() -> Work:
    x = _x()
    work = np.empty(_TILE, np.float32)
    a, b = np.array(_A, np.float32), np.array(_B, np.float32)

    def run() -> Any:
        total = 0.0
        for start in range(0, _SIZE, _TILE):
            part = x[start : start + _TILE]
            t = work[: part.size]
            np.multiply(part, a, t)
            np.add(t, b, t)
            np.multiply(t, t, t)
            total += float(np.dot(t, part))
        return total

    return Work(run, check=lambda: [np.asarray(run(), np.float32)])


CASES = (
    Case((Line("tanh", "sum(square(tanh(a x + b))), 10 million", 1.9),), _tanh, _tanh_by_hand),
    Case((Line("polynomial", "sum(square(a x + b) x), 10 million", 2.2),), _polynomial, _polynomial_by_hand),
)
