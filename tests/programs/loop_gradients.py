"""Gradients of loops: counters, histories, sums over turns, branches in loops and loops in loops, what has no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import attempt, program, run


def both(tf: Any, y: Any, xs: Any, feeds: list[Any], init: bool = False, **options: Any) -> Any:
    """Returns the gradients, and values and gradients for each of the feeds."""
    found = attempt(tf.gradients, y, xs, **options)
    if isinstance(found, tuple):
        return {"found": found}
    present = [each for each in found if each is not None]
    return {"found": found, "values": [run(tf, [y, present], feed, init=init) for feed in feeds]}


@program
def power(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    _, y = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s * x), [0, 1.0])
    return both(tf, y, [x], [{x: 2.0, n: 5}, {x: 3.0, n: 0}, {x: -1.0, n: 1}])


@program
def states(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.constant([[0.5, -0.25], [1.0, 0.75]], name="w")
    b = tf.constant([0.1, 0.2], name="b")

    def body(i: Any, h: Any, unused: Any) -> Any:
        return i + 1, tf.tanh(tf.matmul(h, w) + b), unused + h

    _, h, _ = tf.while_loop(lambda i, *_: i < 3, body, [0, x, x], parallel_iterations=1)
    return both(tf, tf.reduce_sum(h), [x, w, b], [{x: [[1.0, 2.0]]}, {x: [[1.0, 2.0], [0.5, 0.25], [0.0, 1.0]]}])


@program
def unused_and_static(tf: Any) -> Any:
    x = tf.constant(2.0, name="x")
    z = tf.constant([1.0, 3.0], name="z")

    def body(i: Any, a: Any, b: Any, c: Any) -> Any:
        return i + 1, a * x + tf.reduce_sum(b), b * a, c

    _, a, b, c = tf.while_loop(lambda i, *_: i < 3, body, [0, x, z, x])
    found = [both(tf, each, [x, z], [None]) for each in (a, b, c)]
    return {"found": found, "all": both(tf, tf.add_n([a, tf.reduce_sum(b), c]), [x, z], [None])}


@program
def resets(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.constant(1.5, name="y")
    _, a, b = tf.while_loop(
        lambda i, a, b: i < 3, lambda i, a, b: (i + 1, tf.ones_like(a) * y, y), [0, x, tf.constant(2.0)]
    )
    return both(tf, tf.reduce_sum(a) + b, [x, y], [{x: [1.0, 2.0]}])


@program
def nested(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.constant(1.5, name="w")

    def body(i: Any, s: Any) -> Any:
        _, t = tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t * s * w), [0, x])
        return i + 1, s + tf.sin(t)

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, x])
    return both(tf, y, [x, w], [{x: 0.5}, {x: -0.3}])


@program
def nested_unknown_shapes(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    w = tf.placeholder(tf.float32, [None], name="w")

    def body(i: Any, s: Any) -> Any:
        _, t, _ = tf.while_loop(lambda j, *_: j < i, lambda j, t, u: (j + 1, t * w + s, u * t), [0, x, s])
        return i + 1, s * 0.5 + tf.sin(t)

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, x])
    return both(tf, tf.reduce_sum(y), [x, w], [{x: [0.5, 1.0], w: [1.0, 2.0]}])


@program
def branches_in_loops(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.constant(1.5, name="w")

    def body(i: Any, s: Any) -> Any:
        s = tf.cond(tf.equal(i % 2, 0), lambda: s * w, lambda: s * s + x)
        t = tf.cond(s > 3.0, lambda: tf.cond(i > 1, lambda: s * x, lambda: tf.sin(s)), lambda: w * s)
        return i + 1, t

    _, y = tf.while_loop(lambda i, s: i < 4, body, [0, x])
    return both(tf, y, [x, w], [{x: 0.5}, {x: 1.25}, {x: -2.0}])


@program
def branches_in_loops_with_unknown_shapes(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    w = tf.placeholder(tf.float32, [None], name="w")

    def body(i: Any, s: Any) -> Any:
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: s * w, lambda: s + tf.exp(-x))

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, x])
    return both(tf, tf.reduce_sum(y), [x, w], [{x: [0.5, 1.0], w: [2.0, 3.0]}])


@program
def loops_in_branches(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    p = tf.placeholder(tf.bool, [], name="p")
    w = tf.constant(1.5, name="w")

    def looped() -> Any:
        return tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * w + x), [0, x])[1]

    y = tf.cond(p, looped, lambda: w * x)
    return both(tf, y, [x, w], [{x: 0.5, p: True}, {x: 0.5, p: False}])


@program
def limited(tf: Any) -> Any:
    x = tf.constant(1.5, name="x")
    y = tf.while_loop(lambda s: s < 100.0, lambda s: s * x, [x], maximum_iterations=3)
    z = tf.while_loop(lambda s: s < 100.0, lambda s: s * x, [x], maximum_iterations=3, back_prop=False)
    return {"y": both(tf, y, [x], [None]), "z": both(tf, z, [x], [None]), "swap": None}


@program
def rows_of_a_table(tf: Any) -> Any:
    table = tf.get_variable("table", initializer=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    constant = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="constant")

    def body(i: Any, s: Any) -> Any:
        rows = tf.gather(table, [i, 0]) * tf.gather(constant, [0, i % 2])
        return i + 1, s + tf.reduce_sum(rows * s)

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, 1.0])
    return both(tf, y, [table, constant], [None], init=True)


@program
def rows_of_unknown_shape(tf: Any) -> Any:
    table = tf.placeholder(tf.float32, [None, None], name="table")
    indices = tf.placeholder(tf.int32, [None], name="indices")

    def body(i: Any, s: Any) -> Any:
        return i + 1, s + tf.reduce_sum(tf.gather(table, indices) * s)

    _, y = tf.while_loop(lambda i, s: i < 2, body, [0, 1.0])
    return both(tf, y, [table], [{table: [[1.0, 2.0], [3.0, 4.0]], indices: [1, 1, 0]}])


@program
def of_variables(tf: Any) -> Any:
    v = tf.Variable(1.5, name="v")
    r = tf.get_variable("r", initializer=0.5, use_resource=True)

    def body(i: Any, s: Any) -> Any:
        return i + 1, s * v + r

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, v])
    return both(tf, y, [v, r], [None], init=True)


@program
def colocated(tf: Any) -> Any:
    x = tf.constant(2.0, name="x")
    _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * s * x), [0, 0.5])
    return both(tf, y, [x], [None], colocate_gradients_with_ops=True, gate_gradients=True)


@program
def starts(tf: Any) -> Any:
    x = tf.constant([2.0, 3.0], name="x")
    _, y = tf.while_loop(lambda i, s: i < 2, lambda i, s: (i + 1, s * x), [0, x])
    z = y * 2.0
    return both(tf, [y, z], [x], [None], grad_ys=[[1.0, 10.0], None], stop_gradients=None)


@program
def second_order(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x), [0, x])
    first = tf.gradients(y, x)[0]
    return {"second": attempt(tf.gradients, first, x)}


@program
def by_what_is_inside(tf: Any) -> Any:
    x = tf.constant(2.0, name="x")
    seen: list[Any] = []

    def body(i: Any, s: Any) -> Any:
        t = s * x
        seen.append(tf.gradients(t, s)[0])
        seen.append(tf.gradients(t * t, x)[0])
        return i + 1, t + seen[0] + seen[1]

    _, y = tf.while_loop(lambda i, s: i < 3, body, [0, 1.0])
    outside = []

    def initial(i: Any, s: Any) -> Any:
        outside.append(attempt(tf.gradients, s, x))
        return i + 1, s

    tf.while_loop(lambda i, s: i < 3, initial, [0, x * 2.0])
    return {"y": y, "seen": seen, "value": run(tf, y), "outside": outside}


@program
def constants_and_shapes(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 3], name="x")

    def body(i: Any, s: Any) -> Any:
        c = tf.constant([1.0, 2.0, 3.0])
        scale = tf.cast(tf.shape(s)[0], tf.float32)
        return i + 1, tf.reduce_mean(s * c, axis=1, keepdims=True) * s / scale + tf.reshape(s[:, 0], [-1, 1])

    _, y = tf.while_loop(lambda i, s: i < 2, body, [0, x])
    return both(tf, y, [x], [{x: [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]}])


@program
def several_calls(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    _, y, z = tf.while_loop(lambda i, *_: i < 3, lambda i, y, z: (i + 1, y * x, z + y), [0, x, x])
    return {
        "first": both(tf, y, [x], [{x: 2.0}]),
        "second": both(tf, z, [x], [{x: 2.0}]),
        "third": both(tf, [y, z], [x], [{x: 2.0}]),
    }


@program
def two_loops_in_a_row(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x), [0, x])
    _, z = tf.while_loop(lambda i, s: i < 2, lambda i, s: (i + 1, s * tf.sin(x)), [0, y])
    return both(tf, z + y, [x], [{x: 1.2}])


@program
def training_step(tf: Any) -> Any:
    w = tf.get_variable("w", initializer=[[0.5, -0.25], [1.0, 0.75]])
    x = tf.constant([[1.0, 2.0]], name="x")
    _, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w))), [0, x])
    loss = tf.reduce_sum(tf.square(h))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step])[0] for _ in range(4)]
    return {"losses": losses}


def _in_a_loop(tf: Any, step: Any, x: Any, feeds: list[Any], turns: int = 2) -> Any:
    """Returns what is compared of a loop that applies `step(i, state)`."""
    _, y = tf.while_loop(lambda i, _: i < turns, lambda i, s: (i + 1, step(i, s)), [0, x])
    return both(tf, tf.reduce_sum(y), [x], feeds)


@program
def slices_and_joins(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    feeds = [{x: [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]}]
    steps = {
        "slice": lambda i, s: s * s[i],
        "columns": lambda i, s: tf.concat([s[:, 1:], s[:, :1] * 2.0], 1),
        "split": lambda i, s: tf.concat(tf.split(s, 3, 1)[::-1], 1) * s,
        "stack": lambda i, s: tf.stack(tf.unstack(s, axis=1)[::-1], 1) * s,
        "gather": lambda i, s: s * tf.gather(s, [0, 1]) + tf.gather(s, i),
        "pad": lambda i, s: tf.pad(s, [[0, 0], [0, 1]])[:, 1:] + s,
        "transpose": lambda i, s: tf.transpose(tf.reshape(tf.transpose(s), [-1, tf.shape(s)[0]])) * s,
        "tile": lambda i, s: tf.reshape(tf.tile(tf.expand_dims(s, 1), [1, 2, 1]), [-1, 2, 3])[:, 0] * s,
        "where": lambda i, s: tf.where(s > 0.0, s * s, -s),
        "matmul": lambda i, s: tf.matmul(s, tf.matmul(s, s, transpose_a=True)) * 0.1,
        "cumsum": lambda i, s: tf.cumsum(s, 1) * s,
    }
    return {key: _in_a_loop(tf, step, x, feeds) for key, step in steps.items()}


@program
def reductions_and_losses(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    labels = tf.constant([0, 2], name="labels")
    feeds = [{x: [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]}]

    def dense(i: Any, s: Any) -> Any:
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(s, tf.ones([3, 3])), tf.constant([0.5, 0.0, -0.5])))

    steps = {
        "mean": lambda i, s: s - tf.reduce_mean(s, axis=0),
        "max": lambda i, s: s * tf.reduce_max(s, axis=1, keepdims=True),
        "prod": lambda i, s: s + tf.reduce_prod(s),
        "softmax": lambda i, s: tf.nn.softmax(s) * s,
        "logits": lambda i, s: (
            s * tf.expand_dims(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=s), 1)
        ),
        "entropy": lambda i, s: (
            s + tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(labels, 3), logits=s))
        ),
        "l2": lambda i, s: s * tf.nn.l2_loss(s),
        "norm": lambda i, s: s / (1.0 + tf.norm(s)),
        "dense": dense,
        "power": lambda i, s: tf.pow(tf.abs(s) + 0.5, 1.5) / (1.0 + tf.square(s)),
        "clip": lambda i, s: tf.clip_by_value(s * 2.0, -1.5, 1.5) + tf.minimum(s, 0.5),
        "broadcast": lambda i, s: s * tf.cast(i + 1, tf.float32) + s[:1] * s[:, :1],
    }
    return {key: _in_a_loop(tf, step, x, feeds) for key, step in steps.items()}


@program
def growing_states(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0]], name="x")
    made = tf.while_loop(
        lambda i, m: i < 3,
        lambda i, m: (i + 1, tf.concat([m, m[:1] * tf.reduce_sum(m)], 0)),
        [0, x],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])],
    )
    return {"rows": both(tf, tf.reduce_sum(made[1]), [x], [None])}


@program
def recurrent_cell(tf: Any) -> Any:
    """A cell with gates over time, as programs of TensorFlow 1 write it by hand."""
    inputs = tf.placeholder(tf.float32, [None, 3, 2], name="inputs")
    kernel = tf.get_variable("kernel", initializer=np.linspace(-0.5, 0.5, 32, dtype=np.float32).reshape(4, 8))
    bias = tf.get_variable("bias", initializer=np.zeros(8, np.float32))
    batch = tf.shape(inputs)[0]
    steps = tf.TensorArray(tf.float32, 3, name="steps").unstack(tf.transpose(inputs, [1, 0, 2]))
    outputs = tf.TensorArray(tf.float32, 3, name="outputs")

    def body(time: Any, c: Any, h: Any, outputs: Any) -> Any:
        gates = tf.nn.bias_add(tf.matmul(tf.concat([steps.read(time), h], 1), kernel), bias)
        i, j, f, o = tf.split(gates, 4, 1)
        c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        live = tf.less(time, 2)
        h = tf.cond(live, lambda: h, lambda: h * 0.5)
        return time + 1, c, h, outputs.write(time, h)

    zeros = tf.zeros([batch, 2])
    zeros.set_shape([None, 2])
    _, c, h, outputs = tf.while_loop(lambda time, *_: time < 3, body, [0, zeros, zeros, outputs], swap_memory=True)
    loss = tf.reduce_mean(tf.square(outputs.stack())) + tf.reduce_sum(h)
    optimizer = tf.train.AdamOptimizer(0.1)
    step = optimizer.minimize(loss)
    found = tf.gradients(loss, [inputs, kernel, bias])
    feed = {inputs: np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 3, 2)}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first = session.run([loss, c, found], feed)
        losses = [session.run([loss, step], feed)[0] for _ in range(4)]
    return {"first": first, "losses": losses}
