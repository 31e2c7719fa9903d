"""The graph for other tools: a networkx graph and DOT text."""

from __future__ import annotations

from typing import Any

from .graph_text import lane_of
from .reading import record_of

_SHAPES = {
    "Placeholder": "parallelogram",
    "PlaceholderWithDefault": "parallelogram",
    "Const": "plaintext",
    "NoOp": "hexagon",
}
_COLOURS = {"gradients": "#C378A4", "optimizer": "#C33E00", "model": "#555658"}


def to_networkx(graph: Any) -> Any:
    """Returns a `networkx.MultiDiGraph` of a graph, or of its record.

    Nodes are operation names with the attributes `type`, `maker`, `lane`, `device`, `outputs` (list of `dtype shape`), `site` and `variable`
    (name or ""). Edges carry `kind`: "data" with `port`, `input`, `dtype` and `shape`, or "control".
    """
    import networkx

    record = record_of(graph)
    found = networkx.MultiDiGraph(name=record.graph["label"])
    for op, name in enumerate(record.name):
        outputs = record.outputs[op]
        variable = record.variable(record.owner[op])
        found.add_node(
            name,
            type=record.type[op],
            maker=record.maker[op],
            lane=lane_of(record.maker[op]),
            device=record.device[op],
            outputs=[f"{outputs[k]} {outputs[k + 1]}" for k in range(0, len(outputs), 2)],
            site=record.site_text(record.site[op]),
            variable=variable["name"] if variable is not None else "",
        )
    for op, name in enumerate(record.name):
        inputs = record.inputs[op]
        for k in range(0, len(inputs), 2):
            source, port = inputs[k], inputs[k + 1]
            dtype, shape = record.outputs[source][2 * port : 2 * port + 2]
            found.add_edge(record.name[source], name, kind="data", port=port, input=k // 2, dtype=dtype, shape=shape)
        for source in record.control[op]:
            found.add_edge(record.name[source], name, kind="control")
    return found


def to_dot(graph: Any, lanes: tuple[str, ...] | None = None) -> str:
    """Returns a graph, or its record, as DOT text: name scopes as clusters, variables with a double border, control edges dashed.

    Args:
      graph: the graph or its record.
      lanes: the lanes to show (`model`, `gradients`, `optimizer`, `init`, `summaries`, `queues`); all if None.
    """
    record = record_of(graph)
    shown = [op for op in range(len(record)) if lanes is None or lane_of(record.maker[op]) in lanes]
    lines = [
        f"digraph {_quoted(record.graph['label'])} {{",
        '  graph [rankdir=LR, fontname="Helvetica"];',
        '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=9];',
    ]
    _clusters(record, shown, lines)
    visible = set(shown)
    for op in shown:
        inputs = record.inputs[op]
        for k in range(0, len(inputs), 2):
            source, port = inputs[k], inputs[k + 1]
            if source in visible:
                label = record.outputs[source][2 * port + 1]
                lines.append(f"  n{source} -> n{op} [label={_quoted(label)}];")
        lines += [
            f"  n{source} -> n{op} [style=dashed, arrowhead=empty];"
            for source in record.control[op]
            if source in visible
        ]
    return "\n".join([*lines, "}", ""])


def _clusters(record: Any, shown: list[int], lines: list[str]) -> None:
    """Writes the nodes, each inside the clusters of its name scopes."""
    inside: dict[str, list[int]] = {}
    children: dict[str, list[str]] = {}
    known: set[str] = set()
    for op in shown:
        scope = record.name[op].rpartition("/")[0]
        inside.setdefault(scope, []).append(op)
        while scope and scope not in known:
            known.add(scope)
            above = scope.rpartition("/")[0]
            children.setdefault(above, []).append(scope)
            scope = above
    todo: list[tuple[str, int, bool]] = [("", 0, True)]
    number = 0
    while todo:
        scope, depth, opening = todo.pop()
        pad = "  " * depth
        if not opening:
            lines.append(f"{pad}}}")
            continue
        if scope:
            number += 1
            lines.append(f"{pad}subgraph cluster_{number} {{")
            lines.append(f'{pad}  label={_quoted(scope.rpartition("/")[2])}; color="#B5B8BD"; style=rounded;')
            todo.append((scope, depth, False))
        lines += [f"{pad}  {_node(record, op)}" for op in inside.get(scope, ())]
        todo += [(child, depth + 1, True) for child in reversed(children.get(scope, []))]


def _node(record: Any, op: int) -> str:
    kind, name = record.type[op], record.name[op].rpartition("/")[2]
    variable = record.variable(record.owner[op])
    label = kind if name.rstrip("0123456789").rstrip("_") == kind else f"{name}\n{kind}"
    shape = f", shape={_SHAPES[kind]}" if kind in _SHAPES else ""
    border = ', peripheries=2, color="#0460A0"' if variable is not None and variable["op"] == op else ""
    colour = border or f', color="{_COLOURS.get(lane_of(record.maker[op]), "#555658")}"'
    return f"n{op} [label={_quoted(label)}, tooltip={_quoted(record.name[op])}{shape}{colour}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
