"""Writing into parts of variables of both kinds: single places and slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import attempt, program, register, run


def _in_session(tf: Any, fetches: Any, feeds: Any = None) -> Any:
    """Returns what each fetch gives, one run after another."""
    with tf.Session() as session:
        early = attempt(session.run, fetches[0], feeds)
        session.run(tf.global_variables_initializer())
        return [early, *[attempt(session.run, each, feeds) for each in fetches]]


def _both_kinds(function: Any) -> Any:
    for kind, use_resource in (("ref", False), ("resource", True)):
        register(
            __name__,
            f"{function.__name__}_{kind}",
            lambda tf, use_resource=use_resource: function(
                tf,
                lambda name, value: tf.get_variable(
                    name, initializer=np.array(value, np.float32), use_resource=use_resource
                ),
            ),
        )
    return function


@_both_kinds
def places(tf: Any, variable: Any) -> Any:
    v = variable("v", np.zeros([4, 3]))
    flat = variable("flat", np.arange(8.0))
    deep = variable("deep", np.zeros([2, 2, 2]))
    made = [
        tf.scatter_nd_update(v, [[0], [3]], np.ones([2, 3], np.float32)),
        tf.scatter_nd_update(v, [[0, 1], [3, 2], [3, 2]], [5.0, 6.0, 7.0]),
        tf.scatter_nd_add(v, [[0, 0], [0, 0]], [1.0, 2.0]),
        tf.scatter_nd_sub(v, [[1], [1]], [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]], use_locking=True),
        tf.scatter_nd_add(flat, [[4], [3], [1], [7]], [9.0, 10.0, 11.0, 12.0]),
        tf.scatter_nd_update(deep, [[[0, 0], [1, 1]]], [[[1.0, 2.0], [3.0, 4.0]]]),
        tf.scatter_nd_update(deep, tf.constant([[1, 0, 1]], tf.int64), [8.0]),
        tf.scatter_nd_update(v, np.zeros([0, 1], np.int32), np.zeros([0, 3], np.float32)),
        v.scatter_nd_update([[2]], [[1.0, 2.0, 3.0]]),
        v.scatter_nd_add([[2, 2]], [1.0], name="method"),
        v.scatter_nd_sub([[2, 2]], [0.5]),
    ]
    return {"made": made, "values": _in_session(tf, made)}


@_both_kinds
def wrong_places(tf: Any, variable: Any) -> Any:
    v = variable("v", np.zeros([4, 3]))
    c = variable("c", 0.0)
    places, values = tf.placeholder(tf.int32), tf.placeholder(tf.float32)
    ones = lambda *sizes: np.ones(sizes, np.float32)  # noqa: E731
    wrong = [
        attempt(tf.scatter_nd_update, v, [[0], [1]], ones(3, 3)),
        attempt(tf.scatter_nd_update, v, [[0], [1]], ones(2, 2)),
        attempt(tf.scatter_nd_update, v, [0, 1], ones(2, 3)),
        attempt(tf.scatter_nd_update, v, [[0, 0, 0]], [1.0]),
        attempt(tf.scatter_nd_update, v, 3, 1.0),
        attempt(tf.scatter_nd_update, v, [[0]], 1.0),
        attempt(tf.scatter_nd_update, v, [[0]], [1.0]),
        attempt(tf.scatter_nd_update, v, [[0.5]], ones(1, 3)),
        attempt(tf.scatter_nd_update, v, [[0]], [["a", "b", "c"]]),
        attempt(tf.scatter_nd_update, c, [[0]], [1.0]),
        attempt(tf.scatter_nd_add, v, tf.placeholder(tf.int32, [None, 1]), ones(2, 2)),
        attempt(tf.scatter_nd_add, v, tf.placeholder(tf.int32, [2, None]), ones(2, 2)),
        attempt(tf.scatter_nd_add, v, tf.placeholder(tf.int32, [2, 2, 1]), ones(2)),
    ]
    update = tf.scatter_nd_update(v, places, values)
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for index, value in [
            ([[4]], ones(1, 3)),
            ([[0, 0], [2, 3]], ones(2)),
            ([[-1, 0]], ones(1)),
            ([[[0], [7]]], ones(1, 2, 3)),
            ([[0]], ones(1, 2)),
            ([[0]], ones(2, 3)),
            ([[0], [1]], ones(2, 3, 1)),
        ]:
            found.append(attempt(session.run, update, {places: index, values: value}))
    return {"wrong": wrong, "found": found}


@_both_kinds
def batches(tf: Any, variable: Any) -> Any:
    v = variable("v", np.zeros([2, 4, 2]))
    flat = variable("flat", np.zeros([4]))
    made = [
        tf.batch_scatter_update(v, [[0, 3], [1, 2]], np.arange(8.0, dtype=np.float32).reshape(2, 2, 2)),
        tf.batch_scatter_update(flat, tf.constant([3, 1], tf.int64), [5.0, 6.0], name="flat_update"),
        tf.batch_scatter_update(v, tf.constant([[0], [0]], tf.int64), np.ones([2, 1, 2], np.float32), name="wide"),
    ]
    wrong = attempt(tf.batch_scatter_update, v, tf.placeholder(tf.int32), 1.0)
    return {"made": made, "values": _in_session(tf, made), "wrong": wrong}


@_both_kinds
def slices(tf: Any, variable: Any) -> Any:
    v = variable("v", np.zeros([4, 3]))
    c = variable("c", 0.0)
    rows = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    index = tf.constant(2)
    made = [
        v[1:3].assign(rows[:2]),
        v[0].assign([1.0, 2.0, 3.0]),
        v[0, 0].assign(5.0),
        v[..., 0].assign(rows[:, 1]),
        v[::2, None].assign(rows[:2, None]),
        v[0:2].assign(1.0),
        v[0:2].assign(np.float32([[3.0, 4.0, 5.0]])),
        v[0:2].assign([3.0, 4.0, 6.0]),
        v[::-1].assign(rows),
        v[0:0].assign(np.zeros([0, 3], np.float32)),
        v[index, 1:].assign([7.0, 8.0]),
        v[index:].assign(rows[:2]),
        v[-1].assign([0.0, 0.0, 1.0], name="named"),
        c[...].assign(2.0),
        tf.strided_slice(v, [0], [1], [1], var=v, name="q").assign([[1.0, 2.0, 3.0]]),
        tf.strided_slice(v, [0], [1], [1], var=v).assign([[1.0, 2.0, 3.0]], name="mine"),
    ]
    with tf.name_scope("scope"):
        made.append(v[1].assign([9.0, 9.0, 9.0]))
        made.append(v[1].assign([8.0, 9.0, 9.0], name="inside"))
    return {"made": made, "values": _in_session(tf, made)}


@_both_kinds
def wrong_slices(tf: Any, variable: Any) -> Any:
    v = variable("v", np.zeros([4, 3]))
    c = variable("c", 0.0)
    index = tf.placeholder(tf.int32, [])
    wrong = [
        attempt(lambda: v[7].assign(1.0)),
        attempt(lambda: v[0:2].assign("text")),
        attempt(lambda: c[0].assign(1.0)),
        attempt(lambda: v[0][1].assign(1.0)),
        attempt(lambda: v.value()[0].assign(1.0)),
        attempt(lambda: tf.identity(v)[0].assign(1.0)),
        attempt(lambda: v[v > 0.0].assign(1.0)),
        attempt(lambda: tf.strided_slice(v, [0], [1], [1], var=v).assign([[1.0, 2.0, 3.0]])),
    ]
    made = [
        v[1:3].assign(np.ones([2, 2], np.float32)),
        v[0].assign([1.0, 2.0]),
        v[index].assign([1.0, 2.0, 3.0]),
        v[index, 0].assign([1.0, 2.0]),
        v[0].assign([[1.0, 2.0, 3.0]]),
        v[0:2].assign(np.ones([2, 2, 3], np.float32)),
        v[0, 0].assign([[4.0]]),
    ]
    return {"wrong": wrong, "values": _in_session(tf, made, {index: 7})}


@_both_kinds
def writes_after_writes(tf: Any, variable: Any) -> Any:
    v = variable("v", [1.0, 2.0, 3.0])
    last = v.assign_add([1.0, 1.0, 1.0])
    made = [attempt(lambda: last.scatter_nd_update([[0]], [9.0])), attempt(lambda: last[1:].assign([7.0, 7.0]))]
    made += [attempt(tf.scatter_nd_add, last, [[0]], [1.0]), attempt(lambda: last[0] + 1.0)]
    return {"made": made}


@program
def partial_writes(tf: Any) -> Any:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
    with tf.control_dependencies([v[0].assign([5.0, 6.0])]):
        after = v.read_value()
    with tf.control_dependencies([v.scatter_nd_sub([[1, 1]], [1.0])]):
        later = tf.identity(v)
    return {"values": [run(tf, after, init=True), run(tf, later, init=True)]}


@program
def places_read_from_handles(tf: Any) -> Any:
    v = tf.get_variable("v", initializer=np.arange(12.0, dtype=np.float32).reshape(4, 3), use_resource=True)
    open_shape = tf.Variable(
        tf.placeholder_with_default([[1.0], [2.0]], [None, 1]), validate_shape=False, use_resource=True
    )
    places = tf.placeholder(tf.int32, [None, 2])
    made = [
        v.gather_nd([[0, 1], [3, 2]]),
        tf.gather_nd(v, [[1], [1]], name="rows"),
        tf.gather_nd(v, places),
        tf.gather_nd(open_shape, tf.constant([[1, 0]], tf.int64)),
        v.sparse_read([2, 0], name="sparse"),
    ]
    slopes = [tf.gradients(each, variable) for each, variable in zip(made, [v, v, v, open_shape, v], strict=True)]
    wrong = [attempt(v.gather_nd, [[0, 1, 2]]), attempt(v.count_up_to, 3)]
    whole = tf.Variable([0], use_resource=True, name="whole")
    wrong += [attempt(whole.count_up_to, 3), attempt(tf.count_up_to, whole, 3)]
    feeds = {places: [[2, 2]]}
    dense = [[each.values if hasattr(each, "values") else each for each in pair] for pair in slopes]
    with tf.Session() as session:
        early = attempt(session.run, made[0])
        session.run(tf.global_variables_initializer())
        values = session.run([made, dense], feeds)
        late = attempt(session.run, made[2], {places: [[4, 0]]})
    return {"made": made, "slopes": slopes, "wrong": wrong, "early": early, "values": values, "late": late}
