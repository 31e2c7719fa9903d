"""The scopes that a thread has open in a graph: names, control dependencies, devices, attributes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any

from . import contexts, devices
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
            # Nothing is ordered inside, so nothing has to be asked for each operation.
            self.saved, state.control = state.control, []
            self.control_flow, state.control_flow = state.control_flow, None
        else:
            state.control = [*state.control, self]

    def __exit__(self, *_: Any) -> None:
        state = self._graph._thread
        if self.new_stack:
            state.control = self.saved
            state.control_flow = self.control_flow
        else:
            state.control = [each for each in state.control if each is not self]

    def see(self, op: Operation) -> None:
        """Notes an operation that was added inside."""
        if self.ops:
            self._seen.add(op)

    def orders(self, inputs: Sequence[Tensor]) -> bool:
        """Says whether one of these inputs was computed inside, so that the order holds already."""
        return not self._seen.isdisjoint([tensor._op for tensor in inputs])


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


# ---- devices, colocation, attributes


class DeviceScope(contextlib.ContextDecorator):
    """One `with tf.device(...)`; see `Graph.device`."""

    def __init__(self, graph: Any, asked: Any) -> None:
        self._graph = graph
        self._asked = asked
        self._entries: list[tuple[Any]] = []

    def __enter__(self) -> None:
        asked = self._asked
        if isinstance(asked, str):
            devices.parse(asked)
        elif asked is not None and not callable(asked):
            raise TypeError(f"A device is a name, a function or None, got {asked!r}.")
        self._entries.append((asked,))
        self._graph._thread.devices.append(self._entries[-1])

    def __exit__(self, *_: Any) -> None:
        open_here = self._graph._thread.devices
        if open_here[-1] is not self._entries.pop():
            raise RuntimeError("Exiting device scope without proper scope nesting.")
        open_here.pop()


class ColocationScope(contextlib.ContextDecorator):
    """One `with tf.colocate_with(...)`; see `Graph.colocate_with`."""

    def __init__(self, graph: Any, op: Any, ignore_existing: bool) -> None:
        self._graph = graph
        self._op = op
        self._ignore_existing = ignore_existing
        self._before: list[tuple[Any, Any]] = []

    def __enter__(self) -> None:
        op = self._op
        if op is None and not self._ignore_existing:
            raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
        if op is not None and not isinstance(op, Operation):
            op = getattr(op, "op", op)
        state = self._graph._thread
        outside = state.colocation
        self._before.append((state.devices, outside))
        # What the device scopes around asked for does not count inside.
        state.devices = []
        kept = [] if self._ignore_existing else outside
        state.colocation = [*kept] if op is None else [*kept, op]

    def __exit__(self, *_: Any) -> None:
        state = self._graph._thread
        state.devices, state.colocation = self._before.pop()


class AttrScope:
    """Attributes for everything that is added inside; see `Graph._attr_scope`."""

    __slots__ = ("_attrs", "_before", "_graph")

    def __init__(self, graph: Any, attrs: dict[str, Any]) -> None:
        self._graph = graph
        self._attrs = attrs
        self._before: dict[str, Any] = {}

    def __enter__(self) -> None:
        state = self._graph._thread
        before = self._before = state.attrs
        state.attrs = {k: v for k, v in {**before, **self._attrs}.items() if v is not None}

    def __exit__(self, *_: Any) -> None:
        self._graph._thread.attrs = self._before


class LiftedScope:
    """Where variables are made: without control dependencies, and on the devices of the scopes around.

    Inside a colocation no device scope counts; then TensorFlow takes those that were open on this graph's list of device scopes when
    a graph was last made the default.
    """

    __slots__ = ("_control", "_default", "_devices", "_graph")

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    def __enter__(self) -> None:
        graph = self._graph
        state = graph._thread
        self._devices = wanted = state.devices
        stack = contexts.graph_stack
        if not wanted and stack.devices:
            wanted = stack.devices[-1]
        self._default = stack.controller(graph)
        self._default.__enter__()
        self._control = ControlDependencies(graph, None)
        self._control.__enter__()
        state.devices = wanted

    def __exit__(self, *_: Any) -> None:
        self._graph._thread.devices = self._devices
        self._control.__exit__()
        self._default.__exit__()
