"""KeyboardInterrupt at any moment: writes that were done stay done, and graph and session stay usable."""

from __future__ import annotations

import gc
import signal
import threading
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework import registry

INTERRUPTS = 60


@pytest.fixture(autouse=True)
def _no_collection() -> Any:
    """An interrupt that lands in a callback of the garbage collector is lost; there are such callbacks in test runners."""
    gc.disable()
    yield
    gc.enable()


def _straight(x: Any) -> Any:
    for _ in range(30):
        x = tf.tanh(x) * 1.5 + 0.1
    return x


def _branching(x: Any) -> Any:
    return tf.cond(tf.reduce_sum(x) > 0.0, lambda: _straight(x), lambda: _straight(-x))


def _looping(x: Any) -> Any:
    return tf.while_loop(lambda i, y: i < 20, lambda i, y: (i + 1, tf.tanh(y) * 1.5 + 0.1), [tf.constant(0), x])[1]


def _endless(x: Any) -> Any:
    return tf.while_loop(
        lambda i, y: i >= 0, lambda i, y: (tf.bitwise.bitwise_xor(i, 1), y + 1.0), [tf.constant(0), x]
    )[1]


def interrupted(seconds: float, action: Any) -> None:
    """Does `action` again and again until a timer interrupts it."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        while True:
            action()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Counted:
    """Two counters around some work: the first is raised before it, the second after it."""

    def __init__(self, work: Any, shape: list[int]) -> None:
        self.first = tf.get_variable("first", shape, initializer=tf.zeros_initializer())
        self.second = tf.get_variable("second", shape, initializer=tf.zeros_initializer())
        with tf.control_dependencies([self.first.assign_add(tf.ones(shape))]):
            start = tf.identity(tf.zeros(shape)) + 0.5
        with tf.control_dependencies([work(start)]):
            self.step = self.second.assign_add(tf.ones(shape)).op
        self.init = tf.global_variables_initializer()


@pytest.mark.parametrize("shape", [[], [4, 4]])
@pytest.mark.parametrize("work", [_straight, _branching, _looping])
def test_the_session_survives_interrupts_at_many_moments(work: Any, shape: list[int]) -> None:
    """A timer interrupts runs wherever they are. Each interrupt can cost one run its second half, and nothing else."""
    with tf.Graph().as_default():
        counted = Counted(work, shape)
        with tf.Session() as session:
            session.run(counted.init)
            for number in range(1, INTERRUPTS + 1):
                with pytest.raises(KeyboardInterrupt):
                    interrupted(0.0002 + 0.000037 * number, lambda: session.run(counted.step))
                first, second = session.run([counted.first, counted.second])
                assert np.shape(first) == tuple(shape)
                np.testing.assert_array_equal(first, np.full(shape, np.max(first)))
                np.testing.assert_array_equal(second, np.full(shape, np.max(second)))
                assert 0 <= np.max(first) - np.max(second) <= number
            session.run(counted.step)
            np.testing.assert_array_equal(session.run(counted.second), second + 1)
        assert tf.constant(1.0).graph is tf.get_default_graph()


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("runs_before", [0, 1, 4])
def test_an_interrupt_in_a_step_leaves_the_writes_before_it(place: int, runs_before: int, monkeypatch: Any) -> None:
    """In the first run, in a repeated one, and in one that has been translated: the steps before the interrupt count."""
    reached: list[int] = []
    armed: list[bool] = []

    def interrupting(x: Any) -> Any:
        reached.append(1)
        if armed and len(reached) == place + 1:
            raise KeyboardInterrupt
        return x * 2.0

    monkeypatch.setattr(registry.get("Sinh"), "kernel_function", interrupting)
    monkeypatch.setattr(registry.get("Sinh"), "ufunc", None)
    with tf.Graph().as_default():
        counters = [tf.get_variable(f"v{i}", [2], initializer=tf.zeros_initializer()) for i in range(6)]
        last: list[Any] = []
        for counter in counters:
            with tf.control_dependencies(last):
                value = tf.sinh(tf.ones([2]) * tf.placeholder_with_default(1.0, []))
            last = [counter.assign_add(value)]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(runs_before):
                session.run(last[0].op)
            reached.clear()
            armed.append(True)
            with pytest.raises(KeyboardInterrupt):
                session.run(last[0].op)
            armed.clear()
            values = session.run(counters)
            for index, value in enumerate(values):
                np.testing.assert_array_equal(value, np.full(2, 2.0 * (runs_before + (index < place))))
            session.run(last[0].op)
            np.testing.assert_array_equal(session.run(counters[5]), np.full(2, 2.0 * (runs_before + 1)))


def test_an_endless_loop_ends_when_its_session_is_closed_or_its_time_is_over() -> None:
    """By a deadline, by a thread that closes the session, and by an interrupt."""
    with tf.Graph().as_default():
        endless = _endless(tf.constant(0.0))
        with tf.Session() as session:
            with pytest.raises(tf.errors.DeadlineExceededError, match="Timed out"):
                session.run(endless, options=tf.RunOptions(timeout_in_ms=50))
            assert session.run(tf.constant(2.0)) == 2.0
            with pytest.raises(KeyboardInterrupt):
                interrupted(0.05, lambda: session.run(endless))
            assert session.run(tf.constant(3.0)) == 3.0
            threading.Timer(0.05, session.close).start()
            with pytest.raises(tf.errors.CancelledError):
                session.run(endless)
