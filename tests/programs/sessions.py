"""What sessions do: feeds, fetches, errors, default sessions."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from .tools import attempt, program, run

Pair = collections.namedtuple("Pair", ["first", "second"])


@program
def fetch_structures(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    b = tf.constant([1, 2], name="b")
    op = tf.no_op(name="op")
    structures = [
        a,
        [a],
        (a, b),
        {"x": a, "y": [b, (a, op)]},
        Pair(a, {"k": b}),
        op,
        [op],
        "a:0",
        ["a:0", "op"],
        [],
        (),
        {},
        [a, a],
        [[a], [[b]]],
        collections.OrderedDict([("z", a), ("y", b)]),
        a.op,
        tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]), tf.constant([3])),
    ]
    wrong = [None, 3, [None], "zz", "zz:0", "a:1", "a:b", object(), [a, "zz:0"], b"a:0", [a, 3.5]]
    with tf.Session() as session:
        found = [session.run(each) for each in structures]
        kinds = [type(each).__name__ for each in found]
        refused = [attempt(session.run, each) for each in wrong]
    return {"found": found, "kinds": kinds, "refused": refused}


@program
def feeds(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    i = tf.placeholder(tf.int32, [], name="i")
    s = tf.placeholder(tf.string, [None], name="s")
    free = tf.placeholder(tf.float32, name="free")
    c = tf.constant([1.0, 2.0], name="c")
    d = tf.placeholder_with_default([5.0], [None], name="d")
    y = x * c + tf.cast(i, tf.float32)
    two = tf.ones([1, 2], np.float32)
    fine = [
        (y, {x: [[1, 2]], i: 3}),
        (y, {x: np.ones((3, 2)), i: np.int64(3)}),
        (y, {"x:0": [[1.0, 2.0]], "i:0": 1}),
        (c * 2.0, {c: [7.0, 8.0]}),
        (c, {c: [7.0, 8.0]}),
        (y, {y: [[9.0, 9.0]]}),
        (s, {s: ["a", b"bc"]}),
        (s, {s: np.array(["a", "é"])}),
        (free + 1.0, {free: 3}),
        (free + 1.0, {free: np.zeros((2, 0))}),
        (d + 1.0, None),
        (d + 1.0, {d: [1.0, 2.0]}),
        (y, {x: np.zeros((0, 2)), i: 0}),
        (free, {free: True}),
        (i, {i: 3.0}),
        (x, {x: [[1, 2], [3, 4]]}),
    ]
    wrong = [
        (y, {x: [[1.0, 2.0, 3.0]], i: 3}),
        (y, {x: [1.0, 2.0], i: 3}),
        (y, {x: [[1.0, 2.0]]}),
        (y, {i: 3}),
        (y, {x: "text", i: 3}),
        (y, {x: [[1.0], [1.0, 2.0]], i: 3}),
        (y, {x: two, i: 3}),
        (y, {"zz:0": 1.0}),
        (y, {"x": 1.0}),
        (y, {3: 1.0}),
        (y, {x: None, i: 3}),
        (y, {i: 3.5, x: [[1.0, 2.0]]}),
        (y, {i: 2**40, x: [[1.0, 2.0]]}),
        (y, {x: [[1.0, 2.0]], i: [1]}),
        (y, [x]),
        (y, {y.op: 1.0}),
        (s, {s: [1, 2]}),
    ]
    with tf.Session() as session:
        values = [attempt(session.run, *each) for each in fine]
        refused = [attempt(session.run, *each) for each in wrong]
        after = session.run(y, {x: [[1.0, 2.0]], i: 3})
    return {"values": values, "refused": refused, "after": after}


@program
def not_feedable(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    graph = tf.get_default_graph()
    graph.prevent_feeding(a)
    b = tf.constant(2.0, name="b")
    graph.prevent_fetching(b.op)
    seen = [graph.is_feedable(a), graph.is_feedable(b), graph.is_fetchable(a), graph.is_fetchable(b)]
    return {"seen": seen, "feed": run(tf, a, {a: 3.0}), "fetch": run(tf, b), "through": run(tf, b + 1.0)}


@program
def foreign_graph(tf: Any) -> Any:
    other = tf.Graph()
    with other.as_default():
        a = tf.constant(1.0, name="a")
        empty = attempt(lambda: tf.Session().run("zz:0"))
    b = tf.constant(2.0, name="b")
    session = tf.Session()
    seen = {
        "tensor": attempt(session.run, a),
        "op": attempt(session.run, a.op),
        "feed": attempt(session.run, b, {a: 1.0}),
        "eval": attempt(a.eval, session=session),
        "own graph": tf.Session(graph=other).run(a),
        "empty": empty,
        "is graph": session.graph is tf.get_default_graph(),
    }
    session.close()
    return seen


@program
def closed_session(tf: Any) -> Any:
    a = tf.constant(1.0)
    session = tf.Session()
    session.run(a)
    session.close()
    closed = attempt(session.run, a)
    session.close()
    return {"closed": closed, "eval": attempt(a.eval, session=session)}


@program
def default_session(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    v = tf.Variable(2.0)
    without = [attempt(a.eval), attempt(a.op.run), attempt(v.eval), tf.get_default_session()]
    with tf.Session() as session:
        v.initializer.run()
        inside = [a.eval(), v.eval(), tf.get_default_session() is session, a.eval({a: 5.0})]
    session = tf.Session()
    with session.as_default():
        inside.append(a.eval())
    inside.append(session.run(a))
    session.close()
    interactive = tf.InteractiveSession()
    inside.append(a.eval())
    interactive.close()
    return {"without": without, "inside": inside}


@program
def make_callable(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.placeholder(tf.float32, [], name="y")
    z = x * y
    with tf.Session() as session:
        call = session.make_callable(z, [x, y])
        plain = session.make_callable([tf.constant(3.0), tf.no_op()])
        return {
            "values": [call([1.0, 2.0], 3.0), call(np.ones(2), 1), plain()],
            "wrong": [attempt(call, [1.0, 2.0]), attempt(call, [[1.0]], 2.0), attempt(session.make_callable, "zz:0")],
        }


@program
def partial_runs_of_a_graph(tf: Any) -> Any:
    p = tf.placeholder(tf.float32, name="p")
    bad = tf.matmul(p, p, name="bad")
    good = tf.constant(1.0) + 1.0
    with tf.Session() as session:
        return {
            "good": session.run(good),
            "unfed": attempt(session.run, bad),
            "shapes": attempt(session.run, bad, {p: np.ones((2, 3))}),
            "rank": attempt(session.run, bad, {p: 1.0}),
            "cut": session.run(bad, {bad: 4.0}),
            "graph grows": session.run(tf.constant(2.0) * 2.0),
        }


@program
def errors_of_kernels(tf: Any) -> Any:
    p = tf.placeholder(tf.float32, name="p")
    q = tf.placeholder(tf.float32, name="q")
    i = tf.placeholder(tf.int32, name="i")
    with tf.Session() as session:

        def ask(tensor: Any, **values: Any) -> Any:
            return attempt(session.run, tensor, {{"p": p, "q": q, "i": i}[key]: value for key, value in values.items()})

        return {
            "add": ask(p + q, p=[1.0, 2.0], q=[1.0, 2.0, 3.0]),
            "reshape": ask(tf.reshape(p, i), p=[1.0, 2.0], i=[3]),
            "reshape -1": ask(tf.reshape(p, i), p=[1.0, 2.0], i=[-1, -1]),
            "concat": ask(tf.concat([p, q], 0), p=[[1.0]], q=[[1.0, 2.0]]),
            "gather": ask(tf.gather(p, i), p=[1.0], i=[2]),
            "int division": ask(i // 0, i=[3]),
            "int mod": ask(i % 0, i=[3]),
            "division": ask(p / q, p=[1.0, -1.0, 0.0], q=[0.0, 0.0, 0.0]),
            "bias": ask(tf.nn.bias_add(p, q), p=[[1.0, 2.0]], q=[1.0]),
            "slice": ask(tf.slice(p, i, [1]), p=[1.0], i=[3]),
            "one_hot": ask(tf.one_hot(i, i), i=-1),
            "transpose": ask(tf.transpose(p, i), p=[[1.0, 2.0]], i=[0, 0]),
            "fill": ask(tf.fill(i, 1.0), i=[-1]),
            "reduce": ask(tf.reduce_sum(p, i), p=[1.0], i=[2]),
            "stack": ask(tf.stack([p, q]), p=[1.0], q=[1.0, 2.0]),
            "tile": ask(tf.tile(p, i), p=[1.0], i=[-1]),
            "range": ask(tf.range(0, 3, i), i=0),
            "argmax": ask(tf.argmax(p, i), p=[1.0], i=3),
            "expand": ask(tf.expand_dims(p, i), p=[1.0], i=5),
            "split": ask(tf.split(p, 2), p=[1.0, 2.0, 3.0]),
            "where": ask(tf.where(p > 1.0, p, q), p=[1.0], q=[1.0, 2.0]),
            "softmax": ask(tf.nn.softmax(p), p=1.0),
            "cross entropy": ask(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=i, logits=p), p=[[1.0, 2.0]], i=[0, 1]
            ),
            "strided": ask(p[3], p=[1.0]),
            "add_n": ask(tf.add_n([p, q]), p=[1.0], q=[1.0, 2.0]),
            "squeeze": ask(tf.squeeze(p, [0]), p=[1.0, 2.0]),
            "pad": ask(tf.pad(p, i), p=[1.0], i=[[-1, 0]]),
        }


@program
def after_finalize(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    init = tf.global_variables_initializer()
    change = v.assign_add(1.0)
    tf.get_default_graph().finalize()
    with tf.Session() as session:
        session.run(init)
        values = [session.run(change), session.run(v)]
        refused = attempt(tf.constant, 1.0)
    return {"values": values, "refused": refused}


@program
def state_belongs_to_a_session(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    change = v.assign_add(1.0)
    first, second = tf.Session(), tf.Session()
    first.run(v.initializer)
    second.run(v.initializer)
    values = [first.run(change), first.run(change), second.run(v), first.run(v), first.run(v, {v: 9.0})]
    return {"values": values}
