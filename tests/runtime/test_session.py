"""Sessions: what can be fetched and fed, what belongs to whom, and what stays usable."""

from __future__ import annotations

import collections
import threading
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework import registry
from tfmini.runtime import trace


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


def test_any_nested_structure_comes_back_in_its_own_types(graph: Any) -> None:
    Point = collections.namedtuple("Point", "x y")
    a, b = tf.constant(1.0, name="a"), tf.constant([1, 2], name="b")
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    with tf.Session() as session:
        session.run(v.initializer)
        got = session.run(
            {"list": [a, (b, "a:0")], "point": Point(a, "a"), "ordered": collections.OrderedDict(z=b, y=v), "empty": []}
        )
    assert list(got) == ["list", "point", "ordered", "empty"]
    assert got["list"][0] == 1.0
    assert isinstance(got["list"][1], tuple)
    assert got["point"] == Point(np.float32(1.0), None)
    assert isinstance(got["ordered"], collections.OrderedDict)
    assert list(got["ordered"]["z"]) == [1, 2]
    assert got["empty"] == []


def test_any_tensor_can_be_fed_by_object_or_name(graph: Any) -> None:
    a = tf.constant(2.0, name="a")
    b = tf.square(a, name="b")
    c = tf.add(b, 1.0, name="c")
    with tf.Session() as session:
        assert session.run(c) == 5.0
        assert session.run(c, {b: 10.0}) == 11.0
        assert session.run("c:0", {"a:0": 3}) == 10.0
        assert session.run([b, c], {b: 7.0}) == [7.0, 8.0]
        assert session.run(c) == 5.0


def test_fetched_values_belong_to_the_caller(graph: Any) -> None:
    constant = tf.constant([1.0, 2.0])
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    view = tf.reshape(constant, [2, 1])
    x = tf.placeholder(tf.float32, [2])
    same = tf.identity(x)
    fed = np.array([5.0, 6.0], np.float32)
    with tf.Session() as session:
        session.run(v.initializer)
        for fetch in (constant, v, view, same, x):
            first = session.run(fetch, {x: fed})
            kept = first.copy()
            first[...] = -1
            assert np.array_equal(session.run(fetch, {x: fed}), kept)
        one, two = session.run([view, tf.identity(view)])
        one[...] = -1
        assert two[0, 0] == 1.0
    assert list(fed) == [5.0, 6.0]


def test_an_assigned_array_is_not_the_callers(graph: Any) -> None:
    v = tf.get_variable("v", initializer=[0.0, 0.0])
    x = tf.placeholder(tf.float32, [2])
    write = tf.assign(v, x)
    fed = np.array([1.0, 2.0], np.float32)
    with tf.Session() as session:
        session.run(write, {x: fed})
        fed[0] = 99
        assert list(session.run(v)) == [1.0, 2.0]


def test_sessions_of_one_graph_have_values_of_their_own(graph: Any) -> None:
    v = tf.get_variable("v", initializer=1.0)
    grow = tf.assign_add(v, 5.0)
    with tf.Session() as one, tf.Session() as two:
        one.run(v.initializer)
        two.run(v.initializer)
        one.run(grow)
        assert (one.run(v), two.run(v)) == (6.0, 1.0)


def test_the_graph_may_grow_between_runs(graph: Any) -> None:
    x = tf.constant(1.0)
    with tf.Session() as session:
        for count in range(5):
            assert session.run(x) == 1.0 + count
            x = x + 1.0


def test_bad_input_is_refused_and_the_session_goes_on(graph: Any) -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.reduce_sum(x)
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    with tf.Session(graph=graph) as session:
        for fetches, feeds, error, phrase in [
            (y, {x: [1.0]}, ValueError, "Cannot feed value of shape (1,) for Tensor x:0, which has shape (?, 3)"),
            (y, {"nothing:0": 1.0}, TypeError, "Cannot interpret feed_dict key as Tensor"),
            (y, {x: y}, TypeError, "The value of a feed cannot be a tf.Tensor object"),
            (y, {x: "text"}, ValueError, "could not convert string to float"),
            (None, None, TypeError, "has invalid type"),
            (foreign, None, ValueError, "is not an element of this graph"),
            ("nothing:0", None, ValueError, "cannot be interpreted as a Tensor"),
            (y, None, tf.errors.InvalidArgumentError, "You must feed a value for placeholder tensor 'x'"),
        ]:
            with pytest.raises(error) as caught:
                session.run(fetches, feeds)
            assert phrase in str(caught.value).splitlines()[0]
            assert session.run(y, {x: [[1.0, 2.0, 3.0]]}) == 6.0


def test_errors_of_a_run_name_operation_inputs_line_and_remedy(graph: Any) -> None:
    v = tf.get_variable("scope/v", [2, 3])
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError) as caught:
        session.run(v * 2.0)
    error = caught.value
    lines = error.message.splitlines()
    assert lines[0] == "Attempting to use uninitialized value scope/v"
    assert error.op.name == "scope/v/read"
    assert error.error_code == tf.errors.FAILED_PRECONDITION
    assert 'v = tf.get_variable("scope/v", [2, 3])' in error.message
    assert "tf.global_variables_initializer()" in lines[-1]


def test_a_closed_session_says_so(graph: Any) -> None:
    x = tf.constant(1.0)
    session = tf.Session()
    call = session.make_callable(x)
    session.close()
    session.close()
    for use in (lambda: session.run(x), call, lambda: session.make_callable(x)):
        with pytest.raises(RuntimeError, match=r"Attempted to use a closed Session\."):
            use()


def test_an_empty_graph_says_so(graph: Any) -> None:
    with tf.Session() as session, pytest.raises(RuntimeError, match="The Session graph is empty"):
        session.run([])


def test_make_callable_takes_values_in_order(graph: Any) -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    with tf.Session() as session:
        call = session.make_callable([a - b, a * b], [a, b])
        assert call(5.0, 2.0) == [3.0, 10.0]
        assert call(2.0, 5.0) == [-3.0, 10.0]


def test_the_default_session_serves_eval_and_run(graph: Any) -> None:
    v = tf.get_variable("v", initializer=2.0)
    with pytest.raises(ValueError, match="No default session is registered"):
        v.eval()
    with tf.Session():
        v.initializer.run()
        assert v.eval() == 2.0
        assert (v * 2.0).eval({v: 4.0}) == 8.0
    session = tf.InteractiveSession(graph=graph)
    try:
        v.initializer.run()
        assert v.eval() == 2.0
    finally:
        session.close()
    assert tf.get_default_session() is None


def test_an_interrupt_leaves_what_was_written_and_a_usable_session(graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    v = tf.get_variable("v", initializer=1.0)
    grow = tf.assign_add(v, 1.0)
    with tf.control_dependencies([grow]):
        boom = tf.square(tf.constant(3.0))
    definition = registry.get("Square")
    kernel = definition.kernel_function

    def interrupted(x: Any) -> Any:
        raise KeyboardInterrupt

    with tf.Session() as session:
        session.run(v.initializer)
        monkeypatch.setattr(definition, "kernel_function", interrupted)
        with pytest.raises(KeyboardInterrupt):
            session.run(boom)
        monkeypatch.setattr(definition, "kernel_function", kernel)
        assert session.run(v) == 2.0
        assert session.run(tf.square(v)) == 4.0


def test_threads_may_run_one_session(graph: Any) -> None:
    x = tf.placeholder(tf.float32, [3])
    y = tf.reduce_sum(tf.square(x))
    wrong: list[Any] = []
    with tf.Session(graph=graph) as session:

        def work(number: float) -> None:
            fed = np.full(3, number, np.float32)
            for _ in range(200):
                got = session.run(y, {x: fed})
                if got != 3 * number * number:
                    wrong.append(got)

        threads = [threading.Thread(target=work, args=(float(i),)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_division_by_zero_is_a_value_not_a_warning(graph: Any, recwarn: pytest.WarningsRecorder) -> None:
    x = tf.placeholder(tf.float32, [2])
    with tf.Session() as session:
        assert np.isinf(session.run(1.0 / x, {x: [0.0, 1.0]})[0])
        assert np.isnan(session.run(tf.log(x), {x: [-1.0, 1.0]})[0])
    assert [str(w.message) for w in recwarn if issubclass(w.category, RuntimeWarning)] == []


def test_observers_hear_runs_and_a_failing_observer_is_a_warning(graph: Any) -> None:
    heard: list[str] = []
    x = tf.constant(1.0, name="x")
    stop = graph.events.subscribe(lambda event: heard.append(type(event).__name__))

    def broken(event: Any) -> None:
        raise ValueError("broken view")

    stop_broken = graph.events.subscribe(broken)
    with tf.Session() as session:
        with pytest.warns(RuntimeWarning, match="broken view"):
            assert session.run(x) == 1.0
        stop_broken()
        session.run(x)
        stop()
        session.run(x)
    assert heard == ["RunStarted", "RunFinished"] * 2


def test_an_edge_added_later_moves_an_operation_behind_what_it_waits_for(graph: Any) -> None:
    a = tf.constant(1.0, name="a")
    b = tf.constant(2.0, name="b")
    with tf.Session() as session:
        assert [r.op.name for r in trace(session, a).records] == ["a"]
        a.op._add_control_input(b.op)
        assert [r.op.name for r in trace(session, a).records] == ["b", "a"]
        assert session.run(a) == 1.0
