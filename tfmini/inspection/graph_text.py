"""Text twin of a graph: one line a node, a tree of name scopes for each lane (`docs/data.md` section 3.1).

The page makes the same text (`widgets/src/lib/graph/twin.js`); a test holds both equal.
"""

from __future__ import annotations

from typing import Any

from .reading import Record, record_of
from .words import grouped, plural

LANES = ("model", "gradients", "optimizer", "init", "summaries", "queues")
_LANE_OF = {
    "gradient": "gradients",
    "optimizer": "optimizer",
    "slot": "optimizer",
    "init": "init",
    "saver": "init",
    "summary": "summaries",
    "queue": "queues",
}
_TITLES = {"init": "init, save"}


def lane_of(maker: str) -> str:
    """Returns the lane that shows the operations of a maker."""
    return _LANE_OF.get(maker, "model")


def lane_counts(graph: Any) -> dict[str, int]:
    """Returns the lanes that have operations, in their order, with how many."""
    record = record_of(graph)
    counts = dict.fromkeys(LANES, 0)
    for maker in record.maker:
        counts[lane_of(maker)] += 1
    return {lane: count for lane, count in counts.items() if count or lane == "model"}


class _Scope:
    """A name scope of one lane: its children in the order of their first operation, and what is counted under it."""

    __slots__ = ("children", "leaf", "ops", "scopes", "variables")

    def __init__(self, leaf: str) -> None:
        self.leaf = leaf
        self.ops = 0
        self.variables = 0
        self.scopes: dict[str, _Scope] = {}
        self.children: list[_Scope | tuple[str, int, Any]] = []


def graph_text(graph: Any) -> str:
    """Returns the text of a graph, or of its record."""
    record = record_of(graph)
    lanes: dict[str, list[int]] = {lane: [] for lane in LANES}
    for op in range(len(record.name)):
        lanes[lane_of(record.maker[op])].append(op)
    filled = [lane for lane in LANES if lanes[lane]]
    counts = "; ".join(f"{_TITLES.get(lane, lane)} {grouped(len(lanes[lane]))}" for lane in filled)
    total = plural(len(record.name), "operation")
    lines = [f"{record.graph['label']}: {total}{': ' + counts if counts else ''}"]
    for lane in filled:
        lines.append(f"{_TITLES.get(lane, lane)} (lane, {plural(len(lanes[lane]), 'op')})")
        _write(_tree(record, lanes[lane]), record, lines, 1)
    return "\n".join(lines) + "\n"


def _tree(record: Record, ops: list[int]) -> _Scope:
    root = _Scope("")
    for op in ops:
        *parts, leaf = record.name[op].split("/")
        scope = root
        path = [root]
        for part in parts:
            child = scope.scopes.get(part)
            if child is None:
                child = scope.scopes[part] = _Scope(part)
                scope.children.append(child)
            scope = child
            path.append(scope)
        for each in path:
            each.ops += 1
        variable = record.variable(record.owner[op])
        if variable is not None:
            if variable["op"] != op:
                continue
            for each in path:
                each.variables += 1
        scope.children.append((leaf, op, variable))
    return root


def _write(scope: _Scope, record: Record, lines: list[str], depth: int) -> None:
    # an explicit stack: names may nest deeper than Python's calls may
    indent = "  "
    todo: list[tuple[Any, int]] = [(child, depth) for child in reversed(scope.children)]
    while todo:
        child, level = todo.pop()
        if isinstance(child, _Scope):
            if not _has_lines(child):
                continue
            variables = f", {plural(child.variables, 'variable')}" if child.variables else ""
            lines.append(f"{indent * level}{child.leaf} (scope, {plural(child.ops, 'op')}{variables})")
            todo.extend((each, level + 1) for each in reversed(child.children))
        else:
            leaf, op, variable = child
            facts = _variable_facts(record, variable) if variable is not None else _op_facts(record, op)
            tail = _variable_tail(record, variable) if variable is not None else _op_tail(record, op)
            lines.append(f"{indent * level}{leaf} ({', '.join(facts)}){tail}")


def _has_lines(scope: _Scope) -> bool:
    todo = [scope]
    while todo:
        for child in todo.pop().children:
            if not isinstance(child, _Scope):
                return True
            todo.append(child)
    return False


def _variable_facts(record: Record, variable: dict[str, Any]) -> list[str]:
    facts = ["variable", f"{variable['dtype']} {variable['shape']}"]
    if variable["trainable"]:
        facts.append("trainable")
    asked = len(variable["requests"])
    if asked > 1:
        facts.append(f"asked for {grouped(asked)} times")
    return facts + _place(record, variable["site"])


def _op_facts(record: Record, op: int) -> list[str]:
    outputs = record.outputs[op]
    shown = [f"{outputs[k]} {outputs[k + 1]}" for k in range(0, len(outputs), 2)]
    return [record.type[op], *shown, *_place(record, record.site[op])]


def _place(record: Record, site: int) -> list[str]:
    where = record.line_words(site)
    return [where] if where else []


def _variable_tail(record: Record, variable: dict[str, Any]) -> str:
    readers = ", ".join(record.name[op] for op in variable["reads"])
    return f"; read by {readers}" if readers else ""


def _op_tail(record: Record, op: int) -> str:
    inputs = record.inputs[op]
    names = []
    for k in range(0, len(inputs), 2):
        port = inputs[k + 1]
        names.append(f"{record.name[inputs[k]]}:{port}" if port else record.name[inputs[k]])
    tail = f" <- {', '.join(names)}" if names else ""
    if record.control[op]:
        tail += "; after " + ", ".join(record.name[other] for other in record.control[op])
    return tail
