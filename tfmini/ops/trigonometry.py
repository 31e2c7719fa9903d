"""Elementwise functions of angles."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.registry import raw
from ..framework.tensor import Tensor
from .cast import conj
from .constant import constant
from .elementwise import after, unary
from .shape_functions import FLOATS_AND_COMPLEX

__all__ = ["acos", "asin", "atan", "cos", "sin", "tan"]

# ---- angles

sin_op = unary("Sin", FLOATS_AND_COMPLEX, np.sin)
cos_op = unary("Cos", FLOATS_AND_COMPLEX, np.cos)
tan_op = unary("Tan", FLOATS_AND_COMPLEX, np.tan)
asin_op = unary("Asin", FLOATS_AND_COMPLEX, np.arcsin)
acos_op = unary("Acos", FLOATS_AND_COMPLEX, np.arccos)
atan_op = unary("Atan", FLOATS_AND_COMPLEX, np.arctan)


@sin_op.gradient
def _sin_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Cos(conj(op._inputs[0]))


@cos_op.gradient
def _cos_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        x = conj(op._inputs[0])
        return -dy * raw.Sin(x)


@tan_op.gradient
def _tan_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        secant = raw.Reciprocal(raw.Cos(conj(op._inputs[0])))
        return raw.Square(secant) * dy


def _inverse_gradient(op: Any, dy: Any) -> tuple[Any, Any]:
    x = conj(op._inputs[0])
    squared = raw.Square(x)
    return squared, constant(1, dtype=dy.dtype.base_dtype)


@asin_op.gradient
def _asin_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        squared, one = _inverse_gradient(op, dy)
        return dy * raw.Reciprocal(raw.Sqrt(raw.Sub(one, squared)))


@acos_op.gradient
def _acos_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        squared, one = _inverse_gradient(op, dy)
        inverse = raw.Reciprocal(raw.Sqrt(raw.Sub(one, squared)))
        return -dy * inverse


@atan_op.gradient
def _atan_gradient(op: Any, dy: Any) -> Any:
    from .math import add

    with after(dy):
        squared, one = _inverse_gradient(op, dy)
        return dy * raw.Reciprocal(add(one, squared))


def sin(x: Any, name: str | None = None) -> Tensor:
    """Returns the sine of angles in radians."""
    return raw.Sin(x, name=name)


def cos(x: Any, name: str | None = None) -> Tensor:
    """Returns the cosine of angles in radians."""
    return raw.Cos(x, name=name)


def tan(x: Any, name: str | None = None) -> Tensor:
    """Returns the tangent of angles in radians."""
    return raw.Tan(x, name=name)


def asin(x: Any, name: str | None = None) -> Tensor:
    """Returns the angle whose sine is `x`."""
    return raw.Asin(x, name=name)


def acos(x: Any, name: str | None = None) -> Tensor:
    """Returns the angle whose cosine is `x`."""
    return raw.Acos(x, name=name)


def atan(x: Any, name: str | None = None) -> Tensor:
    """Returns the angle whose tangent is `x`."""
    return raw.Atan(x, name=name)
