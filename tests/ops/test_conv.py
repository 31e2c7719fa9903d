"""Convolutions and pooling against their definitions, in loops over windows; layouts, short floats, arrays to fill, large pictures."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tfmini as tf
from tfmini.framework.registry import get
from tfmini.ops import convolving, pooling
from tfmini.ops.windows import axis_of


def _normal(*shape: int) -> np.ndarray:
    return np.random.RandomState(len(shape) + sum(shape)).randn(*shape)


def _evaluate(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        return session.run(fetches, feeds)


def _by_definition(x: np.ndarray, w: np.ndarray, axes: Any) -> np.ndarray:
    """The sum over the elements of each window, one after the other."""
    height, width = axes
    y = np.zeros((x.shape[0], height.number, width.number, w.shape[3]))
    for a, b, i, j in itertools.product(
        range(height.number), range(width.number), range(w.shape[0]), range(w.shape[1])
    ):
        row = a * height.stride + i * height.gap - height.before
        column = b * width.stride + j * width.gap - width.before
        if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
            y[:, a, b] += x[:, row, column] @ w[i, j]
    return y


_SETTINGS = [
    (padding, stride, gap, channels)
    for padding, stride, gap, channels in itertools.product([b"SAME", b"VALID", b"EXPLICIT"], [1, 2, 3], [1, 2], [1, 5])
]


@pytest.mark.parametrize(("padding", "stride", "gap", "channels"), _SETTINGS)
def test_convolution_is_its_definition(padding: bytes, stride: int, gap: int, channels: int) -> None:
    """Forward, and both gradients as the transposes of the linear map: <dy, conv(x)> = <x, back(dy)>."""
    x, w = _normal(3, 9, 8, channels), _normal(3, 2, channels, 4)
    axes = [axis_of(9, 3, stride, gap, padding, (1, 4)), axis_of(8, 2, stride, gap, padding, (3, 0))]
    y = convolving.forward(x, w, *axes)
    np.testing.assert_allclose(y, _by_definition(x, w, axes), rtol=1e-10, atol=1e-10)
    dy = _normal(*y.shape)
    dx = convolving.input_gradient(w, dy, *axes)
    dw = convolving.filter_gradient(x, dy, *axes)
    assert dx.shape == x.shape
    assert dw.shape == w.shape
    for other in (_normal(3, 9, 8, channels),):
        np.testing.assert_allclose((dx * other).sum(), (dy * convolving.forward(other, w, *axes)).sum(), rtol=1e-9)
    other = _normal(3, 2, channels, 4)
    np.testing.assert_allclose((dw * other).sum(), (dy * convolving.forward(x, other, *axes)).sum(), rtol=1e-9)


def test_pictures_larger_than_a_tile_are_cut_into_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles change the order of the work, not the result."""
    x, w = _normal(2, 20, 15, 4), _normal(3, 3, 4, 5)
    axes = [axis_of(20, 3, 1, 1, b"SAME"), axis_of(15, 3, 1, 1, b"SAME")]
    dy = _normal(2, 20, 15, 5)
    whole = [
        convolving.forward(x, w, *axes),
        convolving.filter_gradient(x, dy, *axes),
        convolving.input_gradient(w, dy, *axes),
    ]
    monkeypatch.setattr(convolving, "_TILE_BYTES", 4000)
    cut = [
        convolving.forward(x, w, *axes),
        convolving.filter_gradient(x, dy, *axes),
        convolving.input_gradient(w, dy, *axes),
    ]
    for a, b in zip(whole, cut, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def test_channels_first_is_the_same_in_another_layout() -> None:
    """Values and gradients of `NCHW` are those of `NHWC`, turned."""
    x, w = _normal(2, 6, 7, 3).astype(np.float32), _normal(3, 2, 3, 4).astype(np.float32)
    last, first = tf.constant(x), tf.constant(x.transpose(0, 3, 1, 2).copy())
    filters = tf.constant(w)
    a = tf.nn.max_pool(tf.nn.conv2d(last, filters, 2, "SAME"), 2, 1, "VALID")
    b = tf.nn.max_pool(tf.nn.conv2d(first, filters, 2, "SAME", data_format="NCHW"), 2, 1, "VALID", data_format="NCHW")
    assert b.shape == (2, 4, 2, 3)
    found = _evaluate([a, tf.gradients(a, [last, filters]), b, tf.gradients(b, [first, filters])])
    np.testing.assert_allclose(found[0], found[2].transpose(0, 2, 3, 1), rtol=1e-5)
    np.testing.assert_allclose(found[1][0], found[3][0].transpose(0, 2, 3, 1), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[1][1], found[3][1], rtol=1e-5, atol=1e-6)


def test_holes_have_gradients() -> None:
    """TensorFlow refuses them on a CPU; here they are those of the same filter with zeros in the holes."""
    x, w = tf.constant(_normal(1, 8, 8, 2)), tf.constant(_normal(2, 2, 2, 3))
    y = tf.nn.conv2d(x, w, 1, "SAME", dilations=2)
    wide = np.zeros((3, 3, 2, 3))
    wide[::2, ::2] = _normal(2, 2, 2, 3)
    plain = tf.constant(wide)
    z = tf.nn.conv2d(x, plain, 1, "SAME")
    got, wanted = _evaluate([tf.gradients(y * y, [x, w]), tf.gradients(z * z, [x, plain])])
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-9)
    np.testing.assert_allclose(got[1], wanted[1][::2, ::2], rtol=1e-9)


def test_groups_of_channels() -> None:
    """A filter with fewer channels than the pictures is applied to each group of them."""
    x, w = _normal(1, 5, 5, 4), _normal(3, 3, 2, 6)
    whole = _evaluate(tf.nn.conv2d(tf.constant(x), tf.constant(w), 1, "SAME"))
    parts = [
        _evaluate(
            tf.nn.conv2d(
                tf.constant(x[..., k : k + 2]), tf.constant(w[..., 3 * (k // 2) : 3 * (k // 2) + 3]), 1, "SAME"
            )
        )
        for k in (0, 2)
    ]
    np.testing.assert_allclose(whole, np.concatenate(parts, axis=3), rtol=1e-12)


def test_short_floats_are_added_up_in_float32() -> None:
    x = np.full((1, 4, 4, 64), 0.1, np.float16)
    w = np.full((3, 3, 64, 1), 0.1, np.float16)
    y = _evaluate(tf.nn.conv2d(tf.constant(x), tf.constant(w), 1, "VALID"))
    assert y.dtype == np.float16
    np.testing.assert_allclose(y.astype(float), 576 * float(np.float16(0.1)) ** 2, rtol=1e-3)


@pytest.mark.parametrize("kind", ["Conv2D", "ConcatV2", "Pad", "GatherV2", "Gather"])
def test_an_array_to_fill_gets_the_same_bits(kind: str) -> None:
    """A kernel that takes `out` fills it and returns it."""
    x = _normal(2, 6, 5, 3).astype(np.float32)
    settings: dict[str, Any] = {}
    inputs: tuple[Any, ...]
    if kind == "Conv2D":
        inputs = (x, _normal(3, 3, 3, 4).astype(np.float32))
        settings = {
            "strides": (1, 2, 1, 1),
            "padding": b"SAME",
            "explicit_paddings": (),
            "data_format": b"NHWC",
            "dilations": (1, 1, 1, 1),
        }
    elif kind == "ConcatV2":
        inputs = (x, x, np.int32(1))
    elif kind == "Pad":
        inputs = (x, np.array([[0, 1], [2, 0], [0, 0], [1, 1]], np.int32))
    elif kind == "GatherV2":
        inputs = (x, np.array([1, 1, 0]), np.int32(2))
        settings = {"batch_dims": 0}
    else:
        inputs = (x, np.array([[1], [0]]))
    kernel = get(kind).kernel_function
    assert kernel is not None
    wanted = kernel(*inputs, **settings)
    out = np.full_like(wanted, np.nan)
    assert kernel(*inputs, **settings, out=out) is out
    assert np.array_equal(out, wanted)


# ---- pooling


@pytest.mark.parametrize("padding", [b"SAME", b"VALID"])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1), (2, 3)])
def test_pooling_is_its_definition(padding: bytes, size: int, stride: int) -> None:
    """With many ties: the gradient of a window goes to its first greatest element."""
    x = np.random.RandomState(0).randint(0, 3, (2, 7, 6, 2)).astype(np.float64)
    axes = [axis_of(7, size, stride, 1, padding), axis_of(6, size, stride, 1, padding)]
    greatest, means = pooling.greatest(x, *axes), pooling.means(x, *axes)
    dy = _normal(*greatest.shape)
    dx, dm = np.zeros_like(x), np.zeros_like(x)
    for n, a, b, c in np.ndindex(greatest.shape):
        rows = [r for r in range(a * stride - axes[0].before, a * stride - axes[0].before + size) if 0 <= r < 7]
        columns = [k for k in range(b * stride - axes[1].before, b * stride - axes[1].before + size) if 0 <= k < 6]
        window = x[n, rows][:, columns, c]
        assert greatest[n, a, b, c] == window.max()
        assert means[n, a, b, c] == pytest.approx(window.mean())
        place = np.unravel_index(window.argmax(), window.shape)
        dx[n, rows[place[0]], columns[place[1]], c] += dy[n, a, b, c]
        dm[n, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, c] += dy[n, a, b, c] / window.size
    np.testing.assert_allclose(pooling.to_greatest(x, greatest, dy, *axes), dx, atol=1e-12)
    np.testing.assert_allclose(pooling.to_means(dy, *axes), dm, atol=1e-12)


def test_windows_that_cannot_be_are_refused_when_they_run() -> None:
    """The error is that of the operation."""
    x = tf.placeholder(tf.float32)
    y = tf.nn.max_pool(x, [2, 1, 1, 1], [1, 1, 1, 1], "VALID", name="p")
    with pytest.raises(tf.errors.InvalidArgumentError, match="not yet supported on the batch dimension") as caught:
        _evaluate(y, {x: np.ones((2, 2, 2, 1))})
    assert caught.value.op.name == "p"
