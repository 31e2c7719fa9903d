"""Variable scopes: prefixes and defaults for `get_variable`.

`variable_scope(...)` opens a scope; `VariableScope` is what it gives and what can be captured and entered again. Scopes belong to a
thread and a graph; the names that were used in it are counted, so that `default_name` can be made unique.

Every entry is noted in the graph's journal as a `ScopeEntry`, with the origin of each default and of the reuse mode. A
`VariableScope` carries these origins along, so that a scope that is captured, changed and entered elsewhere still knows them.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

from ..framework import contexts, dtypes, events, provenance
from ..framework.collections import GraphKeys
from ..framework.events import Default, ScopeEntry
from .modes import VariableAggregation, VariableSynchronization

__all__ = ["AUTO_REUSE", "VariableScope", "get_variable_scope", "no_regularizer"]


class _ReuseMode:
    """The type of `AUTO_REUSE`: find the variable, or make it when it does not exist."""

    def __repr__(self) -> str:
        return "tf.AUTO_REUSE"

    __str__ = __repr__

    def __copy__(self) -> _ReuseMode:
        return self

    def __deepcopy__(self, memo: Any) -> _ReuseMode:
        return self

    def __reduce__(self) -> str:
        return "AUTO_REUSE"


AUTO_REUSE = _ReuseMode()

DEFAULT_KEYS = (
    "initializer",
    "regularizer",
    "caching_device",
    "partitioner",
    "custom_getter",
    "dtype",
    "use_resource",
    "constraint",
)
_PLAIN = {key: Default(key, dtypes.float32 if key == "dtype" else None, "default") for key in DEFAULT_KEYS}
_DEFAULT_MODE = ("default", None, None)


def no_regularizer(_: Any) -> None:
    """Gives no penalty: pass it as `regularizer` where the scope's regularizer shall not apply."""
    return None


class VariableScope:
    """The prefix and the defaults that `get_variable` takes from the scope in which it is called.

    Args and attributes:
      reuse: None or False make variables, True finds them, AUTO_REUSE does what is needed.
      name: prefix of the names of variables.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource, constraint: defaults.
      name_scope: the name scope that was open when the scope was made (`original_name_scope`).

    The constructor checks nothing.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        name_scope: Any = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Any = None,
    ) -> None:
        self._name = name
        self._initializer = initializer
        self._regularizer = regularizer
        self._reuse = reuse
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = dtype
        self._use_resource = use_resource
        self._constraint = constraint
        self._entry: ScopeEntry | None = None
        self._origins: dict[str, Default] = _PLAIN
        self._mode_from: tuple[str, Any, Any] = _DEFAULT_MODE

    @property
    def name(self) -> str:
        """The prefix of the names of variables, "" at the root."""
        return self._name

    @property
    def original_name_scope(self) -> Any:
        """The name scope that was opened when this scope was first entered, with a slash at the end."""
        return self._name_scope

    @property
    def name_scope(self) -> Any:
        """The same as `original_name_scope`."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        """None or False, True, or AUTO_REUSE."""
        return self._reuse

    @property
    def initializer(self) -> Any:
        """The default initializer."""
        return self._initializer

    @property
    def dtype(self) -> Any:
        """The default dtype."""
        return self._dtype

    @property
    def use_resource(self) -> bool | None:
        """Whether variables are of the resource kind; None leaves it open."""
        return self._use_resource

    @property
    def regularizer(self) -> Any:
        """The default regularizer."""
        return self._regularizer

    @property
    def caching_device(self) -> Any:
        """The device on which reads are cached: text, a function, or None."""
        return self._caching_device

    @property
    def partitioner(self) -> Any:
        """The default partitioner."""
        return self._partitioner

    @property
    def custom_getter(self) -> Any:
        """The function that stands between `get_variable` and the store, or None."""
        return self._custom_getter

    @property
    def constraint(self) -> Any:
        """The default constraint. Scopes inside do not inherit it."""
        return self._constraint

    # ---- changing it

    def _set(self, key: str, value: Any, call: str) -> None:
        setattr(self, "_" + key, value)
        site = provenance.here(3)
        entry = self._entry
        before = self._origins[key]
        overrides = before if before.value is not None and before.entry is not entry else None
        changed = Default(key, value, call, entry, site, overrides)
        self._origins = {**self._origins, key: changed}
        if entry is not None:
            entry.defaults = self._origins
            _announce_change(entry, key, call)

    def reuse_variables(self) -> None:
        """From now on, and in scopes opened inside, `get_variable` finds variables and makes none."""
        self._reuse = True
        self._mode_from = ("reuse_variables()", self._entry, provenance.here())
        if self._entry is not None:
            self._entry.reuse = True
            self._entry.mode_from = self._mode_from
            _announce_change(self._entry, "reuse", "reuse_variables()")

    def set_initializer(self, initializer: Any) -> None:
        """Sets the default initializer."""
        self._set("initializer", initializer, "set_initializer")

    def set_dtype(self, dtype: Any) -> None:
        """Sets the default dtype, as it is given."""
        self._set("dtype", dtype, "set_dtype")

    def set_use_resource(self, use_resource: bool | None) -> None:
        """Sets whether variables are of the resource kind."""
        self._set("use_resource", use_resource, "set_use_resource")

    def set_regularizer(self, regularizer: Any) -> None:
        """Sets the default regularizer."""
        self._set("regularizer", regularizer, "set_regularizer")

    def set_caching_device(self, caching_device: Any) -> None:
        """Sets the default caching device."""
        self._set("caching_device", caching_device, "set_caching_device")

    def set_partitioner(self, partitioner: Any) -> None:
        """Sets the default partitioner."""
        self._set("partitioner", partitioner, "set_partitioner")

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Sets the custom getter."""
        self._set("custom_getter", custom_getter, "set_custom_getter")

    # ---- what is in it

    def get_collection(self, name: Any) -> list[Any]:
        """Returns the items of a collection whose names begin with this scope, which is taken as a regular expression."""
        return contexts.default_graph().get_collection(name, self._name + "/" if self._name else "")

    def trainable_variables(self) -> list[Any]:
        """Returns the trainable variables of this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Any]:
        """Returns the global variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """Returns the local variables of this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(
        self,
        var_store: Any,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        custom_getter: Any = None,
        constraint: Any = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
    ) -> Any:
        """Returns the variable of this name in this scope, found in `var_store` or made.

        Raises:
          ValueError: the mode does not allow it, or the arguments do not fit each other or the variable.
        """
        from .requests import ask

        given = {
            "shape": shape,
            "dtype": dtype,
            "initializer": initializer,
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "validate_shape": validate_shape,
            "use_resource": use_resource,
            "custom_getter": custom_getter,
            "constraint": constraint,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
        return ask(self, var_store, name, given)


def _announce_change(entry: ScopeEntry, key: str, call: str) -> None:
    hub = contexts.default_graph().events
    if hub.observers:
        hub.publish(events.ScopeDefaultsChanged(entry, key, call))


# ---- the scopes of a thread

_SCOPE_STORE_KEY = ("__varscope",)


class _ScopeStore(threading.local):
    """The current scope of each thread in one graph, and how often each name was opened."""

    def __init__(self) -> None:
        self.current_scope = VariableScope(False)
        self.counts: dict[str, int] = {}

    def open(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def close_inside(self, name: str) -> None:
        """Forgets the counts of scopes inside `name`."""
        for key in self.counts:
            if key.startswith(name + "/"):
                self.counts[key] = 0


def scope_store() -> _ScopeStore:
    """Returns the scopes of the default graph; each thread sees its own."""
    held = contexts.default_graph().get_collection_ref(_SCOPE_STORE_KEY)
    if not held:
        held.append(_ScopeStore())
    return held[0]


def get_variable_scope() -> VariableScope:
    """Returns the variable scope that is open in this thread."""
    return scope_store().current_scope


def unique_scope_name(prefix: str) -> str:
    """Returns `prefix`, or `prefix_1`, `prefix_2`, ... when the current scope has had that scope already."""
    store = scope_store()
    outer = store.current_scope.name
    full = f"{outer}/{prefix}" if outer else prefix
    if store.counts.get(full, 0) == 0:
        return prefix
    index = 1
    while store.counts.get(f"{full}_{index}", 0) > 0:
        index += 1
    return f"{prefix}_{index}"


# ---- entering


def _wrapped_getter(custom_getter: Callable[..., Any], outer: Callable[..., Any] | None) -> Callable[..., Any]:
    """Returns a getter that calls `custom_getter` with a getter that goes through `outer`."""
    if outer is None:
        return custom_getter

    def both(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def through_outer(*inner_args: Any, **inner_kwargs: Any) -> Any:
            return outer(getter, *inner_args, **inner_kwargs)

        return custom_getter(through_outer, *args, **kwargs)

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
        self._graph = contexts.default_graph()
        self._is_jump = isinstance(name_or_scope, VariableScope)
        self._cached: VariableScope | None = None
        self._old: Any = None
        self._old_counts: dict[str, int] = {}
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
            store.open(self._new_name)
            self._old_counts = copy.copy(store.counts)
            scope = self._cached
            base = self._name_or_scope
        else:
            self._new_name = f"{old.name}/{self._name_or_scope}" if old.name else self._name_or_scope
            self._reuse = self._reuse or old.reuse
            name_scope = self._name_or_scope if self._old_name_scope is None else self._old_name_scope
            scope = self._from(old, self._reuse, self._new_name, name_scope)
            store.open(self._new_name)
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
            store.counts = self._old_counts
        else:
            store.close_inside(self._new_name)
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
            mode_from=_DEFAULT_MODE,
            defaults=_PLAIN,
            sites=sites,
            scope=scope,
            notes=list(notes),
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
            origins[key] = _PLAIN[key] if hidden is None else Default(key, None, "default", not_inherited=hidden)
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
