"""Logic on the bits of integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .shape_functions import broadcast, unchanged

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert"]

_WHOLE = "T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}"
for _name, _ufunc in (("BitwiseAnd", np.bitwise_and), ("BitwiseOr", np.bitwise_or), ("BitwiseXor", np.bitwise_xor)):
    _definition = op(f"{_name}(x: T, y: T) -> (z: T)", attrs=[_WHOLE])
    _definition.shape(broadcast)
    _definition.kernel(_ufunc)
    _definition.no_gradient()
invert_op = op("Invert(x: T) -> (y: T)", attrs=[_WHOLE])
invert_op.shape(unchanged)
invert_op.kernel(np.invert)
invert_op.no_gradient()


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the bits that are set in both."""
    return raw.BitwiseAnd(x, y, name=name)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the bits that are set in either."""
    return raw.BitwiseOr(x, y, name=name)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the bits that are set in exactly one."""
    return raw.BitwiseXor(x, y, name=name)


def invert(x: Any, name: str | None = None) -> Tensor:
    """Returns all bits turned over."""
    return raw.Invert(x, name=name)
