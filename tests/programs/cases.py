"""`tf.case`, and the constraints that optimizers apply."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from .tools import attempt, program, run


def _pairs(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    small, large = tf.less(x, 1.0, name="small"), tf.greater(x, 3.0, name="large")
    return x, [(small, lambda: x * 10.0), (large, lambda: tf.constant(-1.0))]


def _values(tf: Any, x: Any, made: Any) -> Any:
    return [run(tf, made, {x: value}, init=True) for value in (0.0, 2.0, 5.0)]


@program
def first_true_branch(tf: Any) -> Any:
    x, pairs = _pairs(tf)
    made = tf.case(pairs, default=lambda: x + 0.5)
    return {"made": made, "values": _values(tf, x, made)}


@program
def without_default(tf: Any) -> Any:
    x, pairs = _pairs(tf)
    made = tf.case(pairs, name="choice")
    return {"made": made, "values": [run(tf, made, {x: value}) for value in (0.0, 5.0)]}


@program
def only_one_may_be_true(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    pairs = [(tf.less(x, 3.0), lambda: tf.constant(1.0)), (tf.less(x, 1.0), lambda: tf.constant(2.0))]
    with tf.name_scope("scope"):
        made = tf.case(pairs, default=lambda: x, exclusive=True)
    return {"made": made, "values": [run(tf, made, {x: value}) for value in (2.0, 5.0)]}


@program
def dictionaries(tf: Any) -> Any:
    x, pairs = _pairs(tf)
    made = [tf.case(dict(reversed(pairs)), lambda: x, exclusive=True)]
    made.append(tf.case(collections.OrderedDict(pairs), lambda: x))
    return {"made": made, "values": _values(tf, x, made)}


@program
def structures(tf: Any) -> Any:
    x, pairs = _pairs(tf)
    v = tf.Variable(1.0, name="v")
    pairs = [(predicate, lambda: [x, v.assign_add(1.0)]) for predicate, _ in pairs]
    made = tf.case(pairs[:1], default=lambda: [x * 2.0, v + 0.0])
    single = tf.case(pairs[1:], default=lambda: [x * 3.0, v + 0.0], strict=True)
    return {"made": [made, single], "values": [run(tf, made, {x: value}, init=True) for value in (0.0, 2.0)]}


@program
def wrong_cases(tf: Any) -> Any:
    yes = tf.constant(True, name="yes")
    wrong = [
        attempt(tf.case, 3),
        attempt(tf.case, [yes]),
        attempt(tf.case, [(yes, lambda: yes, 3)]),
        attempt(tf.case, [(True, lambda: yes)]),
        attempt(tf.case, [(tf.constant(1), lambda: yes)]),
        attempt(tf.case, [(yes, 3)]),
        attempt(tf.case, []),
        attempt(tf.case, [(yes, lambda: yes)], default=3),
        attempt(tf.case, [(yes, lambda: yes)]),
    ]
    return {"wrong": wrong}


@program
def constraints_after_updates(tf: Any) -> Any:
    found = []
    positive = lambda w: tf.nn.relu(w)  # noqa: E731
    for number, use_resource in enumerate((False, True)):
        with tf.variable_scope(f"s{number}", use_resource=use_resource):
            w = tf.get_variable("w", initializer=[1.0, -0.5], constraint=positive)
            free = tf.get_variable("free", initializer=[1.0, -0.5])
            made = tf.Variable([3.0, 1.0], name="made", constraint=lambda v: tf.clip_by_value(v, 0.0, 2.0))
        loss = tf.reduce_sum(w * 2.0 + free) + tf.reduce_sum(made)
        optimizers = [
            tf.train.GradientDescentOptimizer(0.3),
            tf.train.MomentumOptimizer(0.1, 0.9),
            tf.train.AdamOptimizer(0.1),
        ]
        for optimizer in optimizers:
            step = optimizer.minimize(loss, var_list=[w, free, made])
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                session.run(step)
                session.run(step)
                found.append([step, *session.run([w, free, made])])
    return {"found": found}


@program
def constraints_that_do_not_fit(tf: Any) -> Any:
    wrong = []
    for number, use_resource in enumerate((False, True)):
        table = tf.get_variable(
            f"table{number}", initializer=np.ones([4, 2], np.float32), constraint=tf.nn.relu, use_resource=use_resource
        )
        rows = tf.nn.embedding_lookup(table, [1, 3])
        wrong.append(attempt(tf.train.GradientDescentOptimizer(0.1).minimize, tf.reduce_sum(rows), var_list=[table]))
        shrunk = tf.get_variable(
            f"shrunk{number}", initializer=[1.0, 2.0], constraint=lambda w: w[:1], use_resource=use_resource
        )
        wrong.append(attempt(tf.train.GradientDescentOptimizer(0.1).minimize, tf.reduce_sum(shrunk), var_list=[shrunk]))
        raising = tf.get_variable(
            f"raising{number}", initializer=[1.0, 2.0], constraint=lambda w: None, use_resource=use_resource
        )
        wrong.append(
            attempt(tf.train.GradientDescentOptimizer(0.1).minimize, tf.reduce_sum(raising), var_list=[raising])
        )
    return {"wrong": wrong}
