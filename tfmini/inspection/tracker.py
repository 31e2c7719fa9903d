"""Following one graph: records of what it is (`snapshot`) and of what became of it since (`GraphTracker.delta`).

The operation list is the clock: a delta takes the operations that were added, amendments of older ones, and those items of
the other sections that changed. Only sections whose sources moved are looked at again.

A tracker may be asked from another thread than the one that builds: lists are read by length first, and what was half
made is corrected by the next delta.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..framework import contexts, events
from ..framework.slots import slots
from .changes import LastChange
from .columns import OpColumns, Places
from .graph_sections import Uses, collection_records, run_record, session_record, variable_record, variable_scope_name
from .init_order_table import InitTable
from .scopes_section import ScopeTable, entry_record, request_record, scope_records

FORMAT = "tfmini.graph/1"
_SPARSE = (
    "variables",
    "order",
    "inits",
    "scopes",
    "entries",
    "requests",
    "collections",
    "sites",
    "cells",
    "sessions",
    "runs",
)
_MOST_RUNS_SENT = 20
_PROCESS = os.urandom(3).hex()  # a graph of a restarted kernel is another graph to a page
_MOST_RUNS_KEPT = 200


def snapshot(graph: Any) -> dict[str, Any]:
    """Returns the record of a graph as it is now (`docs/data.md` section 1)."""
    return GraphTracker(graph).whole()


class GraphTracker:
    """Follows one graph.

    Attributes:
      sequence: the number of the last delta; a reader is up to date when it has applied the delta `to` that number.

    Example:
      >>> tracker = GraphTracker(graph)            # doctest: +SKIP
      >>> page = tracker.whole()                   # doctest: +SKIP
      >>> tracker.delta()                          # doctest: +SKIP
    """

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.sequence = 0
        self._places = Places()
        self._ops = OpColumns(self._places)
        self._uses = Uses()
        self._scopes = ScopeTable()
        self._inits = InitTable()
        self._amended: set[Any] = set()
        self._mutations = graph._mutations
        self._noted = 0
        self._sources: dict[str, Any] = {}
        self._items: dict[str, list[Any]] = {name: [] for name in _SPARSE}
        self._sent: dict[str, list[Any]] = {name: [] for name in _SPARSE}
        self._change = LastChange(self._ops, self._places)
        self._variable_keys: list[Any] = []
        self._errors: dict[Any, str] = {}
        self._header: dict[str, Any] | None = None
        self._open: dict[str, Any] | None = None
        self._last: dict[str, Any] | None = None

    @property
    def places(self) -> Places:
        """The lines and cells that records point to."""
        return self._places

    # ---- what happened

    def note(self, event: Any) -> None:
        """Takes in an event of the graph. Not needed, but it spares a search for operations that were changed."""
        if type(event) is events.OpChanged:
            self._amended.add(event.op)
            self._noted += 1

    def cell_failed(self, message: str) -> None:
        """Notes the error that ended the cell that runs, or ran last."""
        provider = slots.cell_provider
        cell = provider() if provider is not None else None
        if cell is not None:
            self._errors[cell] = message.partition("\n")[0]

    def recheck(self) -> None:
        """Looks at every section again at the next delta, also at those whose sources seem unchanged."""
        for name in _SPARSE:
            self._sources.pop(name, None)
        self._variable_keys = []

    # ---- records

    def delta(self) -> dict[str, Any] | None:
        """Returns what changed since the last delta, or None when nothing did."""
        self._refresh()
        delta = self._collect()
        if len(delta) == 1:
            return None
        before, self.sequence = self.sequence, self.sequence + 1
        return {"format": FORMAT, "from": before, "to": self.sequence, **delta}

    def whole(self) -> dict[str, Any]:
        """Returns the delta from nothing to `sequence`.

        It shows the graph as it was at the last delta (now, when there was none), because the next delta starts there.
        """
        if self.sequence == 0:
            self.delta()
            self.sequence = 1
        record: dict[str, Any] = {
            "format": FORMAT,
            "graph": self._header,
            "from": 0,
            "to": self.sequence,
            "ops": self._ops.delta(whole=True),
        }
        for name in _SPARSE:
            items = self._items[name]
            first = max(0, len(items) - _MOST_RUNS_KEPT) if name == "runs" else 0
            places = range(first, len(items))
            record[name] = {"length": len(items), "set": {str(i): items[i] for i in places if items[i] is not None}}
        record["open"] = self._open
        record["last"] = self._last
        return record

    # ---- collecting

    def _collect(self) -> dict[str, Any]:
        delta: dict[str, Any] = {"graph": self._header}
        if self._header != self._sources.get("header"):
            self._sources["header"] = self._header
            delta["renamed"] = True
        ops = self._ops.delta()
        if ops is not None:
            delta["ops"] = ops
        for name in _SPARSE:
            update = self._sparse(name)
            if update is not None:
                delta[name] = update
        for name, value in (("open", self._open), ("last", self._last)):
            if self._sources.get("sent " + name) != value:
                self._sources["sent " + name] = value
                delta[name] = value
        if delta.pop("renamed", False) and len(delta) == 1:
            delta["last"] = self._last
        return delta

    def _sparse(self, name: str) -> dict[str, Any] | None:
        items, sent = self._items[name], self._sent[name]
        if items is sent:
            return None
        known = len(sent)
        changed = {
            str(i): item
            for i, item in enumerate(items)
            if (item is not None if i >= known else item is not sent[i] and item != sent[i])
        }
        same_length = known == len(items)
        # what was sent may be changed in place by its table (cells), so a copy is kept
        self._sent[name] = [dict(item) for item in items] if name == "cells" else list(items)
        if not changed and same_length:
            return None
        if name == "runs":
            changed = {key: item for key, item in changed.items() if item is not None}
            for key in list(changed)[:-_MOST_RUNS_SENT]:
                del changed[key]
        return {"length": len(items), "set": changed}

    # ---- looking at the graph

    def _refresh(self) -> None:
        graph = self.graph
        journal = graph.journal
        count = len(graph._ops)
        known = len(self._ops)
        if count > known:
            new = graph._ops[known:count]
            if known:
                self._ops.amend(graph._ops[known - 1])
            self._ops.extend(new)
            self._uses.extend(new)
        self._ops.settle_owners()
        self._follow_changes()
        entries, requests, variables = list(journal.entries), list(journal.requests), list(journal.variables)
        collections_key = self._collections_key()
        if self._moved(
            "entries", (len(entries), tuple(each.index for each in list(journal.open_entries)), _settings(journal))
        ):
            self._refresh_entries(entries)
        if self._moved("scopes", (len(entries), len(variables), len(requests))):
            self._items["scopes"] = scope_records(self._scopes, entries, variables, requests)
        if self._moved("requests", (len(requests), requests[-1].verdict if requests else "", len(variables))):
            self._refresh_requests(requests)
        index_of = {id(each.variable): each.index for each in variables}
        if self._moved("collections", (collections_key, len(variables))):
            self._items["collections"] = collection_records(
                graph._collections, journal.collection_sites, index_of, self._places
            )
        if self._moved("variables", (count, len(variables), len(requests), collections_key)):
            self._refresh_variables(variables, index_of)
        if self._moved("order", (count, len(variables), graph._mutations)):
            self._items["order"], self._items["inits"] = self._inits.records(graph, variables, self._places)
        names = {self._storage_name(each): each.index for each in variables}
        self._refresh_sessions(journal, names)
        self._refresh_runs(journal, names)
        self._refresh_cells()
        self._items["sites"] = list(self._places.sites)
        self._header = {
            "id": graph_id(graph),
            "label": graph_label(graph),
            "is_default": contexts.global_graph() is graph,
            "finalized": graph._finalized,
            "seed": graph._seed,
        }
        self._open = self._open_record(journal)
        self._last = self._change.record()

    def _moved(self, section: str, key: Any) -> bool:
        if self._sources.get(section) == key:
            return False
        self._sources[section] = key
        return True

    def _follow_changes(self) -> None:
        graph = self.graph
        mutations = graph._mutations
        if mutations == self._mutations:
            return
        amended, self._amended = self._amended, set()
        if mutations - self._mutations > self._noted:
            amended = set(graph._ops[: len(self._ops)])
        self._mutations = mutations
        self._noted = 0
        for op in sorted(amended, key=lambda each: each._id):
            self._ops.amend(op)

    def _collections_key(self) -> Any:
        return tuple(
            (hash(key), len(items), id(items[-1]) if items else 0)
            for key, items in list(self.graph._collections.items())
        )

    def _refresh_entries(self, entries: list[Any]) -> None:
        numbers: dict[str, int] = {}
        records: list[Any] = []
        before = self._items["entries"]
        for index, each in enumerate(entries):
            numbers[each.name] = numbers.get(each.name, 0) + 1
            if index < len(before) and not before[index]["open"]:
                records.append(before[index])
            else:
                records.append(entry_record(each, numbers[each.name], self._scopes, self._places))
        self._items["entries"] = records

    def _refresh_requests(self, requests: list[Any]) -> None:
        before = self._items["requests"]
        records = []
        for index, each in enumerate(requests):
            settled = index < len(before) and before[index]["verdict"]
            if settled and (before[index]["variable"] >= 0 or before[index]["word"] == "refused"):
                records.append(before[index])
            else:
                variable = self._variable_index(each.variable)
                records.append(request_record(each, variable, self._places))
        self._items["requests"] = records

    def _variable_index(self, variable: Any) -> int:
        if variable is None:
            return -1
        for each in reversed(list(self.graph.journal.variables)):
            if each is variable or each.variable is variable:
                return int(each.index)
        return -1

    def _refresh_variables(self, variables: list[Any], index_of: dict[int, int]) -> None:
        member: dict[int, list[int]] = {}
        for number, items in enumerate(list(self.graph._collections.values())):
            for item in list(items):
                index = index_of.get(id(item))
                if index is not None and number not in member.setdefault(index, []):
                    member[index].append(number)
        before, known = self._items["variables"], self._variable_keys
        records, keys = [], []
        uses = self._uses
        for place, each in enumerate(variables):
            own = member.get(each.index, [])
            # All that can change of a variable's record: most are as they were.
            key = (
                id(each),
                self.graph._mutations,
                len(uses.reads.get(id(each), ())),
                len(uses.writes.get(id(each), ())),
                len(each.requests),
                own,
            )
            if place < len(known) and known[place] == key:
                records.append(before[place])
            else:
                scope = self._scopes.index(variable_scope_name(each))
                records.append(variable_record(each, scope, uses, self._places, index_of, own))
            keys.append(key)
        self._items["variables"], self._variable_keys = records, keys

    @staticmethod
    def _storage_name(record: Any) -> str:
        storage = getattr(record.variable, "op", None)
        return getattr(storage, "_name", record.name)

    def _refresh_sessions(self, journal: Any, names: dict[str, int]) -> None:
        key = (len(journal.sessions), journal.run_count, len(names), tuple(_closed(each) for each in journal.sessions))
        if not self._moved("sessions", key):
            return
        before = self._items["sessions"]
        records = []
        for index, reference in enumerate(list(journal.sessions)):
            session = _session(reference)
            if session is not None:
                records.append(session_record(session, names))
            elif index < len(before):
                records.append({**before[index], "closed": True, "values": {}})
            else:
                records.append({"label": "?", "closed": True, "values": {}})
        self._items["sessions"] = records

    def _refresh_runs(self, journal: Any, names: dict[str, int]) -> None:
        if not self._moved("runs", (journal.run_count, bool(journal.runs) and journal.runs[-1].seconds)):
            return
        sessions = {id(_session(each)): index for index, each in enumerate(list(journal.sessions))}
        records: list[Any] = list(self._items["runs"][: journal.run_count])
        first_kept = max(0, journal.run_count - journal.most_runs)
        for place in range(max(0, first_kept - _MOST_RUNS_SENT), min(first_kept, len(records))):
            records[place] = None
        records.extend([None] * (journal.run_count - len(records)))
        for run in list(journal.runs)[-_MOST_RUNS_SENT:]:
            if 0 < run.number <= len(records):
                records[run.number - 1] = run_record(run, sessions, names, self._places)
        self._items["runs"] = records

    def _refresh_cells(self) -> None:
        provider: Callable[[], Any] | None = slots.cell_provider
        if provider is not None:
            self._places.cell(provider())
        for cell, message in self._errors.items():
            self._places.cells[self._places.cell(cell)]["error"] = message
        self._items["cells"] = list(self._places.cells)

    def _open_record(self, journal: Any) -> dict[str, Any]:
        stopped = None
        if journal.stopped is not None:
            entry, site, message = journal.stopped
            stopped = {
                "entry": -1 if entry is None else entry.index,
                "site": self._places.site(site),
                "message": str(message).partition("\n")[0],
            }
            self._items["sites"] = list(self._places.sites)
        return {"scopes": [each.index for each in list(journal.open_entries)], "stopped": stopped}


def graph_id(graph: Any) -> str:
    """Returns the id of a graph in records; another process gives another one."""
    return f"g{graph._number}-{_PROCESS}"


def graph_label(graph: Any) -> str:
    """Returns what people call a graph: `default graph`, `graph 2`."""
    return "default graph" if contexts.global_graph() is graph else f"graph {graph._number}"


def _settings(journal: Any) -> tuple[Any, ...]:
    """Returns what can still change in open entries."""
    return tuple(
        (id(each.reuse), len(each.notes), tuple(map(id, each.defaults.values()))) for each in list(journal.open_entries)
    )


def _session(reference: Any) -> Any:
    return reference() if callable(reference) else reference


def _closed(reference: Any) -> bool:
    session = _session(reference)
    return session is None or bool(session._closed)
