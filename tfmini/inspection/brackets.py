"""Which neighbours in the list of steps belong together: scopes, turns of loops, gradients, optimizers."""

from __future__ import annotations

from typing import Any

from .graph_text import lane_of
from .turns import Loops


def brackets(drafts: list[Any], optimizer: str, loops: Loops) -> list[dict[str, Any]]:
    """Returns the neighbours that belong together: `{"title", "first", "last"}`, with `note` where turns are left out."""
    keys = [_bracket_key(draft, optimizer) for draft in drafts]
    found: list[dict[str, Any]] = []
    first = 0
    for index in range(1, len(keys) + 1):
        if index < len(keys) and keys[index] == keys[first]:
            continue
        found.extend(_parts_of(drafts, keys, first, index - 1, loops))
        first = index
    return found


def _bracket_key(draft: Any, optimizer: str) -> tuple[Any, bool]:
    """Returns the bracket of a step, a turn of a loop or a title, and whether it is a scope, which may be split."""
    if draft.kind == "feed":
        return "fed", False
    lane = lane_of(draft.maker)
    if lane == "gradients":
        return "gradients", False
    if draft.place:
        return draft.place, False
    if lane == "optimizer":
        return optimizer, False
    if lane == "init":
        return ("save" if draft.maker == "saver" else "init"), False
    if lane != "model":
        return lane, False
    if draft.kind == "constant" and not draft.scope:
        return "constants", False
    return draft.scope.partition("/")[0], True


def _parts_of(
    drafts: list[Any], keys: list[tuple[Any, bool]], first: int, last: int, loops: Loops
) -> list[dict[str, Any]]:
    title, may_split = keys[first]
    if isinstance(title, tuple):
        turn = {"title": loops.title(title), "first": first, "last": last}
        is_last = not any(keys[index][0] == title for index in range(last + 1, len(keys)))
        note = loops.note(title) if is_last else ""
        return [{**turn, "note": note} if note else turn]
    whole = [{"title": title, "first": first, "last": last}]
    if not may_split or not title:
        return whole
    parts: list[dict[str, Any]] = []
    for index in range(first, last + 1):
        title = "/".join(drafts[index].scope.split("/")[:2])
        if parts and parts[-1]["title"] == title:
            parts[-1]["last"] = index
        else:
            parts.append({"title": title, "first": index, "last": index})
    if len(parts) > 1 and all(part["last"] - part["first"] >= 2 for part in parts):
        return parts
    return whole
