"""The model of the first notebook: a two-layer classifier of 8x8 digits with a training tower and an evaluation tower.

The lines are those of `notebooks/01_first_graph.ipynb`, in the same order; a test compares them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Model(NamedTuple):
    """The tensors and operations that a training loop uses."""

    x: Any
    labels: Any
    loss: Any
    accuracy: Any
    train: Any
    init: Any


def build(tf: Any) -> Model:
    """Adds the whole model to the default graph."""
    x = tf.placeholder(tf.float32, [None, 64], name="x")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    with tf.name_scope("noise"):
        noisy = x + tf.random_normal(tf.shape(x), stddev=0.1)

    def tower(images, reuse=None):
        with tf.variable_scope("model", reuse=reuse):
            with tf.variable_scope("hidden"):
                w = tf.get_variable("w", [64, 32])
                b = tf.get_variable("b", [32], initializer=tf.zeros_initializer())
                hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(images, w), b))
            with tf.variable_scope("out"):
                w = tf.get_variable("w", [32, 10])
                b = tf.get_variable("b", [10], initializer=tf.zeros_initializer())
                return tf.nn.bias_add(tf.matmul(hidden, w), b)

    logits = tower(noisy)
    with tf.name_scope("loss"):
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    clean = tower(x, reuse=True)
    with tf.name_scope("accuracy"):
        correct = tf.equal(tf.argmax(clean, 1), labels)
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
    train = tf.train.AdamOptimizer(0.01).minimize(loss, name="train")
    init = tf.global_variables_initializer()
    return Model(x, labels, loss, accuracy, train, init)
