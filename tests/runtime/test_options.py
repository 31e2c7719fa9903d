"""Options of sessions and runs, what runs report, and targets."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.runtime import cancel, targets


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


def test_the_messages_are_those_of_tensorflow() -> None:
    """Field numbers and kinds, so that bytes from TensorFlow 2.21 are understood."""
    config = tf.ConfigProto(
        device_count={"CPU": 2},
        gpu_options=tf.GPUOptions(allow_growth=True, per_process_gpu_memory_fraction=0.5),
        graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)),
        allow_soft_placement=True,
    )
    recorded = "0a070a034350551002320b09000000000000e03f20013801520d1a0b18ffffffffffffffffff01"
    assert config.SerializeToString(deterministic=True).hex() == recorded
    assert tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE).SerializeToString() == b"\x08\x03"
    with pytest.raises(ValueError, match='no "foo" field'):
        tf.ConfigProto(foo=1)


def test_a_session_refuses_what_is_no_option(graph: Any) -> None:
    with pytest.raises(TypeError, match=r'Argument `config` must be a tf\.ConfigProto, but got "dict"'):
        tf.Session(config={})
    with pytest.raises(TypeError, match=r'must be a string, but got "ConfigProto"\. Did you do "Session\(config\)"'):
        tf.Session(tf.ConfigProto())
    with pytest.raises(TypeError, match=r'Argument `graph` must be a tf\.Graph, but got "int"'):
        tf.Session(graph=3)
    value = tf.constant(1.0)
    with tf.Session() as session:
        with pytest.raises(TypeError, match=r"Expected a tf\.RunOptions, but got 3 of type int"):
            session.run(value, options=3)
        with pytest.raises(TypeError, match=r"Expected a tf\.RunMetadata"):
            session.run(value, run_metadata={})
        assert session.run(value) == 1.0


def test_devices_are_counted_by_the_configuration(graph: Any) -> None:
    session = tf.Session(config=tf.ConfigProto(device_count={"CPU": 2}))
    assert [each.name[-5:] for each in session.list_devices()] == ["CPU:0", "CPU:1"]
    assert {each.device_type for each in session.list_devices()} == {"CPU"}
    session.close()
    with pytest.raises(tf.errors.CancelledError, match="Session has been closed"):
        session.list_devices()


def test_a_traced_run_reports_the_steps(graph: Any) -> None:
    """Every operation that ran, in order, with the shape and size of what it gave and times that fit together."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    y = tf.reduce_sum(tf.square(x, name="square"), name="sum")
    add = v.assign_add(y)
    metadata = tf.RunMetadata()
    full = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
    with tf.Session() as session:
        session.run(v.initializer)
        before = time.time_ns()
        assert session.run([add.op, y], {x: np.ones((2, 3))}, options=full, run_metadata=metadata) == [None, 6.0]
        after = time.time_ns()
        assert session.run(v) == 6.0
        (device,) = metadata.step_stats.dev_stats
        assert device.device == "/job:localhost/replica:0/task:0/device:CPU:0"
        names = [each.node_name for each in device.node_stats]
        assert [name for name in names if name != "sum/reduction_indices" and not name.startswith("Const")] == [
            "v",
            "square",
            "sum",
            "AssignAdd",
        ]
        square = next(each for each in device.node_stats if each.node_name == "square")
        assert square.timeline_label == "square = Square(x)"
        tensor = square.output[0].tensor_description
        assert [dim.size for dim in tensor.shape.dim] == [2, 3]
        assert tensor.dtype == tf.float32.as_datatype_enum
        assert tensor.allocation_description.requested_bytes == 24
        moments = [each.all_start_nanos for each in device.node_stats]
        assert before <= moments[0]
        assert moments == sorted(moments)
        for each in device.node_stats:
            assert 0 <= each.op_start_rel_nanos <= each.op_end_rel_nanos <= each.all_end_rel_nanos
        last = device.node_stats[-1]
        assert last.all_start_nanos + last.all_end_rel_nanos <= after + 10**6
        assert {node.name for node in metadata.partition_graphs[0].node} >= {"square", "sum", "v", "AssignAdd"}
        session.run(y, {x: np.ones((2, 3))}, run_metadata=metadata)
        assert not metadata.step_stats.dev_stats


class _Clock:
    """A clock that is a second later each time somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


@pytest.mark.parametrize("of_the_session", [False, True])
def test_a_run_past_its_time_ends_with_what_was_written(graph: Any, monkeypatch: Any, of_the_session: bool) -> None:
    """In a chain of steps the deadline is looked at before each; a session may set it for all its runs."""
    started = tf.get_variable("started", [], initializer=tf.zeros_initializer())
    finished = tf.get_variable("finished", [], initializer=tf.zeros_initializer())
    with tf.control_dependencies([started.assign(1.0)]):
        value = tf.constant(2.0) * 1.5
    for _ in range(50):
        value = tf.tanh(value)
    with tf.control_dependencies([value]):
        end = finished.assign(1.0)
    config = tf.ConfigProto(operation_timeout_in_ms=30_000) if of_the_session else None
    options = None if of_the_session else tf.RunOptions(timeout_in_ms=30_000)
    with tf.Session(config=config) as session:
        session.run(tf.variables_initializer([started, finished]))
        monkeypatch.setattr(cancel, "time", _Clock())
        with pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting for notification") as caught:
            session.run(end.op, options=options)
        assert caught.value.op.type == "Tanh"
        monkeypatch.undo()
        assert session.run([started, finished]) == [1.0, 0.0]
        session.run(end.op, options=tf.RunOptions(timeout_in_ms=600_000))
        assert session.run(finished) == 1.0


def test_after_a_reset_the_session_says_so(graph: Any) -> None:
    value = tf.constant(1.0)
    session = tf.Session()
    tf.Session.reset("")
    with pytest.raises(tf.errors.CancelledError, match="Session has been closed"):
        session.run(value)
    session.close()
    assert tf.Session().run(value) == 1.0
    with pytest.raises(tf.errors.NotFoundError, match="No session factory registered"):
        tf.Session.reset("elsewhere")


class _Twice:
    """An engine that runs the graph in another session of this process and doubles what comes back."""

    def __init__(self, target: str, graph: Any, config: Any) -> None:
        self.target = target
        self.inner = tf.Session(graph=graph)
        self.closed = False

    def run(self, tensors: Any, targets: Any, feeds: Any, options: Any, run_metadata: Any) -> list[Any]:
        values = self.inner.run([list(tensors), list(targets)], dict(feeds))[0]
        return [value * 2 for value in values]

    def close(self) -> None:
        self.closed = True


def test_a_target_is_handed_to_its_engine(graph: Any) -> None:
    """Sessions flatten fetches and feeds, and hand tensors and arrays on; nobody answers to other targets."""
    with pytest.raises(
        tf.errors.NotFoundError, match=r"target: \"twice://here\"\} Registered factories are \{DIRECT_SESSION\}"
    ):
        tf.Session("twice://here")
    engines: list[_Twice] = []

    def factory(target: str, graph: Any, config: Any) -> _Twice:
        engines.append(_Twice(target, graph, config))
        return engines[-1]

    unregister = targets.register_engine("twice://", factory)
    try:
        x = tf.placeholder(tf.float32, [2])
        with tf.Session("twice://here") as session:
            assert session.sess_str == b"twice://here"
            got = session.run({"y": [x + 1.0, tf.no_op()]}, {x: [1, 2]})
            np.testing.assert_array_equal(got["y"][0], [4, 6])
            assert got["y"][1] is None
            np.testing.assert_array_equal(session.make_callable(x * 1.0, [x])([1, 2]), [2, 4])
        assert engines[0].closed
        with pytest.raises(ValueError, match="taken"):
            targets.register_engine("twice://", factory)
    finally:
        unregister()
    with pytest.raises(tf.errors.NotFoundError):
        tf.Session("twice://here")


def test_a_second_interactive_session_is_warned_of(graph: Any, caplog: Any) -> None:
    first, second = tf.InteractiveSession(), tf.InteractiveSession()
    assert tf.constant(2.0).eval() == 2.0
    second.close()
    first.close()
    third = tf.InteractiveSession()
    third.close()
    messages = [record.getMessage() for record in caplog.records]
    assert sum("An interactive session is already active" in each for each in messages) == 1


def test_a_session_is_entered_once_at_a_time(graph: Any) -> None:
    with tf.Session() as session:
        with pytest.raises(RuntimeError, match="Session context managers are not re-entrant"), session:
            pass
        with session.as_default():
            assert tf.get_default_session() is session


def test_interactive_sessions_close_in_any_order_and_nothing_else_does(graph: Any) -> None:
    """Each takes itself off the stack of defaults; a `with` that ends too early is still refused afterwards."""
    one, two = tf.Graph(), tf.Graph()
    first, second = tf.InteractiveSession(graph=one), tf.InteractiveSession(graph=two)
    first.close()
    assert tf.get_default_session() is second
    assert tf.get_default_graph() is two
    second.close()
    assert tf.get_default_session() is None
    assert tf.get_default_graph() is graph
    outer, inner = one.as_default(), two.as_default()
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(AssertionError, match="Nesting violated"):
        outer.__exit__(None, None, None)
    inner.__exit__(None, None, None)
    outer.__exit__(None, None, None)
    assert tf.get_default_graph() is graph
