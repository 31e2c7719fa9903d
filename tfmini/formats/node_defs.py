"""Operations as `NodeDef` and graphs as `GraphDef`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.dtypes import DType
from ..framework.slots import slots
from . import tensors
from .messages import message

PRODUCER = 2474
"""The version of the graph format that is written: TensorFlow 2.21's."""


def node_def(op: Any) -> Any:
    """Returns an operation as a `NodeDef`: name, type, inputs with the control inputs last, device, attributes."""
    node = message("NodeDef")()
    _fill_node(node, op)
    return node


def _fill_node(node: Any, op: Any) -> None:
    node.name = op._name
    node.op = op.type
    node.device = op._device
    # TensorFlow writes output 0 as the bare name, except where an input was replaced after the operation was made.
    rewired = op._graph._rewired.get(op, ())
    for index, tensor in enumerate(op._inputs):
        bare = not tensor._value_index and index not in rewired
        node.input.append(tensor._op._name if bare else f"{tensor._op._name}:{tensor._value_index}")
    node.input.extend(f"^{each._name}" for each in op._control_inputs)
    kinds = {attr.name: attr for attr in op._definition.spec.attrs}
    for name, value in op._attrs.items():
        spec = kinds.get(name)
        _fill_attr(node.attr[name], value, spec.kind if spec else "", spec.is_list if spec else False, op._attrs)


def _fill_attr(proto: Any, value: Any, kind: str, is_list: bool, attrs: dict[str, Any]) -> None:
    """Writes one attribute. `kind` is that of the signature, or "" for attributes that stand outside it, such as `_class`."""
    if is_list or (not kind and isinstance(value, (tuple, list))):
        proto.list.SetInParent()
        for each in value:
            _append(proto.list, each, kind, attrs)
    elif kind == "shape":
        tensors.fill_shape(proto.shape, value)
        proto.shape.SetInParent()
    elif kind == "tensor":
        proto.tensor.CopyFrom(_tensor(value, attrs))
    elif kind == "func":
        proto.func.name = value if isinstance(value, str) else value.name
    elif isinstance(value, DType):
        proto.type = value.as_datatype_enum
    elif isinstance(value, (bool, np.bool_)):
        proto.b = bool(value)
    elif isinstance(value, (bytes, str)):
        proto.s = _as_bytes(value)
    elif isinstance(value, float) or kind == "float":
        proto.f = value
    else:
        proto.i = int(value)


def _append(listed: Any, value: Any, kind: str, attrs: dict[str, Any]) -> None:
    if kind == "shape":
        tensors.fill_shape(listed.shape.add(), value)
    elif kind == "tensor":
        listed.tensor.add().CopyFrom(_tensor(value, attrs))
    elif kind == "func":
        listed.func.add(name=value if isinstance(value, str) else value.name)
    elif isinstance(value, DType):
        listed.type.append(value.as_datatype_enum)
    elif isinstance(value, (bool, np.bool_)):
        listed.b.append(bool(value))
    elif isinstance(value, (bytes, str)):
        listed.s.append(_as_bytes(value))
    elif isinstance(value, float) or kind == "float":
        listed.f.append(value)
    else:
        listed.i.append(int(value))


def _as_bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _tensor(value: Any, attrs: dict[str, Any]) -> Any:
    return tensors.tensor_proto(value, attrs["dtype"])


def graph_def(graph: Any, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """Returns a graph as a `GraphDef`.

    Args:
      from_version: leave out the operations that were there when `graph.version` had this value.
      add_shapes: note the static shape of each output in the attribute `_output_shapes`.
    """
    proto = message("GraphDef")()
    proto.versions.producer = PRODUCER
    for op in graph.get_operations()[from_version or 0 :]:
        node = proto.node.add()
        _fill_node(node, op)
        if add_shapes and op._outputs:
            listed = node.attr["_output_shapes"].list
            for tensor in op._outputs:
                tensors.fill_shape(listed.shape.add(), tensor._dims)
    return proto


def fill_slots() -> None:
    """Gives operations their `node_def`, graphs their `as_graph_def` and shapes their `as_proto`."""
    slots.node_def = node_def
    slots.graph_def = graph_def
    slots.shape_proto = tensors.shape_proto
