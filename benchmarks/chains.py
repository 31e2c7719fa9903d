"""A thousand small operations in one run, and a loop of ten thousand turns."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Line, Work, session

_COUNT = 1000


def _run_of(tf: Any, graph: Any, y: Any, x: Any, fed: Any) -> Work:
    run = session(tf, graph).run
    return Work(lambda: run(y, {x: fed}), check=lambda: [run(y, {x: fed})])


def _adds(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x
        for _ in range(_COUNT):
            y = y + x
    return _run_of(tf, graph, y, x, np.float32(0.001))


def _adds_by_hand() -> Work:
    x = np.float32(0.001)

    def run() -> Any:
        y = x
        for _ in range(_COUNT):
            y = y + x
        return y

    return Work(run, check=lambda: [np.asarray(run())])


def _mixed(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x
        for _ in range(_COUNT // 5):
            y = -((y + x) * 0.5 - x) * x
    return _run_of(tf, graph, y, x, np.float32(0.9))


def _mixed_by_hand() -> Work:
    x, half = np.float32(0.9), np.float32(0.5)

    def run() -> Any:
        y = x
        for _ in range(_COUNT // 5):
            y = -((y + x) * half - x) * x
        return y

    return Work(run, check=lambda: [np.asarray(run())])


def _wide(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = tf.add_n([x + float(index) for index in range(_COUNT)])
    return _run_of(tf, graph, y, x, np.float32(0.5))


def _wide_by_hand() -> Work:
    x = np.float32(0.5)
    numbers = [np.float32(index) for index in range(_COUNT)]

    def run() -> Any:
        total = x + numbers[0]
        for number in numbers[1:]:
            total = total + (x + number)
        return total

    return Work(run, check=lambda: [np.asarray(run())])


def _matrices(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [32, 32])
        y = x
        for _ in range(_COUNT):
            y = y + x
    return _run_of(tf, graph, y, x, np.full((32, 32), 0.001, np.float32))


def _matrices_by_hand() -> Work:
    x = np.full((32, 32), 0.001, np.float32)

    def run() -> Any:
        add = np.add
        y = add(x, x)
        for _ in range(_COUNT - 1):
            add(y, x, y)
        return y

    return Work(run, check=lambda: [run()])


_TURNS = 10_000


def _loop(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        _, total = tf.while_loop(
            lambda i, _: i < _TURNS, lambda i, total: (i + 1, total * 0.999 + x), [tf.constant(0), tf.constant(0.0)]
        )
    return _run_of(tf, graph, total, x, np.float32(0.25))


def _loop_by_hand() -> Work:
    x, factor = np.float32(0.25), np.float32(0.999)

    def run() -> Any:
        i, total = 0, np.float32(0)
        while i < _TURNS:
            i, total = i + 1, total * factor + x
        return total

    return Work(run, check=lambda: [np.asarray(run())])


CASES = (
    Case((Line("adds", "1,000 scalar adds, a chain", 4.5, 1.1),), _adds, _adds_by_hand),
    Case((Line("mixed", "1,000 mixed scalar operations, a chain", 6.5, 1.1),), _mixed, _mixed_by_hand),
    Case((Line("wide", "1,000 scalar adds and their `add_n`", 5, 1.1),), _wide, _wide_by_hand),
    Case((Line("matrices", "1,000 adds of [32,32], a chain", 0.95),), _matrices, _matrices_by_hand),
    Case((Line("loop", "`while_loop`, 10,000 turns", 18),), _loop, _loop_by_hand),
)
