"""Elementwise functions of one tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .array import zeros_like
from .cast import conj
from .constant import constant
from .elementwise import SIGNED, after, unary, unary_gradient
from .shape_functions import FLOATS_AND_COMPLEX, WIDE_FLOATS, unchanged

__all__ = [
    "abs",
    "ceil",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "log",
    "log1p",
    "log_sigmoid",
    "neg",
    "negative",
    "reciprocal",
    "rint",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sinh",
    "sqrt",
    "square",
    "tanh",
]

# ---- signs

neg_op = unary("Neg", SIGNED, np.negative)
neg_op.gradient(lambda op, dy: -dy)
abs_op = unary("Abs", "{bfloat16, float16, float32, float64, int8, int16, int32, int64}", np.absolute)
abs_op.gradient(lambda op, dy: dy * sign(op._inputs[0]))
sign_op = unary("Sign", SIGNED, np.sign)
sign_op.gradient(lambda op, dy: zeros_like(op._inputs[0]))

complex_abs_op = op(
    "ComplexAbs(x: T) -> (y: Tout)",
    attrs=["T: {complex64, complex128} = complex64", "Tout: {float32, float64} = float32"],
)
complex_abs_op.shape(unchanged)
complex_abs_op.kernel(np.absolute)


def negative(x: Any, name: str | None = None) -> Tensor:
    """Returns `-x`."""
    return raw.Neg(x, name=name)


neg = negative


def abs(x: Any, name: str | None = None) -> Tensor:
    """Returns the distance of each element from zero."""
    with op_scope(name, "Abs", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        if x._dtype.is_complex:
            return raw.ComplexAbs(x, Tout=x._dtype.real_dtype, name=scope)
        return raw.Abs(x, name=scope)


def sign(x: Any, name: str | None = None) -> Tensor:
    """Returns -1, 0 or 1 for each element."""
    return raw.Sign(convert.convert_to_tensor(x), name=name)


# ---- whole numbers

floor_op = unary("Floor", WIDE_FLOATS, np.floor)
ceil_op = unary("Ceil", WIDE_FLOATS, np.ceil)
round_op = unary("Round", SIGNED, np.rint)
rint_op = unary("Rint", WIDE_FLOATS, np.rint)
for _each in (floor_op, ceil_op, round_op, rint_op):
    _each.gradient(lambda op, dy: None)


def floor(x: Any, name: str | None = None) -> Tensor:
    """Returns the greatest whole numbers that are not above the elements."""
    return raw.Floor(x, name=name)


def ceil(x: Any, name: str | None = None) -> Tensor:
    """Returns the least whole numbers that are not below the elements."""
    return raw.Ceil(x, name=name)


def round(x: Any, name: str | None = None) -> Tensor:
    """Returns the nearest whole numbers; halves go to the even one. Integers are returned as they are."""
    x = convert.convert_to_tensor(x, name="x")
    return x if x._dtype.is_integer else raw.Round(x, name=name)


def rint(x: Any, name: str | None = None) -> Tensor:
    """Returns the nearest whole numbers; halves go to the even one."""
    return raw.Rint(x, name=name)


# ---- powers and roots

square_op = unary(
    "Square",
    "{bfloat16, float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128}",
    np.square,
)
sqrt_op = unary("Sqrt", FLOATS_AND_COMPLEX, np.sqrt)
rsqrt_op = unary("Rsqrt", FLOATS_AND_COMPLEX, "reciprocal(sqrt(x))")
reciprocal_op = unary("Reciprocal", SIGNED, np.reciprocal)
sqrt_grad_op = unary_gradient("SqrtGrad", lambda y, dy: dy * 0.5 / np.conjugate(y))
rsqrt_grad_op = unary_gradient("RsqrtGrad", lambda y, dy: dy * (np.conjugate(y) * -0.5) * np.square(np.conjugate(y)))
reciprocal_grad_op = unary_gradient("ReciprocalGrad", lambda y, dy: -dy * np.square(np.conjugate(y)))
sqrt_op.gradient(lambda op, dy: raw.SqrtGrad(op._outputs[0], dy))
rsqrt_op.gradient(lambda op, dy: raw.RsqrtGrad(op._outputs[0], dy))
reciprocal_op.gradient(lambda op, dy: raw.ReciprocalGrad(op._outputs[0], dy))


@square_op.gradient
def _square_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        x = conj(op._inputs[0])
        return raw.Mul(dy, raw.Mul(x, constant(2.0, dtype=x._dtype.base_dtype)))


@sqrt_grad_op.gradient
def _sqrt_grad_gradient(op: Any, dz: Any) -> Any:
    with after(dz):
        ga = dz / op._inputs[0]
        return -conj(ga) * op._outputs[0], 0.5 * ga


@rsqrt_grad_op.gradient
def _rsqrt_grad_gradient(op: Any, dz: Any) -> Any:
    a, b = op._inputs
    with after(dz):
        ca, cg = conj(a), conj(dz)
        return -1.5 * cg * b * raw.Square(ca), raw.RsqrtGrad(ca, dz)


@reciprocal_grad_op.gradient
def _reciprocal_grad_gradient(op: Any, dz: Any) -> Any:
    a, b = op._inputs
    with after(dz):
        ca, cg = conj(a), conj(dz)
        return cg * -2.0 * b * ca, raw.ReciprocalGrad(ca, dz)


def square(x: Any, name: str | None = None) -> Tensor:
    """Returns `x * x`."""
    return raw.Square(x, name=name)


def sqrt(x: Any, name: str | None = None) -> Tensor:
    """Returns the square root; NaN for negative elements."""
    return raw.Sqrt(x, name=name)


def rsqrt(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 / sqrt(x)`."""
    return raw.Rsqrt(x, name=name)


def reciprocal(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 / x`."""
    return raw.Reciprocal(x, name=name)


# ---- exponentials and logarithms

exp_op = unary("Exp", FLOATS_AND_COMPLEX, np.exp)
expm1_op = unary("Expm1", FLOATS_AND_COMPLEX, np.expm1)
log_op = unary("Log", FLOATS_AND_COMPLEX, np.log)
log1p_op = unary("Log1p", FLOATS_AND_COMPLEX, np.log1p)


@exp_op.gradient
def _exp_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * conj(op._outputs[0])


@expm1_op.gradient
def _expm1_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Exp(conj(op._inputs[0]))


@log_op.gradient
def _log_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Reciprocal(conj(op._inputs[0]))


@log1p_op.gradient
def _log1p_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Reciprocal(1 + conj(op._inputs[0]))


def exp(x: Any, name: str | None = None) -> Tensor:
    """Returns e to the power `x`."""
    return raw.Exp(x, name=name)


def expm1(x: Any, name: str | None = None) -> Tensor:
    """Returns `exp(x) - 1`, exact for small `x` too."""
    return raw.Expm1(x, name=name)


def log(x: Any, name: str | None = None) -> Tensor:
    """Returns the natural logarithm."""
    return raw.Log(x, name=name)


def log1p(x: Any, name: str | None = None) -> Tensor:
    """Returns `log(1 + x)`, exact for small `x` too."""
    return raw.Log1p(x, name=name)


# ---- the logistic function and the hyperbolic ones

tanh_op = unary("Tanh", FLOATS_AND_COMPLEX, np.tanh)
# By exp, not by tanh: for very negative x the result keeps its digits, and its logarithm stays finite.
sigmoid_op = unary("Sigmoid", FLOATS_AND_COMPLEX, "reciprocal(exp(-x) + 1)")
sinh_op = unary("Sinh", FLOATS_AND_COMPLEX, np.sinh)
cosh_op = unary("Cosh", FLOATS_AND_COMPLEX, np.cosh)
tanh_grad_op = unary_gradient("TanhGrad", "dy * (1 - y * y)")
sigmoid_grad_op = unary_gradient("SigmoidGrad", "dy * y * (1 - y)")


@tanh_op.gradient
def _tanh_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return raw.TanhGrad(conj(op._outputs[0]), dy)


@sigmoid_op.gradient
def _sigmoid_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return raw.SigmoidGrad(conj(op._outputs[0]), dy)


@tanh_grad_op.gradient
def _tanh_grad_gradient(op: Any, dz: Any) -> Any:
    with after(dz):
        a, b = (conj(each) for each in op._inputs)
        return dz * -2.0 * b * a, raw.TanhGrad(a, dz)


@sigmoid_grad_op.gradient
def _sigmoid_grad_gradient(op: Any, dz: Any) -> Any:
    with after(dz):
        a, b = (conj(each) for each in op._inputs)
        gb = dz * b
        return gb - 2.0 * gb * a, raw.SigmoidGrad(a, dz)


@sinh_op.gradient
def _sinh_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Cosh(conj(op._inputs[0]))


@cosh_op.gradient
def _cosh_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Sinh(conj(op._inputs[0]))


def tanh(x: Any, name: str | None = None) -> Tensor:
    """Returns the hyperbolic tangent."""
    return raw.Tanh(x, name=name)


def sigmoid(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 / (1 + exp(-x))`."""
    with op_scope(name, "Sigmoid", [x]) as scope:
        return raw.Sigmoid(convert.convert_to_tensor(x, name="x"), name=scope)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """Returns the logarithm of `sigmoid(x)`, finite for very negative `x` too."""
    with op_scope(name, "LogSigmoid", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        return raw.Neg(raw.Softplus(-x), name=scope)


def sinh(x: Any, name: str | None = None) -> Tensor:
    """Returns the hyperbolic sine."""
    return raw.Sinh(x, name=name)


def cosh(x: Any, name: str | None = None) -> Tensor:
    """Returns the hyperbolic cosine."""
    return raw.Cosh(x, name=name)
