"""Messages are built on first use, hold what TensorFlow's hold, and turn values into bytes and back."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import tfmini as tf
from tfmini.formats import make_ndarray, make_tensor_proto, messages, schema


def test_importing_tfmini_does_not_load_protobuf() -> None:
    code = "import sys, tfmini; print('google.protobuf' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("name", sorted(schema.MESSAGES))
def test_every_message_goes_through_bytes(name: str) -> None:
    kind = messages.message(name)
    assert kind.FromString(kind().SerializeToString()) == kind()


@pytest.mark.parametrize(
    "value",
    [
        np.float32(1.5),
        np.arange(6, dtype=np.int32).reshape(2, 3),
        np.arange(3, dtype=np.int64),
        np.array([1.5, -2.0], np.float16),
        np.array([True, False]),
        np.array([1 + 2j, -1j], np.complex64),
        np.array([1 + 2j]),
        np.array([b"a", b"bc"], object),
        np.zeros((2, 0), np.float32),
        np.array(7, np.uint64),
    ],
)
def test_values_come_back(value: np.ndarray) -> None:
    proto = make_tensor_proto(value)
    back = make_ndarray(type(proto).FromString(proto.SerializeToString()))
    assert back.dtype == np.asarray(value).dtype
    np.testing.assert_array_equal(back, value)


def test_a_few_values_fill_a_shape() -> None:
    proto = make_tensor_proto(3, shape=[2, 2])
    assert list(proto.int_val) == [3]
    np.testing.assert_array_equal(make_ndarray(proto), np.full((2, 2), 3))


def test_wrong_values_are_refused() -> None:
    with pytest.raises(ValueError, match="Too many elements"):
        make_tensor_proto([1, 2, 3], shape=[2])
    with pytest.raises(TypeError, match="Expected int32"):
        make_tensor_proto([1.5], dtype=tf.int32)


def test_a_graph_as_a_message() -> None:
    graph = tf.Graph()
    with graph.as_default():
        a = tf.placeholder(tf.float32, [None, 2], name="a")
        with tf.control_dependencies([tf.no_op(name="first")]):
            tf.identity(a, name="b")
    proto = graph.as_graph_def(add_shapes=True)
    assert [node.name for node in proto.node] == ["a", "first", "b"]
    assert list(proto.node[2].input) == ["a", "^first"]
    assert [dim.size for dim in proto.node[0].attr["_output_shapes"].list.shape[0].dim] == [-1, 2]
    assert type(proto).FromString(proto.SerializeToString()) == proto


def test_a_message_of_another_pool_is_adopted() -> None:
    node = messages.message("NodeDef")(name="n", op="NoOp")
    assert messages.adopt("NodeDef", node) is node
