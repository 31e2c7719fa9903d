"""Records of variables, collections, sessions and runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..framework import collections as keys
from ..framework.operation import Operation
from ..framework.shapes import dims_text, element_count
from ..framework.tensor import Tensor
from ..runtime.plan import written_by
from .columns import Places
from .words import digest, first_line, leaf, one_line, parent

_STORAGE = frozenset(("VariableV2", "Variable", "VarHandleOp"))
_PASSES = frozenset(("Identity", "RefIdentity", "ReadVariableOp"))

# ---- variables


class Uses:
    """Which operations read and write each variable, followed as the graph grows.

    The owner of an operation is recorded when it is made; reading goes through the variable's own operations. Keys are the
    ids of variable records, which have no index before the variable is complete.
    """

    def __init__(self) -> None:
        self.reads: dict[int, list[int]] = {}
        self.writes: dict[int, list[int]] = {}
        self._by_name: dict[str, Any] = {}

    def extend(self, ops: Iterable[Any]) -> None:
        """Takes in new operations."""
        for op in ops:
            own = op._owner
            if own is not None and op._definition.name in _STORAGE:
                self._by_name.setdefault(op._name, own)
            for tensor in op._inputs:
                source = tensor._op._owner
                if source is None or source is own or not _gives_value(tensor, source):
                    continue
                self._note(op, tensor, source)

    def _note(self, op: Any, tensor: Any, variable: Any) -> None:
        handle = tensor._dtype.name == "resource"
        if handle or tensor._dtype.is_ref:
            names = written_by(op)
            if tensor._op._name in names or any(self._by_name.get(name) is variable for name in names):
                _append(self.writes, id(variable), op._id)
                return
            if handle and op._definition.name != "ReadVariableOp":
                return
        _append(self.reads, id(variable), op._id)


def _append(lists: dict[int, list[int]], key: int, item: int) -> None:
    found = lists.setdefault(key, [])
    if not found or found[-1] != item:
        found.append(item)


def _gives_value(tensor: Any, variable: Any) -> bool:
    """Says whether a tensor of a variable's own operations carries its value or its storage, not its initial value."""
    op = tensor._op
    for _ in range(4):
        if op._definition.name in _STORAGE:
            return True
        if op._definition.name not in _PASSES or not op._inputs:
            return False
        op = op._inputs[0]._op
        if op._owner is not variable:
            return False
    return False


def variable_record(
    record: Any, scope: int, uses: Uses, places: Places, index_of: dict[int, int], collections: list[int]
) -> dict[str, Any]:
    """Returns the record of one variable. `index_of` maps ids of variable objects to indexes."""
    variable = record.variable
    storage = _op(getattr(variable, "op", None))
    initial = _op(_private(variable, "_initial_value"))
    shape = _dims(variable, storage)
    slot_of = record.slot_of
    kind = "resource" if storage is not None and storage._definition.name == "VarHandleOp" else "ref"
    return {
        "name": record.name,
        "leaf": leaf(record.name),
        "scope": scope,
        "op": _id(storage),
        "initializer": _id(_op(_private(variable, "_initializer_op", "initializer"))),
        "value": _id(_op(_private(variable, "_snapshot", "_graph_element"))),
        "initial": _id(initial),
        "shape": dims_text(shape),
        "dtype": _dtype(variable, storage),
        "size": element_count(shape) or 0,
        "trainable": bool(getattr(variable, "trainable", False)),
        "kind": kind,
        "maker": record.maker,
        "slot_of": -1 if slot_of is None else _index_of(slot_of, index_of),
        "slot": record.slot or "",
        "how": record.how,
        "starts_as": one_line(record.starts_as),
        "collections": collections,
        "requests": [each.number - 1 for each in record.requests],
        "reads": list(uses.reads.get(id(record), ())),
        "writes": list(uses.writes.get(id(record), ())),
        "site": places.site(record.site),
    }


def _private(variable: Any, *names: str) -> Any:
    for name in names:
        found = getattr(variable, name, None)
        if found is not None:
            return found
    return None


def _op(element: Any) -> Operation | None:
    if isinstance(element, Operation):
        return element
    if isinstance(element, Tensor):
        return element._op
    found = getattr(element, "op", None)
    return found if isinstance(found, Operation) else None


def _id(op: Operation | None) -> int:
    return -1 if op is None else op._id


def _dims(variable: Any, storage: Operation | None) -> Any:
    shape = getattr(variable, "shape", None)
    if shape is not None and hasattr(shape, "_dims"):
        return shape._dims
    return storage._attrs.get("shape") if storage is not None else None


def _dtype(variable: Any, storage: Operation | None) -> str:
    dtype = getattr(variable, "dtype", None)
    if dtype is None and storage is not None:
        dtype = storage._attrs.get("dtype")
    return dtype.base_dtype.name if dtype is not None else ""


def _index_of(other: Any, index_of: dict[int, int]) -> int:
    if isinstance(getattr(other, "index", None), int):
        return int(other.index)
    return index_of.get(id(other), -1)


# ---- collections


def collection_records(
    collections: dict[Any, list[Any]], sites: dict[Any, list[Any]], variables: dict[int, int], places: Places
) -> list[dict[str, Any]]:
    """Returns the section `collections`, in the order in which the collections were first used."""
    held = [(key, list(items)) for key, items in list(collections.items())]
    also: dict[int, list[int]] = {}
    for number, (_, items) in enumerate(held):
        for item in items:
            owners = also.setdefault(id(item), [])
            if not owners or owners[-1] != number:
                owners.append(number)
    return [
        _collection_record(number, key, items, list(sites.get(key, ())), also, variables, places)
        for number, (key, items) in enumerate(held)
    ]


def _collection_record(
    number: int,
    key: Any,
    items: list[Any],
    sites: list[Any],
    also: dict[int, list[int]],
    variables: dict[int, int],
    places: Places,
) -> dict[str, Any]:
    records = []
    cell = -1
    for place, item in enumerate(items):
        site = sites[place] if place < len(sites) else None
        kind, ref, text = _item(item, variables)
        others = [each for each in also[id(item)] if each != number]
        records.append({"kind": kind, "ref": ref, "text": text, "site": places.site(site), "also": others})
        if site is not None and site.cell is not None:
            cell = places.cell(site.cell)
    text_key = key if isinstance(key, str) else digest(key)
    return {
        "key": text_key,
        "constant": keys.constant_name(key),
        "meaning": keys.MEANINGS.get(key, "") if isinstance(key, str) else "",
        "internal": isinstance(key, tuple) or text_key.startswith(("_", "('_")),
        "items": records,
        "cell": cell,
        "warnings": _warnings(items, records),
    }


def _item(item: Any, variables: dict[int, int]) -> tuple[str, int, str]:
    index = variables.get(id(item))
    if index is not None:
        return "variable", index, one_line(item.op.name if isinstance(_op(item), Operation) else str(item.name))
    if isinstance(item, Tensor):
        return "tensor", item._op._id, item.name
    if isinstance(item, Operation):
        return "op", item._id, item._name
    return "object", -1, digest(item)


def _warnings(items: list[Any], records: list[dict[str, Any]]) -> list[str]:
    seen: dict[int, int] = {}
    for item in items:
        seen[id(item)] = seen.get(id(item), 0) + 1
    warnings = []
    for item, record in zip(items, records, strict=True):
        count = seen.pop(id(item), 1)
        if count > 1 and record["kind"] != "object":
            times = "twice" if count == 2 else f"{count} times"
            warnings.append(f"{record['text']} stands {times} in this collection")
    return warnings


# ---- sessions and runs


def session_record(session: Any, variables: dict[str, int]) -> dict[str, Any]:
    """Returns the record of one session; `variables` maps names of storage operations to indexes."""
    values = {}
    if not session._closed:
        for name, (how, run) in session.variable_values().items():
            if name in variables:
                values[str(variables[name])] = {"how": how, "run": run}
    return {"label": session._label, "closed": bool(session._closed), "values": values}


def run_record(run: Any, sessions: dict[int, int], variables: dict[str, int], places: Places) -> dict[str, Any]:
    """Returns the record of one run."""
    return {
        "number": run.number,
        "session": sessions.get(id(run.session), -1),
        "fetches": list(run.fetches),
        "feeds": [
            {"name": name, "shape": [int(n) for n in shape], "dtype": str(dtype)} for name, shape, dtype in run.feeds
        ],
        "duration_us": round((run.seconds or 0.0) * 1e6),
        "steps": run.steps,
        "writes": [variables[name] for name in run.writes if name in variables],
        "error": first_line(run.error),
        "cell": places.cell(run.cell),
    }


def variable_scope_name(record: Any) -> str:
    """Returns the name of the variable scope of a variable."""
    return parent(record.name)
