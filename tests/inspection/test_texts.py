"""Text twins: true to the records, and the same in Python and in the page."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import tfmini as tf
from tests.programs import digits
from tfmini import inspection
from tfmini.inspection import words

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import { readFileSync } from "node:fs";
const root = process.argv[1];
const { GraphStore } = await import(`${root}/widgets/src/lib/store.js`);
const { scopesText, collectionsText, requestsText } = await import(`${root}/widgets/src/lib/text.js`);
const { traceText } = await import(`${root}/widgets/src/lib/trace_text.js`);
const { graphText } = await import(`${root}/widgets/src/lib/graph/twin.js`);
const { columnsOfRecord } = await import(`${root}/widgets/src/lib/graph/columns.js`);
const { shortNumber } = await import(`${root}/widgets/src/lib/values.js`);
const given = JSON.parse(readFileSync(0, "utf8"));
const store = new GraphStore();
store.apply(given.record);
console.log(JSON.stringify({
  graph: graphText(columnsOfRecord(given.record), given.record.graph.label),
  scopes: scopesText(store), collections: collectionsText(store), requests: requestsText(store),
  traces: given.traces.map((trace) => traceText(trace)), numbers: given.numbers.map(shortNumber),
}));
"""


def page_texts(record, traces=(), numbers=()) -> dict:
    """Returns the texts that the page's own code makes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the page's code cannot run here.")
    given = json.dumps({"record": record, "traces": list(traces), "numbers": list(numbers)})
    command = [node, "--input-type=module", "-e", SCRIPT, str(ROOT)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def everything():
    """Builds a graph with a bit of everything that texts speak of."""
    model = digits.build(tf)
    with tf.variable_scope("more", initializer=tf.ones_initializer(), reuse=tf.AUTO_REUSE, dtype=tf.float64) as scope:
        tf.get_variable("v", [1500, 2])
        with tf.variable_scope("inner", initializer=tf.zeros_initializer()):
            tf.get_variable("v", [2])
        scope.reuse_variables()
        tf.get_variable("v", [1500, 2], initializer=tf.zeros_initializer())
    with pytest.raises(ValueError, match="exists"), tf.variable_scope("model/out"):
        tf.get_variable("w", [2])
    tf.add_to_collection("mine", model.loss)
    tf.add_to_collection("mine", model.loss)
    with tf.control_dependencies([model.loss]):
        tf.split(tf.range(4), 2, name="parts")[1] + 1
    return model


def test_python_and_page_make_the_same_texts():
    """Byte for byte, for graph, scopes, collections, requests and traces."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        model = everything()
        session.run(model.init)
        random = np.random.RandomState(0)
        feeds = {model.x: random.rand(8, 64).astype(np.float32), model.labels: random.randint(0, 10, 8)}
        traces = [
            inspection.trace(session, [model.loss, model.train], feeds),
            inspection.trace(session, model.init),
            inspection.trace(session, [model.loss]),
        ]
        record = inspection.snapshot(graph)
    page = page_texts(record, traces)
    assert page["graph"] == inspection.graph_text(record)
    assert page["scopes"] == inspection.scopes_text(record)
    assert page["collections"] == inspection.collections_text(record)
    assert page["requests"] == inspection.requests_text(record)
    assert page["traces"] == [inspection.trace_text(trace) for trace in traces]


def test_python_and_page_write_the_same_numbers():
    """The rules of JavaScript for rounding and exponents, on the exact binary value."""
    random = np.random.RandomState(4)
    numbers = [
        0,
        1,
        -1,
        0.1,
        0.5,
        0.25,
        2.5,
        12.25,
        0.00012345,
        0.0001,
        99.995,
        999.95,
        9.9995,
        1e6,
        1e21,
        123456.5,
        1e-7,
        -0.0,
    ]
    numbers += [float(x) for x in random.standard_normal(200) * 10.0 ** random.randint(-12, 12, 200)]
    numbers += ["NaN", "Infinity", "-Infinity", None]
    with tf.Graph().as_default() as graph:
        record = inspection.snapshot(graph)
    assert page_texts(record, numbers=numbers)["numbers"] == [words.short_number(x) for x in numbers]


def test_the_text_of_a_graph_names_lanes_scopes_and_readers():
    """One line a node, with what it is, where it was made, and what it takes."""
    with tf.Graph().as_default() as graph:
        digits.build(tf)
        text = inspection.graph_text(graph)
    assert text.startswith("graph ")
    assert "  model (scope, 33 ops, 4 variables)\n    hidden (scope, 17 ops, 2 variables)\n" in text
    assert "w (variable, float32 [64,32], trainable, asked for 2 times, digits.py line" in text
    assert "; read by model/hidden/MatMul, model_1/hidden/MatMul" in text
    assert "gradients (lane, 40 ops)" in text


def test_deep_names_do_not_exhaust_the_stack():
    """Name scopes may nest deeper than Python's calls."""
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="/".join(["d"] * 1500))
        assert inspection.graph_text(graph).count("\n") == 1502
