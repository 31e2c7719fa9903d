"""Every sample: its value, its static shape and dtype, its gradient, and the gradient of that."""

from __future__ import annotations

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework import registry

from .samples import SAMPLES as _BASIC
from .samples_pictures import PICTURES

SAMPLES = {**_BASIC, **PICTURES}

_NAMES = sorted(SAMPLES)
_SMOOTH = [name for name in _NAMES if SAMPLES[name].gradient]


_ONCE = {
    "MaxPoolWithArgmax": "TensorFlow has no second derivative of it",
    "Softsign": "TensorFlow has no second derivative of it",
}


def _random_direction(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.RandomState(seed).standard_normal(shape)


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("name", _NAMES)
def test_value_equals_numpy(name: str) -> None:
    """The kernel computes what the formula says, and the static shape and dtype agree with the value."""
    sample = SAMPLES[name]
    y = sample.build(tf, *[tf.constant(each) for each in sample.inputs])
    with tf.Session() as session:
        value = session.run(y)
    assert y.shape.is_compatible_with(np.shape(value))
    assert y.dtype.as_numpy_dtype == np.asarray(value).dtype
    if sample.expected is not None:
        np.testing.assert_allclose(value, sample.expected(*sample.inputs), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", _NAMES)
def test_unknown_sizes_give_the_same_value(name: str) -> None:
    """Fed through placeholders of unknown sizes, the operation computes the same; what its shape function says then holds too."""
    sample = SAMPLES[name]
    fed = [tf.placeholder(tf.float64, [None] * each.ndim) for each in sample.inputs]
    known = sample.build(tf, *[tf.constant(each) for each in sample.inputs])
    y = sample.build(tf, *fed)
    with tf.Session() as session:
        value, expected = session.run([y, known], dict(zip(fed, sample.inputs, strict=True)))
    assert y.shape.is_compatible_with(np.shape(value))
    np.testing.assert_array_equal(value, expected)


def _slope(session: tf.Session, y: tf.Tensor, xs: list, values: list, directions: list, step: float = 1e-6) -> float:
    """Returns the central difference of `y` along the directions."""
    ahead = session.run(y, {x: v + step * d for x, v, d in zip(xs, values, directions, strict=True)})
    behind = session.run(y, {x: v - step * d for x, v, d in zip(xs, values, directions, strict=True)})
    return float((ahead - behind) / (2 * step))


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("known", [True, False], ids=["known", "open"])
@pytest.mark.parametrize("name", _SMOOTH)
def test_gradient_equals_the_difference(name: str, known: bool, order: int) -> None:
    """Along a random direction, the gradient is the limit of differences; so is the gradient of the gradient."""
    sample = SAMPLES[name]
    xs = [
        tf.placeholder(tf.float64, each.shape if known else [None] * each.ndim, name=f"x{index}")
        for index, each in enumerate(sample.inputs)
    ]
    y = sample.build(tf, *xs)
    if order == 2:
        if name in _ONCE:
            pytest.skip(_ONCE[name])
        first = [each for each in tf.gradients(y, xs) if each is not None]
        y = tf.add_n([tf.reduce_sum(tf.convert_to_tensor(each) * _weights(sample, i)) for i, each in enumerate(first)])
    else:
        y = tf.reduce_sum(y * tf.constant(1.25, y.dtype))
    gradients = tf.gradients(y, xs)
    if all(each is None for each in gradients):
        return
    directions = [_random_direction(each.shape, 3 + index) for index, each in enumerate(sample.inputs)]
    along = tf.add_n(
        [
            tf.reduce_sum(tf.convert_to_tensor(g) * tf.constant(d))
            for g, d in zip(gradients, directions, strict=True)
            if g is not None
        ]
    )
    values = list(sample.inputs)
    with tf.Session() as session:
        found = session.run(along, dict(zip(xs, values, strict=True)))
        expected = _slope(session, y, xs, values, directions)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-7)


def _weights(sample, index: int) -> tf.Tensor:
    shape = sample.inputs[index].shape
    return tf.constant(np.random.RandomState(11 + index).uniform(0.5, 1.5, shape))


def test_every_differentiable_type_has_a_row() -> None:
    """A new operation with a gradient comes with a sample."""
    rooms = {
        name
        for name in registry.names()
        if (definition := registry.get(name)).gradient_function is not None
        and definition.gradient_function.__module__.startswith("tfmini.ops.")
        and not definition.spec.stateful
        and not definition.resources
    }
    reached_otherwise = {
        "ArgMax",
        "ArgMin",
        "BiasAddGrad",
        "ConjugateTranspose",
        "Conj",
        "EluGrad",
        "FusedBatchNormV3",
        "Gather",
        "IdentityN",
        "LRN",
        "LeakyReluGrad",
        "MatrixSetDiagV3",
        "Merge",
        "MirrorPadGrad",
        "ParallelDynamicStitch",
        "PreventGradient",
        "Qr",
        "ReadVariableOp",
        "Real",
        "RefIdentity",
        "RefMerge",
        "RefSwitch",
        "ReciprocalGrad",
        "Relu6Grad",
        "ReluGrad",
        "ResourceGather",
        "RsqrtGrad",
        "SeluGrad",
        "SigmoidGrad",
        "SoftplusGrad",
        "SqrtGrad",
        "StridedSliceGrad",
        "Switch",
        "TanhGrad",
    }
    assert rooms - set(SAMPLES) - reached_otherwise == set()
