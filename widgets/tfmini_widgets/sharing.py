"""What a view hands on to other people: notes of a teacher, and the line of code that shows the view again.

The page writes the same words (`widgets/src/lib/sharing.js`); a test holds both equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tfmini.inspection.words import js_number, visible

# answers of the kernel that a view keeps in its state; they are made again when they are asked for
_NOT_IN_CODE = ("init.preflight", "init.tried", "reuse.explained", "reuse.answers", "notes")
_CALLS = {"stepper": "step", "init": "init_order"}


def with_note(notes: Iterable[dict[str, Any]], note: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the notes with one more, which replaces what was said about the same thing; an empty text takes it away."""
    others = [each for each in notes if each.get("name") != note["name"]]
    return [*others, note] if note["text"] else others


def notes_text(state: dict[str, Any]) -> str:
    """Returns the notes of a view as lines for the end of its text twin, "" when there are none."""
    notes = state.get("notes") or []
    if not notes:
        return ""
    return "\nnotes\n" + "".join(f"  {each['name']}: {each['text']}\n" for each in notes)


def code_of(view: str, graph: dict[str, Any], trace: dict[str, Any], state: dict[str, Any]) -> str:
    """Returns the Python line that shows a view in a state again.

    Args:
      view: the trait `view`.
      graph: the section `graph` of the record; another graph than the default one is called `graph` in the line.
      trace: the trace record; the stepper's line has its fetches.
      state: the trait `state`.
    """
    kept = {key: value for key, value in state.items() if key not in _NOT_IN_CODE and value is not None}
    if isinstance(kept.get("selection"), dict):
        kept["selection"] = {key: kept["selection"][key] for key in ("kind", "id") if key in kept["selection"]}
    arguments: list[str] = []
    if view == "stepper":
        arguments += ["session", _literal([each["name"] for each in trace.get("fetches", [])])]
        arguments += ["feed_dict"] if trace.get("feeds") else []
    elif not graph.get("is_default", True):
        arguments.append("graph")
    if kept:
        arguments.append(f"state={_literal(kept)}")
    line = f"tfw.{_CALLS.get(view, view)}({', '.join(arguments)})"
    notes = "".join(
        f"\nview.note({_literal(each['name'])}, {_literal(each['text'])})" for each in state.get("notes") or []
    )
    return f"view = {line}{notes}\nview" if notes else line


def _literal(value: Any) -> str:
    """Returns plain data as Python writes it, numbers as JavaScript does."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, (int, float)):
        return js_number(value)
    if isinstance(value, str):
        return visible(json.dumps(value, ensure_ascii=False))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(str(key))}: {_literal(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(_literal(each) for each in value) + "]"
