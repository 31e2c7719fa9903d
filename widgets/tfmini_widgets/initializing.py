"""The view of the initialization order, and what it shares with the dashboard: answers to a page that looks ahead or tries orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfmini import inspection

from . import tables
from .recorded import RecordedView


class Initializing:
    """Answers about the sessions of one graph.

    Args:
      graph: the graph.
    """

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._feeds: dict[str, Any] = {}

    def session(self, label: Any) -> Any:
        """Returns the open session with this label. Raises ValueError when there is none."""
        for reference in list(self._graph.journal.sessions):
            found = reference() if callable(reference) else reference
            if found is not None and found._label == label and not found._closed:
                return found
        raise ValueError(f"Session {label} is closed or gone. Open one: sess = tf.Session()")

    def remember(self, fetches: Any, feed_dict: Any) -> None:
        """Keeps what the program gave, under the name by which the page asks for it."""
        self._feeds[fetch_name(fetches)] = (fetches, feed_dict)

    def preflight(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Looks ahead: `{"session", "fetch"}`."""
        name = str(payload.get("fetch", ""))
        fetches, feeds = self._feeds.get(name, (name, None))
        return inspection.preflight(self.session(payload.get("session")), fetches, feeds)

    def try_order(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tries an order: `{"session", "order", "start"}`."""
        session = self.session(payload.get("session"))
        return inspection.try_order(session, _groups(payload), str(payload.get("start", "session")))

    def find_order(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Finds an order that works: `{"session", "variables", "start"}`."""
        session = self.session(payload.get("session"))
        return inspection.find_order(session, payload.get("variables"), str(payload.get("start", "session")))

    def recording(self, payload: dict[str, Any]) -> inspection.Recording:
        """Records the initialization of `{"session", "order"}` as one run on a fork."""
        order = [index for group in _groups(payload) for index in group]
        variables = [self._graph.journal.variables[index].variable for index in order]
        if not variables:
            raise ValueError("There is no variable to initialize.")
        return inspection.Recording(self.session(payload.get("session")), [each.initializer for each in variables])


def _groups(payload: dict[str, Any]) -> list[list[int]]:
    return [[int(each) for each in group] for group in payload.get("order", [])]


def fetch_name(fetches: Any) -> str:
    """Returns the name of what is fetched, of the first thing when there are several."""
    if isinstance(fetches, (list, tuple)):
        return fetch_name(fetches[0]) if fetches else ""
    if isinstance(fetches, dict):
        return fetch_name(list(fetches.values()))
    name = fetches if isinstance(fetches, str) else str(getattr(getattr(fetches, "op", fetches), "name", fetches))
    return name.removesuffix(":0")


def texts(record: Any, state: dict[str, Any]) -> str:
    """Returns the text twins: the order, then the look ahead and the attempt that the view shows."""
    parts = [inspection.init_order_text(record)]
    if state.get("init.preflight"):
        parts.append(inspection.preflight_text(state["init.preflight"]))
    if state.get("init.tried"):
        parts.append(inspection.try_text(state["init.tried"]))
    return "\n".join(parts)


class InitOrderView(RecordedView):
    """What must be initialized before what, who has a value in which session, and what a run would find empty.

    Args:
      graph: the graph, or a session of it; the default graph if None.
      fetches, feed_dict: a run to look ahead to, as in `Session.run`; it needs a session.
      session: the session to look at; the last one of the graph if None.
      theme, height, state: as in `LiveView`.

    Raises:
      TypeError, ValueError: the session is none, or runs another graph. What `Session.run` raises for fetches that do not fit.
    """

    _name = "init"
    _word = "Initialization order"
    _no_run = "No initialization is recorded. Call .walk() first."
    _height = 700

    def __init__(
        self, graph: Any = None, fetches: Any = None, feed_dict: Any = None, *, session: Any = None, **options: Any
    ) -> None:
        if session is None and hasattr(graph, "variable_values"):
            session, graph = graph, None
        if session is not None:
            if not hasattr(session, "variable_values"):
                raise TypeError(f"session is a tf.Session, not {type(session).__name__}.")
            if graph is not None and getattr(graph, "graph", graph) is not session.graph:
                raise ValueError("The session runs another graph than the one given. Leave one of the two out.")
            graph = session.graph
        ahead = None
        if fetches is not None:
            if session is None:
                raise ValueError("Looking ahead to a run needs a session: tfw.init_order(sess, fetches, feed_dict).")
            ahead = inspection.preflight(session, fetches, feed_dict)
        super().__init__(graph, **options)
        self._asking = Initializing(self.graph)
        state = dict(self.state)
        if session is not None:
            state["init.session"] = session._label
        if ahead is not None:
            self._asking.remember(fetches, feed_dict)
            state["init.fetch"] = fetch_name(fetches)
            state["init.preflight"] = {**ahead, "fetch": state["init.fetch"]}
        if state != self.state:
            self.state = state

    def walk(self, session: Any = None, variables: Sequence[Any] | None = None) -> None:
        """Shows the initialization of `variables` (all, in an order that works, if None) step by step, on a fork of the session."""
        chosen = self._asking.session(self.state.get("init.session")) if session is None else session
        if variables is None:
            found = inspection.find_order(chosen)
            order = [index for run in found["runs"] for index in run["variables"]]
            variables = [self.graph.journal.variables[index].variable for index in order]
        self._record(inspection.Recording(chosen, [each.initializer for each in variables]))

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            **super()._answers(),
            "preflight": self._asking.preflight,
            "try": self._asking.try_order,
            "find": self._asking.find_order,
            "init_steps": lambda payload: self._record(self._asking.recording(payload)),
        }

    def _twin(self) -> str:
        return texts(self._whole(), self.state)

    def _static_svg(self) -> str:
        return init_svg(self._whole(), self._title())


def init_svg(graph: Any, title: str) -> str:
    """Returns the variables of a graph, or of its record, by wave as a table."""
    record = inspection.record_of(graph)
    order = inspection.init_order(record)
    sessions = [each for each in order["sessions"] if not each["closed"]][-3:]
    rows = []
    for number, wave in enumerate(order["waves"], 1):
        for index in wave:
            item = order["variables"][index]
            reads = ", ".join(
                f"{record.variables[each['variable']]['name']} ({each['how'].replace('raw', 'raw read')})"
                for each in item["reads"]
            )
            states = [inspection.value_state(each, index) for each in sessions]
            rows.append((number - 1, [item["name"], f"{number}", item["verdict"], reads, *states]))
    note = inspection.init_order_text(record).partition("\n")[0]
    columns = ["variable", "wave", "verdict", "initial value reads", *(f"session {each['label']}" for each in sessions)]
    return tables.table_svg(title, columns, rows, note)
