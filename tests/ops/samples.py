"""One row for each operation type: how to build it from float64 inputs, and what numpy says of its value.

`SAMPLES[type] = Sample(build, inputs, expected)`: `build(tf, *tensors)` gives the output to look at, `expected(*arrays)` its value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tfmini.framework.registry import raw

_random = np.random.RandomState(7)


class Sample(NamedTuple):
    """One operation on given inputs.

    Attributes:
      build: `f(tf, *tensors) -> tensor`.
      inputs: float64 arrays; the gradient is checked with respect to each.
      expected: `f(*arrays) -> array`, or None when no independent formula is short.
      gradient: whether the output depends smoothly on the inputs.
    """

    build: Callable[..., Any]
    inputs: tuple[np.ndarray, ...]
    expected: Callable[..., Any] | None = None
    gradient: bool = True


def normal(*shape: int) -> np.ndarray:
    """Returns numbers away from zero, of both signs."""
    values = _random.uniform(0.3, 1.7, shape)
    return values * np.where(_random.rand(*shape) < 0.5, -1, 1)


def positive(*shape: int) -> np.ndarray:
    """Returns numbers from 0.3 to 1.7."""
    return _random.uniform(0.3, 1.7, shape)


def _unary(
    name: str, function: Any, inputs: np.ndarray, gradient: bool = True, build: Any = None
) -> tuple[str, Sample]:
    def by_raw(tf: Any, x: Any) -> Any:
        return getattr(raw, name)(x)

    return name, Sample(build or by_raw, (inputs,), function, gradient)


def _binary(name: str, function: Any, x: np.ndarray, y: np.ndarray, gradient: bool = True) -> tuple[str, Sample]:
    def by_raw(tf: Any, a: Any, b: Any) -> Any:
        return getattr(raw, name)(a, b)

    return name, Sample(by_raw, (x, y), function, gradient)


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _zeta(x: int, q: np.ndarray) -> np.ndarray:
    """The sum of `(q + k)**-x`: a million terms, and the integral and half the first term for the rest."""
    k, rest = np.arange(1_000_000.0), q + 1_000_000.0
    terms = np.array([((each + k) ** -float(x)).sum() for each in q.reshape(-1)]).reshape(q.shape)
    return terms + rest ** (1.0 - x) / (x - 1) + rest ** -float(x) / 2


_A, _B, _C = normal(2, 3), normal(3), normal(2, 3, 4)
_P, _Q = positive(2, 3), positive(2, 1)
_LABELS = np.array([2, 0])

SAMPLES: dict[str, Sample] = dict(
    [
        _unary("Neg", np.negative, _A),
        _unary("Abs", np.abs, _A),
        _unary("Sign", np.sign, _A, gradient=False),
        _unary("Floor", np.floor, _A, gradient=False),
        _unary("Ceil", np.ceil, _A, gradient=False),
        _unary("Round", np.rint, _A, gradient=False),
        _unary("Rint", np.rint, _A, gradient=False),
        _unary("Square", np.square, _A),
        _unary("Sqrt", np.sqrt, _P),
        _unary("Rsqrt", lambda x: 1 / np.sqrt(x), _P),
        _unary("Reciprocal", lambda x: 1 / x, _A),
        _unary("Exp", np.exp, _A),
        _unary("Expm1", np.expm1, _A),
        _unary("Log", np.log, _P),
        _unary("Log1p", np.log1p, _P),
        _unary("Tanh", np.tanh, _A),
        _unary("Sigmoid", lambda x: 1 / (1 + np.exp(-x)), _A),
        _unary("Sinh", np.sinh, _A),
        _unary("Cosh", np.cosh, _A),
        _unary("Sin", np.sin, _A),
        _unary("Cos", np.cos, _A),
        _unary("Tan", np.tan, _P * 0.5),
        _unary("Asin", np.arcsin, _A * 0.5),
        _unary("Acos", np.arccos, _A * 0.5),
        _unary("Atan", np.arctan, _A),
        _unary("Relu", lambda x: np.maximum(x, 0), _A),
        _unary("Relu6", lambda x: np.clip(x, 0, 6), _A * 5),
        _unary("Elu", lambda x: np.where(x < 0, np.exp(x) - 1, x), _A),
        _unary("Softplus", lambda x: np.log1p(np.exp(x)), _A),
        _unary("Softsign", lambda x: x / (1 + np.abs(x)), _A),
        _unary("Selu", lambda x: 1.0507009873554805 * np.where(x < 0, 1.6732632423543772 * np.expm1(x), x), _A),
        _unary(
            "LeakyRelu",
            lambda x: np.where(x > 0, x, np.float64(np.float32(0.1)) * x),
            _A,
            build=lambda tf, x: tf.nn.leaky_relu(x, 0.1),
        ),
        _unary("Softmax", _softmax, _A),
        _unary("LogSoftmax", lambda x: np.log(_softmax(x)), _A),
        _unary("L2Loss", lambda x: (x * x).sum() / 2, _A),
        _unary("Erf", None, _A),
        _unary("Erfc", None, _A),
        _unary("Lgamma", None, _P),
        _unary("Digamma", None, _P),
        _unary("Polygamma", lambda x: 2 * -_zeta(3, x), _P, build=lambda tf, x: tf.polygamma(tf.ones_like(x) * 2, x)),
        _unary("Zeta", lambda q: _zeta(3, q), _P, build=lambda tf, q: tf.zeta(tf.ones_like(q) * 3, q)),
        _unary("Identity", lambda x: x, _A),
        _unary("ZerosLike", np.zeros_like, _A, gradient=False),
        _unary("OnesLike", np.ones_like, _A, gradient=False),
        _unary("CheckNumerics", lambda x: x, _A, build=lambda tf, x: tf.check_numerics(x, "bad")),
        _unary("EnsureShape", lambda x: x, _A, build=lambda tf, x: tf.ensure_shape(x, [2, None])),
        _unary(
            "PlaceholderWithDefault", lambda x: x, _A, build=lambda tf, x: tf.placeholder_with_default(x, [2, None])
        ),
        _binary("Add", np.add, _A, _B),
        _binary("AddV2", np.add, _A, _B),
        _binary("Sub", np.subtract, _A, _B),
        _binary("Mul", np.multiply, _A, _B),
        _binary("RealDiv", np.divide, _A, _B),
        _binary("Div", np.divide, _A, _Q),
        _binary("FloorDiv", np.floor_divide, _A, _B, gradient=False),
        _binary("FloorMod", np.mod, _A, _B),
        _binary("TruncateDiv", lambda x, y: np.trunc(x / y), _A, _B, gradient=False),
        _binary("TruncateMod", np.fmod, _A, _B, gradient=False),
        _binary("DivNoNan", np.divide, _A, _B),
        _binary("Xdivy", np.divide, _A, _B),
        _binary("Xlogy", lambda x, y: x * np.log(y), _A, _Q),
        _binary("Pow", np.power, _P, _B),
        _binary("Minimum", np.minimum, _A, _B),
        _binary("Maximum", np.maximum, _A, _B),
        _binary("SquaredDifference", lambda x, y: (x - y) ** 2, _A, _Q),
        _binary("Atan2", np.arctan2, _A, _B),
        _binary("Equal", np.equal, _A, _B, gradient=False),
        _binary("NotEqual", np.not_equal, _A, _B, gradient=False),
        _binary("Less", np.less, _A, _B, gradient=False),
        _binary("LessEqual", np.less_equal, _A, _B, gradient=False),
        _binary("Greater", np.greater, _A, _B, gradient=False),
        _binary("GreaterEqual", np.greater_equal, _A, _B, gradient=False),
        _binary("BiasAdd", np.add, _A, _B),
        _binary("BiasAddV1", np.add, _A, _B),
    ]
)
SAMPLES |= {
    "AddN": Sample(lambda tf, x, y: tf.add_n([x, y, x]), (_A, _P), lambda x, y: 2 * x + y),
    "MatMul": Sample(lambda tf, x, y: tf.matmul(x, y, transpose_b=True), (_A, _P), lambda x, y: x @ y.T),
    "BatchMatMulV2": Sample(
        lambda tf, x, y: tf.matmul(x, y), (_C, normal(4, 2)), lambda x, y: np.einsum("bij,jk->bik", x, y)
    ),
    "Sum": Sample(lambda tf, x: tf.reduce_sum(x, [0, 2]), (_C,), lambda x: x.sum((0, 2))),
    "Mean": Sample(lambda tf, x: tf.reduce_mean(x, 1), (_C,), lambda x: x.mean(1)),
    "Prod": Sample(lambda tf, x: tf.reduce_prod(x, 1), (_C,), lambda x: x.prod(1)),
    "Max": Sample(lambda tf, x: tf.reduce_max(x, 1, keepdims=True), (_C,), lambda x: x.max(1, keepdims=True)),
    "Min": Sample(lambda tf, x: tf.reduce_min(x), (_C,), lambda x: x.min()),
    "ArgMax": Sample(lambda tf, x: tf.argmax(x, 1), (_C,), lambda x: x.argmax(1), False),
    "ArgMin": Sample(lambda tf, x: tf.argmin(x, 2), (_C,), lambda x: x.argmin(2), False),
    "Cumsum": Sample(lambda tf, x: tf.cumsum(x, 1), (_C,), lambda x: x.cumsum(1)),
    "Cumprod": Sample(lambda tf, x: tf.cumprod(x, 2), (_C,), lambda x: x.cumprod(2)),
    "Reshape": Sample(lambda tf, x: tf.reshape(x, [4, -1]), (_C,), lambda x: x.reshape(4, 6)),
    "ExpandDims": Sample(lambda tf, x: tf.expand_dims(x, 1), (_A,), lambda x: x[:, None]),
    "Squeeze": Sample(lambda tf, x: tf.squeeze(x, [1]), (_Q,), lambda x: x[:, 0]),
    "Tile": Sample(lambda tf, x: tf.tile(x, [2, 3]), (_A,), lambda x: np.tile(x, [2, 3])),
    "BroadcastTo": Sample(lambda tf, x: tf.broadcast_to(x, [2, 3]), (_B,), lambda x: np.broadcast_to(x, (2, 3))),
    "Transpose": Sample(lambda tf, x: tf.transpose(x, [2, 0, 1]), (_C,), lambda x: x.transpose(2, 0, 1)),
    "ReverseV2": Sample(lambda tf, x: tf.reverse(x, [0, 2]), (_C,), lambda x: x[::-1, :, ::-1]),
    "Pack": Sample(lambda tf, x, y: tf.stack([x, y], 1), (_A, _P), lambda x, y: np.stack([x, y], 1)),
    "Unpack": Sample(lambda tf, x: tf.unstack(x, num=3, axis=1)[2], (_A,), lambda x: x[:, 2]),
    "ConcatV2": Sample(lambda tf, x, y: tf.concat([x, y], 1), (_A, _Q), lambda x, y: np.concatenate([x, y], 1)),
    "Split": Sample(lambda tf, x: tf.split(x, 3, 1)[1], (_C,), lambda x: x[:, 1:2]),
    "SplitV": Sample(lambda tf, x: tf.split(x, [1, -1], 2)[1], (_C,), lambda x: x[..., 1:]),
    "Slice": Sample(lambda tf, x: tf.slice(x, [0, 1, 0], [-1, 2, 3]), (_C,), lambda x: x[:, 1:3, :3]),
    "StridedSlice": Sample(lambda tf, x: x[1, ::-2, ..., None], (_C,), lambda x: x[1, ::-2, ..., None]),
    "GatherV2": Sample(lambda tf, x: tf.gather(x, [2, 0, 2], axis=1), (_C,), lambda x: x[:, [2, 0, 2]]),
    "GatherNd": Sample(lambda tf, x: tf.gather_nd(x, [[0, 2], [1, 1]]), (_C,), lambda x: x[[0, 1], [2, 1]]),
    "ScatterNd": Sample(
        lambda tf, x: tf.scatter_nd([[3], [1]], x, [4, 3]),
        (_A,),
        lambda x: np.stack([np.zeros(3), x[1], np.zeros(3), x[0]]),
    ),
    "Select": Sample(lambda tf, x, y: tf.where([True, False], x, y), (_A, _P), lambda x, y: np.stack([x[0], y[1]])),
    "SelectV2": Sample(lambda tf, x, y: tf.where_v2(x > y, x, y), (_A, _B), np.maximum),
    "Pad": Sample(lambda tf, x: tf.pad(x, [[1, 0], [0, 2]]), (_A,), lambda x: np.pad(x, [[1, 0], [0, 2]])),
    "PadV2": Sample(
        lambda tf, x: tf.pad(x, [[1, 0], [0, 2]], constant_values=5),
        (_A,),
        lambda x: np.pad(x, [[1, 0], [0, 2]], constant_values=5),
    ),
    "MirrorPad": Sample(
        lambda tf, x: tf.pad(x, [[1, 1], [2, 1]], "REFLECT"),
        (_A,),
        lambda x: np.pad(x, [[1, 1], [2, 1]], mode="reflect"),
    ),
    "Fill": Sample(lambda tf, x: tf.fill([2, 2], x), (np.array(1.5),), lambda x: np.full((2, 2), x)),
    "Diag": Sample(lambda tf, x: tf.diag(x), (_B,), np.diag),
    "DiagPart": Sample(lambda tf, x: tf.diag_part(x), (normal(3, 3),), np.diag),
    "MatrixDiagV3": Sample(lambda tf, x: tf.matrix_diag(x), (_B,), np.diag),
    "MatrixDiagPartV3": Sample(lambda tf, x: tf.matrix_diag_part(x), (_C,), lambda x: np.diagonal(x, axis1=1, axis2=2)),
    "MatrixBandPart": Sample(lambda tf, x: tf.matrix_band_part(x, 0, -1), (normal(3, 3),), np.triu),
    "TopKV2": Sample(lambda tf, x: tf.nn.top_k(x, 2)[0], (_A,), lambda x: np.sort(x, axis=1)[:, :0:-1]),
    "SoftmaxCrossEntropyWithLogits": Sample(
        lambda tf, z: tf.nn.softmax_cross_entropy_with_logits_v2(labels=_softmax(_P), logits=z),
        (_A,),
        lambda z: -(_softmax(_P) * np.log(_softmax(z))).sum(1),
    ),
    "SparseSoftmaxCrossEntropyWithLogits": Sample(
        lambda tf, z: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=_LABELS, logits=z),
        (_A,),
        lambda z: -np.log(_softmax(z))[[0, 1], _LABELS],
    ),
    "UnsortedSegmentSum": Sample(
        lambda tf, x: tf.unsorted_segment_sum(x, [1, 1], 3),
        (_A,),
        lambda x: np.stack([np.zeros(3), x.sum(0), np.zeros(3)]),
    ),
    "SegmentSum": Sample(lambda tf, x: tf.segment_sum(x, [0, 0]), (_A,), lambda x: x.sum(0, keepdims=True)),
    "SegmentMean": Sample(lambda tf, x: tf.segment_mean(x, [0, 0]), (_A,), lambda x: x.mean(0, keepdims=True)),
    "DynamicStitch": Sample(
        lambda tf, x, y: tf.dynamic_stitch([[1, 0], [2]], [x, y]),
        (_A, normal(1, 3)),
        lambda x, y: np.stack([x[1], x[0], y[0]]),
    ),
    "DynamicPartition": Sample(lambda tf, x: tf.dynamic_partition(x, [1, 0], 2)[1], (_A,), lambda x: x[:1]),
    "ClipByValue": Sample(
        lambda tf, x: raw.ClipByValue(x, -1.0, 1.0),
        (_A,),
        lambda x: np.clip(x, -1, 1),
    ),
    "Cast": Sample(lambda tf, x: tf.cast(tf.cast(x, tf.float64), tf.float64) * 1.0, (_A,), lambda x: x),
    "Print": Sample(lambda tf, x: tf.Print(x, [x], first_n=0), (_A,), lambda x: x),
}
