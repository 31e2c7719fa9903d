"""The explanation of a call as text for a terminal: at most 24 lines of 88 characters, columns at 0, 2, 10, 19 and 48."""

from __future__ import annotations

import textwrap
from typing import Any

_WIDTH, _LINES = 88, 24


def explanation_text(record: dict[str, Any]) -> str:
    """Returns the text twin of a record of `explain_request`."""
    chain = [
        _columns(8, "why" if not index else "", each["step"], each["text"], each["note"])
        for index, each in enumerate(record["chain"])
    ]
    head = [_header(record), *_phrase(record["phrase"]), ""]
    said = [line for each in record["sentences"] for line in _wrapped(each, "  ")]
    lines = _program(record)
    ignored = [line for each in record["ignored"] for line in _ignored(each)]
    body = [*head, *said, *lines, *([""] if lines or said else []), *_flat(chain)]
    if ignored:
        body += ["", *ignored]
    fixes = _fixes(record)
    if fixes:
        body += ["", "  fixes   tried on a copy" + " " * 23 + "this one request, in its scopes"]
    return "\n".join(_fitted(body, fixes))


def _fitted(body: list[str], fixes: list[list[str]]) -> list[str]:
    """Returns all lines, with less air and then fewer fixes when they are too many."""
    spaced = [line for fix in fixes for line in ["", *fix]]
    tight = [line for fix in fixes for line in fix]
    for tail in (spaced, tight):
        if len(body) + len(tail) <= _LINES:
            return [*body, *tail]
    close = [line for line in body if line]
    kept = list(fixes)
    while len(close) + sum(map(len, kept)) > _LINES and len(kept) > 1:
        kept.pop()
    return [*close, *(line for fix in kept for line in fix)][:_LINES]


def _header(record: dict[str, Any]) -> str:
    left = f"Call {record['number']} {record['word']}: {record['name']}"
    sites = record["sites"]
    right = sites[0]["where"] if sites else ""
    if len(sites) > 1:
        same = sites[0]["cell"] == sites[1]["cell"] and sites[0]["file"] == sites[1]["file"]
        right += f", called from {'line ' + str(sites[1]['line']) if same else sites[1]['where']}"
    return _two(left, right)


def _two(left: str, right: str, indent: int = 0) -> str:
    """Returns two texts on one line, the second at column 48 when there is room."""
    left = " " * indent + left
    line = f"{left:<48}{right}" if len(left) < 47 else f"{left}  {right}"
    return _cut(line.rstrip())


def _phrase(phrase: str) -> list[str]:
    found = _wrapped(phrase, "  ") if phrase else []
    return found if len(found) <= 3 else [*found[:2], _cut(found[2] + " ...")]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _program(record: dict[str, Any]) -> list[str]:
    """Returns the learner's lines: the one that asked, what called it, and the one that made the variable."""
    asked = record["sites"][:1] or []
    rows = [("asked", each) for each in asked]
    made = record["made_at"]
    if made is not None and (not asked or made["where"] != asked[0]["where"]):
        rows.append(("made", made))
    return [_cut(f"  {word:<8}{each['where']}   {each['text']}") for word, each in rows if each["text"]]


def _columns(gap: int, first: str, second: str, text: str, note: str) -> list[str]:
    start = f"  {first:<{gap}}{second:<9}"
    line = f"{start}{text:<29}{note}".rstrip()
    if len(text) < 28 and len(line) <= _WIDTH:
        return [line]
    if len(f"{start}{text}  {note}") <= _WIDTH:
        return [f"{start}{text}  {note}".rstrip()]
    return [_cut(f"{start}{text}"), _cut(" " * 19 + note)]


def _flat(groups: list[list[str]]) -> list[str]:
    return [line for group in groups for line in group]


def _ignored(item: dict[str, str]) -> list[str]:
    return [
        _cut(f"  {'':<8}{item['argument']} {item['asked']}: no effect, {item['in_effect']} stays (from {item['from']})")
    ]


def _fixes(record: dict[str, Any]) -> list[list[str]]:
    home = record["sites"][0] if record["sites"] else {"file": "", "cell": -1}
    return [_fix(each, home) for each in record["fixes"]]


def _fix(fix: dict[str, Any], home: dict[str, Any]) -> list[str]:
    weights = fix["weights"].replace("#", "call ")
    head = f"  {fix['letter']:<8}{fix['does']}"
    if len(head) < 47:
        lines = [_cut(f"{head:<48}{weights}")]
    else:
        lines = [*textwrap.wrap(f"{head}: {weights}", _WIDTH, subsequent_indent=" " * 10, break_on_hyphens=False)]
    if fix["line"]:
        same = fix["cell"] == home["cell"] and fix["file"] == home["file"]
        place = "" if same else (f"[{fix['cell']}] " if fix["cell"] >= 0 else f"{fix['file']}:")
        mark = "+" if fix["added_before"] else "~"
        label = f"{mark} {place}{fix['line']}"
        code = (fix["added_before"] or fix["after"]).strip()
        start = f"{'':10}{label:<6}"
        if len(start) + len(code) > _WIDTH and code.startswith(fix["changed"] + " "):
            inner = code[len(fix["changed"]) + 1 :]
            lines += [_code(start, fix["changed"], fix["changed"]), _code(" " * 20, inner, inner)]
        else:
            lines.append(_code(start, code, fix["changed"]))
    if fix["costs"]:
        lines += textwrap.wrap(f"costs: {fix['costs']}", _WIDTH, initial_indent=" " * 16, subsequent_indent=" " * 16)
    return lines


def _code(label: str, code: str, changed: str) -> str:
    """Returns a line of code, cut outside of the changed part."""
    label = label if label.endswith(" ") else label + " "
    room = _WIDTH - len(label)
    if len(code) <= room:
        return label + code
    start = code.find(changed)
    end = start + len(changed)
    if start < 0 or end <= room - 3:
        return label + code[: room - 3] + "..."
    first = max(0, end - room + 6)
    first = min(first, start)
    text = "..." + code[first:]
    return label + (text if len(text) <= room else text[: room - 3] + "...")


def _cut(line: str) -> str:
    line = line.rstrip()
    return line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."
