"""Refused requests: the error that a program sees, and the verdict that is noted.

The first line of a message is TensorFlow's. Below stand the lines of the program that made the variable and that asked, and what to do.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from . import records


def refuse(
    verdict: str,
    error: type[Exception],
    phrase: str,
    lookup: str = "",
    variable: Any = None,
    advice: str = "",
    store: Any = None,
    name: str = "",
) -> Any:
    """Returns the error to raise, after noting the verdict on the request that is being answered."""
    request = records.current_request()
    record = getattr(variable, "_record", None)
    made = record.requests[0] if record is not None and record.requests else None
    if request is not None:
        if verdict == "REFUSED_MISSING":
            verdict, advice = _missing(request, store, str(name))
        elif verdict == "REFUSED_EXISTS":
            verdict, advice = _exists(request, record, made)
        request.verdict = verdict
        request.lookup = lookup or request.lookup
        request.found = made
        request.checks = phrase if lookup == "present" and verdict in ("REFUSED_SHAPE", "REFUSED_DTYPE") else ""
    lines = [phrase]
    if phrase.endswith("Originally defined at:"):
        lines.append("")
    if record is not None and record.site is not None:
        lines.append(_line("created at", record.site))
    if request is not None and request.sites and (record is not None or verdict.startswith("REFUSED_MISSING")):
        lines.append(_line("asked at  ", request.sites[0]))
    if advice:
        lines.append(advice)
    return error("\n".join(lines))


def _line(what: str, site: Any) -> str:
    return f"  {what}  {site.describe()}   {site.text}".rstrip()


def _mode_words(request: Any) -> str:
    """Returns where the mode comes from, for a sentence."""
    how, entry, site = request.mode_from
    place = f" at {site.describe()}" if site is not None else ""
    if how == "default":
        return "the default outside all scopes"
    if how == "reuse_variables()":
        return f"set by reuse_variables(){place}"
    if how == "inherited":
        return f"inherited from {entry.name!r}{place}" if entry is not None else "the default, nobody set another"
    return f"given{place}"


def _exists(request: Any, record: Any, made: Any) -> tuple[str, str]:
    scope = request.entry.name if request.entry is not None else ""
    inner = f"{scope.rpartition('/')[2]!r}" if scope else "tf.get_variable_scope()"
    where = f"variable_scope({inner}, reuse=True)"
    mode = f"The mode here is make new ({_mode_words(request)})."
    if record is not None and _is_rerun(made.sites if made is not None else (record.site,), request.sites):
        return (
            "REFUSED_EXISTS_RERUN",
            f"The same line made it when the cell ran before. {mode} Start with a new graph: `with tf.Graph().as_default():` or "
            "tf.reset_default_graph().",
        )
    return "REFUSED_EXISTS", f"{mode} To share it: with tf.{where}. For a second variable use another name or scope."


def _is_rerun(made: tuple[Any, ...], asked: tuple[Any, ...]) -> bool:
    """Says whether the same source lines of a notebook cell made the variable in an earlier run of the cell."""
    if not made or not asked or made[0] is None or len(made) != len(asked):
        return False
    if any(a.line != b.line or a.text != b.text for a, b in zip(made, asked, strict=True)):
        return False
    before, now = made[0].cell, asked[0].cell
    if before is None or now is None:
        return False
    # a host that names no cells is told apart by the source
    same = before.id == now.id or (before.source and before.source == now.source)
    return bool(same) and before.count != now.count


def _missing(request: Any, store: Any, name: str) -> tuple[str, str]:
    """Returns the verdict and the advice for a name that the store does not have."""
    mode = f"The mode here is find only ({_mode_words(request)})."
    graph = contexts.default_graph()
    names = [each for each in store._vars if isinstance(each, str)] if store is not None else []
    if request.maker in ("slot", "optimizer"):
        return (
            "REFUSED_MISSING_SLOT",
            f"An optimizer asked for this slot inside a scope that only finds variables. {mode} Call minimize or apply_gradients "
            "outside of it, or in a scope with reuse=tf.AUTO_REUSE.",
        )
    op = graph._by_name.get(name)
    if op is not None and op.type in ("VariableV2", "VarHandleOp"):
        return (
            "REFUSED_MISSING_OTHER_KIND",
            f"The graph has a variable {name}, but tf.Variable made it; get_variable finds only what get_variable made. Make it "
            "with tf.get_variable.",
        )
    near_by = [each for each in names if _ends_with(each, name) or _ends_with(name, each)]
    elsewhere = next((each for each in [*without_doubled_part(name), *near_by] if each in names), None)
    if elsewhere is not None:
        return (
            "REFUSED_MISSING_PREFIX",
            f"The store has {elsewhere}: open the scope that leads there, not {name.rpartition('/')[0] or 'the root'!r}. {mode}",
        )
    import difflib

    near = difflib.get_close_matches(name, names, 3)
    hint = (
        f" Did you mean {near[0]}?" if near else (f" The store has: {', '.join(sorted(names)[:5])}." if names else "")
    )
    return "REFUSED_MISSING", f"{mode}{hint} Make it once in a scope without reuse before it is shared."


def _ends_with(name: str, end: str) -> bool:
    """Says whether `name` is `end` inside one more scope or several."""
    return name.endswith("/" + end)


def without_doubled_part(name: str) -> list[str]:
    """Returns `["enc/w"]` for `enc/enc/w`: the name without one of two equal parts that follow each other."""
    parts = name.split("/")
    return [
        "/".join(parts[:index] + parts[index + 1 :])
        for index in range(len(parts) - 1)
        if parts[index] == parts[index + 1]
    ]
