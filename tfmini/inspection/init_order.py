"""Which variable must be initialized before which, what each initializing operation covers, and who has a value where.

The record of a graph has this in its sections `order` and `inits`; `init_order` gives all of it in one record of its own,
`init_order_text` (in `init_order_text.py`) the same as text.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from .reading import Record, record_of

FORMAT = "tfmini.init_order/1"
PLAIN: dict[str, Any] = {"wave": 1, "verdict": "any order", "reads": [], "placeholders": [], "cycle": []}
"""What holds for a variable whose initial value reads nothing; such items are left out of the section."""

GLOBAL, LOCAL = "variables", "local_variables"


# ---- one record for a graph


def init_order(graph: Any = None, session: Any = None) -> dict[str, Any]:
    """Returns which variable must be initialized before which, what initializing operations cover, and who has a value.

    Args:
      graph: a graph (the default graph if None), its record, or a session.
      session: list only the values of this session; all sessions of the graph if None.

    Returns:
      The record of `docs/data.md` section 4.1.
    """
    if session is None and hasattr(graph, "variable_values"):
        session, graph = graph, graph.graph
    if graph is None:
        graph = contexts.default_graph() if session is None else session.graph
    record = record_of(graph)
    label = None if session is None else session._label
    return {
        "format": FORMAT,
        "graph": record.graph["id"],
        "label": record.graph["label"],
        "waves": waves_of(record),
        "variables": [
            {"variable": index, "name": each["name"], **order_of(record, index)}
            for index, each in enumerate(record.variables)
        ],
        "inits": [{**each, "of": kind_of(record, each), "left_out": left_out(record, each)} for each in record.inits],
        "sessions": [each for each in record.sessions if label is None or each["label"] == label],
    }


def order_of(record: Record, index: int) -> dict[str, Any]:
    """Returns the item of the section `order` for one variable."""
    return (record.order[index] if index < len(record.order) else None) or PLAIN


def waves_of(record: Record) -> list[list[int]]:
    """Returns the variables of each wave."""
    waves: list[list[int]] = []
    for index in range(len(record.variables)):
        wave = order_of(record, index)["wave"]
        waves.extend([] for _ in range(wave - len(waves)))
        waves[wave - 1].append(index)
    return waves


def kind_of(record: Record, init: dict[str, Any]) -> str:
    """Returns which variables an initializing operation is about: "global", "local" or "list"."""
    covers = init["covers"]
    if all(in_key(record, each, GLOBAL) for each in covers):
        return "global"
    return "local" if all(in_key(record, each, LOCAL) for each in covers) else "list"


def in_key(record: Record, variable: int, key: str) -> bool:
    """Says whether a variable stands in the collection `key`."""
    return any(record.collections[each]["key"] == key for each in record.variables[variable]["collections"])


def place_of(record: Record, init: dict[str, Any], variable: int) -> str:
    """Returns how a variable stands to an initializing operation: "in", "later", "local", "global", "no key" or "not in it"."""
    if variable in init["covers"]:
        return "in"
    kind = kind_of(record, init)
    is_global, is_local = in_key(record, variable, GLOBAL), in_key(record, variable, LOCAL)
    if kind != "list":
        if not is_global and not is_local:
            return "no key"
        if kind == "global" and not is_global:
            return "local"
        if kind == "local" and not is_local:
            return "global"
    return "later" if record.variables[variable]["op"] > init["op"] else "not in it"


def left_out(record: Record, init: dict[str, Any]) -> dict[str, list[int]]:
    """Returns the variables that an initializing operation does not cover, by the reason."""
    found: dict[str, list[int]] = {}
    for index in range(len(record.variables)):
        place = place_of(record, init, index)
        if place != "in":
            found.setdefault(place, []).append(index)
    return found
