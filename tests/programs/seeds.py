"""The examples of TensorFlow's own pages on variables and variable scopes, each a program; the failing ones record the error."""

from __future__ import annotations

from typing import Any

from .tools import attempt, program

# ---- variable_scope


@program
def new_variable(tf: Any) -> Any:
    with tf.variable_scope("foo"), tf.variable_scope("bar"):
        v = tf.get_variable("v", [1])
        assert v.name == "foo/bar/v:0"
    return {"v": v}


@program
def sharing_with_auto_reuse(tf: Any) -> Any:
    def foo() -> Any:
        with tf.variable_scope("foo", reuse=tf.AUTO_REUSE):
            v = tf.get_variable("v", [1])
        return v

    v1 = foo()  # Creates v.
    v2 = foo()  # Gets the same, existing v.
    assert v1 == v2
    return {"v1": v1, "v2": v2, "same": v1 is v2}


@program
def sharing_with_reuse(tf: Any) -> Any:
    with tf.variable_scope("foo"):
        v = tf.get_variable("v", [1])
    with tf.variable_scope("foo", reuse=True):
        v1 = tf.get_variable("v", [1])
    assert v1 == v
    return {"v": v, "v1": v1}


@program
def sharing_with_a_captured_scope(tf: Any) -> Any:
    with tf.variable_scope("foo") as scope:
        v = tf.get_variable("v", [1])
        scope.reuse_variables()
        v1 = tf.get_variable("v", [1])
    assert v1 == v
    return {"v": v, "v1": v1, "reuse": scope.reuse}


@program
def sharing_by_accident(tf: Any) -> Any:
    with tf.variable_scope("foo"):
        tf.get_variable("v", [1])
        tf.get_variable("v", [1])


@program
def sharing_what_does_not_exist(tf: Any) -> Any:
    with tf.variable_scope("foo", reuse=True):
        tf.get_variable("v", [1])


@program
def reuse_is_inherited(tf: Any) -> Any:
    with tf.variable_scope("foo"), tf.variable_scope("bar"):
        v = tf.get_variable("v", [1])
    with tf.variable_scope("foo", reuse=True) as outer, tf.variable_scope("bar") as inner:
        v1 = tf.get_variable("v", [1])
    return {"same": v is v1, "reuse": [outer.reuse, inner.reuse]}


@program
def reuse_does_not_change_other_names(tf: Any) -> Any:
    made = []
    for reuse in (None, True):
        with tf.variable_scope("foo", reuse=reuse):
            v = tf.get_variable("v", [1])
            made += [tf.add(v, 1.0, name="add"), tf.multiply(v, 2.0, name="mult")]
    return {"made": made}


# ---- Variable


@program
def variable_like_a_tensor(tf: Any) -> Any:
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
    y = tf.matmul(w, tf.constant([[1.0, 0.0], [0.0, 1.0]]))
    z = tf.sigmoid(w + y)
    first = w.assign(w + 1.0)
    second = w.assign_add([[1.0, 1.0], [1.0, 1.0]])
    refused = attempt(w.assign_add, 1.0)
    with tf.Session() as sess:
        sess.run(w.initializer)
        values = [sess.run(z), sess.run(first), sess.run(second), sess.run(w)]
    return {"y": y, "z": z, "assign": [first, second], "refused": refused, "values": values}


@program
def initialize_one(tf: Any) -> Any:
    w = tf.Variable(3.0, name="w")
    with tf.Session() as sess:
        before = attempt(sess.run, w)
        sess.run(w.initializer)
        after = sess.run(w)
    return {"before": before, "after": after}


@program
def initialize_all(tf: Any) -> Any:
    w = tf.Variable(3.0, name="w")
    v = tf.Variable([1, 2], name="v")
    init_op = tf.initialize_all_variables()
    with tf.Session() as sess:
        sess.run(init_op)
        values = sess.run([w, v])
    return {"init": init_op.name, "values": values, "all": [each.name for each in tf.all_variables()]}


@program
def initial_value_from_another_variable(tf: Any) -> Any:
    tf.set_random_seed(1)
    v = tf.Variable(tf.truncated_normal([10, 40]))
    w = tf.Variable(v.initialized_value() * 2.0)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = sess.run([v, w])
    return {"values": values, "twice": bool((values[0] * 2 == values[1]).all())}


@program
def evaluate_a_variable(tf: Any) -> Any:
    v = tf.Variable([1, 2])
    init = tf.initialize_all_variables()
    before = attempt(v.eval)
    with tf.Session() as sess:
        sess.run(init)
        values = [v.eval(sess), v.eval()]
    return {"values": values, "without a session": before}


@program
def count_up_to(tf: Any) -> Any:
    v = tf.Variable(0, name="v")
    counter = v.count_up_to(2)
    with tf.Session() as sess:
        sess.run(v.initializer)
        values = [sess.run(counter), sess.run(counter), attempt(sess.run, counter), sess.run(v)]
    return {"counter": counter, "values": values}


@program
def scatter_sub(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0, 3.0], name="v")
    delta = tf.IndexedSlices(tf.constant([10.0, 20.0]), tf.constant([0, 2]))
    change = v.scatter_sub(delta)
    with tf.Session() as sess:
        sess.run(v.initializer)
        values = [sess.run(change), sess.run(v)]
    return {"change": change, "values": values}


@program
def properties_of_a_variable(tf: Any) -> Any:
    v = tf.Variable([[1.0, 2.0]], name="v")
    return {
        "name": v.name,
        "dtype": v.dtype,
        "is float32": v.dtype == tf.float32,
        "shape": v.get_shape(),
        "device": v.device,
        "initializer": v.initializer,
        "op": v.op,
        "initial": v.initial_value,
        "value": v.value(),
        "is graph": v.graph is tf.get_default_graph(),
        "repr": repr(v),
        "collections": [tf.trainable_variables(), tf.global_variables()],
    }


@program
def wrong_variables(tf: Any) -> Any:
    p = tf.placeholder(tf.float32)
    return {
        "no value": attempt(tf.Variable),
        "text collections": attempt(tf.Variable, 1.0, collections="x"),
        "unknown shape": attempt(tf.Variable, p),
        "not validated": attempt(tf.Variable, p, validate_shape=False),
        "uncalled": attempt(tf.Variable, tf.zeros_initializer()),
        "bad dtype": attempt(tf.Variable, 1.5, dtype=tf.int32),
        "own collections": attempt(tf.Variable, 1.0, collections=["x"]),
        "no collections": attempt(tf.Variable, 1.0, collections=[], name="none"),
        "not trainable": attempt(tf.Variable, 1.0, trainable=False),
        "callable": attempt(tf.Variable, lambda: tf.ones([2]), dtype=tf.float32),
        "bad name": attempt(tf.Variable, 1.0, name="a b"),
    }


# ---- VariableScope


@program
def variable_scope_object(tf: Any) -> Any:
    with tf.variable_scope("outer", initializer=tf.ones_initializer(), dtype=tf.float64) as scope:
        seen = [scope.name, scope.reuse, scope.dtype, scope.original_name_scope]
        v = tf.get_variable("v", [2])
        scope.set_initializer(tf.zeros_initializer())
        w = tf.get_variable("w", [2])
        scope.set_dtype(tf.int32)
        i = tf.get_variable("i", [2])
        found = [scope.global_variables(), scope.trainable_variables(), scope.local_variables()]
        found.append(scope.get_collection(tf.GraphKeys.GLOBAL_VARIABLES))
    root = tf.get_variable_scope()
    junk = tf.VariableScope("junk")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = sess.run([v, w, i])
    return {
        "seen": seen,
        "found": found,
        "root": [root.name, root.reuse, root.dtype, root.original_name_scope],
        "junk": [junk.reuse, junk.name, junk.dtype],
        "values": values,
    }
