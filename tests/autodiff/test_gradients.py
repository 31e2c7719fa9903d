"""Gradients against differences of values, for functions that golden data cannot list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfmini as tf

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "matmul": lambda x: tf.matmul(x, tf.transpose(x)),
    "broadcast": lambda x: x * tf.reduce_sum(x, 0) + tf.reduce_mean(x, 1, keepdims=True),
    "softmax": lambda x: tf.nn.softmax(x) * tf.nn.log_softmax(x),
    "entropy": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 2], logits=x),
    "activations": lambda x: tf.nn.relu(x) + tf.tanh(x) * tf.sigmoid(x) + tf.nn.softplus(x) + tf.nn.elu(x),
    "powers": lambda x: tf.exp(x) + tf.sqrt(tf.square(x) + 1.0) + tf.log(tf.square(x) + 2.0) + x**3,
    "pieces": lambda x: tf.concat([x[:, 1:], tf.stack([x[:, 0], x[:, 2]], 1)], 1),
    "gather": lambda x: tf.gather(x, [1, 0, 1]),
    "choice": lambda x: tf.where(x > 0.1, x * 2.0, tf.square(x)),
    "extremes": lambda x: tf.maximum(x, 0.2) + tf.minimum(x, 0.4) + tf.reduce_max(x, 1, keepdims=True),
    "norms": lambda x: tf.nn.l2_loss(x) + tf.norm(x),
    "conditional": lambda x: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * 3.0, lambda: tf.square(x)),
    "products": lambda x: tf.reduce_prod(x, 1) + tf.cumsum(x, 1)[:, 2],
    "shapes": lambda x: tf.reshape(tf.tile(tf.expand_dims(x, 1), [1, 2, 1]), [-1, 4]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_the_slopes(name: str) -> None:
    at = np.array([[0.3, -0.7, 1.1], [0.9, 0.15, -0.4]])
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [2, 3])
        y = tf.reduce_sum(tf.cast(FUNCTIONS[name](x), tf.float64))
        (gradient,) = tf.gradients(y, x)
        found = session.run(tf.convert_to_tensor(gradient), {x: at})
        slopes = np.zeros_like(at)
        for index in np.ndindex(at.shape):
            step = np.zeros_like(at)
            step[index] = 1e-6
            slopes[index] = (session.run(y, {x: at + step}) - session.run(y, {x: at - step})) / 2e-6
    np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-7)


def test_second_derivatives() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [])
        (first,) = tf.gradients(x**4, x)
        (second,) = tf.gradients(first, x)
        assert session.run(second, {x: 2.0}) == pytest.approx(48.0)


def test_an_operation_without_gradient_is_named() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3], name="x")
        assert tf.gradients(tf.cast(tf.argmax(x), tf.float32), x) == [None]
        with tf.Graph().as_default() as graph:
            a = tf.constant([1.0, 2.0], name="a")
            op = tf.identity(a, name="stop")
            op.op._definition = type(
                "Nothing", (), {"name": "Nothing", "has_gradient": False, "spec": op.op._definition.spec}
            )
            with pytest.raises(LookupError, match="No gradient defined for operation 'stop'"):
                tf.gradients(op * 2.0, a)
            assert graph.get_name_scope() == ""
