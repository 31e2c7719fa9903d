"""The error function and the gamma function's logarithm, elementwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework.registry import raw
from ..framework.tensor import Tensor
from .cast import conj
from .constant import constant
from .elementwise import after, unary
from .shape_functions import WIDE_FLOATS

__all__ = ["digamma", "erf", "erfc", "lgamma"]

# ---- the error function and the logarithm of the gamma function


def _by_element(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """Makes a kernel of a function of the standard library, element by element in double precision."""
    vectorized = np.vectorize(function, otypes=[np.float64])

    def kernel(x: Any) -> Any:
        kind = np.asarray(x).dtype
        return vectorized(np.asarray(x, dtype=np.float64)).astype(kind)[()]

    return kernel


def _lgamma(x: float) -> float:
    try:
        return math.lgamma(x)
    except ValueError:
        return math.inf


erf_op = unary("Erf", WIDE_FLOATS, _by_element(math.erf))
erfc_op = unary("Erfc", WIDE_FLOATS, _by_element(math.erfc))
lgamma_op = unary("Lgamma", WIDE_FLOATS, _by_element(_lgamma))


def _erf_slope(op: Any, dy: Any, factor: float) -> Any:
    scale = constant(factor, dtype=dy.dtype.base_dtype)
    with after(dy):
        x = conj(op._inputs[0])
        return dy * scale * raw.Exp(-raw.Square(x))


digamma_op = unary("Digamma", WIDE_FLOATS, lambda x: _digamma_kernel(x))


def _digamma_kernel(x: Any) -> Any:
    """The derivative of `log(gamma(x))`: reflection for negative x, recurrence up to 10, then the asymptotic series."""
    kind = np.asarray(x).dtype
    z = np.array(x, dtype=np.float64, copy=True)
    poles = (z <= 0) & (z == np.floor(z))
    negative = (z < 0) & ~poles
    reflected = np.where(negative, np.pi / np.tan(np.pi * np.where(negative, z, 0.5)), 0.0)
    z = np.where(negative, 1 - z, np.where(poles, 1.0, z))
    total = np.zeros_like(z)
    for _ in range(10):
        small = z < 10
        total -= np.where(small, 1 / z, 0.0)
        z = np.where(small, z + 1, z)
    inverse = 1 / (z * z)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    result = np.log(z) - 0.5 / z - series + total - reflected
    return np.where(poles, np.nan, result).astype(kind)[()]


@lgamma_op.gradient
def _lgamma_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        return dy * raw.Digamma(conj(op._inputs[0]))


erf_op.gradient(lambda op, dy: _erf_slope(op, dy, 2 / math.sqrt(math.pi)))
erfc_op.gradient(lambda op, dy: _erf_slope(op, dy, -2 / math.sqrt(math.pi)))


def erf(x: Any, name: str | None = None) -> Tensor:
    """Returns the error function."""
    return raw.Erf(x, name=name)


def erfc(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 - erf(x)`."""
    return raw.Erfc(x, name=name)


def digamma(x: Any, name: str | None = None) -> Tensor:
    """Returns the derivative of `lgamma(x)`."""
    return raw.Digamma(x, name=name)


def lgamma(x: Any, name: str | None = None) -> Tensor:
    """Returns the logarithm of the absolute value of the gamma function."""
    return raw.Lgamma(x, name=name)
