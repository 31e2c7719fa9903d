"""Variable scopes in depth: the algebra of reuse flags, names, captured scopes, what is inherited, wrong use, leftovers."""

from __future__ import annotations

import threading
from typing import Any

from .tools import attempt, program, run


def _flag(tf: Any, reuse: Any) -> str:
    return "AUTO_REUSE" if reuse is tf.AUTO_REUSE else str(reuse)


def _state(tf: Any, scope: Any) -> list[Any]:
    """Returns what a scope says of itself."""
    dtype = scope.dtype if isinstance(scope.dtype, str) else tf.as_dtype(scope.dtype)
    given = [
        getattr(scope, key) is not None
        for key in ("initializer", "regularizer", "caching_device", "partitioner", "custom_getter", "constraint")
    ]
    return [scope.name, _flag(tf, scope.reuse), scope.original_name_scope, dtype, scope.use_resource, *given]


def _inside(tf: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """Opens a scope; returns its state and the name of an operation inside."""
    with tf.variable_scope(*args, **kwargs) as scope:
        return [*_state(tf, scope), tf.constant(1).name]


@program
def algebra_of_reuse(tf: Any) -> Any:
    found = []
    choices = [None, False, True, tf.AUTO_REUSE]
    for outer in choices:
        for inner in choices:
            with tf.variable_scope("o", reuse=outer) as a, tf.variable_scope("i", reuse=inner) as b:
                found.append([_flag(tf, each) for each in (outer, inner, a.reuse, b.reuse)])
            with tf.variable_scope(b, reuse=outer) as c:
                found.append([_flag(tf, c.reuse), _flag(tf, b.reuse)])
            b.reuse_variables()
            with tf.variable_scope(b, reuse=inner) as d:
                found.append(_flag(tf, d.reuse))
    return {"found": found}


@program
def names_of_scopes(tf: Any) -> Any:
    found = [_inside(tf, None, "d") for _ in range(3)]
    with tf.variable_scope("p") as p:
        found += [_inside(tf, None, "d"), _inside(tf, None, "d"), _inside(tf, "d"), _inside(tf, None, "d")]
    with tf.variable_scope("p"):
        found += [_inside(tf, None, "d"), _inside(tf, None, "d_1")]
    with tf.variable_scope(p):
        found += [_inside(tf, None, "d"), _inside(tf, None, "d")]
    with tf.variable_scope(p):
        found.append(_inside(tf, None, "d"))
    with tf.variable_scope("q"):
        found += [_inside(tf, p), _inside(tf, ""), _inside(tf, "x/y")]
        found.append(_inside(tf, "z", auxiliary_name_scope=False))
        found.append(_inside(tf, None, "z", auxiliary_name_scope=False))
    found.append(_inside(tf, "z", auxiliary_name_scope=False))
    found.append(_inside(tf, p, auxiliary_name_scope=False))
    with tf.name_scope("n"):
        found += [_inside(tf, p), _inside(tf, "m")]
    return {"found": found}


@program
def the_same_context_twice(tf: Any) -> Any:
    context = tf.variable_scope("again", reuse=tf.AUTO_REUSE)
    found = []
    for _ in range(2):
        with context as scope:
            found += [_state(tf, scope), tf.constant(1).name, tf.get_variable("v", [1])]
    unnamed = tf.variable_scope(None, "default")
    for _ in range(2):
        with unnamed as scope:
            found += [_state(tf, scope), tf.constant(1).name]
    return {"found": found}


@program
def the_root_scope(tf: Any) -> Any:
    root = tf.get_variable_scope()
    found = [_state(tf, root)]
    with tf.variable_scope("foo"), tf.variable_scope(root) as scope:
        found += [_state(tf, scope), tf.constant(1).name, tf.get_variable("v", [1])]
    root.reuse_variables()
    found += [
        _state(tf, tf.get_variable_scope()),
        attempt(tf.get_variable, "v", [1]),
        attempt(tf.get_variable, "w", [1]),
    ]
    with tf.variable_scope("foo") as scope:
        found.append(_state(tf, scope))
    return {"found": found}


@program
def setters(tf: Any) -> Any:
    with tf.variable_scope("s") as scope:
        scope.set_dtype(tf.float64)
        scope.set_initializer(tf.ones_initializer())
        scope.set_regularizer(lambda v: tf.reduce_sum(v))
        scope.set_caching_device("/cpu:0")
        scope.set_use_resource(False)
        scope.set_custom_getter(lambda getter, name, *args, **kwargs: getter(name + "_x", *args, **kwargs))
        first = tf.get_variable("v", [2])
        with tf.variable_scope("inner") as inner:
            states = [_state(tf, scope), _state(tf, inner)]
            second = tf.get_variable("v", [2])
        scope.set_dtype("float32")
        third = tf.get_variable("text_dtype", [1])
    with tf.variable_scope(scope) as again:
        states.append(_state(tf, again))
    return {"made": [first, second, third], "states": states, "raw": scope.dtype}


@program
def what_is_not_inherited(tf: Any) -> Any:
    def project(v: Any) -> Any:
        return v

    with tf.variable_scope("c", constraint=project, dtype=tf.float64) as outer:
        with tf.variable_scope("i") as inner:
            v = tf.get_variable("v", [1])
        w = tf.get_variable("w", [1])
    with tf.variable_scope(outer) as again:
        u = tf.get_variable("u", [1])
    kept = [each.constraint is project for each in (outer, inner, again, v, w, u)]
    return {"kept": kept, "states": [_state(tf, each) for each in (outer, inner, again)]}


@program
def nested_getters(tf: Any) -> Any:
    calls = []

    def add(suffix: str) -> Any:
        def getter(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            calls.append([suffix, name, sorted(kwargs)])
            return getter(name + suffix, *args, **kwargs)

        return getter

    with tf.variable_scope("a", custom_getter=add("_1")) as a:
        first = tf.get_variable("v", [1])
        with tf.variable_scope("b", custom_getter=add("_2")):
            second = tf.get_variable("v", [1])
            third = tf.get_variable("w", [1], custom_getter=add("_3"))
    with tf.variable_scope(a, custom_getter=add("_4")):
        fourth = tf.get_variable("u", [1])
    with tf.variable_scope("c", custom_getter=lambda getter, *args, **kwargs: tf.constant(5.0)):
        other = tf.get_variable("t", [1])
    twice = []

    def both(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        twice.append(getter(name + "_m", *args, **kwargs))
        return twice[0] * getter(name + "_s", *args, **kwargs)

    product = tf.get_variable("p", [1], custom_getter=both)
    return {"calls": calls, "made": [first, second, third, fourth, other, product, *twice]}


@program
def values_of_one_graph(tf: Any) -> Any:
    with tf.Graph().as_default() as other:
        t = tf.constant(1.0)
    with tf.variable_scope("in_other", values=[t]):
        there = [tf.get_default_graph() is other, tf.get_variable("v", [1]).graph is other]
    with tf.variable_scope(None, "default", [t]) as scope:
        there.append(scope.name)
    return {
        "there": there,
        "mixed": attempt(lambda: tf.variable_scope("x", values=[t, tf.constant(1)])),
        "no list": attempt(lambda: tf.variable_scope("x", values=3)),
        "other": [op.name for op in other.get_operations()],
    }


@program
def wrong_arguments(tf: Any) -> Any:
    makes = [
        lambda: tf.variable_scope(None),
        lambda: tf.variable_scope("a", reuse="x"),
        lambda: tf.variable_scope("a", reuse=1),
        lambda: tf.variable_scope("a", auxiliary_name_scope=1),
    ]
    enters = [
        lambda: _inside(tf, 3),
        lambda: _inside(tf, "a b"),
        lambda: _inside(tf, "bad#"),
        lambda: _inside(tf, None, "d", reuse=True),
        lambda: _inside(tf, None, "d", reuse=tf.AUTO_REUSE),
        lambda: _inside(tf, "a/"),
    ]
    found = [attempt(each) for each in (*makes, *enters)]
    found.append([tf.get_variable_scope().name, tf.get_default_graph().get_name_scope()])
    with tf.variable_scope("g", custom_getter=3):
        found.append(attempt(tf.get_variable, "v", [1]))
    with tf.variable_scope("p", partitioner=3):
        found.append(attempt(tf.get_variable, "v", [1]))
        found.append(attempt(tf.get_variable, "v", []))
    with tf.variable_scope("t", dtype="nonsense"):
        found.append(attempt(tf.get_variable, "v", [1]))
    return {"found": found}


@program
def exits_in_the_wrong_order(tf: Any) -> Any:
    first, second = tf.variable_scope("first"), tf.variable_scope("second")
    first.__enter__()
    second.__enter__()
    found = [attempt(first.__exit__, None, None, None), tf.get_variable_scope().name]
    second.__exit__(None, None, None)
    return {"found": [*found, tf.get_variable_scope().name]}


@program
def an_error_inside(tf: Any) -> Any:
    def broken() -> None:
        with tf.variable_scope("outer"), tf.variable_scope("inner", reuse=True):
            raise KeyError("mine")

    found = attempt(broken)
    return {
        "found": [found, tf.get_variable_scope().name, tf.get_default_graph().get_name_scope(), _inside(tf, "outer")]
    }


@program
def threads(tf: Any) -> Any:
    graph = tf.get_default_graph()
    found = []
    with tf.variable_scope("p") as captured:
        tf.get_variable("v", [1])

    def work() -> None:
        with graph.as_default():
            found.append(repr(tf.get_variable_scope().name))
            with tf.variable_scope(captured):
                found.append(tf.get_variable("w", [1]))
                found.append(attempt(tf.get_variable, "v", [1]))
            found.append(_inside(tf, None, "main"))

    with tf.variable_scope("main"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        found.append(tf.get_variable("after", [1]))
    return {"found": found}


@program
def another_graph(tf: Any) -> Any:
    with tf.variable_scope("s", initializer=tf.ones_initializer(), reuse=tf.AUTO_REUSE) as scope:
        tf.get_variable("v", [1])
    with tf.Graph().as_default() as other:
        with tf.variable_scope(scope) as again:
            v = tf.get_variable("v", [1])
            state = _state(tf, again)
        return {"found": [state, v, v.graph is other, [op.name for op in other.get_operations()]]}


@program
def collections_of_scopes(tf: Any) -> Any:
    for name in ("a.b", "axb", "a", "ab"):
        with tf.variable_scope(name):
            tf.get_variable("v", [1])
            tf.get_variable("w", [1], trainable=False)
            tf.get_local_variable("l", [1])
            tf.get_variable("c", [1], collections=["mine"])
    found = []
    for name in ("a.b", "a", "ab"):
        with tf.variable_scope(name) as scope:
            found.append([scope.global_variables(), scope.trainable_variables(), scope.local_variables()])
            found.append(scope.get_collection("mine"))
    root = tf.get_variable_scope()
    return {"found": [*found, root.global_variables(), tf.global_variables("a"), tf.trainable_variables("ab/")]}


@program
def the_object_itself(tf: Any) -> Any:
    tf.get_variable("first", [1])
    store = tf.get_collection(("__variable_store",))[0]
    scope = tf.VariableScope(None, name="made", initializer=tf.ones_initializer())
    found = [_state(tf, scope), _state(tf, tf.VariableScope("junk", "n", dtype=tf.int32))]
    for reuse in (None, True, False, tf.AUTO_REUSE):
        found.append(attempt(scope.get_variable, store, "v", [1], reuse=reuse))
    found.append(attempt(tf.get_variable, "x", [1], None, None, None, True, None, None, None, True, None, None))
    with tf.variable_scope(scope) as entered:
        found += [_state(tf, entered), tf.get_variable("w", [1])]
    return {"found": found}


@program
def initializers_of_every_kind(tf: Any) -> Any:
    def full(shape: Any, dtype: Any) -> Any:
        return tf.ones(shape, dtype)

    def informed(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return tf.ones(shape, dtype)

    def broken(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        tf.constant(1, name="inner")
        raise KeyError("mine")

    made = [
        attempt(tf.get_variable, "class", [2], initializer=tf.ones_initializer),
        attempt(tf.get_variable, "function", [2], initializer=full),
        attempt(tf.get_variable, "informed", [2], initializer=informed),
        attempt(tf.get_variable, "no_arguments", initializer=lambda: tf.ones([2])),
        attempt(tf.get_variable, "no_arguments_but_shape", [2], initializer=lambda: tf.ones([2])),
        attempt(tf.get_variable, "value", initializer=3.0),
        attempt(tf.get_variable, "list", initializer=[1.0, 2.0]),
        attempt(tf.get_variable, "tensor", initializer=tf.ones([2])),
        attempt(tf.get_variable, "value_and_shape", [2], initializer=3.0),
        attempt(tf.get_variable, "value_and_dtype", dtype=tf.int32, initializer=3.0),
        attempt(tf.get_variable, "partial", [None, 2]),
        attempt(tf.get_variable, "partial_with_class", [None, 2], initializer=tf.zeros_initializer()),
        attempt(tf.get_variable, "no_shape"),
        attempt(tf.get_variable, "complex", [1], dtype=tf.complex64),
        attempt(tf.get_variable, "string", [1], dtype=tf.string),
        attempt(tf.get_variable, "bool", [1], dtype=tf.bool),
        attempt(tf.get_variable, "int", [1], dtype=tf.int64),
        attempt(tf.get_variable, "broken", [1], initializer=broken),
        attempt(tf.get_variable, "broken", [1]),
        attempt(tf.get_variable, "broken", [1]),
        attempt(tf.get_variable, ""),
        attempt(tf.get_variable, "a b", [1]),
        attempt(tf.get_variable, "sync", [1], synchronization=9),
        attempt(tf.get_variable, "aggregation", [1], aggregation=9),
        attempt(tf.get_variable, "on_read", [1], synchronization=tf.VariableSynchronization.ON_READ),
        attempt(tf.get_variable, "constraint", [1], constraint=3),
        attempt(tf.get_variable, "collections", [1], collections="x"),
        attempt(tf.get_variable, "no_collections", [1], collections=[]),
        attempt(tf.get_variable, "cached", [1], caching_device="/cpu:0"),
        attempt(tf.get_variable, "cached_by_function", [1], caching_device=lambda op: "/cpu:0"),
        attempt(tf.get_variable, "reuse", [1], reuse=True),
    ]
    return {"made": made, "values": run(tf, [made[0], made[1], made[4 - 1], made[6]], init=True)}


@program
def penalties(tf: Any) -> Any:
    def square(v: Any) -> Any:
        return tf.reduce_sum(v * v)

    with tf.variable_scope("r", regularizer=square, initializer=tf.ones_initializer()) as scope:
        tf.get_variable("v", [2])
        tf.get_variable("none", [2], regularizer=tf.no_regularizer)
        tf.get_variable("nothing", [2], regularizer=lambda v: None)
    with tf.variable_scope(scope, reuse=True):
        tf.get_variable("v", [2])
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    total = tf.add_n(losses)
    more = losses[0] * 2.0
    return {"count": len(losses), "values": run(tf, [total, more], init=True)}


@program
def resource_variables_by_default(tf: Any) -> Any:
    tf.enable_resource_variables()
    try:
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
        w = tf.Variable([1.0, 2.0], name="w")
        with tf.variable_scope("s", use_resource=False):
            u = tf.get_variable("u", [1])
        made = [v + 1.0, w[0], w.assign_add([1.0, 1.0]), tf.assign(w, [5.0, 6.0]), w.read_value(), v.is_initialized()]
        found = [type(each).__name__ for each in (v, w, u)]
        wrong = [attempt(w.assign, [1.0]), attempt(tf.get_variable, "v", [2])]
    finally:
        tf.disable_resource_variables()
    return {"kinds": found, "made": made, "wrong": wrong, "values": run(tf, made[:2], init=True)}


@program
def slots_and_scopes(tf: Any) -> Any:
    with tf.variable_scope("model"):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(w * w)
    found = []
    with tf.variable_scope("train"):
        optimizer = tf.train.AdamOptimizer(0.1)
        found.append(optimizer.minimize(loss))
        found += [optimizer.get_slot(w, "m"), optimizer.get_slot(w, "nothing"), optimizer.get_slot_names()]
        found.append(optimizer.variables())
    with tf.variable_scope("find", reuse=True):
        found.append(attempt(tf.train.MomentumOptimizer(0.1, 0.9).minimize, loss))
    with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
        found.append(tf.train.AdagradOptimizer(0.1).minimize(loss))
    return {"found": found}
