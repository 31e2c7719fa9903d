"""Records of variable scopes, their entries, and requests for variables: sections `scopes`, `entries`, `requests`."""

from __future__ import annotations

from typing import Any

from .columns import Places
from .words import digest, first_line, leaf, one_line, parent

_PROGRAM = frozenset(("user",))
_OPTIMIZER = frozenset(("slot", "optimizer"))
_MODES = {"False": "make new", "True": "find only", "AUTO_REUSE": "find, else make"}


def mode_value(reuse: Any) -> str:
    """Returns `False`, `True` or `AUTO_REUSE` for a reuse flag in effect."""
    if reuse is None or reuse is False:
        return "False"
    return "True" if reuse is True else "AUTO_REUSE"


def mode_words(reuse: Any) -> str:
    """Returns `make new`, `find only` or `find, else make`."""
    return _MODES[mode_value(reuse)]


def _given_value(reuse: Any) -> str:
    return "None" if reuse is None else mode_value(reuse)


class ScopeTable:
    """Variable scopes by name, parents before children; the root is item 0."""

    def __init__(self) -> None:
        self.names: list[str] = [""]
        self.index_of: dict[str, int] = {"": 0}

    def index(self, name: str) -> int:
        """Returns the index of a scope, added with its parents when it is new."""
        found = self.index_of.get(name)
        if found is None:
            if parent(name):
                self.index(parent(name))
            found = self.index_of[name] = len(self.names)
            self.names.append(name)
        return found


def scope_records(
    table: ScopeTable, entries: list[Any], variables: list[Any], requests: list[Any]
) -> list[dict[str, Any]]:
    """Returns the section `scopes`. Scopes that only an optimizer entered, for its slots, are marked internal."""
    for each in entries:
        table.index(each.name)
    for each in variables:
        table.index(parent(each.name))
    records: list[dict[str, Any]] = [
        {
            "name": name,
            "leaf": leaf(name),
            "parent": table.index_of[parent(name)] if name else -1,
            "entries": [],
            "variables": [],
            "internal": True,
        }
        for name in table.names
    ]
    for index, each in enumerate(entries):
        records[table.index_of[each.name]]["entries"].append(index)
    for index, each in enumerate(variables):
        records[table.index_of[parent(each.name)]]["variables"].append(index)
    makers: dict[int, set[str]] = {}
    for each in requests:
        if each.entry is not None:
            makers.setdefault(each.entry.index, set()).add(each.maker)
    for record in reversed(records):
        slots_only = all(makers.get(entry, _PROGRAM) <= _OPTIMIZER for entry in record["entries"])
        slots_only = slots_only and all(variables[index].maker in _OPTIMIZER for index in record["variables"])
        record["internal"] = bool(record["name"]) and slots_only and record["internal"]
        if not record["internal"] and record["parent"] >= 0:
            records[record["parent"]]["internal"] = False
    return records


# ---- entries


def entry_record(entry: Any, number: int, table: ScopeTable, places: Places) -> dict[str, Any]:
    """Returns the record of one entry of a variable scope; `number` counts the entries of that scope from 1."""
    sites = [places.site(site) for site in entry.sites]
    return {
        "scope": table.index(entry.name),
        "number": number,
        "site": sites[0] if sites else -1,
        "via": sites[1:],
        "name_scope": entry.name_scope or "",
        "given": one_line(str(entry.given)),
        "reuse_given": _given_value(entry.reuse_given),
        "mode": mode_words(entry.reuse),
        "mode_value": mode_value(entry.reuse),
        "mode_from": mode_from(entry.mode_from, places),
        "open": bool(entry.is_open),
        "parent": -1 if entry.parent is None else entry.parent.index,
        "note": " ".join(one_line(str(note)) for note in entry.notes),
        "defaults": [_default_record(each, places) for each in list(entry.defaults.values())],
    }


def mode_from(origin: Any, places: Places) -> dict[str, Any]:
    """Returns where a mode came from: `{"how", "entry", "site"}`."""
    how, entry, site = origin if origin else ("default", None, None)
    return {"how": str(how), "entry": -1 if entry is None else entry.index, "site": places.site(site)}


def _default_record(default: Any, places: Places) -> dict[str, Any]:
    return {
        "key": default.key,
        "value": digest(default.value),
        "from": -1 if default.entry is None else default.entry.index,
        "site": places.site(default.site),
        "how": default.how,
        "overrides": _other(default.overrides),
        "not_inherited": _other(default.not_inherited),
    }


def _other(default: Any) -> dict[str, Any] | None:
    """Returns `{"value", "entry"}` for the default of another entry: a `Default`, or a pair (value, entry)."""
    if default is None:
        return None
    value, entry = default if isinstance(default, tuple) else (default.value, default.entry)
    return {"value": digest(value), "entry": -1 if entry is None else entry.index}


# ---- requests


def request_record(request: Any, variable: int, places: Places) -> dict[str, Any]:
    """Returns the record of one call of `get_variable`; `variable` is the index of what it gave, or -1."""
    sites = [places.site(site) for site in request.sites]
    record = {
        "number": request.number,
        "asked": one_line(str(request.asked)),
        "name": request.name,
        "prefix": _prefix(request),
        "entry": -1 if request.entry is None else request.entry.index,
        "site": sites[0] if sites else -1,
        "via": sites[1:],
        "mode": mode_words(request.reuse),
        "mode_value": mode_value(request.reuse),
        "mode_from": mode_from(request.mode_from, places),
        "lookup": request.lookup,
        "found": -1 if request.found is None else request.found.number - 1,
        "verdict": request.verdict,
        "word": verdict_word(request.verdict),
        "variable": variable,
        "ignored": [_ignored(each) for each in request.ignored],
        "checks": request.checks,
        "sentence": "",
        "error": first_line(request.error),
        "maker": request.maker,
        "cell": _cell_of(request, places),
    }
    record["sentence"] = request_sentence(record, places)
    return record


def _prefix(request: Any) -> list[dict[str, Any]]:
    """Returns the parts of the full name before what was asked, each with the entry that gave it."""
    chain = []
    entry = request.entry
    while entry is not None:
        chain.append(entry)
        entry = entry.parent
    parts: list[dict[str, Any]] = []
    before = ""
    for each in reversed(chain):
        if not each.name:
            continue
        inside = bool(before) and each.name.startswith(before + "/")
        if not inside:
            parts.clear()
        text = each.name[len(before) + 1 :] if inside else each.name
        before = each.name
        if text:
            parts.append({"text": text + "/", "entry": each.index})
    return parts


def _ignored(item: Any) -> dict[str, str]:
    if isinstance(item, dict):
        return {key: digest(item.get(key, "")) for key in ("argument", "asked", "in_effect", "from")}
    argument, asked, in_effect, origin = item
    return {
        "argument": str(argument),
        "asked": digest(asked),
        "in_effect": digest(in_effect),
        "from": f"call {origin.number}" if hasattr(origin, "number") else digest(origin),
    }


def _cell_of(request: Any, places: Places) -> int:
    return places.cell(request.sites[0].cell) if request.sites and request.sites[0] is not None else -1


def verdict_word(verdict: str) -> str:
    """Returns the word of a verdict: `made`, `shared`, `shared, but` or `refused`; "" while there is none."""
    if verdict.startswith("MADE"):
        return "made"
    if verdict in ("SHARED_ARGS_IGNORED", "GETTER_REPLACED"):
        return "shared, but"
    if verdict.startswith("SHARED"):
        return "shared"
    return "refused" if verdict else ""


def request_sentence(record: dict[str, Any], places: Places) -> str:
    """Returns one sentence that says what came of a request and why."""
    name, mode, word = record["name"], record["mode"], record["word"]
    found = f"call {record['found'] + 1}" if record["found"] >= 0 else "an earlier call"
    if record["verdict"] == "MADE_RENAMED" and record["maker"] not in _OPTIMIZER:
        return f"A tf.Variable holds the name {name}, so the new variable got another."
    if word == "made":
        return f"Nothing was called {name} yet and the mode is {mode}, so a variable was made."
    if word == "shared":
        return f"{name} exists since {found} and the mode is {mode}, so this call got the same variable."
    if record["verdict"] == "GETTER_REPLACED":
        return f"A custom getter gave something else than the variable {name} of the store."
    if word == "shared, but":
        ignored = ", ".join(each["argument"] for each in record["ignored"])
        return f"Same variable as {found}; it exists already, so these arguments had no effect: {ignored}."
    return _REFUSED.get(record["verdict"], "Refused: {error}").format(
        name=name, mode=mode, found=found, error=record["error"], place=_mode_place(record, places)
    )


def _mode_place(record: dict[str, Any], places: Places) -> str:
    origin = record["mode_from"]
    line = places.where(origin["site"])
    words = {
        "default": "the default",
        "inherited": "inherited",
        "given": "given",
        "reuse_variables()": "set by reuse_variables()",
    }
    how = words.get(origin["how"], origin["how"])
    return f"{how} at {line}" if line else how


_REFUSED = {
    "REFUSED_EXISTS": "{name} exists since {found} and the mode is {mode} ({place}).",
    "REFUSED_EXISTS_RERUN": "{name} exists since {found}: the same line made it when the cell ran before. The mode is {mode} ({place}).",
    "REFUSED_MISSING": "The mode is {mode} ({place}) and no get_variable call made {name}.",
    "REFUSED_MISSING_OTHER_KIND": "{name} was made by tf.Variable; get_variable does not see it. The mode is {mode} ({place}).",
    "REFUSED_MISSING_SLOT": "An optimizer asked for {name} where the mode is {mode} ({place}). Call minimize outside that scope.",
    "REFUSED_MISSING_PREFIX": "The mode is {mode} ({place}) and {name} stands under another scope.",
    "REFUSED_SHAPE": "{name} exists since {found} with another shape.",
    "REFUSED_DTYPE": "{name} exists since {found} with another dtype.",
    "REFUSED_PARTITION": "{name} is cut into parts in another way.",
    "REFUSED_NO_SHAPE": "{name} is new and no shape was given.",
    "REFUSED_CONST_SHAPE": "The initializer of {name} is a constant, which has a shape already; no other may be given.",
    "REFUSED_INITIALIZER": "The initializer does not fit {name}.",
    "REFUSED_INIT_DTYPE": "The initializer and {name} have different dtypes.",
}
