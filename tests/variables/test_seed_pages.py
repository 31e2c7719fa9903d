"""The rules of the four reference pages, one test a rule; the recorded programs hold names and messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


# ---- tf.Variable (r0.8)


def test_the_initializer_is_an_assignment_of_the_initial_value() -> None:
    """ "In fact, the variable initializer op is just an assign Op that assigns the variable's initial value"."""
    v = tf.Variable([1.0], name="v")
    assert v.initializer.type == "Assign"
    assert v.initializer.inputs[0] is v.op.outputs[0]
    assert v.initializer.inputs[1] is v.initial_value


def test_any_assignment_initializes() -> None:
    """ "...or simply running an assign Op that assigns a value to the variable"."""
    v = tf.Variable([1.0])
    with tf.Session() as session:
        session.run(v.assign([5.0]))
        assert session.run(v).tolist() == [5]


def test_random_initial_values_are_picked_once() -> None:
    """ "Use initialized_value ... The random values are picked only once"."""
    v = tf.Variable(tf.truncated_normal([10, 40]))
    w = tf.Variable(v.initialized_value() * 2.0)
    for order in ([v, w], [w, v], [None]):
        with tf.Session() as session:
            for each in order:
                session.run(tf.global_variables_initializer() if each is None else each.initializer)
                if order == [w, v]:
                    session.run(v.initializer)
            a, b = session.run([v, w])
        if order != [w, v]:
            assert np.array_equal(b, a * 2)


def test_eval_adds_no_operation_and_gives_a_copy() -> None:
    """ "This is not a graph construction method, it does not add ops to the graph" and "a copy of the value"."""
    v = tf.Variable([1, 2])
    with tf.Session() as session:
        session.run(tf.initialize_all_variables())
        count = len(tf.get_default_graph().get_operations())
        value = v.eval(session)
        value[:] = 0
        assert v.eval().tolist() == [1, 2]
        assert len(tf.get_default_graph().get_operations()) == count
    with pytest.raises(ValueError, match="No default session is registered"):
        v.eval()


def test_collections_of_a_new_variable() -> None:
    v = tf.Variable(1.0)
    quiet = tf.Variable(1.0, trainable=False)
    own = tf.Variable(1.0, collections=["mine"])
    nowhere = tf.Variable(1.0, collections=[], trainable=False)
    assert tf.all_variables() == [v, quiet]
    assert tf.trainable_variables() == [v, own]
    assert tf.get_collection("mine") == [own]
    assert nowhere not in tf.get_collection(tf.GraphKeys.VARIABLES)


def test_a_read_cannot_be_assigned_to_and_a_reference_can() -> None:
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(AttributeError):
        tf.assign(v.value(), [3.0, 4.0])
    change = tf.assign(v.ref(), [3.0, 4.0])
    assert v.ref().deref() is v
    assert v.ref() == v.ref()
    assert hash(v.ref()) == hash(v.ref())
    with tf.Session() as session:
        assert session.run(change).tolist() == [3, 4]


def test_scatter_sub_wants_indexed_slices() -> None:
    """A ValueError on the page, a TypeError in later versions: programs that catch either go on."""
    v = tf.Variable([1.0, 2.0])
    for kind in (ValueError, TypeError):
        with pytest.raises(kind, match="sparse_delta is not IndexedSlices: 3"):
            v.scatter_sub(3)


def test_positions_of_the_constructor() -> None:
    v = tf.Variable([1, 2], False, ["mine"], True, None, "named", None, tf.float64)
    assert (v.name, v.trainable, v.dtype.base_dtype) == ("named:0", False, tf.float64)
    assert tf.get_collection("mine") == [v]


def test_a_variable_def_makes_another_object_for_the_same_operations() -> None:
    v = tf.Variable([1.0, 2.0], name="v", trainable=False)
    again = tf.Variable.from_proto(v.to_proto())
    assert again != v
    assert again.op is v.op
    assert again.initializer is v.initializer
    assert again not in tf.global_variables()
    assert tf.Variable(variable_def=v.to_proto()).value() is v.value()
    with pytest.raises(ValueError, match="mutually exclusive"):
        tf.Variable([1.0], variable_def=v.to_proto())
    with pytest.warns(UserWarning, match="no effect"):
        tf.Variable(variable_def=v.to_proto(), name="other")


# ---- tf.variable_scope (r1.4, r0.12), VariableScope (r2.3)


def test_both_names_of_the_remembered_name_scope() -> None:
    with tf.variable_scope("a"), tf.variable_scope("b") as scope:
        assert scope.name_scope == scope.original_name_scope == "a/b/"


def test_old_names_still_work() -> None:
    assert tf.GraphKeys.VARIABLES == tf.GraphKeys.GLOBAL_VARIABLES
    with tf.variable_op_scope([], None, "old") as scope:
        v = tf.get_variable("v", [1])
    assert v.name == "old/v:0"
    assert scope.name == "old"
    assert tf.initialize_variables([v]).type == "NoOp"
    assert tf.initialize_local_variables().type == "NoOp"


def test_every_attribute_and_setter_of_a_scope() -> None:
    getter = lambda getter, *args, **kwargs: getter(*args, **kwargs)  # noqa: E731
    values = {
        "initializer": tf.ones_initializer(),
        "regularizer": tf.no_regularizer,
        "caching_device": "/cpu:0",
        "partitioner": None,
        "custom_getter": getter,
        "dtype": tf.float64,
        "use_resource": True,
    }
    scope = tf.VariableScope(None, name="s", constraint=getter, name_scope="n/", **values)
    for key, value in values.items():
        assert getattr(scope, key) is value
    assert scope.constraint is getter
    assert scope.name_scope == "n/"
    assert scope.reuse is None
    other = tf.VariableScope(True)
    for key, value in values.items():
        getattr(other, f"set_{key}")(value)
        assert getattr(other, key) is value
    other.reuse_variables()
    assert other.reuse is True
    with pytest.raises(AttributeError):
        other.name = "x"  # type: ignore[misc]


def test_all_seventeen_arguments_of_get_variable_of_a_scope() -> None:
    with tf.variable_scope("s"):
        tf.get_variable("first", [1])
    store = tf.get_collection(("__variable_store",))[0]
    scope = tf.VariableScope(None, "t")
    v = scope.get_variable(
        store, "v", [2], tf.float32, tf.ones_initializer(), None, None, True, None, None, None, True, False, None, None,
        tf.VariableSynchronization.AUTO, tf.VariableAggregation.NONE,
    )  # fmt: skip
    assert v.name == "t/v:0"
    assert scope.get_variable(store, "v", reuse=True) is v


def test_tf_get_variable_takes_no_reuse() -> None:
    with pytest.raises(TypeError, match="reuse"):
        tf.get_variable("v", [1], reuse=True)  # type: ignore[call-arg]
