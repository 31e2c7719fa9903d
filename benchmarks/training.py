"""Training steps of models without convolutions: loss, gradients and update in one run."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .by_hand import Adam, Flat, SoftmaxCrossEntropy
from .case import Case, Line, Work, session

_STEPS_CHECKED = 5


def dense_parameters(sizes: Sequence[int]) -> list[np.ndarray]:
    """Returns weights and biases of layers of these sizes, always the same."""
    random = np.random.RandomState(1)
    made: list[np.ndarray] = []
    for before, after in itertools.pairwise(sizes):
        limit = np.sqrt(6 / (before + after))
        made.append(random.uniform(-limit, limit, (before, after)).astype(np.float32))
        made.append(random.uniform(-0.1, 0.1, after).astype(np.float32))
    return made


def classes_batch(batch: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns inputs and labels of ten classes, always the same."""
    random = np.random.RandomState(0)
    return random.rand(batch, features).astype(np.float32), random.randint(0, 10, batch)


def step_of(tf: Any, graph: Any, loss: Any, train: Any, feeds: dict[Any, Any], threads: int = 1) -> Work:
    """Returns the work of `run([loss, train])`; it checks the losses of the first steps and the variables after them."""
    with graph.as_default():
        init = tf.global_variables_initializer()
        variables = tf.trainable_variables()
    own = session(tf, graph, threads)
    own.run(init)
    fetches = [loss, train]

    def check() -> list[np.ndarray]:
        own.run(init)
        losses = [own.run(fetches, feeds)[0] for _ in range(_STEPS_CHECKED)]
        return [np.array(losses), *own.run(variables)]

    return Work(lambda: own.run(fetches, feeds), check=check)


def step_by_hand(
    step: Callable[[], Any], reset: Callable[[], None], parameters: Callable[[], list[np.ndarray]]
) -> Work:
    """Returns the work of a hand-written step, with the same check."""

    def check() -> list[np.ndarray]:
        reset()
        losses = [float(step()) for _ in range(_STEPS_CHECKED)]
        return [np.array(losses, np.float32), *[each.copy() for each in parameters()]]

    return Work(step, check=check)


# ---- 10-32-32-1, mean square


_TINY = (10, 32, 32, 1)


def _tiny_batch() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    return random.randn(32, 10).astype(np.float32), random.randn(32, 1).astype(np.float32)


def _tiny(tf: Any) -> Work:
    inputs, wanted = _tiny_batch()
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [32, 10])
        y = tf.placeholder(tf.float32, [32, 1])
        w1, b1, w2, b2, w3, b3 = (tf.Variable(each) for each in dense_parameters(_TINY))
        h = tf.nn.relu(tf.matmul(x, w1) + b1)
        h = tf.nn.relu(tf.matmul(h, w2) + b2)
        loss = tf.reduce_mean(tf.square(tf.matmul(h, w3) + b3 - y))
        train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
    return step_of(tf, graph, loss, train, {x: inputs, y: wanted})


def _tiny_by_hand() -> Work:
    x, y = _tiny_batch()
    start = dense_parameters(_TINY)
    parameters, slopes = Flat([each.shape for each in start], start), Flat([each.shape for each in start])
    w1, b1, w2, b2, w3, b3 = parameters.views
    dw1, db1, dw2, db2, dw3, db3 = slopes.views
    h1, h2, d1, d2 = (np.empty((32, 32), np.float32) for _ in range(4))
    m1, m2 = np.empty((32, 32), np.bool_), np.empty((32, 32), np.bool_)
    e = np.empty((32, 1), np.float32)
    flat_e = e.reshape(-1)
    ones, zero = np.ones(32, np.float32), np.array(0, np.float32)
    scale, rate = np.array(2 / 32, np.float32), np.array(0.05, np.float32)
    x_t, h1_t, h2_t, w2_t, w3_t = x.T, h1.T, h2.T, w2.T, w3.T

    def step() -> Any:
        dot, add, multiply, greater, maximum = np.dot, np.add, np.multiply, np.greater, np.maximum
        dot(x, w1, h1)
        add(h1, b1, h1)
        maximum(h1, zero, out=h1)
        dot(h1, w2, h2)
        add(h2, b2, h2)
        maximum(h2, zero, out=h2)
        dot(h2, w3, e)
        add(e, b3, e)
        np.subtract(e, y, e)
        loss = dot(flat_e, flat_e) / np.float32(32)
        multiply(e, scale, e)
        dot(h2_t, e, dw3)
        dot(ones, e, db3)
        multiply(e, w3_t, d2)
        greater(h2, zero, m2)
        multiply(d2, m2, d2)
        dot(h1_t, d2, dw2)
        dot(ones, d2, db2)
        dot(d2, w2_t, d1)
        greater(h1, zero, m1)
        multiply(d1, m1, d1)
        dot(x_t, d1, dw1)
        dot(ones, d1, db1)
        multiply(slopes.buffer, rate, slopes.buffer)
        np.subtract(parameters.buffer, slopes.buffer, parameters.buffer)
        return loss

    return step_by_hand(step, lambda: parameters.set(start), lambda: parameters.views)


# ---- softmax regression, 784-10


def _softmax(tf: Any) -> Work:
    inputs, wanted = classes_batch(128, 784)
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 784])
        labels = tf.placeholder(tf.int64, [None])
        w, b = (tf.Variable(each) for each in dense_parameters((784, 10)))
        logits = tf.matmul(x, w) + b
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    return step_of(tf, graph, loss, train, {x: inputs, labels: wanted})


def _softmax_by_hand() -> Work:
    x, labels = classes_batch(128, 784)
    start = dense_parameters((784, 10))
    parameters, slopes = Flat([each.shape for each in start], start), Flat([each.shape for each in start])
    (w, b), (dw, db) = parameters.views, slopes.views
    logits = np.empty((128, 10), np.float32)
    ones, rate = np.ones(128, np.float32), np.array(0.1, np.float32)
    cross_entropy = SoftmaxCrossEntropy(128, 10)

    def step() -> Any:
        np.dot(x, w, logits)
        np.add(logits, b, logits)
        loss = cross_entropy(logits, labels)
        np.dot(x.T, logits, dw)
        np.dot(ones, logits, db)
        np.multiply(slopes.buffer, rate, slopes.buffer)
        np.subtract(parameters.buffer, slopes.buffer, parameters.buffer)
        return loss

    return step_by_hand(step, lambda: parameters.set(start), lambda: parameters.views)


# ---- multilayer perceptrons with Adam


def classifier(tf: Any, sizes: Sequence[int], batch: int, graph: Any = None, threads: int = 1) -> Work:
    """Returns the work of a training step of a classifier with ReLU layers and Adam."""
    inputs, wanted = classes_batch(batch, sizes[0])
    graph = tf.Graph() if graph is None else graph
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, sizes[0]])
        labels = tf.placeholder(tf.int64, [None])
        values = dense_parameters(sizes)
        h = x
        for index in range(0, len(values), 2):
            with tf.variable_scope(f"layer{index // 2}"):
                w = tf.get_variable("w", initializer=tf.constant(values[index]))
                b = tf.get_variable("b", initializer=tf.constant(values[index + 1]))
            h = tf.nn.bias_add(tf.matmul(h, w), b)
            if index + 2 < len(values):
                h = tf.nn.relu(h)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=h))
        train = tf.train.AdamOptimizer(0.001).minimize(loss)
    return step_of(tf, graph, loss, train, {x: inputs, labels: wanted}, threads)


def _classifier_by_hand(sizes: Sequence[int], batch: int) -> Work:
    x, labels = classes_batch(batch, sizes[0])
    start = dense_parameters(sizes)
    shapes = [each.shape for each in start]
    parameters, slopes = Flat(shapes, start), Flat(shapes)
    adam = Adam(parameters, slopes, 0.001)
    weights, biases = parameters.views[::2], parameters.views[1::2]
    d_weights, d_biases = slopes.views[::2], slopes.views[1::2]
    values = [x, *(np.empty((batch, size), np.float32) for size in sizes[1:])]
    errors = [np.empty((batch, size), np.float32) for size in sizes[1:-1]]
    masks = [np.empty((batch, size), np.bool_) for size in sizes[1:-1]]
    ones, zero = np.ones(batch, np.float32), np.array(0, np.float32)
    cross_entropy = SoftmaxCrossEntropy(batch, sizes[-1])
    last = len(weights) - 1

    def step() -> Any:
        for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
            h = values[index + 1]
            np.dot(values[index], w, h)
            np.add(h, b, h)
            if index < last:
                np.maximum(h, zero, out=h)
        loss = cross_entropy(values[-1], labels)
        d = values[-1]
        for index in range(last, -1, -1):
            np.dot(values[index].T, d, d_weights[index])
            np.dot(ones, d, d_biases[index])
            if index:
                e = errors[index - 1]
                np.dot(d, weights[index].T, e)
                np.greater(values[index], zero, masks[index - 1])
                np.multiply(e, masks[index - 1], e)
                d = e
        adam.step()
        return loss

    def reset() -> None:
        parameters.set(start)
        adam.reset()

    return step_by_hand(step, reset, lambda: parameters.views)


_MNIST = (784, 512, 512, 10)
_DIGITS = (64, 32, 10)


CASES = (
    Case((Line("tiny", "training step: 10-32-32-1, mean square, batch 32", 5.5, 1.3),), _tiny, _tiny_by_hand),
    Case(
        (Line("digits", "training step: 64-32-10, Adam, batch 32", None, 1.3),),
        lambda tf: classifier(tf, _DIGITS, 32),
        lambda: _classifier_by_hand(_DIGITS, 32),
    ),
    Case(
        (Line("softmax", "training step: softmax regression 784-10, batch 128", 1.8, 1.3),), _softmax, _softmax_by_hand
    ),
    Case(
        (Line("mnist", "training step: 784-512-512-10, Adam, batch 128", 0.95, 1.3),),
        lambda tf: classifier(tf, _MNIST, 128),
        lambda: _classifier_by_hand(_MNIST, 128),
        tolerance=2e-3,
    ),
    Case(
        (Line("mnist2", "the same with two threads", 1.4, 1.3),),
        lambda tf: classifier(tf, _MNIST, 128, threads=2),
        lambda: _classifier_by_hand(_MNIST, 128),
        threads=2,
        tolerance=3e-2,
    ),
)
