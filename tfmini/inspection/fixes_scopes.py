"""Fixes of calls that the mode refused: the variable exists and new ones are made, or it is missing and is to be found."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from typing import Any

from ..framework import contexts
from ..framework.shapes import TensorShape
from ..variables.refusals import without_doubled_part
from . import source_lines
from .fix_lines import Case, Fix, quoted
from .replay import Edit, place_of
from .words import grouped, parent

_REUSE = 8


def exists(case: Case) -> Iterator[Fix]:
    """The variable exists and the mode makes new ones."""
    maker = case.maker.number if case.maker is not None else 0
    yield from case.share_here(maker)
    yield from case.other_name()
    yield from case.find_or_make("shared", maker)


def exists_rerun(case: Case) -> Iterator[Fix]:
    """The same line made the variable in an earlier run of the cell."""
    maker = case.maker.number if case.maker is not None else 0
    yield from _new_graph(case)
    count = _operations_of_cell(case)
    costs = (
        f"a second copy of the cell's {grouped(count)} operations"
        if count
        else "a second copy of the cell's operations"
    )
    yield from case.find_or_make("shared", maker, costs)
    yield from case.other_name()


def _operations_of_cell(case: Case) -> int:
    """Returns how many operations the run of the cell added that made the variable."""
    site = case.maker.sites[0] if case.maker is not None and case.maker.sites else None
    if site is None or site.cell is None:
        return 0
    return sum(each._site is not None and each._site.cell == site.cell for each in case.graph._ops)


def _new_graph(case: Case) -> Iterator[Fix]:
    does = "start the cell with a new graph"
    costs = "an open session keeps the old graph"
    site = case.request.sites[-1]
    line = source_lines.first_statement(site.file)
    is_global = case.graph is contexts.global_graph()
    change = source_lines.added(site.file, line, f"{case.tf}reset_default_graph()") if line and is_global else None
    if not is_global:
        does = "make the graph anew in this cell: with tf.Graph().as_default():"
    yield Fix("graph", does, Edit("new graph"), change, "made", costs=costs, site=site)


# ---- find only, and nothing there


def missing(case: Case) -> Iterator[Fix]:
    """The mode finds only, and the store has no such name."""
    yield from _near_names(case)
    yield from mode_off(case)
    yield from _made_before(case)
    yield from case.find_or_make("made")


def _near_names(case: Case) -> Iterator[Fix]:
    request = case.request
    stored = case.stored()
    outer = parent(request.name)
    for name in difflib.get_close_matches(request.name, stored, 3, 0.7):
        maker = stored[name]
        if not _fits(request, maker.variable):
            continue
        yield from _rename_to(case, "near", name, maker.number, f"ask for {name}, which is there")
        if outer and parent(name) != outer and case.site is None:
            return


def _fits(request: Any, variable: Any) -> bool:
    asked = request.arguments.get("shape")
    return asked is None or TensorShape(asked).is_compatible_with(variable.get_shape())


def _rename_to(case: Case, kind: str, target: str, maker: int, does: str) -> Iterator[Fix]:
    """Yields edits that turn the full name into `target`: the asked name, or the name of one scope."""
    request = case.request
    prefix = parent(request.name) if isinstance(request.asked, str) else ""
    prefix = request.name.removesuffix(request.asked).rstrip("/")
    if not prefix or target.startswith(prefix + "/"):
        new = target[len(prefix) + 1 :] if prefix else target
        change = None
        if case.call is not None and source_lines.literal(case.call.argument("name", 0)) == request.asked:
            change = source_lines.set_argument(case.call, "name", 0, quoted(new))
        yield Fix(kind, does, case.in_call(asked=new), change, "shared", maker, site=case.site)
    for entry, site, found in case.with_lines():
        outer = entry.parent.name + "/" if entry.parent is not None and entry.parent.name else ""
        after = request.name[len(entry.name) :]
        if not target.startswith(outer) or not target.endswith(after) or found is None:
            continue
        middle = target[len(outer) : len(target) - len(after)]
        if middle:
            change = source_lines.set_argument(found, "name_or_scope", 0, quoted(middle))
            yield Fix(kind, does, case.at(site, "scope", name=middle), change, "shared", maker, site=site)
        elif outer + after.lstrip("/") == target:
            continue
    for entry, site, found in case.with_lines():
        outer = entry.parent.name if entry.parent is not None else ""
        after = request.name[len(entry.name) :].lstrip("/")
        if found is not None and (f"{outer}/{after}" if outer else after) == target:
            scope = f"{found.module or case.tf}get_variable_scope()"
            change = source_lines.set_argument(found, "name_or_scope", 0, scope)
            yield Fix(kind, does, case.at(site, "scope", jump=True), change, "shared", maker, site=site)


def mode_off(case: Case) -> Iterator[Fix]:
    """Yields ways to leave out what made the mode find only."""
    _, origin, line = case.request.mode_from
    does = "let it be made: leave reuse out"
    for entry, site, found in case.with_lines():
        if entry is origin and entry.reuse_given and found is not None:
            change = source_lines.remove_argument(found, "reuse", _REUSE)
            yield Fix("off", does, case.at(site, "scope", reuse=None), change, "made", site=site)
    if line is not None and source_lines.find_call(line.file, line.line, ("reuse_variables",)) is not None:
        change = source_lines.taken_out(line.file, line.line)
        does = "let it be made: leave reuse_variables() out"
        yield Fix("off", does, case.at(line, "mode"), change, "made", site=line)


def _made_before(case: Case) -> Iterator[Fix]:
    """Make the variable once in the scope before it is shared: a line before the outermost `with`, when it can be written."""
    request = case.request
    change = None
    site = None
    scope = request.name.removesuffix(str(request.asked)).rstrip("/")
    call = case.call
    outermost = case.scopes[0] if case.scopes else None
    if call is not None and outermost is not None and outermost.sites and len(outermost.sites) == 1:
        site = outermost.sites[0]
        is_named = len(list(case.named_lines())) == len(case.scopes)
        if _is_plain(call) and scope and is_named and (case.site is None or case.site.file == site.file):
            text = f"with {case.tf}variable_scope({quoted(scope)}): {source_lines.text_of(call, call.node) or ast.unparse(call.node)}"
            change = source_lines.added(site.file, site.line, text)
    own = request.number
    does = "make it once, before it is shared"
    if change is not None:
        edit = Edit("line before", values={"scope": scope})
        yield Fix("before", does, edit, change, "shared", own, weights="new weights", site=site)
    yield Fix("before", does, Edit("made before"), None, "shared", own, weights="new weights", site=site)


def _is_plain(call: Any) -> bool:
    """Says whether the arguments of a call are literals and names of the library, so that it means the same elsewhere."""
    module = call.module.rstrip(".").split(".")[0]
    parts = [*call.node.args, *(each.value for each in call.node.keywords)]
    names = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
    return names <= {module} and all(each.arg is not None for each in call.node.keywords)


def missing_prefix(case: Case) -> Iterator[Fix]:
    """The name stands under another scope."""
    request = case.request
    stored = case.stored()
    twice = [each for each in without_doubled_part(request.name) if each in stored]
    others = [each for each in stored if request.name.endswith("/" + each) or each.endswith("/" + request.name)]
    for target in [*twice, *others]:
        yield from _rename_to(case, "near", target, stored[target].number, f"ask for {target}, which is there")
    yield from mode_off(case)
    yield from _made_before(case)
    yield from case.find_or_make("made")


def missing_other_kind(case: Case) -> Iterator[Fix]:
    """`tf.Variable` made the name; `get_variable` does not see it."""
    request = case.request
    record = next((each for each in case.graph.journal.variables if each.name == request.name), None)
    if record is not None and record.site is not None:
        weights = f"same weights as {request.name}"
        does = "make it with get_variable there"
        own = request.number
        edit = Edit("as get_variable", values={"variable": record.variable})
        change = _as_get_variable(record.site) if _makes_there(case, record) else None
        yield Fix("kind", does, edit, change, "shared", own, weights=weights, site=record.site)
    yield from mode_off(case)
    yield from _made_before(case)


def _makes_there(case: Case, record: Any) -> bool:
    """Says whether a `get_variable` in the place of a `tf.Variable` could make: once, at the top of a program, in no find-only scope."""
    journal = case.graph.journal
    place = place_of(record.site)
    same = [each for each in journal.variables if each.site is not None and place_of(each.site) == place]
    around = source_lines.with_lines_around(record.site.file, record.site.line)
    finding = [each for each in journal.entries if each.reuse is True and each.sites and each.sites[0].line in around]
    return len(same) == 1 and not journal.switches and not finding and not record.site.function


def _as_get_variable(site: Any) -> source_lines.Change | None:
    """Returns the line with `tf.Variable(value, name="w")` as `tf.get_variable("w", initializer=value)`."""
    found = source_lines.find_call(site.file, site.line, ("Variable",))
    if found is None:
        return None
    value, name = found.argument("initial_value", 0), found.argument("name", 5)
    plain = len(found.node.args) <= 1 and all(each.arg is not None for each in found.node.keywords)
    if value is None or name is None or not plain:
        return None
    rest = [
        f"{each.arg}={ast.unparse(each.value)}"
        for each in found.node.keywords
        if each.arg not in ("initial_value", "name")
    ]
    arguments = ", ".join([ast.unparse(name), f"initializer={ast.unparse(value)}", *rest])
    return source_lines.replace_node(found, found.node, f"{found.module}get_variable({arguments})")


def missing_slot(case: Case) -> Iterator[Fix]:
    """An optimizer asked for a slot where the mode only finds."""
    request = case.request
    site = case.site
    lines = {
        each.line
        for _, each, found in case.with_lines()
        if found is not None and site is not None and each.file == site.file
    }
    moved = source_lines.moved_out(site.file, site.line, lines) if site is not None else None
    if moved is not None and site is not None:
        change, left = moved
        places = frozenset(place_of(each) for _, each, _ in case.with_lines() if each.line in left)
        yield Fix("outside", "call it outside the scope", Edit("outside", places), change, "made", site=site)
    elif request.mode_from[1] is not None and request.mode_from[1].sites:
        places = frozenset(
            place_of(each.sites[0]) for each in case.scopes if each.sites and each.name == request.mode_from[1].name
        )
        yield Fix("outside", "call it outside the scope", Edit("outside", places), None, "made")
    yield from mode_off(case)
    if request.mode_from[1] is None and request.mode_from[2] is not None:
        line = request.mode_from[2]
        does = "share inside a with line that gives reuse=True, not by reuse_variables()"
        yield Fix("off", does, case.at(line, "mode", call=request.number), None, "made", site=line)
    yield from case.find_or_make("made")
