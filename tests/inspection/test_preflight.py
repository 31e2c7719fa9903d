"""Preflight truth: what `preflight` says is exactly what the run then does, over generated graphs and session states."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini import inspection

_EMPTY = re.compile(
    r"Attempting to use uninitialized value (\S+)|Could not find variable (\S+?)\. |localhost/(\S+?)\)"
    r"|Resource localhost/(\S+)/N10tensorflow3VarE does not exist"
)

# ---- generated graphs


class Drawn:
    """A graph of scalars drawn step by step: variables of both kinds, values, branches, writes, and a fetch."""

    def __init__(self, data: st.DataObject) -> None:
        self.draw: Any = data.draw
        self.variables: list[Any] = []
        self.values: list[Any] = []
        self.writes: list[Any] = []
        self.placeholders: list[Any] = []

    def pick(self, among: list[Any]) -> Any:
        return among[self.draw(st.integers(0, len(among) - 1))]

    def value(self) -> Any:
        """Returns a tensor that may be read: a value, or a variable."""
        return self.pick([*self.values, *self.variables]) if self.variables else self.pick(self.values)

    def build(self) -> None:
        self.values.append(tf.constant(1.0, name="one"))
        for number in range(self.draw(st.integers(1, 14), label="steps")):
            step = self.draw(st.sampled_from("vvvvviippopopwwcckdl"), label="step")
            getattr(self, f"_{step}")(number)
        self.values.append(tf.identity(self.value(), name="last"))

    def _v(self, number: int) -> None:
        start = self.pick([0.5, lambda: tf.constant(2.0), None])
        if start is None:
            start = self.value() * 1.5
        self.variables.append(tf.Variable(start, name=f"v{number}", use_resource=self.draw(st.booleans())))

    def _i(self, number: int) -> None:
        if self.variables:
            start = self.pick(self.variables).initialized_value() + 1.0
            self.variables.append(tf.Variable(start, name=f"i{number}", use_resource=self.draw(st.booleans())))

    def _p(self, number: int) -> None:
        self.placeholders.append(tf.placeholder(tf.float32, [], name=f"p{number}"))
        self.values.append(self.placeholders[-1])

    def _o(self, number: int) -> None:
        self.values.append(tf.add(self.value(), self.value(), name=f"o{number}"))

    def _w(self, number: int) -> None:
        if self.variables:
            variable = self.pick(self.variables)
            with tf.control_dependencies(self._some()):
                write = self.pick([tf.assign, tf.assign_add])(variable, self.value() + 0.0)
            self.writes.append(write.op if hasattr(write, "op") else write)

    def _some(self) -> list[Any]:
        return [self.pick(self.writes)] if self.writes and self.draw(st.booleans()) else []

    def _c(self, number: int) -> None:
        asked = [tf.greater(self.value(), 1.0)]
        if self.variables:
            asked.append(tf.is_variable_initialized(self.pick(self.variables)))
        with tf.control_dependencies(self._some()):
            chosen = tf.cond(self.pick(asked), lambda: self.value() + 1.0, lambda: self.value() * 2.0)
        self.values.append(chosen)

    def _l(self, number: int) -> None:
        turns, start = self.draw(st.integers(0, 3)), self.value()
        other = self.value()
        _, last = tf.while_loop(lambda k, _: k < turns, lambda k, x: [k + 1, x * 0.5 + other], [0, start + 0.0])
        self.values.append(last)

    def _k(self, number: int) -> None:
        # it fails while it runs, unless the value has room for it
        text = tf.check_numerics(self.value() / (self.value() - 1.0), f"not finite at {number}")
        self.values.append(text)

    def _d(self, number: int) -> None:
        with tf.control_dependencies(self._some()):
            self.values.append(tf.identity(self.value()))

    def fetch(self) -> Any:
        count = self.draw(st.integers(1, 3), label="fetches")
        fetched = [self.pick([*self.values[-4:], *self.variables]) for _ in range(count)]
        if self.writes and self.draw(st.booleans()):
            fetched.append(self.pick(self.writes))
        return fetched


def blamed(message: str) -> str:
    """Returns the variable that TensorFlow's phrase names as empty, "" when it says something else."""
    found = _EMPTY.search(message.partition("\n")[0])
    return next((each for each in found.groups() if each), "") if found else ""


def outcome(session: Any, fetches: Any, feeds: Any) -> tuple[str, str, str]:
    """Runs in earnest; returns (class, operation, first line) of what it raised, three times "" when it ran."""
    try:
        session.run(fetches, feeds)
    except tf.errors.OpError as error:
        return type(error).__name__, "" if error.op is None else error.op.name, error.message.partition("\n")[0]
    return "", "", ""


def state_of(session: Any) -> dict[str, Any]:
    return {cell.name: cell.value for cell in session._state.variables.cells.values() if cell.value is not None}


def prepared(data: st.DataObject) -> tuple[Drawn, Any, Any, dict[Any, float], dict[Any, float]]:
    """Returns a drawn graph, a session in some state, fetches, the feeds of the look ahead, and feeds for everything."""
    drawn = Drawn(data)
    drawn.build()
    session = tf.Session()
    everything = {each: data.draw(st.sampled_from([0.0, 1.0, 3.0])) for each in drawn.placeholders}
    for each in drawn.variables:
        if data.draw(st.integers(0, 2), label="initialized") == 0:
            outcome(session, each.initializer, everything)
    feeds = {each: value for each, value in everything.items() if data.draw(st.integers(0, 3)) > 0}
    return drawn, session, drawn.fetch(), feeds, everything


checked = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def asks_for_values() -> bool:
    """Says whether a branch depends on which variables have a value: giving one a value then changes what is read."""
    kinds = ("IsVariableInitialized", "VarIsInitializedOp")
    return any(op.type in kinds and op.outputs[0].consumers() for op in tf.get_default_graph().get_operations())


def has_loops() -> bool:
    """Says whether the graph has loops: there what comes after the first empty variable is found with stand-ins."""
    return any(op.type == "Enter" for op in tf.get_default_graph().get_operations())


@checked
@given(st.data())
def test_what_it_says_is_what_the_run_does(data: st.DataObject) -> None:
    """Whether the run stops, at which operation, with which class and phrase; and the look ahead changes nothing."""
    with tf.Graph().as_default():
        _, session, fetches, feeds, _ = prepared(data)
        before = state_of(session)
        record = inspection.preflight(session, fetches, feeds)
        assert state_of(session) == before
        stops = record["stops"]
        kind, at, phrase = outcome(session, fetches, feeds)
        if not kind:
            assert stops is None
            return
        assert stops is not None, phrase
        assert (stops["error"], stops["at"]) == (kind, at)
        if stops["what"] == "empty":
            assert blamed(phrase) == stops["name"]
        elif stops["what"] == "unfed":
            assert phrase.startswith("You must feed a value for placeholder")
            assert stops["name"] == at
        else:
            assert phrase == stops["message"]


@checked
@given(st.data())
def test_the_empty_variables_are_those_that_the_run_meets(data: st.DataObject) -> None:
    """Giving each variable a value as soon as the run stops at it meets the listed ones, in the listed order, and no others."""
    with tf.Graph().as_default():
        drawn, session, fetches, _, everything = prepared(data)
        record = inspection.preflight(session, fetches, everything)
        by_name = {each.op.name: each for each in drawn.variables}
        sure = [each["name"] for each in record["empty"] if each["sure"]]
        listed = [each["name"] for each in record["empty"]]
        met = []
        start = session._state.fork()
        for _ in range(len(drawn.variables) + 1):
            session._state.take(start)
            for name, cell in ((each.name, each) for each in session._state.variables.cells.values()):
                if name not in {one.name for one in start.variables.cells.values() if one.value is not None}:
                    cell.value = np.float32(7.0) if name in met else None
            kind, _, phrase = outcome(session, fetches, everything)
            name = blamed(phrase)
            if not name:
                break
            assert name not in met
            met.append(name)
        assert set(listed) <= set(by_name)
        if not asks_for_values() and (record["sure"] or not has_loops()):
            assert set(met) <= set(listed)
        if record["sure"] and not asks_for_values():
            # another error may keep the run from getting further
            assert met == (sure[: len(met)] if kind else sure)


@checked
@given(st.data())
def test_after_what_it_says_to_run_first_no_variable_is_empty(data: st.DataObject) -> None:
    """The listed runs, typed as they stand, work; then the run finds every variable with a value."""
    with tf.Graph().as_default():
        _, sess, fetches, _, everything = prepared(data)
        record = inspection.preflight(sess, fetches, everything)
        if not record["then_runs"]:
            return
        for run in record["first"]:
            names = run["op"] or [f"{record['names'][str(each)]}/Assign" for each in run["variables"]]
            kind, _, phrase = outcome(sess, names, everything)
            assert not blamed(phrase)
            if kind:
                return  # with these feeds an initial value cannot be computed
        assert not blamed(outcome(sess, fetches, everything)[2])


def test_nothing_outside_the_session_is_done() -> None:
    """A function of the program is not called; what it would give is unknown, and the record says that not all is sure."""
    called = []

    def note(value: Any) -> Any:
        called.append(value)
        return value

    with tf.Graph().as_default():
        v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
        noted = tf.py_func(note, [tf.constant(1.0)], tf.float32)
        looped = tf.while_loop(
            lambda k: k < 2.0, lambda k: k + tf.reshape(tf.py_func(note, [k], tf.float32), []), [tf.constant(0.0)]
        )
        sess = tf.Session()
        record = inspection.preflight(sess, noted + v)
        assert [each["name"] for each in record["empty"]] == ["v"]
        assert record["stops"]["name"] == "v"
        assert not record["sure"]
        assert not inspection.preflight(sess, looped)["sure"]
    assert called == []


def test_a_session_and_what_it_cannot_run_are_refused() -> None:
    """As a run refuses them."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", [2])
        sess = tf.Session()
        with pytest.raises(TypeError, match=r"tf\.Session"):
            inspection.preflight(None, w)
        with pytest.raises(ValueError, match="nothing"):
            inspection.preflight(sess, "nothing")
        with pytest.raises(KeyError, match="nothing"):
            inspection.try_order(sess, ["nothing"])
        with pytest.raises(ValueError, match="start"):
            inspection.try_order(sess, [w], start="elsewhere")
        sess.close()
        with pytest.raises(RuntimeError, match="closed"):
            inspection.preflight(sess, w)
