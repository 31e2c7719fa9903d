"""Building graphs: operations, variables, shared variables, and everything that can happen once only to a graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Clock, Line, Stages, Work, session

_OPS = 10_000
_VARIABLES = 1000


def _build(tf: Any) -> Work:
    def run() -> Any:
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [])
            for _ in range(_OPS):
                tf.add(x, x)
        return graph

    return Work(run, _OPS)


def _get_variable(tf: Any) -> Work:
    def run() -> Any:
        with tf.Graph().as_default():
            zeros = tf.zeros_initializer()
            for index in range(_VARIABLES):
                tf.get_variable(f"v{index}", [4, 4], initializer=zeros)

    return Work(run, _VARIABLES)


def _reuse(tf: Any) -> Work:
    def of_fresh_graph() -> Any:
        graph = tf.Graph()
        with graph.as_default(), tf.variable_scope("s"):
            tf.get_variable("v", [4, 4])
        return graph

    graph = of_fresh_graph()

    def run() -> Any:
        with graph.as_default(), tf.variable_scope("s", reuse=True):
            for _ in range(_VARIABLES):
                tf.get_variable("v", [4, 4])

    return Work(run, _VARIABLES)


# ---- 200 layers

_LAYERS, _WIDTH, _BATCH = 200, 32, 32


def _parameters() -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    random = np.random.RandomState(0)
    limit = np.sqrt(6 / _WIDTH)
    weights = [random.uniform(-limit, limit, (_WIDTH, _WIDTH)).astype(np.float32) for _ in range(_LAYERS)]
    biases = [np.full(_WIDTH, 0.01, np.float32) for _ in range(_LAYERS)]
    return weights, biases, random.rand(_BATCH, _WIDTH).astype(np.float32)


def _deep(tf: Any) -> Stages:
    weights, biases, fed = _parameters()

    def prepare(clock: Clock) -> tuple[Any, list[Any], dict[Any, Any]]:
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [_BATCH, _WIDTH])
            made: list[Any] = []

            def forward() -> Any:
                h = x
                for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
                    with tf.variable_scope(f"layer{index}"):
                        w = tf.get_variable("w", initializer=tf.constant(w))
                        b = tf.get_variable("b", initializer=tf.constant(b))
                        made.extend((w, b))
                        h = tf.nn.relu(tf.nn.bias_add(tf.matmul(h, w), b))
                return tf.reduce_mean(tf.square(h))

            loss = clock.time("deep_forward", forward)
            slopes = clock.time("deep_gradients", lambda: tf.gradients(loss, made))
            own = session(tf, graph)
            own.run(tf.global_variables_initializer())
        return own, [loss, *slopes], {x: fed}

    def sample() -> dict[str, float]:
        clock = Clock()
        own, fetches, feeds = prepare(clock)
        clock.time("deep_first", lambda: own.run(fetches, feeds))
        clock.repeat("deep_steady", lambda: own.run(fetches, feeds))
        own.close()
        return clock.found

    def check() -> list[np.ndarray]:
        own, fetches, feeds = prepare(Clock())
        loss, *slopes = own.run(fetches, feeds)
        return [loss, slopes[0], slopes[1], slopes[-1]]

    return Stages(sample, check)


def _deep_by_hand() -> Stages:
    weights, biases, x = _parameters()
    values = [x, *(np.empty((_BATCH, _WIDTH), np.float32) for _ in range(_LAYERS))]
    w_slopes = [np.empty_like(each) for each in weights]
    b_slopes = [np.empty_like(each) for each in biases]
    dy, dx = np.empty((_BATCH, _WIDTH), np.float32), np.empty((_BATCH, _WIDTH), np.float32)
    mask = np.empty((_BATCH, _WIDTH), np.bool_)
    ones, zero = np.ones(_BATCH, np.float32), np.array(0, np.float32)
    scale = np.array(2 / (_BATCH * _WIDTH), np.float32)
    forward = list(zip(values[:-1], weights, biases, values[1:], strict=True))
    backward = list(
        zip(
            [each.T for each in values[:-1]],
            [each.T for each in weights],
            values[1:],
            w_slopes,
            b_slopes,
            strict=True,
        )
    )[::-1]

    def run() -> Any:
        dot, add, maximum, greater, multiply = np.dot, np.add, np.maximum, np.greater, np.multiply
        for before, w, b, after in forward:
            dot(before, w, after)
            add(after, b, after)
            maximum(after, zero, out=after)
        last = values[-1].reshape(-1)
        loss = dot(last, last) / last.size
        d, other = dy, dx
        multiply(values[-1], scale, d)
        for before_t, w_t, after, w_slope, b_slope in backward:
            greater(after, zero, mask)
            multiply(d, mask, d)
            dot(before_t, d, w_slope)
            dot(ones, d, b_slope)
            dot(d, w_t, other)
            d, other = other, d
        return loss

    def sample() -> dict[str, float]:
        clock = Clock()
        clock.repeat("deep_steady", run)
        return clock.found

    def check() -> list[np.ndarray]:
        loss = run()
        return [np.asarray(loss), w_slopes[0], b_slopes[0], b_slopes[-1]]

    return Stages(sample, check)


# ---- a long chain

_CHAIN = 100_000


def _long(tf: Any) -> Stages:
    def prepare(clock: Clock) -> tuple[Any, list[Any], dict[Any, Any]]:
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [])
            factor, term = tf.constant(0.5), tf.constant(0.25)

            def forward() -> Any:
                y = x
                for _ in range(_CHAIN // 2):
                    y = tf.add(tf.multiply(y, factor), term)
                return y

            y = clock.time("long_build", forward, _CHAIN)
            (slope,) = clock.time("long_gradients", lambda: tf.gradients(y, x), _CHAIN)
        return session(tf, graph), [y, slope], {x: np.float32(1.0)}

    def sample() -> dict[str, float]:
        clock = Clock()
        own, fetches, feeds = prepare(clock)
        clock.time("long_first", lambda: own.run(fetches, feeds), _CHAIN)
        for _ in range(4):
            own.run(fetches, feeds)
        clock.time("long_steady", lambda: [own.run(fetches, feeds) for _ in range(5)], 5 * _CHAIN)
        own.close()
        return clock.found

    return Stages(sample)


def _long_by_hand() -> Stages:
    factor, term = np.float32(0.5), np.float32(0.25)

    def run() -> Any:
        y, slope = np.float32(1.0), np.float32(1.0)
        for _ in range(_CHAIN // 2):
            y = y * factor + term
        for _ in range(_CHAIN // 2):
            slope = slope * factor
        return y, slope

    def sample() -> dict[str, float]:
        clock = Clock()
        clock.time("long_steady", run, _CHAIN)
        return clock.found

    return Stages(sample)


CASES = (
    Case((Line("build", "build 10,000 operations, an operation", 35),), _build),
    Case((Line("get_variable", "1,000 `get_variable`, a new variable", 30),), _get_variable),
    Case((Line("reuse", "1,000 reuse hits, a `get_variable`", 25),), _reuse),
    Case(
        (
            Line("deep_forward", "200-layer MLP: build"),
            Line("deep_gradients", "200-layer MLP: gradients", 30),
            Line("deep_first", "200-layer MLP: first run", 60),
            Line("deep_steady", "200-layer MLP: steady run", 4, 1.3),
        ),
        _deep,
        _deep_by_hand,
        tolerance=2e-3,
        key="deep",
    ),
    Case(
        (
            Line("long_build", "100,000 operations: build, an operation", 35),
            Line("long_gradients", "100,000 operations: gradients, an operation", 30),
            Line("long_first", "100,000 operations: first run, an operation", 130),
            Line("long_steady", "100,000 operations: steady run, an operation", 2),
        ),
        _long,
        _long_by_hand,
        heavy=True,
        key="long",
    ),
)
