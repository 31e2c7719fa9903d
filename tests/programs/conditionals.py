"""Conditionals: the nodes of both branches, gradients through them, values that one branch alone needs."""

from __future__ import annotations

import collections
from typing import Any

from .tools import attempt, program, run

Pair = collections.namedtuple("Pair", "first second")


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


@program
def structures(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    p = tf.placeholder(tf.bool, [], name="p")

    def one() -> Any:
        return {"b": [x, (x * 2.0,)], "a": Pair(tf.constant(1), x)}

    def other() -> Any:
        return {"a": Pair(2, x + 1.0), "b": [x * x, (tf.constant(0.5),)]}

    made = tf.cond(p, one, other)
    single = tf.cond(p, lambda: [x], lambda: (x,))
    kept = tf.cond(p, lambda: [x], lambda: [2.0], strict=True)
    ops = tf.cond(p, tf.no_op, tf.no_op)
    mixed = tf.cond(p, lambda: (x, tf.no_op()), lambda: (x, tf.no_op()))
    old = tf.cond(p, fn1=lambda: 1, fn2=lambda: 2)
    return {
        "made": made,
        "single": single,
        "kept": kept,
        "ops": ops,
        "mixed": mixed,
        "old": old,
        "values": [run(tf, [made, single, kept, mixed, old], {x: 3.0, p: value}) for value in (True, False)],
    }


@program
def resource_variables(tf: Any) -> Any:
    p = tf.placeholder(tf.bool, [], name="p")
    v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
    table = tf.get_variable("table", initializer=[[1.0, 2.0], [3.0, 4.0]], use_resource=True)
    y = tf.cond(p, lambda: v * v, lambda: tf.zeros([2]))
    z = tf.cond(p, lambda: tf.gather(table, [0]), lambda: tf.gather(table, [1]) * 2.0)
    some = tf.cond(p, lambda: tf.gather(table, [1, 1]), lambda: tf.zeros([2, 2]))
    read = tf.cond(p, lambda: v, lambda: v)
    slopes = [tf.gradients(y, v), tf.gradients(z, table), tf.gradients(some, table), tf.gradients(read, v)]
    change = tf.cond(p, lambda: v.assign_add([1.0, 1.0]), lambda: v.assign_sub([1.0, 1.0]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = [session.run([y, z, some, read, slopes], {p: value}) for value in (True, False)]
        changed = [session.run(change, {p: value}) for value in (True, False, False)]
    return {"slopes": slopes, "values": values, "changed": changed}


@program
def slices(tf: Any) -> Any:
    p = tf.placeholder(tf.bool, [], name="p")
    table = tf.get_variable("table", initializer=[[1.0, 2.0], [3.0, 4.0]])
    open_table = tf.placeholder(tf.float32, [None, 2], name="open")
    y = tf.cond(p, lambda: tf.gather(table, [0, 0]), lambda: table * 2.0)
    z = tf.cond(p, lambda: tf.reduce_sum(tf.gather(open_table, [1])), lambda: tf.constant(0.0))
    slopes = [tf.gradients(y, table), tf.gradients(z, open_table)]
    feeds = [{p: value, open_table: [[1.0, 2.0], [3.0, 4.0]]} for value in (True, False)]
    return {"slopes": slopes, "values": [run(tf, slopes, feed, init=True) for feed in feeds]}


@program
def second_order(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.cond(x > 0.0, lambda: x * x * x, lambda: tf.sin(x))
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    third = tf.gradients(second, x)[0]
    return {"values": [run(tf, [y, first, second, third], {x: value}) for value in (2.0, -1.0)]}


@program
def references(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    p = tf.placeholder(tf.bool, [], name="p")
    gated = tf.tuple([v.assign_add(1.0), tf.constant(2.0), tf.no_op(), None])
    chosen = tf.cond(p, lambda: v, lambda: v + 1.0)
    with tf.control_dependencies([v.assign(3.0)]):
        later = tf.cond(p, lambda: tf.group(v.assign_add(1.0)), lambda: tf.no_op())
    with tf.Session() as session:
        session.run(v.initializer)
        values = [session.run([gated[0], gated[1]]), session.run(chosen, {p: True}), session.run(chosen, {p: False})]
        session.run(later, {p: True})
        values.append(session.run(v))
    return {"gated": gated, "chosen": chosen, "values": values}


@program
def fetched_from_a_branch(tf: Any) -> Any:
    p = tf.placeholder(tf.bool, [], name="p")
    inside: list[Any] = []

    def branch() -> Any:
        inside.append(tf.constant(2.0) * 3.0)
        return inside[0]

    y = tf.cond(p, branch, lambda: tf.constant(1.0))
    outside = inside[0] + 1.0
    values = [
        run(tf, inside[0], {p: True}),
        run(tf, outside, {p: True}),
        run(tf, outside, {p: False}),
        run(tf, y, {inside[0]: 5.0, p: True}),
    ]
    graph = tf.get_default_graph()
    return {"values": values, "fetchable": [graph.is_fetchable(op) for op in graph.get_operations()]}
