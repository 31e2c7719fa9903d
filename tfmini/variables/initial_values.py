"""Initial values: as tensors, and safe to compute before the variables that they read are initialized."""

from __future__ import annotations

from typing import Any

from ..framework import provenance
from ..framework.collections import GraphKeys
from ..framework.convert import convert_to_tensor
from ..framework.registry import raw
from ..framework.tensor import Tensor


def guarded(name: str, initial_value: Tensor) -> Tensor:
    """Returns `initial_value` with every read of a variable replaced by the variable's `initialized_value()`.

    So the initializer works before the other variable has been initialized. Operations between the read and the initial value
    are added again, with `_<name>` after their names. A value that depends on itself is left as it is.
    """
    if not _reads_variables(initial_value._op) or _has_cycle(initial_value._op):
        return initial_value
    return _safe_tensor(name, initial_value, {})


def _reads_variables(op: Any) -> bool:
    """Says whether a variable stands behind an operation; if none does, there is nothing to replace."""
    seen = {op}
    todo = [op]
    while todo:
        each = todo.pop()
        kind = each._definition.name
        if kind in _STORAGE:
            return True
        if kind in _KEPT:
            continue
        for tensor in each._inputs:
            source = tensor._op
            if source not in seen:
                seen.add(source)
                todo.append(source)
    return False


def _has_cycle(op: Any) -> bool:
    started: set[Any] = set()
    finished: set[Any] = set()
    todo = [(op, False)]
    while todo:
        each, leaving = todo.pop()
        if leaving:
            started.discard(each)
            finished.add(each)
            continue
        if each in finished:
            continue
        if each in started:
            return True
        started.add(each)
        todo.append((each, True))
        for before in (*(tensor._op for tensor in each._inputs), *each._control_inputs):
            if before in started:
                return True
            if before not in finished:
                todo.append((before, False))
    return False


_KEPT = ("IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp", "If")
_STORAGE = ("Variable", "VariableV2", "VarHandleOp")


def _safe_tensor(name: str, tensor: Tensor, known: dict[Any, Any]) -> Tensor:
    """Works through the operations behind `tensor`, inputs first, without recursion."""
    todo = [tensor._op]
    while todo:
        op = todo[-1]
        if op in known:
            todo.pop()
            continue
        if op.type in _KEPT:
            known[op] = op
            continue
        if op.type in _STORAGE:
            known[op] = _initialized(op)
            continue
        missing = next((each._op for each in op._inputs if each._op not in known), None)
        if missing is not None:
            todo.append(missing)
            continue
        inputs = [known[each._op]._outputs[each._value_index] for each in op._inputs]
        changed = any(new is not old for new, old in zip(inputs, op._inputs, strict=True))
        known[op] = _rebuilt(name, op, inputs) if changed else op
    return known[tensor._op]._outputs[tensor._value_index]


def _rebuilt(name: str, op: Any, inputs: list[Tensor]) -> Any:
    kind = "Switch" if op.type == "RefSwitch" else op.type
    new_name = f"{op.name}_{name}".replace(":", "_")
    return op.graph.create_op(kind, inputs, name=new_name, attrs=dict(op._attrs))


def _initialized(op: Any) -> Any:
    """Returns the operation that gives the initialized value of the variable stored by `op`; `op` when nobody knows it."""
    names = (op.name, op.name + ":0")
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(key):
            if getattr(variable, "name", None) in names and hasattr(variable, "initialized_value"):
                return variable.initialized_value().op
    return op


def initial_from(function: Any) -> Any:
    """Returns what `function()` gives; the operations that a function of the program adds have the lines in it."""
    maker = getattr(function, "func", function)
    if type(maker).__module__.startswith(_HERE):
        return function()
    with provenance.looking_up():
        return function()


_HERE = __name__.rpartition(".")[0] + "."


def to_initial_tensor(value: Any, dtype: Any) -> Tensor:
    """Returns an initial value as a tensor named `initial_value`."""
    return convert_to_tensor(value, name="initial_value", dtype=dtype)


def read(tensor: Tensor) -> Tensor:
    """Returns a read of a reference: an Identity named `read`."""
    return raw.Identity(tensor, name="read")
