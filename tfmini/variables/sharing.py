"""The short way of `get_variable`: plain requests that find their variable.

Building a model again in a scope that shares asks thousands of times for variables that exist, with nothing but a name and perhaps
the right shape. Every such request is in the journal as any other, but as a `SharedRequest`, which keeps what it was made from and
works out its words when somebody reads them. Whatever could be refused, or could have been ignored, takes the long way.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts, dtypes, events, provenance
from ..framework.shapes import dims_text
from ..framework.slots import slots
from .ref import RefVariable
from .scope import AUTO_REUSE, SCOPE_STORE_KEY, VariableScope

STORE_KEY = ("__variable_store",)


class SharedRequest:
    """A `Request` whose verdict is "SHARED" or "SHARED_AUTO" and of whose arguments none was ignored; it has the same attributes."""

    __slots__ = (
        "__weakref__",
        "_cell",
        "_defaults",
        "_dtype",
        "_record",
        "_shape",
        "_sites",
        "_trail",
        "asked",
        "entry",
        "maker",
        "mode_from",
        "name",
        "name_scope",
        "number",
        "reuse",
        "variable",
        "version",
    )

    lookup = "present"
    ignored: tuple[Any, ...] = ()
    error = ""
    flags: tuple[str, ...] = ()

    _cell: Any
    _defaults: dict[str, Any]
    _dtype: Any
    _record: Any
    _shape: Any
    _sites: tuple[Any, ...] | None
    _trail: tuple[Any, ...]
    asked: str
    entry: Any
    maker: str
    mode_from: tuple[str, Any, Any]
    name: str
    name_scope: str
    number: int
    reuse: Any
    variable: Any
    version: int

    @property
    def sites(self) -> tuple[Any, ...]:
        """The lines that asked, innermost first."""
        if self._sites is None:
            self._sites = provenance.sites_of(self._trail, self._cell)
        return self._sites

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that the program gave."""
        given = {"shape": self._shape, "dtype": self._dtype}
        return {key: value for key, value in given.items() if value is not None}

    @property
    def effective(self) -> dict[str, Any]:
        """All arguments, with the defaults of the scope filled in."""
        from .requests import UNGIVEN

        everything = dict.fromkeys(("trainable", "collections"))
        return {**self._defaults, **everything, **UNGIVEN, **self.arguments, "shape": self._shape, "reuse": self.reuse}

    @property
    def found(self) -> Any:
        """The request that made the variable."""
        return self._record.requests[0]

    @property
    def verdict(self) -> str:
        """What came of it."""
        return "SHARED_AUTO" if self.reuse is AUTO_REUSE else "SHARED"

    @property
    def checks(self) -> str:
        """What was compared."""
        dtype = self.variable.dtype.base_dtype.name
        if self._shape is None:
            return f"{dtype} agrees; no shape was asked"
        return f"{dims_text(tuple(self._shape))} and {dtype} agree"


_GET_VARIABLE = VariableScope.get_variable


def find(name: Any, shape: Any, dtype: Any) -> Any:
    """Returns the variable of this name in the current scope if it exists and the request for it is plain, else None.

    It is called by the public `get_variable`, when no other argument was given.
    """
    graph = contexts.default_graph()
    scopes = graph._collections.get(SCOPE_STORE_KEY)
    stores = graph._collections.get(STORE_KEY)
    if not scopes or not stores or type(name) is not str:
        return None
    scope = scopes[0].current_scope
    reuse = scope._reuse
    if (reuse is not True and reuse is not AUTO_REUSE) or type(scope) is not VariableScope:
        return None
    if VariableScope.get_variable is not _GET_VARIABLE:
        # Somebody put a function of his own in its place, to see the calls.
        return None
    store = stores[0]
    full_name = f"{scope._name}/{name}" if scope._name else name
    variable = store._vars.get(full_name)
    if type(variable) is not RefVariable or store._partitioned_vars or full_name + "/part_0" in store._vars:
        return None
    defaults = scope._defaults or _defaults_of(scope)
    tensor = variable._variable
    wanted = defaults["dtype"] if dtype is None else dtype
    record = variable._record
    if (
        type(wanted) is not dtypes.DType
        or wanted._as_ref is not tensor._dtype
        or defaults["custom_getter"] is not None
        or defaults["partitioner"] is not None
        or record is None
        or not record.requests
    ):
        return None
    if shape is not None:
        if type(shape) is not list and type(shape) is not tuple:
            return None
        for size in shape:
            if type(size) is not int:
                return None
        if tuple(shape) != tensor._dims:
            return None
    provider = slots.cell_provider
    requests = graph.journal.requests
    request = SharedRequest()
    request.number = len(requests) + 1
    request.asked = name
    request.name = full_name
    request.entry = scope._entry
    request._trail = provenance.trail(3)
    request._cell = None if provider is None else provider()
    request._sites = None
    request.reuse = reuse
    request.mode_from = scope._mode_from
    request._shape = shape
    request._dtype = dtype
    request._defaults = defaults
    request._record = record
    request.maker = provenance.state.maker
    request.variable = variable
    request.version = len(graph._ops)
    request.name_scope = graph._thread.name_stack
    requests.append(request)
    record.requests.append(request)
    if graph.events.observers:
        graph.events.publish(events.VariableRequested(request))
    return variable


_KEYS = (
    "regularizer",
    "caching_device",
    "partitioner",
    "custom_getter",
    "use_resource",
    "initializer",
    "constraint",
    "dtype",
)


def _defaults_of(scope: VariableScope) -> dict[str, Any]:
    """Returns the defaults of a scope; the scope keeps them until one is changed."""
    scope._defaults = {key: getattr(scope, "_" + key) for key in _KEYS}
    return scope._defaults
