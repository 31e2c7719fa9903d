"""Quotients and remainders of two tensors, which broadcast together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.tensor import Tensor
from .broadcasting import sum_to_inputs
from .cast import cast, conj
from .elementwise import ARITHMETIC, FRACTIONS, binary

__all__ = [
    "div",
    "div_no_nan",
    "divide",
    "floor_div",
    "floordiv",
    "floormod",
    "mod",
    "realdiv",
    "truediv",
    "truncatediv",
    "truncatemod",
    "xdivy",
    "xlogy",
]

# ---- quotients


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a kernel so that integers refuse a divisor of zero."""

    def kernel(x: Any, y: Any) -> Any:
        if np.asarray(y).dtype.kind in "iu" and not np.all(y) and np.size(x):
            raise KernelError(InvalidArgumentError, "Integer division by zero")
        return function(x, y)

    return kernel


def _truncated_quotient(x: Any, y: Any) -> Any:
    if np.asarray(x).dtype.kind in "iu":
        quotient = np.abs(x) // np.abs(y)
        return (quotient * (np.sign(x) * np.sign(y))).astype(np.asarray(x).dtype)
    return np.trunc(x / y)


def _quotient(x: Any, y: Any) -> Any:
    return _truncated_quotient(x, y) if np.asarray(x).dtype.kind in "iu" else np.true_divide(x, y)


def _floor_quotient(x: Any, y: Any) -> Any:
    return np.floor(x / y) if np.asarray(x).dtype.kind == "f" else np.floor_divide(x, y)


real_div_op = binary("RealDiv", ARITHMETIC, np.true_divide)
div_op = binary("Div", ARITHMETIC, _whole(_quotient))
floor_div_op = binary("FloorDiv", ARITHMETIC, _whole(_floor_quotient))
truncate_div_op = binary("TruncateDiv", ARITHMETIC, _whole(_truncated_quotient))
floor_mod_op = binary(
    "FloorMod",
    "{int8, int16, int32, int64, uint8, uint16, uint32, uint64, bfloat16, float16, float32, float64}",
    _whole(np.mod),
)
truncate_mod_op = binary("TruncateMod", "{int32, int64, bfloat16, float16, float32, float64}", _whole(np.fmod))
floor_div_op.gradient(lambda op, dz: (None, None))
truncate_div_op.gradient(lambda op, dz: (None, None))


@real_div_op.gradient
def _real_div_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    cx, cy = conj(x), conj(y)
    gx = raw.RealDiv(dz, cy)
    gy = dz * raw.RealDiv(raw.RealDiv(-cx, cy), cy)
    return sum_to_inputs(x, y, gx, gy)


@div_op.gradient
def _div_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    cx, cy = conj(x), conj(y)
    gx = divide(dz, cy)
    gy = dz * divide(divide(-cx, cy), cy)
    return sum_to_inputs(x, y, gx, gy)


@floor_mod_op.gradient
def _floor_mod_gradient(op: Any, dz: Any) -> Any:
    x, y = (conj(each) for each in op._inputs)
    quotient = raw.FloorDiv(x, y)
    return sum_to_inputs(x, y, dz, dz * raw.Neg(quotient))


_TRUE_QUOTIENT_TYPE = {
    dtypes.uint8: dtypes.float32,
    dtypes.int8: dtypes.float32,
    dtypes.uint16: dtypes.float32,
    dtypes.int16: dtypes.float32,
    dtypes.uint32: dtypes.float64,
    dtypes.int32: dtypes.float64,
    dtypes.uint64: dtypes.float64,
    dtypes.int64: dtypes.float64,
    **dict.fromkeys(
        (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)
    ),
}


def _as_fractions(x: Tensor, y: Tensor, where: str) -> tuple[Tensor, Tensor]:
    kind, other = x._dtype.base_dtype, y._dtype.base_dtype
    if kind is not other:
        raise TypeError(f"`x` and `y` must have the same dtype, got {kind!r} != {other!r}.")
    if kind not in _TRUE_QUOTIENT_TYPE:
        allowed = ", ".join(repr(each) for each in _TRUE_QUOTIENT_TYPE)
        raise TypeError(f"Invalid dtype {kind!r} in {where}. Expected one of {{{allowed}}}.")
    wanted = _TRUE_QUOTIENT_TYPE[kind]
    return (x, y) if wanted is None else (cast(x, wanted), cast(y, wanted))


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` as fractions; integers become floats first.

    Raises:
      TypeError: the dtypes differ, or cannot be divided.
    """
    with op_scope(name, "truediv", [x, y]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        y = convert.convert_to_tensor(y, preferred_dtype=x._dtype.base_dtype, name="y")
        return raw.RealDiv(*_as_fractions(x, y, "__truediv__"), name=scope)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` as Python 2 divides: integers give the floor, floats a fraction."""
    with op_scope(name, "div", [x, y]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        y = convert.convert_to_tensor(y, dtype=x._dtype.base_dtype, name="y")
        kind = x._dtype
        return (raw.RealDiv if kind.is_floating or kind.is_complex else raw.FloorDiv)(x, y, name=scope)


def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` as fractions; the arguments are those of `truediv`."""
    if name is not None:
        return truediv(x, y, name=name)
    if convert.graph_element(x) is None:
        element = convert.graph_element(y)
        x = convert.convert_to_tensor(x, dtype=None if element is None else element._dtype.base_dtype)
    return x / y


def realdiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` for floats."""
    return raw.RealDiv(x, y, name=name)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the floor of `x / y`."""
    with op_scope(name, "floordiv", [x, y]) as scope:
        return raw.FloorDiv(x, y, name=scope)


def floor_div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the floor of `x / y`."""
    return raw.FloorDiv(x, y, name=name)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` cut towards zero."""
    return raw.TruncateDiv(x, y, name=name)


def truncatemod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the rest of `x / y`, which has the sign of `x`."""
    return raw.TruncateMod(x, y, name=name)


def mod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the rest of `x / y`, which has the sign of `y`."""
    return raw.FloorMod(x, y, name=name)


floormod = mod


# ---- quotients and products with a rule for zero


def _zero_where(zero: Any, function: Callable[..., Any], x: Any, y: Any) -> Any:
    result = function(x, y)
    return np.where(zero, np.zeros((), dtype=result.dtype), result)[()]


div_no_nan_op = binary(
    "DivNoNan",
    "{float16, float32, bfloat16, float64, complex64, complex128}",
    lambda x, y: _zero_where(np.equal(y, 0), np.true_divide, x, y),
)
xdivy_op = binary("Xdivy", FRACTIONS, lambda x, y: _zero_where(np.equal(x, 0), np.true_divide, x, y))
xlogy_op = binary("Xlogy", FRACTIONS, lambda x, y: _zero_where(np.equal(x, 0), lambda a, b: a * np.log(b), x, y))


@div_no_nan_op.gradient
def _div_no_nan_gradient(op: Any, dz: Any) -> Any:
    x, y = (conj(each) for each in op._inputs)
    gx = div_no_nan(dz, y)
    gy = dz * div_no_nan(div_no_nan(-x, y), y)
    return sum_to_inputs(x, y, gx, gy)


def _x_gradient(op: Any, dz: Any, partial_x: Any, partial_y: Any) -> Any:
    from .array import shape
    from .compare import not_equal
    from .reduction import reduce_sum
    from .shaping import reshape

    x, y = op._inputs
    x_shape, y_shape = shape(x), shape(y)
    x_axes, y_axes = raw.BroadcastGradientArgs(x_shape, y_shape)
    kind = x._dtype.base_dtype
    with x.graph.control_dependencies([dz]):
        present = cast(not_equal(x, cast(0.0, kind)), kind)
        gx = partial_x(present, y)
        gy = partial_y(x, y)
        return (
            reshape(reduce_sum(gx * dz, x_axes), x_shape),
            reshape(reduce_sum(gy * dz, y_axes), y_shape),
        )


xlogy_op.gradient(lambda op, dz: _x_gradient(op, dz, raw.Xlogy, raw.Xdivy))
xdivy_op.gradient(lambda op, dz: _x_gradient(op, dz, raw.Xdivy, lambda x, y: raw.Xdivy(raw.Neg(x), y**2)))


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y`, and 0 where `y` is 0."""
    with op_scope(name, "div_no_nan", [x, y]) as scope:
        if convert.graph_element(x) is None and convert.graph_element(y) is not None:
            y = convert.convert_to_tensor(y, name="y")
            x = convert.convert_to_tensor(x, dtype=y._dtype.base_dtype, name="x")
        else:
            x = convert.convert_to_tensor(x, name="x")
            y = convert.convert_to_tensor(y, preferred_dtype=x._dtype.base_dtype, name="y")
        return raw.DivNoNan(*_as_fractions(x, y, "tf.math.divide_no_nan"), name=scope)


def xlogy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x * log(y)`, and 0 where `x` is 0."""
    return raw.Xlogy(x, y, name=name)


def xdivy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y`, and 0 where `x` is 0."""
    with op_scope(name, "xdivy", [x]):
        return raw.Xdivy(x, y)
