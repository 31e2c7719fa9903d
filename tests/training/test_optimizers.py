"""Optimizers against their formulas in numpy, for both kinds of variable; slots, constraints, sparse gradients, wrong use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfmini as tf

_START = np.array([0.5, -1.5, 2.0], np.float32)
_SLOPES = [np.array([0.1, -0.2, 0.3], np.float32), np.array([0.4, 0.0, -0.5], np.float32)] * 2


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _sgd(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    return w - 0.1 * g


def _momentum(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["a"] = s.get("a", 0) * 0.9 + g
    return w - 0.1 * s["a"]


def _nesterov(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["a"] = s.get("a", 0) * 0.9 + g
    return w - 0.1 * (g + 0.9 * s["a"])


def _adam(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["m"] = s.get("m", 0) * 0.9 + 0.1 * g
    s["v"] = s.get("v", 0) * 0.999 + 0.001 * g * g
    rate = 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - rate * s["m"] / (np.sqrt(s["v"]) + 1e-8)


def _adagrad(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["a"] = s.get("a", 0.1) + g * g
    return w - 0.1 * g / np.sqrt(s["a"])


def _rmsprop(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["ms"] = s.get("ms", 1.0) * 0.9 + 0.1 * g * g
    s["mom"] = s.get("mom", 0) * 0.5 + 0.1 * g / np.sqrt(s["ms"] + 1e-10)
    return w - s["mom"]


def _centered(w: Any, g: Any, s: dict[str, Any], t: int) -> Any:
    s["ms"] = s.get("ms", 1.0) * 0.9 + 0.1 * g * g
    s["mg"] = s.get("mg", 0) * 0.9 + 0.1 * g
    return w - 0.1 * g / np.sqrt(s["ms"] - s["mg"] ** 2 + 1e-10)


_OPTIMIZERS = {
    "sgd": (lambda: tf.train.GradientDescentOptimizer(0.1), _sgd),
    "momentum": (lambda: tf.train.MomentumOptimizer(0.1, 0.9), _momentum),
    "nesterov": (lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), _nesterov),
    "adam": (lambda: tf.train.AdamOptimizer(0.1), _adam),
    "adagrad": (lambda: tf.train.AdagradOptimizer(0.1), _adagrad),
    "rmsprop": (lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5), _rmsprop),
    "centered": (lambda: tf.train.RMSPropOptimizer(0.1, centered=True), _centered),
}


@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("name", list(_OPTIMIZERS))
def test_steps_follow_the_formula(name: str, use_resource: bool) -> None:
    make, formula = _OPTIMIZERS[name]
    w = tf.Variable(_START, use_resource=use_resource)
    slope = tf.placeholder(tf.float32, [3])
    step = make().apply_gradients([(slope, w)])
    expected = _START.astype(np.float64)
    state: dict[str, Any] = {}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for t, g in enumerate(_SLOPES, 1):
            session.run(step, {slope: g})
            expected = formula(expected, g.astype(np.float64), state, t)
            np.testing.assert_allclose(session.run(w), expected, rtol=2e-5)


@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("name", list(_OPTIMIZERS))
def test_a_sparse_gradient_moves_its_rows(name: str, use_resource: bool) -> None:
    """Rows that occur twice are added up first, so the step of a row equals the dense step with the summed gradient."""
    make, formula = _OPTIMIZERS[name]
    w = tf.Variable(np.stack([_START, _START, _START]), use_resource=use_resource)
    rows = tf.IndexedSlices(tf.constant([[0.1] * 3, [0.2] * 3, [0.3] * 3]), tf.constant([2, 0, 2]), tf.constant([3, 3]))
    step = make().apply_gradients([(rows, w)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        found = session.run(w)
    np.testing.assert_allclose(found[0], formula(_START.astype(np.float64), 0.2, {}, 1), rtol=2e-5)
    np.testing.assert_allclose(found[1], _START)
    np.testing.assert_allclose(found[2], formula(_START.astype(np.float64), 0.4, {}, 1), rtol=2e-5)


def test_minimize_finds_the_minimum_and_counts_steps() -> None:
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.square(w - [3.0, -2.0])), global_step=step)
    assert tf.train.get_global_step() is step
    assert step.dtype.base_dtype == tf.int64
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(100):
            session.run(train)
        np.testing.assert_allclose(session.run(w), [3, -2], atol=1e-6)
        assert tf.train.global_step(session, step) == 100
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train]


def test_a_constraint_is_applied_after_the_step() -> None:
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer(), constraint=lambda v: tf.maximum(v, 0.9))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(w * [1.0, -1.0]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        np.testing.assert_allclose(session.run(w), [0.9, 2.0], rtol=1e-6)


def test_a_learning_rate_that_decays() -> None:
    step = tf.train.get_or_create_global_step()
    smooth = tf.train.exponential_decay(0.5, step, 10, 0.1)
    stairs = tf.train.exponential_decay(0.5, step, 10, 0.1, staircase=True)
    with tf.Session() as session:
        for count in (0, 5, 10, 25):
            step.load(count, session)
            np.testing.assert_allclose(session.run(smooth), 0.5 * 0.1 ** (count / 10), rtol=1e-5)
            np.testing.assert_allclose(session.run(stairs), 0.5 * 0.1 ** (count // 10), rtol=1e-5)


def test_slots_are_found_by_variable_and_name() -> None:
    w = tf.get_variable("w", [2])
    optimizer = tf.train.AdamOptimizer()
    assert optimizer.get_slot(w, "m") is None
    optimizer.minimize(tf.reduce_sum(w * w))
    assert optimizer.get_slot(w, "m").name == "w/Adam:0"
    assert optimizer.get_slot_names() == ["m", "v"]
    assert [each.op.name for each in optimizer.variables()] == ["beta1_power", "beta2_power", "w/Adam", "w/Adam_1"]
    assert tf.trainable_variables() == [w]


def test_wrong_use_says_what_is_wrong() -> None:
    w = tf.get_variable("w", [2])
    n = tf.get_variable("n", [2], tf.int32)
    loss = tf.reduce_sum(w * w)
    sgd = tf.train.GradientDescentOptimizer(0.1)
    with pytest.raises(ValueError, match="No gradients provided for any variable, check your graph"):
        sgd.minimize(tf.constant(1.0))
    with pytest.raises(ValueError, match=r"Invalid type tf\.int32 for Sum"):
        sgd.minimize(tf.reduce_sum(n))
    with pytest.raises(ValueError, match="No variables to optimize"):
        sgd.minimize(loss, var_list=[])
    with pytest.raises(ValueError, match="No variables provided"):
        sgd.apply_gradients([])
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        sgd.apply_gradients([(None, w)])
    with pytest.raises(ValueError, match="gate_gradients must be one of"):
        sgd.minimize(loss, gate_gradients=7)
    with pytest.raises(ValueError, match="Must specify the optimizer name"):
        tf.train.Optimizer(False, "")
    with pytest.raises(ValueError, match="initial_accumulator_value must be positive"):
        tf.train.AdagradOptimizer(0.1, initial_accumulator_value=0.0)
    with pytest.raises(ValueError, match="global_step is required"):
        tf.train.exponential_decay(0.1, None, 1, 1)


def test_the_global_step_must_be_an_integer_scalar() -> None:
    tf.Variable([1.0], name="global_step")
    with pytest.raises(TypeError, match="does not have integer type"):
        tf.train.get_global_step()
    with tf.Graph().as_default():
        tf.train.create_global_step()
        with pytest.raises(ValueError, match="already exists"):
            tf.train.create_global_step()
