"""Rules for variables that the recorded programs do not hold, because TensorFlow 2.21 does otherwise or says it otherwise.

Each test names the place in the notes on the oracle, or the sentence of the reference pages, that asks for it.
"""

from __future__ import annotations

import logging
import threading
import warnings

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def _graph() -> object:
    with tf.Graph().as_default() as graph:
        yield graph


def test_initialized_value_of_a_resource_variable_is_a_cond() -> None:
    """Notes 3.5: TensorFlow 2.21 raises NotImplementedError; 1.15 chose between the value and the initial value."""
    v = tf.get_variable("v", initializer=tf.random_uniform([3], seed=1), use_resource=True)
    w = tf.get_variable("w", initializer=v.initialized_value() * 2.0, use_resource=True)
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(w.initializer)
        first, second = session.run([v, w])
        assert np.array_equal(first * 2.0, second)
    with tf.Session() as session:
        session.run(w.initializer)  # alone: takes the initial value
        assert session.run(w).shape == (3,)
        with pytest.raises(tf.errors.FailedPreconditionError, match="Could not find variable v"):
            session.run(v)


def test_a_raw_read_of_a_resource_variable_fails_alone_and_one_of_a_reference_does_not() -> None:
    """Notes 3.6: reads of reference variables in initial values are rewritten, those of resource variables are not."""
    for use_resource in (False, True):
        first = tf.get_variable(f"first{use_resource}", initializer=tf.ones([2]), use_resource=use_resource)
        second = tf.get_variable(f"second{use_resource}", initializer=first * 3.0, use_resource=use_resource)
        with tf.Session() as session:
            if use_resource:
                with pytest.raises(tf.errors.FailedPreconditionError, match="Could not find variable first"):
                    session.run(second.initializer)
            else:
                session.run(second.initializer)
                assert session.run(second).tolist() == [3.0, 3.0]


def test_a_reference_read_shows_a_later_write_and_a_resource_read_does_not() -> None:
    """Notes 3.1 and the page of r0.8: "this actually returns the live value of the variable, not a copy"."""
    for use_resource, expected in ((False, 11.0), (True, 1.0)):
        v = tf.get_variable(f"v{use_resource}", initializer=1.0, use_resource=use_resource)
        read = v.value()
        with tf.control_dependencies([read]):
            write = tf.assign_add(v, 10.0)
        with tf.control_dependencies([write if isinstance(write, tf.Tensor) else write.op]):
            later = read + 0.0
        with tf.Session() as session:
            session.run(v.initializer)
            assert session.run(later) == expected


def test_fetched_values_are_not_changed_by_later_writes() -> None:
    """Notes 3.1: "Fetched values, traces and forks are never changed by later writes"."""
    v = tf.Variable([1.0, 2.0])
    write = v.assign([3.0, 4.0])
    with tf.Session() as session:
        session.run(v.initializer)
        before = session.run(v)
        session.run(write)
        assert before.tolist() == [1.0, 2.0]


def test_a_reference_is_a_tensor_that_assign_takes_and_knows_its_variable() -> None:
    """Notes 3.2: `ref()` is the page's tensor reference and has `deref()`; `_ref()` is the same."""
    v = tf.Variable([1.0, 2.0])
    assert v.ref().deref() is v
    assert {v.ref(): 1}[v.ref()] == 1
    with tf.Session() as session:
        session.run(tf.assign(v.ref(), [5.0, 6.0]))
        assert session.run(v).tolist() == [5.0, 6.0]
        session.run(tf.assign(v._ref(), [7.0, 8.0]))
        assert v.eval(session).tolist() == [7.0, 8.0]


def test_variable_def_with_name_or_dtype_warns() -> None:
    """Notes 3.9: ignored as in 2.21, "plus a warning"; the new object is another one and is in no collection."""
    v = tf.Variable([1.0, 2.0])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = tf.Variable(variable_def=v.to_proto(), name="other", dtype=tf.float64)
    assert ["no effect" in str(each.message) for each in told] == [True]
    assert again.name == v.name
    assert again not in [v, *tf.global_variables()]


def test_notes_on_old_names_are_logged_once_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """Notes 3.14: "go through logging once per call site and only for renamed symbols"."""
    v = tf.Variable(1)
    with caplog.at_level(logging.WARNING, logger="tfmini"):
        for _ in range(3):
            tf.all_variables()
        tf.all_variables()
        v.initialized_value()
        v.count_up_to(3)
    assert [each.levelname for each in caplog.records] == ["WARNING"] * 2
    assert all(
        "tf.all_variables is deprecated, use tf.global_variables" in each.getMessage() for each in caplog.records
    )


def test_the_first_check_that_fails_is_the_first_line() -> None:
    """Notes 3.15: the rest stands below it."""
    tf.get_variable("v", [2])
    with tf.variable_scope("", reuse=True), pytest.raises(ValueError, match="but specified shape") as refused:
        tf.get_variable("v", [3], tf.int32)
    first, *rest = str(refused.value).split("\n")
    assert first == "Trying to share variable v, but specified shape (3,) and found shape (2,)."
    assert rest


def test_eval_says_two_things_about_no_session_and_another_graph() -> None:
    """Notes 1: "no default session and wrong graph are two different messages"."""
    v = tf.Variable(1.0)
    with pytest.raises(ValueError, match="No default session is registered"):
        v.eval()
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="graph is different from the session's graph"):
            v.eval(session)
        with pytest.raises(ValueError, match="Cannot use the default session"):
            v.eval()


def test_eager_execution_cannot_be_enabled() -> None:
    """Notes 1: "Graph mode only: enabling eager execution raises, with advice"."""
    with pytest.raises(RuntimeError, match=r"tf\.Session"):
        tf.enable_eager_execution()


def test_threads_start_with_an_empty_scope_and_share_the_store() -> None:
    """Notes 2."""
    graph = tf.get_default_graph()
    seen: list[object] = []

    def in_thread() -> None:
        with graph.as_default():
            seen.append(tf.get_variable_scope().name)
            with tf.variable_scope("a", reuse=True):
                seen.append(tf.get_variable("v"))

    with tf.variable_scope("a"):
        v = tf.get_variable("v", [1])
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()
    assert seen == ["", v]


def test_the_store_of_a_graph_stands_in_a_collection() -> None:
    """Notes 1: the collection `("__variable_store",)`, as in TensorFlow."""
    v = tf.get_variable("v", [1])
    (store,) = tf.get_collection_ref(("__variable_store",))
    assert tf.get_variable_scope().get_variable(store, "v", reuse=True) is v


def test_counting_ends_with_the_limit_in_words() -> None:
    """Notes 1: "gives the value before the increment, then `OutOfRangeError: Reached limit of 2`"."""
    v = tf.Variable(0)
    count = v.count_up_to(2)
    with tf.Session() as session:
        session.run(v.initializer)
        assert [session.run(count), session.run(count)] == [0, 1]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2"):
            session.run(count)


def test_an_error_of_a_run_begins_with_the_classic_phrase() -> None:
    """Notes 3.7: without the wrapper of 2.21; with the operation and its code."""
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError) as refused:
        session.run(v.value())
    assert str(refused.value).split("\n")[0].startswith("Attempting to use uninitialized value v")
    assert refused.value.op.name == "v/read"
    assert refused.value.error_code == tf.errors.FAILED_PRECONDITION
