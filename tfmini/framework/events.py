"""What a graph announces, as plain values.

One `EventHub` a graph. The engine publishes after each change, in the thread that made it, and does not know who listens;
`if hub.observers` guards every construction of an event, so that nothing is paid while nobody listens. An observer that
raises becomes a warning: it must not break the program that is watched.

Two kinds of record are kept always, in the graph's `Journal`, because explanations must work after the fact.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

# ---- events


class _Record:
    """What events and records have in common. They are plain classes, which cost less to import and to make than dataclasses."""

    __slots__: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__ if name[0] != '_')})"


class Event(_Record):
    """Something that happened to a graph; while a view is open, one is made for each operation."""

    __slots__ = ()


class OpCreated(Event):
    """An operation was added. Its index is the new version of the graph less one."""

    __slots__ = ("op",)

    def __init__(self, op: Any) -> None:
        self.op = op


class OpChanged(Event):
    """A part of an operation was changed after it was added: `what` is "inputs", "control", "outputs", "device" or "attr"."""

    __slots__ = ("op", "what")

    def __init__(self, op: Any, what: str) -> None:
        self.op = op
        self.what = what


class ScopeOpened(Event):
    """A variable scope was entered; `entry` is its `ScopeEntry`."""

    __slots__ = ("entry",)

    def __init__(self, entry: Any) -> None:
        self.entry = entry


class ScopeClosed(Event):
    """A variable scope was left."""

    __slots__ = ("entry",)

    def __init__(self, entry: Any) -> None:
        self.entry = entry


class ScopeDefaultsChanged(Event):
    """A default of an open scope was changed by a call such as `reuse_variables()`."""

    __slots__ = ("call", "entry", "key")

    def __init__(self, entry: Any, key: str, call: str) -> None:
        self.entry = entry
        self.key = key
        self.call = call


class VariableRequested(Event):
    """`get_variable` was called; published for refused calls too, before they raise. `request` is its `Request`."""

    __slots__ = ("request",)

    def __init__(self, request: Any) -> None:
        self.request = request


class VariableCreated(Event):
    """A variable exists with all its operations; `record` is its `VariableRecord`."""

    __slots__ = ("record",)

    def __init__(self, record: Any) -> None:
        self.record = record


class CollectionChanged(Event):
    """`item` was added to the collection `key`, or (item None) the collection was cleared."""

    __slots__ = ("item", "key")

    def __init__(self, key: Any, item: Any) -> None:
        self.key = key
        self.item = item


class GraphFinalized(Event):
    """The graph was finalized, or (finalized False) opened again."""

    __slots__ = ("finalized",)

    def __init__(self, finalized: bool) -> None:
        self.finalized = finalized


class DefaultGraphChanged(Event):
    """Another graph became the default; published on the graph that was the default."""

    __slots__ = ("graph",)

    def __init__(self, graph: Any) -> None:
        self.graph = graph


class RunStarted(Event):
    """A session starts to run; `run` is its `RunRecord`."""

    __slots__ = ("run",)

    def __init__(self, run: Any) -> None:
        self.run = run


class RunFinished(Event):
    """A run ended, with or without an error."""

    __slots__ = ("run",)

    def __init__(self, run: Any) -> None:
        self.run = run


class StateChanged(Event):
    """A variable of a session got a value: `how` is "initialized", "assigned" or "restored"."""

    __slots__ = ("how", "run", "session", "variable")

    def __init__(self, session: Any, variable: str, how: str, run: int) -> None:
        self.session = session
        self.variable = variable
        self.how = how
        self.run = run


class SessionClosed(Event):
    """A session was closed; its values are gone."""

    __slots__ = ("session",)

    def __init__(self, session: Any) -> None:
        self.session = session


class EventHub:
    """Hands the events of one graph to its observers."""

    __slots__ = ("observers",)

    def __init__(self) -> None:
        self.observers: tuple[Callable[[Any], None], ...] = ()

    def subscribe(self, observer: Callable[[Any], None]) -> Callable[[], None]:
        """Adds an observer, a function of one event. Returns the function that removes it."""
        self.observers = (*self.observers, observer)

        def unsubscribe() -> None:
            self.observers = tuple(each for each in self.observers if each is not observer)

        return unsubscribe

    def publish(self, event: Any) -> None:
        """Hands `event` to every observer. What an observer raises becomes a warning."""
        for observer in self.observers:
            try:
                observer(event)
            except Exception as error:  # whatever a view raises must not break the program
                warnings.warn(
                    f"An observer of the graph failed on {type(event).__name__}: {type(error).__name__}: {error}. "
                    "The graph itself is not affected.",
                    RuntimeWarning,
                    stacklevel=2,
                )


# ---- records that are always kept


class ScopeEntry(_Record):
    """One `with tf.variable_scope(...)`, from its entry on.

    `mode_from` and `defaults` say where each setting came from: (how, ScopeEntry or None, Site or None). `base_reuse` is the mode of
    the scope that it extends, or of the captured scope to which it jumps.
    """

    __slots__ = (
        "base_reuse",
        "defaults",
        "given",
        "index",
        "is_open",
        "mode_from",
        "name",
        "name_scope",
        "notes",
        "parent",
        "reuse",
        "reuse_given",
        "scope",
        "sites",
    )

    def __init__(
        self,
        index: int,
        name: str,
        parent: ScopeEntry | None,
        name_scope: str,
        given: str,
        reuse_given: Any,
        reuse: Any,
        mode_from: tuple[str, Any, Any],
        defaults: dict[str, Default],
        sites: tuple[Any, ...],
        scope: Any,
        notes: list[str] | None = None,
        is_open: bool = True,
        base_reuse: Any = None,
    ) -> None:
        self.index = index
        self.name = name
        self.parent = parent
        self.name_scope = name_scope
        self.given = given
        self.reuse_given = reuse_given
        self.reuse = reuse
        self.mode_from = mode_from
        self.defaults = defaults
        self.sites = sites
        self.scope = scope
        self.notes: list[str] = [] if notes is None else notes
        self.is_open = is_open
        self.base_reuse = base_reuse


class Default(_Record):
    """One default of a scope entry: the value in effect, how it came ("given", "inherited", "default", "set"), from which entry and
    line, what it overrides and what stood above it but is not passed down."""

    __slots__ = ("entry", "how", "key", "not_inherited", "overrides", "site", "value")

    def __init__(
        self,
        key: str,
        value: Any,
        how: str,
        entry: Any = None,
        site: Any = None,
        overrides: Any = None,
        not_inherited: Any = None,
    ) -> None:
        self.key = key
        self.value = value
        self.how = how
        self.entry = entry
        self.site = site
        self.overrides = overrides
        self.not_inherited = not_inherited


class Request(_Record):
    """One call of `get_variable`, with its verdict; see `docs/data.md`, section requests.

    `arguments` are those that the program gave, `effective` all of them with the scope's defaults filled in; `ignored` lists
    given arguments that had no effect, as dicts with the keys `argument`, `asked`, `in_effect` and `from`. `version` is the number of
    operations and `name_scope` the open name scope when the call came.
    """

    __slots__ = (
        "__weakref__",
        "arguments",
        "asked",
        "checks",
        "effective",
        "entry",
        "error",
        "flags",
        "found",
        "ignored",
        "lookup",
        "maker",
        "mode_from",
        "name",
        "name_scope",
        "number",
        "reuse",
        "sites",
        "variable",
        "verdict",
        "version",
    )

    def __init__(
        self,
        number: int,
        asked: str,
        name: str,
        entry: ScopeEntry | None,
        sites: tuple[Any, ...],
        reuse: Any,
        mode_from: tuple[str, Any, Any],
        arguments: dict[str, Any],
        maker: str,
        lookup: str = "missing",
        found: Request | None = None,
        verdict: str = "",
        variable: Any = None,
        ignored: tuple[Any, ...] = (),
        checks: str = "",
        error: str = "",
        flags: tuple[str, ...] = (),
        effective: dict[str, Any] | None = None,
        version: int = 0,
        name_scope: str = "",
    ) -> None:
        self.number = number
        self.asked = asked
        self.name = name
        self.entry = entry
        self.sites = sites
        self.reuse = reuse
        self.mode_from = mode_from
        self.arguments = arguments
        self.maker = maker
        self.lookup = lookup
        self.found = found
        self.verdict = verdict
        self.variable = variable
        self.ignored = ignored
        self.checks = checks
        self.error = error
        self.flags = flags
        self.effective: dict[str, Any] = {} if effective is None else effective
        self.version = version
        self.name_scope = name_scope


class VariableRecord(_Record):
    """One variable and the operations that belong to it."""

    __slots__ = ("how", "index", "maker", "name", "requests", "site", "slot", "slot_of", "starts_as", "variable")

    def __init__(
        self,
        index: int,
        name: str,
        variable: Any,
        maker: str,
        how: str,
        site: Any,
        slot_of: Any = None,
        slot: str = "",
        starts_as: str = "",
        requests: list[Any] | None = None,
    ) -> None:
        self.index = index
        self.name = name
        self.variable = variable
        self.maker = maker
        self.how = how
        self.site = site
        self.slot_of = slot_of
        self.slot = slot
        self.starts_as = starts_as
        self.requests: list[Any] = [] if requests is None else requests


class RunRecord(_Record):
    """One `Session.run`. `seconds` is None while it runs; `scalars` are the fetched numbers, by name, for lines over runs."""

    __slots__ = ("cell", "error", "feeds", "fetches", "number", "scalars", "seconds", "session", "steps", "writes")

    def __init__(
        self,
        number: int,
        session: Any,
        fetches: tuple[str, ...],
        feeds: tuple[tuple[str, tuple[int, ...], str], ...],
        steps: int = 0,
        seconds: float | None = None,
        writes: tuple[str, ...] = (),
        error: str = "",
        cell: Any = None,
        scalars: tuple[tuple[str, float], ...] = (),
    ) -> None:
        self.number = number
        self.session = session
        self.fetches = fetches
        self.feeds = feeds
        self.steps = steps
        self.seconds = seconds
        self.writes = writes
        self.error = error
        self.cell = cell
        self.scalars = scalars


class Journal:
    """What a graph remembers of its making: variables, scope entries, requests, items of collections with their lines.

    Runs are counted always and kept only while somebody observes the graph, at most the last 1,000.
    """

    __slots__ = (
        "collection_sites",
        "entries",
        "failed",
        "open_entries",
        "requests",
        "run_count",
        "runs",
        "sessions",
        "stopped",
        "switches",
        "variables",
    )

    most_runs = 1000

    def __init__(self) -> None:
        self.variables: list[VariableRecord] = []
        self.entries: list[ScopeEntry] = []
        self.open_entries: list[ScopeEntry] = []
        self.requests: list[Any] = []  # of Request, or of what stands for one that found its variable
        self.collection_sites: dict[Any, list[Any]] = {}
        self.runs: list[RunRecord] = []
        self.run_count = 0
        # the last run that failed: a weak reference to its session, its fetches and feeds
        self.failed: tuple[Any, Any, Any] | None = None
        self.sessions: list[Any] = []
        # calls of reuse_variables(): the entry of the scope (None for the root), the line, and how many requests and entries came before
        self.switches: list[tuple[ScopeEntry | None, Any, int, int]] = []
        self.stopped: tuple[ScopeEntry, Any, str] | None = None
