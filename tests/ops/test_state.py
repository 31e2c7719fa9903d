"""Operations on variables: what they write, and that they never write into an array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def test_what_was_fetched_never_changes() -> None:
    """A write replaces the array of the state; arrays that a caller holds stay as they were."""
    v = tf.Variable([1.0, 2.0])
    add = v.assign_add([1.0, 1.0])
    rows = tf.scatter_add(v, [0], [10.0])
    with tf.Session() as session:
        session.run(v.initializer)
        first = session.run(v)
        second = session.run(add)
        third = session.run(rows)
        assert first.tolist() == [1, 2]
        assert second.tolist() == [2, 3]
        assert third.tolist() == [12, 3]
        third[:] = 0
        assert session.run(v).tolist() == [12, 3]


def test_a_fed_array_is_copied_by_an_assignment() -> None:
    v = tf.Variable([1.0, 2.0])
    given = np.array([3.0, 4.0], np.float32)
    with tf.Session() as session:
        v.load(given, session)
        given[:] = 0
        assert session.run(v).tolist() == [3, 4]


def test_rows_named_twice_are_combined_twice() -> None:
    v = tf.Variable([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])
    cases = {
        "add": (tf.scatter_add, lambda a, b: a + b),
        "sub": (tf.scatter_sub, lambda a, b: a - b),
        "mul": (tf.scatter_mul, lambda a, b: a * b),
        "div": (tf.scatter_div, lambda a, b: a / b),
        "min": (tf.scatter_min, min),
        "max": (tf.scatter_max, max),
    }
    for scatter, combine in cases.values():
        change = scatter(v, [2, 0, 2], [[2.0, 2.0], [3.0, 3.0], [8.0, 8.0]])
        with tf.Session() as session:
            session.run(v.initializer)
            found = session.run(change)
        assert found[0, 0] == combine(1.0, 3.0)
        assert found[1, 0] == 2.0
        assert found[2, 0] == combine(combine(4.0, 2.0), 8.0)


@pytest.mark.parametrize("use_resource", [False, True])
def test_counting_stops_at_the_limit(use_resource: bool) -> None:
    v = tf.Variable(0, use_resource=use_resource)
    count = v.count_up_to(3)
    with tf.Session() as session:
        session.run(v.initializer)
        assert [session.run(count) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 3"):
            session.run(count)
        assert session.run(v) == 3


def test_a_resource_read_is_a_snapshot_and_a_reference_read_is_live() -> None:
    """Both reads come before the write and are used after it."""
    for use_resource, expected in ((False, 6.0), (True, 1.0)):
        v = tf.Variable(1.0, use_resource=use_resource)
        read = v.value()
        with tf.control_dependencies([read]):
            write = v.assign_add(5.0)
        with tf.control_dependencies([write.op]):
            later = read + 0.0
        with tf.Session() as session:
            session.run(v.initializer)
            assert session.run(later) == expected


def test_wrong_shapes_and_rows_are_refused_with_the_sizes() -> None:
    v = tf.Variable([1.0, 2.0])
    p = tf.placeholder(tf.float32)
    with tf.Session() as session:
        session.run(v.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"lhs shape= \[2\] rhs shape= \[3\]"):
            session.run(tf.assign(v, p), {p: [1, 2, 3]})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 7 is not in \[0, 2\)"):
            session.run(tf.scatter_sub(v, [0, 7], [1.0, 1.0]))
        assert session.run(v).tolist() == [1, 2]
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and 3"):
        tf.assign(v, [1.0, 2.0, 3.0])


def test_a_new_shape_is_taken_when_it_is_not_to_be_checked() -> None:
    v = tf.Variable([1.0, 2.0])
    wider = tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False)
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(wider).tolist() == [1, 2, 3]
        assert session.run(v).tolist() == [1, 2, 3]
    assert v.shape.as_list() == [2]
