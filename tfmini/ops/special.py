"""The error function, the logarithm of the gamma function, its derivatives, and the zeta function, elementwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .array import shape
from .cast import conj
from .constant import constant
from .elementwise import after, unary
from .shape_functions import WIDE_FLOATS, broadcast

__all__ = ["digamma", "erf", "erfc", "lgamma", "polygamma", "zeta"]

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


# ---- the zeta function and the derivatives of digamma

# Divisors of the terms of the Euler-Maclaurin sum: (2k)! / B(2k), with the Bernoulli numbers B.
_DIVISORS = (
    *(12.0, -720.0, 30240.0, -1209600.0, 47900160.0, -1.8924375803183791606e9, 7.47242496e10, -2.950130727918164224e12),
    *(1.1646782814350067249e14, -4.5979787224074726105e15, 1.8152105401943546773e17, -7.1661652561756670113e18),
)


def _zeta(x: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns `sum of (q + k)**-x` over k = 0, 1, ...: terms up to q + k > 9, then the Euler-Maclaurin formula for the rest.

    It is infinite for x = 1 and at the poles q = 0, -1, ...; not a number for x < 1, and for a negative q with x that is not whole.
    """
    x, q = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(q, np.float64))
    poles = (q <= 0) & (q == np.floor(q))
    senseless = (x < 1) | ((q <= 0) & ~poles & (x != np.floor(x))) | np.isnan(x) | np.isnan(q)
    usable = ~poles & ~senseless & (x != 1)
    x, at = np.where(usable, x, 2.0), np.where(usable, q, 1.0)
    term = at**-x
    total = term
    more = np.ones(np.shape(at), bool)
    count = 0
    while more.any():
        count += 1
        at = np.where(more, at + 1, at)
        term = np.where(more, at**-x, term)
        total = np.where(more, total + term, total)
        more = (at <= 9) if count >= 9 else np.ones(np.shape(at), bool)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        total = total + term * at / (x - 1) - 0.5 * term
        factor = np.ones_like(total)
        for index, divisor in enumerate(_DIVISORS):
            factor = factor * (x + 2 * index)
            term = term / at
            part = factor * term / divisor
            total = np.where(np.isfinite(part), total + part, total)
            factor = factor * (x + 2 * index + 1)
            term = term / at
    return np.where(senseless, np.nan, np.where(poles | (q == 0) | ~usable, np.inf, total))


def _zeta_kernel(x: Any, q: Any) -> Any:
    return _zeta(x, q).astype(np.asarray(x).dtype)[()]


def _polygamma_kernel(a: Any, x: Any) -> Any:
    """Returns `(-1)**(a + 1) * a! * zeta(a + 1, x)`; digamma for a = 0; not a number where `a` is not whole or negative."""
    kind = np.asarray(x).dtype
    order, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    whole = (order == np.floor(order)) & (order >= 0)
    n = np.where(whole, order, 1.0)
    factorial = np.exp(np.vectorize(math.lgamma, otypes=[np.float64])(n + 1))
    found = np.where(n % 2 == 1, 1.0, -1.0) * factorial * _zeta(n + 1, x)
    found = np.where(n == 0, _digamma_kernel(x), found)
    return np.where(whole, found, np.nan).astype(kind)[()]


zeta_op = op("Zeta(x: T, q: T) -> (z: T)", attrs=["T: {float32, float64}"])
zeta_op.shape(broadcast)
zeta_op.kernel(_zeta_kernel)
polygamma_op = op("Polygamma(a: T, x: T) -> (z: T)", attrs=["T: {float32, float64}"])
polygamma_op.shape(broadcast)
polygamma_op.kernel(_polygamma_kernel)


@digamma_op.gradient
def _digamma_gradient(op: Any, dy: Any) -> Any:
    with after(dy):
        x = conj(op._inputs[0])
        return dy * raw.Polygamma(constant(1, dtype=x.dtype.base_dtype), x)


def _second_gradient(op: Any, dz: Any, slope: Callable[[Any, Any], Any]) -> Any:
    """Returns the gradient of the second input; the first has none, as in TensorFlow."""
    first, second = op._inputs
    sizes, wanted = shape(first), shape(second)
    axes = raw.BroadcastGradientArgs(sizes, wanted)[1]
    with after(dz):
        found = slope(conj(first), conj(second))
        return None, raw.Reshape(raw.Sum(found * dz, axes), wanted)


zeta_op.gradient(lambda op, dz: _second_gradient(op, dz, lambda x, q: -x * raw.Zeta(x + 1, q)))
polygamma_op.gradient(lambda op, dz: _second_gradient(op, dz, lambda a, x: raw.Polygamma(a + 1, x)))


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


def polygamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """Returns the `a`-th derivative of `digamma(x)`; 1 gives the trigamma function. It has no gradient with respect to `a`."""
    return raw.Polygamma(a, x, name=name)


def zeta(x: Any, q: Any, name: str | None = None) -> Tensor:
    """Returns the Hurwitz zeta function, the sum of `(q + k)**-x` over k = 0, 1, .... It has no gradient with respect to `x`."""
    return raw.Zeta(x, q, name=name)


def lgamma(x: Any, name: str | None = None) -> Tensor:
    """Returns the logarithm of the absolute value of the gamma function."""
    return raw.Lgamma(x, name=name)
