"""The explanation of one call of `get_variable` as plain data: the chain of causes, flags, what had no effect, and fixes.

Explaining changes nothing: graph, store, scopes and names of the program are read, and fixes are tried on a copy.
"""

from __future__ import annotations

import os
from typing import Any

from ..framework import dtypes
from ..framework.provenance import Site, home_cell
from ..framework.shapes import dims_text
from .fixes import fixes_for
from .replay import scopes_around
from .scopes_section import mode_value, mode_words, verdict_word
from .words import digest, first_line, leaf, one_line

_NO_CHECKS = ("REFUSED_EXISTS", "REFUSED_EXISTS_RERUN")


def explain_request(graph: Any, number: int) -> dict[str, Any]:
    """Returns why call `number` of `get_variable` in `graph` came out as it did, and what to do; see `docs/data.md`.

    Raises:
      IndexError: there was no such call.
    """
    requests = graph.journal.requests
    if not 1 <= number <= len(requests):
        raise IndexError(f"This graph has {len(requests)} get_variable calls; there is no call {number}.")
    request = requests[number - 1]
    return {
        "number": request.number,
        "asked": one_line(str(request.asked)),
        "name": one_line(str(request.name)),
        "verdict": request.verdict,
        "word": verdict_word(request.verdict),
        "phrase": first_line(request.error),
        "sites": [site_record(site) for site in request.sites],
        "made_by": 0 if request.found is None else request.found.number,
        "made_at": None if request.found is None or not request.found.sites else site_record(request.found.sites[0]),
        "sentences": _sentences(request),
        "chain": _chain(graph, request),
        "ignored": [_ignored(each) for each in request.ignored],
        "flags": flags_of(request),
        "fixes": fixes_for(graph, request),
    }


def site_record(site: Site | None) -> dict[str, Any] | None:
    """Returns a line of the program: `{"file", "cell", "line", "text", "where"}`; `cell` is -1 outside notebooks."""
    if site is None:
        return None
    home = home_cell(site)
    return {
        "file": os.path.basename(site.file) if home is None else "",
        "cell": -1 if home is None else home.count,
        "line": site.line,
        "text": one_line(site.text, 200),
        "where": site.describe(),
    }


def _ignored(item: dict[str, Any]) -> dict[str, str]:
    return {key: digest(item.get(key, "")) for key in ("argument", "asked", "in_effect", "from")}


# ---- flags


def flags_of(request: Any) -> list[str]:
    """Returns what is easy to misread about a call, whatever its verdict."""
    found = list(request.flags)
    scopes = scopes_around(request)
    notes = [note for each in scopes for note in each.notes]
    if any(each.reuse_given is False and mode_value(request.reuse) != "False" for each in scopes):
        found.append("FALSE_HAS_NO_EFFECT")
    if request.entry is not None and request.entry.defaults["constraint"].not_inherited is not None:
        found.append("CONSTRAINT_NOT_INHERITED")
    if not_counted(request):
        found.append("NAME_SCOPE_DOES_NOT_COUNT")
    if any(note.startswith("The name scope ") for note in notes):
        found.append("REENTERED_NEW_NAME_SCOPE")
    if any("the name was made unique" in note for note in notes):
        found.append("DEFAULT_NAME_MADE_UNIQUE")
    return list(dict.fromkeys(found))


def not_counted(request: Any) -> str:
    """Returns the name scopes that are open at a call and are no part of the variable's name: `train/`, "" for none."""
    missing: list[str] = []
    before = ""
    for entry in scopes_around(request):
        here = entry.name_scope or ""
        inner = here[len(before) :] if here.startswith(before) else here
        parts = inner.rstrip("/").split("/") if inner else []
        own = 1 if entry.given == "captured scope" else entry.given.count("/") + 1
        missing += parts[:-own] if here.startswith(before) else []
        before = here
    here = request.name_scope + "/" if request.name_scope else ""
    if here.startswith(before) and len(here) > len(before):
        missing += here[len(before) :].rstrip("/").split("/")
    return "/".join(missing) + "/" if missing else ""


# ---- the chain


def _chain(graph: Any, request: Any) -> list[dict[str, Any]]:
    return [_name(request), _mode(request), _lookup(graph, request), _checks(request), _result(request)]


def _step(step: str, text: str, note: str = "", parts: Any = (), site: Site | None = None) -> dict[str, Any]:
    return {"step": step, "text": text, "note": note, "parts": list(parts), "site": site_record(site)}


def _name(request: Any) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    before = ""
    for entry in scopes_around(request):
        inside = entry.name.startswith(before + "/") if before else bool(entry.name)
        if before and not inside and entry.name != before:
            parts.clear()
            before = ""
        text = entry.name[len(before) :].lstrip("/")
        before = entry.name
        if text:
            parts.append({"text": text + "/", "kind": "scope", "entry": entry.index})
    if request.asked != "":  # a slot's scope is its name
        parts.append({"text": one_line(str(request.asked)), "kind": "asked", "entry": -1})
    text = " + ".join(each["text"] for each in parts)
    struck = not_counted(request)
    note = f"name scope {struck} is not counted" if struck else "" if len(parts) > 1 else "no variable scope around it"
    if struck:
        parts.append({"text": struck, "kind": "struck", "entry": -1})
    return _step("name", text, note, parts, request.sites[0] if request.sites else None)


def _mode(request: Any) -> dict[str, Any]:
    how, origin, site = request.mode_from
    value = mode_value(request.reuse)
    at = f" at {site.describe()}" if site is not None else ""
    scope = origin.name or "root" if origin is not None else "root"
    entry = request.entry
    given = entry.reuse_given if entry is not None else None
    if how == "given":
        note = f"reuse={value} given{at}"
    elif how == "reuse_variables()" or (how == "inherited" and origin is None and site is not None):
        note = f"reuse_variables(){at}"
    elif how == "inherited" and origin is not None and origin.mode_from[0] == "reuse_variables()":
        note = f"reuse_variables() on {scope}{at}"
    elif how == "inherited" and origin is not None:
        note = f"from {scope}: reuse={value}{at}"
    elif entry is None:
        note = "root, default"
    else:
        note = f"reuse={given} at {leaf(entry.name) or 'root'}: inherits root"
    return _step("mode", mode_words(request.reuse), note, [{"text": value, "kind": "reuse"}], site)


def _lookup(graph: Any, request: Any) -> dict[str, Any]:
    made = request.found
    site = made.sites[0] if made is not None and made.sites else None
    if made is not None:
        others = [
            each.number
            for each in graph.journal.requests
            if each.found is made and each.verdict.startswith("SHARED") and each.number < request.number
        ]
        shared = f", shared by {_calls(others)}" if others else ""
        at = f" at {site.describe()}" if site is not None and not shared else ""
        return _step("lookup", "found", f"made by call {made.number}{at}{shared}", site=site)
    if request.verdict == "REFUSED_MISSING_OTHER_KIND" or request.verdict == "MADE_RENAMED":
        record = next((each for each in graph.journal.variables if each.name == request.name), None)
        site = record.site if record is not None else None
        if record is None:
            return _step("lookup", "not found", "an operation of that name is in the graph")
        at = f" at {site.describe()}" if site is not None else ""
        return _step("lookup", "found under another kind", f"made by tf.Variable{at}", site=site)
    if request.lookup.startswith("present"):
        return _step("lookup", "found", request.lookup.replace("present", "").strip())
    if request.verdict in ("REFUSED_INIT_DTYPE", "REFUSED_CONST_SHAPE"):
        return _step("lookup", "not reached")
    return _step("lookup", "not found", "get_variable made no such name yet")


def _calls(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"call {numbers[0]}"
    if len(numbers) > 4:
        return f"{len(numbers)} calls"
    return "calls " + ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"


def _checks(request: Any) -> dict[str, Any]:
    verdict = request.verdict
    if verdict in _NO_CHECKS:
        return _step("checks", "not reached", "shape and dtype")
    if verdict.startswith("REFUSED_MISSING"):
        return _step("checks", "not reached", "nothing to compare with")
    asked, has = _asked_and_has(request)
    if verdict == "REFUSED_SHAPE":
        return _step("checks", "shape differs", f"asked {asked['shape']}, has {has['shape']}", _pairs(asked, has))
    if verdict == "REFUSED_DTYPE":
        note = f"asked {asked['dtype']}, has {has['dtype']}"
        if request.arguments.get("dtype") is None:
            note = f"the scope's {asked['dtype']}, not {has['dtype']}"
        return _step("checks", "dtype differs", note, _pairs(asked, has))
    words = {
        "REFUSED_PARTITION": ("partitions differ", ""),
        "REFUSED_NO_SHAPE": ("no shape", "and no initializer that has one"),
        "REFUSED_CONST_SHAPE": ("two shapes", "the constant has one already"),
        "REFUSED_INITIALIZER": ("arguments do not fit", ""),
        "REFUSED_INIT_DTYPE": ("dtypes differ", "of the initial value and the argument"),
    }
    if verdict in words:
        return _step("checks", *words[verdict])
    if verdict.startswith("SHARED"):
        both = request.checks.endswith(" agree")
        return _step("checks", "agree", request.checks.removesuffix(" agree") if both else request.checks)
    if verdict == "GETTER_REPLACED":
        return _step("checks", "not reached", "a custom getter answered")
    return _step("checks", "none", "nothing to compare with")


def _asked_and_has(request: Any) -> tuple[dict[str, str], dict[str, str]]:
    effective = request.effective or request.arguments
    asked = {"shape": _shape(effective.get("shape")), "dtype": _dtype(effective.get("dtype"))}
    variable = request.found.variable if request.found is not None else None
    if variable is None:
        return asked, {"shape": "?", "dtype": "?"}
    return asked, {
        "shape": dims_text(variable.get_shape()._dims),
        "dtype": dtypes.as_dtype(variable.dtype).base_dtype.name,
    }


def _pairs(asked: dict[str, str], has: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"text": key, "kind": "differs", "asked": asked[key], "has": has[key]}
        for key in asked
        if asked[key] != has[key]
    ]


def _shape(shape: Any) -> str:
    if shape is None:
        return "none"
    dims = getattr(shape, "_dims", shape)
    return dims_text(tuple(dims)) if isinstance(dims, (list, tuple)) else digest(shape)


def _dtype(dtype: Any) -> str:
    return "none" if dtype is None else digest(getattr(dtype, "base_dtype", dtype))


def _result(request: Any) -> dict[str, Any]:
    return _step("result", verdict_word(request.verdict), request.verdict)


# ---- in words


def _sentences(request: Any) -> list[str]:
    """Returns one or two sentences about what came of the call."""
    verdict, mode = request.verdict, mode_words(request.reuse)
    made = request.found
    call = f"call {made.number} ({made.sites[0].describe()})" if made is not None and made.sites else "an earlier call"
    asked, has = _asked_and_has(request)
    name = request.name
    one = {
        "MADE": [f"Nothing of that name was there and the mode is {mode}: a variable was made."],
        "MADE_AUTO": [f"Nothing of that name was there and the mode is {mode}: a variable was made."],
        "MADE_RENAMED": [
            "It looks shared and is not: the name was taken in the graph, so the new variable got another."
        ],
        "SHARED": [f"The same variable as {call}."],
        "SHARED_AUTO": [f"The same variable as {call}."],
        "REFUSED_EXISTS": [f"It exists since {call}, and the mode here is {mode}."],
        "REFUSED_EXISTS_RERUN": [f"It exists since {call}, and the mode here is {mode}.", _rerun(request)],
        "REFUSED_MISSING": [f"The mode here is {mode}, and no get_variable call made it."],
        "REFUSED_MISSING_OTHER_KIND": ["tf.Variable made it; get_variable finds only what get_variable made."],
        "REFUSED_MISSING_SLOT": [f"An optimizer asked for it, to keep its numbers, where the mode is {mode}."],
        "REFUSED_MISSING_PREFIX": [f"The mode here is {mode}, and the name stands under another scope."],
        "REFUSED_SHAPE": [f"It exists since {call} with shape {has['shape']}; asked was {asked['shape']}."],
        "REFUSED_DTYPE": [f"It exists since {call} as {has['dtype']}; asked was {asked['dtype']}."],
        "REFUSED_PARTITION": ["It is cut into parts, or not, in another way than this call asks."],
        "REFUSED_NO_SHAPE": ["It is new, and neither a shape nor a value was given."],
        "REFUSED_CONST_SHAPE": ["A constant has a shape already, so no other may be given."],
        "REFUSED_INITIALIZER": ["The arguments do not fit each other."],
        "REFUSED_INIT_DTYPE": ["The initial value has another dtype than the argument dtype."],
        "GETTER_REPLACED": [f"A custom getter gave something else than the variable {name} of the store."],
    }
    if verdict == "SHARED_ARGS_IGNORED":
        names = ", ".join(each["argument"] for each in request.ignored)
        return [f"The same variable as {call}.", f"It existed, so this had no effect: {names}."]
    found = list(one.get(verdict, []))
    error = request.error.partition(":")[0]
    if verdict == "REFUSED_INITIALIZER" and error not in ("ValueError", "TypeError"):
        found = [f"A function that was given for it raised {error}."]
    if verdict == "REFUSED_DTYPE" and request.arguments.get("dtype") is None:
        found.append(f"You gave no dtype; the scope did: {asked['dtype']}.")
    return found


def _rerun(request: Any) -> str:
    cell = request.found.sites[0].cell if request.found is not None and request.found.sites else None
    count = f" ran as [{cell.count}]" if cell is not None else " ran before"
    return f"The same line made it when this cell{count}; this is another run of it."
