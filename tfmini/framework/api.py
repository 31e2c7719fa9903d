"""Graph-level functions of the public interface: the default graph, name scopes, control dependencies, collections."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from . import contexts, convert, dtypes, random_seed
from .collections import GraphKeys
from .dtypes import DType, as_dtype
from .graph import Graph
from .indexed_slices import IndexedSlices, IndexedSlicesValue, convert_to_tensor_or_indexed_slices
from .op_scope import graph_of_values
from .operation import Operation
from .shapes import Dimension, TensorShape
from .static_value import static_value
from .tensor import Tensor

__all__ = [
    "DType",
    "Dimension",
    "Graph",
    "GraphKeys",
    "IndexedSlices",
    "IndexedSlicesValue",
    "Operation",
    "Tensor",
    "TensorShape",
    "add_to_collection",
    "add_to_collections",
    "as_dtype",
    "colocate_with",
    "container",
    "control_dependencies",
    "convert_to_tensor",
    "convert_to_tensor_or_indexed_slices",
    "device",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "get_default_session",
    "get_seed",
    "get_static_value",
    "is_tensor",
    "name_scope",
    "op_scope",
    "register_tensor_conversion_function",
    "reset_default_graph",
    "set_random_seed",
]


# ---- the default graph and session


def get_default_graph() -> Graph:
    """Returns the graph to which operations are added now."""
    return contexts.default_graph()


def reset_default_graph() -> None:
    """Puts a new, empty graph in the place of the global default graph.

    Raises:
      AssertionError: it was called inside `with graph.as_default()`.
    """
    contexts.reset_default_graph()


def get_default_session() -> Any:
    """Returns the session that `eval` and `run` use in this thread, or None."""
    return contexts.default_session()


def set_random_seed(seed: int | None) -> None:
    """Sets the seed of the default graph, from which random operations added later derive theirs."""
    random_seed.set_random_seed(seed)


get_seed = random_seed.get_seed


# ---- scopes


class name_scope:
    """A prefix for the names of everything that is added inside: `with tf.name_scope("layer") as scope:`.

    Args:
      name: the name; one that ends in a slash re-enters that scope, None takes `default_name`, "" opens the root.
      default_name: the name when `name` is None.
      values: tensors that the operations inside will take; they must belong to one graph, which becomes the default.

    Entering gives the full name with a slash at the end.

    Raises:
      TypeError: `name` is no text (when entered). ValueError: both names are None, or `values` belong to several graphs.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        self._name = default_name if name is None else name
        self._given = name
        self._default_name = default_name
        self._values = values
        self._opened: list[contextlib.ExitStack] = []

    @property
    def name(self) -> str | None:
        """The name that is asked for."""
        return self._name

    def __enter__(self) -> str:
        if self._name is None and self._values is not None:
            raise ValueError(
                f"At least one of name ({self._given}) and default_name ({self._default_name}) must be provided."
            )
        with contextlib.ExitStack() as stack:
            graph = contexts.default_graph()
            if self._values:
                graph = graph_of_values(self._values)
                stack.enter_context(graph.as_default())
            scope = stack.enter_context(graph.name_scope(self._name))
            self._opened.append(stack.pop_all())
        return scope

    def __exit__(self, *error: Any) -> None:
        self._opened.pop().__exit__(*error)


@contextlib.contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """Opens `name_scope(name, default_name, values)`; the order of arguments of the oldest programs."""
    with name_scope(name, default_name, values) as scope:
        yield scope


def control_dependencies(control_inputs: Any) -> Any:
    """Orders everything that is added inside after `control_inputs`; None forgets the scopes around."""
    return contexts.default_graph().control_dependencies(control_inputs)


def device(device_name_or_function: Any) -> Any:
    """Asks for a device for everything that is added inside. tfmini keeps the name and computes on the CPU."""
    return contexts.default_graph().device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: bool = False) -> Any:
    """Puts what is added inside on the device of `op`."""
    graph = contexts.default_graph()
    element: Any
    if op is None or isinstance(op, Operation):
        element = op
    elif isinstance(op, IndexedSlices):
        element = op.values
    elif hasattr(op, "handle"):
        element = op.handle
    else:
        element = convert.convert_to_tensor(op, as_ref=True)
    return graph.colocate_with(element, ignore_existing)


def container(container_name: str) -> Any:
    """Names the resource container of stateful operations that are added inside."""
    return contexts.default_graph().container(container_name)


# ---- collections


def add_to_collection(name: Any, value: Any) -> None:
    """Appends `value` to a collection of the default graph."""
    contexts.default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """Appends `value` to each of the collections of the default graph."""
    contexts.default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """Returns a copy of a collection of the default graph, or [].

    Args:
      key: the name of the collection, for example one of `tf.GraphKeys`.
      scope: a regular expression; items stay whose `name` it matches at the beginning.
    """
    return contexts.default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """Returns the list itself of a collection of the default graph; changing it changes the collection."""
    return contexts.default_graph().get_collection_ref(key)


# ---- conversion


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:
    """Returns `value` as a tensor.

    Args:
      value: a tensor, a variable, a number, text, a numpy array, or lists of these.
      dtype: the dtype to have.
      name: name of the constant that may be added.
      preferred_dtype, dtype_hint: the dtype to have when that is possible and `dtype` is not given.

    Raises:
      TypeError: it cannot be a tensor, or not of that dtype. ValueError: it is a tensor of another dtype or graph.
    """
    hint = preferred_dtype if dtype_hint is None else dtype_hint
    return convert.convert_to_tensor(value, dtype=dtype, name=name, preferred_dtype=hint)


register_tensor_conversion_function = convert.register_tensor_conversion_function


def is_tensor(x: Any) -> bool:
    """Says whether `x` is a tensor or stands for one, as a variable does."""
    return isinstance(x, IndexedSlices) or convert.graph_element(x) is not None


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """Returns the value of `tensor` as a numpy array when it is known while the graph is built, else None."""
    if not isinstance(tensor, Tensor):
        return tensor
    value = static_value(tensor)
    return value if value is None or value.ndim else value[()]


_DTYPE_NAMES = [
    "bfloat16",
    "complex64",
    "complex128",
    "double",
    "float16",
    "float32",
    "float64",
    "half",
    "int8",
    "int16",
    "int32",
    "int64",
    "qint8",
    "qint16",
    "qint32",
    "quint8",
    "quint16",
    "resource",
    "string",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "variant",
]
dtype_names: dict[str, Any] = {name: getattr(dtypes, name) for name in _DTYPE_NAMES}
for _each in list(dtype_names.values()):
    dtype_names[_each.name + "_ref"] = _each._as_ref
dtype_names["bool"] = dtypes.bool_
dtype_names["bool_ref"] = dtypes.bool_._as_ref
"""The element types under their public names (`tf.float32`, `tf.bool`, `tf.float32_ref`)."""
