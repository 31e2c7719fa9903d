"""What regularizers refuse and leave out; their nodes and values are compared in tests/programs/penalties.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tfmini as tf
from tfmini.contrib import layers


@pytest.fixture(autouse=True)
def graph() -> Iterator[Any]:
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("make", [layers.l1_regularizer, layers.l2_regularizer])
def test_a_scale_is_a_float_that_is_not_negative(make: Any) -> None:
    """An integer is refused, because 1 is easily a mistake for a count."""
    with pytest.raises(ValueError, match="scale cannot be an integer: 1"):
        make(1)
    with pytest.raises(ValueError, match=r"Setting a scale less than 0 on a regularizer: -0\.5"):
        make(-0.5)


def test_both_scales_of_the_pair_are_checked() -> None:
    """Each is named in the message."""
    with pytest.raises(ValueError, match="scale_l1 cannot be an integer: 1"):
        layers.l1_l2_regularizer(1, 0.5)
    with pytest.raises(ValueError, match="scale_l2 cannot be an integer: 2"):
        layers.l1_l2_regularizer(0.5, 2)
    with pytest.raises(ValueError, match="less than 0"):
        layers.l1_l2_regularizer(0.5, -2.0)


def test_a_scale_of_zero_adds_nothing(graph: Any) -> None:
    """Neither a node nor a loss."""
    v = tf.get_variable("v", initializer=1.0, regularizer=layers.l2_regularizer(0.0))
    size = len(graph.get_operations())
    assert layers.l1_regularizer(0.0)(v) is None
    assert layers.l1_l2_regularizer(0.0, 0.0)(v) is None
    assert len(graph.get_operations()) == size
    assert tf.losses.get_regularization_losses() == []


def test_penalties_know_that_a_regularizer_made_them() -> None:
    """So the graph view can put them into a lane of their own."""
    penalty = layers.l2_regularizer(0.5)(tf.constant([3.0]))
    assert penalty.op._maker == "regularizer"
    with tf.Session() as session:
        assert session.run(penalty) == 2.25
