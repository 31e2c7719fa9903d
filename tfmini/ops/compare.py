"""Comparisons and logic."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.registry import OpDef, op, raw
from ..framework.tensor import Tensor
from .shape_functions import NUMBERS, REALS, broadcast, unchanged

__all__ = [
    "approximate_equal",
    "equal",
    "greater",
    "greater_equal",
    "is_finite",
    "is_inf",
    "is_nan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]


def _comparison(name: str, attrs: list[str], kernel: Any) -> OpDef:
    definition = op(f"{name}(x: T, y: T) -> (z: bool)", attrs=attrs)
    definition.shape(broadcast)
    definition.kernel(kernel)
    return definition.no_gradient()


def _equal_kernel(x: Any, y: Any) -> Any:
    if isinstance(x, bytes) and isinstance(y, bytes):
        return np.bool_(x == y)
    return np.equal(x, y)


def _not_equal_kernel(x: Any, y: Any) -> Any:
    if isinstance(x, bytes) and isinstance(y, bytes):
        return np.bool_(x != y)
    return np.not_equal(x, y)


equal_op = _comparison("Equal", ["T: type", "incompatible_shape_error: bool = true"], _equal_kernel)
not_equal_op = _comparison("NotEqual", ["T: type", "incompatible_shape_error: bool = true"], _not_equal_kernel)
less_op = _comparison("Less", [f"T: {REALS}"], np.less)
less_equal_op = _comparison("LessEqual", [f"T: {REALS}"], np.less_equal)
greater_op = _comparison("Greater", [f"T: {REALS}"], np.greater)
greater_equal_op = _comparison("GreaterEqual", [f"T: {REALS}"], np.greater_equal)

approximate_equal_op = op(
    "ApproximateEqual(x: T, y: T) -> (z: bool)", attrs=[f"T: {NUMBERS}", "tolerance: float = 1e-05"]
)
approximate_equal_op.shape(broadcast)
approximate_equal_op.no_gradient()


@approximate_equal_op.kernel
def _approximate_equal_kernel(x: Any, y: Any, *, tolerance: float) -> Any:
    return np.abs(x - y) < tolerance


def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether they are equal."""
    return raw.Equal(x, y, name=name)


def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether they differ."""
    return raw.NotEqual(x, y, name=name)


def less(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether `x < y`."""
    return raw.Less(x, y, name=name)


def less_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether `x <= y`."""
    return raw.LessEqual(x, y, name=name)


def greater(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether `x > y`."""
    return raw.Greater(x, y, name=name)


def greater_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether `x >= y`."""
    return raw.GreaterEqual(x, y, name=name)


def approximate_equal(x: Any, y: Any, tolerance: float = 1e-05, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether they differ by less than `tolerance`."""
    return raw.ApproximateEqual(x, y, tolerance=tolerance, name=name)


# ---- logic


def _logic(signature: str, kernel: Any, shape: Any) -> OpDef:
    definition = op(signature)
    definition.shape(shape)
    definition.kernel(kernel)
    return definition.no_gradient()


logical_and_op = _logic("LogicalAnd(x: bool, y: bool) -> (z: bool)", np.logical_and, broadcast)
logical_or_op = _logic("LogicalOr(x: bool, y: bool) -> (z: bool)", np.logical_or, broadcast)
logical_not_op = _logic("LogicalNot(x: bool) -> (y: bool)", np.logical_not, unchanged)


def logical_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether both are true."""
    return raw.LogicalAnd(x, y, name=name)


def logical_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Says for each pair of elements whether one is true."""
    return raw.LogicalOr(x, y, name=name)


def logical_not(x: Any, name: str | None = None) -> Tensor:
    """Says for each element whether it is false."""
    return raw.LogicalNot(x, name=name)


def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """Says for each pair of elements whether exactly one is true."""
    return raw.LogicalAnd(raw.LogicalOr(x, y), raw.LogicalNot(raw.LogicalAnd(x, y)), name=name)


# ---- kinds of numbers

_TESTED = "T: {bfloat16, float16, float32, float64}"


def _test(name: str, kernel: Any) -> OpDef:
    definition = op(f"{name}(x: T) -> (y: bool)", attrs=[_TESTED])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition.no_gradient()


is_nan_op = _test("IsNan", np.isnan)
is_inf_op = _test("IsInf", np.isinf)
is_finite_op = _test("IsFinite", np.isfinite)


def is_nan(x: Any, name: str | None = None) -> Tensor:
    """Says for each element whether it is no number."""
    return raw.IsNan(x, name=name)


def is_inf(x: Any, name: str | None = None) -> Tensor:
    """Says for each element whether it is infinite."""
    return raw.IsInf(x, name=name)


def is_finite(x: Any, name: str | None = None) -> Tensor:
    """Says for each element whether it is a finite number."""
    return raw.IsFinite(x, name=name)
