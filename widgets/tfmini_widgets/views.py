"""The views, and the short functions that show them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from tfmini import inspection

from . import requests as calls
from . import tables
from .initializing import Initializing, InitOrderView, texts
from .recorded import RecordedView
from .requests import ReuseDebugger
from .view import LiveView


class GraphView(LiveView):
    """The graph: operations, variables as capsules, name scopes that fold, machinery in lanes."""

    _name = "graph"


class ScopeTree(LiveView):
    """The variable scopes: their reuse modes and where these come from, their entries and variables."""

    _name = "scopes"
    _word = "Scopes"
    _height = 500

    def _twin(self) -> str:
        record = self._whole()
        return inspection.scopes_text(record) + "\n" + inspection.requests_text(record)

    def _static_svg(self) -> str:
        return tables.scopes_svg(self._whole(), self._title())


class CollectionsView(LiveView):
    """The collections: which lists exist, what is in them, which line put it there."""

    _name = "collections"
    _word = "Collections"
    _height = 480

    def _twin(self) -> str:
        return inspection.collections_text(self._whole())

    def _static_svg(self) -> str:
        return tables.collections_svg(self._whole(), self._title())


class SessionStepper(RecordedView):
    """One run of a session, step by step, with its values.

    The run was done on a fork of the session's state: nothing in the session has changed. `commit` writes it.

    Args:
      session: the session; its present values are the start.
      fetches, feed_dict: as in `Session.run`.
      watch: tensors or variables to watch; scalars among the fetches if None.
      theme, height, state: as in `LiveView`.

    Raises:
      What `Session.run` raises for fetches and feeds that do not fit. An operation that fails is shown, not raised.
    """

    _name = "stepper"
    _word = "Stepper"
    _height = 742

    def __init__(
        self, session: Any, fetches: Any, feed_dict: Any = None, *, watch: Sequence[Any] | None = None, **options: Any
    ) -> None:
        self._session = session
        self._watch = watch
        recording = inspection.Recording(session, fetches, feed_dict, watch)
        super().__init__(session.graph, **options)
        self._record(recording)

    def commit(self) -> tuple[str, ...]:
        """Writes the values of this run into the session. Returns the names of the variables that were written.

        Raises:
          RuntimeError: the run was written already, or the session is closed. What the run itself raised.
        """
        return self._recorded().commit()

    def again(self) -> None:
        """Records another run of the same fetches, from the present state of the session."""
        self._again_asked({})

    def _twin(self) -> str:
        return inspection.trace_text(self.trace)

    def _static_svg(self) -> str:
        return tables.trace_svg(self.trace, self._title())

    def _title(self) -> str:
        return f"Stepper of run {self.trace.get('run', 0)} in session {self.trace.get('session', '?')}"


class Dashboard(RecordedView):
    """Graph, scopes, collections and runs of one graph in one place; what is selected in one is lit in all.

    Its stepper shows the run that `step` recorded; on a page with a `SessionStepper` of the same graph, the run of that one.
    """

    _name = "dashboard"
    _word = "Dashboard"
    _height = 760

    def __init__(self, graph: Any = None, *, session: Any = None, **options: Any) -> None:
        if session is not None:
            own = getattr(session, "graph", None)
            if own is None:
                raise TypeError(f"session is a tf.Session, not {type(session).__name__}.")
            if graph is not None and getattr(graph, "graph", graph) is not own:
                raise ValueError("The session runs another graph than the one given. Leave one of the two out.")
            graph = own
        super().__init__(graph, **options)
        self._asking = Initializing(self.graph)

    def step(self, session: Any, fetches: Any, feed_dict: Any = None, watch: Sequence[Any] | None = None) -> None:
        """Shows one run in the stepper of this dashboard; arguments as in `SessionStepper`."""
        self._record(inspection.Recording(session, fetches, feed_dict, watch))

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            **super()._answers(),
            **calls.answers(self.graph),
            "preflight": self._asking.preflight,
            "try": self._asking.try_order,
            "find": self._asking.find_order,
            "init_steps": lambda payload: self._record(self._asking.recording(payload)),
        }

    def _twin(self) -> str:
        record = self._whole()
        parts = [
            inspection.graph_text(record),
            inspection.scopes_text(record),
            inspection.collections_text(record),
            calls.text_of(record, self.state),
            texts(record, self.state),
        ]
        if self.trace:
            parts.append(inspection.trace_text(self.trace))
        return "\n".join(part if part.endswith("\n") else part + "\n" for part in parts)


# ---- short words


def dashboard(graph: Any = None, **options: Any) -> Dashboard:
    """Returns the dashboard of a graph, the default graph if None."""
    return Dashboard(graph, **options)


def graph(graph: Any = None, **options: Any) -> GraphView:
    """Returns the view of a graph, the default graph if None."""
    return GraphView(graph, **options)


def scopes(graph: Any = None, **options: Any) -> ScopeTree:
    """Returns the view of the variable scopes of a graph."""
    return ScopeTree(graph, **options)


def collections(graph: Any = None, **options: Any) -> CollectionsView:
    """Returns the view of the collections of a graph."""
    return CollectionsView(graph, **options)


def init_order(graph: Any = None, fetches: Any = None, feed_dict: Any = None, **options: Any) -> InitOrderView:
    """Returns the view of the initialization order of a graph, the default graph if None.

    Args:
      graph: a graph, or a session; with a session and `fetches` the view looks ahead to `session.run(fetches, feed_dict)`.
      options: `session`, `theme`, `height`, `state`, as in `InitOrderView`.
    """
    return InitOrderView(graph, fetches, feed_dict, **options)


def step(session: Any, fetches: Any, feed_dict: Any = None, **options: Any) -> SessionStepper:
    """Records one run of `session` on a fork of its state and returns the view of it.

    Args:
      session, fetches, feed_dict: as in `Session.run`.
      options: `watch`, `theme`, `height`, `state`, as in `SessionStepper`.
    """
    return SessionStepper(session, fetches, feed_dict, **options)


def reuse(graph: Any = None, number: int | None = None, **options: Any) -> ReuseDebugger:
    """Returns the view of the `get_variable` calls of a graph, the default graph if None.

    Args:
      number: the number of the call to open; the last refused one if None, 0 for none.
      options: `predict`, `theme`, `height`, `state`, as in `ReuseDebugger`.
    """
    return ReuseDebugger(graph, number, **options)


def why(**options: Any) -> ReuseDebugger | SessionStepper | None:
    """Opens what went wrong last: the refused `get_variable` call with its fixes, or the run that failed at the step that failed.

    Outside notebooks it prints the same as text. `options` as in the views.
    """
    problem = inspection.last_problem()
    if problem is None or "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        print(inspection.why())
        return None
    return opened(problem, **options)


def opened(problem: tuple[Any, ...], **options: Any) -> ReuseDebugger | SessionStepper:
    """Returns the view of what `inspection.last_problem` found."""
    if problem[0] == "call":
        return ReuseDebugger(problem[1], problem[2], **options)
    return SessionStepper(*problem[1:], **options)
