"""Before a run: which variables it would find empty, which placeholders unfed, at which step, and what to run first.

Nothing here touches the session: everything is tried on forks of its state.
"""

from __future__ import annotations

from typing import Any

from ..framework.operation import Operation
from ..runtime.session import BaseSession
from .columns import Places
from .init_order_table import InitTable, initializer_of, storage_of
from .preflight_flight import Event, Flight, message_of
from .tracker import graph_id

FORMAT = "tfmini.preflight/1"
_MOST_ROUNDS = 8
_NO_VALUE = "FailedPreconditionError"


def preflight(session: Any, fetches: Any, feed_dict: Any = None) -> dict[str, Any]:
    """Returns what `session.run(fetches, feed_dict)` would do now, without running it in the session.

    Args:
      session, fetches, feed_dict: as in `Session.run`. Placeholders may be left out: the record says which are needed, and what
        would happen if they were fed.

    Returns:
      The record of `docs/data.md` section 4.2.

    Raises:
      What `Session.run` raises for fetches and feeds that do not fit; RuntimeError for a closed session or an empty graph.
    """
    return Preflight(session, fetches, feed_dict).record()


class Preflight:
    """One look ahead, with what is needed to find what to run first."""

    def __init__(self, session: Any, fetches: Any, feed_dict: Any = None) -> None:
        if not isinstance(session, BaseSession):
            raise TypeError(f"preflight needs a tf.Session, not {type(session).__name__}: preflight(sess, fetches).")
        session._check_usable()
        self._session = session
        self._graph = session.graph
        self._fetches = fetches
        self._feed_dict = feed_dict
        self._variables = [each for each in list(self._graph.journal.variables) if storage_of(each) is not None]
        self._index_of = {cell_name(storage_of(each)): each.index for each in self._variables}
        self._of_index = {each.index: each for each in self._variables}
        self.flight = Flight(self._graph, session._state.fork(), fetches, feed_dict)

    def record(self) -> dict[str, Any]:
        """Returns the record."""
        flight = self.flight
        stop, fed = flight.first(), flight.first(but="unfed")
        empty = [each for each in flight.events if each.what == "empty"]
        have = self._filled(self._session._state)
        first, works = self._run_first(empty)
        met = {self._variable(each) for each in empty} | {index for run in first for index in run["variables"]}
        not_read = [each.index for each in self._variables if each.index not in have and each.index not in met]
        mentioned = {*met, *not_read, *(index for run in first for index in run["reads"])} - {-1}
        return {
            "format": FORMAT,
            "graph": graph_id(self._graph),
            "session": self._session._label,
            "fetches": [_name(each) for each in flight.fetched],
            "feeds": [tensor.name for tensor, _ in flight.feeds],
            "steps": len(flight.plan.steps),
            "stops": self._event(stop),
            "stops_fed": self._event(fed),
            "sure": not flight.acts_outside and all(each.sure for each in flight.events),
            "unfed": [self._short(each) for each in flight.events if each.what == "unfed"],
            "empty": [self._short(each) for each in _once(empty)],
            "first": first,
            "then_runs": works,
            "not_read": not_read,
            "names": {str(each): self._of_index[each].name for each in sorted(mentioned)},
        }

    def _short(self, event: Event) -> dict[str, Any]:
        """Returns where a variable or placeholder is missing."""
        op = event.op
        index = self._variable(event)
        name = event.cell.name if event.cell is not None else "" if op is None else op._name
        return {
            "name": self._of_index[index].name if index in self._of_index else name,
            "variable": index,
            "step": event.step,
            "op": -1 if op is None else op._id,
            "sure": event.sure,
        }

    def _event(self, event: Event | None) -> dict[str, Any] | None:
        """Returns what stops the run."""
        if event is None:
            return None
        short = self._short(event)
        if event.error is not None:
            error, message = type(event.error).__name__, message_of(event.error)
        elif event.what == "unfed":
            error, message = "InvalidArgumentError", f"{short['name']} must be fed"
        else:
            error, message = _NO_VALUE, f"{short['name']} is empty"
        at = "" if event.op is None else event.op._name
        return {"what": event.what, **short, "at": at, "error": error, "message": message}

    def _variable(self, event: Event) -> int:
        return -1 if event.cell is None else self._index_of.get(event.cell.name, -1)

    def _filled(self, state: Any) -> set[int]:
        """Returns the variables that have a value in a state."""
        names = {cell.name for cell in list(state.variables.cells.values()) if cell.value is not None}
        return {index for name, index in self._index_of.items() if name in names}

    # ---- what to run first

    def _run_first(self, empty: list[Event]) -> tuple[list[dict[str, Any]], bool]:
        """Returns the fewest runs of initializers after which no variable is found empty, and whether that was so on a fork."""
        wanted = {self._variable(each) for each in empty} - {-1}
        if any(self._variable(each) < 0 for each in empty):
            return [], False
        if not wanted:
            return [], True
        order, inits = InitTable().records(self._graph, list(self._graph.journal.variables), Places())
        have = self._filled(self._session._state)
        for _ in range(_MOST_ROUNDS):
            levels = self._levels(wanted, have, order)
            fork = self._session._state.fork()
            runs = [self._run(level, have, order, inits) for level in levels]
            done = all(self._tried(each, fork) for each in runs)
            if not done:
                return runs, False
            after = Flight(self._graph, fork, self._fetches, self._feed_dict)
            more = {self._variable(each) for each in after.events if each.what == "empty"}
            if not more:
                return runs, True
            if more <= wanted:
                break
            wanted |= more - {-1}
        return runs, False

    def _levels(self, wanted: set[int], have: set[int], order: list[Any]) -> list[list[int]]:
        """Returns the variables to initialize, in as many runs as raw reads ask for; adds to `wanted` what they read."""
        todo = list(wanted)
        before: dict[int, list[int]] = {}
        while todo:
            each = todo.pop()
            raw = [read["variable"] for read in (order[each] or {"reads": []})["reads"] if read["how"] == "raw"]
            before[each] = [other for other in raw if other not in have]
            for other in before[each]:
                if other not in wanted:
                    wanted.add(other)
                    todo.append(other)
        level: dict[int, int] = {}
        for _ in range(len(before) + 1):
            changed = False
            for each, others in before.items():
                now = 1 + max([level.get(other, 0) for other in others], default=-1)
                if level.get(each) != now and now <= len(before):
                    level[each], changed = now, True
            if not changed:
                break
        return [sorted(each for each in level if level[each] == number) for number in sorted(set(level.values()))]

    def _run(self, group: list[int], have: set[int], order: list[Any], inits: list[Any]) -> dict[str, Any]:
        initializers = [initializer_of(self._of_index[each]) for each in group]
        names = [each._name for each in initializers]
        fitting = [
            each
            for each in inits
            if set(group) <= set(each["covers"])
            and not have & set(each["covers"])
            and not _reads_inside(each["covers"], order)
        ]
        best = min(fitting, key=lambda each: len(each["covers"]), default=None)
        op = "" if best is None else best["name"]
        shown = repr(op) if op else repr(names[0]) if len(names) == 1 else repr(names)
        reads = sorted(
            {
                read["variable"]
                for each in group
                for read in (order[each] or {"reads": []})["reads"]
                if read["how"] == "raw"
            }
        )
        feeds = sorted(
            {
                self._graph._ops[op]._name
                for each in group
                for op in (order[each] or {"placeholders": []})["placeholders"]
            }
        )
        return {
            "variables": group,
            "reads": reads,
            "feeds": feeds,
            "op": op,
            "code": f"sess.run({shown})"
            if not feeds
            else f"sess.run({shown}, {{{', '.join(repr(each + ':0') + ': ...' for each in feeds)}}})",
        }

    def _tried(self, run: dict[str, Any], fork: Any) -> bool:
        """Runs one group on a fork; what must be fed counts as fed."""
        initializers = [initializer_of(self._of_index[each]) for each in run["variables"]]
        return Flight(self._graph, fork, initializers).first(but="unfed") is None


def _reads_inside(covers: list[int], order: list[Any]) -> bool:
    inside = set(covers)
    return any(
        read["how"] == "raw" and read["variable"] in inside
        for each in covers
        for read in (order[each] or {"reads": []})["reads"]
    )


def _once(events: list[Event]) -> list[Event]:
    """Returns one event for each variable: the sure one when there are two."""
    found: dict[Any, Event] = {}
    for each in events:
        if each.cell not in found or each.sure:
            found[each.cell] = each
    return sorted(found.values(), key=lambda each: each.step)


def cell_name(storage: Any) -> str:
    """Returns the name under which a session keeps the value of a storage operation."""
    shared = storage._attrs.get("shared_name", b"")
    return shared.decode() if shared else str(storage._name)


def _name(element: Any) -> str:
    return str(element._name if isinstance(element, Operation) else element.name)
