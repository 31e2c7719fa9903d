"""Trying a change on a copy: requests are replayed inside their scopes, in a scratch graph over a copy of the store.

The copy holds stand-ins for the variables that existed when the request came. No code of the program runs again: its own
initializers, partitioners, getters, regularizers and constraints are left out or stand for something of the library's. The replay has a
thread of its own, where no scope, device or default of the program is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..framework.events import VariableRecord
from ..framework.graph import Graph
from ..framework.provenance import Site
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from ..ops.placeholders import placeholder
from ..variables.initializers import Zeros
from ..variables.scope import VariableScope, get_variable_scope, scope_store
from ..variables.store import default_store
from ..variables.variable_scope import variable_scope

_LIBRARY = __name__.partition(".")[0] + "."
_MOST_REPLAYED = 400

Place = tuple[str, int, Any, int]


def place_of(site: Site) -> Place:
    """Returns what tells one line of one run apart: file, line and the running cell; at a plain prompt every statement is line 1."""
    file = site.code.co_filename
    return file, site.line, site.cell, id(site.code) if file == "<stdin>" else 0


@dataclass(frozen=True)
class Edit:
    """What a changed line means for the requests that come through it.

    Attributes:
      kind: "scope", "request", "wrap", "mode" (a reuse_variables() that is taken out), "outside" (scopes that are not entered),
        "new graph", "made before" (the variable is asked for once before, where that is allowed), "line before" (by an added line),
        "as get_variable" (what tf.Variable made was made by get_variable).
      at: the lines that are changed.
      values: scope: `name`, `default_name`, `reuse`, `jump`, and defaults to leave out (None); `via`, the line that calls the function
        around the scope, when only that call is changed; request: `asked` and arguments;
        wrap: `reuse`. With `call`, only the call of that number is changed, not others through the same line.
    """

    kind: str
    at: frozenset[Place] = frozenset()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What came of a request on the copy: `word` is "made", "shared" or "refused", `maker` the call that made the variable."""

    word: str
    maker: int
    name: str
    error: str = ""


def replay(graph: Any, request: Any, edit: Edit | None, again: bool = False) -> Outcome:
    """Returns what `request` would have come to with this edit (None: as it was), together with the calls that the edit touches.

    An earlier call that would be refused makes the outcome "refused".

    Args:
      again: the cell runs once more in the graph as it is, with what its refused run has made; else it runs as if for the first time.
    """
    outcomes: list[Outcome] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            outcomes.append(_Copy(graph, request, edit, again).run())
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, RuntimeError, AssertionError) as error:
            failures.append(error)

    thread = threading.Thread(target=work, name="tfmini-replay")
    thread.start()
    thread.join()
    return outcomes[0] if outcomes else Outcome("refused", 0, request.name, str(failures[0]) if failures else "")


class _StandIn:
    """A variable of the copy: what the checks of sharing look at, and the call that made it."""

    def __init__(self, variable: Any, number: int, requests: list[Any]) -> None:
        self.number = number
        self.op = getattr(variable, "op", None)
        self.name = variable.name
        self.dtype = variable.dtype
        self.trainable = getattr(variable, "trainable", None)
        self._shape = variable.get_shape()
        self._record = VariableRecord(-1, variable.name, None, "user", "get_variable", None, requests=requests)

    def get_shape(self) -> TensorShape:
        return self._shape


class _PartitionedStandIn(_StandIn):
    def __init__(self, whole: Any, number: int, requests: list[Any]) -> None:
        super().__init__(whole, number, requests)
        self._partitions = whole._get_partitions()
        self._variable_list = [_StandIn(each, number, requests) for each in whole._get_variable_list()]

    def _get_partitions(self) -> Any:
        return self._partitions


class _Copy:
    """One replay."""

    def __init__(self, graph: Any, request: Any, edit: Edit | None, again: bool) -> None:
        self.again = again
        self.graph = graph
        self.request = request
        self.edit = edit
        self.open: list[tuple[Any, Any]] = []
        self.made: dict[int, int] = {}
        self.wrapper = object()

    def run(self) -> Outcome:
        earlier = [each for each in self.graph.journal.requests if each.number < self.request.number]
        affected = [each for each in earlier if not each.error and self._is_affected(each)][-_MOST_REPLAYED:]
        with Graph(numbered=False).as_default() as scratch:
            store = default_store()
            if self.edit is None or self.edit.kind != "new graph":
                replayed = {each.number for each in affected}
                self._fill(store, earlier if self.again else [each for each in earlier if each.number not in replayed])
                self._reserve(scratch, [] if self.again else [*affected, self.request])
                self._count_scopes(affected)
            outcome = Outcome("refused", 0, self.request.name)
            try:
                if self.edit is not None and self.edit.kind == "made before":
                    self._ask(store, self.request, Edit("request", _places(self.request), {"reuse": False}))
                if self.edit is not None and self.edit.kind == "as get_variable":
                    made = _StandIn(self.edit.values["variable"], self.request.number, [self.request])
                    store._vars[self.request.name] = made
                if self.edit is not None and self.edit.kind == "line before":
                    self._ask_before(store, self.request)
                for each in affected:
                    self._ask(store, each, self.edit)
                outcome = self._ask(store, self.request, self.edit)
            finally:
                self._close_to(0)
            return outcome

    def _is_affected(self, other: Any) -> bool:
        edit = self.edit
        if (
            edit is None
            or edit.kind in ("new graph", "made before", "line before", "as get_variable")
            or "call" in edit.values
        ):
            return False
        mine = self.request.sites[0].cell if self.request.sites else None
        if mine is not None:
            return bool(other.sites) and other.sites[0].cell == mine
        if any(place_of(site) in edit.at for site in other.sites):
            return True
        if edit.kind == "mode":
            return any(
                site is not None and place_of(site) in edit.at and requests < other.number
                for _, site, requests, _ in self.graph.journal.switches
            )
        return any(self._touches_entry(each) for each in _chain(other))

    def _touches_entry(self, entry: Any) -> bool:
        return self.edit is not None and any(place_of(site) in self.edit.at for site in entry.sites)

    def _count_scopes(self, affected: list[Any]) -> None:
        """Counts the scopes that were opened before and are not opened again here: default names are made unique beside them."""
        again = {id(entry) for each in [*affected, self.request] for entry in _chain(each)}
        last = self.request.entry
        counts = scope_store().counts
        for entry in self.graph.journal.entries:
            if (last is None or entry.index < last.index) and id(entry) not in again:
                counts.open(entry.name)

    def _fill(self, store: Any, requests: list[Any]) -> None:
        real = next(iter(self.graph.get_collection(("__variable_store",))), None)
        if real is None:
            return
        makers = {id(each.variable): each for each in reversed(requests) if each.variable is not None}
        for kind, make in (("_vars", _StandIn), ("_partitioned_vars", _PartitionedStandIn)):
            for name, variable in getattr(real, kind).items():
                maker = makers.get(id(variable)) or self._maker_of_part(variable, requests)
                if maker is not None:
                    getattr(store, kind)[name] = make(variable, maker.number, [maker])

    @staticmethod
    def _maker_of_part(variable: Any, requests: list[Any]) -> Any:
        record = getattr(variable, "_record", None)
        maker = record.requests[0] if record is not None and record.requests else None
        return maker if maker is not None and any(each is maker for each in requests) else None

    def _reserve(self, scratch: Any, replayed: list[Any]) -> None:
        """Keeps the names of operations that are there taken, except of variables that are made anew."""
        free = {each.name for each in replayed if each.variable is not None}
        for op in self.graph._ops[: self.request.version]:
            if op.type in ("VariableV2", "VarHandleOp") and op.name not in free:
                scratch.unique_name(op.name)

    # ---- one request

    def _ask(self, store: Any, request: Any, edit: Edit | None) -> Outcome:
        self._enter(request, edit)
        scope = get_variable_scope()
        given = dict(request.arguments)
        asked = request.asked
        getters = [each.defaults["custom_getter"].value for each in _chain(request) if "custom_getter" in each.defaults]
        if any(each is not None and not callable(each) for each in getters):
            raise ValueError("a custom getter of the scopes cannot be called")
        left_out: set[str] = set()
        for entry in _chain(request):
            if edit is not None and _is_changed(entry, edit):
                left_out |= {key for key, value in edit.values.items() if value is None}
        if edit is not None and edit.kind == "request" and request.sites and place_of(request.sites[0]) in edit.at:
            changes = dict(edit.values)
            if changes.pop("only", asked) == asked and changes.pop("call", request.number) == request.number:
                asked = changes.pop("asked", asked)
                given.update(changes)
                given = {key: value for key, value in given.items() if value is not None}
        defaults = request.effective or _entry_defaults(request)
        for key in ("initializer", "partitioner", "dtype", "use_resource"):
            known = defaults if key not in request.arguments else _entry_defaults(request)
            if key not in given and key not in left_out and key in known:
                setattr(scope, "_" + key, _own(key, known[key], request))
        given = {key: _own(key, value, request) for key, value in given.items()}
        if edit is None and "reuse" not in given:
            scope._reuse = request.reuse
        variable = scope.get_variable(store, asked, **given)
        full_name = f"{scope.name}/{asked}" if scope.name else asked
        maker = getattr(variable, "number", None)
        if maker is None:
            maker = self.made.get(id(variable))
        if maker is None:
            self.made[id(variable)] = request.number
            return Outcome("made", request.number, full_name)
        return Outcome("shared", maker, full_name)

    def _ask_before(self, store: Any, request: Any) -> None:
        """Asks for the variable in a line of its own before the outermost scope of the request is entered."""
        outermost = _chain(request)[0]
        place = place_of(outermost.sites[0])
        entries = self.graph.journal.entries
        if any(each.sites and place_of(each.sites[0]) == place for each in entries[: outermost.index]):
            raise ValueError("the added line would run more than once")
        assert self.edit is not None
        self._switch(request, outermost)
        with variable_scope(self.edit.values["scope"]) as scope:
            given = {key: _own(key, value, request) for key, value in request.arguments.items()}
            variable = scope.get_variable(store, request.asked, **given)
        self.made[id(variable)] = request.number

    def _enter(self, request: Any, edit: Edit | None) -> None:
        """Opens the scopes of a request; those that are open already stay open."""
        wanted: list[Any] = []
        pending = edit is not None and edit.kind == "wrap" and any(place_of(each) in edit.at for each in request.sites)
        for entry in _chain(request):
            if pending and edit is not None and any(place_of(each) in edit.at for each in entry.sites):
                wanted.append(self.wrapper)
                pending = False
            if edit is not None and edit.kind == "outside" and entry.sites and place_of(entry.sites[0]) in edit.at:
                is_left = request is self.request
                if is_left:
                    continue
            wanted.append(entry)
        if pending:
            wanted.append(self.wrapper)
        common = 0
        while common < len(wanted) and common < len(self.open) and self.open[common][0] is wanted[common]:
            common += 1
        if wanted and wanted[-1] is self.wrapper and common == len(wanted):
            common -= 1
        self._close_to(common)
        for each in wanted[common:]:
            self._switch(request, None if each is self.wrapper else each)
            context = self._context(each, edit)
            context.__enter__()
            self.open.append((each, context))
        self._switch(request, None)

    def _switch(self, request: Any, before: Any) -> None:
        """Repeats the calls of reuse_variables() on the innermost open scope that came before a request and a scope inside."""
        holder = next((entry for entry, _ in reversed(self.open) if entry is not self.wrapper), None)
        if self.open and self.open[-1][0] is self.wrapper:
            return
        for entry, site, requests, entries in self.graph.journal.switches:
            if entry is not holder or requests >= request.number or (before is not None and entries > before.index):
                continue
            if site is not None and self._is_taken_out(site, request):
                continue
            get_variable_scope().reuse_variables()

    def _is_taken_out(self, site: Site, request: Any) -> bool:
        edit = self.edit
        if edit is None or edit.kind != "mode" or place_of(site) not in edit.at:
            return False
        return bool(edit.values.get("call", request.number) == request.number)

    def _context(self, entry: Any, edit: Edit | None) -> Any:
        if entry is self.wrapper:
            assert edit is not None
            return variable_scope(get_variable_scope(), reuse=edit.values["reuse"])
        reuse, name, default = entry.reuse_given, entry.given, None
        jump: Any = None
        if edit is not None and _is_changed(entry, edit):
            reuse = edit.values.get("reuse", reuse)
            name = edit.values.get("name", name)
            default = edit.values.get("default_name")
            jump = get_variable_scope() if edit.values.get("jump") else None
        if default is not None:
            return variable_scope(None, default_name=default)
        if jump is None and name == "captured scope":
            is_current = bool(entry.sites) and "get_variable_scope" in entry.sites[0].text
            jump = get_variable_scope() if is_current else VariableScope(entry.base_reuse, name=entry.name)
        return variable_scope(name if jump is None else jump, reuse=reuse)

    def _close_to(self, count: int) -> None:
        while len(self.open) > count:
            _, context = self.open.pop()
            context.__exit__(None, None, None)


def _is_changed(entry: Any, edit: Edit) -> bool:
    """Says whether an edit of a `with` line changes this entry; with `via`, only when it was entered through that call of its function."""
    if edit.kind != "scope" or not entry.sites or place_of(entry.sites[0]) not in edit.at:
        return False
    via = edit.values.get("via")
    return via is None or (len(entry.sites) > 1 and place_of(entry.sites[1]) == via)


def _places(request: Any) -> frozenset[Place]:
    return frozenset(place_of(each) for each in request.sites[:1])


def _chain(request: Any) -> list[Any]:
    """Returns the scope entries around a request, outermost first."""
    found = []
    entry = request.entry
    while entry is not None:
        found.append(entry)
        entry = entry.parent
    return found[::-1]


scopes_around = _chain


def _entry_defaults(request: Any) -> dict[str, Any]:
    return {} if request.entry is None else {key: each.value for key, each in request.entry.defaults.items()}


# ---- what belongs to the program does not run


def _own(key: str, value: Any, request: Any) -> Any:
    """Returns an argument for the replay: as it is when it is plain or the library's, else something that stands for it."""
    if key == "custom_getter":
        return None if callable(value) else value
    if key == "constraint":
        return None if callable(value) else value
    if key == "collections":
        return None if isinstance(value, (list, tuple, set)) else value
    if key in ("regularizer", "caching_device"):
        return None
    if key == "initializer":
        return _own_initializer(value)
    if key == "partitioner" and is_own(value):
        if request.verdict == "REFUSED_PARTITION":
            raise ValueError("what a partitioner of the program's own would do is not known")
        stored = getattr(request.variable, "_get_partitions", None)
        cut = stored() if stored is not None else None
        return _even(cut)
    return value


def _even(cut: Any) -> Callable[..., list[int]]:
    def partitioner(shape: TensorShape, **_: Any) -> list[int]:
        return list(cut) if cut is not None else [1] * len(shape)

    return partitioner


def _own_initializer(value: Any) -> Any:
    if isinstance(value, Tensor) or hasattr(value, "get_shape"):
        return placeholder(value.dtype.base_dtype, value.get_shape())
    if callable(value) and not _is_library(value):
        return Zeros()
    return value


def is_own(value: Any) -> bool:
    """Says whether a value is a function, a class or an object to call that is the program's own."""
    return callable(value) and not _is_library(value)


def _is_library(value: Any) -> bool:
    cls = value if isinstance(value, type) else type(value)
    if str(getattr(value, "__module__", "") or "").startswith(_LIBRARY):
        return True
    return cls.__module__.startswith(_LIBRARY)


__all__ = ["Edit", "Outcome", "Place", "is_own", "place_of", "replay", "scopes_around"]
