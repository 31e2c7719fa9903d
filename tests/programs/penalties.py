"""Regularizers and the losses that a graph collects.

TensorFlow 2.21 has no `tf.contrib`. There the functions below stand for it: they build what TensorFlow 1.15 documents, so that the
nodes come from real TensorFlow.
"""

from __future__ import annotations

import types
from typing import Any

from .tools import attempt, program, run


def _layers(tf: Any) -> Any:
    """Returns `tf.contrib.layers`."""
    if hasattr(tf, "contrib"):
        return tf.contrib.layers

    def l1_regularizer(scale: Any, scope: Any = None) -> Any:
        def l1(weights: Any) -> Any:
            with tf.name_scope(scope, "l1_regularizer", [weights]) as name:
                factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
                return tf.multiply(factor, tf.reduce_sum(tf.abs(weights)), name=name)

        return l1 if not isinstance(scale, float) or scale else lambda weights: None

    def l2_regularizer(scale: Any, scope: Any = None) -> Any:
        def l2(weights: Any) -> Any:
            with tf.name_scope(scope, "l2_regularizer", [weights]) as name:
                factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
                return tf.multiply(factor, tf.nn.l2_loss(weights), name=name)

        return l2 if not isinstance(scale, float) or scale else lambda weights: None

    def sum_regularizer(regularizer_list: Any, scope: Any = None) -> Any:
        chosen = [each for each in regularizer_list if each is not None]

        def both(weights: Any) -> Any:
            with tf.name_scope(scope, "sum_regularizer", [weights]) as name:
                terms = [term for term in [each(weights) for each in chosen] if term is not None]
                return tf.add_n(terms, name=name) if terms else None

        return both if chosen else None

    def l1_l2_regularizer(scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: Any = None) -> Any:
        scope = scope or "l1_l2_regularizer"
        if scale_l1 == 0.0:
            return l2_regularizer(scale_l2, scope)
        if scale_l2 == 0.0:
            return l1_regularizer(scale_l1, scope)
        return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)

    def apply_regularization(regularizer: Any, weights_list: Any = None) -> Any:
        weights = weights_list or tf.get_collection(tf.GraphKeys.WEIGHTS)
        if not weights:
            raise ValueError("No weights to regularize.")
        with tf.name_scope("get_regularization_penalty", values=weights) as scope:
            penalties = [tf.constant(0.0) if p is None else p for p in [regularizer(w) for w in weights]]
            for each in penalties:
                if each.shape.ndims:
                    raise ValueError(
                        f"regularizer must return a scalar Tensor instead of a Tensor with rank {each.shape.ndims}."
                    )
            total = tf.add_n(penalties, name=scope)
            tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, total)
            return total

    return types.SimpleNamespace(
        l1_regularizer=l1_regularizer,
        l2_regularizer=l2_regularizer,
        l1_l2_regularizer=l1_l2_regularizer,
        sum_regularizer=sum_regularizer,
        apply_regularization=apply_regularization,
    )


@program
def on_tensors(tf: Any) -> Any:
    layers = _layers(tf)
    x = tf.constant([[1.0, -2.0], [3.0, -4.0]])
    wide = tf.constant([1.0, -2.0], tf.float64)
    made = [
        layers.l1_regularizer(0.5)(x),
        layers.l2_regularizer(0.5)(x),
        layers.l1_l2_regularizer(0.1, 0.2)(x),
        layers.l1_l2_regularizer()(x),
        layers.l1_l2_regularizer(0.0, 0.2)(x),
        layers.l1_l2_regularizer(0.1, 0.0, "mine")(x),
        layers.sum_regularizer([layers.l1_regularizer(0.1), None, layers.l2_regularizer(0.2)])(x),
        layers.sum_regularizer([layers.l1_regularizer(0.1)], scope="one")(x),
        layers.l2_regularizer(0.5, "named")(x),
        layers.l1_regularizer(0.5)(wide),
        layers.l2_regularizer(tf.constant(0.25))(x),
    ]
    none = [layers.l1_regularizer(0.0)(x), layers.l2_regularizer(0.0)(x), layers.sum_regularizer([None])]
    none.append(layers.sum_regularizer([layers.l1_regularizer(0.0)])(x))
    return {"made": made, "none": none, "slopes": tf.gradients(made[2], x), "values": run(tf, made)}


@program
def on_variables(tf: Any) -> Any:
    layers = _layers(tf)
    with tf.variable_scope("model", regularizer=layers.l2_regularizer(0.1)):
        w = tf.get_variable("w", initializer=[1.0, 2.0])
        tf.get_variable("b", initializer=[1.0], regularizer=tf.no_regularizer)
        with tf.variable_scope("head", regularizer=layers.l1_l2_regularizer(0.1, 0.2)):
            tf.get_variable("w", initializer=[3.0], use_resource=True)
            tf.get_variable("off", initializer=[3.0], regularizer=layers.l1_regularizer(0.0))
    with tf.variable_scope("model", reuse=True, regularizer=layers.l2_regularizer(0.1)):
        tf.get_variable("w")
    kept = tf.losses.get_regularization_losses()
    total = tf.losses.get_regularization_loss()
    head = tf.losses.get_regularization_loss("model/head", name="head_loss")
    none = tf.losses.get_regularization_loss("nothing")
    count = [len(kept), len(tf.losses.get_regularization_losses("model/w"))]
    step = tf.train.GradientDescentOptimizer(0.1).minimize(total + tf.reduce_sum(w))
    return {"made": [total, head, none, step], "count": count, "values": run(tf, [total, head, none], init=True)}


@program
def applied(tf: Any) -> Any:
    layers = _layers(tf)
    weights = [tf.Variable([1.0, 2.0], name="a"), tf.constant([3.0])]
    made = [layers.apply_regularization(layers.l2_regularizer(0.5), weights)]
    wrong = [attempt(layers.apply_regularization, layers.l2_regularizer(0.5))]
    tf.add_to_collection(tf.GraphKeys.WEIGHTS, weights[0])
    made.append(layers.apply_regularization(layers.l1_regularizer(0.5)))
    made.append(layers.apply_regularization(layers.l1_regularizer(0.0)))
    wrong.append(attempt(layers.apply_regularization, lambda w: w))
    return {"made": made, "wrong": wrong, "values": run(tf, [*made, tf.losses.get_regularization_loss()], init=True)}


@program
def total_losses(tf: Any) -> Any:
    wrong = attempt(tf.losses.get_total_loss)
    first, second = tf.constant(1.0, name="first"), tf.constant(2.0, name="second")
    tf.losses.add_loss(first)
    tf.losses.add_loss(second, loss_collection="mine")
    tf.losses.add_loss(second, loss_collection=None)
    tf.get_variable("v", initializer=3.0, regularizer=lambda v: v * v)
    made = [
        tf.losses.get_total_loss(),
        tf.losses.get_total_loss(add_regularization_losses=False, name="plain"),
        tf.losses.get_total_loss(scope="fir"),
        *tf.losses.get_losses(),
        *tf.losses.get_losses(loss_collection="mine"),
    ]
    return {"made": made, "wrong": wrong, "values": run(tf, made, init=True)}
