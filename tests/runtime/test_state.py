"""Rows are written in place only where nobody can see it: what was fetched, fed, traced or forked stays what it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf


def _cell(session: Any, name: str) -> Any:
    return session._state.variables.cells[(b"", name)]


@pytest.fixture
def table() -> Any:
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=np.zeros((4, 2), np.float32))
        add = tf.scatter_add(v, [1, 1, 3], np.ones((3, 2), np.float32))
        session.run(v.initializer)
        yield session, v, add


def test_rows_are_added_in_place(table: Any) -> None:
    """The array of the variable stays the same object; a row that is named twice is added twice."""
    session, v, add = table
    session.run(add.op)
    before = id(_cell(session, "v").value)
    session.run(add.op)
    assert id(_cell(session, "v").value) == before
    assert session.run(v).tolist() == [[0, 0], [4, 4], [0, 0], [2, 2]]


def test_what_was_fetched_stays(table: Any) -> None:
    session, v, add = table
    for run in range(5):
        fetched = session.run(v)
        kept = fetched.copy()
        after = session.run(add)
        assert np.array_equal(fetched, kept)
        assert after[1, 0] == 2 * (run + 1)


def test_the_initial_value_stays(table: Any) -> None:
    """It is a constant of the graph, which an initialized variable shares."""
    session, v, add = table
    session.run(add)
    session.run(v.initializer)
    assert not session.run(v).any()


def test_an_array_of_the_caller_stays(table: Any) -> None:
    """Also one that is a part of another array."""
    session, v, add = table
    mine = np.zeros((2, 4, 2), np.float32)
    v.load(mine[1], session)
    session.run(add)
    assert not mine.any()


def test_a_fork_stays(table: Any) -> None:
    session, _, add = table
    fork = session._state.fork()
    session.run(add)
    assert not fork.variables.cells[(b"", "v")].value.any()
    assert _cell(session, "v").value.any()


def test_a_read_before_the_write_stays(table: Any) -> None:
    """A resource variable's value that was read in the same run is what it was at the read."""
    session, _, _ = table
    v = tf.get_variable("r", initializer=np.zeros((3, 2), np.float32), use_resource=True)
    session.run(v.initializer)
    read = v.read_value()
    with tf.control_dependencies([read]):
        write = tf.scatter_add(v, [0], np.ones((1, 2), np.float32))
    with tf.control_dependencies([write]):
        later = read * 1.0
    for turn in range(4):
        found, _ = session.run([later, write])
        assert found[0, 0] == turn
