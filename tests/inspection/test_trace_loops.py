"""Trace records of runs with loops: a step stands for one turn, and says so."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini import inspection
from tfmini.inspection import trace_text, turns
from tfmini.runtime import recorder


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _checked(trace: dict[str, Any]) -> dict[str, Any]:
    """Brackets cover all steps; every input that names a step has its value there or with itself."""
    at = 0
    for bracket in trace["scopes"]:
        assert bracket["first"] == at
        at = bracket["last"] + 1
    assert at == len(trace["steps"])
    for step in trace["steps"]:
        for each in step["inputs"]:
            if each["step"] >= 0 and each["port"] >= 0 and each["value"] is None:
                source = trace["steps"][each["step"]]
                assert len(source["values"]) > each["port"] or not source["values"], (step["name"], each)
    json.dumps(trace, allow_nan=False)
    return trace


def _doubling(turns_wanted: int) -> Any:
    return tf.while_loop(
        lambda i, x: i < turns_wanted, lambda i, x: (i + 1, x * 2.0), [tf.constant(0), tf.constant(1.0)]
    )


def test_each_turn_has_its_steps() -> None:
    """Loop variables with their plumbing, the condition, the body; then the end of the loop with its results."""
    with tf.Session() as session:
        trace = _checked(inspection.trace(session, _doubling(3)))
    titles = [bracket["title"] for bracket in trace["scopes"]]
    assert titles == ["constants", "turn 1 of while", "turn 2 of while", "turn 3 of while", "end of while"]
    second = trace["scopes"][2]
    steps = trace["steps"][second["first"] : second["last"] + 1]
    assert [step["title"] for step in steps] == ["loop var 1", "loop var 2", "Less", "LoopCond", "add", "mul"]
    assert all(step["loops"] == [{"loop": "while/while_context", "turn": 1}] for step in steps)
    assert [step["values"][0]["text"] for step in steps] == ["1", "2", "True", "True", "2", "4"]
    body = trace["steps"].index(steps[5])
    following = trace["steps"][trace["scopes"][3]["first"] + 1]
    assert [each["step"] for each in following["inputs"]] == [body]
    assert [trace["steps"][each["step"]]["title"] for each in steps[5]["inputs"]] == ["loop var 2", "mul"]
    last = trace["steps"][-2:]
    assert [step["type"] for step in last] == ["Exit", "Exit"]
    assert [step["values"][0]["text"] for step in last] == ["3", "8"]
    assert [step["fetched"] for step in trace["steps"]].count([0]) == 2
    assert trace["loops"] == [
        {"name": "while/while_context", "title": "while", "around": [], "turns": 3, "left_out": []}
    ]
    text = trace_text(trace)
    assert "\nturn 3 of while (6 steps)\n" in text
    assert "is false: while ends after 3 turns" in text


def test_every_record_stands_in_one_step() -> None:
    """Nothing is lost in folding, and nothing counted twice; turns of loops in loops, with branches."""

    def body(i: Any, x: Any) -> Any:
        inner = tf.while_loop(lambda j, y: j < i, lambda j, y: (j + 1, y + 1.0), [0, x])[1]
        return i + 1, tf.cond(inner > 3.0, lambda: inner * 2.0, lambda: inner - 1.0)

    result = tf.while_loop(lambda i, x: i < 3, body, [tf.constant(0), tf.constant(1.0)])[1]
    with tf.Session() as session:
        count = len(recorder.trace(session, result).records)
        trace = _checked(inspection.trace(session, result))
    steps = trace["steps"]
    assert sum(1 + len(step["parts"]) for step in steps) == count
    deepest = [step for step in steps if len(step["loops"]) == 2 and step["title"] == "add"]
    assert [[each["turn"] for each in step["loops"]] for step in deepest] == [[1, 0], [2, 0], [2, 1]]
    assert "turn 2 of while/while in turn 3 of while" in [bracket["title"] for bracket in trace["scopes"]]
    assert [(each["title"], each["turns"]) for each in trace["loops"]] == [
        ("while", 3),
        ("while/while", 0),
        ("while/while", 1),
        ("while/while", 2),
    ]


def test_of_a_long_loop_the_first_and_the_last_turns_are_shown() -> None:
    """A record of bounded size, which says what it leaves out."""
    with tf.Session() as session:
        trace = _checked(inspection.trace(session, _doubling(2000)))
    titles = [bracket["title"] for bracket in trace["scopes"]]
    assert titles[1:] == [*(f"turn {k} of while" for k in range(1, 7)), "turn 2,000 of while", "end of while"]
    assert trace["scopes"][6]["note"] == "turns 7 to 1,999 are left out"
    assert trace["loops"][0]["turns"] == 2000
    assert trace["loops"][0]["left_out"] == [6, 1998]
    assert len(trace["steps"]) < 80
    assert trace["steps"][-1]["values"][0]["text"] == "Infinity"
    assert "turn 6 of while (6 steps; turns 7 to 1,999 are left out)" in trace_text(trace)


def test_the_gradient_of_a_loop_is_one_step_for_each_variable() -> None:
    """The loop that runs backwards is folded in; its many parts are counted when there are too many to list."""
    w = tf.get_variable("w", [], initializer=tf.constant_initializer(1.5))
    y = tf.while_loop(lambda i, x: i < 40, lambda i, x: (i + 1, tf.tanh(x * w)), [tf.constant(0), tf.constant(1.0)])[1]
    train = tf.train.GradientDescentOptimizer(0.1).minimize(y)
    with tf.Session() as session:
        session.run(w.initializer)
        trace = _checked(inspection.trace(session, [y, train]))
        session.run(train)
        after = session.run(w)
    gradient = next(step for step in trace["steps"] if step["title"] == "gradients of w")
    assert len(gradient["parts"]) == 200
    assert gradient["more_parts"] > 200
    write = next(step for step in trace["steps"] if step["kind"] == "write")
    assert write["writes"][0]["after"]["cells"]["data"] == [pytest.approx(float(after))]


def test_writes_in_a_loop_are_steps_of_their_turns() -> None:
    """Each with the value before and after."""
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer(), use_resource=True)

    def body(i: Any) -> Any:
        with tf.control_dependencies([v.assign_add(tf.fill([2], tf.cast(i, tf.float32)))]):
            return i + 1

    loop = tf.while_loop(lambda i: i < 4, body, [tf.constant(0)])
    with tf.Session() as session:
        session.run(v.initializer)
        trace = _checked(inspection.trace(session, loop))
    writes = [step for step in trace["steps"] if step["writes"]]
    assert [step["loops"][0]["turn"] for step in writes] == [0, 1, 2, 3]
    assert [step["writes"][0]["after"]["cells"]["data"][0] for step in writes] == [0, 1, 3, 6]
    assert np.array_equal([step["writes"][0]["before"]["cells"]["data"][0] for step in writes], [0, 0, 1, 3])


def test_a_failing_step_ends_the_record_in_its_turn() -> None:
    """The turn stands in the brackets, in the step, and in the message."""
    value = tf.while_loop(
        lambda i, x: i < 9,
        lambda i, x: (i + 1, tf.check_numerics(1.0 / (2.0 - tf.cast(i, tf.float32)), "bad")),
        [tf.constant(0), tf.constant(1.0)],
    )[1]
    with tf.Session() as session:
        trace = _checked(inspection.trace(session, value))
    last = trace["steps"][-1]
    assert last["type"] == "CheckNumerics"
    assert last["loops"] == [{"loop": "while/while_context", "turn": 2}]
    assert trace["scopes"][-1]["title"] == "turn 3 of while"
    assert "in loop  while/while_context, turn 3" in last["error"]["message"]


def test_a_loop_over_matrices() -> None:
    """Values with many elements, and a loop variable that is passed on as it is."""
    start = tf.constant(np.ones((3, 4), np.float32))
    loop = tf.while_loop(lambda i, x, y: i < 2, lambda i, x, y: (i + 1, y, x + y), [tf.constant(0), start, start])
    with tf.Session() as session:
        trace = _checked(inspection.trace(session, loop))
        wanted = session.run(loop)
    last = trace["steps"][-2:]
    for step, value in zip(last, wanted[1:], strict=True):
        assert step["values"][0]["cells"]["data"] == value.ravel().tolist()


def test_names_of_loops() -> None:
    """The frame's name without what TensorFlow adds."""
    assert turns.loop_title("while/while_context", "user") == "while"
    assert turns.loop_title("while/while_context_1", "gradient") == "gradients of while"
    assert turns.loop_title("handmade", "user") == "handmade"
