"""Pictures without a page: a small layered drawing of a graph, and text set as a picture.

Name scopes are folded, and opened while there are few boxes; variables are capsules; the machinery lies in lanes
below. The page draws far more; this is what stays where no page ran. Same record, same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import networkx

from tfmini import inspection

from .svg_pieces import (
    CANVAS,
    COMPUTE,
    FEED,
    GRADIENT,
    INK,
    MARGIN,
    MUTED,
    ORDER,
    VARIABLE,
    WRITE,
    clean,
    frame,
    rect,
    short,
    text_at,
    text_svg,
)

MOST_BOXES = 14
_ENOUGH_BOXES = 6
_MOST_VARIABLES = 24
_LANE_COLOURS = {"gradients": GRADIENT, "optimizer": WRITE, "init": COMPUTE, "summaries": COMPUTE, "queues": ORDER}
_LANE_TITLES = {"init": "init, save"}
_GAP_X, _GAP_Y = 44, 18
_LANE_HEIGHT, _LANE_GAP = 30, 11


@dataclass(eq=False)
class _Box:
    key: str
    kind: str
    lines: list[str]
    first: int
    ops: list[int] = field(default_factory=list)
    badge: str = ""
    trainable: bool = False
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        widest = max((len(line) for line in self.lines), default=1)
        badge = 12 + 9 * len(self.badge) if self.badge else 0
        return max(62.0, widest * 7.6 + (34 if self.kind in ("variable", "scope") else 22) + badge)

    @property
    def height(self) -> float:
        return 30.0 if len(self.lines) < 2 else 44.0


def graph_svg(graph: Any) -> str:
    """Returns a picture of a graph, or of its record."""
    record = inspection.record_of(graph)
    if not len(record):
        return text_svg(f"Graph, {record.graph['label']}", "No operations yet in this graph.")
    boxes, box_of = _boxes(record)
    edges = _edges(record, box_of)
    _place(boxes, edges)
    width = max(max(box.x + box.width for box in boxes) + MARGIN, 560.0)
    height = max(box.y + box.height for box in boxes) + MARGIN
    parts = [_edge(source, target) for source, target in edges]
    parts += [_draw(box) for box in boxes]
    lanes = inspection.lane_counts(record)
    top = height
    for lane, count in lanes.items():
        if lane == "model":
            continue
        parts.append(_lane(lane, count, top, width, _marks(record, lane)))
        top += _LANE_HEIGHT + _LANE_GAP
    total = len(record)
    caption = ", ".join(f"{_LANE_TITLES.get(lane, lane)} {count:,}" for lane, count in lanes.items())
    summary = f"{record.graph['label']}: {total:,} operation{'' if total == 1 else 's'} ({caption})"
    parts.append(text_at(MARGIN, top + 16, summary, MUTED, 12))
    return frame(f"Graph, {record.graph['label']}", summary, width, top + 32, parts)


# ---- boxes


def _boxes(record: Any) -> tuple[list[_Box], dict[int, _Box]]:
    """Returns the boxes of the model, and the box of each of its operations."""
    model = [op for op in range(len(record)) if inspection.lane_of(record.maker[op]) == "model"]
    owned = {op: record.owner[op] for op in model if record.variable(record.owner[op]) is not None}
    free = [op for op in model if op not in owned]
    depths = _depths(record, free)
    boxes: dict[str, _Box] = {}
    box_of: dict[int, _Box] = {}
    for op in free:
        box = _box_for(record, op, depths, boxes)
        box.ops.append(op)
        box_of[op] = box
    for box in boxes.values():
        if box.kind == "scope":
            box.lines[1] = f"{len(box.ops):,} op{'' if len(box.ops) == 1 else 's'}"
    _variable_boxes(record, owned, boxes, box_of)
    _hide_arguments(record, boxes, box_of)
    return sorted(boxes.values(), key=lambda box: box.first), box_of


def _depths(record: Any, ops: list[int]) -> dict[str, bool]:
    """Returns the name scopes that are open: the largest are opened while the boxes still fit."""
    opened: dict[str, bool] = {}

    def groups() -> dict[str, int]:
        found: dict[str, int] = {}
        for op in ops:
            key = _group(record.name[op], opened)
            found[key] = found.get(key, 0) + 1
        return found

    found = groups()
    while True:
        scopes = [(count, key) for key, count in found.items() if key.endswith("/") and count > 1]
        if not scopes or len(found) >= _ENOUGH_BOXES:
            return opened
        _, widest = max(scopes)
        opened[widest] = True
        found = groups()
        if len(found) > MOST_BOXES:
            del opened[widest]
            return opened


def _group(name: str, opened: dict[str, bool]) -> str:
    at = name.find("/")
    while at >= 0:
        scope = name[: at + 1]
        if scope not in opened:
            return scope
        at = name.find("/", at + 1)
    return name


def _box_for(record: Any, op: int, opened: dict[str, bool], boxes: dict[str, _Box]) -> _Box:
    key = _group(record.name[op], opened)
    box = boxes.get(key)
    if box is None:
        if key.endswith("/"):
            box = _Box(key, "scope", [_short(key[:-1]), ""], op)
        else:
            box = _op_box(record, op, key)
        boxes[key] = box
    return box


def _op_box(record: Any, op: int, key: str) -> _Box:
    kind, name = record.type[op], key.rpartition("/")[2]
    outputs = record.outputs[op]
    if kind.startswith("Placeholder"):
        return _Box(key, "placeholder", [_short(name), outputs[1] if outputs else ""], op)
    if kind == "NoOp":
        return _Box(key, "group", [_short(name)], op)
    same = name.rstrip("0123456789").rstrip("_") == kind
    return _Box(
        key, "constant" if kind == "Const" else "op", [_short(kind)] if same else [_short(name), _short(kind)], op
    )


def _variable_boxes(record: Any, owned: dict[int, int], boxes: dict[str, _Box], box_of: dict[int, _Box]) -> None:
    indexes = sorted(set(owned.values()))
    together = len(indexes) > _MOST_VARIABLES
    for op, index in owned.items():
        variable = record.variables[index]
        scope = record.scopes[variable["scope"]]["name"]
        key = f"variables of {scope}" if together else f"variable {index}"
        box = boxes.get(key)
        if box is None:
            asked = len(variable["requests"])
            lines = [_short(scope or "(root)"), ""] if together else [_short(variable["name"]), variable["shape"]]
            badge = f"\u00d7{asked}" if asked > 1 and not together else ""
            box = boxes[key] = _Box(key, "variable", lines, op, badge=badge, trainable=variable["trainable"])
        box.ops.append(op)
        box_of[op] = box
    if together:
        for box in boxes.values():
            if box.kind == "variable":
                count = len({owned[op] for op in box.ops})
                box.lines[1] = f"{count:,} variable{'' if count == 1 else 's'}"


def _hide_arguments(record: Any, boxes: dict[str, _Box], box_of: dict[int, _Box]) -> None:
    """Puts constants that one box reads into that box."""
    readers: dict[int, set[str]] = {}
    for op, box in box_of.items():
        for source in record.inputs[op][::2]:
            readers.setdefault(source, set()).add(box.key)
    for op, box in list(box_of.items()):
        keys = readers.get(op, set()) - {box.key}
        if box.kind == "constant" and len(keys) == 1:
            target = boxes[next(iter(keys))]
            if target.kind != "variable":
                box_of[op] = target
                boxes.pop(box.key, None)


def _edges(record: Any, box_of: dict[int, _Box]) -> list[tuple[_Box, _Box]]:
    found: dict[tuple[str, str], tuple[_Box, _Box]] = {}
    for op, box in box_of.items():
        for source in record.inputs[op][::2]:
            before = box_of.get(source)
            if before is not None and before is not box:
                found[before.key, box.key] = (before, box)
    return list(found.values())


# ---- places


def _place(boxes: list[_Box], edges: list[tuple[_Box, _Box]]) -> None:
    """Gives every box its place: columns by the longest path, rows by the middle of the neighbours."""
    by_key = {box.key: box for box in boxes}
    order = {box.key: number for number, box in enumerate(boxes)}
    graph = networkx.DiGraph()
    graph.add_nodes_from(by_key)
    for source, target in edges:
        if order[source.key] < order[target.key] or source.kind == "variable":
            graph.add_edge(source.key, target.key)
    while not networkx.is_directed_acyclic_graph(graph):
        source, target = max(networkx.find_cycle(graph), key=lambda edge: order[edge[0]])[:2]
        graph.remove_edge(source, target)
    column: dict[str, int] = {}
    for key in networkx.lexicographical_topological_sort(graph, key=lambda each: order[each]):
        column[key] = max((column[before] + 1 for before in graph.predecessors(key)), default=0)
    for key in by_key:
        after = [column[each] for each in graph.successors(key)]
        if graph.in_degree(key) == 0 and after:
            column[key] = max(0, min(after) - 1)
    columns: dict[int, list[str]] = {}
    for key in sorted(by_key, key=lambda each: order[each]):
        columns.setdefault(column[key], []).append(key)
    rows = {key: float(row) for keys in columns.values() for row, key in enumerate(keys)}
    for sweep in range(4):
        for number in sorted(columns, reverse=bool(sweep % 2)):
            near = graph.successors if sweep % 2 else graph.predecessors
            middle = {key: _mean([rows[each] for each in near(key)], rows[key]) for key in columns[number]}
            columns[number].sort(key=lambda key: (middle[key], order[key]))
            rows.update((key, float(row)) for row, key in enumerate(columns[number]))
    _set_positions(columns, by_key)


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _set_positions(columns: dict[int, list[str]], by_key: dict[str, _Box]) -> None:
    heights = [sum(by_key[key].height + _GAP_Y for key in keys) for keys in columns.values()]
    tallest = max(heights)
    x = float(MARGIN)
    for number in sorted(columns):
        column = [by_key[key] for key in columns[number]]
        wide = max(box.width for box in column)
        y = MARGIN + (tallest - sum(box.height + _GAP_Y for box in column)) / 2
        for box in column:
            box.x = x + (wide - box.width) / 2
            box.y = y
            y += box.height + _GAP_Y
        x += wide + _GAP_X


# ---- drawing


def _draw(box: _Box) -> str:
    x, y, w, h = box.x, box.y, box.width, box.height
    if box.kind == "variable":
        shape = rect(x, y, w, h, h / 2, VARIABLE, "#E6EFF6", 1.25) + rect(
            x + 3, y + 3, w - 6, h - 6, h / 2 - 3, VARIABLE, "none", 1, 0.55
        )
        dot = VARIABLE if box.trainable else "none"
        shape += f'<circle cx="{short(x + 14)}" cy="{short(y + 15)}" r="3.2" fill="{dot}" stroke="{VARIABLE}"/>'
    elif box.kind == "placeholder":
        points = f"{short(x + 7)},{short(y)} {short(x + w)},{short(y)} {short(x + w - 7)},{short(y + h)} {short(x)},{short(y + h)}"
        shape = f'<polygon points="{points}" fill="#E7F6EF" stroke="{FEED}" stroke-width="1.25"/>'
    elif box.kind == "scope":
        shape = rect(x, y, w, h, 7, COMPUTE, CANVAS, 1) + rect(x, y, w, 22, 7, "none", "#E4E4E5", 0)
        shape += f'<path d="M{short(x + 9)} {short(y + 7)}l6 4l-6 4z" fill="{MUTED}"/>'
    elif box.kind == "group":
        points = (
            f"{short(x + 9)},{short(y)} {short(x + w - 9)},{short(y)} {short(x + w)},{short(y + h / 2)} {short(x + w - 9)},{short(y + h)} "
            f"{short(x + 9)},{short(y + h)} {short(x)},{short(y + h / 2)}"
        )
        shape = f'<polygon points="{points}" fill="{CANVAS}" stroke="{COMPUTE}"/>'
    elif box.kind == "constant":
        shape = ""
    else:
        shape = rect(x, y, w, h, 6, COMPUTE, CANVAS, 1)
    middle = x + w / 2 + (6 if box.kind in ("variable", "scope") else 0) - (6 + 4 * len(box.badge) if box.badge else 0)
    if len(box.lines) < 2:
        text = text_at(middle, y + h / 2 + 4, box.lines[0], INK, 12, "middle")
    else:
        text = text_at(middle, y + 16, box.lines[0], INK, 12, "middle", bold=True)
        text += text_at(x + w / 2, y + 35, box.lines[1], MUTED, 11.5, "middle")
    if box.badge:
        left = x + w - 18 - 8 * len(box.badge)
        text += rect(left, y + 6, 6 + 8 * len(box.badge), 15, 7.5, "none", VARIABLE, 0)
        text += text_at(left + 3 + 4 * len(box.badge), y + 17.5, box.badge, CANVAS, 11, "middle", bold=True)
    return f"<g><title>{escape(clean(box.key))}</title>{shape}{text}</g>"


def _edge(source: _Box, target: _Box) -> str:
    colour = VARIABLE if source.kind == "variable" else COMPUTE
    x1, y1 = source.x + source.width, source.y + source.height / 2
    x2, y2 = target.x, target.y + target.height / 2
    if x2 <= x1:
        x1, x2 = source.x + source.width / 2, target.x + target.width / 2
        down = target.y > source.y
        y1 = source.y + (source.height if down else 0)
        y2 = target.y + (0 if down else target.height)
    bend = max(18.0, abs(x2 - x1) / 2)
    path = f"M{short(x1)} {short(y1)}C{short(x1 + bend)} {short(y1)} {short(x2 - bend)} {short(y2)} {short(x2)} {short(y2)}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity="0.62" stroke-width="1.25" marker-end="url(#head)"/>'


def _lane(lane: str, count: int, y: float, width: float, marks: list[str]) -> str:
    colour = _LANE_COLOURS.get(lane, COMPUTE)
    wide = width - 2 * MARGIN
    parts = [
        f'<rect x="{MARGIN}" y="{short(y)}" width="{short(wide)}" height="{_LANE_HEIGHT}" rx="8" fill="{colour}" '
        f'fill-opacity="0.08" stroke="{colour}" stroke-opacity="0.5"/>',
        f'<rect x="{MARGIN}" y="{short(y)}" width="5" height="{_LANE_HEIGHT}" rx="2.5" fill="{colour}"/>',
        text_at(MARGIN + 16, y + 19, f"{_LANE_TITLES.get(lane, lane)} {count:,}", INK, 12, bold=True),
    ]
    x = MARGIN + 150.0
    for mark in marks:
        w = max(38.0, len(mark) * 7.3 + 14)
        if x + w > width - MARGIN - 8:
            break
        parts.append(rect(x, y + 5, w, 20, 5, colour, CANVAS, 1))
        parts.append(text_at(x + w / 2, y + 19, mark, INK, 11.5, "middle"))
        x += w + 8
    return f"<g><title>{escape(lane)}</title>{''.join(parts)}</g>"


def _marks(record: Any, lane: str) -> list[str]:
    """Returns what a folded lane shows inside: the variables it has gradients for, or writes."""
    if lane not in ("gradients", "optimizer"):
        return []
    names = []
    for variable in record.variables:
        written = any(record.maker[op] == "optimizer" for op in variable["writes"])
        if written and variable["maker"] == "variable":
            names.append(variable["leaf"])
    if len(names) > 8:
        return [f"\u00d7{len(names)}"]
    return [f"\u2202{name}" for name in names] if lane == "gradients" else names


def _short(name: str, most: int = 24) -> str:
    """Returns a name with its middle left out by whole parts when it is long; the last part stays whole where it can."""
    if len(name) <= most:
        return name
    first, _, rest = name.partition("/")
    last = rest.rpartition("/")[2] or name
    short = f"{first}/\u2026/{last}" if rest else name
    return short if len(short) <= most else short[: most // 2] + "\u2026" + short[-(most // 2 - 1) :]
