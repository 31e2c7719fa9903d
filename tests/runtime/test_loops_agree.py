"""The law of the drivers, for loops: structured, dataflow, trace and stepper give the same values and leave the same state."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini.framework.registry import raw
from tfmini.runtime import Stepper, program, trace
from tfmini.runtime.item_writer import ItemFunction

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden.control_flow_programs import Maker

LEAVES = ["scale", "shift", "mix", "cond", "random", "write"]
instruction = st.recursive(
    st.tuples(st.sampled_from(LEAVES), st.integers(0, 5)),
    lambda inner: st.tuples(st.sampled_from(["loop", "branch"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def step(kind: str, detail: Any, x: Any, y: Any, variable: Any) -> tuple[Any, Any]:
    """Adds one instruction; returns the two values that go on."""
    if kind == "scale":
        return x * (0.5 + 0.25 * detail), y
    if kind == "shift":
        return x, tf.sin(y + 0.5 * detail)
    if kind == "mix":
        return y, tf.tanh(x - y)
    if kind == "cond":
        return tf.cond(tf.reduce_sum(x) > 0.1 * detail, lambda: x + y, lambda: tf.negative(y)), y
    if kind == "random":
        return x + tf.random_uniform([2], seed=detail), y
    if kind == "write":
        with tf.control_dependencies([variable.assign_add(x)]):
            return tf.identity(x), y
    if kind == "branch":
        return tf.cond(
            tf.reduce_sum(y) > 0.0, lambda: chain(detail, x, y, variable), lambda: [tf.identity(y), tf.identity(x)]
        )
    turns = len(detail) % 3 + 1

    def body(i: Any, a: Any, b: Any) -> Any:
        return [i + 1, *chain(detail, a, b, variable)]

    return tf.while_loop(lambda i, a, b: i < turns, body, [tf.constant(0), x, y])[1:]


def chain(program: list[Any], x: Any, y: Any, variable: Any) -> list[Any]:
    for kind, detail in program:
        x, y = step(kind, detail, x, y, variable)
    return [x, y]


def has(program: Any, kind: str) -> bool:
    return any(name == kind or (isinstance(inner, list) and has(inner, kind)) for name, inner in program)


def bits(values: list[Any]) -> list[Any]:
    return [(np.asarray(value).dtype.name, np.asarray(value).tobytes()) for value in values]


@settings(max_examples=50, deadline=None)
@given(st.lists(instruction, min_size=1, max_size=3), st.integers(0, 100))
def test_every_driver_gives_the_same(instructions: list[Any], seed: int) -> None:
    """Values, their gradient where there is one, the variable, and the random numbers of the runs that follow."""
    fed = np.array([0.25, -0.75], np.float32)
    results = {}
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(seed)
        start = tf.placeholder(tf.float32, [2])
        variable = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
        x, y = chain(instructions, start, start * 2.0, variable)
        fetches = [x, y, *(each for each in tf.gradients(x + y, start) if each is not None)]
        init = tf.global_variables_initializer()
        for driver in ("run", "dataflow", "trace", "step"):
            with pytest.MonkeyPatch.context() as patch, tf.Session(graph=graph) as session:
                if driver == "dataflow":
                    patch.setattr(program, "block_of", lambda plan: None)
                session.run(init)
                seen = []
                for _ in range(5 if driver == "run" else 2):
                    if driver == "trace":
                        got = trace(session, fetches, {start: fed}).result()
                    elif driver == "step":
                        stepper = Stepper(session, fetches, {start: fed})
                        got = stepper.result()
                        stepper.commit()
                    else:
                        got = session.run(fetches, {start: fed})
                    seen.append(bits([*got, session.run(variable)]))
                results[driver] = seen
    assert results["dataflow"] == results["run"][:2]
    assert results["trace"] == results["run"][:2]
    assert results["step"] == results["run"][:2]


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_trees_give_what_tokens_give(seed: int) -> None:
    """Random conditionals, loops, TensorArrays and gradients, as trees and as dead values and tokens."""
    found = []
    for forget in (False, True):
        with pytest.MonkeyPatch.context() as patch, tf.Graph().as_default(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if forget:
                patch.setattr(program, "block_of", lambda plan: None)
            tf.set_random_seed(seed)
            try:
                found.append(repr(frozen(Maker(tf, seed).program()["values"])))
            except TypeError as error:  # a program that cannot be built
                found.append(str(error).partition("\n")[0])
    assert found[0] == found[1]


def frozen(value: Any) -> Any:
    """Returns values as their bits, and errors as their first lines."""
    if isinstance(value, (list, tuple)):
        return [frozen(each) for each in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.name, value.shape, value.tobytes()
    if hasattr(value, "indices"):
        return frozen([value.values, value.indices])
    return str(value).partition("\n")[0]


def test_a_step_in_a_loop_knows_its_turn() -> None:
    """In records, and in what an error says."""
    with tf.Graph().as_default(), tf.Session() as session:

        def body(i: Any, x: Any) -> Any:
            inner = tf.while_loop(
                lambda j, z: j < 2,
                lambda j, z: (j + 1, tf.check_numerics(z / tf.cast(3 - i, tf.float32), "bad")),
                [0, x],
            )
            return i + 1, inner[1]

        _, value = tf.while_loop(lambda i, x: i < 5, body, [tf.constant(0), tf.constant(1.0)])
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad : Tensor had Inf values") as caught:
            session.run(value)
        assert (
            "  in loop  while/while_context, turn 4\n  in loop  while/while/while_context, turn 1\n"
            in caught.value.message
        )
        stepper = Stepper(session, value)
        last = stepper.run_to_end()[-1]
        assert last.op.type == "CheckNumerics"
        assert last.place == (("while/while_context", 3), ("while/while/while_context", 0))
        assert str(last.error) == str(caught.value)
        stepper.back()
        assert stepper.step() is last


def test_values_may_cross_frames_only_through_enter() -> None:
    """A graph by hand that forgets Enter: TensorFlow's phrase, and what to do."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        outside = tf.constant(1.0, name="outside")
        looping = tf.while_loop(lambda i: i < 3.0, lambda i: i + 1.0, [tf.constant(0.0)])
        inside = graph.get_tensor_by_name("while/add:0")
        inside.op._update_input(1, outside)
        with pytest.raises(tf.errors.InvalidArgumentError, match="has inputs from different frames"):
            session.run(looping)


def test_many_turns_keep_little() -> None:
    """A loop forgets its turns, by either driver."""
    for forget in (False, True):
        with pytest.MonkeyPatch.context() as patch, tf.Graph().as_default(), tf.Session() as session:
            if forget:
                patch.setattr(program, "block_of", lambda plan: None)
            turns = tf.while_loop(lambda i: i < 3000, lambda i: i + 1, [tf.constant(0)])
            assert session.run(turns) == 3000


@pytest.mark.parametrize("kind", ["loop in branch", "branch in loop", "writes"])
def test_an_error_is_the_same_in_every_tier(kind: str) -> None:
    """The operation, its inputs, the turns; what was written before stays written."""
    with tf.Graph().as_default(), tf.Session() as session:
        start = tf.placeholder(tf.float32, [])
        count = tf.get_variable("count", [], initializer=tf.zeros_initializer(), use_resource=True)

        def check(x: Any) -> Any:
            return tf.check_numerics(1.0 / (x - 3.0), "bad")

        def looping(x: Any, change: Any) -> Any:
            return tf.while_loop(lambda i, _: i < 5, lambda i, y: (i + 1, change(y)), [tf.constant(0), x])[1]

        def counted(x: Any) -> Any:
            with tf.control_dependencies([count.assign_add(1.0)]):
                y = tf.identity(x)
            with tf.control_dependencies([check(y)]):
                return y + 1.0

        if kind == "loop in branch":
            value = tf.cond(start > 0.0, lambda: looping(start, lambda y: y + 1.0 + 0.0 * check(y)), lambda: start)
        elif kind == "branch in loop":
            value = looping(start, lambda y: tf.cond(y > 2.5, lambda: y + check(y), lambda: y + 1.0))
        else:
            value = looping(start, counted)
        session.run(count.initializer)
        told = []
        for attempt in range(6):
            assert np.isfinite(session.run(value, {start: -9.0}))
            before = session.run(count)
            with pytest.raises(tf.errors.InvalidArgumentError) as caught:
                session.run(value, {start: 1.0})
            told.append((caught.value.message, caught.value.op.name, session.run(count) - before))
            assert "in loop  " in told[-1][0], attempt
        assert told == [told[0]] * 6
        assert ", turn 3\n" in told[0][0]


def test_a_loop_with_effects_is_a_function() -> None:
    """After two runs: with conditionals, writes and random numbers in it."""
    with tf.Graph().as_default(), tf.Session() as session:
        count = tf.get_variable("count", [], initializer=tf.zeros_initializer())

        def body(i: Any, x: Any) -> Any:
            with tf.control_dependencies([count.assign_add(x)]):
                return i + 1, tf.cond(x > 0.5, lambda: x * tf.random_uniform([], seed=4), lambda: x + 1.0)

        value = tf.while_loop(lambda i, _: i < 7, body, [tf.constant(0), tf.constant(1.0)])
        session.run(count.initializer)
        for _ in range(4):
            session.run(value)
        generated = list(session._programs.values())[-1].tiers.latest
        functions = [each for each in generated.writer.defaults.values() if isinstance(each, ItemFunction)]
        assert len(functions) == 1
        assert "while True:" in functions[0].text
        assert functions[0].text.count("if ") == 3  # the condition of the loop, the branches, what they give


@pytest.mark.parametrize("has_condition", [True, False])
@pytest.mark.parametrize(("branches", "wanted"), [(False, [16.0, 12.0, 20.0]), (True, [11.25, 13.25, 20.0])])
def test_loops_made_by_hand(has_condition: bool, branches: bool, wanted: list[float]) -> None:
    """Raw operations, with and without LoopCond; the numbers are those of TensorFlow 2.21."""
    with tf.Graph().as_default(), tf.Session() as session:

        def entered(value: Any, is_constant: bool = True) -> Any:
            return raw.Enter(value, frame_name="hand", is_constant=is_constant)

        x = tf.placeholder(tf.float32, [])
        start = entered(x, is_constant=False)
        current = raw.Merge([start, start])[0]
        going = current < entered(tf.constant(10.0))
        out, inside = raw.Switch(current, raw.LoopCond(going) if has_condition else going)
        value = tf.identity(inside) * entered(tf.constant(2.0))
        if branches:
            small, large = raw.Switch(value, value > entered(tf.constant(6.0)))
            parts = [small + entered(tf.constant(0.5)), large + entered(tf.constant(0.25))]
            value = raw.Merge(parts)[0]
        current.op._update_input(1, raw.NextIteration(value))
        result = raw.Exit(out)
        for _ in range(4):
            assert [session.run(result, {x: each}) for each in (1.0, 3.0, 20.0)] == wanted
        assert trace(session, result, {x: 1.0}).result() == wanted[0]
