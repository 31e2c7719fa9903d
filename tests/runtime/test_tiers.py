"""The law of the tiers: generated programs give the interpreter's values and leave its state, bit for bit, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini.runtime.generated import Tiers

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
