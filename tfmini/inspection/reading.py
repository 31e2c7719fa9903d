"""Reading a graph record: columns with their tables looked up, sections as plain lists.

Text twins, pictures and exports start from here, so that they see what a page sees.
"""

from __future__ import annotations

from typing import Any

from .tracker import snapshot

_SECTIONS = (
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
_NOTHING: dict[str, Any] = {"length": 0, "set": {}}


class Record:
    """A graph record in a form that is easy to read.

    Attributes:
      graph, open, last: as in the record.
      name, type, inputs, control, outputs, maker, owner, site, device: columns; text where the record has table indexes.
      variables, order, inits, scopes, entries, requests, collections, sites, cells, sessions, runs: lists; items that were not
        sent are None.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        self.source = record
        self.graph: dict[str, Any] = record["graph"]
        self.open: dict[str, Any] = record["open"]
        self.last: dict[str, Any] = record["last"]
        ops = record["ops"]
        tables = ops["tables"]
        self.name: list[str] = ops["name"]
        self.type: list[str] = [tables["types"][index] for index in ops["type"]]
        self.inputs: list[list[int]] = ops["inputs"]
        self.control: list[list[int]] = ops["control"]
        names = (tables["dtypes"], tables["shapes"])
        self.outputs: list[list[str]] = [[names[k % 2][index] for k, index in enumerate(row)] for row in ops["outputs"]]
        self.maker: list[str] = [tables["makers"][index] for index in ops["maker"]]
        self.owner: list[int] = ops["owner"]
        self.site: list[int] = ops["site"]
        self.device: list[str] = [tables["devices"][index] for index in ops["device"]]
        lists = {name: _listed(record.get(name, _NOTHING)) for name in _SECTIONS}
        self.variables: list[dict[str, Any]] = lists["variables"]
        self.order: list[dict[str, Any] | None] = lists["order"]
        self.inits: list[dict[str, Any]] = lists["inits"]
        self.scopes: list[dict[str, Any]] = lists["scopes"]
        self.entries: list[dict[str, Any]] = lists["entries"]
        self.requests: list[dict[str, Any]] = lists["requests"]
        self.collections: list[dict[str, Any]] = lists["collections"]
        self.sites: list[dict[str, Any]] = lists["sites"]
        self.cells: list[dict[str, Any]] = lists["cells"]
        self.sessions: list[dict[str, Any]] = lists["sessions"]
        self.runs: list[dict[str, Any] | None] = lists["runs"]

    def __len__(self) -> int:
        return len(self.name)

    def variable(self, index: int) -> dict[str, Any] | None:
        """Returns a variable, or None for -1 and for one that is not in the record."""
        return self.variables[index] if 0 <= index < len(self.variables) else None

    def site_text(self, index: int) -> str:
        """Returns `cell [3] line 5`, `model.py:5`, "" when it is not known."""
        where = self._place(index)
        return "" if where is None else f"{where[0]} line {where[1]}" if where[2] else f"{where[0]}:{where[1]}"

    def line_words(self, index: int) -> str:
        """Returns `cell [3] line 5`, `model.py line 5`, "" when it is not known."""
        where = self._place(index)
        return "" if where is None else f"{where[0]} line {where[1]}"

    def site_short(self, index: int) -> str:
        """Returns `[3] L5` or `model.py:5`, "" when it is not known."""
        where = self._place(index)
        if where is None:
            return ""
        return f"{where[0].removeprefix('cell ')} L{where[1]}" if where[2] else f"{where[0]}:{where[1]}"

    def _place(self, index: int) -> tuple[str, int, bool] | None:
        if not 0 <= index < len(self.sites):
            return None
        site = self.sites[index]
        if 0 <= site["cell"] < len(self.cells):
            return f"cell [{self.cells[site['cell']]['count']}]", site["line"], True
        return site["file"].replace("\\", "/").rpartition("/")[2], site["line"], False


def _listed(section: dict[str, Any]) -> list[Any]:
    items: list[Any] = [None] * section["length"]
    for index, item in section["set"].items():
        items[int(index)] = item
    return items


def record_of(graph: Any) -> Record:
    """Returns the record of a graph; takes a graph, a record from nothing, or a `Record`."""
    if isinstance(graph, Record):
        return graph
    if isinstance(graph, dict):
        return Record(graph)
    return Record(snapshot(graph))
