"""Operators of tensors: the nodes that they add, under TensorFlow's names, and their values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _names(graph: tf.Graph) -> list[str]:
    return [f"{op.name}:{op.type}" for op in graph.get_operations()]


def _value(tensor: tf.Tensor) -> Any:
    with tf.Session() as session:
        return session.run(tensor)


# Recorded from TensorFlow 2.21 compat.v1.
@pytest.mark.parametrize(
    ("function", "nodes"),
    [
        (lambda x: x + 1, ["add/y:Const", "add:AddV2"]),
        (lambda x: 1 + x, ["add/x:Const", "add:AddV2"]),
        (lambda x: x - 1, ["sub/y:Const", "sub:Sub"]),
        (lambda x: 1 - x, ["sub/x:Const", "sub:Sub"]),
        (lambda x: x * 2, ["mul/y:Const", "mul:Mul"]),
        (lambda x: x / 2, ["truediv/y:Const", "truediv:RealDiv"]),
        (lambda x: 2 / x, ["truediv/x:Const", "truediv:RealDiv"]),
        (lambda x: x // 2, ["floordiv/y:Const", "floordiv:FloorDiv"]),
        (lambda x: x % 2, ["mod/y:Const", "mod:FloorMod"]),
        (lambda x: x**2, ["pow/y:Const", "pow:Pow"]),
        (lambda x: -x, ["Neg:Neg"]),
        (abs, ["Abs:Abs"]),
        (lambda x: x < 1, ["Less/y:Const", "Less:Less"]),
        (lambda x: x >= 1, ["GreaterEqual/y:Const", "GreaterEqual:GreaterEqual"]),
        (
            lambda x: x[0],
            [
                "strided_slice/stack:Const",
                "strided_slice/stack_1:Const",
                "strided_slice/stack_2:Const",
                "strided_slice:StridedSlice",
            ],
        ),
    ],
)
def test_an_operator_adds_these_nodes(graph: tf.Graph, function: Callable[..., Any], nodes: list[str]) -> None:
    """A plain operand becomes a constant inside the operation's own name scope."""
    x = tf.constant([1.0, 2.0], name="x")
    function(x)
    assert _names(graph) == ["x:Const", *nodes]


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"])
@pytest.mark.parametrize("tensor_first", [True, False])
def test_an_operator_computes_what_numpy_does(name: str, tensor_first: bool) -> None:
    """With the tensor on either side, arrays and numbers take part as they do in numpy."""
    function = getattr(operator, name)
    x = np.array([[1.5, 2.0, 3.0], [0.5, 4.0, 1.0]], np.float32)
    y = np.array([2.0, 0.5, 3.0], np.float32)
    z = function(tf.constant(x), y) if tensor_first else function(y, tf.constant(x))
    np.testing.assert_allclose(_value(z), function(x, y) if tensor_first else function(y, x), rtol=1e-6)


def test_whole_numbers_divide_as_in_python() -> None:
    """`/` gives float64 fractions, `//` and `%` round towards minus infinity."""
    x = tf.constant([7, -7, 7, -7])
    y = tf.constant([2, 2, -2, -2])
    quotient = x / y
    assert quotient.dtype == tf.float64
    np.testing.assert_array_equal(_value(quotient), [3.5, -3.5, -3.5, 3.5])
    np.testing.assert_array_equal(_value(x // y), [3, -4, -4, 3])
    np.testing.assert_array_equal(_value(x % y), [1, 1, -1, -1])


def test_logic_works_on_bools_and_on_bits() -> None:
    """`&`, `|`, `^` and `~` mean logic for bools and bits for integers."""
    a, b = tf.constant([True, True, False]), tf.constant([True, False, False])
    np.testing.assert_array_equal(_value(a & b), [True, False, False])
    np.testing.assert_array_equal(_value(a ^ b), [False, True, False])
    np.testing.assert_array_equal(_value(~a), [False, False, True])
    bits = tf.constant([6, 3])
    np.testing.assert_array_equal(_value(bits & 5), [4, 1])
    np.testing.assert_array_equal(_value(bits | 8), [14, 11])
    np.testing.assert_array_equal(_value(~bits), [-7, -4])


def test_at_multiplies_matrices() -> None:
    """`@` is `matmul`, also when the other operand is an array."""
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(_value(tf.constant(a) @ a.T), a @ a.T)
    np.testing.assert_array_equal(_value(a @ tf.constant(a.T)), a @ a.T)


def test_a_variable_takes_part() -> None:
    """An operand may be a variable, on either side."""
    v = tf.Variable([1.0, 2.0])
    x = tf.constant([3.0, 4.0])
    with tf.Session() as session:
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(x * v), [3, 8])
        np.testing.assert_array_equal(session.run(v * x), [3, 8])
        np.testing.assert_array_equal(session.run(1 - v), [0, -1])


_CUBE = np.arange(24).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        slice(1, None),
        slice(None, None, -1),
        (slice(None), 1),
        (..., 2),
        (0, slice(1, 3), slice(None, None, 2)),
        (None, 0),
        (slice(None), None, ..., -1),
        (slice(5, None),),
        (slice(-2, -1), slice(-10, 10)),
    ],
)
def test_a_key_selects_what_numpy_selects(key: Any) -> None:
    """The static shape is that of the value."""
    y = tf.constant(_CUBE)[key]
    expected = _CUBE[key]
    assert y.shape.as_list() == list(expected.shape)
    np.testing.assert_array_equal(_value(y), expected)


def test_a_tensor_may_be_part_of_a_key() -> None:
    """A scalar tensor works as an index and as a bound."""
    x, i = tf.constant(_CUBE), tf.constant(1)
    np.testing.assert_array_equal(_value(x[i]), _CUBE[1])
    np.testing.assert_array_equal(_value(x[:, i : i + 2]), _CUBE[:, 1:3])


@pytest.mark.parametrize(
    ("key", "error", "phrase"),
    [
        (5, ValueError, "slice index 5 of dimension 0 out of bounds."),
        ((0, 0, 0, 0), ValueError, "Index out of range using input dim 3; input has only 3 dims"),
        (0.5, TypeError, "Only integers, slices"),
        ("a", TypeError, "Only integers, slices"),
    ],
)
def test_a_wrong_key_is_refused(key: Any, error: type[Exception], phrase: str) -> None:
    """Before the graph grows by the slice."""
    x = tf.constant(_CUBE)
    with pytest.raises(error, match=phrase.split("(")[0].replace(".", r"\.")):
        x[key]
