"""Loops: what they compute, what they refuse, and that they leave a graph in order when they fail."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini.ops import tensor_array_kernels
from tfmini.ops.while_context import WhileContext


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def evaluate(fetches: Any, feed_dict: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feed_dict)


@given(st.integers(0, 7), st.lists(st.sampled_from(["add", "double", "swap", "sum"]), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_loop_does_what_python_does(turns: int, steps: list[str]) -> None:
    """The same steps on numpy arrays and as the body of a loop give the same numbers."""

    def step(name: str, a: Any, b: Any) -> Any:
        if name == "add":
            return a + b, b
        if name == "double":
            return a, b + b
        if name == "swap":
            return b, a
        return a - b, a + b

    a, b = np.int64([1, 2]), np.int64([3, -1])
    with tf.Graph().as_default():

        def body(i: Any, x: Any, y: Any) -> Any:
            for name in steps:
                x, y = step(name, x, y)
            return i + 1, x, y

        made = tf.while_loop(lambda i, *_: i < turns, body, [0, tf.constant(a), tf.constant(b)])
        found = evaluate(made)
    for _ in range(turns):
        for name in steps:
            a, b = step(name, a, b)
    assert found[0] == turns
    assert found[1].tolist() == a.tolist()
    assert found[2].tolist() == b.tolist()


def test_a_body_with_another_dtype_is_refused_where_it_is_built(graph: Any) -> None:
    """TensorFlow says so in the first run of any session, and the graph is of no use from then on."""
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="was passed float from while/NextIteration:0 incompatible with"
    ) as e:
        tf.while_loop(lambda i: i < 3, lambda i: tf.constant(1.0), [tf.constant(0)])
    assert "enters the loop as int32, but the body returns float32" in str(e.value)
    assert graph._get_control_flow_context() is None


def test_a_failing_body_leaves_the_context(graph: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        tf.while_loop(lambda i: i < 3, lambda i: i + 1 // 0, [tf.constant(0)])
    assert graph._get_control_flow_context() is None
    assert evaluate(tf.constant(1) + 1) == 2


def test_a_value_from_a_loop_says_what_to_do() -> None:
    kept: list[Any] = []

    def body(i: Any) -> Any:
        kept.append(i + 1)
        return kept[0]

    tf.while_loop(lambda i: i < 3, body, [tf.constant(0)])
    with pytest.raises(
        ValueError, match=r"Cannot use 'while/add' as input to 'add' because 'while/add' is in a while loop"
    ) as e:
        kept[0] + 1
    assert "the result of tf.while_loop may be used outside" in str(e.value)


def test_contexts_nest_and_are_found(graph: Any) -> None:
    inner: list[Any] = []

    def body(i: Any) -> Any:
        inner.append(graph._get_control_flow_context())
        return tf.while_loop(lambda j: j < 4, lambda j: j + 1, [i])

    tf.while_loop(lambda i: i < 3, body, [tf.constant(0)])
    (context,) = graph.get_collection(tf.GraphKeys.WHILE_CONTEXT)
    assert isinstance(context, WhileContext)
    assert inner == [context]
    assert [each.name for each in context.nested_contexts] == ["while/while/while_context"]
    assert context.nested_contexts[0].outer_context is context


def test_everything_in_a_loop_belongs_to_it(graph: Any) -> None:
    outside = tf.constant(2.0)
    before = set(graph.get_operations())
    _, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * outside), [0, 1.0])
    (context,) = graph.get_collection(tf.GraphKeys.WHILE_CONTEXT)
    made = [op for op in graph.get_operations() if op not in before]
    alone = [op.name for op in made if op._get_control_flow_context() is not context]
    assert alone == ["while/Const", "while/Const_1"]
    assert [op.name for op in made if graph.is_fetchable(op)] == [
        *alone,
        "while/Enter",
        "while/Enter_1",
        "while/mul/Enter",
        "while/Exit",
        "while/Exit_1",
    ]
    assert evaluate(y) == 8.0


def test_arrays_die_with_their_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The elements of a TensorArray are values of the run; nothing of them stays in the session."""
    seen: list[Any] = []
    make = tensor_array_kernels.ArrayState.__init__

    class Watched(np.ndarray):
        pass

    def remember(self: Any, *arguments: Any) -> None:
        make(self, *arguments)
        watched = np.zeros(3, np.float32).view(Watched)
        seen.append(weakref.ref(watched))
        self.gradients[b"watched"] = watched

    monkeypatch.setattr(tensor_array_kernels.ArrayState, "__init__", remember)
    rows = tf.TensorArray(tf.float32, 2).unstack([1.0, 2.0])
    y = rows.stack()
    with tf.Session() as session:
        for _ in range(4):
            assert session.run(y).tolist() == [1.0, 2.0]
        gc.collect()
        assert len(seen) == 4
        assert [each() for each in seen] == [None] * 4


def test_what_comes_from_an_array_belongs_to_the_caller() -> None:
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    read = tf.TensorArray(tf.float32, 1, clear_after_read=False).write(0, v).read(0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(read)
        found[:] = 100.0
        assert session.run(v).tolist() == [1.0, 2.0]
        assert session.run(read).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("turns", [0, 1, 5])
def test_a_limit_ends_a_loop(turns: int) -> None:
    y = tf.while_loop(lambda i: True, lambda i: i + 2, [tf.constant(0)], maximum_iterations=turns)
    assert evaluate(y) == 2 * turns
