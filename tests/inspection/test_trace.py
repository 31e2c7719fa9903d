"""Trace records: the steps that a person follows, with every value."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tfmini as tf
from tests.programs import digits
from tfmini import inspection


@pytest.fixture
def model():
    with tf.Graph().as_default():
        tf.set_random_seed(7)
        yield digits.build(tf)


@pytest.fixture
def session(model):
    with tf.Session() as made:
        made.run(model.init)
        yield made


def feeds(model):
    random = np.random.RandomState(3)
    return {
        model.x: random.rand(32, 64).astype(np.float32),
        model.labels: random.randint(0, 10, size=32).astype(np.int64),
    }


def test_a_training_run_has_at_most_forty_steps(model, session):
    """Variables come with their reads, the gradients of a variable are one step, and so is its update."""
    trace = inspection.trace(session, [model.loss, model.train], feeds(model))
    steps = trace["steps"]
    assert len(steps) <= 40
    titles = [step["title"] for step in steps]
    assert titles.count("gradients of w") == titles.count("gradients of b") == 2
    assert [step["kind"] for step in steps if step["kind"] == "variable"] == ["variable"] * 4
    written = [step["writes"][0]["name"] for step in steps if step["kind"] == "write"]
    assert written[:4] == ["model/hidden/w", "model/hidden/b", "model/out/w", "model/out/b"]
    assert [bracket["title"] for bracket in trace["scopes"]] == [
        "fed",
        "noise",
        "model/hidden",
        "model/out",
        "loss",
        "gradients",
        "train",
    ]
    assert steps[-1]["kind"] == "group"
    assert steps[-1]["sentence"].startswith("waits for 6 writes and makes no value")
    json.dumps(trace, allow_nan=False)


def test_every_operation_of_the_run_stands_in_one_step(model, session):
    """Nothing is lost in folding, and nothing counted twice."""
    trace = inspection.trace(session, [model.loss, model.train, model.accuracy], feeds(model))
    held = [step["op"] for step in trace["steps"] if step["kind"] != "feed"]
    held += [part["op"] for step in trace["steps"] for part in step["parts"]]
    assert len(held) == len(set(held))
    not_needed = sum(group["count"] for group in trace["not_needed"])
    fed = sum(step["kind"] == "feed" for step in trace["steps"])
    assert len(held) + fed + not_needed == trace["total_ops"]


def test_brackets_cover_all_steps_in_order(model, session):
    """The timeline has no gap and no overlap."""
    for fetch in ([model.loss, model.train], [model.accuracy], [model.init]):
        trace = inspection.trace(session, fetch, feeds(model))
        at = 0
        for bracket in trace["scopes"]:
            assert bracket["first"] == at
            at = bracket["last"] + 1
        assert at == len(trace["steps"])


def test_values_are_those_of_a_run(model, session):
    """What the trace shows is what `Session.run` gives, and inputs point to the step that made them."""
    given = feeds(model)
    hidden = session.graph.get_tensor_by_name("model_1/hidden/Relu:0")
    wanted = session.run(hidden, given)
    trace = inspection.trace(session, [model.accuracy], given)
    by_name = {step["name"]: step for step in trace["steps"]}
    step = by_name["model_1/hidden/Relu"]
    assert np.array_equal(np.array(step["values"][0]["cells"]["data"], np.float32), wanted.ravel())
    assert step["values"][0]["made_as"] == "[?,32]"
    for one in trace["steps"]:
        for each in one["inputs"]:
            source = trace["steps"][each["step"]]
            assert each["value"] is not None or source["values"][each["port"]] is not None
    matmul = by_name["model_1/hidden/MatMul"]
    assert [trace["steps"][each["step"]]["title"] for each in matmul["inputs"]] == ["x", "w"]
    assert matmul["reads"] == [0]
    assert matmul["sentence"].startswith("multiplies x:0 by w; read next by BiasAdd. Made in digits.py:")


def test_the_session_stays_as_it_is_until_the_run_is_written(model, session):
    """A trace is made on a fork; `commit` writes it, once."""
    before = session.run("model/hidden/w:0")
    recording = inspection.Recording(session, [model.loss, model.train], feeds(model))
    assert np.array_equal(session.run("model/hidden/w:0"), before)
    write = next(step for step in recording.trace()["steps"] if step["kind"] == "write")
    after = np.array(write["writes"][0]["after"]["cells"]["data"], np.float32).reshape(64, 32)
    assert not np.array_equal(after, before)
    assert "model/hidden/w" in recording.commit()
    assert np.array_equal(session.run("model/hidden/w:0"), after)
    with pytest.raises(RuntimeError, match="written into the session already"):
        recording.commit()
    recording.again()
    assert len(recording.trace()["steps"]) == len(recording.trace()["steps"])


def test_a_failing_run_ends_at_the_step_that_failed(model, session):
    """The step has the error, no values, and what came after it is counted as not reached."""
    trace = inspection.trace(session, [model.loss], {model.x: feeds(model)[model.x]})
    last = trace["steps"][-1]
    assert last["title"] == "labels"
    assert last["values"] == []
    assert last["error"]["class"] == "InvalidArgumentError"
    assert "You must feed a value for placeholder tensor 'labels'" in last["error"]["message"]
    stopped = next(group for group in trace["not_needed"] if group["maker"] == "stopped")
    assert stopped["why"] == f"Not reached: the run stopped at step {len(trace['steps'])}."


def test_an_uninitialized_variable_stops_at_its_own_step(model):
    """The variable has no value, and says so."""
    with tf.Session() as fresh:
        trace = inspection.trace(fresh, model.loss, feeds(model))
    last = trace["steps"][-1]
    assert (last["title"], last["kind"], last["values"]) == ("w", "variable", [])
    assert last["sentence"].startswith("has no value in this session yet")
    assert last["error"]["class"] == "FailedPreconditionError"


def test_what_was_not_needed_has_a_reason(model, session):
    """Each group says what would make it run."""
    trace = inspection.trace(session, [model.loss], feeds(model))
    reasons = {group["title"]: group["why"] for group in trace["not_needed"]}
    assert reasons["train"] == "No fetch needs it. It would run if you fetch train."
    assert reasons["accuracy"] == "No fetch needs it. It would run if you fetch accuracy/Mean."
    assert reasons["gradients"] == "Only the optimizer reads them. They would run if you fetch train."
    assert "run with init" in reasons["initial values"]


def test_fetched_numbers_are_followed_over_the_runs(model, session):
    """While somebody observes the graph, the loss of every run is kept and becomes a line."""
    unsubscribe = session.graph.events.subscribe(lambda event: None)
    losses = [session.run([model.loss, model.train], feeds(model))[0] for _ in range(5)]
    unsubscribe()
    trace = inspection.trace(session, [model.loss, model.train], feeds(model), watch=None)
    watch = trace["watches"][0]
    assert watch["label"] == "loss/Mean"
    assert watch["values"][:5] == [float(loss) for loss in losses]
    assert watch["runs"] == [2, 3, 4, 5, 6, 7]
    assert trace["steps"][watch["step"]]["name"] == "loss/Mean"
    spread = inspection.trace(session, [model.loss], feeds(model), watch=["model/out/b"])["watches"]
    assert spread[0]["label"] == "model/out/b std"
    with pytest.raises(ValueError, match="makes no value to watch"):
        inspection.trace(session, [model.loss], feeds(model), watch=["train"])


def test_conditionals_and_writes_show_what_happened():
    """A branch that was not taken has no value; a write shows the value before and after; a reader shows what it took."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        v = tf.Variable(2.0, name="v")
        taken = tf.cond(x > 0, lambda: v * x, lambda: v - x)
        session.run(v.initializer)
        trace = inspection.trace(session, taken, {x: 1.5})
        assert trace["steps"][-1]["values"][0]["text"] == "3"
        dead = [step for step in trace["steps"] if "its branch was not taken" in step["sentence"]]
        assert [step["type"] for step in dead] == ["Sub"]
        add = tf.assign_add(v, 1.0)
        with tf.control_dependencies([add]):
            later = v * 1.0
        trace = inspection.trace(session, later)
        write = next(step for step in trace["steps"] if step["kind"] == "write")
        assert (write["writes"][0]["before"]["text"], write["writes"][0]["after"]["text"]) == ("2", "3")
        assert trace["steps"][-1]["values"][0]["text"] == "3"


@pytest.mark.parametrize("use_resource", [False, True])
def test_both_kinds_of_variable_are_one_step(use_resource):
    """Storage and reads fold into one step, for references and for resources."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 2.0], name="v", use_resource=use_resource)
        y = v * 3.0
        session.run(v.initializer)
        trace = inspection.trace(session, y)
    assert [step["kind"] for step in trace["steps"]] == ["variable", "op"]
    assert trace["steps"][0]["values"][0]["cells"]["data"] == [1.0, 2.0]


def test_a_run_without_a_session_is_refused_by_name():
    """`tfw.step(None, ...)` says what it needs."""
    with pytest.raises(TypeError, match=r"A run needs a tf\.Session, not NoneType"):
        inspection.Recording(None, "x:0")
