"""The short way of adding an operation, for inputs that are tensors of one graph already.

What the builder finds out about types depends on the dtypes of the inputs and on the given attributes only. So each declaration
remembers it: the second time that a type meets these dtypes, only the name, the shape and the operation itself are left to do.
Whatever could be refused, converted or is open in the thread takes the long way (`builder.apply_op`), which also is the one that
fills the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import builder, contexts
from .attributes import PLAIN, Attributes
from .naming import VALID_OP_NAME
from .registry import OpDef
from .tensor import Tensor

_MOST_REMEMBERED = 1000


class Known:
    """What is known of an operation type for certain dtypes and attributes: all attributes, and the dtypes of the outputs."""

    __slots__ = ("attrs", "types")

    def __init__(self, attrs: Attributes, types: tuple[Any, ...]) -> None:
        self.attrs = attrs
        self.types = types


def builder_of(definition: OpDef) -> Callable[..., Any]:
    """Returns the function that adds an operation of this type: `build(*inputs, name=None, **attrs)`."""
    spec = definition.spec
    lists = [arg for arg in (*spec.inputs, *spec.outputs) if arg.number_attr or arg.list_attr]
    if any(arg.is_ref for arg in spec.inputs[1:]):
        build = _always_long(definition)
    elif len(lists) == 1 and len(spec.inputs) == 1 and spec.inputs[0].number_attr and not spec.inputs[0].is_ref:
        build = _of_a_list(definition)
    elif lists:
        build = _always_long(definition)
    elif len(spec.inputs) == 1:
        build = _of_one(definition)
    elif len(spec.inputs) == 2:
        build = _of_two(definition)
    else:
        build = _of_many(definition)
    build.__name__ = build.__qualname__ = definition.name
    build.__doc__ = f"Adds a {definition.name} operation; returns its outputs (the operation when it has none)."
    return build


def _always_long(definition: OpDef) -> Callable[..., Any]:
    def build(*inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        return builder.apply_op(definition, inputs, attrs, name)

    return build


# ---- by the number of inputs


def _of_one(definition: OpDef) -> Callable[..., Any]:
    memory: dict[Any, Known] = {}

    def build(*inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        if len(inputs) == 1 and type(inputs[0]) is Tensor:
            tensor = inputs[0]
            key: Any = tensor._dtype._number
            if attrs:
                key = (key, *_key(attrs))
            known = memory.get(key)
            if known is not None:
                op = _add(tensor._op._graph, definition, inputs, known, name)
                if op is not None:
                    return op._output if len(known.types) == 1 else _several(op)
            elif key.__class__ is int or None not in key:
                return _long(definition, inputs, attrs, name, memory, key)
        return builder.apply_op(definition, inputs, attrs, name)

    return build


def _of_two(definition: OpDef) -> Callable[..., Any]:
    memory: dict[Any, Known] = {}

    def build(*inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        if len(inputs) == 2:
            x, y = inputs
            if type(x) is Tensor and type(y) is Tensor:
                graph = x._op._graph
                if y._op._graph is graph:
                    key: Any = x._dtype._number << 16 | y._dtype._number
                    if attrs:
                        key = (key, *_key(attrs))
                    known = memory.get(key)
                    if known is not None:
                        op = _add(graph, definition, inputs, known, name)
                        if op is not None:
                            return op._output if len(known.types) == 1 else _several(op)
                    elif key.__class__ is int or None not in key:
                        return _long(definition, inputs, attrs, name, memory, key)
        return builder.apply_op(definition, inputs, attrs, name)

    return build


def _of_many(definition: OpDef) -> Callable[..., Any]:
    memory: dict[Any, Known] = {}
    count = len(definition.spec.inputs)

    def build(*inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        if len(inputs) == count:
            graph = inputs[0]._op._graph if inputs and type(inputs[0]) is Tensor else contexts.default_graph()
            key: Any = ()
            for each in inputs:
                if type(each) is not Tensor or each._op._graph is not graph:
                    break
                key += (each._dtype._number,)
            else:
                if attrs:
                    key += _key(attrs)
                known = memory.get(key)
                if known is not None:
                    op = _add(graph, definition, inputs, known, name)
                    if op is not None:
                        return op._output if len(known.types) == 1 else _several(op)
                elif None not in key:
                    return _long(definition, inputs, attrs, name, memory, key)
        return builder.apply_op(definition, inputs, attrs, name)

    return build


def _of_a_list(definition: OpDef) -> Callable[..., Any]:
    memory: dict[Any, Known] = {}

    def build(*inputs: Any, name: str | None = None, **attrs: Any) -> Any:
        if len(inputs) == 1 and type(inputs[0]) in (list, tuple) and inputs[0] and type(inputs[0][0]) is Tensor:
            tensors = inputs[0]
            graph, dtype = tensors[0]._op._graph, tensors[0]._dtype
            for each in tensors:
                if type(each) is not Tensor or each._op._graph is not graph or each._dtype is not dtype:
                    break
            else:
                key: Any = (len(tensors), dtype._number)
                if attrs:
                    key += _key(attrs)
                known = memory.get(key)
                if known is not None:
                    op = _add(graph, definition, tuple(tensors), known, name)
                    if op is not None:
                        return op._output if len(known.types) == 1 else _several(op)
                elif None not in key:
                    return _long(definition, inputs, attrs, name, memory, key)
        return builder.apply_op(definition, inputs, attrs, name)

    return build


# ---- what is remembered


def _key(attrs: dict[str, Any]) -> tuple[Any, ...]:
    """Returns what given attributes add to a key; with a None in it when they are not to be remembered.

    A type stands beside each value, because True equals 1.
    """
    values = tuple(attrs.values())
    kinds = tuple([type(each) for each in values])
    if not PLAIN.issuperset(kinds):
        for each in values:
            if type(each) not in PLAIN and not (
                type(each) is tuple and _SIZES.issuperset([type(size) for size in each])
            ):
                return (None,)
    return (tuple(attrs), values, kinds)


_SIZES = frozenset((int, type(None)))


def _long(
    definition: OpDef,
    inputs: tuple[Any, ...],
    attrs: dict[str, Any],
    name: str | None,
    memory: dict[Any, Known],
    key: Any,
) -> Any:
    """Takes the long way, and remembers what came of it."""
    result = builder.apply_op(definition, inputs, attrs, name)
    op = result if not definition.spec.outputs else (result[0] if type(result) is list else result)._op
    complete = {attr.name: op._attrs[attr.name] for attr in definition.spec.attrs}
    if len(memory) < _MOST_REMEMBERED and not any(key.startswith("_") for key in attrs):
        memory[key] = Known(Attributes(complete), tuple([each._dtype for each in op._outputs]))
    return result


# ---- adding


def _several(op: Any) -> Any:
    return list(op._outputs) if op._outputs else op


def _add(graph: Any, definition: OpDef, inputs: tuple[Any, ...], known: Known, name: str | None) -> Any:
    """Adds the operation, or returns None when the long way has to be taken. Nothing has happened then."""
    scopes = graph._thread.__dict__
    if graph._finalized or scopes["control_flow"] is not None or scopes["devices"]:
        return None
    stack = scopes["name_stack"]
    if name is None:
        full = f"{stack}/{definition.name}" if stack else definition.name
    elif type(name) is not str or not VALID_OP_NAME.fullmatch(name):
        return None
    elif name[-1] == "/":
        full = name
    else:
        full = f"{stack}/{name}" if stack else name
    with graph._lock:
        full = full[:-1] if full[-1] == "/" else graph._names.unique(full)
        keeps = definition.keeps_shape
        if keeps and (keeps == "first" or inputs[0]._dims == inputs[1]._dims):
            dims: Any = (inputs[0]._dims,)
        else:
            dims = builder.output_shapes(definition, inputs, known.attrs, full, len(known.types))
        op = graph._append(definition, full, inputs, known.attrs, known.types, dims, scopes, 5)
    beside = scopes["colocation"]
    if definition.writes:
        # As TensorFlow does, beside the variable that it writes.
        graph._apply_colocation(op, [*beside, inputs[0]._op])
        beside = None
    if beside or scopes["control"] or graph._has_loops or graph._gradient_override or graph.events.observers:
        graph._settle(op, beside=beside is not None)
    return op


def constant(graph: Any, definition: OpDef, array: Any, dtype: Any, name: str) -> Tensor:
    """Adds a constant. `array` has `dtype`; `name` is taken as in `tf.constant`.

    Raises:
      RuntimeError: the graph is finalized. ValueError: operations cannot have that name.
    """
    attrs = {"value": array, "dtype": dtype}
    if graph._finalized or type(name) is not str or not VALID_OP_NAME.fullmatch(name):
        return builder.create(graph, definition, (), attrs, name)._outputs[0]
    scopes = graph._thread.__dict__
    stack = scopes["name_stack"]
    return _constant(graph, definition, attrs, f"{stack}/{name}" if stack and name[-1] != "/" else name, scopes)


def _constant(graph: Any, definition: OpDef, attrs: dict[str, Any], full: str, scopes: dict[str, Any]) -> Tensor:
    with graph._lock:
        full = full[:-1] if full[-1] == "/" else graph._names.unique(full)
        op = graph._append(definition, full, (), attrs, (attrs["dtype"],), (attrs["value"].shape,), scopes, 5)
    if (
        scopes["colocation"]
        or scopes["control"]
        or scopes["devices"]
        or scopes["control_flow"] is not None
        or graph._has_loops
        or graph._gradient_override
        or graph.events.observers
    ):
        graph._settle(op)
    return op._outputs[0]


def with_constant(
    build: Callable[..., Any], definition: OpDef, tensor: Tensor, array: Any, name: str, role: str, first: bool = False
) -> Any:
    """Adds `name/role`, a constant of the dtype of `tensor`, and with it the operation `name`; None when the long way has to be taken.

    `build` adds the operation from the tensor and the constant; `first` puts the constant first.
    """
    graph = tensor._op._graph
    scopes = graph._thread.__dict__
    if graph._finalized or scopes["control_flow"] is not None or scopes["devices"]:
        return None
    full = graph.unique_name(name)
    attrs = {"value": array, "dtype": tensor._dtype}
    other = _constant(graph, definition, attrs, f"{full}/{role}", scopes)
    return build(other, tensor, name=full + "/") if first else build(tensor, other, name=full + "/")
