"""Functions for every row: `map_fn`, `scan`, `foldl`, `foldr` and `py_func`, with gradients, structures and what is refused."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from .tools import attempt, program, run

Pair = collections.namedtuple("Pair", "first second")


@program
def maps(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
    n = tf.constant([1, 2, 3], name="n")
    made = {
        "squares": tf.map_fn(lambda row: row * row, x),
        "sums": tf.map_fn(tf.reduce_sum, x, name="sums", parallel_iterations=3, swap_memory=True),
        "array": tf.map_fn(lambda each: each * 2.0, np.array([1.0, 2.0, 3.0])),
        "other type": tf.map_fn(lambda row: tf.reduce_sum(row) > 4.0, x, dtype=tf.bool),
        "two": tf.map_fn(lambda both: both[0] * tf.cast(both[1], tf.float32), (x, n), dtype=tf.float32),
        "structure": tf.map_fn(
            lambda row: {"a": row + 1.0, "b": [row, tf.size(row)]},
            x,
            dtype={"a": tf.float32, "b": [tf.float32, tf.int32]},
        ),
        "same structure": tf.map_fn(lambda p: Pair(p.second, p.first), Pair(x, x * 2.0)),
        "signature": tf.map_fn(lambda row: row[0], x, fn_output_signature=tf.float32),
        "shapes": tf.map_fn(lambda i: tf.range(2), n, infer_shape=False, back_prop=False),
    }
    return {"made": made, "values": run(tf, [made[key] for key in made])}


@program
def maps_of_unknown_length(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.placeholder(tf.float32, name="y")
    made = [tf.map_fn(lambda row: row * 2.0, x), tf.map_fn(lambda row: tf.reduce_sum(row), y)]
    slopes = tf.gradients(made[0], x)
    feeds = {x: [[1.0, 2.0], [3.0, 4.0]], y: [[1.0], [2.0], [3.0]]}
    empty = {x: np.zeros([0, 2]), y: np.zeros([0, 1])}
    return {"made": made, "slopes": slopes, "values": run(tf, [made, slopes], feeds), "empty": run(tf, made[0], empty)}


@program
def gradients_of_maps(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
    w = tf.get_variable("w", initializer=[0.5, -0.5])
    y = tf.map_fn(lambda row: tf.tanh(row * w), x)
    z = tf.map_fn(lambda row: tf.map_fn(lambda each: each * each, row) + w, x)
    slopes = [tf.gradients(y, [x, w]), tf.gradients(z, [x, w])]
    return {"slopes": slopes, "values": run(tf, [y, z, slopes], init=True)}


@program
def variables_in_functions(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")

    def dense(row: Any) -> Any:
        w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer())
        return tf.linalg.matvec(w, row) if False else tf.reduce_sum(w * row, axis=1)

    def resource(row: Any) -> Any:
        with tf.variable_scope("r", use_resource=True):
            return row + tf.get_variable("b", [2], initializer=tf.zeros_initializer())

    with tf.variable_scope("model"):
        y = tf.map_fn(dense, x)
        z = tf.scan(lambda total, row: total + resource(row), x)
    after = tf.get_variable("after", [], initializer=tf.zeros_initializer())
    slopes = tf.gradients([y, z], tf.trainable_variables()[:2])
    return {"made": [y, z, after], "slopes": slopes, "values": run(tf, [y, z, slopes], init=True)}


@program
def scans(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0, 4.0], name="x")
    m = tf.constant([[1, 2], [3, 4], [5, 6]], name="m")
    made = {
        "sums": tf.scan(lambda a, b: a + b, x),
        "backward": tf.scan(lambda a, b: a + b, x, reverse=True),
        "start": tf.scan(lambda a, b: a * 2 + b, m, initializer=tf.constant([1, 1])),
        "start backward": tf.scan(
            lambda a, b: a * 2 + b, m, initializer=np.array([1, 1], np.int32), reverse=True, name="back"
        ),
        "pair": tf.scan(lambda a, _: (a[1], a[0] + a[1]), m, initializer=(np.array(0), np.array(1))),
        "structure": tf.scan(
            lambda a, r: {"s": a["s"] + r["u"], "t": r["v"]}, {"u": x, "v": x}, initializer={"s": 0.0, "t": 1.0}
        ),
        "two": tf.scan(lambda a, r: (a[0] + r[0], a[1] * r[1]), (x, x)),
        "growing": tf.scan(
            lambda a, b: tf.reshape(b, [1]), x, initializer=tf.zeros([1]), infer_shape=False, back_prop=False
        ),
    }
    return {"made": made, "values": run(tf, [made[key] for key in made])}


@program
def gradients_of_scans(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    w = tf.constant(0.5, name="w")
    y = tf.scan(lambda a, b: tf.tanh(a * w + b), x)
    z = tf.scan(lambda a, b: a * b, x, initializer=w, reverse=True)
    slopes = [tf.gradients(y, [x, w]), tf.gradients(z, [x, w])]
    feed = {x: [1.0, 2.0, 3.0]}
    return {"slopes": slopes, "values": run(tf, [y, z, slopes], feed)}


@program
def folds(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0, 4.0], name="x")
    u = tf.placeholder(tf.float32, [None, 2], name="u")
    made = {
        "left": tf.foldl(lambda a, b: a * 2.0 + b, x),
        "right": tf.foldr(lambda a, b: a * 2.0 + b, x),
        "left start": tf.foldl(lambda a, b: a - b, x, initializer=tf.constant(10.0), name="start"),
        "right start": tf.foldr(lambda a, b: a - b, x, initializer=10.0),
        "unknown": tf.foldl(lambda a, b: a + b, u),
        "unknown right": tf.foldr(
            lambda a, b: a * b, u, initializer=tf.ones([2]), parallel_iterations=1, swap_memory=True
        ),
        "structure": tf.foldl(lambda a, r: (a[0] + r[0], a[1] * r[1]), (x, x * 2.0)),
        "other": tf.foldl(lambda a, r: a + r[0] * r[1], (x, x * 2.0), initializer=0.0),
        "numpy": tf.foldr(lambda a, b: a + b, np.array([1, 2, 3])),
    }
    slopes = [tf.gradients(made["left"], x), tf.gradients(made["unknown right"], u)]
    return {
        "made": made,
        "slopes": slopes,
        "values": run(tf, [list(made.values()), slopes], {u: [[1.0, 2.0], [3.0, 4.0]]}),
    }


@program
def inside_one_another(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    y = tf.map_fn(lambda row: tf.foldl(lambda a, b: a + b * b, row), x)
    z = tf.scan(
        lambda a, row: tf.cond(tf.reduce_sum(row) > 4.0, lambda: a + row, lambda: a * row), x, initializer=tf.ones([2])
    )
    slopes = tf.gradients([y, z], x)
    return {"made": [y, z, slopes], "values": run(tf, [y, z, slopes])}


@program
def refused(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    short = tf.constant([1.0, 2.0, 3.0])
    return {
        "scalar": attempt(tf.map_fn, lambda r: r, tf.constant(1.0)),
        "nothing": attempt(tf.map_fn, lambda r: r, []),
        "lengths": attempt(tf.map_fn, lambda r: r[0], (x, short), dtype=tf.float32),
        "structure": attempt(tf.map_fn, lambda r: (r, r), x),
        "structure of dtype": attempt(tf.map_fn, lambda r: r, x, dtype=(tf.float32, tf.float32)),
        "wrong dtype": attempt(tf.map_fn, lambda r: tf.size(r), x),
        "scan structure": attempt(tf.scan, lambda a, r: (a, r), x),
        "scan shape": attempt(tf.scan, lambda a, r: r, x, initializer=tf.zeros([3])),
        "scan lengths": attempt(tf.scan, lambda a, r: a, (x, short), initializer=1.0),
        "fold structure": attempt(tf.foldl, lambda a, r: (a, r), x),
        "fold dtype": run(tf, tf.foldl(lambda a, r: tf.size(r), x)) if False else None,
        "not callable": [attempt(each, 3, x) for each in (tf.map_fn, tf.scan, tf.foldl, tf.foldr)],
    }


@program
def python_functions(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    v = tf.get_variable("v", initializer=2.0, use_resource=True)

    def raising(error: Exception) -> Any:
        def function(_: Any) -> Any:
            raise error

        return run(tf, tf.py_func(function, [1.0], tf.float32))

    def kind(value: Any) -> str:
        return f"{type(value).__name__} {value!r}"

    made = {
        "one": tf.py_func(lambda a: a * 2, [x], tf.float32, name="one"),
        "two": tf.py_func(lambda a, b: (a + b, np.int64(a.size)), [x, x], [tf.float32, tf.int64]),
        "in a list": tf.numpy_function(lambda a: [a.sum()], [x], [tf.float32], name="sum"),
        "stateless": tf.py_func(lambda a, b: a + b, [1.0, 2.0], tf.float32, stateful=False),
        "nothing given": tf.py_func(lambda: np.float64(3), [], tf.float64),
        "text": tf.py_func(lambda a: b"<" + a + b">", ["\u00e9"], tf.string),
        "texts": tf.py_func(lambda a: [np.array(["a", "bcd"])], [1], [tf.string]),
        "kinds": [tf.py_func(kind, [each], tf.string) for each in (1.5, 2, True, "a", [1.0, 2.0])],
        "variable": tf.py_func(lambda a: a + np.float32(1), [v], tf.float32),
    }
    effect = tf.py_func(lambda a: None, [x], [], name="effect")
    wrong = {
        "dtype": lambda a: 3,
        "double": lambda a: np.float64(3),
        "more": lambda a: (a, a),
        "none": lambda a: None,
        "object": lambda a: object(),
    }
    errors = (
        ValueError("boo"),
        TypeError("t"),
        KeyError("k"),
        StopIteration("s"),
        MemoryError("m"),
        NotImplementedError("n"),
        OSError("o"),
    )
    y = tf.py_func(lambda a: a, [x], tf.float32)
    y.set_shape([2, 2])
    return {
        "made": made,
        "effect": effect,
        "values": run(tf, list(made.values()), init=True),
        "errors": [raising(each) for each in errors],
        "gradient": tf.gradients(y * y, x),
        "not callable": attempt(tf.py_func, 3, [x], tf.float32),
        "not a dtype": attempt(tf.py_func, lambda a: a, [x], "nothing"),
        "arguments": type(run(tf, tf.py_func(lambda: 1.0, [x], tf.float32)).error).__name__,
        "wrong": [type(run(tf, tf.py_func(each, [1.0], tf.float32)).error).__name__ for each in wrong.values()],
    }
