"""Columns of the operations of a graph, the section `ops` of a graph record, and the tables of lines and cells they point to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..framework import provenance
from ..framework.shapes import dims_text
from .words import one_line

_COLUMNS = ("name", "type", "inputs", "control", "outputs", "maker", "owner", "site", "device")
_TABLES = ("types", "dtypes", "shapes", "makers", "devices")


class Table:
    """Entries that records refer to by index; it only grows."""

    __slots__ = ("_index", "items", "sent")

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._index: dict[Any, int] = {}
        self.sent = 0

    def index(self, key: Any, item: Any = None) -> int:
        """Returns the index of `key`, added when it is new, with `item` as what the record shows."""
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.items)
            self.items.append(key if item is None else item)
        return found


class Places:
    """Lines of the program and cells of the notebook, the sections `sites` and `cells`."""

    def __init__(self) -> None:
        self.sites: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []
        self._site_index: dict[Any, int] = {}
        self._cell_index: dict[Any, int] = {}
        self._kept: list[Any] = []
        self._by_source: dict[str, int] = {}

    def site(self, site: Any) -> int:
        """Returns the index of a line, or -1 for None."""
        if site is None:
            return -1
        code, line, running = site
        key = (id(code), line, running)
        found = self._site_index.get(key)
        if found is None:
            home = provenance.home_cell(site)
            found = self._site_index[key] = len(self.sites)
            self._kept.append(code)
            self.sites.append(
                {
                    "file": "" if home is not None else os.path.basename(site.file),
                    "cell": self.cell(home),
                    "line": line,
                    "text": one_line(site.text, 200),
                    "function": site.function,
                }
            )
        return found

    def cell(self, cell: Any) -> int:
        """Returns the index of a run of a cell, or -1 for None."""
        if cell is None:
            return -1
        found = self._cell_index.get(cell)
        if found is None:
            found = self._cell_index[cell] = len(self.cells)
            repeats = self._by_source.get(cell.source, -1) if cell.source else -1
            self._by_source[cell.source] = found
            self.cells.append(
                {"id": str(cell.id), "count": int(cell.count), "first": 0, "last": 0, "repeats": repeats, "error": ""}
            )
        return found

    def where(self, index: int) -> str:
        """Returns `cell [3] line 5` or `model.py:5`, "" for -1."""
        return where(index, self.sites, self.cells)


def where(index: int, sites: Sequence[dict[str, Any]], cells: Sequence[dict[str, Any]]) -> str:
    """Returns a line of the program in words: `cell [3] line 5`, `model.py:5`, "" for -1."""
    if index < 0:
        return ""
    site = sites[index]
    if site["cell"] >= 0:
        return f"cell [{cells[site['cell']]['count']}] line {site['line']}"
    return f"{site['file']}:{site['line']}"


class OpColumns:
    """One list a column, one place an operation. Grows with `extend`; `amend` follows operations that were changed."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self.tables = {name: Table() for name in _TABLES}
        self.sent = 0
        self.amendments: list[list[Any]] = []
        self._unowned: list[tuple[int, Any]] = []
        self._dims: dict[Any, int] = {}
        self._dtypes: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.columns["name"])

    def extend(self, ops: Sequence[Any]) -> None:
        """Adds operations that follow those already here."""
        columns = self.columns
        names, types, inputs, controls = columns["name"], columns["type"], columns["inputs"], columns["control"]
        outputs, makers, owners, sites = columns["outputs"], columns["maker"], columns["owner"], columns["site"]
        devices = columns["device"]
        type_index, maker_index = self.tables["types"].index, self.tables["makers"].index
        device_index, site_index = self.tables["devices"].index, self.places.site
        cell_index, cells = self.places.cell, self.places.cells
        number = len(names)
        for op in ops:
            types.append(type_index(op._definition.name))
            inputs.append(_inputs(op))
            controls.append([each._id for each in op._control_inputs])
            outputs.append(self._outputs(op))
            makers.append(maker_index(op._maker))
            owner = op._owner
            owners.append(-1 if owner is None else owner.index)
            if owner is not None and owner.index < 0:
                self._unowned.append((number, owner))
            site = op._site
            sites.append(site_index(site))
            devices.append(device_index(op._device))
            names.append(op._name)
            if site is not None and site.cell is not None:
                cell = cells[cell_index(site.cell)]
                if cell["last"] == 0:
                    cell["first"] = number
                cell["last"] = number + 1
            number += 1

    def _outputs(self, op: Any) -> list[int]:
        flat = []
        for tensor in op._outputs:
            dtype, dims = tensor._dtype, tensor._dims
            found = self._dtypes.get(id(dtype))
            if found is None:
                found = self._dtypes[id(dtype)] = self.tables["dtypes"].index(dtype.name)
            shape = self._dims.get(dims)
            if shape is None:
                shape = self._dims[dims] = self.tables["shapes"].index(dims_text(dims))
            flat.append(found)
            flat.append(shape)
        return flat

    def settle_owners(self) -> None:
        """Fills in the owners of operations whose variable was not complete when they were seen."""
        waiting = self._unowned
        self._unowned = [pair for pair in waiting if pair[1].index < 0]
        for index, owner in waiting:
            if owner.index >= 0:
                self.columns["owner"][index] = owner.index
                if index < self.sent:
                    self.amendments.append([index, "owner", owner.index])

    def amend(self, op: Any) -> bool:
        """Takes over what was changed in an operation that is here already; says whether anything was."""
        index = op._id
        if index >= len(self):
            return False
        new = {
            "inputs": _inputs(op),
            "control": [each._id for each in op._control_inputs],
            "outputs": self._outputs(op),
            "device": self.tables["devices"].index(op._device),
        }
        changed = False
        for what, value in new.items():
            column = self.columns[what]
            if column[index] != value:
                column[index] = value
                changed = True
                if index < self.sent:
                    self.amendments.append([index, what, value])
        return changed

    def delta(self, whole: bool = False) -> dict[str, Any] | None:
        """Returns what was not sent yet (or everything), and counts it as sent; None when there is nothing."""
        start = 0 if whole else self.sent
        amendments = [] if whole else self.amendments
        if not whole and start == len(self) and not amendments:
            return None
        at = {name: 0 if whole else table.sent for name, table in self.tables.items()}
        section: dict[str, Any] = {"at": start}
        for name in _COLUMNS:
            section[name] = self.columns[name][start:]
        tables: dict[str, Any] = {"at": at}
        for name, table in self.tables.items():
            tables[name] = table.items[at[name] :]
        section["tables"] = tables
        section["amend"] = amendments
        if not whole:
            self.sent = len(self)
            self.amendments = []
            for table in self.tables.values():
                table.sent = len(table.items)
        return section


def _inputs(op: Any) -> list[int]:
    flat = []
    for tensor in op._inputs:
        flat.append(tensor._op._id)
        flat.append(tensor._value_index)
    return flat
