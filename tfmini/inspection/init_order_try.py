"""Initializing in another order, on a fork: what fails, and what comes out different.

Random initial values are drawn by generators that are the same in every attempt, so a difference comes from the order alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..runtime.recorder import Run
from ..runtime.session import BaseSession
from ..runtime.state import RandomStore, SessionState
from .columns import Places
from .init_order_table import InitTable, initializer_of, storage_of
from .preflight import cell_name
from .preflight_flight import message_of
from .trace_text import value_words
from .tracker import graph_id
from .values import value_summary

FORMAT = "tfmini.init_try/1"
_MOST_VALUES = 200


def try_order(session: Any, order: Sequence[Any], start: str = "session") -> dict[str, Any]:
    """Runs initializers in a given order on a fork of the session's state and returns what came of it.

    Args:
      session: the session; it stays as it is.
      order: variables, in the order of their runs; a list among them is one run of several. Variables, their names, or their
        indexes in the graph record.
      start: "session" starts with the values of the session, "empty" with none.

    Returns:
      The record of `docs/data.md` section 4.3.

    Raises:
      KeyError, IndexError: no variable has that name or index. ValueError: another `start`, or a variable without initializer.
    """
    attempt = _Attempt(session, start)
    groups = [attempt.indexes(each) for each in order]
    return attempt.record(groups, found=False)


def find_order(session: Any, variables: Sequence[Any] | None = None, start: str = "session") -> dict[str, Any]:
    """Returns an order that works, tried on a fork: as few runs as the raw reads allow, all of one wave in one run.

    Args:
      session: the session; it stays as it is.
      variables: which ones; all that have an initializer if None.
      start: as in `try_order`.

    Returns:
      The record of `docs/data.md` section 4.3; `outcome` says whether there is such an order.
    """
    attempt = _Attempt(session, start)
    chosen = None if variables is None else [index for each in variables for index in attempt.indexes(each)]
    return attempt.record(attempt.usual(chosen), found=True)


class _Attempt:
    """Attempts for one session, all from the same start."""

    def __init__(self, session: Any, start: str) -> None:
        if not isinstance(session, BaseSession):
            raise TypeError(f"Orders are tried in a tf.Session, not in {type(session).__name__}.")
        if start not in ("session", "empty"):
            raise ValueError(f'start is "session" or "empty", not {start!r}.')
        session._check_usable()
        self._session = session
        self._graph = session.graph
        self._start = start
        self._variables = [each for each in list(self._graph.journal.variables) if initializer_of(each) is not None]
        self._of_index = {each.index: each for each in self._variables}
        self._order, _ = InitTable().records(self._graph, list(self._graph.journal.variables), Places())

    # ---- orders

    def indexes(self, item: Any) -> list[int]:
        """Returns the variables of one run."""
        if isinstance(item, (list, tuple)):
            return [index for each in item for index in self.indexes(each)]
        if isinstance(item, (int, np.integer)) and not isinstance(item, bool):
            index = int(item)
            if index not in self._of_index:
                raise IndexError(f"There is no variable {index} with an initializer in this graph.")
            return [index]
        name = item if isinstance(item, str) else getattr(item, "op", item).name
        for each in self._variables:
            if item is each.variable or name.removesuffix(":0") in (each.name, storage_of(each)._name):
                return [each.index]
        raise KeyError(f"No variable of this graph is called {name!r}.")

    def usual(self, chosen: list[int] | None = None) -> list[list[int]]:
        """Returns the waves of the variables, each as one run."""
        members = [each.index for each in self._variables] if chosen is None else list(dict.fromkeys(chosen))
        waves: dict[int, list[int]] = {}
        for index in members:
            item = self._order[index]
            raw = item is not None and any(read["how"] == "raw" for read in item["reads"])
            waves.setdefault(self._level(index, set(members)) if raw else 0, []).append(index)
        return [sorted(waves[each]) for each in sorted(waves)]

    def _level(self, index: int, members: set[int], seen: frozenset[int] = frozenset()) -> int:
        item = self._order[index]
        if item is None or index in seen:
            return 0
        before = [read["variable"] for read in item["reads"] if read["how"] == "raw" and read["variable"] in members]
        return max([0, *(1 + self._level(each, members, seen | {index}) for each in before)])

    # ---- running

    def _fork(self) -> SessionState:
        state: SessionState = self._session._state.fork()
        state.random = SameDraws(state.random)
        if self._start == "empty":
            empty = SessionState()
            empty.random = state.random
            return empty
        return state

    def _go(self, groups: list[list[int]]) -> tuple[list[dict[str, Any]], dict[int, Any]]:
        """Runs the groups one after the other; returns what came of each, and the values at the end."""
        state = self._fork()
        runs = [self._one(state, group) for group in groups]
        cells = {cell.name: cell.value for cell in state.variables.cells.values()}
        members = {index for group in groups for index in group}
        return runs, {index: cells.get(cell_name(storage_of(self._of_index[index]))) for index in members}

    def _one(self, state: SessionState, group: list[int]) -> dict[str, Any]:
        run = Run(self._graph, state, [initializer_of(self._of_index[each]) for each in group], None)
        while not run.done:
            run.advance()
        last = run.records[-1] if run.records else None
        stops = None
        if last is not None and last.error is not None:
            stops = {
                "step": last.index,
                "steps": len(run.plan.steps),
                "at": last.op._name,
                "error": type(last.error).__name__,
                "message": message_of(last.error),
                "variable": self._blamed(state, last),
                "unfed": last.op._name if last.op._definition.name == "Placeholder" else "",
            }
        return {"variables": group, "stops": stops, "open": self._open(group)}

    def _blamed(self, state: SessionState, last: Any) -> int:
        """Returns the variable that a failed step found empty, or -1."""
        from .init_order_reads import stored_behind

        cells = {cell.name: cell.value for cell in state.variables.cells.values()}
        for tensor in last.op._inputs:
            storage = stored_behind(tensor)
            if storage is not None and cells.get(cell_name(storage)) is None:
                return next((each.index for each in self._variables if storage_of(each) is storage), -1)
        return -1

    def _open(self, group: list[int]) -> list[list[int]]:
        """Returns the pairs (reader, read) inside one run whose order nothing fixes."""
        inside = set(group)
        return [
            [each, read["variable"]]
            for each in group
            for read in (self._order[each] or {"reads": []})["reads"]
            if read["how"] == "raw" and read["variable"] in inside
        ]

    def record(self, groups: list[list[int]], found: bool) -> dict[str, Any]:
        """Tries `groups` and returns the record."""
        groups = [group for group in groups if group]
        runs, values = self._go(groups)
        expected = self._go(self.usual([index for group in groups for index in group]))[1]
        results = []
        for index in sorted(values):
            differs = (
                values[index] is not None and expected[index] is not None and not _same(values[index], expected[index])
            )
            results.append(
                {
                    "variable": index,
                    "has": values[index] is not None,
                    "text": _words(values[index]),
                    "usual": _words(expected[index]),
                    "differs": differs,
                }
            )
        results.sort(key=lambda each: (each["has"] and not each["differs"], each["variable"]))
        outcome = "works"
        if any(each["stops"] for each in runs):
            outcome = "fails"
        elif any(each["open"] for each in runs):
            outcome = "not fixed"
        elif any(each["differs"] for each in results):
            outcome = "differs"
        return {
            "format": FORMAT,
            "graph": graph_id(self._graph),
            "session": self._session._label,
            "start": self._start,
            "found": found,
            "outcome": outcome,
            "runs": runs,
            "values": sorted(results[:_MOST_VALUES], key=lambda each: each["variable"]),
            "names": {str(index): self._of_index[index].name for index in self._mentioned(runs)},
        }

    def _mentioned(self, runs: list[dict[str, Any]]) -> list[int]:
        found = {index for each in runs for index in each["variables"]}
        found |= {each["stops"]["variable"] for each in runs if each["stops"]}
        return sorted(found - {-1})


class SameDraws(RandomStore):
    """Generators that are the same in every attempt, also for operations without a seed."""

    def __init__(self, other: RandomStore) -> None:
        super().__init__()
        self.states = dict(other.fork().states)
        self._asking = ""
        self._asked = 0

    def get(self, op: Any, make: Callable[[], Any] | None = None) -> Any:
        """Returns the generator of `op`."""
        self._asking, self._asked = op._name, 0
        return super().get(op, make)

    def fresh_seed(self) -> int:
        """Returns a seed that follows from the name of the operation that asks."""
        self._asked += 1
        return int.from_bytes(hashlib.sha256(f"{self._asking}:{self._asked}".encode()).digest()[:8], "little")


def _same(one: Any, other: Any) -> bool:
    left, right = np.asarray(one), np.asarray(other)
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.dtype.kind in "fc":
        return bool(np.array_equal(left, right, equal_nan=True))
    return bool(np.array_equal(left, right))


def _words(value: Any) -> str:
    """Returns a value as a person reads it; where a dtype and a shape stand before the numbers, they are left out."""
    if value is None:
        return ""
    words = value_words(value_summary(value))
    head, _, numbers = words.partition("], ")
    return (numbers if numbers and "[" in head else words).removesuffix(", no NaN")
