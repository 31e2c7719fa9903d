"""Expressions on numpy scalars: Python's operators take a tenth of the time of a ufunc there and give the same bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .facts import SCALAR, Fact

_NUMBERS = frozenset(["float32", "float64", "int32", "int64"])
_FLOATS = frozenset(("float32", "float64"))
_BOOL = frozenset(("bool",))

# Type -> (expression, element types of the first input).
_EXPRESSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "Add": ("{0} + {1}", _NUMBERS),
    "AddV2": ("{0} + {1}", _NUMBERS),
    "Sub": ("{0} - {1}", _NUMBERS),
    "Mul": ("{0} * {1}", _NUMBERS),
    "RealDiv": ("{0} / {1}", _FLOATS),
    "Neg": ("-{0}", _NUMBERS),
    "Square": ("{0} * {0}", _NUMBERS),
    "Less": ("{0} < {1}", _NUMBERS),
    "LessEqual": ("{0} <= {1}", _NUMBERS),
    "Greater": ("{0} > {1}", _NUMBERS),
    "GreaterEqual": ("{0} >= {1}", _NUMBERS),
    "Equal": ("{0} == {1}", _NUMBERS | _BOOL),
    "NotEqual": ("{0} != {1}", _NUMBERS | _BOOL),
    "LogicalAnd": ("{0} & {1}", _BOOL),
    "LogicalOr": ("{0} | {1}", _BOOL),
    "LogicalNot": ("~{0}", _BOOL),
    "Maximum": ("{0} if {0} >= {1} or {0} != {0} else {1}", _NUMBERS),
    "Minimum": ("{0} if {0} <= {1} or {0} != {0} else {1}", _NUMBERS),
    "SelectV2": ("{1} if {0} else {2}", _BOOL),
    "Select": ("{1} if {0} else {2}", _BOOL),
}


def expression(definition: Any, facts: Sequence[Fact]) -> str | None:
    """Returns the expression of an operation on numpy scalars, `{0}` standing for the first one, or None."""
    found = _EXPRESSIONS.get(definition.name)
    if found is None:
        if definition.formula is None or definition.formula.expression is None:
            return None
        found = (definition.formula.expression, _FLOATS)
    if any(fact.kind != SCALAR for fact in facts) or facts[0].dtype.name not in found[1]:
        return None
    return found[0]
