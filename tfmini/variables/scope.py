"""Variable scopes: prefixes and defaults for `get_variable`.

`variable_scope(...)` opens a scope; `VariableScope` is what it gives and what can be captured and entered again. Scopes belong to a
thread and a graph; the names that were used in it are counted, so that `default_name` can be made unique.

Every entry is noted in the graph's journal as a `ScopeEntry`, with the origin of each default and of the reuse mode. A
`VariableScope` carries these origins along, so that a scope that is captured, changed and entered elsewhere still knows them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from ..framework import contexts, dtypes, events, provenance
from ..framework.collections import GraphKeys
from ..framework.events import Default, ScopeEntry
from ..framework.slots import slots
from .modes import VariableAggregation, VariableSynchronization
from .scope_counts import ScopeCounts

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
PLAIN_DEFAULTS = {key: Default(key, dtypes.float32 if key == "dtype" else None, "default") for key in DEFAULT_KEYS}
DEFAULT_MODE = ("default", None, None)


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
        self._defaults: dict[str, Any] | None = None  # what `sharing` has looked up
        self._origins: dict[str, Default] = PLAIN_DEFAULTS
        self._mode_from: tuple[str, Any, Any] = DEFAULT_MODE

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
        self._defaults = None
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
        site = provenance.here()
        self._mode_from = ("reuse_variables()", self._entry, site)
        journal = contexts.default_graph().journal
        journal.switches.append((self._entry, site, len(journal.requests), len(journal.entries)))
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

SCOPE_STORE_KEY = ("__varscope",)


class _ScopeStore(threading.local):
    """The current scope of each thread in one graph, and how often each name was opened."""

    def __init__(self) -> None:
        self.current_scope = VariableScope(False)
        self.counts = ScopeCounts()


def scope_store() -> _ScopeStore:
    """Returns the scopes of the default graph; each thread sees its own."""
    held = contexts.default_graph().get_collection_ref(SCOPE_STORE_KEY)
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
    if store.counts.get(full) == 0:
        return prefix
    return f"{prefix}_{store.counts.first_free(full)}"


@contextlib.contextmanager
def _cached_reads() -> Iterator[None]:
    """Lets variables that are asked for inside be read once, beside them, unless the scope has a caching device already."""
    scope = get_variable_scope()
    if scope._caching_device is not None:
        yield
        return
    scope._caching_device = lambda op: op.device
    try:
        yield
    finally:
        scope._caching_device = None


slots.cached_reads = _cached_reads
