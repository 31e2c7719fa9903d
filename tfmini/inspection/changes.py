"""The sentence about the last change of a graph: which cell or line added how many operations, and where."""

from __future__ import annotations

from typing import Any

from .columns import OpColumns, Places
from .words import grouped, plural, top

_LANES = {"gradient": "gradients", "init": "init", "saver": "save", "summary": "summaries", "queue": "queues"}
_MOST_GROUPS = 5


class LastChange:
    """Counts what the cell that added the newest operation added; outside a notebook, what the whole program did."""

    def __init__(self, ops: OpColumns, places: Places) -> None:
        self._ops = ops
        self._places = places
        self._first = 0
        self._counted = 0
        self._counts: dict[str, int] = {}

    def record(self) -> dict[str, Any]:
        """Returns `{"text", "cell"}`."""
        cells = self._places.cells
        total = len(self._ops)
        if total == 0:
            return {"text": "No operations yet in this graph.", "cell": -1}
        cell = next((i for i in range(len(cells) - 1, -1, -1) if cells[i]["last"] == total), -1)
        self._count(cells[cell]["first"] if cell >= 0 else 0, total)
        counts = self._counts
        shown = [f"{name} {grouped(n)}" for name, n in list(counts.items())[:_MOST_GROUPS]]
        if len(counts) > _MOST_GROUPS:
            shown.append(f"{len(counts) - _MOST_GROUPS} more")
        who = f"cell [{cells[cell]['count']}]" if cell >= 0 else "the program"
        return {"text": f"{who} added {plural(total - self._first, 'operation')}: {', '.join(shown)}", "cell": cell}

    def _count(self, first: int, last: int) -> None:
        """Counts the operations of each part of the graph, in the order of their first operation."""
        if first != self._first:
            self._first, self._counted, self._counts = first, first, {}
        names, makers = self._ops.columns["name"], self._ops.columns["maker"]
        by_index = self._ops.tables["makers"].items
        counts = self._counts
        for index in range(self._counted, last):
            maker = by_index[makers[index]]
            part = _LANES.get(maker)
            if part is None:
                part = "optimizer" if maker in ("optimizer", "slot") else top(names[index])
            counts[part] = counts.get(part, 0) + 1
        self._counted = last
