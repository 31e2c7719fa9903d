"""The scopes that a thread has open in a graph: names, control dependencies, devices, attributes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from .naming import VALID_OP_NAME, VALID_SCOPE_NAME, name_from_scope_name
from .operation import Operation
from .tensor import Tensor


class ThreadState(threading.local):
    """The scopes that a thread has open in one graph."""

    def __init__(self) -> None:
        self.name_stack = ""
        self.control: list[ControlDependencies] = []
        self.devices: list[tuple[Any]] = []
        self.colocation: list[Operation] = []
        self.attrs: dict[str, Any] = {}
        self.variable_scopes: Any = None
        self.control_flow: Any = None


class ControlDependencies:
    """One `with tf.control_dependencies(...)`.

    It knows which operations were added inside, because an operation that reads one of them is ordered already.
    """

    __slots__ = ("_graph", "_seen", "control_flow", "new_stack", "ops", "saved")

    def __init__(self, graph: Any, ops: list[Operation] | None) -> None:
        self._graph = graph
        self.new_stack = ops is None
        self.ops = [] if ops is None else ops
        self._seen: set[Operation] = set()
        self.saved: Any = None
        self.control_flow: Any = None

    def __enter__(self) -> None:
        state = self._graph._thread
        if self.new_stack:
            self.saved, state.control = state.control, []
            self.control_flow, state.control_flow = state.control_flow, None
        state.control = [*state.control, self]

    def __exit__(self, *_: Any) -> None:
        state = self._graph._thread
        state.control = [each for each in state.control if each is not self]
        if self.new_stack:
            state.control = self.saved
            state.control_flow = self.control_flow

    def see(self, op: Operation) -> None:
        self._seen.add(op)

    def orders(self, inputs: Sequence[Tensor]) -> bool:
        """Says whether one of these inputs was computed inside, so that the order holds already."""
        seen = self._seen
        return any(tensor._op in seen for tensor in inputs)


class NameScope:
    """One `with graph.name_scope(...)`. A class of its own, because every operation opens one."""

    __slots__ = ("_before", "_graph", "_name")

    def __init__(self, graph: Any, name: Any) -> None:
        self._graph = graph
        self._name = name
        self._before = ""

    def __enter__(self) -> str:
        graph, name = self._graph, self._name
        state = graph._thread
        before = self._before = state.name_stack
        if not name:
            state.name_stack = ""
            return ""
        name = _valid(name, before)
        inside = name_from_scope_name(name) if name[-1] == "/" else graph.unique_name(name)
        state.name_stack = inside
        return inside + "/" if inside else ""

    def __exit__(self, *_: Any) -> None:
        self._graph._thread.name_stack = self._before


def _valid(name: Any, before: str) -> str:
    """Returns `name` as text. Raises TypeError or ValueError when no scope can be called that inside `before`."""
    if isinstance(name, bytes):
        name = name.decode()
    if not isinstance(name, str):
        raise TypeError(f"Expected a string for name, got {name!r} of type {type(name).__name__}.")
    pattern = VALID_SCOPE_NAME if before else VALID_OP_NAME
    if not pattern.fullmatch(name):
        kind = "scope" if before else "root scope"
        raise ValueError(
            f"'{name}' is not a valid {kind} name. A {kind} name has to match the following pattern: {pattern.pattern}"
        )
    return name
