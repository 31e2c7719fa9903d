"""Waves, reads and verdicts of initial values; init operations; orders that are tried: each checked by running it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfmini as tf
from tfmini import inspection


def order() -> dict[str, Any]:
    """Returns the variables of the default graph by name."""
    return {each["name"]: each for each in inspection.init_order()["variables"]}


def works_alone(variable: Any) -> bool:
    """Says whether an initializer runs in a session in which nothing has a value."""
    with tf.Session() as session:
        try:
            session.run(variable.initializer)
        except (tf.errors.FailedPreconditionError, tf.errors.NotFoundError):
            return False
    return True


def test_the_three_kinds_of_reads() -> None:
    """`initialized_value` by hand, guarded by TensorFlow for variables behind a reference, raw for resource variables."""
    with tf.Graph().as_default():
        a = tf.get_variable("a", [2])
        r = tf.get_variable("r", [2], use_resource=True)
        by_hand = tf.Variable(a.initialized_value(), name="by_hand")
        guarded = tf.Variable(a * 2, name="guarded")
        raw = tf.Variable(r * 2, name="raw", use_resource=True)
        asked = tf.Variable(r.initialized_value() * 2, name="asked", use_resource=True)
        found = order()
        hows = {name: [each["how"] for each in found[name]["reads"]] for name in ("by_hand", "guarded", "raw", "asked")}
        assert hows == {
            "by_hand": ["initialized_value"],
            "guarded": ["guarded"],
            "raw": ["raw"],
            "asked": ["initialized_value"],
        }
        assert [found[each]["wave"] for each in ("a", "r", "by_hand", "guarded", "raw")] == [1, 1, 2, 2, 2]
        assert [works_alone(each) for each in (by_hand, guarded, raw, asked)] == [True, True, False, True]
        assert found["raw"]["verdict"] == "needs an order"


def test_an_initial_value_that_runs_the_other_initializer_needs_no_order() -> None:
    """A control dependency on the initializer is an order."""
    with tf.Graph().as_default():
        r = tf.get_variable("r", [2], use_resource=True)
        with tf.control_dependencies([r.initializer]):
            start = tf.identity(r.read_value())
        v = tf.Variable(start, name="v", use_resource=True)
        assert order()["v"]["reads"][0]["how"] == "ordered"
        assert order()["v"]["verdict"] == "any order"
        assert works_alone(v)


def test_placeholders_and_rings() -> None:
    """An initial value that must be fed, and variables that wait for each other."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        tf.Variable(x * 2, name="fed")
        first = tf.Variable(1.0, name="first", use_resource=True)
        second = tf.Variable(first + 1.0, name="second", use_resource=True)
        first.initializer._update_input(1, second.initializer.inputs[1].op.outputs[0] * 0.0 + second.read_value())
        found = order()
        assert found["fed"]["verdict"] == "must be fed"
        assert found["second"]["verdict"] == "cycle"
        assert sorted(found["first"]["cycle"]) == sorted(found["second"]["cycle"])
        assert "in a ring with" in inspection.init_order_text(tf.get_default_graph())


def test_what_an_init_operation_leaves_out() -> None:
    """Later, local, in no key; and for a list of variables what is not in it."""
    with tf.Graph().as_default():
        a = tf.get_variable("a", [])
        tf.get_variable("b", [])
        empty = tf.variables_initializer([], name="nothing")
        some = tf.variables_initializer([a], name="some")
        init = tf.global_variables_initializer()
        tf.Variable(1.0, name="late")
        tf.Variable(1.0, name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        tf.Variable(1.0, name="free", collections=[])
        nested = tf.group(init, tf.local_variables_initializer(), name="both")
        record = inspection.init_order()
        names = [each["name"] for each in record["variables"]]
        found = {each["name"]: each for each in record["inits"]}
        left = {place: [names[each] for each in those] for place, those in found[init.name]["left_out"].items()}
        assert left == {"later": ["late"], "local": ["local"], "no key": ["free"]}
        assert found[empty.name]["covers"] == []
        assert found[some.name]["left_out"]["not in it"] == [1]
        assert [names[each] for each in found[nested.name]["covers"]] == ["a", "b", "local"]


def test_another_order_fails_or_comes_out_different() -> None:
    """A raw read fails; a guarded read that comes first draws a random number that is drawn again."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", [3])
        half = tf.Variable(w / 2, name="half")
        r = tf.get_variable("r", [], use_resource=True)
        copy = tf.Variable(r * 1.0, name="copy", use_resource=True)
        session = tf.Session()
        assert inspection.try_order(session, [w, half, r, copy])["outcome"] == "works"
        assert inspection.try_order(session, [half, w])["outcome"] == "differs"
        failed = inspection.try_order(session, [copy, r])
        assert failed["outcome"] == "fails"
        assert failed["names"][str(failed["runs"][0]["stops"]["variable"])] == "r"
        assert inspection.try_order(session, [[copy, r]])["outcome"] == "not fixed"
        found = inspection.find_order(session)
        assert found["outcome"] == "works"
        assert [[found["names"][str(each)] for each in run["variables"]] for run in found["runs"]] == [
            ["w", "half", "r"],
            ["copy"],
        ]
        assert session.run(tf.report_uninitialized_variables()).tolist() == [b"w", b"half", b"r", b"copy"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(["plain", "read", "asked"]), st.integers(0, 99)),
        min_size=1,
        max_size=8,
    )
)
def test_the_verdict_is_what_the_initializer_does_alone(drawn: list[tuple[bool, str, int]]) -> None:
    """`needs an order` exactly where running the initializer in an empty session fails; the order that is found works."""
    with tf.Graph().as_default():
        variables: list[Any] = []
        for number, (resource, kind, other) in enumerate(drawn):
            start: Any = 1.0
            if variables and kind != "plain":
                source = variables[other % len(variables)]
                start = (source if kind == "read" else source.initialized_value()) * 2.0
            variables.append(tf.Variable(start, name=f"v{number}", use_resource=resource))
        found = order()
        for each in variables:
            assert (found[each.op.name]["verdict"] == "any order") == works_alone(each), found[each.op.name]
        assert inspection.find_order(tf.Session())["outcome"] == "works"


def test_deltas_bring_what_a_snapshot_has() -> None:
    """The sections follow the graph: what is added later, and reads that an older variable gets by a changed input."""
    from .applying import Reader

    with tf.Graph().as_default() as graph:
        tracker = inspection.GraphTracker(graph)
        reader = Reader()
        reader.apply(tracker.whole())
        base = tf.Variable(1.0, name="base", use_resource=True)
        reader.apply(tracker.delta())
        rate = tf.Variable(base * 2, name="rate", use_resource=True)
        tf.global_variables_initializer()
        reader.apply(tracker.delta())
        rate.initializer._update_input(1, tf.constant(3.0))
        reader.apply(tracker.delta())
        fresh = Reader()
        fresh.apply(inspection.snapshot(graph))
        assert reader.lists["inits"] == fresh.lists["inits"]
        assert [each for each in reader.lists["order"] if each] == [each for each in fresh.lists["order"] if each] == []


@pytest.mark.parametrize("kind", [True, False])
def test_texts_are_made_for_a_graph_a_record_and_a_session(kind: bool) -> None:
    """The same text from each."""
    with tf.Graph().as_default() as graph:
        tf.get_variable("v", [2], use_resource=kind)
        session = tf.Session()
        text = inspection.init_order_text(graph)
        assert text == inspection.init_order_text(inspection.snapshot(graph))
        assert "v (float32 [2], glorot uniform): any order; A: empty" in text
        assert inspection.init_order(session)["sessions"][0]["label"] == "A"


def test_every_fact_of_the_records_is_in_the_text() -> None:
    """Names, waves, verdicts, reads, states, what init operations cover and leave out; steps, runs and values."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [], name="x")
        base = tf.get_variable("base", [], use_resource=True)
        rate = tf.Variable(base * 2.0, name="rate", use_resource=True)
        half = tf.Variable(rate.initialized_value() / 2.0, name="half")
        tf.Variable(x * 2.0, name="fed")
        init = tf.global_variables_initializer()
        tf.Variable(0.0, name="count", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        session = tf.Session()
        session.run(tf.assign(half, 3.0))
        text = inspection.init_order_text()
        record = inspection.init_order(session)
        for each in record["variables"]:
            line = next(line for line in text.splitlines() if line.startswith(f"  {each['name']} ("))
            assert each["verdict"] in line
            for read in each["reads"]:
                assert f"reads {record['variables'][read['variable']]['name']} " in line
            value = record["sessions"][0]["values"].get(str(each["variable"]))
            assert ("A: empty" if value is None else f"A: {value['how']}, run {value['run']}") in line
        for number, wave in enumerate(record["waves"], 1):
            part = text.split(f"wave {number}\n")[1].split("\nwave ")[0]
            assert all(f"  {record['variables'][each]['name']} (" in part for each in wave)
        for each in record["inits"]:
            line = next(line for line in text.splitlines() if line.startswith(f"  {each['name']}, "))
            assert f"covers {len(each['covers'])} of" in line
            for place, those in each["left_out"].items():
                assert f"{len(those)} {place}: {', '.join(record['variables'][one]['name'] for one in those)}" in line
        assert any(each["name"] == init.name for each in record["inits"])
        ahead = inspection.preflight(session, [rate + x, half])
        words = inspection.preflight_text(ahead)
        for each in (*ahead["unfed"], *ahead["empty"]):
            assert f"{each['name']} at step {each['step'] + 1}" in words
        for run in ahead["first"]:
            assert run["code"] in words
        for index in ahead["not_read"]:
            assert ahead["names"][str(index)] in words
        tried = inspection.try_order(session, [rate, base, half], "empty")
        told = inspection.try_text(tried)
        for number, run in enumerate(tried["runs"], 1):
            assert f"run {number} {', '.join(tried['names'][str(each)] for each in run['variables'])}: " in told
        for value in tried["values"]:
            assert value["text"] in told
