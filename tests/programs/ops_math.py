"""One program for each operation of arithmetic, comparison, reduction and linear algebra."""

from __future__ import annotations

import numpy as np

from .tools import case

_X = np.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.25]], np.float32)
_POSITIVE = np.array([[1.5, 2.0, 0.25], [3.0, 0.5, 1.25]], np.float32)
_UNIT = np.array([[0.5, -0.2, 0.25], [0.9, 0.0, -0.75]], np.float32)
_ROW = np.array([2.0, 0.5, -4.0], np.float32)
_ONE = np.array(2.0, np.float32)
_INTS = np.array([[7, -7, 3], [5, -2, 9]], np.int32)
_MORE = np.array([3, 2, -4], np.int32)
_YES = np.array([[True, False, True], [False, False, True]])

# ---- one input

for _name in [
    "negative",
    "abs",
    "square",
    "exp",
    "tanh",
    "sigmoid",
    "sign",
    "floor",
    "ceil",
    "sin",
    "cos",
    "erf",
    "expm1",
    "round",
    "rint",
]:

    def _unary(tf, x, name=_name):
        return getattr(tf, name)(x)

    case(__name__, _name, _unary, _X, wrong=[lambda tf, name=_name: getattr(tf, name)("text")])
    case(__name__, f"{_name}_double", _unary, _X.astype(np.float64))

for _name in ["sqrt", "rsqrt", "log", "log1p", "reciprocal", "lgamma"]:

    def _positive(tf, x, name=_name):
        return getattr(tf, name)(x)

    case(__name__, _name, _positive, _POSITIVE)

for _name in ["asin", "acos", "atan", "tan", "sinh", "cosh"]:

    def _unit(tf, x, name=_name):
        return getattr(tf, name)(x)

    case(__name__, _name, _unit, _UNIT)

for _name in ["negative", "abs", "square", "sign"]:

    def _integer(tf, x, name=_name):
        return getattr(tf, name)(x)

    case(__name__, f"{_name}_int", _integer, _INTS)

case(
    __name__,
    "is_nan",
    lambda tf, x: [tf.is_nan(x), tf.is_inf(x), tf.is_finite(x)],
    np.array([1.0, np.nan, np.inf, -np.inf]),
)
case(__name__, "logical_not", lambda tf, x: tf.logical_not(x), _YES, wrong=[lambda tf: tf.logical_not(1)])
case(__name__, "named", lambda tf, x: [tf.negative(x, name="n"), tf.abs(x, name="n"), tf.square(x, "n")], _X)

# ---- two inputs

_BINARY = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "truediv",
    "floordiv",
    "div",
    "realdiv",
    "floormod",
    "mod",
    "pow",
    "maximum",
    "minimum",
    "squared_difference",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "equal",
    "not_equal",
    "div_no_nan",
    "atan2",
    "truncatediv",
]

for _name in _BINARY:

    def _binary(tf, x, y, name=_name):
        return getattr(tf, name)(x, y)

    _wrong = [
        lambda tf, name=_name: getattr(tf, name)(tf.ones([2, 3]), tf.ones([2])),
        lambda tf, name=_name: getattr(tf, name)(tf.ones([2]), tf.ones([2], tf.int32)),
        lambda tf, name=_name: getattr(tf, name)(tf.ones([2]), "a"),
        lambda tf, name=_name: getattr(tf, name)(True, False),
    ]
    if _name != "truncatediv":
        case(__name__, _name, _binary, _POSITIVE, np.abs(_ROW), wrong=_wrong)
        case(__name__, f"{_name}_same_shape", _binary, _POSITIVE, _POSITIVE + 1)
        case(__name__, f"{_name}_scalar", _binary, _ONE, _POSITIVE)
    if _name not in ("realdiv", "div_no_nan", "atan2"):
        case(
            __name__,
            f"{_name}_int",
            _binary,
            np.abs(_INTS) if _name == "pow" else _INTS,
            abs(_MORE) if _name == "pow" else _MORE,
        )

for _name in ("logical_and", "logical_or", "logical_xor"):

    def _logical(tf, x, y, name=_name):
        return getattr(tf, name)(x, y)

    case(__name__, _name, _logical, _YES, _YES[0], wrong=[lambda tf, name=_name: getattr(tf, name)(1, 2)])

case(__name__, "operators", lambda tf, x, y: (x + y) * (x - 1.0) / (y + 3.0) - 2.0 * x, _X, _ROW)
case(__name__, "operators_int", lambda tf, x, y: [(x + y) * (x - 1) // (y + 7), x % 4, x / y], _INTS, _MORE)
case(
    __name__,
    "clip",
    lambda tf, x: [tf.clip_by_value(x, -1.0, 1.0), tf.clip_by_norm(x, 2.0)],
    _X,
)
case(__name__, "global_norm", lambda tf, x, y: tf.global_norm([x, y]), _X, _ROW)
case(__name__, "clip_by_global_norm", lambda tf, x, y: tf.clip_by_global_norm([x, y], 1.5)[0], _X, _ROW)
case(
    __name__,
    "add_n",
    lambda tf, x, y: [tf.add_n([x, y]), tf.add_n([x]), tf.add_n([x, y, x], name="sum")],
    _X,
    _X + 1,
    wrong=[
        lambda tf: tf.add_n([]),
        lambda tf: tf.add_n([tf.ones([2]), tf.ones([3])]),
        lambda tf: tf.add_n([tf.ones([2]), tf.ones([2], tf.int32)]),
        lambda tf: tf.add_n(3),
    ],
)
case(__name__, "accumulate_n", lambda tf, x, y: tf.accumulate_n([x, y]), _X, _X + 1)
case(
    __name__,
    "cast",
    lambda tf, x, i, b: [
        *[tf.cast(x, kind) for kind in (tf.int32, tf.float64, tf.float32)],
        *[tf.cast(each, tf.float32) for each in (i, b)],
        *[tf.to_float(i), tf.to_int64(x), tf.cast(i, tf.bool)],
    ],
    _X,
    _INTS,
    _YES,
    wrong=[lambda tf: tf.cast("x", tf.float32), lambda tf: tf.cast(1.0, "foo")],
)

# ---- reductions

for _name in ["reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod"]:

    def _reduce(tf, x, name=_name):
        function = getattr(tf, name)
        made = [function(x), function(x, 0), function(x, axis=1), function(x, [0, 1]), function(x, -1, keepdims=True)]
        return [*made, function(x, axis=[], name="none"), function(x, 1, name="r"), function(x, keepdims=True)]

    case(
        __name__,
        _name,
        _reduce,
        _X,
        wrong=[
            lambda tf, name=_name: getattr(tf, name)(tf.ones([2]), axis=3),
            lambda tf, name=_name: getattr(tf, name)(tf.ones([2]), axis="a"),
            lambda tf, name=_name: getattr(tf, name)("text"),
            lambda tf, name=_name: getattr(tf, name)([True, False]),
        ],
    )
    case(__name__, f"{_name}_int", _reduce, _INTS)

case(
    __name__,
    "reduce_sum_rank3",
    lambda tf, x: [tf.reduce_sum(x, [0, 2]), tf.reduce_mean(x, 1)],
    np.arange(24.0).reshape(2, 3, 4),
)
case(
    __name__,
    "reduce_any",
    lambda tf, x: [tf.reduce_any(x), tf.reduce_all(x), tf.reduce_any(x, 0), tf.reduce_all(x, 1, keepdims=True)],
    _YES,
    wrong=[lambda tf: tf.reduce_all([1.0])],
)
case(__name__, "reduce_logsumexp", lambda tf, x: [tf.reduce_logsumexp(x), tf.reduce_logsumexp(x, 1)], _X)
case(
    __name__,
    "argmax",
    lambda tf, x: [
        tf.argmax(x),
        tf.argmax(x, 1),
        tf.argmin(x, 0),
        tf.argmax(x, -1, output_type=tf.int32),
    ],
    _X,
    wrong=[lambda tf: tf.argmax(tf.ones([2]), 2), lambda tf: tf.argmax("a")],
)
case(
    __name__,
    "cumsum",
    lambda tf, x: [tf.cumsum(x), tf.cumsum(x, 1), tf.cumsum(x, 1, exclusive=True), tf.cumsum(x, 0, reverse=True)],
    _X,
)

# ---- linear algebra

_A = np.array([[1.0, 2.0, -1.0], [0.5, -3.0, 2.0]], np.float32)
_B = np.array([[1.0, 0.5], [2.0, -1.0], [0.25, 4.0]], np.float32)
case(
    __name__,
    "matmul",
    lambda tf, a, b: tf.matmul(a, b),
    _A,
    _B,
    wrong=[
        lambda tf: tf.matmul(tf.ones([2, 3]), tf.ones([2, 3])),
        lambda tf: tf.matmul(tf.ones([2]), tf.ones([2, 3])),
        lambda tf: tf.matmul(tf.ones([2, 3]), tf.ones([3, 2], tf.int32)),
        lambda tf: tf.matmul(1.0, 2.0),
        lambda tf: tf.matmul(tf.ones([2, 3]), "a"),
        lambda tf: tf.matmul(tf.ones([2, 2]), tf.ones([2, 2]), transpose_a=True, adjoint_a=True),
    ],
)
case(__name__, "matmul_transpose_a", lambda tf, a, b: tf.matmul(a, b, transpose_a=True), _A.T.copy(), _B)
case(__name__, "matmul_transpose_b", lambda tf, a, b: tf.matmul(a, b, transpose_b=True), _A, _B.T.copy())
case(__name__, "matmul_transpose_both", lambda tf, a, b: tf.matmul(a, b, True, True), _A.T.copy(), _B.T.copy())
case(__name__, "matmul_adjoint", lambda tf, a, b: tf.matmul(a, b, adjoint_b=True), _A, _B.T.copy())
case(__name__, "matmul_int", lambda tf, a, b: tf.matmul(a, b), _INTS, _INTS.T.copy())
case(
    __name__,
    "matmul_batch",
    lambda tf, a, b: tf.matmul(a, b),
    np.arange(12, dtype=np.float32).reshape(2, 2, 3),
    np.arange(12, dtype=np.float32).reshape(2, 3, 2),
)
case(__name__, "tensordot", lambda tf, a, b: tf.tensordot(a, b, 1), _A, _B)
case(__name__, "tensordot_axes", lambda tf, a, b: tf.tensordot(a, b, [[1], [0]]), _A, _B)
case(__name__, "diag", lambda tf, x: [tf.diag(x), tf.matrix_diag(x)], _ROW)
case(__name__, "l2_normalize", lambda tf, x: [tf.nn.l2_normalize(x, 1), tf.norm(x), tf.norm(x, axis=1)], _X)
