"""The generated program as text: every operation that runs stands beside a line, and looking changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework.registry import raw


def training() -> tuple[Any, Any, Any]:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w, name="product")), name="loss")
    return x, loss, tf.train.GradientDescentOptimizer(0.5).minimize(loss)


def test_the_program_of_a_training_step() -> None:
    """Variables, constants, buffers, and each line beside its operations; the same before and after the session made it."""
    with tf.Graph().as_default(), tf.Session() as session:
        x, loss, train = training()
        session.run(tf.global_variables_initializer())
        feeds = {x: np.ones((4, 3))}
        text = tf.inspection.generated_program(session, [loss, train], feeds)
        np.testing.assert_array_equal(session.run("w:0"), np.ones((3, 2)))
        for _ in range(3):
            session.run([loss, train], feeds)
        assert tf.inspection.generated_program(session, [loss, train], feeds) == text
    lines = text.split("\n")
    assert lines[0].startswith("Generated program of loss:0: ")
    assert "  v0 = x:0, fed: float32 [4,3]" in lines
    assert any(line.endswith("= variable w") for line in lines)
    assert "def program(v0):" in lines
    (product,) = [line for line in lines if line.endswith("# product") and "dot(" in line]
    assert "(v0, v" in product
    assert any("GradientDescent/update_w/ApplyGradientDescent" in line for line in lines)
    assert lines[-1] == "Left out, because nobody needs the value: gradients/product_grad/MatMul."


def test_a_loop_is_a_while() -> None:
    """Its lines stand beside the operations of a turn."""
    with tf.Graph().as_default(), tf.Session() as session:
        result = tf.while_loop(lambda i, t: i < 7, lambda i, t: (i + 1, t * 0.5), [tf.constant(0), tf.constant(8.0)])
        text = tf.inspection.generated_program(session, result)
    assert "    while True:" in text
    assert "# while/Less" in text
    assert "# while/mul, while/add" in text


def test_what_has_no_program() -> None:
    """A Merge without a Switch, a value that is not fed."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        either = raw.Merge([x, x])[0]
        with pytest.raises(ValueError, match="do not build"):
            tf.inspection.generated_program(session, either, {x: 1.0})
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value"):
            tf.inspection.generated_program(session, x + 1.0)


def test_a_conditional_is_one_line() -> None:
    """What is around it is generated."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        y = tf.cond(x > 0.0, lambda: x, lambda: -x) * 2.0
        text = tf.inspection.generated_program(session, y, {x: 1.0})
    assert "def program(v0):" in text
    assert text.count("# cond/") == 1
