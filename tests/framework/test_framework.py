"""The framework by itself: signatures, registry, shapes, dtypes, names, provenance, long chains."""

from __future__ import annotations

import doctest
import pickle
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework import naming, op_spec, provenance, registry, shapes


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


# ---- signatures and registry


def test_a_signature_says_inputs_outputs_and_attributes() -> None:
    spec = op_spec.parse(
        "Join(values: N * T, axis: int32) -> (joined: T)", ["N: int >= 2", "T: {float, double} = float"]
    )
    assert [(a.name, a.number_attr, a.type_attr) for a in spec.inputs] == [("values", "N", "T"), ("axis", None, None)]
    assert spec.inputs[1].dtype is tf.int32
    assert spec.attr_by_name["N"].minimum == 2
    assert spec.attr_by_name["T"].allowed == (tf.float32, tf.float64)
    assert spec.attr_by_name["T"].default is tf.float32
    reference = op_spec.parse("Write(ref: Ref(T), value: T) -> (out: Ref(T))", ["T: type"])
    assert reference.inputs[0].is_ref
    assert not reference.inputs[1].is_ref
    assert reference.outputs[0].is_ref


def test_what_is_no_signature_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a signature"):
        op_spec.parse("Add x y")


def test_a_type_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        registry.op("MatMul(a: float) -> (b: float)")


def test_a_kernel_may_ask_for_its_attributes_only() -> None:
    definition = registry.OpDef("Probe(x: float) -> (y: float)", ["axis: int = 0"])
    with pytest.raises(ValueError, match="'keepdims'"):
        definition.kernel(lambda x, *, keepdims: x)


def test_an_unknown_type_gets_a_suggestion() -> None:
    with pytest.raises(ValueError, match="Did you mean MatMul"):
        registry.get("MatMull")


# ---- shapes


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((2, 3), (3,), (2, 3)),
        ((2, 1), (1, 3), (2, 3)),
        ((None, 3), (4, 3), (4, 3)),
        ((None, 3), (1, 3), (None, 3)),
        ((None,), (None,), (None,)),
        (None, (2,), None),
        ((), (5,), (5,)),
    ],
)
def test_broadcasting_of_static_shapes(first: Any, second: Any, expected: Any) -> None:
    assert shapes.broadcast_dims(first, second) == expected
    assert shapes.broadcast_dims(second, first) == expected


def test_shapes_that_cannot_be_broadcast_say_which_sizes() -> None:
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2"):
        shapes.broadcast_dims((2, 3), (2, 2))


def test_tensor_shapes_show_and_compare_as_in_tensorflow() -> None:
    shape = tf.TensorShape([None, 64])
    assert str(shape) == "(?, 64)"
    assert repr(shape) == "TensorShape([Dimension(None), Dimension(64)])"
    assert str(tf.TensorShape(None)) == "<unknown>"
    assert shape[0].value is None
    assert (shape[1] * 2).value == 128
    assert (shape[0] < 3) is None
    assert shape.merge_with([32, None]).as_list() == [32, 64]
    with pytest.raises(ValueError, match="not compatible"):
        shape.merge_with([32, 63])
    assert shape.concatenate([2]) == tf.TensorShape([None, 64, 2])
    with pytest.raises(ValueError, match="unknown TensorShape"):
        tf.TensorShape(None).as_list()
    assert pickle.loads(pickle.dumps(shape)) == shape


# ---- dtypes


def test_dtypes_are_found_by_any_name_and_references_differ() -> None:
    for name in ("float32", "float", np.float32, np.dtype("float32"), float, 1):
        assert tf.as_dtype(name) is tf.float32
    reference = tf.float32._as_ref
    assert reference != tf.float32
    assert reference.base_dtype is tf.float32
    assert reference.name == "float32_ref"
    assert tf.float32.is_compatible_with(reference)
    assert pickle.loads(pickle.dumps(tf.int64)) is tf.int64
    with pytest.raises(TypeError, match="Cannot convert"):
        tf.as_dtype("float17")


# ---- names


def test_names_doctest() -> None:
    assert doctest.testmod(naming).failed == 0


def test_a_name_scope_is_left_when_its_body_raises(graph: Any) -> None:
    with pytest.raises(ZeroDivisionError), tf.name_scope("a"), tf.name_scope("b"):
        raise ZeroDivisionError
    assert graph.get_name_scope() == ""
    assert tf.constant(1.0).name == "Const:0"


@pytest.mark.parametrize("name", ["a b", "-a", "_a", "<b>", "a\n"])
def test_names_that_cannot_be_are_refused_and_change_nothing(graph: Any, name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        tf.constant(1.0, name=name)
    assert graph.get_operations() == []
    assert tf.constant(1.0).name == "Const:0"


def test_a_finalized_graph_refuses_everything_and_stays_whole(graph: Any) -> None:
    x = tf.constant(1.0)
    graph.finalize()
    for change in (lambda: tf.constant(2.0), lambda: x + 1.0, lambda: tf.add_to_collection("c", x)):
        with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
            change()
    assert [op.name for op in graph.get_operations()] == ["Const"]
    with tf.Session() as session:
        assert session.run(x) == 1.0


# ---- provenance


def test_every_operation_knows_its_line_and_its_maker(graph: Any) -> None:
    x = tf.constant(1.0)  # this line
    site = x.op._site
    assert site.file == __file__
    assert site.text == "x = tf.constant(1.0)  # this line"
    assert site.function == "test_every_operation_knows_its_line_and_its_maker"
    assert x.op._maker == "user"
    with provenance.made_by("gradient"):
        assert tf.constant(1.0).op._maker == "gradient"
    assert provenance.current_maker() == "user"
    v = tf.get_variable("v", [2])
    assert {op._maker for op in graph.get_operations() if op.name.startswith("v")} == {"variable"}
    loss = tf.reduce_sum(v)
    before = len(graph.get_operations())
    tf.train.AdamOptimizer().minimize(loss)
    assert {op._maker for op in graph.get_operations()[before:]} == {"gradient", "optimizer", "slot"}


# ---- size


def test_a_chain_of_many_operations_builds_differentiates_and_runs(graph: Any) -> None:
    x = tf.placeholder(tf.float64, [], name="x")
    y = x
    for _ in range(5000):
        y = y + x
    (gradient,) = tf.gradients(y, x)
    with tf.Session() as session:
        assert session.run([y, gradient], {x: 1.0}) == [5001.0, 5001.0]
        assert len(tf.inspection.snapshot(graph)["ops"]["name"]) == len(graph.get_operations())


def test_tensors_are_not_values(graph: Any) -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    for use, error in [
        (lambda: bool(x), TypeError),
        (lambda: list(x), TypeError),
        (lambda: len(x), TypeError),
        (lambda: np.asarray(x), NotImplementedError),
        (lambda: float(x), TypeError),
    ]:
        with pytest.raises(error):
            use()
    assert x == x
    assert x in {x: 1}
    assert str(x) == 'Tensor("x:0", shape=(2,), dtype=float32)'
    assert repr(x) == "<tf.Tensor 'x:0' shape=(2,) dtype=float32>"
