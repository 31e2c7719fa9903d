"""What `import tfmini as tf` offers: TensorFlow's names and namespaces, and nothing that hides one of them."""

from __future__ import annotations

import importlib

import pytest

import tfmini as tf


def test_the_ways_to_import_lead_to_one_module() -> None:
    """`tfmini.compat.v1` is `tfmini`; namespaces can be imported by name."""
    assert importlib.import_module("tfmini.compat.v1") is tf
    assert tf.compat.v1 is tf
    assert importlib.import_module("tfmini.nn") is tf.nn
    assert importlib.import_module("tfmini.train").GradientDescentOptimizer is tf.train.GradientDescentOptimizer


@pytest.mark.parametrize(
    "path",
    [
        "Graph", "Session", "Tensor", "Operation", "TensorShape", "Dimension", "GraphKeys", "float32", "int64", "bool", "string",
        "placeholder", "constant", "Variable", "get_variable", "variable_scope", "name_scope", "control_dependencies", "device",
        "add", "matmul", "reduce_mean", "argmax", "equal", "cast", "concat", "stack", "where", "gather", "one_hot", "gradients",
        "nn.relu", "nn.softmax", "nn.sparse_softmax_cross_entropy_with_logits", "nn.dropout", "nn.embedding_lookup",
        "train.AdamOptimizer", "errors.InvalidArgumentError", "math.log1p", "linalg.eye", "random.normal", "initializers.zeros",
        "debugging.assert_equal", "logging.set_verbosity", "bitwise.bitwise_and", "dtypes.as_dtype", "newaxis", "mul", "neg",
    ],
)  # fmt: skip
def test_a_name_of_tensorflow_is_there(path: str) -> None:
    """Under the path that programs use."""
    found = tf
    for part in path.split("."):
        assert hasattr(found, part), path
        found = getattr(found, part)


def test_names_of_several_rooms_mean_what_tensorflow_means() -> None:
    """`trace` is the one of matrices; `losses` is no module of operations."""
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.trace([[1.0, 5.0], [7.0, 2.0]])) == 3.0
    assert not hasattr(tf, "losses") or not hasattr(tf.losses, "l2_loss")


def test_a_misspelt_name_gets_a_hint() -> None:
    """The message names the nearest one."""
    with pytest.raises(AttributeError, match=r"Did you mean tf\.placeholder\?"):
        tf.placehodler  # noqa: B018


def test_a_name_that_is_not_offered_says_so_without_a_wild_guess() -> None:
    """At the top and inside a namespace."""
    with pytest.raises(AttributeError, match=r"'tf' has no attribute 'summary'\. tfmini does not offer it"):
        tf.summary  # noqa: B018
    with pytest.raises(AttributeError, match=r"'tf\.train' has no attribute 'Saver'\. tfmini does not offer it"):
        tf.train.Saver  # noqa: B018
    with pytest.raises(AttributeError, match=r"Did you mean tf\.nn\.relu\?"):
        tf.nn.rellu  # noqa: B018
    assert not hasattr(tf.train, "__path__")


def test_version_2_behaviour_is_refused_where_it_is_asked_for() -> None:
    """Switching it off does nothing; switching it on raises, with advice."""
    tf.disable_v2_behavior()
    assert not tf.executing_eagerly()
    with pytest.raises(RuntimeError, match="builds graphs and runs them in sessions"):
        tf.enable_eager_execution()
