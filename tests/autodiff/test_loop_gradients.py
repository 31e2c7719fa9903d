"""Gradients of loops: the same as those of the unrolled graph, and marked as what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf

BODIES: dict[str, Any] = {
    "linear": lambda s, w, b: tf.tanh(tf.matmul(s, w) + b),
    "product": lambda s, w, b: s * tf.reduce_sum(w) + tf.sin(s) * b,
    "branch": lambda s, w, b: tf.cond(tf.reduce_sum(s) > 0.1, lambda: tf.matmul(s, w), lambda: s - b * b),
    "inner loop": lambda s, w, b: tf.while_loop(
        lambda j, _: j < 2, lambda j, t: (j + 1, tf.tanh(tf.matmul(t, w)) + b * s), [0, s]
    )[1],
    "rows": lambda s, w, b: tf.nn.sigmoid(s + tf.gather(w, [1, 0]) * b),
    "array": lambda s, w, b: tf.map_fn(lambda row: tf.tanh(row * b), s) + tf.matmul(s, w),
}


@given(st.sampled_from(sorted(BODIES)), st.integers(0, 3), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_loop_has_the_gradients_of_its_turns(name: str, turns: int, is_open: bool) -> None:
    """The loop and the same steps written one after the other have equal values and equal gradients."""
    # TensorFlow gives the slices of a loop that makes no turn the shape [0, 0], and so does tfmini.
    turns = max(turns, 1) if name == "rows" else turns
    body = BODIES[name]
    random = np.random.RandomState(turns)
    starts = [random.randn(2, 2) * 0.5, random.randn(2, 2) * 0.5, random.randn(2) * 0.5]
    with tf.Graph().as_default():
        s, w, b = (tf.placeholder_with_default(each, [None] * each.ndim if is_open else each.shape) for each in starts)
        _, looped = tf.while_loop(lambda i, _: i < turns, lambda i, t: (i + 1, body(t, w, b)), [0, s])
        unrolled = s
        for _ in range(turns):
            unrolled = body(unrolled, w, b)
        expected = tf.gradients(tf.square(unrolled), [s, w, b], unconnected_gradients="zero")
        found = tf.gradients(tf.square(looped), [s, w, b], unconnected_gradients="zero")
        with tf.Session() as session:
            a, b_, c, d = session.run(
                [
                    unrolled,
                    looped,
                    [tf.convert_to_tensor(each) for each in expected],
                    [tf.convert_to_tensor(each) for each in found],
                ]
            )
    np.testing.assert_allclose(b_, a, rtol=1e-12)
    for one, other in zip(c, d, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-12)


def test_what_the_gradient_adds_to_a_loop_is_marked() -> None:
    """Counters, stacks and pushes stand in the loop that the user wrote, but were made by the gradient."""
    with tf.Graph().as_default() as graph:
        x = tf.constant(2.0)
        _, y = tf.while_loop(
            lambda i, s: i < 3, lambda i, s: (i + 1, tf.cond(s > 4.0, lambda: s * x, lambda: s * s)), [0, x]
        )
        before = set(graph.get_operations())
        tf.gradients(y, x)
        added = [op for op in graph.get_operations() if op not in before]
        (context,) = graph.get_collection(tf.GraphKeys.WHILE_CONTEXT)
        inside = [op for op in added if op._get_control_flow_context() is context]
    assert {op._maker for op in added} == {"gradient"}
    assert {"StackPushV2", "NextIteration", "Switch", "Merge"} <= {op.type for op in inside}
    assert {op._maker for op in before} == {""} or "gradient" not in {op._maker for op in before}


def test_no_gradient_passes_through_a_loop_that_keeps_nothing() -> None:
    with tf.Graph().as_default():
        x = tf.constant(2.0)
        y = tf.while_loop(lambda s: s < 50.0, lambda s: s * x, [x], back_prop=False)
        assert tf.gradients(y, x) == [None]


def test_a_second_derivative_of_a_loop_is_refused() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.constant(2.0)
        _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x), [0, x])
        (slope,) = tf.gradients(y, x)
        with pytest.raises(TypeError, match="Second-order gradient for while loops not supported"):
            tf.gradients(slope, x)
        assert graph._get_control_flow_context() is None


def test_a_gradient_inside_a_loop_stops_at_its_variables() -> None:
    with tf.Graph().as_default():
        x = tf.constant(2.0)

        def body(i: Any, s: Any) -> Any:
            with pytest.raises(
                ValueError, match="Cannot compute gradient inside while loop with respect to op 'Const'"
            ):
                tf.gradients(s * s, x)
            return i + 1, tf.gradients(s * s, s)[0]

        _, y = tf.while_loop(lambda i, s: i < 3, body, [0, x])
        with tf.Session() as session:
            assert session.run(y) == 16.0


def test_two_gradients_of_an_array_do_not_add_up() -> None:
    """Each call of `gradients` has its own array of gradients, also in one run."""
    with tf.Graph().as_default():
        x = tf.constant([1.0, 2.0])
        y = tf.TensorArray(tf.float32, 2).unstack(x).stack()
        first, second = tf.gradients(y, x)[0], tf.gradients(y * 3.0, x)[0]
        with tf.Session() as session:
            a, b = session.run([first, second])
    assert a.tolist() == [1.0, 1.0]
    assert b.tolist() == [3.0, 3.0]
