"""What is current: the default graph and the default session, one stack a thread."""

from __future__ import annotations

import threading
from typing import Any


class DefaultStack(threading.local):
    """A stack of defaults of one thread."""

    def __init__(self) -> None:
        self.stack: list[Any] = []

    def get(self) -> Any:
        """Returns the innermost default, or None."""
        return self.stack[-1] if self.stack else None

    def controller(self, default: Any) -> Controller:
        """Makes `default` the innermost default inside `with`."""
        return Controller(self, default)


class Controller:
    """One `with` that makes something the default.

    Attributes:
      enforce_nesting: whether it must end as the innermost one. An interactive session may be closed at any time.
    """

    __slots__ = ("_default", "_stack", "enforce_nesting")

    def __init__(self, stack: DefaultStack, default: Any) -> None:
        self._stack = stack
        self._default = default
        self.enforce_nesting = True

    def __enter__(self) -> Any:
        self._stack.stack.append(self._default)
        return self._default

    def __exit__(self, *_: Any) -> None:
        stack = self._stack.stack
        if not stack:
            return
        if not self.enforce_nesting:
            if self._default in stack:
                stack.remove(self._default)
        elif stack[-1] is self._default:
            stack.pop()
        else:
            raise AssertionError(f"Nesting violated for default stack of {type(self._default)} objects")


class GraphStack(DefaultStack):
    """The stack of default graphs.

    Attributes:
      devices: for each time that a graph was made the default, the list of its device scopes at that moment. The list itself: scopes
        that open later on it are seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.devices: list[list[Any]] = []

    def controller(self, default: Any) -> GraphController:
        return GraphController(self, default)


class GraphController(Controller):
    """One `with graph.as_default()`."""

    __slots__ = ()
    _stack: GraphStack

    def __enter__(self) -> Any:
        self._stack.devices.append(self._default._thread.devices)
        return super().__enter__()

    def __exit__(self, *_: Any) -> None:
        try:
            super().__exit__()
        finally:  # also of an exit that is refused, as in TensorFlow; the one that is tried again then finds nothing
            if self._stack.devices:
                self._stack.devices.pop()


graph_stack = GraphStack()
session_stack = DefaultStack()

_global_graph: Any = None
_global_lock = threading.Lock()
_graph_class: Any = None


def set_graph_class(cls: Any) -> None:
    """Tells this module how to make the graph that is the default when nobody opened one."""
    global _graph_class
    _graph_class = cls


def default_graph() -> Any:
    """Returns the default graph of this thread, which is the global one outside every `as_default()`."""
    stack = graph_stack.stack
    if stack:
        return stack[-1]
    global _global_graph
    if _global_graph is None:
        with _global_lock:
            if _global_graph is None:
                _global_graph = _graph_class()
    return _global_graph


def global_graph() -> Any:
    """Returns the graph that is the default outside every `as_default()`, or None when none was needed yet."""
    return _global_graph


def reset_default_graph() -> None:
    """Puts a new, empty graph in the place of the global default graph.

    Raises:
      AssertionError: it was called inside `with graph.as_default()`.
    """
    global _global_graph
    if graph_stack.stack:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting and "
            "create a new graph."
        )
    before = _global_graph
    _global_graph = _graph_class()
    if before is not None:
        before._default_changed(_global_graph)


def default_session() -> Any:
    """Returns the default session of this thread, or None."""
    return session_stack.get()
