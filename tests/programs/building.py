"""Names, scopes, control dependencies, devices, colocation, operators, constants and conversions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import attempt, program, register, run

# ---- names and name scopes


@program
def unique_names(tf: Any) -> Any:
    names = [tf.constant(1.0, name=name).name for name in ("a", "a", "a_1", "A", "a", "b_1", "b", "b")]
    graph = tf.get_default_graph()
    return {
        "names": names,
        "unique": [graph.unique_name("a"), graph.unique_name("c"), graph.unique_name("c", mark_as_used=False)],
        "again": graph.unique_name("c"),
    }


@program
def name_scopes(tf: Any) -> Any:
    seen = []
    with tf.name_scope("s") as outer:
        seen += [outer, tf.constant(1).name]
        with tf.name_scope("t") as inner:
            seen += [inner, tf.constant(1).name]
        with tf.name_scope("t") as inner:
            seen += [inner, tf.constant(1).name]
        with tf.name_scope(None) as root:
            seen += [root, tf.constant(1).name]
        with tf.name_scope("") as root:
            seen += [root, tf.constant(1).name]
    with tf.name_scope(outer) as again:
        seen += [again, tf.constant(1).name]
    with tf.name_scope("s") as second:
        seen += [second, tf.constant(1).name]
    with tf.name_scope("a/b") as deep:
        seen += [deep, tf.constant(1).name]
    with tf.name_scope("a") as late:
        seen += [late, tf.constant(1).name]
    with tf.name_scope(None, "default") as default:
        seen += [default, tf.constant(1).name]
    with tf.name_scope("values", values=[tf.constant(1.0)]) as named:
        seen += [named, tf.get_default_graph().get_name_scope()]
    return {"seen": seen}


@program
def names_of_operations_with_scopes(tf: Any) -> Any:
    a = tf.constant([1.0, 2.0], name="a")
    with tf.name_scope("layer"):
        b = tf.add(a, 1.0, name="sum")
        c = tf.reduce_mean(b, name="mean")
        tf.identity(c, name="layer/")
        tf.identity(c, name="out")
    tf.add(a, 1.0, name="sum/")
    tf.add(a, b, name="layer/sum")


@program
def bad_names(tf: Any) -> Any:
    def enter(name: Any) -> Any:
        with tf.name_scope(name) as scope:
            return scope

    def nested(name: Any) -> Any:
        with tf.name_scope("ok"), tf.name_scope(name) as scope:
            return scope

    graph = tf.get_default_graph()
    return {
        "root scope": [attempt(enter, name) for name in ("a b", "_a", "-a", ".a", "a!", "a:0", "1", 3)],
        "scope": [attempt(nested, name) for name in ("a b", "_a", "-a", ".a", "a!", "a:0")],
        "constant": [attempt(tf.constant, 1, name=name) for name in ("a b", "_a", "a:0", "<b>", "x/y", "x//y", 3)],
        "placeholder": [attempt(tf.placeholder, tf.float32, name=name) for name in ("a b", "-a", "é")],
        "element": [
            attempt(graph.as_graph_element, each) for each in ("zz", "Const", "Const:0", "Const:7", "a:b", "^x", 3)
        ],
        "tensor": [attempt(graph.get_tensor_by_name, each) for each in ("zz:0", "x/y", "zz", "x/y:0", "x/y:1", 3)],
        "operation": [attempt(graph.get_operation_by_name, each) for each in ("zz", "x/y:0", "x/y", 3)],
    }


@program
def scope_across_graphs(tf: Any) -> Any:
    first = tf.constant(1.0, name="first")
    other = tf.Graph()
    with other.as_default():
        second = tf.constant(2.0, name="second")
        seen = attempt(tf.add, first, second)
        used = attempt(tf.identity, first)

    def both() -> Any:
        with tf.name_scope("x", values=[first, second]):
            return None

    return {"add": seen, "identity": used, "scope": attempt(both)}


@program
def finalized_graph(tf: Any) -> Any:
    a = tf.constant(1.0)
    graph = tf.get_default_graph()
    graph.finalize()
    return {
        "constant": attempt(tf.constant, 1),
        "add": attempt(tf.add, a, a),
        "collection": attempt(tf.add_to_collection, "x", 1),
        "finalized": graph.finalized,
        "run": run(tf, a),
    }


# ---- control dependencies, devices, colocation


@program
def control_dependencies(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    b = tf.constant(2.0, name="b")
    c = tf.constant(3.0, name="c")
    p = tf.placeholder(tf.float32, name="p")
    with tf.control_dependencies([c, a, b]):
        n = tf.no_op(name="n")
        tf.identity(p, name="i")
        tf.add(a, p, name="own_input")
    with tf.control_dependencies([c]):
        x = tf.add(p, 1.0, name="x")
        with tf.control_dependencies([b, c]):
            y = tf.add(x, 1.0, name="y")
            z = tf.add(p, 1.0, name="z")
        tf.add(p, y, name="u")
        with tf.control_dependencies(None):
            tf.add(p, 1.0, name="free")
        with tf.control_dependencies([a.op, "b", x]):
            tf.constant(5.0, name="late")
        tf.group(name="nothing")
    with tf.control_dependencies([]):
        tf.constant(1.0)

    def enter(items: Any) -> Any:
        with tf.control_dependencies(items):
            return tf.no_op()

    return {
        "control": [[op.name for op in each.control_inputs] for each in (n, y.op, z.op)],
        "wrong": [attempt(enter, items) for items in ([3], ["zz"], [object()], 3)],
    }


@program
def grouping(tf: Any) -> Any:
    a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
    tf.group(a, b.op, name="g")
    tf.group([a, b])
    tf.group()
    tf.group(a)
    with tf.device("/cpu:0"):
        c = tf.constant(1.0, name="c")
    tf.group(a, c, name="devices")
    t = tf.tuple([a, b], name="t")
    tf.tuple([a, None, b], control_inputs=[c])
    tf.no_op()
    return {
        "t": t,
        "wrong": [attempt(tf.group, 3), attempt(tf.group, "a"), attempt(tf.tuple, [None])],
        "run": run(tf, t),
    }


@program
def devices(tf: Any) -> Any:
    seen = []
    with tf.device("/gpu:1"):
        seen.append(tf.constant(1).device)
        with tf.device("/job:ps"):
            seen.append(tf.constant(1).device)
            with tf.device("/job:ps/task:3/cpu:0"):
                seen.append(tf.constant(1).device)
        with tf.device(None):
            seen.append(tf.constant(1).device)
    with tf.device("/job:worker/replica:1/task:2/device:GPU:3"):
        seen.append(tf.add(1.0, 2.0).device)
    with tf.device(lambda op: "/cpu:0" if op.type == "Const" else "/gpu:0"):
        seen.append(tf.add(1.0, 2.0).device)

    def enter(name: Any) -> Any:
        with tf.device(name):
            return tf.constant(1).device

    return {"seen": seen, "more": [attempt(enter, name) for name in ("cpu:0", "/CPU:0", "/foo", "/job:a/job:b", "")]}


@program
def colocation(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    with tf.device("/cpu:0"):
        b = tf.constant(2.0, name="b")
    with tf.colocate_with(a.op):
        c = tf.constant(3.0, name="c")
        with tf.colocate_with(b.op):
            tf.constant(4.0, name="d")
        with tf.colocate_with(b, ignore_existing=True):
            tf.constant(5.0, name="e")
        with tf.colocate_with(None, ignore_existing=True):
            tf.constant(6.0, name="f")
    with tf.device("/gpu:0"), tf.colocate_with(b.op):
        tf.constant(7.0, name="g")
    with tf.colocate_with(c):
        tf.constant(8.0, name="h")
    return {"groups": [each.op.colocation_groups() for each in (a, b, c)]}


# ---- operators


_OPERATORS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "floordiv": lambda x, y: x // y,
    "mod": lambda x, y: x % y,
    "pow": lambda x, y: x**y,
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
}


def _operator_program(function: Any) -> Any:
    def operators(tf: Any) -> Any:
        x = tf.constant([1.5, 2.5], name="x")
        y = tf.constant([2.0, -4.0], name="y")
        i = tf.constant([7, -7], name="i")
        made = [function(x, y), function(x, 2.0), function(2.0, x), function(x, 2), function(i, 3), function(3, i)]
        made += [function(x, np.float32(2)), function(np.array([1, 2], np.float32), x), function(x, [1.0, 2.0])]
        with tf.name_scope("s"):
            made.append(function(x, 2.0))
        wrong = [
            attempt(function, x, i),
            attempt(function, x, "a"),
            attempt(function, i, 1.5),
            attempt(function, x, None),
        ]
        wrong += [attempt(function, x, [1.0, 2.0, 3.0]), attempt(function, "a", x)]
        return {"made": made, "values": run(tf, made), "wrong": wrong}

    return operators


for _name, _function in _OPERATORS.items():
    register(__name__, f"operator_{_name}", _operator_program(_function))


@program
def other_operators(tf: Any) -> Any:
    x = tf.constant([1.5, -2.5], name="x")
    m = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="m")
    p = tf.constant([True, False], name="p")
    q = tf.constant([True, True], name="q")
    i = tf.constant([5, 6], name="i")
    made = [-x, abs(x), +m if hasattr(m, "__pos__") else m, ~p, p & q, p | q, p ^ q, p & True, True ^ p]
    made += [i & 3, i | 3, i ^ 3, ~i, m @ m, x == x, x != x]
    wrong = [
        attempt(bool, x),
        attempt(iter, tf.placeholder(tf.float32)),
        attempt(len, x),
        attempt(float, x),
        attempt(int, i),
        attempt(list, tf.placeholder(tf.float32, [2])),
        attempt(lambda: x @ x),
        attempt(lambda: x & x),
        attempt(lambda: x.set_shape([3])),
        attempt(lambda: x.foo),
    ]
    return {"made": made, "values": run(tf, [each for each in made if not isinstance(each, bool)]), "wrong": wrong}


@program
def operator_chain(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = (x + 1) * 2 - x / 4 + 3 - (-x)
    z = 1 - y**2
    return {"z": z, "value": run(tf, [y, z], {x: [1.0, 2.0, 3.0]})}


# ---- slicing


@program
def getitem(tf: Any) -> Any:
    x = tf.constant(np.arange(24).reshape(2, 3, 4), tf.float32, name="x")
    n = tf.constant(1, name="n")
    made = [x[0], x[-1], x[0, 1], x[0, 1, 2], x[1:], x[:1], x[:, 1], x[..., 1], x[:, None], x[:, tf.newaxis, 0]]
    made += [x[::2], x[::-1], x[:, 1:3, ::2], x[n], x[n:], x[:, :n], x[0, ..., None], x[:], x[...], x[1, 1:2, -1]]
    made.append(x[tf.constant(0, tf.int64), 1])
    with tf.name_scope("s"):
        made.append(x[0])
    made.append(x[:, 0] + x[0, 0])
    p = tf.placeholder(tf.float32, [None, 3], name="p")
    fed = [p[0], p[:, 1], p[1:], p[:2], p[-1, 0], p[None]]
    wrong = [
        attempt(lambda: x["a"]),
        attempt(lambda: x[1.5]),
        attempt(lambda: x[0, 0, 0, 0]),
        attempt(lambda: x[5]),
        attempt(lambda: x[..., 0, ...]),
        attempt(lambda: x[tf.constant(1.5)]),
        attempt(lambda: x[::0]),
        attempt(lambda: p[True]),
        attempt(lambda: x[x > 3.0]),
    ]
    return {
        "made": made,
        "values": run(tf, made),
        "fed": fed,
        "fed values": run(tf, fed, {p: [[1, 2, 3], [4, 5, 6]]}),
        "out of range": run(tf, p[5], {p: [[1, 2, 3]]}),
        "wrong": wrong,
    }


# ---- constants and conversion


@program
def constants(tf: Any) -> Any:
    made = [
        tf.constant(1),
        tf.constant(1.5),
        tf.constant(True),
        tf.constant("text"),
        tf.constant(b"bytes"),
        tf.constant(2 + 3j),
        tf.constant([1, 2, 3]),
        tf.constant([[1.0, 2.0], [3.0, 4.0]]),
        tf.constant(["a", "bc"]),
        tf.constant([True, False]),
        tf.constant([]),
        tf.constant([[], []]),
        tf.constant(3, shape=[2, 3]),
        tf.constant([1, 2], shape=[2, 1]),
        tf.constant([1, 2, 3, 4], shape=[2, 2], dtype=tf.float64),
        tf.constant(np.float32(1.25)),
        tf.constant(np.arange(6).reshape(2, 3)),
        tf.constant(np.zeros([2, 0], np.float32)),
        tf.constant(np.int8(3)),
        tf.constant(np.array(["x", "yz"])),
        tf.constant(np.array([b"x", b"yz"], object)),
        tf.constant(1, tf.uint8),
        tf.constant(1, tf.float16),
        tf.constant(1.0, tf.bfloat16),
        tf.constant(1, tf.complex64),
        tf.constant(2**40, tf.int64),
        tf.constant(-0.0),
        tf.constant([np.nan, np.inf, -np.inf]),
        tf.constant([np.float64(1.5), 2]),
        tf.constant([np.int64(1), 2]),
        tf.constant((1, 2)),
        tf.constant(1e300, tf.float64),
        tf.constant([0.0] * 40),
        tf.constant(np.arange(40.0)),
        tf.zeros([2, 3]),
        tf.zeros([], tf.int32),
        tf.zeros([2], tf.string),
        tf.zeros([2], tf.bool),
        tf.ones([3, 1]),
        tf.ones([2], tf.int64),
        tf.zeros([2000]),
        tf.fill([2, 3], 9),
        tf.eye(3),
        tf.range(5),
        tf.range(1, 7, 2),
        tf.range(0.0, 1.0, 0.25),
        tf.linspace(0.0, 1.0, 5),
    ]
    return {"made": made, "values": run(tf, made)}


@program
def wrong_constants(tf: Any) -> Any:
    return {
        "wrong": [
            attempt(tf.constant, [1, 2], shape=[3]),
            attempt(tf.constant, [1, 2, 3], shape=[2]),
            attempt(tf.constant, [[1], [1, 2]]),
            attempt(tf.constant, None),
            attempt(tf.constant, 300, tf.uint8),
            attempt(tf.constant, -1, tf.uint8),
            attempt(tf.constant, 1.5, tf.int32),
            attempt(tf.constant, [1, "a"]),
            attempt(tf.constant, ["a", 1]),
            attempt(tf.constant, 2**40),
            attempt(tf.constant, 2**80),
            attempt(tf.constant, object()),
            attempt(tf.constant, "x", tf.float32),
            attempt(tf.constant, 1, tf.string),
            attempt(tf.constant, True, tf.float32),
            attempt(tf.constant, 1.0, tf.bool),
            attempt(tf.constant, {}),
            attempt(tf.constant, tf.constant(1)),
            attempt(tf.constant, 1, "foo"),
            attempt(tf.placeholder, "foo"),
            attempt(tf.zeros, [-1]),
            attempt(tf.fill, [2], [1, 2]),
            attempt(tf.ones, "a"),
        ]
    }


@program
def conversions(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    made = [
        tf.convert_to_tensor(1),
        tf.convert_to_tensor([1.0, 2.0], name="n"),
        tf.convert_to_tensor(a),
        tf.convert_to_tensor([a, 2.0]),
        tf.convert_to_tensor([[a, 1.0], [2.0, a]]),
        tf.convert_to_tensor(1, dtype=tf.float32),
        tf.convert_to_tensor(1, preferred_dtype=tf.float32),
        tf.convert_to_tensor(1.5, preferred_dtype=tf.int32),
        tf.convert_to_tensor(np.ones(2)),
        tf.convert_to_tensor(np.ones(2), dtype=tf.float32),
        tf.convert_to_tensor(tf.TensorShape([2, 3])),
        tf.convert_to_tensor(tf.TensorShape([2, 3])[0])
        if not isinstance(tf.TensorShape([2])[0], int)
        else tf.constant(2),
        tf.convert_to_tensor(a.shape),
        tf.add(a, np.float32(1)),
        tf.add(np.float64(1.5), a) if False else tf.add(1.5, a),
        tf.stack([a, 1.0, np.float32(2)]),
    ]
    wrong = [
        attempt(tf.convert_to_tensor, object()),
        attempt(tf.convert_to_tensor, [1, 2.5], dtype=tf.int32),
        attempt(tf.convert_to_tensor, a, dtype=tf.int32),
        attempt(tf.convert_to_tensor, tf.TensorShape([None, 2])),
        attempt(tf.convert_to_tensor, "x", dtype=tf.float32),
        attempt(tf.convert_to_tensor, np.ones(2), dtype=tf.string),
        attempt(tf.convert_to_tensor, [a, 1]),
        attempt(tf.convert_to_tensor, [a, "x"]),
        attempt(tf.convert_to_tensor, None),
        attempt(tf.add, a, None),
        attempt(tf.add, a, "x"),
        attempt(tf.add, "x", a),
        attempt(tf.add, a, tf.constant(1)),
        attempt(tf.add, [1, 2], 1.5),
        attempt(tf.add, a, object()),
        attempt(tf.nn.relu, "x"),
        attempt(tf.nn.relu, True),
        attempt(tf.matmul, 1.0, 2.0),
    ]
    return {"made": made, "values": run(tf, made), "wrong": wrong}


@program
def placeholders(tf: Any) -> Any:
    made = [
        tf.placeholder(tf.float32),
        tf.placeholder(tf.int32, []),
        tf.placeholder("float64", [None, 3], name="p"),
        tf.placeholder(np.int64, shape=(2, None)),
        tf.placeholder(float, 3),
        tf.placeholder(tf.string, [None]),
        tf.placeholder(tf.bool, tf.TensorShape([1, 2])),
        tf.placeholder_with_default([1.0, 2.0], [None]),
        tf.placeholder_with_default(1, [], name="d"),
    ]
    made[0].set_shape([None, 4])
    return {
        "made": made,
        "shapes": [each.shape for each in made],
        "lists": [made[2].get_shape().as_list(), made[2].shape.ndims, made[2].shape.is_fully_defined()],
        "text": [str(each.shape) for each in made],
        "reprs": [repr(each) for each in made[:3]],
        "wrong": [
            attempt(lambda: made[0].set_shape([3, 5])),
            attempt(tf.placeholder_with_default, [1.0, 2.0], [3]),
            attempt(tf.placeholder, tf.float32, [-2]),
            attempt(tf.placeholder, tf.float32, "ab"),
            attempt(tf.placeholder, 3.5),
        ],
    }


@program
def collections(tf: Any) -> Any:
    a = tf.constant(1.0, name="scope/a")
    tf.add_to_collection("mine", a)
    tf.add_to_collection("mine", a)
    tf.add_to_collection("mine", tf.constant(2.0, name="b"))
    tf.add_to_collections(["x", "y"], 3)
    tf.get_collection_ref("fresh").append("item")
    tf.add_to_collection(tf.GraphKeys.LOSSES, a)
    graph = tf.get_default_graph()
    return {
        "mine": tf.get_collection("mine"),
        "scope": tf.get_collection("mine", "scope"),
        "missing": tf.get_collection("missing"),
        "keys": sorted(graph.get_all_collection_keys()),
        "constants": {
            key: getattr(tf.GraphKeys, key) for key in sorted(dir(tf.GraphKeys)) if key.isupper() and key[0] != "_"
        },
    }
