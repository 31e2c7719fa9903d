"""The operators of tensors: `x + 1`, `-x`, `x < y`, each under the name scope that TensorFlow gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.slots import slots
from ..framework.tensor import Tensor
from . import division, linalg, math, unary

# ---- what each operator adds, inside its name scope


def _add(x: Any, y: Any, name: str) -> Tensor:
    if not isinstance(y, Tensor):
        y = convert.convert_to_tensor(y, preferred_dtype=dtypes.as_dtype(x.dtype).base_dtype, name="y")
    return (raw.Add if x.dtype.base_dtype is dtypes.string else raw.AddV2)(x, y, name=name)


def _mul(x: Any, y: Any, name: str) -> Tensor:
    if any(isinstance(each, Tensor) and each._dtype.base_dtype is dtypes.bool_ for each in (x, y)):
        product = raw.Mul(raw.Cast(x, DstT=dtypes.int32), raw.Cast(y, DstT=dtypes.int32), name=name)
        return raw.Cast(product, DstT=dtypes.bool_)
    return raw.Mul(x, y, name=name)


def _matmul(x: Any, y: Any, name: str) -> Tensor:
    return linalg.matmul(x, y, name=name)


def _logic(of_bools: str, of_bits: str) -> Callable[..., Tensor]:
    def function(x: Any, y: Any, name: str) -> Tensor:
        if _first_dtype(x, y) is not dtypes.bool_:
            return getattr(raw, of_bits)(x, y)
        return getattr(raw, of_bools)(x, y, name=name)

    return function


def _xor(x: Any, y: Any, name: str) -> Tensor:
    from .compare import logical_xor

    return logical_xor(x, y, name=name) if _first_dtype(x, y) is dtypes.bool_ else raw.BitwiseXor(x, y)


def _first_dtype(x: Any, y: Any) -> dtypes.DType:
    element = convert.graph_element(x)
    return (element if element is not None else convert.graph_element(y))._dtype.base_dtype


_BINARY: dict[str, Callable[..., Any]] = {
    "add": _add,
    "sub": lambda x, y, name: math.subtract(x, y, name=name),
    "mul": _mul,
    "truediv": lambda x, y, name: division.truediv(x, y, name=name),
    "div": lambda x, y, name: division.div(x, y, name=name),
    "floordiv": lambda x, y, name: division.floordiv(x, y, name=name),
    "mod": lambda x, y, name: raw.FloorMod(x, y, name=name),
    "pow": lambda x, y, name: math.pow(x, y, name=name),
    "matmul": _matmul,
    "and": _logic("LogicalAnd", "BitwiseAnd"),
    "or": _logic("LogicalOr", "BitwiseOr"),
    "xor": _xor,
}
_COMPARISONS = {"lt": "Less", "le": "LessEqual", "gt": "Greater", "ge": "GreaterEqual"}


def binary_operator(name: str, x: Any, y: Any) -> Any:
    """Returns what the operator `name` (`"add"`, `"radd"`, `"lt"`, ...) of a tensor or variable `x` gives with `y`.

    The other operand becomes a tensor of the dtype of `x` if it is a plain value.
    """
    comparison = _COMPARISONS.get(name)
    if comparison is not None:
        return getattr(raw, comparison)(x, y)
    function = _BINARY.get(name)
    if function is None:
        return _reflected(name[1:], x, y)
    with op_scope(None, name, [x, y]) as scope:
        try:
            return function(x, y, scope)
        except (TypeError, ValueError) as error:
            reflected = getattr(type(y), f"__r{name}__", None)
            if reflected is None:
                raise
            try:
                result = reflected(y, x)
            except (TypeError, ValueError):
                raise error from None
            if result is NotImplemented:
                raise
            return result


def _reflected(name: str, y: Any, x: Any) -> Any:
    """Returns `x <operator> y`, where `y` is the tensor; `x` becomes one of the dtype of `y`."""
    with op_scope(None, name, [x, y]) as scope:
        x = convert.convert_to_tensor(x, dtypes.as_dtype(y.dtype).base_dtype, name="x")
        return _BINARY[name](x, y, scope)


def unary_operator(name: str, x: Any) -> Any:
    """Returns what the operator `name` (`"neg"`, `"abs"`, `"invert"`) of a tensor or variable gives."""
    if name == "neg":
        return raw.Neg(x)
    if name == "abs":
        return unary.abs(x)
    if dtypes.as_dtype(x.dtype).base_dtype is dtypes.bool_:
        return raw.LogicalNot(x)
    return raw.Invert(x)


slots.binary_operator = binary_operator
slots.unary_operator = unary_operator
