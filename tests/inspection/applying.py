"""A reader of graph records that follows `docs/data.md` and nothing else; what a page does, in a few lines."""

from __future__ import annotations

import copy
import json
from typing import Any

SECTIONS = (
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
TABLES = ("types", "dtypes", "shapes", "makers", "devices")
COLUMNS = ("name", "type", "inputs", "control", "outputs", "maker", "owner", "site", "device")


class Reader:
    """Applies records one after the other; raises AssertionError on a gap."""

    def __init__(self) -> None:
        self.at = 0
        self.columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        self.tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        self.lists: dict[str, list[Any]] = {name: [] for name in SECTIONS}
        self.rest: dict[str, Any] = {}

    def apply(self, record: dict[str, Any] | None) -> None:
        if record is None:
            return
        record = json.loads(json.dumps(record, allow_nan=False))
        assert record["format"] == "tfmini.graph/1"
        if record["from"] == 0:
            self.__init__()  # type: ignore[misc]
        assert record["from"] == self.at
        assert record["to"] > record["from"]
        self.at = record["to"]
        if "ops" in record:
            self._take_ops(record["ops"])
        for name in SECTIONS:
            if name in record:
                self._take_list(self.lists[name], record[name])
        for name in ("graph", "open", "last"):
            if name in record:
                self.rest[name] = record[name]

    def _take_ops(self, ops: dict[str, Any]) -> None:
        for name in TABLES:
            assert ops["tables"]["at"][name] == len(self.tables[name])
            self.tables[name] += ops["tables"][name]
        assert ops["at"] == len(self.columns["name"])
        for name in COLUMNS:
            self.columns[name] += ops[name]
        for index, column, value in ops["amend"]:
            self.columns[column][index] = value

    @staticmethod
    def _take_list(items: list[Any], update: dict[str, Any]) -> None:
        del items[update["length"] :]
        items += [None] * (update["length"] - len(items))
        for index, item in update["set"].items():
            items[int(index)] = item

    def state(self) -> dict[str, Any]:
        """Returns everything with table indexes looked up, so that two readers can be compared."""
        table = self.tables
        columns = copy.deepcopy(self.columns)
        columns["type"] = [table["types"][i] for i in columns["type"]]
        columns["maker"] = [table["makers"][i] for i in columns["maker"]]
        columns["device"] = [table["devices"][i] for i in columns["device"]]
        columns["outputs"] = [
            [table[("dtypes", "shapes")[k % 2]][i] for k, i in enumerate(row)] for row in columns["outputs"]
        ]
        columns["site"] = [self.line(i) for i in columns["site"]]
        return {"columns": columns, "names": {name: len(items) for name, items in self.lists.items()}, **self.rest}

    def line(self, index: int) -> Any:
        site = self.lists["sites"][index] if index >= 0 else None
        return None if site is None else (site["file"], site["line"], site["text"])
