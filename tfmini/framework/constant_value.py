"""Values that are known while the graph is built.

Shape functions need them: the target of a reshape, the axes of a sum. A value is known when it is a constant, when the
declaration of the operation can fold it (`Shape` of a known shape), or when a pure operation has only known inputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .shapes import Dims

_MOST_ELEMENTS = 4096


def constant_value(tensor: Any, partial: bool = False) -> np.ndarray | None:
    """Returns the value of `tensor` if it is known while the graph is built, else None.

    The walk is a loop over the operations behind it, not a recursion, and ends at operations that are not foldable.
    """
    known: dict[Any, Any] = {}
    todo = [tensor]
    while todo:
        each = todo[-1]
        if each in known:
            todo.pop()
            continue
        op = each._op
        definition = op._definition
        if definition.fold_function is not None:
            known[each] = definition.fold_function(op)
        elif not definition.foldable or not definition.has_kernel or not op._inputs or op._control_inputs:
            known[each] = None
        else:
            missing = [i for i in op._inputs if i not in known]
            if missing:
                todo.extend(missing)
                continue
            values = [known[i] for i in op._inputs]
            if any(v is None or v.size > _MOST_ELEMENTS for v in values):
                known[each] = None
            else:
                for output, value in zip(op._outputs, _run(op, values), strict=True):
                    known[output] = value
        if each in known:
            todo.pop()
    return known[tensor]


def _run(op: Any, values: list[Any]) -> list[Any]:
    """Runs the kernel of a pure operation on known values; a kernel that refuses them gives nothing known."""
    from ..errors import KernelError

    definition = op._definition
    kernel = definition.bind_function(op) if definition.bind_function is not None else definition.kernel_function
    attrs = {} if definition.bind_function is not None else {name: op._attrs[name] for name in definition.kernel_attrs}
    try:
        with np.errstate(all="ignore"):
            result = kernel(*values, **attrs)
    except (KernelError, ValueError, TypeError, ZeroDivisionError, IndexError):
        return [None] * len(op._outputs)
    results = list(result) if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(each) for each in results]


def constant_value_as_shape(tensor: Any) -> Dims:
    """Returns the shape that an integer vector holds, as far as it is known.

    `[-1, 64]` gives `(None, 64)`. Vectors that were packed, cut or joined from shapes give the sizes that are known. A
    vector of known length gives that rank; else the result is None.
    """
    value = constant_value(tensor)
    if value is not None:
        if value.ndim == 0:
            return None
        return tuple(None if size < 0 else int(size) for size in value.tolist())
    op = tensor._op
    kind = op._definition.name
    length = None if tensor._dims is None or len(tensor._dims) != 1 else tensor._dims[0]
    unknown = None if length is None else (None,) * length
    if kind == "Shape":
        return op._inputs[0]._dims
    if kind == "Pack":
        sizes: list[int | None] = []
        for each in op._inputs:
            size = constant_value(each)
            sizes.append(None if size is None or size.ndim or int(size) < 0 else int(size))
        return tuple(sizes)
    if kind == "ConcatV2":
        joined: tuple[int | None, ...] = ()
        for each in op._inputs[:-1]:
            part = constant_value_as_shape(each)
            if part is None:
                return unknown
            joined += part
        return joined
    if kind == "StridedSlice":
        return _sliced(op, unknown)
    if kind in ("Identity", "Cast"):
        return constant_value_as_shape(op._inputs[0])
    return unknown


def _sliced(op: Any, unknown: Dims) -> Dims:
    """Returns what is known of `shape[a:b:c]`."""
    attrs = op._attrs
    bounds = [constant_value(each) for each in op._inputs[1:4]]
    if any(b is None or b.size != 1 for b in bounds) or attrs["ellipsis_mask"] or attrs["new_axis_mask"]:
        return unknown
    if attrs["shrink_axis_mask"]:
        return unknown
    source = constant_value_as_shape(op._inputs[0])
    if source is None:
        return unknown
    begin, end, step = (int(b.reshape(())) for b in bounds)  # type: ignore[union-attr]
    return source[slice(None if attrs["begin_mask"] & 1 else begin, None if attrs["end_mask"] & 1 else end, step)]
