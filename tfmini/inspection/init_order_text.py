"""Text twins of the initialization order, of a look ahead and of an attempt (`docs/data.md` sections 4.4 to 4.6).

The page writes the same text from the same records (`widgets/src/views/init/text.js`); a test holds the two equal.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from .init_order import left_out, order_of, waves_of
from .reading import Record, record_of
from .words import grouped, plural

_UNKNOWN = "an unknown line"
_PLACES = ("later", "local", "global", "no key", "not in it")
_PROBLEMS = (("needs an order", "need an order"), ("must be fed", "must be fed"), ("cycle", "cycle"))

# ---- the order


def init_order_text(graph: Any = None) -> str:
    """Returns the waves of the variables of a graph (the default graph if None), or of its record, with verdicts, sessions and
    initializing operations."""
    record = record_of(contexts.default_graph() if graph is None else graph)
    lines = [_head(record)]
    for number, wave in enumerate(waves_of(record), 1):
        lines.append(f"wave {number}")
        lines += [f"  {_variable(record, index)}" for index in wave]
    if record.inits:
        lines.append("init operations")
        lines += [f"  {_init(record, each)}" for each in record.inits]
    closed = [each["label"] for each in record.sessions if each["closed"]]
    if closed:
        lines.append(f"closed sessions: {', '.join(closed)}")
    return "\n".join(lines) + "\n"


def _head(record: Record) -> str:
    label = record.graph["label"]
    count = len(record.variables)
    if not count:
        return f"{label}: no variables"
    items = [order_of(record, index) for index in range(count)]
    parts = [f"{label}: {plural(count, 'variable')} in {plural(len(waves_of(record)), 'wave')}"]
    reading = sum(1 for each in items if each["reads"])
    if reading:
        parts.append(
            f"{grouped(reading)} {'reads others in its' if reading == 1 else 'read others in their'} initial value"
        )
    for verdict, many in _PROBLEMS:
        number = sum(1 for each in items if each["verdict"] == verdict)
        if number:
            parts.append(f"{grouped(number)} {_problem(verdict, many, number)}")
    return "; ".join(parts)


def _problem(verdict: str, many: str, number: int) -> str:
    if verdict == "cycle":
        return "in a ring"
    return verdict if number == 1 else many


def _variable(record: Record, index: int) -> str:
    variable = record.variables[index]
    item = order_of(record, index)
    start = f", {variable['starts_as']}" if variable["starts_as"] else ""
    parts = [f"{variable['name']} ({variable['dtype']} {variable['shape']}{start}): {item['verdict']}"]
    parts += [read_words(record, each) for each in item["reads"]]
    if item["placeholders"]:
        parts.append(f"needs {', '.join(record.name[each] for each in item['placeholders'])} fed")
    if item["cycle"]:
        parts.append(
            f"in a ring with {', '.join(record.variables[each]['name'] for each in item['cycle'] if each != index) or 'itself'}"
        )
    parts += [f"{each['label']}: {value_state(each, index)}" for each in record.sessions if not each["closed"]]
    return "; ".join(parts)


def read_words(record: Record, read: dict[str, Any]) -> str:
    """Returns one read of another variable in words."""
    name = record.variables[read["variable"]]["name"]
    where = record.line_words(read["site"]) or _UNKNOWN
    if read["how"] == "raw":
        return f"reads {name} directly at {where}: initialize {name} first, or write initialized_value() there"
    if read["how"] == "ordered":
        return f"reads {name} at {where}, after running its initializer itself"
    if read["how"] == "guarded":
        return f"reads {name} at {where}, guarded by TensorFlow"
    return f"reads {name} through initialized_value() at {where}"


def value_state(session: dict[str, Any], index: int) -> str:
    """Returns how a variable got its value in a session: `initialized, run 1`, `empty`."""
    value = session["values"].get(str(index))
    if value is None:
        return "empty"
    return f"{value['how']}, run {grouped(value['run'])}" if value["run"] else "has a value"


def _init(record: Record, init: dict[str, Any]) -> str:
    names = record.variables
    covers = init["covers"]
    where = record.line_words(init["site"]) or _UNKNOWN
    parts = [f"{init['name']}, {where}: covers {grouped(len(covers))} of {plural(len(names), 'variable')}"]
    out = left_out(record, init)
    parts += [
        f"{grouped(len(out[place]))} {place}: {', '.join(names[each]['name'] for each in out[place])}"
        for place in _PLACES
        if place in out
    ]
    for session in record.sessions:
        lost = overwritten(session, init)
        if lost:
            parts.append(
                f"run again in {session['label']}, it would overwrite {plural(lost, 'assigned or restored value')}"
            )
    return "; ".join(parts)


def overwritten(session: dict[str, Any], init: dict[str, Any]) -> int:
    """Returns how many values of a session, assigned or restored, another run of an initializing operation would overwrite."""
    values = [session["values"].get(str(each)) for each in init["covers"]]
    return sum(1 for each in values if each is not None and each["how"] != "initialized")


# ---- a look ahead


def preflight_text(record: dict[str, Any]) -> str:
    """Returns the record of `preflight` as text."""
    stops, steps = record["stops"], record["steps"]
    fed = f", fed {', '.join(record['feeds'])}" if record["feeds"] else ""
    verdict = f"would stop {place_words(stops, steps)}" if stops else "would run"
    lines = [
        f"preflight of {', '.join(record['fetches'])} in session {record['session']}{fed}: {plural(steps, 'step')}, {verdict}"
    ]
    if stops:
        lines.append(f"  {stop_words(stops)}")
        if stops["what"] == "unfed":
            then = record["stops_fed"]
            after = (
                f"it would stop {place_words(then, steps)}: {stop_words(then)}"
                if then
                else "it would find no variable empty"
            )
            lines.append(f"  fed, {after}")
    if record["unfed"]:
        lines.append(f"  must be fed: {_places(record['unfed'], steps)}")
    if record["empty"]:
        lines.append(f"  empty: {_places(record['empty'], steps)}")
    names = record["names"]
    if record["first"]:
        lines.append("  run first, tried on a fork:")
        for number, run in enumerate(record["first"], 1):
            shown = ", ".join(names[str(each)] for each in run["variables"])
            together = " together" if len(run["variables"]) > 1 else ""
            why = (
                f", which {'read' if together else 'reads'} {', '.join(names[str(each)] for each in run['reads'])} directly"
                if run["reads"]
                else ""
            )
            lines.append(f"    {number} {shown}{together}{why}: {run['code']}")
        lines.append(
            "  then no variable is found empty" if record["then_runs"] else "  even then a variable is found empty"
        )
    if record["not_read"]:
        lines.append(f"  not read, may stay empty: {', '.join(names[str(each)] for each in record['not_read'])}")
    if not record["sure"]:
        lines.append("  not all of it is sure: a branch, or an operation that acts outside the session, decides")
    return "\n".join(lines) + "\n"


def place_words(stops: dict[str, Any], steps: int) -> str:
    """Returns where a run stops: `at step 97 of 122`, `at the end`."""
    return "at the end" if stops["step"] >= steps else f"at step {grouped(stops['step'] + 1)} of {grouped(steps)}"


def stop_words(stops: dict[str, Any]) -> str:
    """Returns why a run stops, as a sentence without full stop."""
    if stops["what"] == "empty":
        return f"{stops['name']} is empty"
    if stops["what"] == "unfed":
        return f"{stops['name']} must be fed"
    return f"{stops['at']}: {stops['message']}"


def _places(items: list[dict[str, Any]], steps: int) -> str:
    return ", ".join(
        f"{each['name']} {'at the end' if each['step'] >= steps else 'at step ' + grouped(each['step'] + 1)}{'' if each['sure'] else ' (perhaps)'}"
        for each in items
    )


# ---- an attempt

_OUTCOMES = {
    "works": "works",
    "fails": "fails",
    "differs": "runs, and something came out different",
    "not fixed": "runs here, but nothing fixes the order inside a run",
}


def try_text(record: dict[str, Any]) -> str:
    """Returns the record of `try_order` or `find_order` as text."""
    names = record["names"]
    start = "its present values" if record["start"] == "session" else "nothing initialized"
    found = "found" if record["found"] else "tried"
    lines = [f"order {found} in session {record['session']}, from {start}: {_OUTCOMES[record['outcome']]}"]
    for number, run in enumerate(record["runs"], 1):
        shown = ", ".join(names[str(each)] for each in run["variables"])
        lines.append(f"  run {number} {shown}: {run_words(run, names)}")
    for each in record["values"]:
        if each["differs"]:
            lines.append(
                f"  {names[str(each['variable'])]} came out different: {each['text']}, usually {each['usual']}"
            )
    values = [
        f"{names[str(each['variable'])]} {each['text']}"
        for each in record["values"]
        if each["has"] and not each["differs"]
    ]
    if values:
        lines.append(f"  values: {'; '.join(values)}")
    return "\n".join(lines) + "\n"


def run_words(run: dict[str, Any], names: dict[str, str]) -> str:
    """Returns what came of one run of an attempt."""
    stops = run["stops"]
    if stops:
        where = f"stops at step {grouped(stops['step'] + 1)} of {grouped(stops['steps'])}"
        if stops["variable"] >= 0:
            return f"{where}, {names[str(stops['variable'])]} is empty"
        return f"{where}, {stops['unfed']} must be fed" if stops["unfed"] else f"{where}, {stops['message']}"
    loose = [f"{names[str(read)]} comes before {names[str(reader)]}" for reader, read in run["open"]]
    return f"done, but nothing fixes that {' and '.join(loose)}" if loose else "done"
