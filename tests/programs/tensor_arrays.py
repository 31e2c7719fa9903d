"""TensorArrays: nodes and values of every method, in loops and branches, gradients, what is refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .tools import Failure, attempt, program, run


def run_named(tf: Any, fetches: Any) -> Any:
    """Returns what `run` returns; the number of the array is taken out of an error, because it counts all arrays of a process."""
    found = run(tf, fetches)
    if isinstance(found, Failure):
        error = found.error
        text = re.sub(r"(TensorArray TensorArray)_\d+", r"\1_#", getattr(error, "message", str(error)))
        return Failure(type(error)(None, error.op, text) if hasattr(error, "op") else type(error)(text))
    return found


@program
def methods(tf: Any) -> Any:
    array = tf.TensorArray(tf.float32, 3, name="array", clear_after_read=False)
    array = (
        array.write(0, [1.0, 2.0])
        .write(2, tf.constant([5.0, 6.0]))
        .write(tf.constant(1), np.array([3.0, 4.0], np.float32))
    )
    rows = tf.TensorArray(tf.int32, 2).unstack([[1, 2], [3, 4]])
    spread = tf.TensorArray(tf.float32, size=3).scatter([2, 0], [[1.0], [2.0]])
    parts = tf.TensorArray(tf.float32, tf.constant(2), infer_shape=False).split([1.0, 2.0, 3.0], [1, 2])
    even = tf.TensorArray(tf.float32, 2).split([[1.0], [2.0], [3.0], [4.0]], [2, 2])
    growing = tf.TensorArray(tf.float32, 0, dynamic_size=True, tensor_array_name="growing").write(2, 1.0)
    shaped = tf.TensorArray(tf.float32, 2, element_shape=[None, 3])
    found = {
        "read": array.read(1),
        "stack": array.stack(),
        "gather": array.gather([2, 0]),
        "concat": array.concat(),
        "size": array.size(),
        "rows": rows.stack(name="rows"),
        "row": rows.identity().read(tf.constant(1), name="row"),
        "spread": spread.stack(),
        "parts": parts.concat(name="parts"),
        "even": even.read(1),
        "growing": growing.stack(),
        "growing size": growing.size(name="count"),
    }
    found["values"] = [run(tf, found[key]) for key in list(found) if key not in ("row", "gather", "read")]
    found["shapes"] = [each.element_shape for each in (array, rows, spread, parts, even, growing, shaped)]
    found["properties"] = [array.dtype, array.dynamic_size, growing.dynamic_size, array.flow, array.handle]
    array.close()
    return found


@program
def under_scopes(tf: Any) -> Any:
    with tf.name_scope("s"), tf.device("/cpu:0"):
        array = tf.TensorArray(tf.float32, 2)
        array = array.write(0, 1.0)
    with tf.control_dependencies([array.flow]):
        last = array.write(1, 2.0, name="last")
        alone = tf.TensorArray(tf.float32, 2, colocate_with_first_write_call=False).write(0, 1.0)
    named = tf.TensorArray(tf.float32, 1, name="named").unstack([1.0], name="rows")
    return {"made": [last.stack(name="all"), alone.flow, named.concat(name="joined") if False else named.read(0)]}


@program
def in_loops(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    rows = tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x)
    outs = tf.TensorArray(tf.float32, tf.shape(x)[0])

    def body(i: Any, total: Any, outs: Any) -> Any:
        total = total + rows.read(i)
        return i + 1, total, outs.write(i, total * 2.0)

    _, total, outs = tf.while_loop(lambda i, *_: i < tf.shape(x)[0], body, [0, tf.zeros([2]), outs])
    y = outs.stack()
    slopes = tf.gradients([y, total], x)
    feed = {x: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}
    return {
        "y": [y, total, slopes],
        "values": run(tf, [y, total, slopes], feed),
        "none": run(tf, [y, total], {x: np.zeros([0, 2])}),
    }


@program
def made_in_loops(tf: Any) -> Any:
    w = tf.constant(2.0, name="w")

    def body(i: Any, total: Any) -> Any:
        inner = tf.TensorArray(tf.float32, 2, infer_shape=False)
        inner = inner.write(0, total).write(1, w)
        return i + 1, tf.reduce_sum(inner.stack()) * w

    _, y = tf.while_loop(lambda i, _: i < 3, body, [0, 1.0])
    return {"y": y, "value": run(tf, [y])}


@program
def in_branches(tf: Any) -> Any:
    p = tf.placeholder(tf.bool, [], name="p")
    array = tf.TensorArray(tf.float32, 2, element_shape=[]).write(0, 1.0)
    chosen = tf.cond(p, lambda: array.write(1, 5.0), lambda: array)
    y = chosen.stack()
    pair = tf.cond(p, lambda: {"a": [array, tf.constant(1)]}, lambda: {"a": [array, tf.constant(2)]})
    return {"y": y, "pair": pair["a"][1], "values": [run(tf, y, {p: True}), run(tf, y, {p: False})]}


@program
def gradients(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
    y = tf.constant([0.5, 0.25], name="y")
    array = tf.TensorArray(tf.float32, 4, clear_after_read=False).scatter([0, 1, 3], x).write(2, y)
    outs = {
        "stack": tf.reduce_sum(tf.square(array.stack())),
        "gather": tf.reduce_sum(array.gather([1, 2, 1]) * y),
        "read": tf.reduce_sum(array.read(3) * array.read(2)),
    }
    outs["concat"] = tf.reduce_sum(
        tf.exp(array.concat()) * tf.TensorArray(tf.float32, 2).split(tf.concat([y, y, y, y], 0), [4, 4]).concat()
    )
    found = {key: tf.gradients(value, [x, y]) for key, value in outs.items()}
    both = tf.gradients(outs["read"] * outs["gather"], [x, y])
    return {"found": found, "both": both, "values": [run(tf, each) for each in [*found.values(), both]]}


@program
def gradients_in_nested_loops(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    w = tf.constant(0.5, name="w")

    def outer(i: Any, outs: Any) -> Any:
        rows = tf.TensorArray(tf.float32, 2).unstack(x[i])

        def inner(j: Any, total: Any) -> Any:
            return j + 1, total * w + tf.sin(rows.read(j))

        _, total = tf.while_loop(lambda j, _: j < 2, inner, [0, 0.0])
        return i + 1, outs.write(i, total)

    _, outs = tf.while_loop(lambda i, _: i < 2, outer, [0, tf.TensorArray(tf.float32, 2)])
    y = outs.stack()
    slopes = tf.gradients(y, [x, w])
    return {"y": y, "slopes": slopes, "values": run(tf, [y, slopes])}


@program
def gradient_of_a_branch_in_a_loop(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    rows = tf.TensorArray(tf.float32, 3).unstack(x)

    def body(i: Any, outs: Any) -> Any:
        value = rows.read(i)
        return i + 1, outs.write(i, tf.cond(value > 1.5, lambda: value * value, lambda: -value))

    _, outs = tf.while_loop(lambda i, _: i < 3, body, [0, tf.TensorArray(tf.float32, 3)])
    y = outs.stack()
    slopes = tf.gradients(y, x)
    return {"y": y, "slopes": slopes, "values": run(tf, [y, slopes])}


@program
def gradient_names(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    y = tf.TensorArray(tf.float32, 2).unstack(x).stack()
    with tf.name_scope("outer"):
        first = tf.gradients(y, x)
        second = tf.gradients(y * 2.0, x, name="gradients_of_mine")
    third = attempt(tf.gradients, y, x, name="mine")
    return {"made": [first, second, third], "values": run(tf, [first, second])}


@program
def second_order(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    y = tf.TensorArray(tf.float32, 3).unstack(x * x * x).stack()
    first = tf.gradients(y, x)[0]
    second = attempt(tf.gradients, first, x)
    written = tf.TensorArray(tf.float32, 2, clear_after_read=False).write(0, x).write(1, tf.sin(x))
    z = tf.reduce_sum(written.read(0) * written.read(1))
    slope = tf.gradients(z, x)[0]
    return {
        "first": first,
        "second": second,
        "slope": slope,
        "again": attempt(tf.gradients, slope, x),
        "values": run(tf, [first, slope]),
    }


@program
def refused_when_made(tf: Any) -> Any:
    array = tf.TensorArray(tf.float32, 2).write(0, 1.0)
    return {
        "no size": attempt(tf.TensorArray, tf.float32),
        "handle and size": attempt(tf.TensorArray, tf.float32, 2, handle=array.handle),
        "handle and name": attempt(tf.TensorArray, tf.float32, tensor_array_name="a", handle=array.handle),
        "handle and shape": attempt(tf.TensorArray, tf.float32, element_shape=[], handle=array.handle),
        "handle and dynamic": attempt(tf.TensorArray, tf.float32, dynamic_size=True, handle=array.handle),
        "handle and clear": attempt(tf.TensorArray, tf.float32, clear_after_read=True, handle=array.handle),
        "handle no tensor": attempt(tf.TensorArray, tf.float32, handle=3),
        "no flow": attempt(tf.TensorArray, tf.float32, handle=array.handle),
        "shape": attempt(array.write, 1, [1.0, 2.0]),
        "rows": attempt(array.unstack, [[1.0], [2.0]]),
        "index": attempt(array.write, [1], 1.0),
        "lengths": attempt(tf.TensorArray(tf.float32, 3).scatter, [2, 0, 1], [[1.0, 2.0], [3.0, 4.0]]),
        "size rank": attempt(tf.TensorArray, tf.float32, [1]),
        "concat of scalars": attempt(array.concat),
        "element shape": attempt(tf.TensorArray(tf.float32, 2, element_shape=[3]).write, 0, [1.0]),
    }


@program
def refused_in_runs(tf: Any) -> Any:
    def unknown(value: Any) -> Any:
        return tf.placeholder_with_default(value, None)

    def twice(method: str, **options: Any) -> Any:
        array = tf.TensorArray(tf.float32, 1, **options).write(0, 1.0)
        first = array.read(0) if method == "read" else array.stack()
        with tf.control_dependencies([first]):
            return [first, array.read(0) if method == "read" else array.stack()]

    array = tf.TensorArray
    cases = {
        "written twice": lambda: array(tf.float32, 3).write(0, 1.0).write(0, 2.0).stack(),
        "not written": lambda: array(tf.float32, 3).write(0, 1.0).stack(),
        "never written": lambda: array(tf.float32, 3).read(1),
        "never written, partial": lambda: array(tf.float32, 3, element_shape=[None]).gather([0, 1]),
        "never written, shape": lambda: array(tf.float32, 3, element_shape=[2]).gather([0, 1]),
        "read outside": lambda: array(tf.float32, 3).read(7),
        "read before": lambda: array(tf.float32, 3).read(-1),
        "written outside": lambda: array(tf.float32, 3).write(7, 1.0).stack(),
        "written before": lambda: array(tf.float32, 3).write(-1, 1.0).stack(),
        "grown": lambda: array(tf.float32, 0, dynamic_size=True, element_shape=[]).write(3, 1.0).stack(),
        "read behind": lambda: array(tf.float32, 0, dynamic_size=True, element_shape=[]).write(3, 1.0).read(4),
        "read twice": lambda: twice("read"),
        "stacked twice": lambda: twice("stack"),
        "read twice, kept": lambda: twice("read", clear_after_read=False),
        "shapes": lambda: array(tf.float32, 2).write(0, unknown([1.0])).write(1, unknown([1.0, 2.0])).stack(),
        "shapes allowed": lambda: (
            array(tf.float32, 2, infer_shape=False).write(0, unknown([1.0])).write(1, unknown([1.0, 2.0])).stack()
        ),
        "element shape": lambda: array(tf.float32, 2, element_shape=[3]).write(0, unknown([1.0])).stack(),
        "joined": lambda: array(tf.float32, 2, infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0]).concat(),
        "joined, other": lambda: (
            array(tf.float32, 2, infer_shape=False).write(0, [[1.0]]).write(1, [[1.0, 2.0]]).concat()
        ),
        "split short": lambda: array(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 1]).read(1),
        "split count": lambda: array(tf.float32, 3, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2]).read(1),
        "split scalar": lambda: array(tf.float32, 1, infer_shape=False).split(unknown(1.0), [1]).read(0),
        "scatter lengths": lambda: array(tf.float32, 3).scatter([2, 0, 1], unknown([[1.0, 2.0], [3.0, 4.0]])).read(2),
        "scatter outside": lambda: array(tf.float32, 3).scatter([2, 5], [[1.0, 2.0], [3.0, 4.0]]).read(2),
        "scatter twice": lambda: array(tf.float32, 3).scatter([2, 2], [[1.0, 2.0], [3.0, 4.0]]).read(2),
        "gather outside": lambda: array(tf.float32, 3).scatter([2, 0], [[1.0, 2.0], [3.0, 4.0]]).gather([5]),
        "gather nothing": lambda: (
            array(tf.float32, 3).scatter([2, 0], [[1.0, 2.0], [3.0, 4.0]]).gather(tf.zeros([0], tf.int32))
        ),
        "too many rows": lambda: array(tf.float32, 3).unstack([1.0, 2.0, 3.0, 4.0]).stack(),
        "too few rows": lambda: array(tf.float32, 3).unstack([1.0, 2.0]).stack(),
        "empty": lambda: array(tf.float32, 0, element_shape=[2]).stack(),
        "empty, unknown": lambda: array(tf.float32, 0).stack(),
        "empty, joined": lambda: array(tf.float32, 0, element_shape=[None, 2]).concat(),
        "negative size": lambda: array(tf.float32, -1).write(0, 1.0).stack(),
        "gradients add": lambda: array(tf.float32, 3).write(0, 1.0).grad("g").write(0, 3.0).write(0, 4.0).read(0),
        "gradient size": lambda: array(tf.float32, 3).write(0, 1.0).grad("g").size(),
        "no gradient": lambda: array(tf.float32, 3, infer_shape=False).write(0, [1.0, 2.0]).grad("g").read(0),
        "text": lambda: array(tf.string, 2).write(0, "a").write(1, "b").stack(),
        "texts not written": lambda: array(tf.string, 2).write(0, "a").stack(),
    }
    return {key: run_named(tf, make()) for key, make in cases.items()}
