"""The operators of tensors: `x + 1`, `-x`, `x < y`, each under the name scope that TensorFlow gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import convert, dtypes, quick
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.slots import slots
from ..framework.tensor import Tensor
from . import division, linalg, math, unary
from .constant import const_op, plain_array

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
    if type(x) is Tensor and x._dtype._number in _SIMPLE:
        result = _simple(name, x, y)
        if result is not None:
            return result
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
            return _by_the_other(name, x, y, error)


def _by_the_other(name: str, x: Any, y: Any, error: Exception) -> Any:
    """Returns what the reflected operator of `y` gives after `error`; raises `error` when that gives nothing either."""
    reflected = getattr(type(y), f"__r{name}__", None)
    if reflected is None:
        raise error
    try:
        result = reflected(y, x)
    except (TypeError, ValueError):
        raise error from None
    if result is NotImplemented:
        raise error
    return result


# ---- the short way: a tensor of numbers with another of its dtype, or with a Python number

_SIMPLE = frozenset(
    each._number for each in (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
)
_SHORT = {"add": "AddV2", "sub": "Sub", "mul": "Mul", "truediv": "RealDiv"}


def _simple(name: str, x: Tensor, y: Any) -> Any:
    """Returns the result of a common operator, or None when the long way has to be taken."""
    reflected = False
    op_type = _SHORT.get(name)
    if op_type is None:
        if name[0] != "r" or name[1:] not in _SHORT:
            return None
        name = name[1:]
        op_type, reflected = _SHORT[name], True
    if op_type == "RealDiv" and not x._dtype.is_floating:
        return None
    build = getattr(raw, op_type)
    if type(y) is Tensor:
        if reflected or y._dtype is not x._dtype or y._op._graph is not x._op._graph:
            return None
        graph = x._op._graph
        scope = graph.unique_name(name) + "/"
        try:
            return build(x, y, name=scope)
        except (TypeError, ValueError) as error:
            with graph.name_scope(scope):
                return _by_the_other(name, x, y, error)
    array = plain_array(y, x._dtype) if type(y) is float or type(y) is int else None
    if array is None:
        return None
    return quick.with_constant(build, const_op, x, array, name, "x" if reflected else "y", reflected)


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
