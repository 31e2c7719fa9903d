"""Checks of values while a graph runs; what is known not to hold is refused when it is built."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError
from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .control_flow import Assert, no_op
from .reduction import reduce_all

__all__ = [
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_less",
    "assert_less_equal",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "assert_rank",
]

_RELATIONS: dict[str, tuple[str, Any, str]] = {
    "assert_equal": ("==", np.equal, "Equal"),
    "assert_none_equal": ("!=", np.not_equal, "NotEqual"),
    "assert_less": ("<", np.less, "Less"),
    "assert_less_equal": ("<=", np.less_equal, "LessEqual"),
    "assert_greater": (">", np.greater, "Greater"),
    "assert_greater_equal": (">=", np.greater_equal, "GreaterEqual"),
}


def _compare(kind: str, x: Any, y: Any, data: Any, summarize: Any, message: Any, name: str | None) -> Any:
    symbol, known_relation, op_type = _RELATIONS[kind]
    with op_scope(name, kind, [x, y]):
        x = convert.convert_to_tensor(x, name="x")
        y = convert.convert_to_tensor(y, name="y")
        if data is None:
            data = [
                f"Condition x {symbol} y did not hold element-wise:",
                f"x ({x.name}) = ",
                x,
                f"y ({y.name}) = ",
                y,
            ]
        if message is not None:
            data = [message, *data]
        condition = reduce_all(getattr(raw, op_type)(x, y))
        x_known, y_known = static_value(x), static_value(y)
        if x_known is not None and y_known is not None and not np.all(known_relation(x_known, y_known)):
            raise InvalidArgumentError(None, None, "\n".join(_known_text(each) for each in data))
        return Assert(condition, data, summarize=summarize)


def _known_text(value: Any) -> str:
    known = static_value(value) if isinstance(value, Tensor) else value
    return str(value if known is None else known)


def assert_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x == y` everywhere."""
    with op_scope(name, "assert_equal", [x, y]):
        if x is y:
            return no_op()
    return _compare("assert_equal", x, y, data, summarize, message, name)


def assert_none_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x != y` everywhere."""
    return _compare("assert_none_equal", x, y, data, summarize, message, name)


def assert_less(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x < y` everywhere."""
    return _compare("assert_less", x, y, data, summarize, message, name)


def assert_less_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x <= y` everywhere."""
    return _compare("assert_less_equal", x, y, data, summarize, message, name)


def assert_greater(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x > y` everywhere."""
    return _compare("assert_greater", x, y, data, summarize, message, name)


def assert_greater_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x >= y` everywhere."""
    return _compare("assert_greater_equal", x, y, data, summarize, message, name)


# ---- against zero, and ranks


def _against_zero(
    kind: str, symbol: str, zero_first: bool, check: Any, x: Any, data: Any, summarize: Any, message: Any, name: Any
) -> Any:
    prefix = "" if message is None else f"{message}.  "
    with op_scope(name, kind, [x]):
        x = convert.convert_to_tensor(x, name="x")
        if data is None:
            data = [prefix, f"Condition x {symbol} 0 did not hold element-wise:", f"x ({x.name}) = ", x]
        zero = convert.convert_to_tensor(0, dtype=x._dtype.base_dtype)
        first, second = (zero, x) if zero_first else (x, zero)
        return check(first, second, data=data, summarize=summarize)


def assert_positive(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x > 0` everywhere."""
    return _against_zero("assert_positive", ">", True, assert_less, x, data, summarize, message, name)


def assert_non_negative(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x >= 0` everywhere."""
    return _against_zero("assert_non_negative", ">=", True, assert_less_equal, x, data, summarize, message, name)


def assert_negative(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x < 0` everywhere."""
    return _against_zero("assert_negative", "<", False, assert_less, x, data, summarize, message, name)


def assert_non_positive(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> Any:
    """Returns an operation that fails unless `x <= 0` everywhere."""
    return _against_zero("assert_non_positive", "<=", False, assert_less_equal, x, data, summarize, message, name)


def assert_rank(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Any:
    """Returns an operation that fails unless `x` has that rank; one that is known to have another is refused at once.

    Raises:
      ValueError: the static rank is another.
    """
    from .array import rank as rank_of
    from .array import shape

    prefix = "" if message is None else f"{message}.  "
    with op_scope(name, "assert_rank", [x]):
        x = convert.convert_to_tensor(x, name="x")
        rank = convert.convert_to_tensor(rank, name="rank")
        if data is None:
            data = [prefix, f"Tensor {x.name} must have rank", rank, "Received shape: ", shape(x)]
        wanted = static_value(rank)
        if wanted is not None and x._dims is not None:
            if len(x._dims) != int(wanted):
                raise ValueError(
                    f"{prefix}Tensor {x.name} must have rank {int(wanted)}.  Received rank {len(x._dims)}, shape {x.get_shape()}"
                )
            return no_op(name="static_checks_determined_all_ok")
        return Assert(raw.Equal(rank_of(x), rank), data, summarize=summarize)
