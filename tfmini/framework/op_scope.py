"""The name scope of a function that adds several operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import contexts, convert
from .tensor import Tensor


def graph_of_values(values: Sequence[Any]) -> Any:
    """Returns the graph to which the tensors, operations and variables among `values` belong, else the default graph.

    Raises:
      ValueError: they belong to different graphs.
      TypeError: `values` cannot be iterated over.
    """
    found: Any = None
    graph: Any = None
    for value in values:
        if type(value) is Tensor:
            element: Any = value
        else:
            element = value if hasattr(value, "_control_inputs") else convert.graph_element(value)
        if element is None:
            continue
        if graph is None:
            found, graph = element, element.graph
        elif element.graph is not graph:
            raise ValueError(
                f"{element} must be from the same graph as {found} (graphs are {element.graph!r} and {graph!r}).\nBuild both "
                "inside one `with graph.as_default():`."
            )
    return contexts.default_graph() if graph is None else graph


class op_scope:
    """Opens the name scope `name`, or `default_name`, in the graph of `values`; gives its full name with a slash at the end."""

    __slots__ = ("_default", "_scope", "_values")

    def __init__(self, name: str | None, default_name: str, values: Sequence[Any] = ()) -> None:
        self._scope: Any = default_name if name is None else name
        self._values = values

    def __enter__(self) -> str:
        graph = graph_of_values(self._values)
        scope = self._scope = graph.name_scope(self._scope)
        self._default = None if graph is contexts.default_graph() else graph.as_default()
        if self._default is None:
            return scope.__enter__()
        self._default.__enter__()
        try:
            return scope.__enter__()
        except BaseException:
            self._default.__exit__()
            raise

    def __exit__(self, *_: Any) -> None:
        self._scope.__exit__()
        if self._default is not None:
            self._default.__exit__()
