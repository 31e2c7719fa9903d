"""Python functions as operations: what they get and give, their errors, and how long they live."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def evaluate(fetches: Any, feed_dict: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feed_dict)


def test_a_function_may_write_into_what_it_gets() -> None:
    """Constants, variables and feeds stay what they are."""
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    given = np.float32([5.0, 6.0])
    x = tf.placeholder(tf.float32, [2])

    def spoil(a: Any, b: Any) -> Any:
        a[:] = 0.0
        b[:] = 0.0
        return a + b

    y = tf.py_func(spoil, [v, x], tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([y, v], {x: given})[0].tolist() == [0.0, 0.0]
        assert session.run(v).tolist() == [1.0, 2.0]
        assert given.tolist() == [5.0, 6.0]


def test_a_function_may_keep_what_it_returns() -> None:
    buffer = np.zeros(2)

    def count() -> Any:
        buffer[0] += 1
        return buffer

    y = tf.py_func(count, [], tf.float64)
    with tf.Session() as session:
        first, second = session.run(y), session.run(y)
    assert (first[0], second[0], buffer[0]) == (1.0, 2.0, 2.0)


def test_an_error_shows_the_line_of_the_function() -> None:
    def broken(x: Any) -> Any:
        return x[100]

    y = tf.py_func(broken, [[1.0]], tf.float32, name="broken")
    with pytest.raises(tf.errors.UnknownError) as found:
        evaluate(y)
    text = str(found.value)
    assert text.startswith("IndexError: index 100 is out of bounds for axis 0 with size 1")
    assert "return x[100]" in text
    assert "py_func.py" not in text.split("return x[100]")[0].replace("test_py_func.py", "")
    assert found.value.op.name == "broken"


def test_an_interrupt_in_a_function_is_one() -> None:
    def interrupted() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(tf.py_func(interrupted, [], tf.float32))
    assert evaluate(tf.constant(1)) == 1


@pytest.mark.parametrize(
    ("result", "wanted", "phrase"),
    [
        (3, tf.float32, "0-th value returned by pyfunc_[0-9]+ is int64, but expects float"),
        ((1.0, 2.0), tf.float32, "returns 2 values, but expects to see 1 values"),
        (None, tf.float32, "returns 0 values, but expects to see 1 values"),
    ],
)
def test_a_wrong_result_is_refused(result: Any, wanted: Any, phrase: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=phrase):
        evaluate(tf.py_func(lambda: result, [], wanted))


def test_a_function_lives_as_long_as_its_graph() -> None:
    def make() -> Any:
        def function() -> Any:
            return np.float32(1)

        with tf.Graph().as_default() as inner:
            tf.py_func(function, [], tf.float32)
        return inner, weakref.ref(function)

    inner, function = make()
    gc.collect()
    assert function() is not None
    del inner
    gc.collect()
    assert function() is None


def test_a_function_runs_once_a_turn() -> None:
    calls: list[Any] = []
    _, y = tf.while_loop(
        lambda i, _: i < 4,
        lambda i, s: (i + 1, s + tf.py_func(lambda a: calls.append(int(a)) or np.float32(a), [i], tf.float32)),
        [0, 0.0],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape(None)],
    )
    assert evaluate(y) == 6.0
    assert calls == [0, 1, 2, 3]
