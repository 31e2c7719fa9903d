"""Entering a variable scope: which defaults the new scope has, and where each comes from."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..framework import contexts, events, provenance
from ..framework.events import Default, ScopeEntry
from .scope import DEFAULT_KEYS, DEFAULT_MODE, PLAIN_DEFAULTS, VariableScope, scope_store
from .store import default_store


def _wrapped_getter(custom_getter: Callable[..., Any], outer: Callable[..., Any] | None) -> Callable[..., Any]:
    """Returns a getter that calls `custom_getter` with a getter that goes through `outer`."""
    if outer is None:
        return custom_getter

    def both(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return custom_getter(functools.partial(outer, getter), *args, **kwargs)

    return both


class PureScope:
    """A variable scope without its name scope: what `variable_scope` enters. It can be entered several times.

    Args:
      name_or_scope: text, which extends the current scope, or a captured `VariableScope`, to which it jumps.
      given: the defaults that the program gave, by key.
      reuse: None, True or AUTO_REUSE.
      old_name_scope: the name scope that the new scope remembers.
      asked: what to note: (text of what was given, reuse as it was given, notes).
    """

    def __init__(
        self,
        name_or_scope: Any,
        given: dict[str, Any],
        reuse: Any,
        old_name_scope: Any,
        asked: tuple[str, Any, list[str]],
    ) -> None:
        self._name_or_scope = name_or_scope
        self._given = given
        self._reuse = reuse
        self._old_name_scope = old_name_scope
        self._asked = asked
        self._store = scope_store()
        default_store()
        self._graph = contexts.default_graph()
        self._is_jump = isinstance(name_or_scope, VariableScope)
        self._cached: VariableScope | None = None
        self._old: Any = None
        self._old_counts: list[int] = []
        self._last: VariableScope | None = None
        self._entries: list[ScopeEntry] = []
        if self._is_jump:
            self._new_name = name_or_scope.name
            self._cached = self._from(
                name_or_scope, reuse if reuse else name_or_scope.reuse, self._new_name, name_or_scope._name_scope
            )

    def _from(self, base: VariableScope, reuse: Any, name: str, name_scope: Any) -> VariableScope:
        """Returns a scope with the defaults of `base`, except those that were given. The constraint is not passed on."""
        scope = VariableScope(
            reuse,
            name=name,
            initializer=base.initializer,
            regularizer=base.regularizer,
            caching_device=base.caching_device,
            partitioner=base.partitioner,
            dtype=base.dtype,
            custom_getter=base.custom_getter,
            name_scope=name_scope,
            use_resource=base.use_resource,
            constraint=self._given["constraint"],
        )
        for key, value in self._given.items():
            if value is not None and key != "constraint":
                if key == "custom_getter":
                    value = _wrapped_getter(value, base.custom_getter)
                setattr(scope, "_" + key, value)
        return scope

    def __enter__(self) -> VariableScope:
        store = self._store
        old = self._old = store.current_scope
        if self._cached is not None:
            store.counts.open(self._new_name)
            self._old_counts = store.counts.mark()
            scope = self._cached
            base = self._name_or_scope
        else:
            self._new_name = f"{old.name}/{self._name_or_scope}" if old.name else self._name_or_scope
            self._reuse = self._reuse or old.reuse
            name_scope = self._name_or_scope if self._old_name_scope is None else self._old_name_scope
            scope = self._from(old, self._reuse, self._new_name, name_scope)
            store.counts.open(self._new_name)
            base = old
        store.current_scope = scope
        self._last = scope
        self._entries.append(self._note(scope, base))
        return scope

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        store = self._store
        if store.current_scope is not self._last:
            raise RuntimeError(
                "Improper nesting of variable_scope.\n"
                f"The scope {self._new_name!r} was left while {store.current_scope.name!r} was open. Leave scopes in the reverse "
                "order in which they were entered; `with` does so."
            )
        if self._is_jump:
            store.counts.restore(self._old_counts)
        else:
            store.counts.close_inside(self._new_name)
        store.current_scope = self._old
        _close_entry(self._graph, self._entries.pop(), value)

    # ---- the journal

    def _note(self, scope: VariableScope, base: VariableScope) -> ScopeEntry:
        """Enters this scope in the journal."""
        text, reuse_given, notes = self._asked
        journal = self._graph.journal
        sites = provenance.stack(3)
        site = sites[0] if sites else None
        parent = journal.open_entries[-1] if journal.open_entries else None
        entry = ScopeEntry(
            index=len(journal.entries),
            name=scope.name,
            parent=parent,
            name_scope=_current_name_scope(self._graph),
            given=text,
            reuse_given=reuse_given,
            reuse=scope.reuse,
            mode_from=DEFAULT_MODE,
            defaults=PLAIN_DEFAULTS,
            sites=sites,
            scope=scope,
            notes=list(notes),
            base_reuse=base.reuse,
        )
        scope._entry = entry
        scope._mode_from = entry.mode_from = _mode_origin(entry, base, reuse_given, site)
        scope._origins = entry.defaults = _default_origins(entry, base, self._given, site)
        if reuse_given is False and scope.reuse:
            entry.notes.append("reuse=False is the same as None: the mode of the scope around stays.")
        if entry.defaults["constraint"].not_inherited is not None:
            entry.notes.append("The constraint of the scope around does not apply here.")
        journal.entries.append(entry)
        journal.open_entries.append(entry)
        journal.stopped = None
        if self._graph.events.observers:
            self._graph.events.publish(events.ScopeOpened(entry))
        return entry


def _current_name_scope(graph: Any) -> str:
    name = graph.get_name_scope()
    return name + "/" if name else ""


def _mode_origin(entry: ScopeEntry, base: VariableScope, reuse_given: Any, site: Any) -> tuple[str, Any, Any]:
    if reuse_given:
        return "given", entry, site
    how, origin, line = base._mode_from
    if how == "default":
        return "inherited", None, None
    return "inherited", origin, line


def _default_origins(entry: ScopeEntry, base: VariableScope, given: dict[str, Any], site: Any) -> dict[str, Default]:
    """Returns where each default of a new scope comes from."""
    origins: dict[str, Default] = {}
    for key in DEFAULT_KEYS:
        value = given[key]
        above = base._origins[key]
        if value is not None:
            overrides = above if above.value is not None and above.how != "default" and key != "custom_getter" else None
            origins[key] = Default(key, value, "given", entry, site, overrides)
        elif key == "constraint":
            hidden = above if above.value is not None else above.not_inherited
            origins[key] = (
                PLAIN_DEFAULTS[key] if hidden is None else Default(key, None, "default", not_inherited=hidden)
            )
        elif above.how in ("default", "inherited"):
            origins[key] = above
        else:
            origins[key] = Default(key, above.value, "inherited", above.entry, above.site)
    return origins


def _close_entry(graph: Any, entry: ScopeEntry, error: BaseException | None) -> None:
    """Marks an entry as left. When an error leaves it, the innermost open entry and the line are kept for views."""
    journal = graph.journal
    if isinstance(error, Exception) and journal.stopped is None:
        lines = str(error).splitlines()
        message = f"{type(error).__name__}: {lines[0] if lines else ''}"
        journal.stopped = (entry, provenance.site_of_error(error), message)
    entry.is_open = False
    if entry in journal.open_entries:
        journal.open_entries.remove(entry)
    if graph.events.observers:
        graph.events.publish(events.ScopeClosed(entry))
