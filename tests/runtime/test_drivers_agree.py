"""The law of the drivers: a run by any tier, a trace and a stepped run give the same values in the same order and leave the same state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini.runtime import Stepper, trace
from tfmini.runtime import program as programs

UNARY = ["square", "tanh", "negative", "exp", "identity", "stop_gradient"]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum"]
WRITES = ["assign", "assign_add", "assign_sub"]

instruction = st.tuples(
    st.sampled_from(["unary", "binary", "reduce", "write", "random", "cond", "matmul"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def build(program: list[tuple[str, int, int, int]]) -> tuple[list[Any], list[Any], Any]:
    """Adds a program to the default graph; returns what can be fetched, the variables and the placeholder."""
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    variables = [tf.get_variable(f"v{i}", [2, 2], initializer=tf.random_uniform_initializer(-1, 1)) for i in range(2)]
    values: list[Any] = [x, tf.constant([[0.5, -0.25], [1.5, 2.0]]), *(v.value() for v in variables)]
    # Reads and writes of one variable without an edge between them have no defined order; control edges give one here.
    last: list[Any] = []
    for kind, a, b, c in program:
        first, second = values[a % len(values)], values[b % len(values)]
        with tf.control_dependencies(last[-1:]):
            if kind == "unary":
                values.append(getattr(tf, UNARY[c % len(UNARY)])(first))
            elif kind == "binary":
                values.append(getattr(tf, BINARY[c % len(BINARY)])(first, second))
            elif kind == "matmul":
                values.append(tf.matmul(first, second))
            elif kind == "reduce":
                values.append(first - tf.reduce_mean(second, axis=c % 2, keepdims=True))
            elif kind == "random":
                values.append(first + tf.random_normal([2, 2], seed=c % 5))
            elif kind == "cond":
                values.append(tf.cond(tf.reduce_sum(first) > 0.0, lambda f=first: f + 1.0, lambda s=second: s * 2.0))
            else:
                written = getattr(tf, WRITES[c % len(WRITES)])(variables[b % 2], first)
                last.append(written.op)
                values.append(tf.identity(written))
    return values, variables, x


def same(first: Any, second: Any) -> bool:
    return len(first) == len(second) and all(
        np.asarray(a).dtype == np.asarray(b).dtype and np.asarray(a).tobytes() == np.asarray(b).tobytes()
        for a, b in zip(first, second, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(instruction, min_size=1, max_size=14), st.integers(0, 100))
def test_run_trace_and_steps_agree(program: list[tuple[str, int, int, int]], seed: int) -> None:
    fed = np.array([[0.25, -1.0], [0.5, 3.0]], np.float32)
    results = []
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(seed)
        values, variables, x = build(program)
        init = tf.global_variables_initializer()
        fetches = [*values[4:], values[1]]
        # The runs after the second one are those of a generated program.
        for driver in ("run", "dead values", "trace", "step", "step by step and back"):
            with pytest.MonkeyPatch.context() as patch, tf.Session(graph=graph) as session:
                if driver == "dead values":
                    patch.setattr(programs, "block_of", lambda plan: None)
                session.run(init)
                for _ in range(4):
                    if driver in ("run", "dead values"):
                        got = session.run(fetches, {x: fed})
                        order = None
                    elif driver == "trace":
                        finished = trace(session, fetches, {x: fed})
                        got, order = finished.result(), [r.op.name for r in finished.records]
                    else:
                        stepper = Stepper(session, fetches, {x: fed})
                        if driver != "step":
                            stepper.run_to(len(stepper.plan.steps) // 2)
                            stepper.run_to(1)
                        got, order = stepper.result(), [r.op.name for r in stepper.run.records]
                        stepper.commit()
                results.append((driver, got, order, session_values(session, variables)))
    reference = results[0]
    for driver, got, order, state in results[1:]:
        assert same(reference[1], got), driver
        assert same(reference[3], state), driver
        assert order in (None, results[-1][2]), driver


def session_values(session: Any, variables: list[Any]) -> list[Any]:
    return session.run([v.value() for v in variables])


def test_a_stepper_changes_nothing_before_commit() -> None:
    with tf.Graph().as_default():
        v = tf.get_variable("v", [], initializer=tf.constant_initializer(1.0))
        grow = tf.assign_add(v, 2.0)
        with tf.Session() as session:
            session.run(v.initializer)
            stepper = Stepper(session, grow)
            assert stepper.result() == 3.0
            assert stepper.variable("v") == 3.0
            assert session.run(v) == 1.0
            stepper.run_to(0)
            assert stepper.variable("v") == 1.0
            assert stepper.commit() == ("v",)
            assert session.run(v) == 3.0
            stepper.discard()
            assert stepper.result() == 5.0
            assert session.run(v) == 3.0


def test_a_failing_step_is_kept_with_what_came_before() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, name="x")
        y = tf.add(x, [1.0, 2.0, 3.0], name="y")
        with tf.Session() as session:
            stepper = Stepper(session, y * 2.0, {x: np.ones(2, np.float32)})
            records = stepper.run_to(99)
            assert stepper.finished
            assert records[-1].op.name == "y"
            assert isinstance(records[-1].error, tf.errors.InvalidArgumentError)
            assert records[-1].error.message.splitlines()[0] == "Incompatible shapes: [2] vs. [3]"
            assert [v.shape for v in records[-1].inputs] == [(2,), (3,)]
