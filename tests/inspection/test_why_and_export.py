"""Explanations after an error, look-ups by name, and exports for other tools."""

from __future__ import annotations

import networkx
import pytest

import tfmini as tf
from tests.programs import digits
from tfmini import inspection


@pytest.fixture
def graph():
    with tf.Graph().as_default() as made:
        yield made


def test_why_explains_the_last_refused_call(graph):
    """The phrase, the lines of the program, name, mode, and one thing to do."""
    assert inspection.why().startswith("Nothing was refused in this graph")
    with tf.variable_scope("enc"):
        tf.get_variable("w", [2])
        with pytest.raises(ValueError, match="exists"):
            tf.get_variable("w", [2])
    text = inspection.why()
    assert text.startswith("Call 2 refused: enc/w")
    assert "ValueError: Variable enc/w already exists, disallowed." in text
    assert "enc/ + w" in text
    assert "make new                     reuse=None at enc: inherits root" in text
    assert "made by call 1 at test_why_and_export.py:" in text
    assert "share it" in text


def test_why_explains_a_call_that_could_only_find(graph):
    """Find only, and nothing there."""
    with tf.variable_scope("a", reuse=True), pytest.raises(ValueError, match="does not exist"):
        tf.get_variable("w", [2])
    text = inspection.why()
    assert "mode     find only" in text
    assert "reuse=True given at test_why_and_export.py:" in text
    assert "get_variable made no such name yet" in text


def test_why_explains_an_error_of_a_run(graph):
    """What failed, and where its inputs were made."""
    v = tf.Variable(1.0, name="v")
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError) as caught:
        session.run(v * 2.0)
    text = inspection.why(error=caught.value)
    assert text.startswith("Attempting to use uninitialized value v")
    assert "made at test_why_and_export.py:" in text


def test_things_are_found_by_name(graph):
    """Variables before operations, then tensors, scopes and collections; close names are suggested."""
    digits.build(tf)
    find = inspection.find
    assert find(graph, "model/hidden/w") == {"kind": "variable", "id": 0}
    assert find(graph, "x")["kind"] == "op"
    assert find(graph, "x:0")["kind"] == "tensor"
    assert find(graph, "model/out")["kind"] == "scope"
    assert find(graph, "model_1") == {"kind": "namescope", "id": "model_1"}
    assert find(graph, "TRAINABLE_VARIABLES")["kind"] == "collection"
    with pytest.raises(KeyError, match="Did you mean 'accuracy/Mean'"):
        find(graph, "acuracy/Mean")


def test_a_card_shows_attributes_as_text(graph):
    """Every kind of attribute has a form."""
    op = tf.constant([[1.0, 2.0]], name="c").op
    card = dict(inspection.operation_card(graph, op._id)["attributes"])
    assert card["dtype"] == "float32"
    assert card["value"].startswith("float32 [1,2]: [[1., 2.]]")
    assert inspection.facts(op)[0] == ("operation", "c  Const")


def test_networkx_has_the_nodes_and_edges_of_the_graph(graph):
    """Data and control edges, with ports and shapes."""
    digits.build(tf)
    found = inspection.to_networkx(graph)
    assert list(found) == [op.name for op in graph.get_operations()]
    assert found.number_of_edges() == sum(len(op.inputs) + len(op.control_inputs) for op in graph.get_operations())
    edge = found.get_edge_data("noise/add", "model/hidden/MatMul")[0]
    assert edge == {"kind": "data", "port": 0, "input": 0, "dtype": "float32", "shape": "[?,64]"}
    assert networkx.is_directed_acyclic_graph(found)


def test_dot_nests_scopes_and_quotes_names(graph):
    """Clusters close, lanes can be chosen, and odd characters stay inside quotes."""
    digits.build(tf)
    tf.add_to_collection("x", tf.constant('a"b', name="quoted"))
    text = inspection.to_dot(graph)
    assert text.count("{") == text.count("}")
    assert "subgraph cluster_1" in text
    model = inspection.to_dot(graph, lanes=("model",))
    assert "ApplyAdam" in text
    assert "ApplyAdam" not in model
