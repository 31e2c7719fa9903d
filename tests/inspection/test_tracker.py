"""Graph records: a snapshot is the delta from nothing, and deltas add up to it."""

from __future__ import annotations

import json
import random
import threading

import pytest

import tfmini as tf
from tests.inspection.applying import Reader
from tests.programs import digits
from tfmini import inspection
from tfmini.framework.provenance import Cell
from tfmini.framework.slots import slots


@pytest.fixture
def graph():
    with tf.Graph().as_default() as made:
        yield made


def reader_of(record) -> Reader:
    reader = Reader()
    reader.apply(record)
    return reader


def test_an_empty_graph_has_a_record(graph):
    """There is always something to draw."""
    record = inspection.snapshot(graph)
    assert record["from"] == 0
    assert record["ops"]["name"] == []
    assert record["last"]["text"] == "No operations yet in this graph."
    assert [scope["name"] for scope in record["scopes"]["set"].values()] == [""]


def test_columns_say_what_the_operations_are(graph):
    """Names, types, inputs, outputs and lines are those of the graph."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.control_dependencies([x]), tf.device("/cpu:0"):
        y = tf.split(x, 2, axis=1, name="parts")
    read = inspection.record_of(graph)
    assert read.name == [op.name for op in graph.get_operations()]
    last = read.name.index("parts")
    assert read.type[last] == "Split"
    assert read.outputs[last] == ["float32", "[?,2]", "float32", "[?,2]"]
    assert read.inputs[last] == [read.name.index("parts/split_dim"), 0, 0, 0]
    assert read.device[last] == "/device:CPU:0"
    assert read.site_text(read.site[0]).startswith("test_tracker.py:")
    assert 'name="x"' in read.sites[read.site[0]]["text"]
    assert y[1].op is graph.get_operations()[last]


def test_deltas_add_up_to_the_snapshot(graph):
    """A reader that follows every delta knows what a reader of a new snapshot knows."""
    tracker = inspection.GraphTracker(graph)
    followed = reader_of(tracker.whole())
    choose = random.Random(5)
    tensors = [tf.constant(1.0)]
    for step in range(40):
        with tf.name_scope(f"part{step % 3}"):
            tensors.append(tensors[choose.randrange(len(tensors))] * 2.0)
        with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
            tf.get_variable(f"v{choose.randrange(4)}", [2])
        tf.add_to_collection(choose.choice(["a", "b"]), tensors[-1])
        if choose.random() < 0.2:
            tensors[-1].op._add_control_input(tensors[0].op)
        if choose.random() < 0.5:
            followed.apply(tracker.delta())
    followed.apply(tracker.delta())
    assert tracker.delta() is None
    assert followed.state() == reader_of(inspection.snapshot(graph)).state()
    assert followed.lists["collections"] == reader_of(tracker.whole()).lists["collections"]


def test_a_change_of_an_older_operation_is_an_amendment(graph):
    """Operations are sent once; what changes later travels alone, with or without events."""
    a, b = tf.constant(1.0), tf.constant(2.0)
    x = tf.placeholder(tf.float32, name="x")
    c = a + b
    for noted in (True, False):
        tracker = inspection.GraphTracker(graph)
        tracker.whole()
        unsubscribe = graph.events.subscribe(tracker.note) if noted else lambda: None
        c.op._update_input(1, a if noted else b)
        x.set_shape([3])
        unsubscribe()
        delta = tracker.delta()
        assert delta["ops"]["name"] == []
        assert [c.op._id, "inputs", [a.op._id, 0, (a if noted else b).op._id, 0]] in delta["ops"]["amend"]


def test_an_owner_that_comes_later_is_amended(graph):
    """A variable gets its index when it is complete; operations seen before are put right."""
    tracker = inspection.GraphTracker(graph)
    reader = reader_of(tracker.whole())

    def starts():
        value = tf.ones([2])
        reader.apply(tracker.delta())
        return value

    tf.Variable(starts, name="v")
    reader.apply(tracker.delta())
    assert set(reader.columns["owner"]) == {0}


def test_variables_name_their_operations_readers_and_writers(graph):
    """The record ties a variable to everything that belongs to it."""
    model = digits.build(tf)
    read = inspection.record_of(graph)
    w = read.variables[0]
    assert (w["name"], w["leaf"], w["shape"], w["dtype"], w["size"]) == (
        "model/hidden/w",
        "w",
        "[64,32]",
        "float32",
        2048,
    )
    assert read.scopes[w["scope"]]["name"] == "model/hidden"
    names = {key: read.name[w[key]] for key in ("op", "initializer", "value")}
    assert names == {"op": "model/hidden/w", "initializer": "model/hidden/w/Assign", "value": "model/hidden/w/read"}
    readers = [read.name[op] for op in w["reads"]]
    assert readers[:2] == ["model/hidden/MatMul", "model_1/hidden/MatMul"]
    assert [read.type[op] for op in w["writes"]] == ["ApplyAdam"]
    assert w["trainable"] is True
    assert len(w["requests"]) == 2
    slots_of_w = [each for each in read.variables if each["slot_of"] == 0]
    assert {each["slot"] for each in slots_of_w} == {"m", "v"}
    assert {each["maker"] for each in slots_of_w} == {"slot"}
    assert model.train.name in read.name


def test_requests_and_entries_say_how_the_mode_came_about(graph):
    """Every call stands there with its verdict, the refused ones too."""
    with tf.variable_scope("a"):
        tf.get_variable("w", [2])
        with pytest.raises(ValueError, match="already exists"):
            tf.get_variable("w", [2])
    with tf.variable_scope("a", reuse=True):
        tf.get_variable("w", [2], initializer=tf.ones_initializer())
    read = inspection.record_of(graph)
    assert [each["word"] for each in read.requests] == ["made", "refused", "shared, but"]
    assert read.requests[1]["error"].startswith("ValueError: Variable a/w already exists")
    assert read.requests[2]["found"] == 0
    assert read.requests[2]["ignored"][0]["argument"] == "initializer"
    assert read.requests[0]["prefix"] == [{"text": "a/", "entry": 0}]
    assert [(each["mode"], each["number"], each["open"]) for each in read.entries] == [
        ("make new", 1, False),
        ("find only", 2, False),
    ]


def test_scopes_that_only_an_optimizer_entered_are_internal(graph):
    """The learner's tree holds the learner's scopes."""
    digits.build(tf)
    read = inspection.record_of(graph)
    assert [each["name"] for each in read.scopes if not each["internal"]] == ["", "model", "model/hidden", "model/out"]


def test_an_open_scope_and_a_stop_are_seen(graph):
    """The open path is there while it is open, and stays where an error stopped."""
    with tf.variable_scope("outer"):
        assert inspection.snapshot(graph)["open"]["scopes"] == [0]
        with pytest.raises(ValueError, match="x"), tf.variable_scope("inner"):
            raise ValueError("x is wrong\nmore")
        stopped = inspection.snapshot(graph)["open"]["stopped"]
    assert stopped["entry"] == 1
    assert stopped["message"] == "ValueError: x is wrong"


def test_collections_show_items_of_any_kind(graph):
    """Foreign objects, keys that are no text and an object whose repr raises do not stop a record."""

    class Hostile:
        def __getattr__(self, name):
            raise RuntimeError(name)

        def __repr__(self):
            raise RuntimeError("no")

    x = tf.constant(1.0, name="x")
    tf.add_to_collection("mine", x)
    tf.add_to_collection("mine", x)
    tf.add_to_collection("mine", x.op)
    tf.add_to_collection("other", x)
    graph.get_collection_ref(("key", 1)).append(Hostile())
    collections = {each["key"]: each for each in inspection.record_of(graph).collections}
    mine = collections["mine"]
    assert [(item["kind"], item["text"]) for item in mine["items"]] == [
        ("tensor", "x:0"),
        ("tensor", "x:0"),
        ("op", "x"),
    ]
    assert mine["warnings"] == ["x:0 stands twice in this collection"]
    assert mine["items"][0]["also"] == [1]
    assert "whose repr raised RuntimeError" in collections["('key', 1)"]["items"][0]["text"]


def test_runs_and_values_of_sessions_are_followed(graph):
    """Runs travel while somebody observes; sessions say which variables have values, and from which run."""
    v = tf.Variable(1.0, name="v")
    add = tf.assign_add(v, 1.0)
    tracker = inspection.GraphTracker(graph)
    unsubscribe = graph.events.subscribe(tracker.note)
    reader = reader_of(tracker.whole())
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(add)
        reader.apply(tracker.delta())
        assert reader.lists["sessions"][0]["values"] == {"0": {"how": "assigned", "run": 2}}
        assert [run["number"] for run in reader.lists["runs"]] == [1, 2]
        assert reader.lists["runs"][1]["writes"] == [0]
        for _ in range(200):
            session.run(add)
        delta = tracker.delta()
        assert delta["runs"]["length"] == 202
        assert len(delta["runs"]["set"]) <= 20
    unsubscribe()
    reader.apply(delta)
    reader.apply(tracker.delta())
    assert reader.lists["sessions"][0] == {"label": "A", "closed": True, "values": {}}


def test_cells_own_the_operations_they_added(graph):
    """In a notebook each run of a cell has a range of operations; the same source again is a repeat."""
    cells = [Cell("c1", 1, "x = 1"), Cell("c2", 2, "y"), Cell("c2", 3, "y")]
    running = []
    before, slots.cell_provider = slots.cell_provider, lambda: running[-1]
    try:
        for cell in cells:
            running.append(cell)
            tf.constant(1.0)
            tf.constant(2.0)
        record = inspection.record_of(graph)
    finally:
        slots.cell_provider = before
    assert [(each["count"], each["first"], each["last"], each["repeats"]) for each in record.cells] == [
        (1, 0, 2, -1),
        (2, 2, 4, -1),
        (3, 4, 6, 1),
    ]
    assert record.last == {"text": "cell [3] added 2 operations: Const_4 1, Const_5 1", "cell": 2}


def test_a_graph_may_be_read_while_it_is_built(graph):
    """Deltas made in another thread add up too."""
    tracker = inspection.GraphTracker(graph)
    reader = reader_of(tracker.whole())

    def build():
        with graph.as_default():
            for index in range(400):
                with tf.variable_scope(f"s{index % 7}", reuse=tf.AUTO_REUSE):
                    tf.add_to_collection("c", tf.get_variable(f"w{index % 5}", [2]) * 2.0)

    thread = threading.Thread(target=build)
    thread.start()
    while thread.is_alive():
        reader.apply(tracker.delta())
    thread.join()
    tracker.recheck()
    reader.apply(tracker.delta())
    assert reader.state() == reader_of(inspection.snapshot(graph)).state()


def test_names_with_markup_stay_text(graph):
    """Nothing is escaped or dropped on the way; the page makes text nodes."""
    tf.add_to_collection("</script><b>", tf.constant(1.0))
    assert "</script><b>" in json.dumps(inspection.snapshot(graph))


def test_a_record_of_a_large_graph_is_short(graph):
    """Names, lines and types are sent once, so an operation takes some bytes."""
    x = tf.constant(1.0)
    for _ in range(5_000):
        x = tf.identity(x)
    whole = inspection.GraphTracker(graph).whole()
    assert len(json.dumps(whole)) / 5_000 < 80
