"""Variables that are cut into parts: how they are made and shared, which cuts are refused, what optimizers and slots make of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import attempt, program, run


def _parts(variable: Any) -> Any:
    """Returns names, shapes and places of the parts."""
    if not hasattr(variable, "_get_variable_list"):
        return variable
    return [variable.name, variable.shape, [[v.name, v.shape, v._get_save_slice_info().spec] for v in variable]]


def _get(tf: Any, *args: Any, **kwargs: Any) -> Any:
    found = attempt(tf.get_variable, *args, **kwargs)
    return _parts(found)


@program
def kinds_of_parts(tf: Any) -> Any:
    fixed = tf.fixed_size_partitioner
    return {
        "rows": _get(tf, "rows", [5, 3], partitioner=fixed(2)),
        "columns": _get(tf, "columns", [5, 3], partitioner=fixed(3, axis=1)),
        "more than rows": _get(tf, "few", [2], partitioner=fixed(7)),
        "scalar": _get(tf, "scalar", [], partitioner=fixed(2)),
        "one": _get(tf, "one", [4], partitioner=fixed(1)),
        "tensor": _get(tf, "tensor", initializer=tf.ones([4, 2]), partitioner=fixed(2)),
        "value": _get(tf, "value", [2, 2], initializer=[[1.0, 2.0], [3.0, 4.0]], partitioner=fixed(2)),
        "value without shape": _get(tf, "bare", initializer=[[1.0], [3.0]], partitioner=fixed(2)),
        "integers": _get(tf, "integers", [6, 4], tf.int32, partitioner=fixed(4)),
        "resource": _get(tf, "resource", [5, 3], partitioner=fixed(2), use_resource=True),
        "identity": _get(tf, "eye", [4, 4], initializer=tf.initializers.identity(), partitioner=fixed(2)),
        "scaling": _get(
            tf, "scaled", [4, 4], initializer=tf.uniform_unit_scaling_initializer(seed=1), partitioner=fixed(2)
        ),
    }


@program
def sharing(tf: Any) -> Any:
    fixed = tf.fixed_size_partitioner
    found = []
    with tf.variable_scope("s", partitioner=fixed(2)) as scope:
        found += [_get(tf, "v", [4, 2]), _get(tf, "v", [4, 2]), _get(tf, "scalar", [])]
        found.append(_get(tf, "penalty", [4], regularizer=lambda w: tf.reduce_sum(w)))
    with tf.variable_scope(scope, reuse=True):
        found += [_get(tf, "v", [4, 2]), _get(tf, "v"), _get(tf, "v", [4, 2], partitioner=fixed(3))]
        found += [_get(tf, "v", [4, 3]), _get(tf, "v", [4, 2], tf.float64), _get(tf, "missing", [4, 2])]
    with tf.variable_scope("s", reuse=True):
        found += [_get(tf, "v"), _get(tf, "v/part_0"), _get(tf, "v", [4, 2])]
    with tf.variable_scope("s"):
        found += [_get(tf, "v", [4, 2]), _get(tf, "v/part_0", [2, 2])]
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
        found += [_get(tf, "v", [4, 2]), _get(tf, "new", [4, 2])]
    return {"found": found}


@program
def refused(tf: Any) -> Any:
    fixed = tf.fixed_size_partitioner
    for name in ("plain", "one/part_0", "three/part_0", "three/part_1", "three/part_2"):
        tf.get_variable(name, [2])
    return {
        "plain": _get(tf, "plain", [4], partitioner=fixed(2)),
        "fewer": _get(tf, "one", [4], partitioner=fixed(2)),
        "more": _get(tf, "three", [4], partitioner=fixed(2)),
        "no list": _get(tf, "bad", [4], partitioner=lambda shape, dtype: 3),
        "rank": _get(tf, "bad", [4], partitioner=lambda shape, dtype: [1, 2]),
        "zero": _get(tf, "bad", [4], partitioner=lambda shape, dtype: [0]),
        "two axes": _get(tf, "bad", [4, 4], partitioner=lambda shape, dtype: [2, 2]),
        "partial": _get(tf, "bad", [None], partitioner=fixed(2)),
        "no shape": _get(tf, "bad", partitioner=fixed(2)),
    }


@program
def partitioners(tf: Any) -> Any:
    shape = tf.TensorShape([10, 4])
    by_bytes, by_count = tf.variable_axis_size_partitioner, tf.min_max_variable_partitioner
    return {
        "bytes": [by_bytes(64)(shape, tf.float32), by_bytes(64, max_shards=2)(shape, tf.float32)],
        "strings": by_bytes(64, axis=1)(shape, tf.string),
        "count": [by_count(3, min_slice_size=64)(shape, tf.float32), by_count(3, axis=1)(shape, tf.float64)],
        "wrong": [
            attempt(by_bytes, 0),
            attempt(by_bytes(64), [3], tf.float32),
            attempt(by_bytes(64), tf.TensorShape([None]), tf.float32),
            attempt(by_count(axis=2), tf.TensorShape([3]), tf.float32),
        ],
    }


@program
def used_as_a_tensor(tf: Any) -> Any:
    fixed = tf.fixed_size_partitioner
    start = np.arange(15, dtype=np.float32).reshape(5, 3)
    v = tf.get_variable("v", initializer=tf.constant(start), partitioner=fixed(2))
    one = tf.get_variable("one", initializer=tf.ones([4]), partitioner=fixed(1))
    made = [tf.convert_to_tensor(v) + 1.0, tf.matmul(v, tf.ones([3, 1])), tf.identity(one)]
    changes = [v.assign(tf.zeros([5, 3])), v.assign_add(tf.ones([5, 3]))]
    wrong = [attempt(tf.convert_to_tensor, v, dtype=tf.int32)]
    return {"made": made, "changes": changes, "wrong": wrong, "values": run(tf, made, init=True)}


@program
def training(tf: Any) -> Any:
    v = tf.get_variable("v", initializer=tf.ones([5, 3]), partitioner=tf.fixed_size_partitioner(2))
    loss = tf.reduce_sum(tf.square(tf.convert_to_tensor(v)))
    step = tf.train.AdamOptimizer(0.1).minimize(loss)
    places = [
        [each.name, each._get_save_slice_info().full_name, each._get_save_slice_info().spec]
        for each in tf.global_variables()
        if each._get_save_slice_info() is not None
    ]
    whole = tf.convert_to_tensor(v)
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        session.run(init)
        session.run(step)
        values = session.run(whole)
    return {"step": step, "places": places, "values": values}


@program
def made_by_slicing(tf: Any) -> Any:
    create = tf.create_partitioned_variables
    value = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    whole = create([4, 3], [2, 1], value, name="whole")
    made = [
        whole,
        create([4, 3], [1, 3], tf.ones_initializer()),
        create([4], [1], tf.zeros_initializer(), trainable=False),
        create([5], [2], tf.zeros_initializer(), dtype=tf.int32, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="i"),
    ]
    with tf.variable_scope("s", regularizer=lambda w: tf.reduce_sum(w)):
        made.append(create([4], [2], tf.random_uniform_initializer(seed=1), name="w"))
    with tf.variable_scope("s", reuse=True):
        made.append(create([4], [2], tf.zeros_initializer(), name="w"))
    shared = create([4, 3], [2, 1], value, name="whole", reuse=True)
    getter = lambda inner, *args, **kwargs: inner(*args, **kwargs)  # noqa: E731
    with tf.variable_scope("getter", custom_getter=getter):
        refused = attempt(create, [4], [2], tf.zeros_initializer(), name="w")
    wrong = [
        attempt(create, [4, 3], [2], value),
        attempt(create, [], [], 1.0),
        attempt(create, [4, 3], [2, 3], tf.zeros_initializer()),
        attempt(create, [4, 3], [0, 1], tf.zeros_initializer()),
        attempt(create, [4, 3], [2, 1], value, name="whole"),
        attempt(create, [4, 3], [4, 1], value, name="whole", reuse=True),
        attempt(create, [4, 3], [2, 1], value, reuse=True),
        attempt(create, [4, 3], [2, 1], value, name="missing", reuse=True),
        attempt(create, [4, None], [2, 1], value, name="open"),
    ]
    refused = str(getattr(refused, "error", None))[:90]
    values = run(tf, whole, init=True)
    return {
        "made": made,
        "same": [a is b for a, b in zip(whole, shared, strict=True)],
        "wrong": wrong,
        "refused": refused,
        "values": values,
    }
