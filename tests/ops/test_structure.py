"""What public functions build: constants where shapes are known, groups by device, packed lists, scopes; and their values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _value(tensors: Any, feed_dict: Any = None) -> Any:
    with tf.Session() as session:
        return session.run(tensors, feed_dict)


def _types(graph: tf.Graph) -> list[str]:
    return [op.type for op in graph.get_operations()]


# ---- filled tensors and shapes


def test_small_zeros_are_a_constant(graph: tf.Graph) -> None:
    """Below 1,000 elements of a known shape; else a Fill."""
    assert tf.zeros([2, 3]).op.type == "Const"
    assert tf.zeros([999]).op.type == "Const"
    assert tf.ones([1000]).op.type == "Fill"
    assert tf.zeros(tf.shape(tf.placeholder(tf.float32, [None]))).op.type == "Fill"


def test_known_shapes_are_constants() -> None:
    """`shape`, `size` and `rank` ask at run time only for what is open."""
    x = tf.placeholder(tf.float32, [2, 3])
    y = tf.placeholder(tf.float32, [None, 3])
    assert [each.op.type for each in (tf.shape(x), tf.size(x), tf.rank(x))] == ["Const"] * 3
    assert [each.op.type for each in (tf.shape(y), tf.size(y), tf.rank(y))] == ["Shape", "Size", "Const"]
    assert tf.reshape(y, [tf.shape(y)[0], -1]).shape.as_list() == [None, None]
    assert tf.reshape(x, [tf.shape(x)[0], -1]).shape.as_list() == [2, 3]


def test_a_list_that_holds_tensors_is_packed(graph: tf.Graph) -> None:
    """Numbers among tensors become constants named by their place."""
    n = tf.placeholder_with_default(2, [])
    packed = tf.convert_to_tensor([n, 3])
    assert [op.name for op in graph.get_operations()][2:] == ["packed/1", "packed"]
    np.testing.assert_array_equal(_value(packed), [2, 3])


# ---- order without values


def test_a_group_joins_one_operation_for_each_device(graph: tf.Graph) -> None:
    """On one device it is one operation; on several, one for each and one that waits for these."""
    a = tf.constant(1.0)
    with tf.device("/cpu:0"):
        b = tf.constant(2.0)
    one = tf.group(a, a, name="one")
    assert one.type == "NoOp"
    assert [op.name for op in one.control_inputs] == ["Const"]
    both = tf.group(a, b, name="both")
    assert [op.name for op in both.control_inputs] == ["both/NoOp", "both/NoOp_1"]
    assert both.control_inputs[1].device == "/device:CPU:0"


def test_a_tuple_waits_for_all(graph: tf.Graph) -> None:
    """Each part follows the gate, which follows every part; None stays None."""
    a, b = tf.constant(1.0), tf.constant(2.0)
    first, second, third = tf.tuple([a, None, b])
    assert second is None
    gate = first.op.control_inputs[0]
    assert {op.name for op in gate.control_inputs} == {"Const", "Const_1"}
    assert _value([first, third]) == [1.0, 2.0]


def test_name_scopes_nest_reopen_and_count(graph: tf.Graph) -> None:
    """A second scope of a name gets a number; one that ends in a slash is the first again; None and "" differ."""
    with tf.name_scope("a") as scope:
        assert scope == "a/"
        with tf.name_scope("b"):
            assert tf.constant(1.0).name == "a/b/Const:0"
    with tf.name_scope("a") as again:
        assert again == "a_1/"
    with tf.name_scope(scope):
        assert tf.constant(1.0).name == "a/Const:0"
    with tf.name_scope(None, "plain", [tf.constant(1.0)]) as default:
        assert default == "plain/"
    with tf.name_scope("x"), tf.name_scope(""):
        assert tf.constant(1.0, name="root").name == "root:0"
    with pytest.raises(ValueError, match="At least one of name"), tf.name_scope(None, values=[1.0]):
        pass


# ---- values that have no sample row


def test_one_hot_and_masks() -> None:
    """Out of range indices give a row without the mark."""
    np.testing.assert_array_equal(_value(tf.one_hot([0, 2, -1], 3)), [[1, 0, 0], [0, 0, 1], [0, 0, 0]])
    np.testing.assert_array_equal(_value(tf.one_hot([0, 1], 2, 5, 7, axis=0)), [[5, 7], [7, 5]])
    np.testing.assert_array_equal(_value(tf.sequence_mask([1, 3])), [[1, 0, 0], [1, 1, 1]])
    x = np.arange(6).reshape(3, 2)
    np.testing.assert_array_equal(_value(tf.boolean_mask(x, [True, False, True])), x[[0, 2]])
    np.testing.assert_array_equal(_value(tf.where(x > 2)), np.argwhere(x > 2))


def test_sequences() -> None:
    """`range` leaves its limit out, `linspace` has it."""
    np.testing.assert_array_equal(_value(tf.range(2, 9, 3)), [2, 5, 8])
    np.testing.assert_allclose(_value(tf.range(0.0, 1.0, 0.25)), [0, 0.25, 0.5, 0.75])
    np.testing.assert_allclose(_value(tf.linspace(0.0, 1.0, 5)), np.linspace(0, 1, 5))
    np.testing.assert_array_equal(_value(tf.cumsum([1, 2, 3], exclusive=True, reverse=True)), [5, 3, 0])
    first, second = _value(tf.meshgrid([1, 2], [3, 4, 5]))
    np.testing.assert_array_equal([first, second], np.meshgrid([1, 2], [3, 4, 5]))


def test_texts() -> None:
    """Texts are bytes; they join, compare, and move about like numbers."""
    s = tf.constant(["a", "b"])
    assert _value(s + "c").tolist() == [b"ac", b"bc"]
    assert _value(tf.equal(s, "a")).tolist() == [True, False]
    assert _value(tf.reshape(tf.concat([s, ["z"]], 0), [3, 1])).tolist() == [[b"a"], [b"b"], [b"z"]]
    assert _value(s[1]) == b"b"
    assert _value(tf.zeros([2], tf.string)).tolist() == [b"", b""]


def test_sets_and_sums_of_rows() -> None:
    """`unique` keeps the order of first appearance."""
    values, places, counts = _value(list(tf.unique_with_counts([5, 2, 5, 9])))
    assert (values.tolist(), places.tolist(), counts.tolist()) == ([5, 2, 9], [0, 1, 0, 2], [2, 1, 1])
    assert _value(tf.setdiff1d([1, 2, 3], [2])[0]).tolist() == [1, 3]
    assert _value(tf.bincount([1, 1, 3])).tolist() == [0, 2, 0, 1]
    assert _value(tf.sort([3, 1, 2], direction="DESCENDING")).tolist() == [3, 2, 1]
    assert _value(tf.argsort([3.0, 1.0, 2.0])).tolist() == [1, 2, 0]


def test_clipping_scales_all_gradients_by_one_factor() -> None:
    """The greatest common length is reached, directions stay."""
    parts = [np.array([3.0, 0.0], np.float32), np.array([[4.0]], np.float32)]
    clipped, norm = tf.clip_by_global_norm([tf.constant(each) for each in parts], 1.0)
    values, length = _value([clipped, norm])
    assert length == pytest.approx(5.0)
    np.testing.assert_allclose(values[0], parts[0] / 5, rtol=1e-6)
    np.testing.assert_allclose(values[1], parts[1] / 5, rtol=1e-6)
    np.testing.assert_array_equal(_value(tf.clip_by_value([-3.0, 0.5, 3.0], -1.0, 1.0)), [-1, 0.5, 1])


def test_large_choices_take_the_bits() -> None:
    """Above 4,096 elements the kernel masks bits; a NaN on the other side does no harm, and NaNs are chosen too."""
    random = np.random.RandomState(0)
    x, y = random.standard_normal((2, 100, 100)).astype(np.float32)
    x[0], y[1] = np.nan, np.inf
    mask = random.rand(100, 100) > 0.5
    np.testing.assert_array_equal(_value(tf.where(mask, x, y)), np.where(mask, x, y))


def test_fetched_values_keep_their_dtype() -> None:
    """A float32 scalar stays one through every kernel."""
    x = tf.constant(2.0)
    for y in (x + 1, x**2, tf.reduce_sum(x), tf.nn.relu(x), tf.maximum(x, 1.0), tf.where(x > 1, x, x), tf.sigmoid(x)):
        assert _value(y).dtype == np.float32


def test_large_matrices_are_turned_block_by_block() -> None:
    """Also where the blocks do not divide the sizes."""
    x = np.arange(700 * 601, dtype=np.float32).reshape(700, 601)
    with tf.Graph().as_default(), tf.Session() as session:
        assert np.array_equal(session.run(tf.transpose(tf.constant(x))), x.T)
