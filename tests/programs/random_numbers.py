"""Random operations and initializers, bit for bit."""

from __future__ import annotations

from typing import Any

from .tools import Exact, attempt, program, register

_OPS = {
    "uniform": lambda tf, **k: tf.random_uniform([3, 5], **k),
    "uniform_range": lambda tf, **k: tf.random_uniform([7], -2.0, 3.0, **k),
    "uniform_double": lambda tf, **k: tf.random_uniform([5], dtype=tf.float64, **k),
    "uniform_int": lambda tf, **k: tf.random_uniform([9], 0, 10, dtype=tf.int32, **k),
    "uniform_int64": lambda tf, **k: tf.random_uniform([5], -5, 2**40, dtype=tf.int64, **k),
    "normal": lambda tf, **k: tf.random_normal([3, 5], **k),
    "normal_moved": lambda tf, **k: tf.random_normal([7], mean=1.0, stddev=0.5, **k),
    "normal_double": lambda tf, **k: tf.random_normal([5], dtype=tf.float64, **k),
    "truncated_normal": lambda tf, **k: tf.truncated_normal([6, 5], **k),
    "truncated_normal_double": lambda tf, **k: tf.truncated_normal([6], dtype=tf.float64, **k),
    "shuffle": lambda tf, **k: tf.random_shuffle(tf.range(10), **k),
    "dropout": lambda tf, **k: tf.nn.dropout(tf.ones([20]), keep_prob=0.5, **k),
    "large": lambda tf, **k: tf.random_normal([1000], **k),
    "large_uniform": lambda tf, **k: tf.random_uniform([1000], **k),
    "large_truncated": lambda tf, **k: tf.truncated_normal([1000], **k),
    "half": lambda tf, **k: tf.random_uniform([5], dtype=tf.float16, **k),
    "multinomial": lambda tf, **k: tf.multinomial([[1.0, 2.0, 0.5]], 8, **k),
}


def _seeded(make: Any) -> Any:
    def numbers(tf: Any) -> Any:
        first = make(tf, seed=3)
        tf.set_random_seed(17)
        second = make(tf)
        third = make(tf, seed=3)
        fourth = make(tf, seed=3)
        with tf.Session() as session:
            runs = [session.run([first, second, third, fourth]) for _ in range(2)]
            alone = session.run(second)
        with tf.Session() as session:
            again = session.run(second)
        return {
            "made": [first, second, third, fourth],
            "runs": Exact(runs),
            "alone": Exact(alone),
            "again": Exact(again),
        }

    return numbers


for _name, _make in _OPS.items():
    register(__name__, _name, _seeded(_make))

_INITIALIZERS = {
    "zeros": lambda tf: tf.zeros_initializer(),
    "ones": lambda tf: tf.ones_initializer(),
    "constant": lambda tf: tf.constant_initializer(2.5),
    "constant_list": lambda tf: tf.constant_initializer(list(range(12))),
    "random_uniform": lambda tf: tf.random_uniform_initializer(-0.5, 0.5),
    "random_uniform_default": lambda tf: tf.random_uniform_initializer(),
    "random_uniform_seed": lambda tf: tf.random_uniform_initializer(-1.0, 1.0, seed=5),
    "random_normal": lambda tf: tf.random_normal_initializer(stddev=0.1),
    "truncated_normal": lambda tf: tf.truncated_normal_initializer(0.5, 0.1),
    "glorot_uniform": lambda tf: tf.glorot_uniform_initializer(),
    "glorot_normal": lambda tf: tf.glorot_normal_initializer(),
    "he_normal": lambda tf: tf.initializers.he_normal(),
    "he_uniform": lambda tf: tf.initializers.he_uniform(),
    "lecun_normal": lambda tf: tf.initializers.lecun_normal(),
    "lecun_uniform": lambda tf: tf.initializers.lecun_uniform(),
    "variance_scaling": lambda tf: tf.variance_scaling_initializer(),
    "variance_scaling_uniform": lambda tf: tf.variance_scaling_initializer(2.0, "fan_avg", "uniform", seed=4),
    "uniform_unit_scaling": lambda tf: tf.uniform_unit_scaling_initializer(),
    "orthogonal": lambda tf: tf.orthogonal_initializer(),
    "identity": lambda tf: tf.initializers.identity(),
    "class_itself": lambda tf: tf.zeros_initializer,
}


def _initializer(make: Any) -> Any:
    def initialize(tf: Any) -> Any:
        tf.set_random_seed(11)
        v = tf.get_variable("v", [3, 4], initializer=make(tf))
        w = tf.Variable(make(tf)([3, 4]) if not isinstance(make(tf), type) else tf.zeros([3, 4]), name="w")
        with tf.variable_scope("scope", initializer=make(tf)):
            x = tf.get_variable("x", [3, 4], tf.float64)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = session.run([v, w, x])
        return {"values": values if make is _INITIALIZERS["orthogonal"] else Exact(values)}

    return initialize


for _name, _make in _INITIALIZERS.items():
    register(__name__, f"initializer_{_name}", _initializer(_make))


@program
def seeds_of_operations(tf: Any) -> Any:
    seeds = [tf.get_seed(None), tf.get_seed(3)]
    tf.set_random_seed(5)
    tf.constant(1.0)
    seeds += [tf.get_seed(None), tf.get_seed(3), tf.get_seed(0)]
    tf.set_random_seed(0)
    seeds += [tf.get_seed(None), tf.get_seed(0)]
    a = tf.random_uniform([2])
    tf.set_random_seed(2**40)
    b = tf.random_uniform([2])
    tf.set_random_seed(None)
    seeds.append(tf.get_seed(None))
    return {"seeds": [list(each) for each in seeds], "made": [a, b]}


@program
def wrong_random(tf: Any) -> Any:
    return {
        "wrong": [
            attempt(tf.random_uniform, [2], dtype=tf.int32),
            attempt(tf.random_uniform, [2], 5, 3, dtype=tf.int32),
            attempt(tf.random_normal, [2], dtype=tf.int32),
            attempt(tf.random_uniform, 3.5),
            attempt(tf.random_normal, [-1]),
            attempt(tf.truncated_normal, "a"),
            attempt(tf.constant_initializer([1.0, 2.0]), [3]),
            attempt(tf.set_random_seed, "a"),
        ]
    }
