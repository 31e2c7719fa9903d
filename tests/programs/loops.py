"""Loops: the nodes of `while_loop` in all its forms, structures, loops inside branches and loops, what it refuses."""

from __future__ import annotations

import collections
from typing import Any

from .tools import attempt, program, run

Pair = collections.namedtuple("Pair", "first second")


@program
def counting(tf: Any) -> Any:
    i = tf.constant(0, name="i")
    end = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [i])
    again = tf.while_loop(lambda i: tf.less(i, 3), lambda i: [tf.add(i, 1)], (i,), name="again")
    return {"end": end, "again": again, "values": run(tf, [end, again])}


@program
def several_variables(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.constant([[1.0, 2.0, 3.0]] * 3, name="w")

    def body(i: Any, state: Any) -> Any:
        return i + 1, tf.tanh(tf.matmul(state, w)) + tf.cast(i, tf.float32)

    made = tf.while_loop(lambda i, s: i < 5, body, [0, x], parallel_iterations=3, swap_memory=True)
    return {"made": made, "values": run(tf, made, {x: [[0.1, 0.2, 0.3], [-1.0, 0.0, 1.0]]})}


@program
def structures(tf: Any) -> Any:
    a, b = tf.constant(1.0, name="a"), tf.constant([1.0, 2.0], name="b")

    def body(i: Any, pair: Any, named: Any) -> Any:
        return [i + 1, Pair(pair.second, [pair.first, pair.second[1]][0]), {"z": named["y"][0], "y": [named["z"]]}]

    def cond(i: Any, pair: Any, named: Any) -> Any:
        return tf.logical_and(i < 4, pair.first < 100)

    simple = attempt(tf.while_loop, cond, body, [tf.constant(0), Pair(a, a), {"z": b, "y": [b]}])
    same = tf.while_loop(lambda p: p["n"] < 3, lambda p: [{"n": p["n"] + 1}], [{"n": tf.constant(0)}])
    kept = tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [tf.constant(0)], return_same_structure=True)
    tupled = tf.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1, j), (1, 2), return_same_structure=True)
    nested = tf.while_loop(
        lambda i, pair, named: tf.logical_and(i < 4, pair.first < 100.0),
        lambda i, pair, named: (
            i + 1,
            Pair(pair.second * 2.0, pair.first),
            {"z": named["y"][0], "y": [named["z"] * 3.0]},
        ),
        [tf.constant(0), Pair(a, a), {"z": b, "y": [b + 1.0]}],
    )
    values = run(tf, [nested, same, kept, tupled])
    return {"simple": simple, "nested": nested, "same": same, "kept": kept, "tupled": tupled, "values": values}


@program
def limited(tf: Any) -> Any:
    one = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [tf.constant(0)], maximum_iterations=3)
    kept = tf.while_loop(
        lambda i: i < 10, lambda i: [i + 1], [tf.constant(0)], maximum_iterations=3, return_same_structure=True
    )
    limit = tf.placeholder(tf.int64, [], name="limit")
    two = tf.while_loop(
        lambda i, x: i < 10,
        lambda i, x: (i + 1, tf.concat([x, x], 0)),
        [tf.constant(0), tf.zeros([1])],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
        maximum_iterations=limit,
    )
    values = [run(tf, [one, kept, two], {limit: each}) for each in (0, 2, 100)]
    return {"one": one, "kept": kept, "two": two, "values": values}


@program
def growing(tf: Any) -> Any:
    i0, m0 = tf.constant(0), tf.ones([2, 2])
    made = tf.while_loop(
        lambda i, m: i < 10,
        lambda i, m: [i + 1, tf.concat([m, m], axis=0)],
        loop_vars=[i0, m0],
        shape_invariants=[i0.get_shape(), tf.TensorShape([None, 2])],
    )
    other = tf.while_loop(lambda i: i < 3, lambda i: i * 2 + 1, [i0], shape_invariants=[tf.TensorShape(None)])
    return {"made": made, "other": other, "shapes": run(tf, [tf.shape(made[1]), other])}


@program
def constants_and_captures(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    y = x * 2.0
    random = tf.random_uniform([2], seed=3)

    def body(i: Any, s: Any) -> Any:
        free = tf.constant(3.0) + y
        noise = tf.random_normal([2], seed=1)
        return i + 1, s + free * y + tf.reduce_sum(noise) + tf.reduce_sum(random) + tf.cast(
            tf.shape(random)[0], tf.float32
        )

    made = tf.while_loop(lambda i, s: s + y < 100.0 + x, body, [0, x])
    return {"made": made, "values": run(tf, made, {x: 2.0})}


@program
def nested(tf: Any) -> Any:
    x = tf.constant(1.0, name="x")
    w = tf.constant(2.0, name="w")

    def inner_body(j: Any, s: Any) -> Any:
        return j + 1, s * w + x

    def body(i: Any, s: Any) -> Any:
        j, inner = tf.while_loop(lambda j, _: j < i, inner_body, [i - i, s], name="inner")
        free = tf.while_loop(lambda k: k < 3, lambda k: k + 1, [tf.constant(0)], name="free")
        return i + 1, inner * w + tf.cast(j + free, tf.float32)

    made = tf.while_loop(lambda i, s: i < 4, body, [tf.constant(0), x], name="outer")
    invariant = tf.while_loop(
        lambda i, s: i < 4,
        lambda i, s: (i + 1, s + tf.while_loop(lambda t: t < 50.0, lambda t: t * 3.0, [w])),
        [tf.constant(0), x],
    )
    return {"made": made, "invariant": invariant, "values": run(tf, [made, invariant])}


@program
def branches_inside(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.constant(2.0, name="w")

    def body(i: Any, s: Any) -> Any:
        s = tf.cond(i % 2 > 0, lambda: s * w, lambda: s + tf.constant(1.0))
        t = tf.cond(tf.equal(i, 2), lambda: tf.cond(s > 3.0, lambda: x, lambda: s), lambda: w)
        return i + 1, s + t

    made = tf.while_loop(lambda i, s: i < 5, body, [0, x])
    return {"made": made, "values": [run(tf, made, {x: each}) for each in (0.5, 3.0)]}


@program
def inside_branches(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    p = tf.placeholder(tf.bool, [], name="p")
    w = tf.constant(2.0, name="w")

    def looped() -> Any:
        return tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * w + x), [tf.constant(0), x])[1]

    def straight() -> Any:
        inner = tf.cond(x > 1.0, looped, lambda: w)
        return tf.while_loop(lambda s: s < 10.0, lambda s: s + tf.abs(inner) + 1.0, [inner])

    made = tf.cond(p, looped, straight)
    return {"made": made, "values": [run(tf, made, {x: a, p: b}) for a in (0.5, 3.0) for b in (True, False)]}


@program
def control_inputs(tf: Any) -> Any:
    x = tf.constant(1.0, name="x")
    before = tf.no_op(name="before")
    with tf.control_dependencies([x, before]):
        first = tf.while_loop(lambda i: i < 3.0, lambda i: i + 1.0, [x * 2.0])

    def body(i: Any, s: Any) -> Any:
        with tf.control_dependencies([x, i]):
            step = tf.constant(1.0)
            with tf.control_dependencies([step]):
                other = s + x
        with tf.control_dependencies([before, x]):
            alone = tf.no_op()
        with tf.control_dependencies([alone]):
            return i + 1, other + tf.identity(step)

    second = tf.while_loop(lambda i, s: i < 3, body, [0, x])
    with tf.control_dependencies([first]), tf.device("/cpu:0"), tf.name_scope("deep"):
        third = tf.while_loop(lambda i, s: i < 3, body, [0, x], name="third")
    return {"made": [first, second, third], "values": run(tf, [first, second, third])}


@program
def variables_in_loops(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    r = tf.get_variable("r", [], use_resource=True)

    def body(i: Any, s: Any) -> Any:
        change = v.assign_add(2.0)
        with tf.control_dependencies([change]):
            total = s + v + r
        return i + 1, total + r.assign_add(1.0)

    made = tf.while_loop(lambda i, s: i < 3, body, [0, v])
    resource = tf.while_loop(lambda s: s < 3.0, lambda s: s + 1.0 + r, [r])
    given = tf.while_loop(lambda s, _: s < 3.0, lambda s, _: (s + 1.0, r), [r, v])
    with tf.Session() as session:
        session.run([v.initializer, r.assign(0.5)])
        # What `made` gives depends on when TensorFlow reads `v`, so it is not run.
        values = [session.run(resource), session.run(r.assign(2.0)), session.run(given)]
    return {"made": made, "resource": resource, "given": given, "values": values}


@program
def colocated(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0], name="v")

    def body(i: Any, s: Any) -> Any:
        with tf.colocate_with(v):
            t = s * 2.0
        with tf.device("/cpu:0"):
            return i + 1, t + v

    with tf.variable_scope("scope"):
        made = tf.while_loop(lambda i, s: i < 3, body, [0, v.initialized_value()])
    return {"made": made, "values": run(tf, made, init=True)}


@program
def collections_of_contexts(tf: Any) -> Any:
    def body(i: Any) -> Any:
        return tf.cond(i > 2, lambda: tf.while_loop(lambda j: j < 9, lambda j: j + 1, [i]), lambda: i + 1)

    tf.while_loop(lambda i: i < 3, body, [0], back_prop=False)
    tf.cond(tf.constant(True), lambda: tf.while_loop(lambda i: i < 3, body, [0]), lambda: 2)
    graph = tf.get_default_graph()
    loops = graph.get_collection(tf.GraphKeys.WHILE_CONTEXT)
    branches = graph.get_collection(tf.GraphKeys.COND_CONTEXT)
    return {
        "loops": [each.name for each in loops],
        "branches": [each.name for each in branches],
        "enters": [each.name for each in loops[0].loop_enters],
        "exits": [each.name for each in loops[0].loop_exits],
        "pivot": loops[0].pivot.name,
        "parts": [loops[0].back_prop, loops[0].parallel_iterations, loops[0].swap_memory],
        "fetchable": [graph.is_fetchable(op) for op in graph.get_operations()],
        "feedable": [graph.is_feedable(out) for op in graph.get_operations() for out in op.outputs],
    }


@program
def conditions_of_several_kinds(tf: Any) -> Any:
    always = tf.while_loop(lambda i: True, lambda i: i + 1, [tf.constant(0)])
    fed = tf.placeholder(tf.bool, name="fed")
    outside = tf.while_loop(lambda i: fed, lambda i: i + 1, [tf.constant(0)])
    unchanged = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x), [tf.constant(0), tf.constant(1.0)])
    swapped = tf.while_loop(
        lambda i, x, y: i < 3, lambda i, x, y: (i + 1, y, x), [tf.constant(0), tf.constant(1.0), tf.constant(2.0)]
    )
    values = run(tf, [outside, unchanged, swapped], {fed: False})
    return {"made": [always, outside, unchanged, swapped], "values": values}


@program
def refused(tf: Any) -> Any:
    i, x, m = tf.constant(0), tf.constant(1.0), tf.ones([2, 2])
    seen: list[Any] = []

    def remember(i: Any) -> Any:
        seen.append(i + 1)
        return seen[-1]

    def attempt_loop(cond: Any, body: Any, variables: Any, **options: Any) -> Any:
        return attempt(tf.while_loop, cond, body, variables, **options)

    def less(i: Any, *_: Any) -> Any:
        return i < 3

    def doubled(i: Any, m: Any) -> Any:
        return [i + 1, tf.concat([m, m], 0)]

    return {
        "more results": attempt_loop(less, lambda i: (i, i), [i]),
        "fewer results": attempt_loop(less, lambda i, x: (i,), [i, x]),
        "nested result": attempt_loop(less, lambda i, x: (i, {"a": x}), [i, x]),
        "other type": attempt_loop(less, lambda i, x: (i, [x["a"]]), [i, {"a": x}]),
        "other key": attempt_loop(less, lambda i, x: (i, {"b": x["a"]}), [i, {"a": x}]),
        "other tuple": attempt_loop(less, lambda i, x: (i, (x, x)), [i, Pair(x, x)]),
        "condition no bool": attempt_loop(lambda i: x, lambda i: i, [i]),
        "condition no scalar": attempt_loop(lambda i: tf.constant([True, False]), lambda i: i, [i]),
        "none": attempt_loop(less, lambda i: None, [i]),
        "no variables": attempt_loop(less, lambda i: i, []),
        "parallel 0": attempt_loop(less, lambda i: i, [i], parallel_iterations=0),
        "parallel 2.5": attempt_loop(less, lambda i: i, [i], parallel_iterations=2.5),
        "no cond": attempt_loop(1, lambda i: i, [i]),
        "no body": attempt_loop(less, 2, [i]),
        "grows": attempt_loop(less, doubled, [i, m]),
        "invariant too exact": attempt_loop(
            less, doubled, [i, m], shape_invariants=[i.shape, tf.TensorShape([3, None])]
        ),
        "too few invariants": attempt_loop(less, doubled, [i, m], shape_invariants=[i.shape]),
        "invariant no shape": attempt_loop(less, doubled, [i, m], shape_invariants=[i.shape, [None, 2]]),
        "limit no scalar": attempt_loop(less, doubled, [i, m], maximum_iterations=[2]),
        "operation": attempt_loop(less, lambda i: tf.no_op(), [i]),
        "fine": attempt_loop(less, remember, [i]),
        "used outside": attempt(lambda: seen[0] + 1),
        "used in another loop": attempt_loop(less, lambda i: i + seen[0], [i]),
        "wrong arguments": attempt_loop(less, lambda: i, [i]),
    }


@program
def variables_made_inside(tf: Any) -> Any:
    def body(i: Any, s: Any) -> Any:
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        r = tf.get_variable("r", initializer=2.0, use_resource=True)
        u = tf.Variable(lambda: tf.constant(0.5), name="u")
        return i + 1, s * w + r + u

    _, y = tf.while_loop(lambda i, _: i < 3, body, [0, tf.zeros([2])])

    def refused(i: Any) -> Any:
        tf.Variable(i * 2, name="bad")
        return i + 1

    return {"y": y, "value": run(tf, y, init=True), "refused": attempt(tf.while_loop, lambda i: i < 3, refused, [0])}


@program
def many_kinds_of_operations(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0], name="x")

    def body(i: Any, s: Any, noise: Any) -> Any:
        checked = tf.Assert(s > -1.0, [s, i])
        with tf.control_dependencies([checked]):
            s = s + x[i]
        s = tf.case([(tf.equal(i, 0), lambda: s * 2.0), (tf.equal(i, 1), lambda: s + 10.0)], default=lambda: -s)
        s = tf.abs(s) + tf.reduce_sum(tf.one_hot(i, 3) * x) + tf.cast(tf.size(tf.range(i)), tf.float32)
        return i + 1, s, noise + tf.random_uniform([2], seed=5)

    made = tf.while_loop(lambda i, *_: i < 3, body, [0, 0.5, tf.zeros([2])])
    return {"made": made, "values": [run(tf, made), run(tf, made)]}
