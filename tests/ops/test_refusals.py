"""What operations refuse: when the graph is built, and when it runs; always with TensorFlow's class and phrase."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


# Phrases recorded from TensorFlow 2.21 compat.v1.
@pytest.mark.parametrize(
    ("build", "error", "phrase"),
    [
        (lambda: tf.ones([2, 3]) + tf.ones([2, 4]), ValueError, "Dimensions must be equal, but are 3 and 4"),
        (lambda: tf.matmul(tf.ones([2, 3]), tf.ones([2, 3])), ValueError, "Dimensions must be equal, but are 3 and 2"),
        (lambda: tf.matmul(tf.ones([3]), tf.ones([3, 2])), ValueError, "Shape must be rank 2 but is rank 1"),
        (
            lambda: tf.ones([2]) + tf.ones([2], tf.int32),
            TypeError,
            "Input 'y' of 'AddV2' Op has type int32 that does not match type float32 of argument 'x'.",
        ),
        (
            lambda: tf.nn.relu("a"),
            TypeError,
            "Value passed to parameter 'features' has DataType string not in list of allowed values: float32, float64, int32",
        ),
        (
            lambda: tf.reshape(tf.ones([2, 3]), [4]),
            ValueError,
            "Cannot reshape a tensor with 6 elements to shape [4] (4 elements)",
        ),
        (
            lambda: tf.concat([tf.ones([2, 3]), tf.ones([3, 2])], 0),
            ValueError,
            "Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3] and [2].",
        ),
        (lambda: tf.split(tf.ones([5]), 2), ValueError, "Dimension size must be evenly divisible by 2 but is 5"),
        (
            lambda: tf.squeeze(tf.ones([2, 3]), [0]),
            ValueError,
            "Can not squeeze dim[0], expected a dimension of 1, got 2",
        ),
        (
            lambda: tf.reduce_sum(tf.ones([2, 3]), 2),
            ValueError,
            "Invalid reduction dimension 2 for input with 2 dimensions.",
        ),
        (lambda: tf.add_n([]), ValueError, "Inputs must be an iterable of at least one Tensor/IndexedSlices"),
        (lambda: tf.where([True], tf.ones([1]), None), ValueError, "x and y must both be non-None or both be None."),
        (lambda: tf.group(3), TypeError, "'inputs' should be zero or more (nested) Tensors."),
        (
            lambda: tf.unstack(tf.placeholder(tf.float32, [None, 2])),
            ValueError,
            "Cannot infer argument `num` from shape (?, 2)",
        ),
        (
            lambda: tf.nn.dropout(tf.ones([2]), rate=2.0),
            ValueError,
            "`rate` must be a scalar tensor or a float in the range",
        ),
        (
            lambda: tf.one_hot([1], 3, on_value=1, off_value=0.0),
            TypeError,
            "dtype <dtype: 'int32'> of on_value does not match dtype <dtype: 'float32'> of off_value",
        ),
        (lambda: tf.constant("a") < "b", TypeError, "Value passed to parameter 'x' has DataType string not in list"),
        (
            lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 2, 3], logits=tf.ones([2, 3])),
            ValueError,
            "`labels.shape` must equal `logits.shape` except for the last dimension.",
        ),
    ],
)
def test_building_is_refused(build: Callable[[], Any], error: type[Exception], phrase: str) -> None:
    """The first line is TensorFlow's; the graph stays usable."""
    with pytest.raises(error, match=re.escape(phrase)):
        build()
    assert tf.constant(1.0).shape == ()


def _fed(value: Any) -> tf.Tensor:
    """Returns a tensor of which nothing is known before it runs but its dtype."""
    return tf.placeholder_with_default(np.array(value), None)


_F = np.float32


@pytest.mark.parametrize(
    ("build", "phrase"),
    [
        (lambda: _fed(np.ones((2, 3))) + _fed(np.ones((2, 4))), "Incompatible shapes: [2,3] vs. [2,4]"),
        (
            lambda: tf.reshape(_fed(np.ones(6)), [4]),
            "Input to reshape is a tensor with 6 values, but the requested shape has 4",
        ),
        (lambda: tf.gather(_fed(np.ones(3)), _fed([0, 5])), "indices[1] = 5 is not in [0, 3)"),
        (lambda: _fed(1) // _fed(0), "Integer division by zero"),
        (
            lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=_fed([3, -1]), logits=tf.placeholder_with_default(np.ones((2, 3), _F), [None, 3])
            ),
            "Received a label value of -1 which is outside the valid range of [0, 3).  Label values: 3 -1",
        ),
        (
            lambda: tf.concat([_fed(np.ones((2, 3))), _fed(np.ones((3, 2)))], 0),
            "ConcatOp : Dimension 1 in both shapes must be equal: shape[0] = [2,3] vs. shape[1] = [3,2]",
        ),
        (lambda: _fed(np.ones(3))[7], "slice index 7 of dimension 0 out of bounds."),
        (lambda: tf.slice(_fed(np.ones(3)), [2], [5]), "Expected size[0] in [0, 1], but got 5"),
        (
            lambda: tf.add_n([_fed(np.ones(2)), _fed(np.ones(3))]),
            "Inputs to operation AddN of type AddN must have the same size and shape.  Input 0: [2] != input 1: [3]",
        ),
        (lambda: tf.check_numerics(_fed(_F([np.nan])), "oops"), "oops : Tensor had NaN values"),
        (lambda: tf.check_numerics(_fed(_F([np.inf])), "oops"), "oops : Tensor had Inf values"),
        (lambda: tf.pow(_fed(2), _fed(-1)), "Integers to negative integer powers are not allowed"),
        (
            lambda: tf.placeholder(tf.float32, [2, None], name="p") * 2,
            "You must feed a value for placeholder tensor 'p' with dtype float and shape [2,?]",
        ),
    ],
)
def test_running_is_refused(build: Callable[[], tf.Tensor], phrase: str) -> None:
    """With InvalidArgumentError; the session goes on working."""
    tensor = build()
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(tensor)
        assert str(caught.value).split("\n")[0].startswith(phrase)
        assert session.run(tf.constant(1)) == 1


def test_an_assertion_shows_its_data() -> None:
    """Text as it is, numbers in brackets."""
    x = _fed([1.0, -2.0])
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0), ["not positive:", x])]):
        y = tf.identity(x)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=re.escape("assertion failed: [not positive:] [1 -2]")):
            session.run(y)
        np.testing.assert_array_equal(session.run(y, {x: [3.0]}), [3.0])
