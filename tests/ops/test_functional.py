"""Functions for every row: equal to numpy, and variables inside are made once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf

numbers = st.lists(st.integers(-5, 5), min_size=1, max_size=6)


def evaluate(fetches: Any) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


@given(numbers, st.booleans())
@settings(max_examples=25, deadline=None)
def test_scan_gives_every_sum(values: list[int], reverse: bool) -> None:
    with tf.Graph().as_default():
        found = evaluate(tf.scan(lambda a, b: a + b, np.array(values), reverse=reverse))
    expected = np.cumsum(values[::-1])[::-1] if reverse else np.cumsum(values)
    assert found.tolist() == expected.tolist()


@given(numbers, st.integers(-3, 3))
@settings(max_examples=25, deadline=None)
def test_folds_go_from_both_ends(values: list[int], start: int) -> None:
    with tf.Graph().as_default():
        array = np.array(values)
        left = tf.foldl(lambda a, b: a * 2 - b, array, initializer=np.int64(start))
        right = tf.foldr(lambda a, b: a * 2 - b, array, initializer=np.int64(start))
        found = evaluate([left, right])
    expected = []
    for order in (values, values[::-1]):
        total = start
        for each in order:
            total = total * 2 - each
        expected.append(total)
    assert found == expected


def test_map_fn_gives_the_results_of_every_row() -> None:
    rows = np.arange(6.0).reshape(3, 2)
    with tf.Graph().as_default():
        found = evaluate(tf.map_fn(lambda row: (tf.reduce_sum(row), row[::-1]), rows, dtype=(tf.float64, tf.float64)))
    assert found[0].tolist() == rows.sum(1).tolist()
    assert found[1].tolist() == rows[:, ::-1].tolist()


def test_a_variable_inside_is_made_once_outside_the_loop() -> None:
    """The read of it is cached beside it, so that it enters the loop as a constant."""
    with tf.Graph().as_default() as graph:
        y = tf.map_fn(
            lambda row: row * tf.get_variable("w", [2], initializer=tf.ones_initializer()), np.ones([3, 2], np.float32)
        )
        (w,) = tf.trainable_variables()
        assert tf.get_variable_scope().caching_device is None
        assert graph.get_operation_by_name("w/read")._get_control_flow_context() is None
        assert evaluate([y, w])[0].tolist() == [[1.0, 1.0]] * 3


def test_a_failing_function_leaves_the_scope_as_it_was() -> None:
    with tf.Graph().as_default() as graph:
        with pytest.raises(ZeroDivisionError):
            tf.map_fn(lambda row: row / (1 // 0), np.ones(3))
        assert tf.get_variable_scope().caching_device is None
        assert graph._get_control_flow_context() is None
