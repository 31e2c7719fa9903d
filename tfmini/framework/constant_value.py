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

    The walk is a loop over the operations behind it, not a recursion, and ends at the first operation whose value is not known.
    The graph remembers operations that can never be known, so that each is looked at once.
    """
    graph = tensor._op._graph
    hopeless, unsure, changes = graph._not_constant, graph._not_yet_constant, graph._mutations
    known: dict[Any, Any] = {}
    todo = [tensor]
    while todo:
        each = todo[-1]
        if each in known:
            todo.pop()
            continue
        op = each._op
        definition = op._definition
        if unsure.get(op) == changes:
            return _give_up(todo, hopeless, unsure, changes)
        if definition.fold_function is not None:
            value = definition.fold_function(op)
            if value is not None:
                known[each] = value
                todo.pop()
                continue
        if definition.name == "StridedSlice":
            value = _one_size(op)
            if value is not None:
                known[each] = value
                todo.pop()
                continue
        if op in hopeless:
            return _give_up(todo, hopeless, unsure, changes)
        if not definition.foldable or not definition.has_kernel or not op._inputs:
            return _give_up(todo, hopeless, unsure, changes)
        missing = [i for i in op._inputs if i not in known]
        if missing:
            todo.extend(missing)
            continue
        values = [known[i] for i in op._inputs]
        if any(value.size > _MOST_ELEMENTS for value in values):
            return _give_up(todo, hopeless, unsure, changes)
        for output, value in zip(op._outputs, _run(op, values), strict=True):
            if value is None:
                return _give_up(todo, hopeless, unsure, changes)
            known[output] = value
        todo.pop()
    return known[tensor]


def _one_size(op: Any) -> np.ndarray | None:
    """Returns the value of `tf.shape(x)[i]` when that size of `x` is known, though others may not be."""
    source, attrs = op._inputs[0]._op, op._attrs
    masks = [attrs[f"{name}_mask"] for name in ("begin", "end", "ellipsis", "new_axis")]
    dims = source._inputs[0]._dims if source._definition.name == "Shape" else None
    if dims is None or attrs["shrink_axis_mask"] != 1 or any(masks) or op._inputs[1]._op._definition.name != "Const":
        return None
    begin = constant_value(op._inputs[1])
    if begin is None or begin.size != 1 or not -len(dims) <= int(begin[0]) < len(dims):
        return None
    size = dims[int(begin[0])]
    return None if size is None else np.array(size, dtype=source._attrs["out_type"].as_numpy_dtype)


def _give_up(todo: list[Any], hopeless: set[Any], unsure: dict[Any, int], changes: int) -> Any:
    """Returns None. Notes that the operation at the end of `todo` cannot be known, nor what waits for it.

    What depends on a shape may become known when that shape does: it is looked at again once an operation was changed.
    """
    before = None
    for_ever = True
    for each in reversed(todo):
        op = each._op
        if before is not None and before not in op._inputs:
            continue
        if for_ever and (
            op._definition.fold_function is not None or op._definition.name == "StridedSlice" or op in unsure
        ):
            for_ever = False
        if for_ever:
            hopeless.add(op)
        else:
            unsure[op] = changes
        before = each
    return None


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
    known: dict[Any, Dims] = {}
    todo = [tensor]
    while todo:
        each = todo[-1]
        if each not in known:
            missing = [source for source in _sources(each) if source not in known]
            if missing:
                todo.extend(reversed(missing))
                continue
            known[each] = _as_shape(each, known)
        todo.pop()
    return known[tensor]


def _sources(tensor: Any) -> tuple[Any, ...]:
    """Returns the vectors of sizes on whose shapes the one of `tensor` depends."""
    op = tensor._op
    kind = op._definition.name
    if kind == "ConcatV2":
        return op._inputs[:-1]
    if kind in ("Identity", "Cast", "StridedSlice") and constant_value(tensor) is None:
        return op._inputs[:1]
    return ()


def _as_shape(tensor: Any, known: dict[Any, Dims]) -> Dims:
    op = tensor._op
    kind = op._definition.name
    if kind == "ShapeN":
        return op._inputs[tensor._value_index]._dims
    if kind == "Shape":
        # The static shape, even where the tensor itself is a constant that could be computed: TensorFlow looks no further.
        return op._inputs[0]._dims
    if kind == "VariableShape" and op._inputs[0]._op._definition.name == "VarHandleOp":
        return op._inputs[0]._op._attrs["shape"]
    value = constant_value(tensor) if kind not in ("Pack", "ConcatV2") else None
    if value is not None:
        if value.ndim == 0:
            return None
        return tuple(None if size < 0 else int(size) for size in value.tolist())
    length = None if tensor._dims is None or len(tensor._dims) != 1 else tensor._dims[0]
    unknown = None if length is None else (None,) * length
    if kind == "Pack":
        sizes: list[int | None] = []
        for each in op._inputs:
            size = constant_value(each)
            sizes.append(None if size is None or size.ndim or int(size) < 0 else int(size))
        return tuple(sizes)
    if kind == "ConcatV2":
        joined: tuple[int | None, ...] = ()
        for each in op._inputs[:-1]:
            part = known[each]
            if part is None:
                return unknown
            joined += part
        return joined
    if kind == "StridedSlice":
        return _sliced(op, unknown, known[op._inputs[0]])
    if kind in ("Identity", "Cast"):
        return known[op._inputs[0]]
    return unknown


def _sliced(op: Any, unknown: Dims, source: Dims) -> Dims:
    """Returns what is known of `shape[a:b:c]`, where `source` is what is known of `shape`."""
    attrs = op._attrs
    bounds = [constant_value(each) for each in op._inputs[1:4]]
    if any(b is None or b.size != 1 for b in bounds) or attrs["ellipsis_mask"] or attrs["new_axis_mask"]:
        return unknown
    if attrs["shrink_axis_mask"] or source is None:
        return unknown
    begin, end, step = (int(b.reshape(())) for b in bounds)  # type: ignore[union-attr]
    return source[slice(None if attrs["begin_mask"] & 1 else begin, None if attrs["end_mask"] & 1 else end, step)]
