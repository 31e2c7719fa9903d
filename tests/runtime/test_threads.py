"""Several threads over one session: nothing is lost, nothing hangs, and closing ends the runs."""

from __future__ import annotations

import random
import threading
from concurrent import futures
from typing import Any

import numpy as np
import pytest

import tfmini as tf

_PATIENCE = 60.0


def together(*functions: Any) -> list[BaseException]:
    """Runs functions at the same time; returns what they raised."""
    with futures.ThreadPoolExecutor(len(functions)) as pool:
        running = [pool.submit(each) for each in functions]
        raised = [each.exception(_PATIENCE) for each in running]
    return [each for each in raised if each is not None]


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("shape", [[], [8]])
def test_no_update_of_a_shared_variable_is_lost(graph: Any, use_resource: bool, shape: list[int]) -> None:
    """Four threads add one to the same variable."""
    v = tf.get_variable("v", shape, initializer=tf.zeros_initializer(), use_resource=use_resource)
    add = v.assign_add(tf.ones(shape)).op
    with tf.Session() as session:
        session.run(v.initializer)

        def work() -> None:
            for _ in range(500):
                session.run(add)

        assert together(work, work, work, work) == []
        np.testing.assert_array_equal(session.run(v), np.full(shape, 2000, np.float32))


def test_each_thread_gets_the_value_for_what_it_fed(graph: Any) -> None:
    """Runs of one program at the same time do not share their buffers."""
    x = tf.placeholder(tf.float32, [16, 16])
    y = x
    for _ in range(20):
        y = tf.tanh(y) + x * 0.5
    with tf.Session() as session:
        fed = [np.full((16, 16), value, np.float32) for value in (0.1, -0.7, 3.0)]
        expected = [session.run(y, {x: each}) for each in fed]

        def work(index: int) -> None:
            for _ in range(200):
                np.testing.assert_array_equal(session.run(y, {x: fed[index]}), expected[index])

        assert together(*(lambda index=index: work(index) for index in range(3))) == []


@pytest.mark.parametrize("seed", range(5))
def test_threads_that_run_and_close_at_random_end(graph: Any, seed: int) -> None:
    """A run either gives the right value or says that the session is closed."""
    x = tf.placeholder(tf.float32, [4])
    v = tf.get_variable("v", [4], initializer=tf.ones_initializer())
    y = v * x + 1.0
    session = tf.Session()
    session.run(v.initializer)
    chance = random.Random(seed)
    wrong: list[Any] = []

    def run() -> None:
        for number in range(300):
            try:
                got = session.run(y, {x: np.full(4, number, np.float32)})
            except (RuntimeError, tf.errors.CancelledError):
                return
            if not np.array_equal(got, np.full(4, number + 1, np.float32)):
                wrong.append(got)

    def close() -> None:
        threading.Event().wait(chance.random() * 0.02)
        if seed % 2:
            session.close()
        else:
            tf.Session.reset("")

    assert together(run, run, close) == []
    assert wrong == []
    assert tf.Session().run(tf.constant(3.0)) == 3.0


def test_the_default_session_is_of_the_thread(graph: Any) -> None:
    """A session that is the default here is not the default there, as in TensorFlow."""
    seen: list[Any] = []
    with tf.Session():
        assert together(lambda: seen.append(tf.get_default_session())) == []
    assert seen == [None]
