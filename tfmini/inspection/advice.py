"""What stands under a traceback: the first fix that was tried, and what to type for the rest."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import OpError
from ..variables import records
from .explain import explain_request
from .why import last_problem, note_error


def advice(error: BaseException) -> str:
    """Returns at most four lines for the end of a traceback, "" when nothing was refused.

    A refused call of `get_variable` gets its first fix, tried on a copy, as the changed line; a failed run gets what to type.
    """
    note_error(error)
    if isinstance(error, OpError):
        if last_problem(error) is None:
            return ""
        shown = "opens the run at the step that failed" if _has_magic() else "says what the step that failed reads"
        return f"\n{_typed()} {shown}."
    graph, request = records.last_refused()
    if graph is None or request.error != f"{type(error).__name__}: {error}":
        return ""
    lines = [""]
    fixes = explain_request(graph, request.number)["fixes"]
    if fixes:
        lines += _fix(fixes[0])
    others = f", with {len(fixes)} fixes" if len(fixes) > 1 else ""
    lines.append(f"{_typed()} tells the whole story of call {request.number}{others}.")
    return "\n".join(lines)


def _fix(fix: dict[str, Any]) -> list[str]:
    weights = fix["weights"].replace("#", "call ")
    head = f"Fix, tried on a copy: {fix['does']} ({weights})"
    if not fix["line"]:
        return [head]
    place = f"cell [{fix['cell']}] line {fix['line']}" if fix["cell"] >= 0 else f"{fix['file']}:{fix['line']}"
    code = (fix["added_before"] or fix["after"]).strip()
    return [head, f"  {'before ' if fix['added_before'] else ''}{place}   {code}"]


def _has_magic() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and shell.find_line_magic("tfwhy") is not None


def _typed() -> str:
    return "%tfwhy" if _has_magic() else "print(tf.inspection.why())"
