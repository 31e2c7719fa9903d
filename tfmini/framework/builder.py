"""Adding operations: inputs become tensors, attributes are inferred and checked, shapes are worked out, then the graph grows.

The order of the steps is TensorFlow's, because it decides names: a name scope for the operation is opened, inputs that are no
tensors become constants inside it (`add/y`), then the operation takes the name of the scope. An operation that is refused
leaves those constants behind.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from . import contexts, dtypes
from .attributes import complete_attrs
from .constant_value import constant_value, constant_value_as_shape
from .graph import Graph
from .inputs import convert_list, convert_one, graph_of, other_graph
from .naming import VALID_OP_NAME
from .op_spec import ArgSpec
from .operation import Operation
from .registry import OpDef
from .shape_errors import shape_message
from .shapes import Dims
from .tensor import Tensor


class Call:
    """What a shape function sees: the inputs, their shapes and the attributes of an operation that is about to be added.

    Attributes:
      inputs: the input tensors.
      shapes: their plain shapes (`shapes.Dims`).
      attrs: the attributes.
    """

    __slots__ = ("attrs", "inputs", "read", "shapes")

    def __init__(self, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> None:
        self.inputs = inputs
        self.shapes = [each._dims for each in inputs]
        self.attrs = attrs
        self.read: dict[int, Any] = {}

    def constant(self, index: int) -> np.ndarray | None:
        """Returns the value of an input when it is known while the graph is built, else None."""
        value = constant_value(self.inputs[index])
        if value is not None:
            self.read[index] = value
        return value

    def constant_shape(self, index: int) -> Dims:
        """Returns the shape that an input holds as numbers, as far as it is known; None when not even its rank is."""
        value = constant_value_as_shape(self.inputs[index])
        self.read[index] = value
        return value


# ---- the public way in: any Python values


def apply_op(definition: OpDef, inputs: tuple[Any, ...], attrs: dict[str, Any], name: str | None) -> Any:
    """Adds an operation whose inputs may be any Python values.

    Returns:
      The output tensor; a list of tensors for several outputs; the operation itself when it has none.

    Raises:
      TypeError: an input cannot become a tensor of the type that the signature asks for, or an attribute has the wrong type.
      ValueError: the inputs belong to different graphs, an attribute has a value that is not allowed, or the shapes do not fit.
    """
    spec = definition.spec
    if len(inputs) != len(spec.inputs):
        raise TypeError(f"{definition.name} takes {len(spec.inputs)} inputs, got {len(inputs)}.")
    graph = graph_of(inputs)
    known = {key: value for key, value in attrs.items() if value is not None}
    scope_name = name or definition.name
    with contexts.Controller(contexts.graph_stack, graph), graph.name_scope(scope_name) as scope:
        origins: dict[str, str] = {}
        tensors: list[Tensor] = []
        written: list[Tensor] = []
        for arg, value in zip(spec.inputs, inputs, strict=True):
            if arg.number_attr or arg.list_attr:
                listed = convert_list(definition, arg, value, known, origins)
                tensors.extend(listed)
                if arg.is_ref:
                    written.extend(listed[:1])
            else:
                tensor = convert_one(definition, arg, value, known, origins)
                tensors.append(tensor)
                if arg.is_ref:
                    written.append(tensor)
        complete = complete_attrs(definition, known)
        with _beside(graph, written):
            op = _finish(graph, definition, tuple(tensors), complete, scope[:-1] if scope else scope_name, True)
    return _result(definition, op)


def _beside(graph: Graph, written: list[Tensor]) -> Any:
    """Returns a context that puts an operation beside the variables that it writes, as TensorFlow does."""
    if not written:
        return _NOTHING
    stack = contextlib.ExitStack()
    for tensor in written:
        stack.enter_context(graph.colocate_with(tensor._op))
    return stack


_NOTHING = contextlib.nullcontext()


def create(
    graph: Graph,
    definition: OpDef,
    inputs: tuple[Tensor, ...],
    attrs: dict[str, Any],
    name: str | None,
    compute_device: bool = True,
) -> Operation:
    """Adds an operation whose inputs are tensors already. The name is made unique here."""
    graph._check_not_finalized()
    known = dict(attrs)
    position = 0
    for arg in definition.spec.inputs:
        if arg.list_attr:
            known.setdefault(arg.list_attr, [t._dtype.base_dtype for t in inputs[position:]])
            position += len(known[arg.list_attr])
        elif arg.number_attr:
            fixed = sum(1 for each in definition.spec.inputs if not each.number_attr)
            known.setdefault(arg.number_attr, len(inputs) - fixed)
            if arg.type_attr and position < len(inputs):
                known.setdefault(arg.type_attr, inputs[position]._dtype.base_dtype)
            position += known[arg.number_attr]
        else:
            if arg.type_attr and position < len(inputs):
                known.setdefault(arg.type_attr, inputs[position]._dtype.base_dtype)
            position += 1
    if name is not None and name and name[-1] != "/" and not VALID_OP_NAME.fullmatch(name):
        raise ValueError(f"`{name}` is not a valid node name. Accepted names conform to Regex /{VALID_OP_NAME!r}/")
    return _finish(
        graph,
        definition,
        inputs,
        complete_attrs(definition, known),
        graph._op_name(definition.name, name),
        compute_device,
    )


def _result(definition: OpDef, op: Operation) -> Any:
    if definition.single_output:
        return op._outputs[0]
    if not op._outputs:
        return op
    result: list[Any] = []
    position = 0
    for arg in definition.spec.outputs:
        if arg.number_attr or arg.list_attr:
            count = op._attrs[arg.number_attr] if arg.number_attr else len(op._attrs[arg.list_attr or ""])
            result.append(list(op._outputs[position : position + count]))
            position += count
        else:
            result.append(op._outputs[position])
            position += 1
    return result[0] if len(result) == 1 else result


def _finish(
    graph: Graph, definition: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], name: str, compute_device: bool
) -> Operation:
    """Works out dtypes and shapes, then appends."""
    for each in inputs:
        if each._op._graph is not graph:
            raise ValueError(
                other_graph(each, next((t for t in inputs if t._op._graph is graph), each) if inputs else each)
            )
    spec = definition.spec
    out_types: list[dtypes.DType] = []
    for arg in spec.outputs:
        out_types.extend(_output_types(arg, attrs))
    out_dims = output_shapes(definition, inputs, attrs, name, len(out_types))
    return graph._add(definition, name, inputs, attrs, out_types, out_dims, compute_device)


def _output_types(arg: ArgSpec, attrs: dict[str, Any]) -> list[dtypes.DType]:
    if arg.list_attr:
        return [dtypes.as_dtype(each) for each in attrs[arg.list_attr]]
    dtype = arg.dtype if arg.dtype is not None else attrs[arg.type_attr or ""]
    if arg.is_ref:
        dtype = dtype._as_ref
    return [dtype] * (attrs[arg.number_attr] if arg.number_attr else 1)


def output_shapes(
    definition: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], name: str, count: int
) -> list[Dims]:
    """Returns the plain shapes of the outputs. Raises ValueError, with TensorFlow's phrase, when the inputs do not fit."""
    function = definition.shape_function
    if function is None:
        return [None] * count
    call = Call(inputs, attrs)
    try:
        dims = function(call)
    except ValueError as error:
        raise ValueError(shape_message(str(error), definition, call, name)) from None
    if type(dims) is list:
        return dims
    return [dims] * count if count != 1 else [dims]
