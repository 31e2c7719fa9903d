"""The law of the tiers: generated programs give the interpreter's values and leave its state, bit for bit, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini.runtime.tiers import Tiers

UNARY = [
    "square",
    "tanh",
    "negative",
    "exp",
    "identity",
    "stop_gradient",
    "sigmoid",
    "abs",
    "log",
    "zeros_like",
    "floor",
]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum", "divide", "squared_difference", "less", "equal"]
KINDS = [
    "unary",
    "binary",
    "binary",
    "reduce",
    "write",
    "random",
    "matmul",
    "reshape",
    "transpose",
    "where",
    "shape",
    "integers",
]

instruction = st.tuples(st.sampled_from(KINDS), *[st.integers(0, 10**6)] * 3)


@contextmanager
def interpreted() -> Iterator[None]:
    """Inside, no program is generated."""
    most, Tiers.MOST = Tiers.MOST, 0
    try:
        yield
    finally:
        Tiers.MOST = most


def build(program: list[tuple[str, int, int, int]]) -> tuple[list[Any], list[Any], list[Any]]:
    """Adds a program to the default graph; returns what can be fetched, the variables and the placeholders."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    s = tf.placeholder(tf.float32, [], name="s")
    n = tf.placeholder(tf.int32, None, name="n")
    v = tf.get_variable("v", [3, 3], initializer=tf.random_uniform_initializer(-1, 1, seed=3))
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(0.5), use_resource=True)
    values: list[Any] = [x, s, x, v.value(), w.value(), tf.constant([[0.5, -0.25, np.nan]]), tf.constant(-2.0)]
    last: list[Any] = []
    for kind, a, b, c in program:
        first, second = values[a % len(values)], values[b % len(values)]
        rank = first.shape.ndims
        with tf.control_dependencies(last[-1:]):
            try:
                if kind == "unary":
                    values.append(getattr(tf, UNARY[c % len(UNARY)])(first))
                elif kind == "binary":
                    values.append(tf.cast(getattr(tf, BINARY[c % len(BINARY)])(first, second), tf.float32))
                elif kind == "matmul":
                    values.append(tf.matmul(first, second, transpose_a=bool(c % 2), transpose_b=bool(c // 2 % 2)))
                elif kind == "reduce":
                    axis = None if c % 3 == 0 or not rank else c % rank
                    reduce = [tf.reduce_sum, tf.reduce_mean, tf.reduce_max][c // 3 % 3]
                    values.append(reduce(first, axis=axis, keepdims=bool(c // 9 % 2)))
                elif kind == "random":
                    values.append(first + tf.random_normal(tf.shape(first), seed=c % 5))
                elif kind == "reshape":
                    values.append(tf.reshape(first, [[-1], [3, -1], [-1, 1]][c % 3]))
                elif kind == "transpose":
                    values.append(tf.transpose(first))
                elif kind == "where":
                    values.append(tf.where(tf.greater(first, second), first, second))
                elif kind == "shape":
                    values.append(tf.cast(tf.reduce_sum(tf.shape(first)), tf.float32) * second)
                elif kind == "integers":
                    values.append(tf.cast(n * 3 - n // 2, tf.float32) * second)
                else:
                    written = [
                        v.assign(first),
                        w.assign_add(first),
                        w.assign(tf.reduce_sum(first)),
                        v.assign_sub(first),
                    ][c % 4]
                    last.append(written.op)
                    values.append(tf.identity(written))
            except (ValueError, tf.errors.InvalidArgumentError):
                continue
    return values, [v, w], [x, s, n]


def bits(values: Any) -> list[tuple[Any, Any, bytes]]:
    return [(np.shape(each), np.asarray(each).dtype, np.asarray(each).tobytes()) for each in values]


def run(session: Any, fetches: Any, feeds: Any) -> Any:
    """Returns the values, or the first line of what was raised."""
    try:
        return session.run(fetches, feeds)
    except tf.errors.OpError as error:
        return str(error)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(instruction, min_size=1, max_size=14),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=3),
    st.lists(st.sampled_from([2, 2, 3]), min_size=8, max_size=12),
    st.integers(0, 2),
)
def test_generated_programs_give_what_the_interpreter_gives(
    program: list[tuple[str, int, int, int]], places: list[int], batches: list[int], fed: int
) -> None:
    """Values of every run, the state in the end, and what earlier runs gave, which later runs leave alone."""
    with tf.Graph().as_default():
        values, variables, (x, s, n) = build(program)
        fetches: list[Any] = [values[place % len(values)] for place in places] + ([variables[0]] if fed == 2 else [])
        random = np.random.RandomState(len(program))
        feeds: list[Any] = []
        for number, batch in enumerate(batches):
            array = random.uniform(-1, 1, (batch, 3)).astype(np.float32)
            if number % 4 == 3:
                array[0, 0] = np.nan
            if number % 3 == 2:
                array = np.asfortranarray(array)
            feed = {x: array, s: np.float32(number - 1.5), n: np.int32(2**30 + number) if number % 4 else [number] * 3}
            if fed == 1 and values[-1].op.type != "Placeholder":
                feed[values[len(values) // 2]] = np.float32(number)
            feeds.append(feed)
        sessions = [tf.Session(), tf.Session()]
        results = []
        for session, tier in zip(sessions, (interpreted, None), strict=True):
            session.run([each.initializer for each in variables])
            given = []
            for feed in feeds:
                try:
                    if tier is None:
                        result = run(session, fetches, feed)
                    else:
                        with tier():
                            result = run(session, fetches, feed)
                except ValueError as error:
                    result = str(error)
                given.append((result, result if isinstance(result, str) else bits(result)))
            results.append(given)
        for (plain, before), (value, then) in zip(*results, strict=True):
            assert before == then
            for result, kept in ((plain, before), (value, then)):
                assert (result if isinstance(result, str) else bits(result)) == kept
        assert bits(sessions[0].run(variables)) == bits(sessions[1].run(variables))


# ---- training: steps of optimizers, which change arrays that others may hold

OPTIMIZERS = [
    lambda: tf.train.GradientDescentOptimizer(0.1),
    lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    lambda: tf.train.AdamOptimizer(0.1),
    lambda: tf.train.AdagradOptimizer(0.1),
    lambda: tf.train.GradientDescentOptimizer(
        tf.train.exponential_decay(0.1, tf.train.get_or_create_global_step(), 3, 0.5)
    ),
]


def model(kind: int, resource: bool, activation: str) -> tuple[Any, Any, Any, Any]:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    with tf.variable_scope("m", use_resource=resource, initializer=tf.random_uniform_initializer(-1, 1, seed=7)):
        w1, b1 = tf.get_variable("w1", [3, 20]), tf.get_variable("b1", [20])
        w2, b2 = tf.get_variable("w2", [20, 4]), tf.get_variable("b2", [4])
        scale = tf.get_variable("scale", [])
    hidden = (
        getattr(tf, activation)(tf.matmul(x, w1) + b1) if activation != "relu" else tf.nn.relu(tf.matmul(x, w1) + b1)
    )
    logits = tf.nn.bias_add(tf.matmul(hidden, w2), b2) * scale
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    step = OPTIMIZERS[kind]().minimize(loss, global_step=tf.train.get_or_create_global_step())
    return x, labels, loss, step


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, len(OPTIMIZERS) - 1),
    st.booleans(),
    st.sampled_from(["relu", "tanh", "sigmoid"]),
    st.lists(
        st.sampled_from(["step", "step", "step", "read", "fork", "set", "other size", "other fetch"]),
        min_size=8,
        max_size=20,
    ),
)
def test_training_gives_what_the_interpreter_gives(kind: int, resource: bool, activation: str, plan: list[str]) -> None:
    """Losses and variables, while others read variables, hold a fork of the state, set a variable or feed another size."""
    with tf.Graph().as_default() as graph:
        x, labels, loss, step = model(kind, resource, activation)
        variables = tf.global_variables()
        init = tf.global_variables_initializer()
        other = tf.trainable_variables()[0]
        value = tf.placeholder(tf.float32, [3, 20])
        setting = other.assign(value)
        results = []
        for plain in (True, False):
            seen: list[Any] = []
            held: list[Any] = []
            random = np.random.RandomState(1)
            most, Tiers.MOST = Tiers.MOST, 0 if plain else Tiers.MOST
            try:
                with tf.Session(graph=graph) as session:
                    session.run(init)
                    for action in plan:
                        size = 12 if action == "other size" else 9
                        feeds = {x: random.randn(size, 3).astype(np.float32), labels: random.randint(0, 4, size)}
                        if action == "read":
                            got = session.run(variables)
                            held.append((got, bits(got)))
                        elif action == "fork":
                            state = session._state.fork()
                            arrays = [cell.value for cell in state.variables.cells.values()]
                            views = [each[..., :1] for each in arrays if each.ndim]
                            held.append((views, bits(views)))
                            held.append((arrays, bits(arrays)))
                        elif action == "set":
                            session.run(setting, {value: random.randn(3, 20)})
                        elif action == "other fetch":
                            seen.append(bits(session.run([step, loss, other], feeds)[1:]))
                        else:
                            seen.append(bits([session.run([loss, step], feeds)[0]]))
                    seen.append(bits(session.run(variables)))
            finally:
                Tiers.MOST = most
            for got, kept in held:
                assert bits(got) == kept
            results.append(seen)
    assert results[0] == results[1]


# ---- loops

LOOP_STEPS = ["add", "scale", "count", "matmul", "reduce", "swap", "where", "constant"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(LOOP_STEPS), st.integers(0, 4)), min_size=1, max_size=5),
    st.integers(0, 5),
    st.sampled_from(["count", "value", "both", "long"]),
    st.booleans(),
)
def test_generated_loops_give_what_the_interpreter_gives(
    steps: list[tuple[str, int]], turns: int, condition: str, nested: bool
) -> None:
    """Scalars and matrices as variables, counters that are used and not, bounds that are fed, loops in loops."""
    with tf.Graph().as_default():
        start = tf.placeholder(tf.float32, [2, 2])
        bound = tf.placeholder(tf.int32, [])

        def body(i: Any, s: Any, m: Any) -> Any:
            for kind, detail in steps:
                if kind == "add":
                    s = s + detail
                elif kind == "scale":
                    m = m * (0.25 * detail)
                elif kind == "count":
                    s = s + tf.cast(i * detail, tf.float32)
                elif kind == "matmul":
                    m = tf.tanh(tf.matmul(m, m))
                elif kind == "reduce":
                    s = tf.reduce_sum(m) - s
                elif kind == "swap":
                    s, m = tf.reduce_max(m), m + s
                elif kind == "where":
                    s = tf.where(s > 1.0, s * 0.5, s + 1.0)
                else:
                    m = m + tf.constant([[1.0, 0.0], [0.0, 1.0]])
            if nested:
                _, s = tf.while_loop(lambda j, t: j < i, lambda j, t: [j + 1, t * 0.5 + 1.0], [0, s])
            return [i + 1, s, m]

        def test(i: Any, s: Any, m: Any) -> Any:
            limit = bound * 60 if condition == "long" and not nested else bound
            small = tf.abs(s) < 50.0
            return {"value": tf.logical_and(small, i < 40), "both": tf.logical_and(i < limit, small)}.get(
                condition, i < limit
            )

        results = tf.while_loop(test, body, [tf.constant(0), tf.constant(0.5), start])
        array = np.array([[0.25, -1.0], [1.5, 0.5]], np.float32)
        seen = []
        for tier in (interpreted, None):
            with tf.Session() as session:
                given = []
                for number in range(5):
                    feeds = {start: array * number, bound: turns + (number == 4)}
                    if tier is None:
                        given.append(bits(session.run(results, feeds)))
                    else:
                        with tier():
                            given.append(bits(session.run(results, feeds)))
                seen.append(given)
        assert seen[0] == seen[1]


def test_a_counter_stops_at_the_end_of_its_type() -> None:
    """Where a Python integer would go on, int32 does not: the bound is too near to the end, and the interpreter does the loop."""
    with tf.Graph().as_default(), tf.Session() as session:
        most = np.iinfo(np.int32).max
        bound = tf.placeholder(tf.int32, [])
        count = tf.while_loop(
            lambda i, n: i < bound, lambda i, n: [i + 100, n + 1], [tf.constant(most - 250), tf.constant(0)]
        )
        for end in (most - 150, most - 150, most - 150, most - 99, most - 150):
            number, turns = session.run(count, {bound: end})
            assert (number, turns) == (most - 250 + 100 * turns, 1 if end == most - 150 else 2)


# ---- errors, shapes, arrays that are held


def test_errors_are_those_of_the_operation() -> None:
    """In the first run, the second and later ones: the same class, the same message; writes before it stay."""
    with tf.Graph().as_default(), tf.Session() as session:
        rows = tf.placeholder(tf.int32, [2], name="rows")
        count = tf.get_variable("count", [], initializer=tf.zeros_initializer())
        with tf.control_dependencies([count.assign_add(1.0)]):
            table = tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2)) * 2.0
            taken = tf.gather(tf.tanh(table) + tf.ones([3, 2]), rows, name="taken") * 3.0
        session.run(count.initializer)
        messages = set()
        for run in range(5):
            with pytest.raises(tf.errors.InvalidArgumentError) as caught:
                session.run(taken, {rows: [0, 7]})
            messages.add(str(caught.value))
            assert caught.value.op.name == "taken"
            assert session.run(taken, {rows: [0, 1]}).shape == (2, 2)
            assert session.run(count) == 2 * (run + 1)
        assert len(messages) == 1


def test_a_variable_may_change_its_shape() -> None:
    """Assignment without validation: the generated program notices, goes on in the interpreter, and is made anew."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(np.ones((2, 2), np.float32), validate_shape=False)
        total = tf.reduce_sum(tf.square(v) * 2.0 + 1.0, axis=0)
        session.run(v.initializer)
        for shape in ((2, 2), (3, 2), (1, 5), (2, 2)):
            value = np.random.RandomState(0).rand(*shape).astype(np.float32)
            v.load(value, session) if shape == (2, 2) else session.run(tf.assign(v, value, validate_shape=False))
            for _ in range(5):
                np.testing.assert_array_equal(session.run(total), (np.square(value) * 2 + 1).sum(0))


def test_runs_in_threads_share_no_buffer() -> None:
    """Many runs of one program at once, each with its own numbers."""
    import threading

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [64, 64])
        y = x
        for _ in range(20):
            y = tf.tanh(tf.matmul(y, y) * 0.01 + x)
        arrays = [np.full((64, 64), 0.1 * number, np.float32) for number in range(4)]
        wanted = [session.run(y, {x: each}) for each in arrays]
        wrong: list[int] = []

        def work(number: int) -> None:
            for _ in range(20):
                if session.run(y, {x: arrays[number]}).tobytes() != wanted[number].tobytes():
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert not wrong


def test_what_a_function_keeps_is_left_alone() -> None:
    """A `py_func` may keep what it was given: later runs do not write there."""
    kept: list[Any] = []
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [3, 4])

        def keep(value: Any) -> Any:
            kept.append((value, value.copy()))
            return value

        z = tf.square(tf.py_func(keep, [tf.reshape(tf.tanh(x) * 2.0, [4, 3])], tf.float32)) + 1.0
        for number in range(6):
            session.run(z, {x: np.full((3, 4), number)})
    for value, copy in kept:
        np.testing.assert_array_equal(value, copy)


def test_long_programs_are_cut_into_parts() -> None:
    """Values cross from part to part, scalars and arrays, and an error in a late part is still the operation's own."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2])
        y, early = x, tf.tanh(x)
        for number in range(2500):
            y = y * 0.5 + early if number % 2 else tf.square(y) + x
        y = tf.gather(y, [5])
        for _ in range(4):
            got = session.run(y, {x: np.full((6, 2), 0.25)})
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 5"):
                session.run(y, {x: np.full((3, 2), 0.25)})
        with interpreted(), tf.Session() as plain:
            np.testing.assert_array_equal(plain.run(y, {x: np.full((6, 2), 0.25)}), got)


def test_chains_over_large_arrays_are_done_in_tiles() -> None:
    """Sums, values inside the chain that are fetched, others that are not; a size that is no multiple of the tile."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        y = tf.tanh(x * 0.5 + 0.25)
        z = tf.square(y)
        above = tf.cast(z > 0.1, tf.float32)
        fetches = [tf.reduce_sum(z * x), y, tf.reduce_mean(z), tf.nn.relu(y) - z, tf.reduce_sum(above)]
        for size in ((1 << 20) + 4321, 1 << 20):
            array = np.random.RandomState(0).uniform(-1, 1, size).astype(np.float32)
            array[7] = np.nan if size == 1 << 20 else 0.0
            with interpreted():
                wanted = bits(session.run(fetches, {x: array}))
            for _ in range(4):
                assert bits(session.run(fetches, {x: array})) == wanted
        text = tf.inspection.generated_program(session, fetches, {x: array})
        assert "= chain_" in text


def test_a_sum_that_was_begun_is_finished_by_the_interpreter() -> None:
    """Terms are added as they come; a variable with another shape sends the run to the interpreter between two of them."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 2])
        v = tf.Variable(np.ones((2, 2), np.float32), validate_shape=False)
        terms = [tf.tanh(x * number) for number in range(1, 5)]
        with tf.control_dependencies([terms[-1]]):
            terms.append(tf.square(v) + x)
        terms += [tf.sigmoid(terms[-1] * number) for number in range(1, 5)]
        total = tf.add_n(terms) * 2.0
        session.run(v.initializer)
        array = np.array([[0.5, -1.0], [2.0, 0.25]], np.float32)
        for shape in ((2, 2), (1, 2), (2, 2)):
            session.run(tf.assign(v, np.random.RandomState(1).rand(*shape).astype(np.float32), validate_shape=False))
            with interpreted(), tf.Session() as plain:
                plain.run(tf.assign(v, session.run(v), validate_shape=False))
                wanted = bits([plain.run(total, {x: array})])
            for _ in range(6):
                assert bits([session.run(total, {x: array})]) == wanted
        text = tf.inspection.generated_program(session, total, {x: array}).split("\n")
        sums = [place for place, line in enumerate(text) if line.endswith("# AddN")]
        assert sums[0] < next(place for place, line in enumerate(text) if "square(" in line) < sums[-1]


def test_fetched_arrays_belong_to_the_caller() -> None:
    """Whatever is fetched may be changed: not the state, not a constant, not what was fed, not another fetch."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 3])
        v = tf.Variable(np.ones((2, 3), np.float32))
        written = v.assign_add(x)
        with tf.control_dependencies([written]):
            after = tf.identity(written)
        y = tf.tanh(x)
        constant = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        fetches = [written, after, x, y, tf.identity(y), tf.reshape(y, [3, 2]), constant, tf.transpose(constant), v]
        session.run(v.initializer)
        fed = np.full((2, 3), 0.5, np.float32)
        for number in range(1, 7):
            values = session.run(fetches, {x: fed})
            expected = [each.copy() for each in values]
            for place, value in enumerate(values):
                value[...] = -100.0
                for other in range(place + 1, len(values)):
                    np.testing.assert_array_equal(values[other], expected[other])
            np.testing.assert_array_equal(session.run(v), np.full((2, 3), 1 + 0.5 * number))
            np.testing.assert_array_equal(fed, np.full((2, 3), 0.5))
            np.testing.assert_array_equal(expected[6], [[1.0, 2.0], [3.0, 4.0]])


def test_what_a_loop_gives_belongs_to_the_caller() -> None:
    """A loop and a branch that pass on what they read of a variable."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(np.ones((2, 2), np.float32), use_resource=True)
        x = tf.placeholder(tf.float32, [])

        def body(i: Any, m: Any) -> Any:
            with tf.control_dependencies([v.assign_add(tf.ones([2, 2])).op]):
                return i + 1, v.read_value()

        _, last = tf.while_loop(lambda i, m: i < 2, body, [tf.constant(0), tf.zeros([2, 2])])
        with tf.control_dependencies([last]):
            chosen = tf.cond(x > 0.0, lambda: v.read_value(), lambda: tf.zeros([2, 2]))
        session.run(v.initializer)
        for number in range(1, 6):
            for value in session.run([last, chosen], {x: 1.0}):
                np.testing.assert_array_equal(value, np.full((2, 2), 1.0 + 2 * number))
                value[...] = -100.0
            np.testing.assert_array_equal(session.run(v), np.full((2, 2), 1.0 + 2 * number))
