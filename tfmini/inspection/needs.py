"""What a run did not need, by who made it, with the reason."""

from __future__ import annotations

from typing import Any

from .graph_text import lane_of
from .words import leaf, top

_MOST_OPS = 8


def optimizer_title(graph: Any) -> str:
    """Returns what people call the optimizer lane: the name of the one training operation, or `optimizer`."""
    names = {each._name for each in _ends(graph, "optimizer")}
    tops = {top(name).rstrip("0123456789").rstrip("_") or name for name in names}
    return next(iter(tops)) if len(tops) == 1 else "optimizer"


def _ends(graph: Any, lane: str) -> list[Any]:
    """Returns the operations of a lane that nothing needs and that run others."""
    ops = [op for op in list(graph._ops) if lane_of(op._maker) == lane]
    needed = {each for op in ops for each in (*op._control_inputs, *(tensor._op for tensor in op._inputs))}
    return [op for op in ops if op not in needed and op._control_inputs]


def not_needed(graph: Any, run: Any, steps: int, optimizer: str) -> list[dict[str, Any]]:
    """Returns the groups of operations that did not run: `{"title", "maker", "count", "ops", "why"}`, the largest first."""
    done = {record.op for record in run.records}
    done.update(tensor._op for tensor, _ in run.feeds)
    planned = {step.op for step in run.plan.steps}
    groups: dict[tuple[str, str], list[Any]] = {}
    for op in list(graph._ops):
        if op in done:
            continue
        groups.setdefault(_group_of(op, planned, optimizer), []).append(op)
    trained = any(lane_of(op._maker) == "optimizer" for op in done)
    records = [
        {
            "title": title,
            "maker": maker,
            "count": len(ops),
            "ops": [op._id for op in ops[:_MOST_OPS]],
            "why": _why(graph, title, maker, ops, steps, trained),
        }
        for (title, maker), ops in groups.items()
    ]
    return sorted(records, key=lambda record: -record["count"])


def _group_of(op: Any, planned: set[Any], optimizer: str) -> tuple[str, str]:
    if op in planned:
        return "not reached", "stopped"
    lane = lane_of(op._maker)
    if lane == "optimizer":
        return optimizer, "optimizer"
    if lane == "gradients":
        return "gradients", "gradient"
    if lane == "init":
        return "init, save", "init"
    if lane != "model":
        return lane, op._maker
    if op._owner is not None:
        if op._definition.name in ("VariableV2", "Variable", "VarHandleOp") or leaf(op._name) in ("read", "Read"):
            return "variables", "variable"
        return "initial values", "variable"
    return (top(op._name) if "/" in op._name else "(root)"), "user"


def _why(graph: Any, title: str, maker: str, ops: list[Any], steps: int, trained: bool) -> str:
    it = "It" if len(ops) == 1 else "They"
    if maker == "stopped":
        return f"Not reached: the run stopped at step {steps}."
    if maker == "optimizer":
        ends = _ends(graph, "optimizer")
        if trained or not ends:
            return "These give the optimizer's own variables their first values; they run with init."
        return f"No fetch needs it. It would run if you fetch {ends[-1]._name}."
    if maker == "gradient":
        ends = _ends(graph, "optimizer")
        if trained or not ends:
            return "No fetch needs these gradients."
        return f"Only the optimizer reads them. They would run if you fetch {ends[-1]._name}."
    if maker == "init":
        names = [op._name for op in _ends(graph, "init") if op._maker == "init"]
        if any(op._maker == "saver" for op in ops):
            return f"They run when you fetch {names[-1] if names else 'init'}, or save or restore."
        return f"{it} would run if you fetch {names[-1] if names else ops[-1]._name}."
    if maker == "variable":
        if title == "variables":
            return "No fetch reads them."
        return "The variables have a value already; their initial values run with init."
    sink = _sink(ops[0])
    if len(ops) == 1 and sink is ops[0]:
        return "No fetch needs it."
    them = "it. It" if title != "(root)" else "these. The first"
    return f"No fetch needs {them} would run if you fetch {sink._name}."


def _sink(op: Any) -> Any:
    """Returns the operation of the model at the end of what reads `op`."""
    seen = {op}
    while True:
        readers = [
            reader
            for tensor in op._outputs
            for reader in tensor._consumers
            if lane_of(reader._maker) == "model" and reader not in seen
        ]
        if not readers:
            return op
        op = readers[-1]
        seen.add(op)
