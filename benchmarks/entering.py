"""What it costs to enter a run: almost nothing is computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Line, Work, session


def _constant(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        value = tf.constant(1.0)
    run = session(tf, graph).run
    return Work(lambda: run(value), check=lambda: [run(value)])


def _constant_by_hand() -> Work:
    value = np.float32(1.0)
    return Work(lambda: value, check=lambda: [np.asarray(value)])


def _one_feed(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
    run = session(tf, graph).run
    fed = np.float32(2.0)
    return Work(lambda: run(y, {x: fed}), check=lambda: [run(y, {x: fed})])


def _callable(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
    call = session(tf, graph).make_callable(y, [x])
    fed = np.float32(2.0)
    return Work(lambda: call(fed), check=lambda: [call(fed)])


def _one_feed_by_hand() -> Work:
    one, fed = np.float32(1.0), np.float32(2.0)
    return Work(lambda: fed + one, check=lambda: [np.asarray(fed + one)])


def _nested(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        x, y, z = (tf.placeholder(tf.float32, []) for _ in range(3))
        made = [x + y, y + z, x * z, x - y, y * z, -x, x * y, z - x, z - y, x + z]
        fetches = {
            "sums": [made[0], made[1], (made[9],)],
            "products": {"xz": made[2], "yz": made[4], "xy": made[6]},
            "rest": (made[3], made[5], [made[7], made[8]]),
        }
    run = session(tf, graph).run
    feeds = {x: np.float32(1.0), y: np.float32(2.0), z: np.float32(3.0)}
    return Work(lambda: run(fetches, feeds), check=lambda: _flat(run(fetches, feeds)))


def _nested_by_hand() -> Work:
    x, y, z = np.float32(1.0), np.float32(2.0), np.float32(3.0)

    def run() -> Any:
        return {
            "sums": [x + y, y + z, (x + z,)],
            "products": {"xz": x * z, "yz": y * z, "xy": x * y},
            "rest": (x - y, -x, [z - x, z - y]),
        }

    return Work(run, check=lambda: _flat(run()))


def _flat(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        return [each for item in value.values() for each in _flat(item)]
    if isinstance(value, (list, tuple)):
        return [each for item in value for each in _flat(item)]
    return [np.asarray(value)]


def _read(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        variable = tf.Variable(1.0)
        init = tf.global_variables_initializer()
    run = session(tf, graph).run
    run(init)
    return Work(lambda: run(variable), check=lambda: [run(variable)])


def _read_by_hand() -> Work:
    state = {"v": np.float32(1.0)}
    return Work(lambda: state["v"], check=lambda: [np.asarray(state["v"])])


def _assign_add(tf: Any) -> Work:
    graph = tf.Graph()
    with graph.as_default():
        variable = tf.Variable(0.0)
        add = tf.assign_add(variable, 1.0)
        init = tf.global_variables_initializer()
    run = session(tf, graph).run
    run(init)

    def check() -> list[np.ndarray]:
        run(init)
        run(add.op)
        return [run(add), run(variable)]

    return Work(lambda: run(add.op), check=check)


def _assign_add_by_hand() -> Work:
    state = {"v": np.float32(0.0)}
    one = np.float32(1.0)

    def run() -> None:
        state["v"] += one

    def check() -> list[np.ndarray]:
        state["v"] = np.float32(0.0)
        run()
        run()
        return [np.asarray(state["v"])] * 2

    return Work(run, check=check)


CASES = (
    Case((Line("constant", "run of a constant", 50),), _constant, _constant_by_hand),
    Case((Line("one_feed", "one scalar add, one feed", 30),), _one_feed, _one_feed_by_hand),
    Case((Line("callable", "`make_callable`, one add, one feed", 80),), _callable, _one_feed_by_hand),
    Case((Line("nested", "ten nested fetches, three feeds", 30),), _nested, _nested_by_hand),
    Case((Line("read", "read a variable", 50),), _read, _read_by_hand),
    Case((Line("assign_add", "`assign_add`", 40),), _assign_add, _assign_add_by_hand),
)
