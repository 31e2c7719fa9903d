"""What to do about a request: the learner's own lines, changed, each tried on a copy before it is offered.

A fix is a promise: "made, new weights" or "shared, same weights as #1". It is dropped when the copy does not keep it. The order is
safest first; `AUTO_REUSE`, which also hides mistakes, never comes first and never for a wrong shape.
"""

from __future__ import annotations

import os
from typing import Any

from ..framework.provenance import home_cell
from . import fixes_arguments, fixes_scopes
from .fix_lines import Case, Fix
from .replay import is_own, replay, scopes_around

_MOST = 3


_CAUSES = {
    "REFUSED_EXISTS": fixes_scopes.exists,
    "REFUSED_EXISTS_RERUN": fixes_scopes.exists_rerun,
    "REFUSED_MISSING": fixes_scopes.missing,
    "REFUSED_MISSING_PREFIX": fixes_scopes.missing_prefix,
    "REFUSED_MISSING_OTHER_KIND": fixes_scopes.missing_other_kind,
    "REFUSED_MISSING_SLOT": fixes_scopes.missing_slot,
    "REFUSED_SHAPE": fixes_arguments.shape,
    "REFUSED_DTYPE": fixes_arguments.dtype,
    "REFUSED_PARTITION": fixes_arguments.partition,
    "REFUSED_NO_SHAPE": fixes_arguments.no_shape,
    "REFUSED_CONST_SHAPE": fixes_arguments.const_shape,
    "REFUSED_INITIALIZER": fixes_arguments.initializer,
    "REFUSED_INIT_DTYPE": fixes_arguments.init_dtype,
    "SHARED_ARGS_IGNORED": fixes_arguments.args_ignored,
    "GETTER_REPLACED": fixes_arguments.replaced,
    "MADE_RENAMED": fixes_arguments.renamed,
}


def fixes_for(graph: Any, request: Any) -> list[dict[str, Any]]:
    """Returns at most three fixes of a request, safest first; each was tried on a copy."""
    kept: list[Fix] = []
    words: list[Fix] = []
    kinds: list[str] = []
    is_named = isinstance(request.asked, str) and isinstance(request.name, str)
    cause = _CAUSES.get(request.verdict) if is_named and _is_faithful(graph, request) else None
    for fix in cause(Case(graph, request)) if cause is not None else ():
        if fix.kind not in kinds:
            kinds.append(fix.kind)
        if any(each.kind == fix.kind for each in kept) or not _keeps_promise(graph, request, fix):
            continue
        (kept if fix.change is not None else words).append(fix)
    if cause is not None and request.error and not kept and not words:
        words += [
            fix for fix in fixes_arguments.as_its_maker(Case(graph, request)) if _keeps_promise(graph, request, fix)
        ]
        kinds += [fix.kind for fix in words]
    for fix in words:
        if not any(each.kind == fix.kind for each in kept):
            kept.append(fix)
    kept.sort(key=lambda fix: kinds.index(fix.kind))
    while kept and kept[0].kind == "auto":
        kept.pop(0)
    return [_record(graph, request, fix, letter) for fix, letter in zip(kept[:_MOST], "abc", strict=False)]


def _is_faithful(graph: Any, request: Any) -> bool:
    """Says whether the copy refuses what the program refused, so that what it says of a change is worth something.

    An initializer of the program's own, which does not run again, may be what raised: to replace it is a cure. A getter or a partitioner
    of the program's own may have raised for any reason.
    """
    given = request.effective or request.arguments
    scopes = scopes_around(request)
    name = "/".join(filter(None, (scopes[-1].name if scopes else "", request.asked)))
    if request.maker == "user" and (not name or request.name != name):
        return False  # a getter asks for another name
    getters = any(each.defaults["custom_getter"].value is not None for each in scopes)
    is_usual = request.error.partition(":")[0] in ("", "ValueError", "TypeError")
    if not request.error or (is_usual and replay(graph, request, None).word == "refused"):
        return True
    own = [key for key in ("custom_getter", "partitioner") if given.get(key) is not None]
    return not getters and not own and is_own(given.get("initializer"))


def _keeps_promise(graph: Any, request: Any, fix: Fix, again: bool = False) -> bool:
    initializer = (request.effective or request.arguments).get("initializer")
    if request.verdict == "REFUSED_INITIALIZER" and is_own(initializer) and "initializer" not in fix.edit.values:
        return False
    outcome = replay(graph, request, fix.edit, again)
    if outcome.word != fix.promise:
        return False
    return fix.promise == "made" or outcome.maker == fix.maker


def _record(graph: Any, request: Any, fix: Fix, letter: str) -> dict[str, Any]:
    change = fix.change
    site = fix.site or (request.sites[0] if request.sites else None)
    home = home_cell(site) if site is not None else None
    costs = [fix.costs] if fix.costs else []
    in_cell = bool(request.sites) and request.sites[0].cell is not None
    if in_cell and fix.edit.kind != "new graph" and not _keeps_promise(graph, request, fix, again=True):
        costs.append("this run of the cell has left variables behind: run it in a new graph")
    return {
        "letter": letter,
        "does": fix.does,
        "file": "" if change is None or home is not None else os.path.basename(change.file),
        "cell": -1 if change is None or home is None else home.count,
        "line": 0 if change is None else change.line,
        "before": "" if change is None else change.before,
        "after": "" if change is None else change.after,
        "changed": "" if change is None else change.changed,
        "added_before": "" if change is None else change.added_before,
        "result": fix.promise,
        "weights": fix.weights or ("new weights" if fix.promise == "made" else f"same weights as #{fix.maker}"),
        "costs": "; ".join(costs),
    }
