"""Where a session runs: in this process, or by an engine that was registered for its target.

An engine takes the place of plans, drivers and state. It gets the graph, so it can send `graph.as_graph_def()` elsewhere, and runs
tensors and operations by their names::

    class Engine:
        def run(self, tensors, targets, feeds, options, run_metadata): ...   # values of `tensors`, in their order
        def close(self): ...

    register_engine("grpc://", lambda target, graph, config: Engine(...))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import NotFoundError


class Engine(Protocol):
    """What a session asks of an engine elsewhere."""

    def run(
        self,
        tensors: Sequence[Any],
        targets: Sequence[Any],
        feeds: Sequence[tuple[Any, Any]],
        options: Any,
        run_metadata: Any,
    ) -> list[Any]:
        """Runs `targets`, and returns the values of `tensors` as arrays. `feeds` are pairs of a tensor and its array."""

    def close(self) -> None:
        """Ends what the session kept there."""


_factories: dict[str, Callable[[str, Any, Any], Engine]] = {}


def register_engine(prefix: str, factory: Callable[[str, Any, Any], Engine]) -> Callable[[], None]:
    """Hands sessions whose target starts with `prefix` to the engine that `factory(target, graph, config)` makes.

    Returns:
      A function that takes the registration back.

    Raises:
      ValueError: the prefix is empty or taken.
    """
    if not prefix or prefix in _factories:
        raise ValueError(f"The prefix {prefix!r} is {'taken' if prefix else 'empty: that is this process'}.")
    _factories[prefix] = factory

    def unregister() -> None:
        _factories.pop(prefix, None)

    return unregister


def check_target(target: Any) -> str:
    """Returns a target as text. Raises TypeError when it is none."""
    if target is None:
        return ""
    if isinstance(target, bytes):
        return target.decode()
    if not isinstance(target, str):
        kind = type(target).__name__
        hint = ' Did you do "Session(config)" instead of "Session(config=config)"?' if kind == "ConfigProto" else ""
        raise TypeError(f'Argument `target` must be a string, but got "{kind}".{hint}')
    return target


def engine_for(target: str, graph: Any, config: Any) -> Engine | None:
    """Returns the engine for a target; None for this process. Raises NotFoundError when nobody answers to the target."""
    if not target:
        return None
    for prefix, factory in _factories.items():
        if target.startswith(prefix):
            return factory(target, graph, config)
    known = ", ".join(["DIRECT_SESSION", *(f"{prefix}..." for prefix in sorted(_factories))])
    raise NotFoundError(
        None,
        None,
        f'No session factory registered for the given session options: {{target: "{target}"}} Registered factories are '
        f"{{{known}}}.\ntfmini runs in this process: leave the target empty, tf.Session().",
    )
