"""Text twin of a trace record: the same facts in the same order as the stepper shows them.

The page makes the same text from the same record (`widgets/src/lib/trace_text.js`); a test holds both equal.
"""

from __future__ import annotations

import json
from typing import Any

from .words import grouped, leaf, plural, short_number, to_fixed

_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_HEALTH = (("nan", "NaN"), ("neg_inf", "-Inf"), ("pos_inf", "+Inf"))
_INDENT = " " * 10


def trace_text(trace: dict[str, Any]) -> str:
    """Returns the whole trace as text."""
    if not trace or not trace.get("steps"):
        return "No run yet."
    steps = trace["steps"]
    lines = [_headline(trace)]
    for bracket in _brackets(trace):
        first, last = bracket["first"], bracket["last"]
        note = f"; {bracket['note']}" if bracket.get("note") else ""
        lines += ["", f"{bracket['title'] or '(root)'} ({plural(last - first + 1, 'step')}{note})"]
        titles = _titles(steps, bracket)
        for index in range(first, last + 1):
            lines += _step_lines(steps[index], index, titles[index - first])
    return "\n".join(lines + _not_needed_lines(trace) + _watch_lines(trace))


def _headline(trace: dict[str, Any]) -> str:
    of = ", ".join(each["name"] for each in trace["fetches"]) or "nothing"
    feeds = ", ".join(each["name"] for each in trace["feeds"])
    size = f"{plural(len(trace['steps']), 'step')}, {grouped(trace['total_ops'])} operations in the graph"
    fed = f"; feed {feeds}" if feeds else ""
    return f"Run {trace['run']} in session {trace['session']}: fetch {of}{fed}. {size}."


# ---- steps


def _step_lines(step: dict[str, Any], index: int, title: str) -> list[str]:
    values = values_of(step)
    facts = [
        f"{index + 1:>5}   {title}",
        "" if step["type"] == step["title"] else step["type"],
        value_words(values[0]) if values else "",
        ", ".join(_marks(step)),
        f"{to_fixed(step['duration_us'], 1)} us",
    ]
    lines = [" | ".join(fact for fact in facts if fact)]
    if step["sentence"]:
        lines.append(_INDENT + step["sentence"])
    if step["error"]:
        message = step["error"]["message"].split("\n")[0]
        lines.append(f"{_INDENT}{step['error']['class']}: {message}")
    for write in step["writes"]:
        before, after = write["before"], write["after"]
        if before and _content(after) == "number":
            lines.append(
                f"{_INDENT}{write['name']}: mean {short_number(before['mean'])} -> {short_number(after['mean'])}, "
                f"std {short_number(before['std'])} -> {short_number(after['std'])}"
            )
        elif not before:
            lines.append(f"{_INDENT}{write['name']}: had no value before")
    if step["parts"]:
        lines.append(f"{_INDENT}parts: {_part_words(step['parts'], step.get('more_parts', 0))}")
    return lines


def _marks(step: dict[str, Any]) -> list[str]:
    words = ["fed"] if step["fed"] else []
    if step["fetched"]:
        words.append("fetched")
    words += [f"writes {write['name']}" for write in step["writes"]]
    if step["error"]:
        words.append("error")
    return words


def _part_words(parts: list[dict[str, Any]], left_out: int) -> str:
    shown = [f"{part['type']} {part['name']}" for part in parts[:6]]
    count = len(parts) - len(shown) + left_out
    return ", ".join(shown) + (f", and {count} more" if count else "")


def values_of(step: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the values of a step that can be looked at: its own, or of a write what it wrote."""
    return step["values"] or [write["after"] for write in step["writes"]]


# ---- values


def _content(value: dict[str, Any]) -> str:
    if value["dtype"] in ("string", "object") or "min" not in value:
        return "text"
    return "bool" if value["dtype"].startswith("bool") else "number"


def value_words(value: dict[str, Any]) -> str:
    """Returns one value in a line: `float32 [32,32], mean 0.458, no NaN`."""
    head = f"{value['dtype']} [{','.join(map(str, value['shape']))}]"
    content = _content(value)
    if value["count"] == 0:
        return f"{head}, empty"
    if content == "text":
        return f"{head}, {json.dumps(value['text'], ensure_ascii=False)}" if value["count"] == 1 else head
    if content == "bool":
        if value["count"] == 1:
            return f"{head}, {bool(value['positive'])}"
        return f"{head}, {grouped(value['positive'])} True, {grouped(value['zero'])} False"
    data = (value.get("cells") or {"data": []})["data"]
    if value["count"] <= 4 and len(data) == value["count"]:
        return f"{head}, {' '.join(map(_cell_text, data))}"
    return f"{head}, mean {short_number(value['mean'])}, {_health(value)}"


def _cell_text(cell: Any) -> str:
    return cell if isinstance(cell, str) and cell not in _NON_FINITE else short_number(cell)


def _health(value: dict[str, Any]) -> str:
    words = [f"{grouped(value[key])} {word}" for key, word in _HEALTH if value.get(key, 0) > 0]
    return ", ".join(words) or "no NaN"


# ---- brackets and titles


def _brackets(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns brackets that cover every step: the record's, with gaps filled by the steps' own scopes."""
    steps = trace["steps"]
    brackets: list[dict[str, Any]] = []
    at = 0

    def fill(end: int) -> None:
        nonlocal at
        while at < end:
            title, first = steps[at]["scope"], at
            while at < end and steps[at]["scope"] == title:
                at += 1
            brackets.append({"title": title, "first": first, "last": at - 1})

    for each in trace.get("scopes") or ():
        if each["first"] < at or each["last"] < each["first"] or each["last"] >= len(steps):
            continue
        fill(each["first"])
        brackets.append(each)
        at = each["last"] + 1
    fill(len(steps))
    return brackets


def _titles(steps: list[dict[str, Any]], bracket: dict[str, Any]) -> list[str]:
    """Returns the titles of the steps of a bracket; where one stands twice, the scope's last word stands before it."""
    own = steps[bracket["first"] : bracket["last"] + 1]
    count: dict[str, int] = {}
    for step in own:
        count[step["title"]] = count.get(step["title"], 0) + 1
    titles = []
    for step in own:
        title = step["title"]
        scope = leaf(step["scope"]) if step["scope"] and step["scope"] != bracket["title"] else ""
        if count[title] < 2 or not scope:
            titles.append(title)
            continue
        head, of, tail = title.rpartition(" of ")
        titles.append(f"{head}{of}{scope}/{tail}" if of else f"{scope}/{title}")
    return titles


# ---- the rest


def _not_needed_lines(trace: dict[str, Any]) -> list[str]:
    groups = trace["not_needed"]
    if not groups:
        return []
    total = sum(group["count"] for group in groups)
    return [
        "",
        f"not needed: {grouped(total)} of {grouped(trace['total_ops'])} operations",
        *(f"  {group['title']} ({grouped(group['count'])}): {group['why']}" for group in groups),
    ]


def _watch_lines(trace: dict[str, Any]) -> list[str]:
    if not trace["watches"]:
        return []
    lines = ["", "watched"]
    for watch in trace["watches"]:
        runs, values = watch["runs"], watch["values"]
        line = "no run yet"
        if runs:
            line = f"runs {runs[0]} to {runs[-1]}: {short_number(values[0])} -> {short_number(values[-1])}"
        made = f"; made at step {watch['step'] + 1}" if watch["step"] >= 0 else ""
        lines.append(f"  {watch['label']}, {line}{made}")
    return lines
