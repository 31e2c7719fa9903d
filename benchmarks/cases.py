"""The work that is timed.

A case gives, for a library, a function to time and the number of units in one call of it. `numpy` is the same work written by
hand with numpy: arrays made beforehand, no temporaries that can be avoided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Timed = tuple[Callable[[], Any], int]


# ---- calls of run


def constant_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default():
        value = tf.constant(1.0)
    session = tf.Session(graph=graph)
    return (lambda: session.run(value)), 1


def constant_numpy() -> Timed:
    value = np.float32(1.0)
    return (lambda: value), 1


def one_feed_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
    session = tf.Session(graph=graph)
    fed = np.float32(2.0)
    return (lambda: session.run(y, {x: fed})), 1


def one_feed_numpy() -> Timed:
    one, fed = np.float32(1.0), np.float32(2.0)
    return (lambda: fed + one), 1


def callable_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
    call = tf.Session(graph=graph).make_callable(y, [x])
    fed = np.float32(2.0)
    return (lambda: call(fed)), 1


# ---- inside one run


def chain_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [])
        y = x
        for _ in range(1000):
            y = y + x
    session = tf.Session(graph=graph)
    fed = np.float32(0.001)
    return (lambda: session.run(y, {x: fed})), 1


def chain_numpy() -> Timed:
    x = np.float32(0.001)

    def run() -> Any:
        y = x
        for _ in range(1000):
            y = y + x
        return y

    return run, 1


def matrices_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [32, 32])
        y = x
        for _ in range(1000):
            y = y + x
    session = tf.Session(graph=graph)
    fed = np.full((32, 32), 0.001, np.float32)
    return (lambda: session.run(y, {x: fed})), 1


def matrices_numpy() -> Timed:
    x = np.full((32, 32), 0.001, np.float32)
    out = np.empty_like(x)

    def run() -> Any:
        np.copyto(out, x)
        for _ in range(1000):
            np.add(out, x, out)
        return out.copy()

    return run, 1


# ---- building


def build_tf(tf: Any) -> Timed:
    def run() -> Any:
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [])
            for _ in range(2000):
                tf.add(x, x)
        return graph

    return run, 2000


def get_variable_tf(tf: Any) -> Timed:
    def run() -> Any:
        with tf.Graph().as_default():
            for index in range(100):
                tf.get_variable(f"v{index}", [4, 4], initializer=tf.zeros_initializer())

    return run, 100


def reuse_tf(tf: Any) -> Timed:
    graph = tf.Graph()
    with graph.as_default(), tf.variable_scope("s"):
        tf.get_variable("v", [4, 4])

    def run() -> Any:
        with graph.as_default(), tf.variable_scope("s", reuse=True):
            for _ in range(200):
                tf.get_variable("v", [4, 4])

    return run, 200


# ---- training


def _batch() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    return random.rand(32, 64).astype(np.float32), random.randint(0, 10, 32)


def training_tf(tf: Any, graph: Any = None) -> Timed:
    graph = tf.Graph() if graph is None else graph
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 64])
        labels = tf.placeholder(tf.int64, [None])
        with tf.variable_scope("model"):
            w1 = tf.get_variable("w1", [64, 32])
            b1 = tf.get_variable("b1", [32], initializer=tf.zeros_initializer())
            w2 = tf.get_variable("w2", [32, 10])
            b2 = tf.get_variable("b2", [10], initializer=tf.zeros_initializer())
        hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w1), b1))
        logits = tf.nn.bias_add(tf.matmul(hidden, w2), b2)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        train = tf.train.AdamOptimizer(0.01).minimize(loss)
        init = tf.global_variables_initializer()
    session = tf.Session(graph=graph)
    session.run(init)
    pictures, digits = _batch()
    return (lambda: session.run([loss, train], {x: pictures, labels: digits})), 1


def training_numpy() -> Timed:
    """The same step by hand: softmax cross entropy, both gradients, Adam, with every buffer made once."""
    pictures, digits = _batch()
    random = np.random.RandomState(1)
    sizes = [(64, 32), (32,), (32, 10), (10,)]
    values = [random.uniform(-0.2, 0.2, size).astype(np.float32) for size in sizes]
    moments = [np.zeros(size, np.float32) for size in sizes]
    squares = [np.zeros(size, np.float32) for size in sizes]
    work = [np.empty(size, np.float32) for size in sizes]
    hidden, mask = np.empty((32, 32), np.float32), np.empty((32, 32), np.bool_)
    logits, d_hidden = np.empty((32, 10), np.float32), np.empty((32, 32), np.float32)
    gradients = [np.empty(size, np.float32) for size in sizes]
    ones = np.ones(32, np.float32)
    rows = np.arange(32)
    powers = [np.float32(0.9), np.float32(0.999)]
    rate, beta1, beta2, epsilon = np.float32(0.01), np.float32(0.9), np.float32(0.999), np.float32(1e-8)

    def step() -> Any:
        w1, b1, w2, b2 = values
        np.dot(pictures, w1, out=hidden)
        np.add(hidden, b1, out=hidden)
        np.greater(hidden, 0, out=mask)
        np.multiply(hidden, mask, out=hidden)
        np.dot(hidden, w2, out=logits)
        np.add(logits, b2, out=logits)
        np.subtract(logits, logits.max(axis=1, keepdims=True), out=logits)
        picked = logits[rows, digits].copy()
        np.exp(logits, out=logits)
        sums = logits.sum(axis=1, keepdims=True)
        loss = (np.log(sums[:, 0]) - picked).mean()
        np.divide(logits, sums, out=logits)
        logits[rows, digits] -= 1
        np.divide(logits, np.float32(32), out=logits)
        np.dot(hidden.T, logits, out=gradients[2])
        np.dot(ones, logits, out=gradients[3])
        np.dot(logits, w2.T, out=d_hidden)
        np.multiply(d_hidden, mask, out=d_hidden)
        np.dot(pictures.T, d_hidden, out=gradients[0])
        np.dot(ones, d_hidden, out=gradients[1])
        scaled = rate * np.sqrt(1 - powers[1]) / (1 - powers[0])
        for value, m, v, g, t in zip(values, moments, squares, gradients, work, strict=True):
            np.subtract(g, m, out=t)
            np.multiply(t, 1 - beta1, out=t)
            np.add(m, t, out=m)
            np.multiply(g, g, out=t)
            np.subtract(t, v, out=t)
            np.multiply(t, 1 - beta2, out=t)
            np.add(v, t, out=v)
            np.sqrt(v, out=t)
            np.add(t, epsilon, out=t)
            np.divide(m, t, out=t)
            np.multiply(t, scaled, out=t)
            np.subtract(value, t, out=value)
        powers[0] *= beta1
        powers[1] *= beta2
        return loss

    return step, 1


CASES: dict[str, tuple[str, Callable[[Any], Timed], Callable[[], Timed] | None]] = {
    "constant": ("run of a constant", constant_tf, constant_numpy),
    "one_feed": ("run of one add, one feed", one_feed_tf, one_feed_numpy),
    "callable": ("make_callable, one add, one feed", callable_tf, one_feed_numpy),
    "chain": ("chain of 1,000 scalar adds", chain_tf, chain_numpy),
    "matrices": ("chain of 1,000 adds of [32,32]", matrices_tf, matrices_numpy),
    "training": ("training step, 64-32-10, Adam, batch 32", training_tf, training_numpy),
    "build": ("building 2,000 ops, an op", build_tf, None),
    "get_variable": ("get_variable, a new variable", get_variable_tf, None),
    "reuse": ("get_variable, shared", reuse_tf, None),
}
"""Key -> (description, case for a TensorFlow-like module, the same by hand in numpy or None)."""
