"""Why something was refused: the last `get_variable` call or the last run that failed, in plain text.

The text has TensorFlow's phrase, the lines of the program, the chain of causes and one or two things to do.
"""

from __future__ import annotations

import sys
from typing import Any

from ..errors import OpError
from ..framework import contexts
from .scopes_section import request_record
from .tracker import GraphTracker
from .words import first_line, leaf

_last: dict[str, Any] = {"error": None}


def note_error(error: BaseException) -> None:
    """Keeps the last error of a run, so that `why()` can explain it later."""
    if isinstance(error, OpError):
        _last["error"] = error


def why(graph: Any = None, error: BaseException | None = None) -> str:
    """Returns why the last `get_variable` call of `graph` was refused, or why the last run failed.

    Args:
      graph: the graph, the default graph if None.
      error: an error to explain instead.
    """
    chosen = contexts.default_graph() if graph is None else graph
    shown = error or _last["error"] or getattr(sys, "last_value", None)
    refused = next((each for each in reversed(list(chosen.journal.requests)) if each.error), None)
    if isinstance(error, OpError):
        return _failed_run(error)
    failed = shown if isinstance(shown, OpError) and shown.op is not None and shown.op.graph is chosen else None
    if refused is not None and not (failed is not None and _is_later(failed, refused, chosen)):
        return _refused(refused, chosen)
    if failed is not None:
        return _failed_run(failed)
    noted = next((run for run in reversed(list(chosen.journal.runs)) if run.error), None)
    if noted is not None:
        return f"Run {noted.number}, which fetched {', '.join(noted.fetches)}: {noted.error}"
    return f"Nothing was refused in this graph: {len(chosen.journal.requests)} get_variable calls, no failed run noted."


def _is_later(error: OpError, request: Any, graph: Any) -> bool:
    # a run can only fail after the graph was built; a refused call that ended the building came before it
    return request is not graph.journal.requests[-1] or graph.journal.stopped is None


# ---- a refused call


def _refused(request: Any, graph: Any) -> str:
    tracker = GraphTracker(graph)
    tracker.delta()
    record = request_record(request, -1, tracker.places)
    lines = [first_line(request.error), ""]
    lines.append(f"  call {request.number}   get_variable({record['asked']!r}){_at(request.sites)}")
    for site in request.sites[1:]:
        lines.append(f"  through   {site.describe()}   {site.text}".rstrip())
    lines += ["", "  name      " + _name_words(record)]
    lines.append(f"  mode      {record['mode']} (reuse={record['mode_value']}), {_origin_words(request.mode_from)}")
    if request.found is not None:
        lines.append(f"  found     made by call {request.found.number}{_at(request.found.sites)}")
    elif record["lookup"] == "missing":
        lines.append("  found     nothing of that name was made by get_variable")
    if request.checks and request.checks not in request.error:
        lines.append(f"  checks    {request.checks}")
    lines += ["", record["sentence"], *_cures(request, record)]
    return "\n".join(lines)


def _at(sites: Any) -> str:
    if not sites or sites[0] is None:
        return ""
    return f" at {sites[0].describe()}   {sites[0].text}".rstrip()


def _name_words(record: dict[str, Any]) -> str:
    prefix = "".join(part["text"] for part in record["prefix"])
    asked = record["asked"]
    return (
        f"{record['name']} = {prefix} (variable scopes) + {asked}"
        if prefix
        else f"{record['name']}, no variable scope around it"
    )


def _origin_words(origin: Any) -> str:
    how, entry, site = origin
    if how == "default":
        return "TensorFlow's default"
    name = "(root)" if entry is None else entry.name or "(root)"
    if how == "inherited":
        return f"inherited from {name}"
    where = f" at {site.describe()}" if site is not None else ""
    return f"{how}{where}"


def _cures(request: Any, record: dict[str, Any]) -> list[str]:
    verdict = request.verdict
    scope = request.entry.name if request.entry is not None else ""
    opened = (
        f'tf.variable_scope("{leaf(scope)}", reuse=tf.AUTO_REUSE)'
        if scope
        else 'tf.variable_scope("", reuse=tf.AUTO_REUSE)'
    )
    if verdict == "REFUSED_EXISTS_RERUN":
        return [
            "To do: start the cell with tf.reset_default_graph(), so that a second run builds a new graph.",
            f"Or share the variable: with {opened}:",
        ]
    if verdict == "REFUSED_EXISTS":
        return [
            f"To do, to share the variable: with {opened}:",
            "To do, to get a second one: use another name or scope.",
        ]
    if verdict == "REFUSED_MISSING_SLOT":
        return ["To do: call minimize() outside the scope in which reuse is on."]
    if verdict.startswith("REFUSED_MISSING"):
        return [f"To do: make it first with reuse off, or let one line do both: with {opened}:"]
    if verdict in ("REFUSED_SHAPE", "REFUSED_DTYPE"):
        return ["To do: ask for the shape and dtype that it has, or use another name or scope for a second variable."]
    if verdict == "REFUSED_NO_SHAPE":
        return [f"To do: give the sizes: tf.get_variable({record['asked']!r}, [rows, columns])"]
    return ["To do: change the argument that the message names."]


# ---- a failed run


def _failed_run(error: OpError) -> str:
    message = error.message.rstrip()
    lines = [message]
    op = error.op
    if op is not None and op._inputs:
        lines += ["", "It reads:"]
        for tensor in op._inputs:
            site = tensor._op._site
            made = f", made at {site.describe()}" if site is not None else ""
            lines.append(f"  {tensor.name}{made}")
    return "\n".join(lines)


# ---- the line under a traceback


def advice(error: BaseException) -> str:
    """Returns a line for the end of a traceback, "" when the message says enough."""
    note_error(error)
    if not isinstance(error, ValueError):
        return ""
    graph = contexts.default_graph()
    requests = graph.journal.requests
    last = requests[-1] if requests else None
    if last is None or not last.error or first_line(str(error)) not in last.error:
        return ""
    return f"\nprint(tf.inspection.why()) tells the whole story of call {last.number}."
