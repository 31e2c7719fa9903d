"""Scopes, collections and a run as tables set in SVG, for displays without a page."""

from __future__ import annotations

import re
from typing import Any

from tfmini import inspection

from .svg_pieces import INK, LINE, MARGIN, MUTED, frame, text_at

_SENTENCE_END = re.compile(r"; |\. Made in ")
_ROW, _HEAD, _TOP = 24, 28, 44
_CHARACTER = 6.9
_MOST_ROWS = 60
_WIDEST = {0: 46, 1: 60}
_WIDE = 44


def table_svg(title: str, columns: list[str], rows: list[tuple[int, list[str]]], note: str = "") -> str:
    """Returns a table as a picture.

    Args:
      title: what stands above it.
      columns: the words over the columns.
      rows: pairs of an indent (in steps of two characters) and the cells, as many as there are columns.
      note: a line below.
    """
    shown = rows[:_MOST_ROWS]
    notes = [note] if note else []
    if len(rows) > len(shown):
        notes.append(f"{len(rows) - len(shown):,} more rows")
    cells = [["  " * indent + row[0], *row[1:]] for indent, row in shown]
    cut = [[_cut(cell, _WIDEST.get(number, _WIDE)) for number, cell in enumerate(row)] for row in cells]
    widths = [
        max([len(name), *(len(row[number]) for row in cut)]) * _CHARACTER + 22 for number, name in enumerate(columns)
    ]
    lefts = [MARGIN + sum(widths[:number]) for number in range(len(columns))]
    width = max(420.0, MARGIN * 2 + sum(widths))
    parts = [text_at(MARGIN, 28, title, INK, 13, bold=True)]
    parts.append(f'<rect x="1" y="{_TOP}" width="{width - 2:.0f}" height="{_HEAD}" fill="#F4F5F7"/>')
    parts += [text_at(left, _TOP + 18, name, MUTED, 12) for left, name in zip(lefts, columns, strict=True)]
    y = _TOP + _HEAD
    for row in cut:
        for number, (left, cell) in enumerate(zip(lefts, row, strict=True)):
            indent = len(cell) - len(cell.lstrip(" "))
            bold = number == 0
            parts.append(
                text_at(
                    left + indent * _CHARACTER,
                    y + 16,
                    cell.lstrip(" "),
                    INK if bold else MUTED,
                    12,
                    bold=bold,
                    mono=bold,
                )
            )
        y += _ROW
        parts.append(
            f'<line x1="{MARGIN}" x2="{width - MARGIN:.0f}" y1="{y}" y2="{y}" stroke="{LINE}" stroke-width="0.6"/>'
        )
    for line in notes:
        y += 20
        parts.append(text_at(MARGIN, y, line, MUTED, 12))
    return frame(title, notes[0] if notes else title, width, y + 14, parts)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "\u2026"


def scopes_svg(graph: Any, title: str) -> str:
    """Returns the variable scopes of a graph, or of its record, as a table."""
    record = inspection.record_of(graph)
    children: dict[int, list[int]] = {}
    for index, scope in enumerate(record.scopes):
        if not scope["internal"]:
            children.setdefault(scope["parent"], []).append(index)
    rows: list[tuple[int, list[str]]] = []
    todo = [(0, 0)]
    while todo:
        index, depth = todo.pop()
        rows.append((depth, _scope_row(record, record.scopes[index])))
        todo += [(child, depth + 1) for child in reversed(children.get(index, []))]
    note = inspection.scopes_text(record).partition("\n")[0]
    return table_svg(title, ["variable scope", "mode", "from", "opens name scopes", "variables"], rows, note)


def _scope_row(record: Any, scope: dict[str, Any]) -> list[str]:
    entries = [record.entries[each] for each in scope["entries"]]
    mode, origin = ("make new", "TensorFlow's default") if not scope["name"] else ("", "")
    if entries:
        mode, origin = entries[-1]["mode"], inspection.mode_origin(record, entries[-1]["mode_from"])
    opened = dict.fromkeys(entry["name_scope"].removesuffix("/") or "(root)" for entry in entries)
    variables = []
    for index in scope["variables"]:
        variable = record.variables[index]
        asked = len(variable["requests"])
        variables.append(f"{variable['leaf']} {variable['shape']}" + (f" \u00d7{asked}" if asked > 1 else ""))
    return [scope["leaf"] or "(root)", mode, origin, ", ".join(opened), ", ".join(variables)]


def collections_svg(graph: Any, title: str) -> str:
    """Returns the collections of a graph, or of its record, as a table; those that tfmini keeps for itself are left out."""
    record = inspection.record_of(graph)
    rows = [
        (
            0,
            [
                each["key"],
                f"{len(each['items']):,}",
                ", ".join(item["text"] for item in each["items"]),
                each["meaning"],
            ],
        )
        for each in record.collections
        if not each["internal"]
    ]
    note = inspection.collections_text(record).partition("\n")[0] if rows else "No collections yet."
    return table_svg(title, ["collection", "items", "what is in it", "what it is for"], rows, note)


def trace_svg(trace: dict[str, Any], title: str) -> str:
    """Returns the steps of a run as a table."""
    if not trace.get("steps"):
        return table_svg(title, ["step"], [], "No run yet.")
    rows: list[tuple[int, list[str]]] = []
    brackets = {bracket["first"]: bracket["title"] for bracket in trace["scopes"]}
    for index, step in enumerate(trace["steps"]):
        if index in brackets:
            rows.append((0, [brackets[index] or "(root)", "", "", ""]))
        values = inspection.values_of(step)
        marks = [f"writes {write['name']}" for write in step["writes"]]
        marks += [
            word
            for word, there in (("fed", step["fed"]), ("fetched", step["fetched"]), ("error", step["error"]))
            if there
        ]
        words = inspection.value_words(values[0]) if values else (step["error"] or {}).get("class", "")
        rows.append(
            (1, [f"{index + 1} {step['title']}", words, ", ".join(marks), _SENTENCE_END.split(step["sentence"])[0]])
        )
    return table_svg(
        title, ["step", "value", "", "what it does"], rows, inspection.trace_text(trace).partition("\n")[0]
    )
