"""Conditionals: the nodes of both branches, gradients through them, values that one branch alone needs."""

from __future__ import annotations

from typing import Any

from .tools import attempt, program, run


@program
def branches(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.constant([1.0, 2.0], name="y")
    z = tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: y - x)
    pair = tf.cond(tf.constant(True), lambda: (x, y), lambda: (y, x))
    return {
        "made": [z, pair],
        "values": [run(tf, [z, pair], {x: [1.0, 2.0]}), run(tf, [z, pair], {x: [-1.0, -2.0]})],
    }


@program
def gradients_through_branches(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.constant([1.0, 2.0], name="y")
    z = tf.cond(tf.reduce_sum(x) > 0, lambda: x * y, lambda: y - tf.square(x))
    found = tf.gradients(z, [x, y])
    return {"found": found, "values": [run(tf, found, {x: [1.0, 2.0]}), run(tf, found, {x: [-1.0, -2.0]})]}


@program
def one_inside_another(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")

    def positive() -> Any:
        return tf.cond(x > 10.0, lambda: x / 10.0, lambda: x + 1.0)

    z = tf.cond(x > 0.0, positive, lambda: -x)
    slope = tf.gradients(z, x)
    return {"z": z, "values": [run(tf, [z, slope], {x: value}) for value in (20.0, 3.0, -4.0)]}


@program
def writes_in_a_branch(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    p = tf.placeholder(tf.bool, [], name="p")
    z = tf.cond(p, lambda: v.assign_add(10.0), lambda: v.assign_sub(1.0))
    with tf.Session() as session:
        session.run(v.initializer)
        values = [session.run(z, {p: value}) for value in (True, False, False, True)]
    return {"z": z, "values": values}


@program
def under_other_scopes(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    with tf.name_scope("s"), tf.control_dependencies([a]), tf.device("/cpu:0"):
        z = tf.cond(a > 0.0, lambda: tf.constant(3.0), lambda: a * 2.0, name="chosen")
    return {"z": z, "values": run(tf, z)}


@program
def refused(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    p = tf.constant(True)
    return {
        "no function": attempt(tf.cond, p, 1.0, lambda: a),
        "different dtypes": attempt(tf.cond, p, lambda: a, lambda: tf.constant(1)),
        "different structures": attempt(tf.cond, p, lambda: (a, a), lambda: a),
        "python bool": attempt(tf.cond, True, lambda: a, lambda: a),
        "not a bool": attempt(tf.cond, a, lambda: a, lambda: a),
        "fetched inside": None,
    }


def _rows_of_branches(tf: Any, use_resource: bool, branches: Any) -> Any:
    """Trains a variable of which branches read rows: its gradient stays slices."""
    first = tf.constant([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])
    v = tf.get_variable("v", initializer=first, use_resource=use_resource)
    p = tf.placeholder_with_default(True, [], name="p")
    z = tf.cond(p, *branches(v))
    (found,) = tf.gradients(tf.reduce_sum(z * z), [v])
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(z))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = [session.run(found, {p: value}) for value in (True, False)]
        trained = []
        for value in (True, False):
            session.run(step, {p: value})
            trained.append(session.run(v))
    return {"found": found, "values": values, "trained": trained}


@program
def rows_in_both_branches(tf: Any) -> Any:
    return _rows_of_branches(
        tf, False, lambda v: (lambda: tf.gather(v, [0, 2, 0]), lambda: tf.gather(v, [1, 1, 3]) * 2.0)
    )


@program
def rows_of_a_resource_in_both_branches(tf: Any) -> Any:
    return _rows_of_branches(
        tf, True, lambda v: (lambda: tf.gather(v, [0, 2, 0]), lambda: tf.gather(v, [1, 1, 3]) * 2.0)
    )


@program
def rows_in_one_branch(tf: Any) -> Any:
    return _rows_of_branches(tf, False, lambda v: (lambda: tf.gather(v, [0, 2, 0]), lambda: tf.ones([3, 2])))


@program
def rows_of_a_resource_in_one_branch(tf: Any) -> Any:
    return _rows_of_branches(tf, True, lambda v: (lambda: tf.gather(v, [0, 2, 0]), lambda: tf.ones([3, 2])))


@program
def rows_and_the_whole(tf: Any) -> Any:
    return _rows_of_branches(tf, False, lambda v: (lambda: tf.gather(v, [0, 2, 0]), lambda: v[:3] * 2.0))
