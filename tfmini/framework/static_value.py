"""Values that TensorFlow's Python functions know while they build a graph.

They know less than its shape functions do (`constant_value`): a sum of two constants is not known here, so a function that
asks adds the operations that TensorFlow's function adds. A value that was used so may not be fed any more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .shapes import is_full

_OF_ALL_INPUTS = frozenset(("Range", "Cast", "ConcatV2", "Equal", "NotEqual", "StopGradient", "Identity", "Split"))


def static_value(tensor: Any) -> np.ndarray | None:
    """Returns the value of `tensor` if a function that builds the graph may use it, else None; any other value as it is."""
    if not hasattr(tensor, "_op"):
        return tensor
    value = _value(tensor)
    if value is not None:
        tensor._op._graph.prevent_feeding(tensor)
    return value


def _value(tensor: Any) -> np.ndarray | None:
    op = tensor._op
    definition = op._definition
    kind = definition.name
    if kind in ("Const", "Shape", "Size", "Rank"):
        return definition.fold_function(op)
    if kind == "Fill":
        filling = static_value(op._inputs[1])
        if filling is None or not is_full(tensor._dims):
            return None
        return np.full(tensor._dims, filling, dtype=filling.dtype)
    if kind in ("Pack", "Unpack"):
        if op._attrs["axis"]:
            return None
    elif kind not in _OF_ALL_INPUTS:
        return None
    values = [static_value(each) for each in op._inputs]
    if any(each is None for each in values):
        return None
    result = definition.kernel_function(*values, **{name: op._attrs[name] for name in definition.kernel_attrs})
    return np.asarray(result[tensor._value_index] if isinstance(result, tuple) else result)
