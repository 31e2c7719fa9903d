"""Gradients: names and order of the nodes, unconnected inputs, sums, second order."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import attempt, program, run


@program
def chain(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.tanh(x * 0.3 + 0.1)
    found = tf.gradients(y, x)
    return {"found": found, "values": run(tf, found)}


@program
def second_order(tf: Any) -> Any:
    x = tf.constant(2.0, name="x")
    y = x**3 + tf.sin(x)
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    third = tf.gradients(second, x)[0]
    return {"found": [first, second, third], "values": run(tf, [first, second, third])}


@program
def several_paths(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    y = x * x + tf.exp(x) - x
    z = y * x
    found = tf.gradients([y, z], [x])
    return {"found": found, "values": run(tf, found)}


@program
def several_ys_and_xs(tf: Any) -> Any:
    a = tf.constant([1.0, 2.0], name="a")
    b = tf.constant([3.0, 4.0], name="b")
    c = tf.constant([3.0, 4.0], name="c")
    ys = [a * b, a + b, tf.reduce_sum(b)]
    found = tf.gradients(ys, [a, b, c])
    return {"found": found, "values": run(tf, found[:2])}


@program
def weights_of_ys(tf: Any) -> Any:
    a = tf.constant([1.0, 2.0], name="a")
    y = a * a
    found = tf.gradients([y, a * 2.0], a, grad_ys=[tf.constant([10.0, 20.0]), None])
    wrong = [
        attempt(tf.gradients, y, a, grad_ys=[tf.constant(1)]),
        attempt(tf.gradients, y, a, grad_ys=[1.0, 2.0]),
        attempt(tf.gradients, [y, y], a, grad_ys=[1.0]),
    ]
    return {"found": found, "values": run(tf, found), "wrong": wrong}


@program
def unconnected(tf: Any) -> Any:
    a = tf.constant([1.0, 2.0], name="a")
    b = tf.constant([1.0, 2.0], name="b")
    y = a * 2.0
    zero = tf.gradients(y, b, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {
        "none": tf.gradients(y, b),
        "zero": zero,
        "stop": tf.gradients(tf.stop_gradient(a) * a, a),
        "stopped": tf.gradients(tf.stop_gradient(a), a),
        "itself": tf.gradients(a, a),
        "integer path": tf.gradients(tf.cast(tf.cast(a, tf.int32), tf.float32), a),
        "through sign": tf.gradients(tf.sign(a), a),
        "argmax": tf.gradients(tf.cast(tf.argmax(a), tf.float32), a),
        "stop_gradients": tf.gradients(y * a, [a, y], stop_gradients=[y]),
        "empty": tf.gradients(y, []),
    }


@program
def wrong_gradients(tf: Any) -> Any:
    i = tf.constant([1, 2], name="i")
    s = tf.constant("text")
    a = tf.constant(1.0)
    return {
        "integer": attempt(tf.gradients, i * 2, i),
        "string": attempt(tf.gradients, s, a),
        "not a tensor": attempt(tf.gradients, 3.0, a),
        "no gradient": attempt(tf.gradients, tf.floor(a), a),
        "bad option": attempt(tf.gradients, a, a, unconnected_gradients="foo"),
        "aggregation": attempt(tf.gradients, a * a, a, aggregation_method=77),
    }


@program
def names(tf: Any) -> Any:
    a = tf.constant([1.0, 2.0], name="a")
    first = tf.gradients(a * a, a)
    second = tf.gradients(a * a, a)
    third = tf.gradients(a * a, a, name="mine")
    with tf.name_scope("scope"):
        y = tf.reduce_mean(tf.square(a))
        fourth = tf.gradients(y, a)
    with tf.name_scope("other"):
        fifth = tf.gradients(y, a)
    return {"found": [first, second, third, fourth, fifth]}


@program
def two_layers(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w1 = tf.Variable([[1.0, 0.5], [-1.0, 2.0]], name="w1")
    b1 = tf.Variable([0.1, 0.2], name="b1")
    w2 = tf.Variable([[1.0], [-2.0]], name="w2")
    hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
    loss = tf.reduce_mean(tf.square(tf.matmul(hidden, w2) - 1.0))
    found = tf.gradients(loss, [w1, b1, w2, x])
    return {"found": found, "values": run(tf, found, {x: [[1.0, 2.0], [3.0, -1.0]]}, init=True)}


@program
def shared_weights(tf: Any) -> Any:
    w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer())
    x = tf.constant([[1.0, 2.0]])
    y = tf.matmul(tf.tanh(tf.matmul(tf.matmul(x, w), w)), w)
    found = tf.gradients(y, w)
    return {"found": found, "values": run(tf, found, init=True)}


@program
def aggregation_methods(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    y = x * x + x * 2.0 + tf.exp(x)
    made = [
        tf.gradients(y, x, aggregation_method=tf.AggregationMethod.DEFAULT),
        tf.gradients(y, x, aggregation_method=tf.AggregationMethod.ADD_N),
        tf.gradients(y, x, aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE),
        tf.gradients(y, x, gate_gradients=True),
        tf.gradients(y, x, colocate_gradients_with_ops=True),
    ]
    return {"made": made, "values": run(tf, made)}


@program
def sparse(tf: Any) -> Any:
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="table")
    rows = tf.nn.embedding_lookup(table, [0, 2, 0])
    found = tf.gradients(tf.reduce_sum(rows * rows), table)
    both = tf.gradients(tf.reduce_sum(rows) + tf.reduce_sum(table), table)
    dense = tf.convert_to_tensor(found[0])
    return {"found": found, "both": both, "values": run(tf, [found, both, dense], init=True)}


@program
def devices_and_control(tf: Any) -> Any:
    with tf.device("/cpu:0"):
        a = tf.constant([1.0, 2.0], name="a")
    with tf.control_dependencies([a]):
        y = a * a
        found = tf.gradients(y, a)
    return {"found": found}


@program
def own_gradient(tf: Any) -> Any:
    a = tf.constant([1.0, -2.0], name="a")
    graph = tf.get_default_graph()
    with graph.gradient_override_map({"Sign": "Identity"}):
        y = tf.sign(a)
    found = tf.gradients(y, a)
    return {"y": y, "found": found, "values": run(tf, found)}


@program
def hessian(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    first = tf.gradients(tf.reduce_sum(x * x * x), x)[0]
    rows = [tf.gradients(first[i], x)[0] for i in range(2)]
    return {"rows": rows, "values": run(tf, rows)}


def _batched_gather(tf: Any, shape: Any, wanted: Any, unknown: bool, **arguments: Any) -> Any:
    x = tf.placeholder(tf.float32, None if unknown else shape, name="x")
    indices = tf.placeholder(tf.int32, None if unknown else wanted, name="indices")
    z = tf.gather(x, indices, **arguments)
    found = tf.gradients(z * z, x)
    feeds = {
        x: np.arange(np.prod(shape), dtype=np.float32).reshape(shape),
        indices: np.arange(np.prod(wanted)).reshape(wanted) % 2,
    }
    return {"z": z, "found": found, "values": run(tf, [z, found], feeds)}


@program
def gather_with_batches(tf: Any) -> Any:
    return _batched_gather(tf, [2, 4, 3], [2, 2], False, batch_dims=1)


@program
def gather_with_batches_of_unknown_rank(tf: Any) -> Any:
    return _batched_gather(tf, [2, 4, 3], [2, 2], True, axis=2, batch_dims=1)


@program
def gather_with_two_batches(tf: Any) -> Any:
    return _batched_gather(tf, [2, 3, 4, 2], [2, 3, 2], True, axis=3, batch_dims=2)


@program
def gather_with_batches_from_the_end(tf: Any) -> Any:
    return {
        "known": _batched_gather(tf, [2, 4, 3], [2, 2], False, axis=-1, batch_dims=-1),
        "unknown": attempt(_batched_gather, tf, [2, 4, 3], [2, 2], True, axis=-1, batch_dims=-1),
    }
