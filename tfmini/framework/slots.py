"""The one list of places where a room further right fills in what a public object of this room offers.

`Tensor.eval` needs a session, `Graph.as_graph_def` needs protocol buffers, a rich repr needs a view. Each such need is a
slot here, filled when its room is imported; nothing else crosses the layers from left to right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _unfilled(name: str) -> Callable[..., Any]:
    def missing(*_: Any, **__: Any) -> Any:
        raise RuntimeError(
            f"{name} needs a part of tfmini that is not loaded. Import tfmini as a whole: `import tfmini`."
        )

    return missing


class Slots:
    """Functions filled in by rooms further right."""

    __slots__ = (
        "binary_operator",
        "cached_reads",
        "cell_provider",
        "check_loops",
        "default_session_run",
        "explain_error",
        "getitem",
        "graph_def",
        "mimebundle",
        "node_def",
        "shape_proto",
        "unary_operator",
    )

    def __init__(self) -> None:
        # ops: operator("__add__", x, y) and the like
        self.binary_operator: Callable[..., Any] = _unfilled("A tensor operator")
        self.unary_operator: Callable[..., Any] = _unfilled("A tensor operator")
        self.getitem: Callable[..., Any] = _unfilled("Slicing a tensor")
        # ops: says when an operation reads what is computed inside a loop around which it does not stand
        self.check_loops: Callable[[Any], None] = _unfilled("A loop")
        # variables: a scope in which variables that are asked for are read once
        self.cached_reads: Callable[[], Any] = _unfilled("Mapping over rows")
        # runtime: (fetch, feed_dict, session, graph, what) -> values
        self.default_session_run: Callable[..., Any] = _unfilled("Tensor.eval and Operation.run")
        # formats and io
        self.node_def: Callable[..., Any] = _unfilled("Operation.node_def")
        self.graph_def: Callable[..., Any] = _unfilled("Graph.as_graph_def")
        self.shape_proto: Callable[..., Any] = _unfilled("TensorShape.as_proto")
        # widgets: object -> mime bundle dict, or None outside a notebook; and the cell that runs now
        self.mimebundle: Callable[..., Any] | None = None
        self.cell_provider: Callable[[], Any] | None = None
        # inspection: exception -> text after an error
        self.explain_error: Callable[..., Any] | None = None


slots = Slots()
