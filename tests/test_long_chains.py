"""A chain of 100,000 operations builds, differentiates, runs, steps and exports: nothing follows a graph by recursion, and nothing
that is done for each operation looks at all of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini import inspection
from tfmini.framework.provenance import here
from tfmini.runtime.recorder import Stepper

LENGTH = 100_000


class Chain:
    """`y = y * x + x`, again and again, which goes to `x / (1 - x)`, with its gradient."""

    def __init__(self) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.x = tf.placeholder(tf.float32, [2], name="x")
            y = self.x
            for _ in range(LENGTH // 2):
                y = tf.add(tf.multiply(y, self.x), self.x)
            self.y = y
            self.forward = self.graph.version
            self.slope = tf.gradients(y, self.x)[0]


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    made = Chain()
    yield made
    del made
    gc.collect()


def test_it_builds_and_differentiates(chain: Chain) -> None:
    assert chain.forward == 1 + LENGTH
    assert chain.graph.version > 2 * LENGTH
    assert chain.y.op.name == f"Add_{LENGTH // 2 - 1}"
    assert len(chain.x.consumers()) >= LENGTH // 2
    names = [op.name for op in chain.graph.get_operations()]
    assert len(set(names)) == len(names)


def test_it_runs(chain: Chain) -> None:
    with tf.Session(graph=chain.graph) as session:
        y, slope = session.run([chain.y, chain.slope], {chain.x: [0.5, -0.5]})
    np.testing.assert_allclose(y, [1.0, -1 / 3], rtol=1e-5)
    np.testing.assert_allclose(slope, [4.0, 4 / 9], rtol=1e-5)


def test_it_steps(chain: Chain) -> None:
    with tf.Session(graph=chain.graph) as session:
        stepper = Stepper(session, chain.y, {chain.x: [0.5, -0.5]})
        assert stepper.step().op.name
        assert len(stepper.run_to(1000)) == 1000
        assert stepper.back() is not None
        np.testing.assert_allclose(stepper.result(), [1.0, -1 / 3], rtol=1e-5)


def test_it_exports(chain: Chain) -> None:
    definition = chain.graph.as_graph_def()
    assert len(definition.node) == chain.graph.version
    dot = inspection.to_dot(chain.graph)
    assert dot.count(" -> ") >= 2 * LENGTH
    assert repr(chain.y) == f"<tf.Tensor 'Add_{LENGTH // 2 - 1}:0' shape=(2,) dtype=float32>"
    assert "Add" in str(chain.y.op)


def test_its_records_follow_it(chain: Chain) -> None:
    tracker = inspection.GraphTracker(chain.graph)
    assert len(tracker.whole()["ops"]["name"]) == chain.graph.version
    with chain.graph.as_default():
        tf.constant(1.0, name="one_more")
    delta = tracker.delta()
    assert delta is not None
    assert delta["ops"]["name"] == ["one_more"]


def _shallow(function: Any) -> Any:
    """Calls a function with little room for recursion."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        return function()
    finally:
        sys.setrecursionlimit(limit)


def test_values_known_while_building_are_found_without_recursion() -> None:
    with tf.Graph().as_default():
        sizes = tf.shape(tf.placeholder(tf.float32, [None, 3]))
        for _ in range(500):
            sizes = tf.identity(sizes)[0:2]
        assert _shallow(lambda: tf.zeros(sizes)).shape.as_list() == [None, 3]


def test_initial_values_are_guarded_without_recursion() -> None:
    with tf.Graph().as_default():
        value = tf.get_variable("v", [], initializer=tf.zeros_initializer()) + 1.0
        for _ in range(500):
            value = tf.identity(value)
        _shallow(lambda: tf.Variable(value, name="w"))


def test_conditions_and_orders_that_follow_one_another() -> None:
    """An operation keeps what orders it, not what ordered that."""
    with tf.Graph().as_default():
        zero = last = tf.constant(0.0)
        for _ in range(2000):
            with tf.control_dependencies([last]):
                last = tf.identity(zero)
        assert len(last.op.control_inputs) == 1
        with tf.Session() as session:
            assert session.run(last) == 0.0


def test_operations_of_one_line_share_their_record_of_it() -> None:
    """A line in a loop is one object, and equal attributes are one dict: an operation costs little memory."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [])
        made = [tf.add(x, x).op for _ in range(3)]
    assert made[0]._site is made[1]._site is made[2]._site
    assert made[0]._site.line < here(1).line
    assert made[0]._attrs is made[2]._attrs
    made[0]._set_attr("_mark", True)
    assert "_mark" not in made[1]._attrs
    with pytest.raises(TypeError, match="several operations"):
        made[1]._attrs["_mark"] = True


def test_an_operation_takes_little_memory() -> None:
    """At most 1.2 KB with its name, its line, its output and its places in the graph."""
    import tracemalloc

    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [4])
        tf.add(x, x)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            y = x
            for _ in range(20_000):
                y = tf.add(y, x)
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown / 20_000 < 1200
