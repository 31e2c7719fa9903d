"""The name scope of a function that adds several operations."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from . import contexts, convert


def graph_of_values(values: Sequence[Any]) -> Any:
    """Returns the graph to which the tensors, operations and variables among `values` belong, else the default graph.

    Raises:
      ValueError: they belong to different graphs.
      TypeError: `values` cannot be iterated over.
    """
    found: Any = None
    graph: Any = None
    for value in values:
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


@contextlib.contextmanager
def op_scope(name: str | None, default_name: str, values: Sequence[Any] = ()) -> Iterator[str]:
    """Opens the name scope `name`, or `default_name`, in the graph of `values`; gives its full name with a slash at the end."""
    graph = graph_of_values(values)
    inside = graph.name_scope(default_name if name is None else name)
    if graph is contexts.default_graph():
        with inside as scope:
            yield scope
    else:
        with graph.as_default(), inside as scope:
            yield scope
