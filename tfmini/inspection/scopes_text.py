"""Text twins of the variable scopes, the collections and the requests (`docs/data.md` sections 3.2 to 3.4)."""

from __future__ import annotations

from typing import Any

from .reading import Record, record_of
from .words import grouped, plural, visible

_UNKNOWN = "an unknown line"

# ---- scopes


def scopes_text(graph: Any) -> str:
    """Returns the tree of variable scopes of a graph, or of its record."""
    record = record_of(graph)
    counts = (
        plural(sum(1 for each in record.scopes if not each["internal"]) - 1, "variable scope"),
        plural(len(record.variables), "variable"),
        plural(sum(1 for each in record.requests if not for_slots(each)), "get_variable call"),
    )
    lines = [f"{record.graph['label']}: {', '.join(counts)}"]
    children: dict[int, list[int]] = {}
    for index, scope in enumerate(record.scopes):
        if not scope["internal"]:
            children.setdefault(scope["parent"], []).append(index)
    todo = [(0, 0)]
    while todo:
        index, depth = todo.pop()
        lines += ["  " * depth + line for line in _scope_lines(record, index)]
        todo += [(child, depth + 1) for child in reversed(children.get(index, []))]
    stopped = record.open["stopped"]
    if stopped is not None:
        name = entry_scope(record, stopped["entry"])
        lines.append(f"stopped in {name} at {site_words(record, stopped['site'])}: {stopped['message']}")
    return "\n".join(lines) + "\n"


def _scope_lines(record: Record, index: int) -> list[str]:
    scope = record.scopes[index]
    entries = [record.entries[each] for each in scope["entries"]]
    head = scope["leaf"] or "(root)"
    if entries:
        last = entries[-1]
        head += f": {last['mode']}, {mode_origin(record, last['mode_from'])}"
    elif index == 0:
        head += ": make new, TensorFlow's default"
    if any(each in record.open["scopes"] for each in scope["entries"]):
        head += "; open now"
    opened = list(dict.fromkeys(_name_scope(each) for each in entries))
    if opened:
        head += f"; name scopes {', '.join(opened)}"
    lines = [head]
    if scope["variables"]:
        shown = ", ".join(_variable(record.variables[each]) for each in scope["variables"])
        lines.append(f"  variables: {shown}")
    return lines + [f"  {_entry(record, each)}" for each in entries]


def _variable(variable: dict[str, Any]) -> str:
    asked = len(variable["requests"])
    times = f" x{grouped(asked)}" if asked > 1 else ""
    return f"{variable['leaf']} {variable['dtype']} {variable['shape']}{times}"


def _name_scope(entry: dict[str, Any]) -> str:
    return entry["name_scope"].removesuffix("/") or "(root)"


def _entry(record: Record, entry: dict[str, Any]) -> str:
    where = site_words(record, entry["site"]) + _via(record, entry["via"])
    origin = mode_origin(record, entry["mode_from"])
    parts = [
        f"entry {entry['number']}, {where}: {entry['mode']} (reuse={entry['reuse_given']}), {origin}",
        f"name scope {_name_scope(entry)}",
    ]
    parts += [text for text in (_default(record, each) for each in entry["defaults"]) if text]
    if entry["open"]:
        parts.append("open")
    if entry["note"]:
        parts.append(entry["note"])
    return "; ".join(parts)


def _default(record: Record, default: dict[str, Any]) -> str:
    key = default["key"]
    if key == "reuse":
        return ""
    lost = default["not_inherited"]
    if lost:
        return f"{key}: {lost['value']} of {entry_scope(record, lost['entry'])} is not passed down"
    if default["how"] in ("", "default"):
        return ""
    origin = {"how": default["how"], "entry": default["from"], "site": default["site"]}
    text = f"{key} {default['value']}, {mode_origin(record, origin)}"
    other = default["overrides"]
    return f"{text} (not {other['value']} of {entry_scope(record, other['entry'])})" if other else text


def mode_origin(record: Record, origin: dict[str, Any]) -> str:
    """Returns where a mode or a default came from, in words."""
    if origin["how"] == "default":
        return "TensorFlow's default"
    if origin["how"] == "inherited":
        return f"inherited from {entry_scope(record, origin['entry'])}"
    return f"{origin['how']} at {site_words(record, origin['site'])}"


def entry_scope(record: Record, entry: int) -> str:
    """Returns the name of the scope of an entry, `(root)` for -1."""
    if entry < 0:
        return "(root)"
    return record.scopes[record.entries[entry]["scope"]]["name"] or "(root)"


def site_words(record: Record, site: int) -> str:
    return record.line_words(site) or _UNKNOWN


def _via(record: Record, sites: list[int]) -> str:
    return f" via {', '.join(site_words(record, each) for each in sites)}" if sites else ""


# ---- collections


def collections_text(graph: Any) -> str:
    """Returns the collections of a graph, or of its record."""
    record = record_of(graph)
    lines = [f"{record.graph['label']}: {plural(len(record.collections), 'collection')}"]
    for each in record.collections:
        constant = f" ({each['constant']})" if each["constant"] else ""
        internal = " [internal]" if each["internal"] else ""
        items = ", ".join(item["text"] for item in each["items"])
        lines.append(
            f"{each['key']}{constant}{internal}, {plural(len(each['items']), 'item')}{': ' + items if items else ''}"
        )
        if each["meaning"]:
            lines.append(f"  {each['meaning']}")
        if each["cell"] >= 0:
            lines.append(f"  last changed in cell [{record.cells[each['cell']]['count']}]")
        lines += [f"  warning: {warning}" for warning in each["warnings"]]
    return visible("\n".join(lines) + "\n")


# ---- requests


def requests_text(graph: Any) -> str:
    """Returns every `get_variable` call of a graph, or of its record, with what came of it."""
    record = record_of(graph)
    shown = [each for each in record.requests if not for_slots(each) or each["word"] == "refused"]
    words = [each["word"] for each in shown]
    counts = ", ".join(
        f"{word} {grouped(words.count(word))}" for word in ("made", "shared", "shared, but", "refused") if word in words
    )
    lines = [f"{record.graph['label']}: {plural(len(words), 'get_variable call')}{': ' + counts if counts else ''}"]
    for each in shown:
        word = each["word"].upper() if each["word"] == "refused" else each["word"]
        where = site_words(record, each["site"]) + _via(record, each["via"])
        lines.append(f"{each['number']} {word} {each['name']} at {where}: {each['sentence']}")
    slots = len(record.requests) - len(shown)
    if slots:
        lines.append(f"and {plural(slots, 'call')} of an optimizer for its slots")
    return "\n".join(lines) + "\n"


def for_slots(request: dict[str, Any]) -> bool:
    """Says whether an optimizer asked, for a slot."""
    return request["maker"] in ("slot", "optimizer")
