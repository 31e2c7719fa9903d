"""Why something was refused: the last `get_variable` call or the last run that failed, in plain text.

The text has TensorFlow's phrase, the lines of the program, the chain of causes and one to three things to do.
"""

from __future__ import annotations

import sys
import textwrap
from typing import Any

from ..errors import OpError
from ..framework import contexts
from ..variables import records
from .explain import explain_request
from .explain_text import explanation_text

_last: dict[str, Any] = {"error": None}


def note_error(error: BaseException) -> None:
    """Keeps the last error, so that `why()` can explain it later."""
    _last["error"] = error


def why(what: Any = None, error: BaseException | None = None) -> str:
    """Returns why the last `get_variable` call was refused, or why the last run failed, and what to do.

    At most 24 lines of 88 characters: TensorFlow's phrase, the lines of the program, the chain of causes, and one to three fixes
    that were tried on a copy.

    Args:
      what: a graph (the default graph if None), or the number of a call in the default graph, whatever came of it.
      error: an error to explain instead.

    Raises:
      IndexError: there was no call of that number.
    """
    is_number = isinstance(what, int) and not isinstance(what, bool)
    graph = contexts.default_graph() if what is None or is_number else what
    if is_number:
        return explanation_text(explain_request(graph, what))
    if isinstance(error, OpError):
        return _failed_run(error)
    if what is None and error is None:
        shown = _shown_refusal()
        if shown:
            return shown
    failed = _last_failure(graph)
    requests = list(graph.journal.requests)
    refused = next((each for each in reversed(requests) if each.error), None)
    if refused is not None and not (failed is not None and _is_later(failed, refused, graph)):
        return explanation_text(explain_request(graph, refused.number))
    if failed is not None:
        return _failed_run(failed)
    elsewhere = getattr(sys, "last_value", None)
    if what is None and isinstance(elsewhere, OpError) and elsewhere.op is not None:
        return _failed_run(elsewhere)
    noted = next((run for run in reversed(list(graph.journal.runs)) if run.error), None)
    if noted is not None:
        return f"Run {noted.number}, which fetched {', '.join(noted.fetches)}: {noted.error}"
    return f"Nothing was refused in this graph: {len(requests)} get_variable calls, no failed run noted."


def _last_failure(graph: Any) -> OpError | None:
    """Returns the last error of a run of this graph that reached the prompt."""
    for shown in (getattr(sys, "last_value", None), _last["error"]):
        if isinstance(shown, OpError) and shown.op is not None and shown.op.graph is graph:
            return shown
    return None


def _shown_refusal() -> str:
    """Returns the explanation of the refused call whose error the prompt showed last, "" when it showed another error or none.

    Its graph need not be the default one any more.
    """
    shown = getattr(sys, "last_value", None)
    graph, request = records.last_refused()
    if graph is None or shown is None or request.error != f"{type(shown).__name__}: {shown}":
        return ""
    return explanation_text(explain_request(graph, request.number))


def _is_later(error: OpError, request: Any, graph: Any) -> bool:
    """Says whether a run failed after a call was refused: the refusal is not what the prompt showed last."""
    shown = getattr(sys, "last_value", None)
    if shown is error:
        return True
    # a run can only fail after the graph was built; a refused call that ended the building came before it
    return request is not graph.journal.requests[-1] or graph.journal.stopped is None


def last_problem(error: BaseException | None = None) -> tuple[Any, ...] | None:
    """Returns what went wrong last, for a view: ("call", graph, number) of a refused call, ("run", session, fetches, feed_dict) of a run
    that failed, or None.

    Args:
      error: an error that was just raised; then only what raised it counts.
    """
    shown = getattr(sys, "last_value", None) if error is None else error
    refused_in, request = records.last_refused()
    if refused_in is not None and shown is not None and request.error == f"{type(shown).__name__}: {shown}":
        return ("call", refused_in, request.number)
    graph = contexts.default_graph()
    if error is not None:
        graph = error.op.graph if isinstance(error, OpError) and error.op is not None else graph
        return _failed_run_of(graph) if isinstance(error, OpError) else None
    failed = _last_failure(graph)
    refused = next((each for each in reversed(list(graph.journal.requests)) if each.error), None)
    if refused is not None and not (failed is not None and _is_later(failed, refused, graph)):
        return ("call", graph, refused.number)
    return _failed_run_of(graph)


def _failed_run_of(graph: Any) -> tuple[Any, ...] | None:
    kept = graph.journal.failed
    session = kept[0]() if kept is not None else None
    return None if session is None or session._closed else ("run", session, kept[1], kept[2])


# ---- a failed run


def _failed_run(error: OpError) -> str:
    lines = [
        line
        for each in error.message.rstrip().split("\n")
        for line in textwrap.wrap(each.expandtabs(4), 88, subsequent_indent="  ", break_on_hyphens=False) or [""]
    ]
    op = error.op
    if op is not None and op._inputs:
        reads = []
        for tensor in op._inputs:
            site = tensor._op._site
            made = f", made at {site.describe()}" if site is not None else ""
            reads.append(f"  {tensor.name}{made}"[:88])
        lines += ["", "It reads:", *reads]
    return "\n".join(lines[:24])
